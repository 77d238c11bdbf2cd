//! Sign-ins: many of them, and how they are found.

use time::Duration;
use vestibule_application::ports::store::{SsoSessionFilter, Store as _, StoreError};
use vestibule_domain::id::{Id as _, SsoSessionId, WebhookEndpointId};
use vestibule_domain::page::PageRequest;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::Standing;
use vestibule_store_sql::{ConnectOptions, SqlStore};

use crate::given::{NOW, Place, attempt, connected, id, in_time, organization, settled, written};

#[tokio::test(flavor = "multi_thread")]
async fn more_attempts_than_one_statement_removes_are_swept_away() {
    // One more than two statements' worth.
    const ROWS: usize = 2_001;
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let connection = connected(&store, &home).await;
        let mut work = store.begin().await.unwrap();
        for _ in 0..ROWS {
            work.sso_sessions().insert(&attempt(&connection, NOW)).await.unwrap();
        }
        let young = attempt(&connection, NOW + Duration::milliseconds(1));
        work.sso_sessions().insert(&young).await.unwrap();
        work.commit().await.unwrap();
        let count = || place.lines("SELECT CAST(count(*) AS TEXT) FROM sso_sessions")[0].clone();
        store.jobs().sweep(NOW + Duration::days(90)).await.unwrap();
        assert_eq!(count(), (ROWS + 1).to_string(), "what is ninety days old is kept");
        store.jobs().sweep(NOW + Duration::days(90) + Duration::milliseconds(1)).await.unwrap();
        assert_eq!(count(), "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_of_before_the_schema_listen_if_they_ask() {
    for place in Place::both() {
        let store = place.store().await;
        let environment = settled(&store).await.environment_id;
        // As a process of the version before leaves them, and then the step of the schema again.
        let (no, yes, secret) = match &place {
            Place::Postgres { .. } => ("FALSE", "TRUE", "''"),
            Place::Sqlite { .. } => ("0", "1", "x''"),
        };
        for (name, state, events) in [
            ("asks", "enabled", r#"'["connection.activated","authentication.sso_failed"]'"#),
            ("disabled", "disabled", r#"'["authentication.sso_failed"]'"#),
            ("else", "enabled", r#"'["authentication.ssox_failed"]'"#),
            ("all", "enabled", "NULL"),
        ] {
            place.execute(&format!(
                "INSERT INTO webhook_endpoints (id, environment_id, url, secret, state, events, style,
                    created_at, updated_at, sign_in_events)
                 VALUES ('{}', '{environment}', '{name}', {secret}, '{state}', {events}, 'workos',
                    '2026-11-21 12:00:00+00:00', '2026-11-21 12:00:00+00:00', {no})",
                id::<WebhookEndpointId>(),
            ));
        }
        place.execute(step(&place, "UPDATE webhook_endpoints"));
        let listening = format!("SELECT url FROM webhook_endpoints WHERE sign_in_events = {yes}");
        assert_eq!(place.lines(&listening), ["asks"]);
    }
}

/// The statement of the step of the schema that begins so.
fn step(place: &Place, beginning: &str) -> &'static str {
    let whole = match place {
        Place::Postgres { .. } => {
            include_str!("../../../../migrations/postgres/2026-11-22-000004_sign_in/up.sql")
        }
        Place::Sqlite { .. } => {
            include_str!("../../../../migrations/sqlite/2026-11-22-000004_sign_in/up.sql")
        }
    };
    let from = whole.find(beginning).unwrap();
    whole[from..].split_inclusive(';').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_cannot_be_read_names_its_column() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let session = attempt(&connected(&store, &home).await, NOW);
        written!(store, |work| work.sso_sessions().insert(&session));
        for (sql, column) in [
            ("UPDATE sso_sessions SET origin = 'elsewhere'", "origin"),
            ("UPDATE sso_sessions SET origin = 'test', state = 'failed'", "state"),
            ("UPDATE sso_sessions SET state_at = started_at", "failure"),
            ("UPDATE sso_sessions SET state = 'started', state_at = NULL, profile_id = 'x'", "code_digest"),
            ("UPDATE sso_sessions SET profile_id = NULL, record = '{\"v\":2}'", "record"),
        ] {
            place.execute(sql);
            let error = store.queries().sso_session(home.environment_id, session.id).await.unwrap_err();
            assert!(
                matches!(error, StoreError::Corrupt { table: "sso_sessions", column: found } if found == column),
                "{sql}: {error:?}"
            );
        }
    }
}

/// PostgreSQL's own count of what it looked at, among a hundred thousand attempts of which few are
/// wanted. Each question is asked often enough to get a plan that fits all parameters.
#[tokio::test(flavor = "multi_thread")]
async fn the_session_log_is_read_from_indexes() {
    const RUNS: usize = 8;
    let place = Place::postgres();
    let store = place.store().await;
    let home = settled(&store).await;
    let connection = connected(&store, &home).await;
    let other = organization(home.environment_id);
    written!(store, |work| work.organizations().insert(&other));
    let rare = connected(&store, &other).await;
    let environment = home.environment_id;
    let begin = &SsoSessionId::least_at(NOW).to_string()[..20];
    place.execute(&format!(
        "INSERT INTO sso_sessions (id, environment_id, organization_id, connection_id, origin, state,
            state_at, failure_code, failure, email, record, started_at)
         SELECT '{begin}' || lpad(n::text, 11, '0'), '{environment}',
            CASE WHEN n % 1000 = 0 THEN '{}' ELSE '{}' END, CASE WHEN n % 1000 = 0 THEN '{}' ELSE '{}' END,
            'service_provider', CASE WHEN n % 500 = 0 THEN 'failed' ELSE 'successful' END,
            '2026-11-21 12:00:00+00', CASE WHEN n % 500 = 0 THEN 'access_denied' END,
            CASE WHEN n % 500 = 0
                THEN '{{\"v\":1,\"code\":\"access_denied\",\"check\":\"status\",\"message\":\"\"}}'::json END,
            'p' || n % 5000 || '@acme.example', '{{}}', '2026-11-21 12:00:00+00'
         FROM generate_series(1, 100000) AS n;
         ANALYZE sso_sessions",
        rare.organization_id, home.id, rare.id, connection.id,
    ));
    drop(store);

    let all = SsoSessionFilter::all(NOW + Duration::days(1));
    let failed = SsoSessionFilter { standing: Some(Standing::Failed), ..all.clone() };
    let questions = [
        (all.clone(), 10),
        (SsoSessionFilter { connection_id: Some(rare.id), ..all.clone() }, 10),
        (SsoSessionFilter { organization_id: Some(rare.organization_id), ..all.clone() }, 10),
        (failed.clone(), 10),
        (SsoSessionFilter { connection_id: Some(rare.id), ..failed.clone() }, 10),
        (SsoSessionFilter { failure: Some(FailureCode::AccessDenied), ..all.clone() }, 10),
        (SsoSessionFilter { email: Some("p7@acme.example".into()), ..all.clone() }, 10),
        (SsoSessionFilter { email: Some("nobody@acme.example".into()), ..all.clone() }, 0),
        (SsoSessionFilter { standing: Some(Standing::InProgress), ..all.clone() }, 0),
        (SsoSessionFilter { from: Some(NOW + Duration::hours(1)), ..all.clone() }, 0),
        (SsoSessionFilter { until: Some(NOW - Duration::hours(1)), ..all }, 0),
    ];
    let options = ConnectOptions { connections_max: 1, ..ConnectOptions::default() };
    let store = SqlStore::connect(&place.url(), options).await.unwrap();
    let counts = |what: &str| {
        let count = format!("SELECT {what} FROM pg_stat_user_tables WHERE relname = 'sso_sessions_2026_11'");
        place.lines(&count)[0].parse::<usize>().unwrap()
    };
    let before = [counts("seq_scan"), counts("idx_tup_fetch"), counts("idx_scan")];
    for (filter, right) in &questions {
        for _ in 0..RUNS {
            let page = store.queries().sso_sessions(environment, filter, PageRequest::default()).await;
            assert_eq!(page.unwrap().items.len(), *right, "{filter:?}");
        }
    }
    // A connection tells what it has counted when it ends.
    drop(store);
    let asked = questions.len() * RUNS;
    in_time(async {
        while counts("idx_scan") < before[2] + asked {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(counts("seq_scan"), before[0], "nothing was read from end to end");
    let looked_at = counts("idx_tup_fetch") - before[1];
    assert!(looked_at <= asked * 25, "{looked_at} rows for {asked} pages");
}
