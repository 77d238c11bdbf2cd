//! A large environment, written by the database itself: organizations at every stage, two years of
//! them, with what belongs to them, and forty days of sign-ins and events.
//!
//! Each row is a copy of one that the service made, with what has to differ. Triggers are off while
//! it is written, and what they would write is written with it.

use std::collections::BTreeSet;

use serde_json::json;

use crate::Outcome;
use crate::idp::{ENTITY_ID, IdentityProvider, SSO_URL};
use crate::postgres::Postgres;
use crate::scale::Scale;
use crate::service::{Service, Tenant};

/// How many there are of what.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    /// Organizations.
    pub(crate) organizations: u32,
    /// Attempts to sign in, and as many events.
    pub(crate) sessions: u32,
}

impl Sizes {
    /// For a run.
    pub(crate) fn of(scale: Scale) -> Self {
        if scale == Scale::FULL {
            Self { organizations: 1_000_000, sessions: 5_000_000 }
        } else {
            Self { organizations: 10_000, sessions: 50_000 }
        }
    }
}

/// Minutes of sign-ins and events, in which these are spread evenly: forty days.
const MINUTES: u32 = 40 * 24 * 60;

/// A table with so many rows is large: no page may scan it.
const LARGE_ROWS: f64 = 1_000.0;

/// The large tables of a database that was analysed, partitions under their own name. Jobs are not
/// among them: the service adds some for the copied connections meanwhile, and no page asks for any.
pub(crate) async fn large_tables(postgres: &Postgres, database: &str) -> Outcome<BTreeSet<String>> {
    let client = postgres.client(database).await?;
    let large = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relname <> 'jobs'
        AND reltuples::float8 >= $1";
    Ok(client.query(large, &[&LARGE_ROWS]).await?.iter().map(|row| row.get(0)).collect())
}

/// How the name of the n-th organization begins.
pub(crate) fn name_start(n: u32) -> String {
    format!("{:08x}", n.wrapping_mul(2_654_435_761))
}

/// The domain of the n-th organization.
pub(crate) fn domain(n: u32) -> String {
    format!("c{n}.example")
}

/// The id of the n-th organization: the time is that of the tenant's, so that it can be told.
pub(crate) fn organization(tenant: &Tenant, n: u32) -> String {
    crate::seed::id(&tenant.organization, n)
}

/// Makes what copies are made of: a domain, a connection and an event.
pub(crate) async fn templates(service: &Service, tenant: &Tenant) -> Outcome {
    let body = json!({
        "organization_id": tenant.organization,
        "connection_type": "GenericSAML",
        "saml_options": {
            "idp_entity_id": ENTITY_ID, "idp_sso_url": SSO_URL,
            "idp_signing_certs": [IdentityProvider::new()?.pem()],
        },
    });
    service.post("/connections", &tenant.key, &body).await?;
    let body = json!({ "organization_id": tenant.organization, "domain": "first.example" });
    service.post("/organization_domains", &tenant.key, &body).await?;
    Ok(())
}

/// Columns of a copy that differ, in SQL.
type Differ<'a> = &'a [(&'static str, &'a str)];

/// Fills the database.
pub(crate) async fn fill(postgres: &Postgres, database: &str, tenant: &Tenant, sizes: Sizes) -> Outcome {
    let client = postgres.client(database).await?;
    client.batch_execute(PREPARE).await?;
    client.batch_execute(&series(sizes)).await?;
    let organization = format!("'{}' || digits", crate::seed::prefix(&tenant.organization));
    organizations_of(&client, &organization).await?;
    connections_of(&client, &organization, tenant).await?;
    sessions_of(&client, tenant).await?;
    events_of(&client, &organization, sizes).await?;
    println!("Looking at the tables …");
    // One by one: what is sent together is a transaction, and these go into none.
    for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
        client.batch_execute(statement).await?;
    }
    Ok(())
}

