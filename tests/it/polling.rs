//! Pollers that resume where they were while others write.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vestibule_tests::postgres::Postgres;
use vestibule_tests::{Api, Server, ServerBuilder};

/// Clients that write at once.
const WRITERS: usize = 12;

/// What each of them creates.
const ORGANIZATIONS_EACH: usize = 25;

/// Most rounds of a poller after the writers are done.
const LAST_ROUNDS_MAX: usize = 1_000;

/// A list that is polled: its address, and how the cursor of the next round is found.
#[derive(Clone, Copy)]
struct Feed {
    path: &'static str,
    /// The next cursor, if the page brought anything.
    next: fn(&Value) -> Option<String>,
    subject: fn(&Value) -> String,
}

/// `GET /events`: the id of the last event that was seen.
const EVENTS: Feed = Feed {
    path: "/events?events=organization.created&limit=7",
    next: |page| page["data"].as_array()?.last()?["id"].as_str().map(str::to_owned),
    subject: |event| event["data"]["id"].as_str().unwrap().to_owned(),
};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Reads page by page until the writers are done and nothing new came.
async fn poll(api: Api, feed: Feed, done: Arc<AtomicBool>) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for _ in 0.. {
        let were_done = done.load(Ordering::SeqCst);
        let page = api.get(&format!("{}{cursor}", feed.path)).await.expect(200);
        let entries = page["data"].as_array().unwrap();
        seen.extend(entries.iter().map(|entry| (text(&entry["id"]), (feed.subject)(entry))));
        assert!(seen.len() <= 10 * WRITERS * ORGANIZATIONS_EACH, "the list never ends");
        match (feed.next)(&page) {
            Some(next) => cursor = format!("&after={next}"),
            None if were_done => break,
            None => tokio::task::yield_now().await,
        }
    }
    seen
}

async fn write(api: Api, writer: usize) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..ORGANIZATIONS_EACH {
        made.push(api.organization(&format!("Written {writer}-{number}")).await);
    }
    made
}

/// Every poller sees everything once, in the order in which a later reader finds it.
async fn nothing_slips_behind_a_cursor(apis: &[Api]) {
    let done = Arc::new(AtomicBool::new(false));
    let mut pollers = JoinSet::new();
    for api in apis {
        pollers.spawn(poll(api.clone(), EVENTS, Arc::clone(&done)));
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(apis[writer % apis.len()].clone(), writer));
    }
    let made: HashSet<String> = writers.join_all().await.into_iter().flatten().collect();
    done.store(true, Ordering::SeqCst);
    let polled = pollers.join_all().await;
    let later = poll(apis[0].clone(), EVENTS, done).await;
    for seen in polled {
        let subjects: HashSet<String> = seen.iter().map(|(_, subject)| subject.clone()).collect();
        let missed = made.difference(&subjects).count();
        assert_eq!(missed, 0, "{missed} of {} events appeared behind the cursor", made.len());
        assert_eq!(seen, later, "the order changed");
    }
}

/// The audit trail's own cursor.
async fn audit_trail(api: &Api) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for _ in 0..LAST_ROUNDS_MAX {
        let path = format!("/v1/events?events[]=organization.created&limit=9{cursor}");
        let page = api.get(&path).await.expect(200);
        for entry in page["data"].as_array().unwrap() {
            seen.push((text(&entry["id"]), text(&entry["data"]["target_id"])));
        }
        let Some(after) = page["list_metadata"]["after"].as_str() else { return seen };
        cursor = format!("&after={after}");
    }
    panic!("the audit trail never ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_appears_behind_a_cursor_on_sqlite() {
    let (server, api) = Server::with_team(&ServerBuilder::new("poll-sqlite")).await;
    nothing_slips_behind_a_cursor(&[api.clone(), api]).await;
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_appears_behind_a_cursor_on_postgres_with_two_processes() {
    let postgres = Postgres::start().await;
    let builder = ServerBuilder::new("poll-postgres").postgres(&postgres.database().await);
    let (first_server, first) = Server::with_team(&builder).await;
    let second_server = builder.another().start().await;
    let second = second_server.api(first.key());
    nothing_slips_behind_a_cursor(&[first.clone(), second.clone()]).await;

    let trail = audit_trail(&first).await;
    let targets: HashSet<_> = trail.iter().map(|(_, target)| target.clone()).collect();
    assert_eq!(trail.len(), WRITERS * ORGANIZATIONS_EACH);
    assert_eq!(targets.len(), trail.len(), "an entry came twice");
    first_server.assert_healthy().await;
    second_server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_do_not_overlap_in_either_direction() {
    let (server, api) = Server::with_team(&ServerBuilder::new("pages")).await;
    let mut made = Vec::new();
    for number in 0..23 {
        let body = json!({ "name": format!("Paged {number}") });
        made.push(text(&api.post("/organizations", &body).await.expect(201)["id"]));
    }
    for (order, wanted) in [("asc", made.clone()), ("desc", made.iter().rev().cloned().collect())] {
        for limit in [1, 5, 22, 23, 100] {
            let mut forward = Vec::new();
            let mut cursor = String::new();
            while forward.len() <= made.len() {
                let path = format!("/organizations?order={order}&limit={limit}{cursor}");
                let page = api.get(&path).await.expect(200);
                forward.extend(page["data"].as_array().unwrap().iter().map(|o| text(&o["id"])));
                let Some(after) = page["list_metadata"]["after"].as_str() else { break };
                cursor = format!("&after={after}");
            }
            assert_eq!(forward, wanted, "{order}, {limit} a page");
            let mut backward = Vec::new();
            let mut cursor = format!("&before={}", wanted.last().unwrap());
            while backward.len() < made.len() {
                let path = format!("/organizations?order={order}&limit={limit}{cursor}");
                let page = api.get(&path).await.expect(200);
                let ids: Vec<String> =
                    page["data"].as_array().unwrap().iter().map(|o| text(&o["id"])).collect();
                backward.splice(0..0, ids);
                let Some(before) = page["list_metadata"]["before"].as_str() else { break };
                cursor = format!("&before={before}");
            }
            assert_eq!(backward, wanted[..wanted.len() - 1], "{order}, {limit} a page, backwards");
        }
    }
    server.assert_healthy().await;
}
