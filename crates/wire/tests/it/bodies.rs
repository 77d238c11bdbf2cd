//! Snapshots of every body; a change here is a change for everybody who integrated.

use vestibule_application::ports::webhook_format::WebhookFormat as _;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::organization_domain::DomainState;
use vestibule_domain::webhook::PayloadStyle;
use vestibule_wire::authio::FlatEventJson;
use vestibule_wire::connection::ConnectionJson;
use vestibule_wire::event::EventJson;
use vestibule_wire::organization::{OrganizationDomainJson, OrganizationJson};
use vestibule_wire::webhook::SignedJson;

use crate::people::{CHANGED, connection, domain, events, organization, plain_organization, verified};

#[test]
fn every_event_has_its_envelope() {
    for event in events() {
        let name = format!("event_{}", event.fact.name());
        insta::assert_snapshot!(name, serde_json::to_string_pretty(&EventJson::new(&event)).unwrap());
    }
}

#[test]
fn every_event_has_its_flat_body() {
    for event in events() {
        let name = format!("flat_{}", event.fact.name());
        insta::assert_snapshot!(name, serde_json::to_string_pretty(&FlatEventJson::new(&event)).unwrap());
    }
}

#[test]
fn an_organization_shows_what_it_has() {
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&OrganizationJson::new(&organization(), &[verified()])).unwrap()
    );
}

#[test]
fn an_organization_without_anything_keeps_its_keys() {
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&OrganizationJson::new(&plain_organization(), &[])).unwrap()
    );
}

#[test]
fn a_pending_domain_shows_what_to_publish() {
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&OrganizationDomainJson::new(&domain(DomainState::Pending))).unwrap()
    );
}

#[test]
fn a_connection_is_linked_only_when_active() {
    for state in ConnectionState::ALL {
        let json = serde_json::to_value(ConnectionJson::new(&connection(state), &[verified()])).unwrap();
        let wanted = if state == ConnectionState::Active { "linked" } else { "unlinked" };
        assert_eq!((&json["state"], &json["status"]), (&state.as_str().into(), &wanted.into()));
    }
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&ConnectionJson::new(
            &connection(ConnectionState::Active),
            &[verified()]
        ))
        .unwrap()
    );
}

#[test]
fn a_webhook_has_the_body_of_its_event() {
    for event in events() {
        let rendered = SignedJson.render(&event, PayloadStyle::WorkOs, "whsec_x", CHANGED);
        assert_eq!(rendered.body, serde_json::to_vec(&EventJson::new(&event)).unwrap());
        let rendered = SignedJson.render(&event, PayloadStyle::Authio, "whsec_x", CHANGED);
        assert_eq!(rendered.body, serde_json::to_vec(&FlatEventJson::new(&event)).unwrap());
    }
}

#[test]
fn what_endpoints_can_ask_for_is_what_is_told() {
    let offered: std::collections::BTreeSet<_> =
        vestibule_domain::event::TOLD.iter().flat_map(|(_, names)| *names).copied().collect();
    // A test is told to the endpoint that is tried, whatever it asks for.
    let told: std::collections::BTreeSet<_> = events()
        .iter()
        .map(|event| event.fact.name())
        .filter(|name| *name != "webhook_endpoint.tested")
        .collect();
    assert_eq!(offered, told);
}
