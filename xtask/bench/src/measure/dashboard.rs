//! Pages of the dashboard over a large environment: how long they take, by which plans their
//! statements go, and what a browser transfers for them.
//!
//! The environment is written by the database itself (`desk_seed`), and the sums of its overview
//! are counted by the service as they would be after an upgrade. The plans are those of the statements
//! that were sent, told by PostgreSQL's own `auto_explain`.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::desk_seed::{self, Sizes};
use crate::http::{self, Connection};
use crate::load::median;
use crate::plans::{Plans, read};
use crate::postgres::Postgres;
use crate::report::Row;
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::service::{Deployment, Service, Tenant};

use super::weight::transfers;

/// The most that a page may take, in milliseconds, in the middle.
const BUDGET_MS: f64 = 50.0;

/// The most that a browser may transfer on its first visit, in KiB.
const FIRST_KIB: f64 = 100.0;

/// The most that it may transfer on the next one.
const NEXT_KIB: f64 = 15.0;

/// The database's name in the cluster.
const DATABASE: &str = "desk";

/// How long counting may take for the first time.
const TALLY_MAX: Duration = Duration::from_mins(20);

/// A page with the addresses that are asked for in turn.
struct Page {
    name: &'static str,
    paths: Vec<String>,
}

pub(super) async fn measure(scale: Scale, scratch: &Scratch) -> Outcome<Vec<Row>> {
    let postgres = Postgres::start_for_reading(scratch).await?;
    let url = postgres.create(DATABASE).await?;
    let deployment = Deployment::new(scratch.folder("service-desk")?, url)?;
    let tenant = deployment.prepare().await?;
    let sizes = Sizes::of(scale);
    let begun = Instant::now();
    {
        let service = deployment.serve()?;
        desk_seed::templates(&service, &tenant).await?;
    }
    desk_seed::fill(&postgres, DATABASE, &tenant, sizes).await?;
    forget_tally(&postgres).await?;
    println!("… in {} s", begun.elapsed().as_secs());
    let service = deployment.serve()?;
    let counted = wait_for_tally(&postgres).await?;
    println!("Counted for the first time in {counted:.1} s");
    postgres.client(DATABASE).await?.batch_execute("VACUUM ANALYZE").await?;
    postgres.checkpoint().await?;
    let cookies = sign_in(&service, &tenant).await?;
    let pages = pages(&tenant, sizes);
    let mut rows = vec![Row::told("Counting for the first time", format!("{counted:.1} s"))];
    for page in &pages {
        println!("Asking for {} …", page.name);
        rows.extend(times(scale, &service, page, &cookies).await?);
    }
    for page in &pages {
        let (first, next) = transfers(&service, &page.paths[0], &cookies).await?;
        rows.push(Row::at_most(&format!("{}, first visit", page.name), first.kib(), FIRST_KIB, "KiB"));
        rows.push(Row::at_most("– the next visit", next.kib(), NEXT_KIB, "KiB"));
    }
    drop(service);
    forget_tally(&postgres).await?;
    postgres.client("postgres").await?.batch_execute(&explaining()).await?;
    let service = deployment.serve()?;
    wait_for_tally(&postgres).await?;
    let large = desk_seed::large_tables(&postgres, DATABASE).await?;
    for page in &pages {
        let plans = plans(scratch, &service, page, &cookies).await?;
        println!("{}: {}", page.name, plans.nodes.iter().cloned().collect::<Vec<_>>().join(", "));
        let scanned: Vec<_> = plans.scanned.intersection(&large).cloned().collect();
        rows.push(Row::at_most(
            &format!("{}: sequential scans over large tables {scanned:?}", page.name),
            f64::from(u32::try_from(scanned.len())?),
            0.0,
            "",
        ));
    }
    Ok(rows)
}

/// Has every new connection tell its plans.
fn explaining() -> String {
    format!(
        "ALTER DATABASE {DATABASE} SET session_preload_libraries = 'auto_explain';
         ALTER DATABASE {DATABASE} SET auto_explain.log_min_duration = 0;
         ALTER DATABASE {DATABASE} SET auto_explain.log_nested_statements = on;"
    )
}

/// As if nothing was ever counted.
async fn forget_tally(postgres: &Postgres) -> Outcome {
    let forget = "UPDATE tallies SET counted_at = NULL, settled_until = NULL";
    Ok(postgres.client(DATABASE).await?.batch_execute(forget).await?)
}