/// What rows are made for: `n`, an organization each, made at `at`; `k`, an attempt and an event each,
/// of the organization `k` at `at`.
fn series(Sizes { organizations, sessions }: Sizes) -> String {
    format!(
        "CREATE TEMPORARY VIEW n AS SELECT n, lpad(n::text, 16, '0') AS digits,
            now() - interval '2 years' * (1 - n::float8 / {organizations}) AS at
            FROM generate_series(1, {organizations} - 1) AS n;
         CREATE TEMPORARY VIEW k AS SELECT n, lpad(n::text, 16, '0') AS digits,
            date_trunc('minute', now())
                - interval '1 minute' * ((({sessions} - n)::bigint * {MINUTES}) / {sessions}) AS at,
            CASE WHEN n % 20 = 0 THEN 20
                ELSE (n::bigint * 7919 % ({organizations} / 20)) * 20 + n % 14 END AS k
            FROM generate_series(1, {sessions}) AS n;
         CREATE TEMPORARY TABLE ticks AS SELECT at, ulid_time(at) AS time FROM generate_series(
            date_trunc('minute', now()) - interval '1 minute' * {MINUTES}, date_trunc('minute', now()),
            interval '1 minute') AS at;
         ANALYZE ticks;"
    )
}

/// Copies the one row of a table for each of a series, with what differs.
async fn copy(
    client: &tokio_postgres::Client,
    (table, series, condition): (&str, &str, &str),
    differ: Differ<'_>,
) -> Outcome {
    println!("Writing {table} …");
    let columns = crate::seed::columns(client, table).await?;
    let value = |column: &String| match differ.iter().find(|(differs, _)| differs == column) {
        Some((_, value)) => (*value).to_owned(),
        None => format!("o.{column}"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let insert = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM (SELECT * FROM {table} LIMIT 1) AS o, {series} WHERE {condition}",
        columns.join(", "),
        values.join(", "),
    );
    Ok(client.batch_execute(&insert).await?)
}

async fn organizations_of(client: &tokio_postgres::Client, organization: &str) -> Outcome {
    let folded = "lpad(to_hex(n::bigint * 2654435761 % 4294967296), 8, '0') || ' customer ' || n";
    let certificate_end = "CASE WHEN stands(n) = 'active' THEN
        at + interval '2 years' + interval '1 hour' * (n % 720) END";
    let organizations: Differ<'_> = &[
        ("id", organization),
        ("name", folded),
        ("name_folded", folded),
        ("slug", "'customer-' || n"),
        ("external_id", "'customer-' || n"),
        ("created_at", "at"),
        ("updated_at", "at"),
        ("sso", "stands(n)"),
        ("certificate_end", certificate_end),
        ("unproven_domains", "(n % 10 = 0)::int"),
        ("set_up_moved_at", "CASE WHEN n % 20 = 14 THEN at + interval '5 days' END"),
        ("set_up_opened", "n % 40 = 14"),
        ("failing_at", "NULL"),
    ];
    copy(client, ("organizations", "n", "TRUE"), organizations).await?;
    let domains: Differ<'_> = &[
        ("id", "'org_domain_01K00000000' || substr(digits, 2)"),
        ("organization_id", organization),
        ("domain", "'c' || n || '.example'"),
        ("state", "CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'verified' END"),
        ("state_at", "CASE WHEN n % 10 = 0 THEN NULL ELSE at END"),
        ("proof", "CASE WHEN n % 10 = 0 THEN NULL ELSE 'manual' END"),
    ];
    copy(client, ("organization_domains", "n", "TRUE"), domains).await
}

async fn connections_of(client: &tokio_postgres::Client, organization: &str, tenant: &Tenant) -> Outcome {
    let connections: Differ<'_> = &[
        ("id", "'conn_01K00000000' || substr(digits, 2)"),
        ("organization_id", organization),
        ("state", "stands(n)"),
        ("external_id", "NULL"),
        ("created_at", "at"),
        ("updated_at", "at"),
    ];
    copy(client, ("connections", "n", "stands(n) <> 'none'"), connections).await?;
    println!("Writing set_ups …");
    let set_ups = format!(
        "INSERT INTO set_ups (connection_id, environment_id, started_at, finished_at)
         SELECT 'conn_01K00000000' || substr(digits, 2), '{}', at,
            CASE WHEN stands(n) <> 'draft' THEN at + interval '1 minute' * (n % 90) END
         FROM n WHERE stands(n) <> 'none'",
        tenant.environment
    );
    Ok(client.batch_execute(&set_ups).await?)
}

