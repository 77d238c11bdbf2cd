//! Resident memory, idle and after many requests.

use std::time::Duration;

use super::{get, landing_page, list, mint, scattered};
use crate::Outcome;
use crate::http;
use crate::load::{Requests, Until, drive};
use crate::report::Row;
use crate::scale::{CONNECTIONS, Scale};
use crate::service::{Service, Tenant};

/// The most right after the start, in MiB.
const IDLE_BUDGET_MIB: f64 = 40.0;

/// The most after the requests, in MiB.
const USED_BUDGET_MIB: f64 = 90.0;

/// How long it idles before it is looked at.
const IDLE: Duration = Duration::from_secs(3);

/// Different requests of a kind.
const PREPARED: u32 = 5_000;

pub(super) async fn measure(
    scale: Scale,
    database: &str,
    service: &Service,
    tenant: &Tenant,
    organizations: u32,
) -> Outcome<Vec<Row>> {
    println!("Looking at memory on {database} …");
    tokio::time::sleep(IDLE).await;
    let idle_mib = service.resident_mib()?;
    let ids = || scattered(tenant, organizations, PREPARED);
    let page = http::get(&landing_page(service, tenant).await?, None);
    let kinds =
        [mint(tenant, ids()), get(tenant, ids()), list(tenant, ids()), Requests::new(vec![page], 200)];
    // Each asker asks its share of each kind.
    let askers = u32::try_from(CONNECTIONS * kinds.len())?;
    for requests in &kinds {
        drive(service.address, requests, Until::Count(scale.requests.div_ceil(askers))).await?;
    }
    tokio::time::sleep(IDLE).await;
    let used_mib = service.resident_mib()?;
    let used = format!("Resident memory after {} requests, {database}", scale.requests);
    Ok(vec![
        Row::at_most(&format!("Resident memory, idle, {database}"), idle_mib, IDLE_BUDGET_MIB, "MiB"),
        Row::at_most(&used, used_mib, USED_BUDGET_MIB, "MiB"),
    ])
}
