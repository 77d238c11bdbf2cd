//! Making, changing and removing webhook endpoints.

use time::Duration;
use vestibule_application::ambient::SecretOf;
use vestibule_application::usecases::create_webhook_endpoint::{
    CreateWebhookEndpoint, CreateWebhookEndpointCommand, CreateWebhookEndpointError,
};
use vestibule_application::usecases::delete_webhook_endpoint::{
    DeleteWebhookEndpoint, DeleteWebhookEndpointCommand, DeleteWebhookEndpointError,
};
use vestibule_application::usecases::update_webhook_endpoint::{
    UpdateWebhookEndpoint, UpdateWebhookEndpointCommand, UpdateWebhookEndpointError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::event::EventName;
use vestibule_domain::secret::WebhookSecret;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{
    ENDPOINTS_MAX, EndpointState, EventFilter, EventFilterRefused, PayloadStyle, WebhookEndpoint,
};

use crate::world::World;

fn url(raw: &str) -> WebhookUrl {
    WebhookUrl::parse(raw, EnvironmentKind::Sandbox).unwrap()
}

pub(crate) fn names(raw: &[&str]) -> Vec<EventName> {
    raw.iter().map(|name| EventName::parse(name).unwrap()).collect()
}

pub(crate) async fn create(
    world: &World,
    raw_url: &str,
    events: &[&str],
    style: PayloadStyle,
) -> Result<WebhookEndpoint, CreateWebhookEndpointError> {
    let command = CreateWebhookEndpointCommand {
        caller: world.caller.clone(),
        url: url(raw_url),
        events: names(events),
        style,
    };
    world.run(CreateWebhookEndpoint { ambient: world.ambient.clone() }, command).await
}

pub(crate) fn update(world: &World, endpoint: &WebhookEndpoint) -> UpdateWebhookEndpointCommand {
    UpdateWebhookEndpointCommand {
        caller: world.caller.clone(),
        endpoint_id: endpoint.id,
        url: None,
        state: None,
        events: None,
        style: None,
        made_from: None,
    }
}

pub(crate) async fn updated(
    world: &World,
    command: UpdateWebhookEndpointCommand,
) -> Result<WebhookEndpoint, UpdateWebhookEndpointError> {
    world.run(UpdateWebhookEndpoint { ambient: world.ambient.clone() }, command).await
}

pub(crate) fn secret(world: &World, endpoint: &WebhookEndpoint) -> String {
    let context = SecretOf::WebhookEndpoint(endpoint.id).context();
    String::from_utf8(world.ambient.vault.open(&context, &endpoint.secret).unwrap()).unwrap()
}

const HOOK: &str = "https://app.example/hooks";
const EVENTS: &[&str] = &["organization.updated"];

#[tokio::test]
async fn only_the_flat_style_gets_everything_without_a_list() {
    let world = World::new().await;
    let refused = create(&world, HOOK, &[], PayloadStyle::WorkOs).await;
    let empty = EventFilterRefused::Empty;
    assert!(matches!(refused, Err(CreateWebhookEndpointError::Events(why)) if why == empty), "{refused:?}");
    let all = create(&world, HOOK, &[], PayloadStyle::Authio).await.unwrap();
    assert_eq!(all.events, EventFilter::All);

    let restyle = |events: Option<&[&str]>| UpdateWebhookEndpointCommand {
        style: Some(PayloadStyle::WorkOs),
        events: events.map(names),
        ..update(&world, &all)
    };
    let refused = updated(&world, restyle(None)).await;
    assert!(matches!(refused, Err(UpdateWebhookEndpointError::Events(why)) if why == empty), "{refused:?}");
    let restyled = updated(&world, restyle(Some(EVENTS))).await.unwrap();
    assert_eq!((restyled.style, restyled.events), (PayloadStyle::WorkOs, EventFilter::Only(names(EVENTS))));
}

#[tokio::test]
async fn every_endpoint_has_a_secret_of_its_own() {
    let world = World::new().await;
    let one = create(&world, HOOK, EVENTS, PayloadStyle::WorkOs).await.unwrap();
    let two = create(&world, "https://app.example/2", EVENTS, PayloadStyle::WorkOs).await.unwrap();
    assert!(WebhookSecret::parse(&secret(&world, &one)).is_ok());
    assert_ne!(secret(&world, &one), secret(&world, &two));
    assert_eq!(one.state, EndpointState::Enabled);
    assert_eq!(world.audited(AuditAction::WebhookEndpointCreated).await.len(), 2);
}

#[tokio::test]
async fn an_address_is_taken_once_in_an_environment() {
    let world = World::new().await;
    create(&world, HOOK, EVENTS, PayloadStyle::WorkOs).await.unwrap();
    let again = create(&world, HOOK, EVENTS, PayloadStyle::Authio).await;
    assert!(matches!(again, Err(CreateWebhookEndpointError::Duplicate)), "{again:?}");
    let other = create(&world, "https://app.example/2", EVENTS, PayloadStyle::WorkOs).await.unwrap();
    let command = UpdateWebhookEndpointCommand { url: Some(url(HOOK)), ..update(&world, &other) };
    let moved = updated(&world, command).await;
    assert!(matches!(moved, Err(UpdateWebhookEndpointError::Duplicate)), "{moved:?}");
}

#[tokio::test]
async fn the_number_of_endpoints_is_limited() {
    let world = World::new().await;
    for n in 1..=ENDPOINTS_MAX {
        create(&world, &format!("{HOOK}/{n}"), EVENTS, PayloadStyle::WorkOs).await.unwrap();
    }
    let more = create(&world, HOOK, EVENTS, PayloadStyle::WorkOs).await;
    assert!(matches!(more, Err(CreateWebhookEndpointError::TooMany)), "{more:?}");
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_keeps_the_secret() {
    let world = World::new().await;
    let before = create(&world, HOOK, &["a.b"], PayloadStyle::WorkOs).await.unwrap();
    world.clock.forward(Duration::hours(1));
    let command = UpdateWebhookEndpointCommand {
        state: Some(EndpointState::Disabled),
        events: Some(names(&["c.d"])),
        ..update(&world, &before)
    };
    let after = updated(&world, command).await.unwrap();
    let wanted = WebhookEndpoint {
        state: EndpointState::Disabled,
        events: EventFilter::Only(names(&["c.d"])),
        updated_at: world.ambient.now(),
        ..before
    };
    assert_eq!(after, wanted);
    assert_eq!(world.audited(AuditAction::WebhookEndpointUpdated).await.len(), 1);

    let same = updated(&world, update(&world, &after)).await.unwrap();
    assert_eq!(same, after);
    assert_eq!(world.audited(AuditAction::WebhookEndpointUpdated).await.len(), 1, "nothing changed");
}

#[tokio::test]
async fn foreign_endpoints_are_out_of_reach() {
    let world = World::new().await;
    let endpoint = create(&world, HOOK, EVENTS, PayloadStyle::WorkOs).await.unwrap();
    let foreign = UpdateWebhookEndpointCommand { caller: world.stranger(), ..update(&world, &endpoint) };
    let refused = updated(&world, foreign).await;
    assert!(matches!(refused, Err(UpdateWebhookEndpointError::Unknown)), "{refused:?}");

    let case = || DeleteWebhookEndpoint { ambient: world.ambient.clone() };
    let delete = |caller| DeleteWebhookEndpointCommand { caller, endpoint_id: endpoint.id };
    let refused = world.run(case(), delete(world.stranger())).await;
    assert!(matches!(refused, Err(DeleteWebhookEndpointError::Unknown)), "{refused:?}");
    world.run(case(), delete(world.caller.clone())).await.unwrap();
    assert_eq!(world.audited(AuditAction::WebhookEndpointDeleted).await.len(), 1);
    create(&world, HOOK, EVENTS, PayloadStyle::WorkOs).await.unwrap();
}
