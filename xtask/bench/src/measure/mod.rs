//! One file for each budget, and the order in which they are measured.

mod dashboard;
mod memory;
mod mint;
mod page;
mod scale;
mod sign_ins;
mod start;
mod weight;

use std::collections::BTreeSet;

use serde_json::json;

use crate::load::Requests;
use crate::postgres::Postgres;
use crate::report::table;
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::service::{Deployment, Service, Tenant};
use crate::{Outcome, http, seed};

/// Which budgets are measured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts(BTreeSet<&'static str>);

const PARTS: [&str; 8] = ["mint", "page", "scale", "start", "memory", "weight", "sign-ins", "dashboard"];

/// Requests that are prepared for an operation: enough that what they touch is scattered over the
/// whole table.
const PREPARED: u32 = 20_000;

impl Parts {
    /// All of them.
    pub(crate) fn all() -> Self {
        Self(PARTS.into())
    }

    /// Those of a list with commas; None when one of them is not known.
    pub(crate) fn named(list: &str) -> Option<Self> {
        list.split(',')
            .map(|name| PARTS.into_iter().find(|part| *part == name))
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Whether it is among them.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.0.contains(part)
    }
}

/// A database with organizations and the service on it.
struct World {
    /// The database's name in the cluster.
    database: &'static str,
    tenant: Tenant,
    organizations: u32,
    service: Service,
}

impl World {
    async fn start(
        scratch: &Scratch,
        postgres: &Postgres,
        database: &'static str,
        organizations: u32,
    ) -> Outcome<Self> {
        println!("Making {organizations} organizations …");
        let url = postgres.create(database).await?;
        let deployment = Deployment::new(scratch.folder(&format!("service-{database}"))?, url)?;
        let tenant = deployment.prepare().await?;
        seed::postgres(postgres, database, &tenant.organization, organizations).await?;
        let service = deployment.serve()?;
        Ok(Self { database, tenant, organizations, service })
    }

    /// Ids of organizations all over the table.
    fn scattered(&self, count: u32) -> impl Iterator<Item = String> {
        scattered(&self.tenant, self.organizations, count)
    }

    /// Mints launch links, each for another organization.
    fn mint(&self) -> Requests {
        mint(&self.tenant, self.scattered(PREPARED))
    }

    fn get(&self) -> Requests {
        get(&self.tenant, self.scattered(PREPARED))
    }

    fn list(&self) -> Requests {
        list(&self.tenant, self.scattered(PREPARED))
    }
}

/// Ids of `count` organizations of `of`, far from each other.
fn scattered(tenant: &Tenant, of: u32, count: u32) -> impl Iterator<Item = String> {
    /// A prime, so that the steps come round to everyone.
    const STRIDE: u64 = 982_451_653;
    (0..u64::from(count)).map(move |n| {
        let picked = u32::try_from(n * STRIDE % u64::from(of - 1)).unwrap_or(0);
        seed::id(&tenant.organization, picked + 1)
    })
}

fn mint(tenant: &Tenant, organizations: impl Iterator<Item = String>) -> Requests {
    let requests = organizations
        .map(|id| {
            http::post("/portal/generate_link", &tenant.key, &json!({"organization": id, "intent": "sso"}))
        })
        .collect();
    Requests::new(requests, 201)
}

fn get(tenant: &Tenant, organizations: impl Iterator<Item = String>) -> Requests {
    let requests =
        organizations.map(|id| http::get(&format!("/organizations/{id}"), Some(&tenant.key))).collect();
    Requests::new(requests, 200)
}

/// Pages of a list: every fourth the first one, the others from somewhere in the middle.
fn list(tenant: &Tenant, organizations: impl Iterator<Item = String>) -> Requests {
    let requests = organizations
        .enumerate()
        .map(|(n, id)| {
            let after = if n % 4 == 0 { String::new() } else { format!("&after={id}") };
            http::get(&format!("/organizations?limit=10{after}"), Some(&tenant.key))
        })
        .collect();
    Requests::new(requests, 200)
}

/// Mints a link that can be opened any number of times and says the path of its page.
async fn landing_page(service: &Service, tenant: &Tenant) -> Outcome<String> {
    let body = json!({"organization_id": tenant.organization});
    let minted = service.post("/v1/sso/admin-portal/tokens", &tenant.key, &body).await?;
    let url = minted["url"].as_str().ok_or("no link was minted")?;
    let path = url.splitn(4, '/').nth(3).ok_or("the link has no path")?;
    Ok(format!("/{path}"))
}

/// Measures and prints.
pub(crate) async fn run(scale: Scale, parts: &Parts) -> Outcome {
    let scratch = Scratch::new()?;
    let mut rows = Vec::new();
    if parts.has("sign-ins") {
        // A cluster of its own: what is measured before leaves work behind.
        let folder = Scratch::new()?;
        rows.extend(sign_ins::measure(scale, &folder, &Postgres::start(&folder).await?).await?);
    }
    if ["mint", "page", "scale", "memory"].iter().any(|part| parts.has(part)) {
        let postgres = Postgres::start(&scratch).await?;
        let small = World::start(&scratch, &postgres, "few", scale.few).await?;
        if parts.has("memory") {
            rows.extend(
                memory::measure(scale, "PostgreSQL", &small.service, &small.tenant, scale.few).await?,
            );
        }
        if parts.has("mint") {
            rows.extend(mint::measure(scale, &scratch, &postgres, &small).await?);
        }
        if parts.has("page") {
            rows.extend(page::measure(scale, &scratch, &postgres, &small).await?);
        }
        if parts.has("scale") {
            let large = World::start(&scratch, &postgres, "many", scale.many).await?;
            rows.extend(scale::measure(scale, &postgres, &small, &large).await?);
        }
    }
    if parts.has("start") || parts.has("memory") {
        rows.extend(start::measure(scale, &scratch, parts).await?);
    }
    if parts.has("weight") {
        rows.extend(weight::measure(scale, &scratch).await?);
    }
    if parts.has("dashboard") {
        rows.extend(dashboard::measure(scale, &Scratch::new()?).await?);
    }
    println!("{}", table(&rows));
    Ok(())
}
