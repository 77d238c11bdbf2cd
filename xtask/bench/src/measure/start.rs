//! From the start of the process to ready, on SQLite with many organizations.

use super::{Parts, memory};
use crate::load::median;
use crate::report::Row;
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::service::Deployment;
use crate::{Outcome, seed};

/// The most it may take, in milliseconds.
const BUDGET_MS: f64 = 300.0;

pub(super) async fn measure(scale: Scale, scratch: &Scratch, parts: &Parts) -> Outcome<Vec<Row>> {
    println!("Making {} organizations on SQLite …", scale.many);
    let folder = scratch.folder("service-sqlite")?;
    let file = folder.join("bench.db");
    let deployment = Deployment::new(folder, format!("sqlite://{}", file.display()))?;
    let tenant = deployment.prepare().await?;
    seed::sqlite(&file, &tenant.organization, scale.many)?;
    let mut rows = Vec::new();
    if parts.has("start") {
        let mut times_ms = Vec::new();
        for _ in 0..scale.starts {
            times_ms.push(deployment.serve()?.ready_after.as_secs_f64() * 1_000.0);
        }
        let what = format!("Start to ready on SQLite with {} organizations", scale.many);
        rows.push(Row::at_most(&what, median(times_ms), BUDGET_MS, "ms"));
    }
    if parts.has("memory") {
        let service = deployment.serve()?;
        rows.extend(memory::measure(scale, "SQLite", &service, &tenant, scale.many).await?);
    }
    Ok(rows)
}
