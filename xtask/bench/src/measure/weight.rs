//! What a browser transfers for a page: on the first visit with everything the page needs, and on
//! the next one, when only the page itself is asked for again.

use std::time::Duration;

use serde_json::json;

use super::landing_page;
use crate::Outcome;
use crate::http::{self, Connection};
use crate::load::median;
use crate::report::Row;
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::service::{Deployment, Service, Tenant};

/// The most on a first visit, in KiB.
const BUDGET_KIB: f64 = 60.0;

/// The pages of a visit, by name and address. Entra ID's walkthrough is among the longest.
const PAGES: [(&str, &str); 4] = [
    ("Picker", "/portal/sso"),
    ("First page of steps", "/portal/sso/steps/1"),
    ("Page of steps with a form", "/portal/sso/steps/7"),
    ("All steps on one page", "/portal/sso/guide"),
];

/// The provider whose steps are visited.
const PROVIDER: &str = "entra-id-saml";

/// What was transferred, heads and bodies.
#[derive(Clone, Copy, Default)]
pub(super) struct Transfer {
    bytes: usize,
    requests: u32,
}

pub(super) async fn measure(scale: Scale, scratch: &Scratch) -> Outcome<Vec<Row>> {
    println!("Weighing pages …");
    let folder = scratch.folder("service-weight")?;
    let url = format!("sqlite://{}", folder.join("bench.db").display());
    let deployment = Deployment::new(folder, url)?;
    let tenant = deployment.prepare().await?;
    let service = deployment.serve()?;
    let mut rows =
        weigh(scale, &service, ("Landing page", &landing_page(&service, &tenant).await?), "").await?;
    let cookies = begin(&service, &tenant).await?;
    for page in PAGES {
        rows.extend(weigh(scale, &service, page, &cookies).await?);
    }
    Ok(rows)
}

/// Opens a launch link and picks the provider; the visit's cookies.
async fn begin(service: &Service, tenant: &Tenant) -> Outcome<String> {
    let body = json!({"organization": tenant.organization, "intent": "sso"});
    let minted = service.post("/portal/generate_link", &tenant.key, &body).await?;
    let link = minted["link"].as_str().ok_or("no link was minted")?;
    let path = link.splitn(4, '/').nth(3).ok_or("the link has no path")?;
    let mut connection = Connection::open(service.address).await?;
    let opened = connection.ask(&http::visit(&format!("/{path}"), "", None)).await?;
    let cookies = http::cookies(opened.head);
    // Asked for uncompressed: the form's token is read from it.
    let plain = format!("GET /portal/sso HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n");
    let picker = connection.ask(plain.as_bytes()).await?;
    let page = String::from_utf8_lossy(picker.body).into_owned();
    let token = between(&page, "name=\"form_token\" value=\"", "\"").ok_or("the picker has no form")?;
    let form = format!("form_token={token}&provider={PROVIDER}");
    let sent_on = connection.ask(&http::visit("/portal/sso/provider", &cookies, Some(&form))).await?;
    if sent_on.status != 303 {
        return Err(format!("picking a provider answered {}", sent_on.status).into());
    }
    Ok(cookies)
}

/// What is transferred for a page on the first visit, and on the next.
pub(super) async fn transfers(service: &Service, path: &str, cookies: &str) -> Outcome<(Transfer, Transfer)> {
    let mut connection = Connection::open(service.address).await?;
    let plain = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n");
    let needed = needed(&String::from_utf8_lossy(connection.ask(plain.as_bytes()).await?.body));
    let (mut first, mut next) = (Transfer::default(), Transfer::default());
    let mut requests = vec![path.to_owned()];
    requests.extend(needed);
    for address in &requests {
        let answer = connection.ask(&http::visit(address, cookies, None)).await?;
        if answer.status != 200 {
            return Err(format!("{address} answered {}", answer.status).into());
        }
        let kept = http::header(answer.head, "cache-control").is_some_and(|kept| kept.contains("immutable"));
        let bytes = answer.head.len() + answer.body.len();
        first.add(bytes);
        if !kept {
            next.add(bytes);
        }
    }
    Ok((first, next))
}

async fn weigh(
    scale: Scale,
    service: &Service,
    (name, path): (&str, &str),
    cookies: &str,
) -> Outcome<Vec<Row>> {
    let (first, next) = transfers(service, path, cookies).await?;
    let mut connection = Connection::open(service.address).await?;
    let mut measured_ms = Vec::new();
    let request = http::visit(path, cookies, None);
    for _ in 0..scale.rounds * 10 {
        measured_ms.push(milliseconds(connection.ask(&request).await?.first_byte));
    }
    let first_byte_ms = median(measured_ms);
    Ok(vec![
        Row::at_most(
            &format!("{name}, first visit ({} requests)", first.requests),
            first.kib(),
            BUDGET_KIB,
            "KiB",
        ),
        Row::told(
            &format!("– the next visit ({})", next.requests),
            format!("{:.1} KiB, first byte after {first_byte_ms:.2} ms", next.kib()),
        ),
    ])
}

impl Transfer {
    fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.requests += 1;
    }

    pub(super) fn kib(self) -> f64 {
        f64::from(u32::try_from(self.bytes).unwrap_or(u32::MAX)) / 1_024.0
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// What a browser asks for besides the page: style sheets, the icon, scripts, pictures.
fn needed(page: &str) -> Vec<String> {
    let tags = page.split('<').filter(|tag| {
        tag.starts_with("img ")
            || tag.starts_with("script ")
            || (tag.starts_with("link ") && !tag.contains("canonical"))
    });
    let addresses =
        tags.filter_map(|tag| between(tag, "src=\"", "\"").or_else(|| between(tag, "href=\"", "\"")));
    addresses.filter(|address| address.starts_with('/')).map(str::to_owned).collect()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_needs_is_what_its_tags_name() {
        let page = "<link rel=\"stylesheet\" href=\"/assets/a.css\" /><script src=\"/b.js\"></script>\
            <a href=\"/portal\">x</a><img class=\"y\" src=\"/c.png\" /><img src=\"https://else.example/\" />";
        assert_eq!(needed(page), ["/assets/a.css", "/b.js", "/c.png"]);
    }

    #[test]
    fn transfers_add_up() {
        let mut transfer = Transfer::default();
        transfer.add(1_024);
        transfer.add(512);
        assert_eq!(transfer.requests, 2);
        assert!((transfer.kib() - 1.5).abs() < f64::EPSILON);
    }
}