/// Waits until everything is counted; how long it took at most, in seconds.
async fn wait_for_tally(postgres: &Postgres) -> Outcome<f64> {
    let client = postgres.client(DATABASE).await?;
    let begun = Instant::now();
    while begun.elapsed() < TALLY_MAX {
        let left = client.query_one("SELECT counted_at IS NULL FROM tallies", &[]).await?;
        if !left.get::<_, bool>(0) {
            return Ok(begun.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err("nothing was counted".into())
}

/// Signs the first member in; the cookies of the visit.
async fn sign_in(service: &Service, tenant: &Tenant) -> Outcome<String> {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", &tenant.member_email), ("password", &tenant.member_password)])
        .append_pair("next", "")
        .finish();
    let mut connection = Connection::open(service.address).await?;
    let answer = connection.ask(&http::visit("/dashboard/sign-in", "", Some(&form))).await?;
    if answer.status != 303 {
        return Err(format!("signing in answered {}", answer.status).into());
    }
    Ok(http::cookies(answer.head))
}

fn pages(tenant: &Tenant, sizes: Sizes) -> Vec<Page> {
    let base = format!("/dashboard/{}", tenant.environment);
    let page = |name, area: &str, queries: &[String]| {
        let path = |query: &String| format!("{base}/{area}{query}");
        Page { name, paths: queries.iter().map(path).collect() }
    };
    let one = |query: &str| vec![format!("?{query}")];
    let somebody = [1, 3, 5, 7, 9].map(|n| sizes.organizations / 10 * n);
    let names = somebody.map(|n| format!("?q={}", desk_seed::name_start(n)));
    let domains = somebody.map(|n| format!("?q={}", desk_seed::domain(n)));
    let of = |n: u32| desk_seed::organization(tenant, n);
    vec![
        page("Overview", "overview", &[String::new()]),
        page("Organizations", "organizations", &[String::new(), format!("?after={}", of(somebody[2]))]),
        page("Organizations, stuck set-up", "organizations", &one("need=stuck")),
        page("Organizations, failing sign-ins", "organizations", &one("need=failing")),
        page("Organizations, certificate ends", "organizations", &one("need=certificate")),
        page("Organizations, no connection", "organizations", &one("need=no_connection")),
        page("Organizations, unproven domain", "organizations", &one("need=domain_pending")),
        page("Organizations by name", "organizations", &names),
        page("Organizations by one letter", "organizations", &["a", "b", "5"].map(|q| format!("?q={q}"))),
        page("Organizations by domain", "organizations", &domains),
        page("Sign-ins", "sessions", &[String::new()]),
        page("Sign-ins, failed", "sessions", &one("standing=failed")),
        page(
            "Sign-ins of a person",
            "sessions",
            &somebody.map(|n| format!("?email={}%40", desk_seed::name_start(n))),
        ),
        page(
            "Sign-ins, addresses that begin so",
            "sessions",
            &["a12", "b34", "c56"].map(|q| format!("?email={q}")),
        ),
        page(
            "Sign-ins of an organization",
            "sessions",
            &[20, 40].map(|n| format!("?organization={}", of(n))),
        ),
        page("Events", "events", &[String::new()]),
        page("Events by name", "events", &one("name=organization.created")),
        page("Events of an organization", "events", &somebody.map(|n| format!("?organization={}", of(n)))),
    ]
}

/// The middle and the slowest of many answers, one after the other.
async fn times(scale: Scale, service: &Service, page: &Page, cookies: &str) -> Outcome<[Row; 2]> {
    let mut connection = Connection::open(service.address).await?;
    let mut took_ms = Vec::new();
    let requests: Vec<_> = page.paths.iter().map(|path| http::visit(path, cookies, None)).collect();
    for (n, request) in requests.iter().cycle().take(requests.len() + scale.rounds * 20).enumerate() {
        let asked = Instant::now();
        let answer = connection.ask(request).await?;
        if answer.status != 200 {
            return Err(format!("{} answered {}", page.name, answer.status).into());
        }
        // The first of each is the database's, which has to find it on the disk.
        if n >= requests.len() {
            took_ms.push(asked.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    took_ms.sort_unstable_by(f64::total_cmp);
    let p99_ms = took_ms[took_ms.len() * 99 / 100];
    Ok([
        Row::at_most(page.name, median(took_ms), BUDGET_MS, "ms"),
        Row::told("– 99 of 100", format!("{p99_ms:.1} ms")),
    ])
}

/// The plans of what is sent for a page, each of its addresses asked for once.
async fn plans(scratch: &Scratch, service: &Service, page: &Page, cookies: &str) -> Outcome<Plans> {
    let log = scratch.path().join("postgres.log");
    let before = std::fs::metadata(&log)?.len();
    let mut connection = Connection::open(service.address).await?;
    for path in &page.paths {
        connection.ask(&http::visit(path, cookies, None)).await?;
    }
    // The log is written before the answer is.
    let text = std::fs::read(&log)?;
    let told = text.get(usize::try_from(before)?..).unwrap_or_default();
    Ok(read(&String::from_utf8_lossy(told)))
}
