//! Webhooks in the dashboard: what endpoints are told, and how that went.

use actix_web::http::StatusCode;
use time::Duration;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::id::{EventId, WebhookDeliveryId};
use vestibule_domain::member::MemberRole;
use vestibule_domain::webhook::{AttemptAnswer, DeliveryState, REPLAYS_MAX, WebhookAttempt, WebhookDelivery};

use crate::dashboard::Redirected as _;
use crate::operator::Operator;
use crate::support::{Answer, START, Tenant, TestApp};

const URL: (&str, &str) = ("url", "https://hooks.example/");
const STYLE: (&str, &str) = ("style", "workos");

async fn signed_in() -> (TestApp, Tenant, Operator) {
    let (app, tenant) = TestApp::new().await;
    let operator = Operator::join(&app, &tenant, MemberRole::Admin).await;
    (app, tenant, operator)
}

async fn endpoint(app: &TestApp, operator: &Operator) -> String {
    let form = [URL, STYLE, ("event", "organization.created")];
    operator.post(app, &operator.path("webhooks"), &form).await.expect_redirect()
}

/// The value of what follows a mark on a page.
fn behind<'a>(page: &'a str, mark: &str) -> &'a str {
    page.split(mark).nth(1).unwrap().split(['"', '<']).next().unwrap()
}

/// A delivery to an endpoint that was tried once.
async fn tried(app: &TestApp, tenant: &Tenant, endpoint: &str, state: DeliveryState) -> WebhookDeliveryId {
    let environment_id = tenant.environment.id;
    let event: EventId = app.ambient.id(START);
    let delivery = WebhookDelivery {
        id: app.ambient.id(START),
        environment_id,
        endpoint_id: endpoint.rsplit('/').next().unwrap().parse().unwrap(),
        event_id: event,
        state,
        tries: 1,
        created_at: START,
    };
    let attempt = WebhookAttempt {
        id: app.ambient.id(START),
        environment_id,
        delivery_id: delivery.id,
        at: START,
        duration_ms: 7,
        answer: AttemptAnswer::Status { status: 503, body: "not <now>".into() },
    };
    let mut work = app.store.begin().await.unwrap();
    work.webhooks().insert_delivery(&delivery).await.unwrap();
    work.webhooks().insert_attempt(&attempt).await.unwrap();
    work.commit().await.unwrap();
    delivery.id
}

#[actix_web::test]
async fn events_are_chosen_from_a_list_and_nothing_is_no_choice() {
    let (app, _, operator) = signed_in().await;
    let page = operator.path("webhooks");
    for style in ["workos", "authio"] {
        let refused = operator.post(&app, &page, &[URL, ("style", style)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("Events must name at least one event."));
    }
    let made = operator.post(&app, &page, &[URL, STYLE, ("event", "everything")]).await.expect_redirect();
    let shown = operator.get(&app, &made).await.text();
    let facts = shown.split("</dl>").next().unwrap();
    assert!(facts.contains("organization_domain.verified") && !facts.contains("authentication."));
    let edit = format!("{made}/edit");
    let refused = operator.edit(&app, (&made, "change-endpoint"), &edit, &[("url", "ftp://x"), STYLE]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("value=\"ftp://x\"") && refused.text().contains("error-event"));
    let changed = [("url", "https://other.example/"), ("style", "authio"), ("event", "everything")];
    operator.edit(&app, (&made, "change-endpoint"), &edit, &changed).await.expect_redirect();
    let shown = operator.get(&app, &made).await.text();
    assert!(shown.contains("<code>https://other.example/</code>") && shown.contains("<dd>all</dd>"));
}

#[actix_web::test]
async fn a_test_event_is_a_delivery_of_its_own_and_says_that_it_is_a_test() {
    let (app, tenant, operator) = signed_in().await;
    let endpoint = endpoint(&app, &operator).await;
    let page = operator.post(&app, &format!("{endpoint}/test"), &[]).await.expect_redirect();
    let shown = operator.get(&app, &page).await.text();
    for wanted in ["This is a test", "webhook_endpoint.tested", "WorkOS-Signature", "&quot;test&quot;: true"]
    {
        assert!(shown.contains(wanted), "{wanted}");
    }
    assert_eq!(app.events(&tenant).await, ["webhook_endpoint.tested"]);
    let listed = operator.get(&app, &operator.path("events")).await.text();
    assert!(listed.contains(&page), "the event leads to its delivery");
    operator.post(&app, &endpoint, &[("state", "disabled")]).await.expect_redirect();
    let refused = operator.post(&app, &format!("{endpoint}/test"), &[]).await.expect_redirect();
    assert_eq!(refused, endpoint);
    assert_eq!(app.events(&tenant).await.len(), 1);
}

#[actix_web::test]
async fn a_secret_is_replaced_at_once() {
    let (app, tenant, operator) = signed_in().await;
    let endpoint = endpoint(&app, &operator).await;
    let secret = async || {
        let shown = operator.get(&app, &endpoint).await.text();
        behind(&shown, "data-testid=\"endpoint-secret\">").to_owned()
    };
    let before = secret().await;
    operator.post(&app, &format!("{endpoint}/secret"), &[]).await.expect_redirect();
    let after = secret().await;
    assert!(after.starts_with("whsec_") && after != before);
    assert!(app.trail(&tenant).await.contains(&"webhook_endpoint.secret_rolled"));
}

#[actix_web::test]
async fn what_was_given_up_is_counted_and_sent_again() {
    let (app, tenant, operator) = signed_in().await;
    let endpoint = endpoint(&app, &operator).await;
    let over = DeliveryState::GivenUp { at: START };
    let first = tried(&app, &tenant, &endpoint, over).await;
    for _ in 1..REPLAYS_MAX {
        tried(&app, &tenant, &endpoint, over).await;
    }
    tried(&app, &tenant, &endpoint, DeliveryState::Delivered { at: START }).await;
    let replay = format!("{endpoint}/replay");
    let count = async || operator.get(&app, &format!("{replay}?since=24h")).await;
    let full = format!("{REPLAYS_MAX} deliveries of the last 24 hours");
    assert!(count().await.text().contains(&full) && count().await.text().contains("there may be more"));
    // One past what goes at once: it is there the next time.
    tried(&app, &tenant, &endpoint, over).await;
    let of_first = operator.get(&app, &format!("{endpoint}/deliveries/{first}")).await.text();
    assert!(of_first.contains("HTTP 503") && of_first.contains("not &lt;now&gt;"));
    operator.post(&app, &replay, &[("since", "24h")]).await.expect_redirect();
    let of_first = operator.get(&app, &format!("{endpoint}/deliveries/{first}")).await.text();
    assert!(of_first.contains("data-state=\"pending\""));
    assert!(count().await.text().contains("1 delivery of the last 24 hours"));
    app.clock.forward(Duration::HOUR + Duration::SECOND);
    let none = operator.get(&app, &format!("{replay}?since=1h")).await.text();
    assert!(none.contains("No delivery of the last hour"));
    let nonsense: Answer = operator.get(&app, &format!("{replay}?since=ever")).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}