async fn events_of(
    client: &tokio_postgres::Client,
    organization: &str,
    Sizes { sessions, .. }: Sizes,
) -> Outcome {
    let organization = organization.replace("digits", "lpad(k.k::text, 16, '0')");
    let name = "(ARRAY['organization.created', 'organization.updated', 'connection.activated'])[1 + n % 3]";
    // Before whatever the service wrote.
    let order = format!("o.commit_order - 1 - ({sessions} - n) / 10");
    let events: Differ<'_> = &[
        ("id", "'event_' || ticks.time || digits"),
        ("commit_order", &order),
        ("unit_position", "n % 10"),
        ("organization_id", &organization),
        ("created_at", "at"),
        ("name", name),
    ];
    copy(client, ("events", "k INNER JOIN ticks USING (at)", "TRUE"), events).await
}

async fn sessions_of(client: &tokio_postgres::Client, tenant: &Tenant) -> Outcome {
    println!("Writing sso_sessions …");
    let insert = format!(
        "INSERT INTO sso_sessions (id, environment_id, organization_id, connection_id, origin, state, state_at,
            failure_code, failure, email, record, ip_address, user_agent, started_at)
         SELECT 'sess_' || ticks.time || digits, '{environment}', '{organization}' || lpad(k::text, 16, '0'),
            'conn_01K00000000' || lpad(k::text, 15, '0'), 'service_provider',
            CASE WHEN failed THEN 'failed' WHEN n % 12 = 5 THEN 'started' ELSE 'successful' END,
            CASE WHEN failed OR n % 12 <> 5 THEN at + interval '9 seconds' END,
            CASE WHEN failed THEN 'invalid_x509_certificate' END,
            CASE WHEN failed THEN '{{\"v\":1,\"code\":\"invalid_x509_certificate\",\"check\":\"signature\",\"message\":\"no\"}}'::json END,
            CASE WHEN n % 12 <> 5 THEN
                lpad(to_hex(n::bigint % 1000000 * 2654435761 % 4294967296), 8, '0') || '@c' || k || '.example' END,
            '{{\"v\":1,\"messages\":[],\"checks\":[]}}', '192.0.2.' || n % 250,
            'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', at
         FROM (SELECT *, k % 20 = 13 AND k / 20 % 10 = 0 OR n % 50 = 0 AS failed FROM k) AS s
         INNER JOIN ticks USING (at) WHERE k > 0",
        environment = tenant.environment,
        organization = crate::seed::prefix(&tenant.organization),
    );
    Ok(client.batch_execute(&insert).await?)
}

/// Functions for the inserts, and the months of which rows are written.
const PREPARE: &str = "
    SET session_replication_role = replica;
    SET synchronous_commit = off;
    SET maintenance_work_mem = '256MB';
    CREATE FUNCTION ulid_time(at timestamptz) RETURNS text LANGUAGE sql AS $$
        SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
            (((extract(epoch FROM at) * 1000)::bigint >> (5 * digit)) & 31)::int + 1, 1), '' ORDER BY digit DESC)
        FROM generate_series(0, 9) AS digit $$;
    CREATE FUNCTION stands(n integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN n % 20 < 14 THEN 'active' WHEN n % 20 < 16 THEN 'draft'
            WHEN n % 20 = 16 THEN 'inactive' WHEN n % 20 = 17 THEN 'validating' ELSE 'none' END $$;
    DO $$
    DECLARE
        part RECORD;
        month timestamptz;
        zeros text := repeat('0', 16);
    BEGIN
        FOR part IN SELECT * FROM (VALUES ('sso_sessions', 'sess_'), ('events', 'event_')) AS t (name, prefix) LOOP
            FOR back IN 1..2 LOOP
                month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 month' * back;
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    part.name || '_' || to_char(month, 'YYYY_MM'), part.name,
                    part.prefix || ulid_time(month) || zeros, part.prefix || ulid_time(month + interval '1 month') || zeros);
            END LOOP;
        END LOOP;
    END $$;
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_as_the_database_writes_them() {
        assert_eq!(name_start(1), "9e3779b1");
        assert_eq!(name_start(2), "3c6ef362");
        assert_eq!(domain(7), "c7.example");
    }

    #[test]
    fn a_quick_run_is_a_hundredth() {
        let [full, quick] = [Scale::FULL, Scale::QUICK].map(Sizes::of);
        assert_eq!(full.organizations, 100 * quick.organizations);
        assert_eq!(full.sessions, 100 * quick.sessions);
    }
}
