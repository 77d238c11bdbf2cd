//! IT contacts.

use vestibule_application::ports::store::Conflict;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::organization::Organization;
use vestibule_domain::page::PageRequest;

use crate::fixtures;
use crate::paging::every_page_is_right;
use crate::samples::at_micros;
use crate::world::{World, done, refused};

crate::cases![
    a_contact_comes_back_as_it_was_added,
    an_address_is_a_contact_of_an_organization_once,
    another_organization_may_have_the_same_contact,
    a_contact_needs_its_organization,
    a_contact_needs_an_organization_of_its_environment,
    a_contact_is_found_only_under_its_organization,
    a_removed_contact_is_gone,
    contacts_come_in_pages,
];

async fn a_contact_comes_back_as_it_was_added(world: World) {
    let organization = world.given_organization().await;
    let contact = ItContact {
        created_at: at_micros(1),
        updated_at: at_micros(999_999),
        ..fixtures::contact(&world, &organization, "jürgen+o'hara@acme.example")
    };
    done!(world, |work| work.it_contacts().insert(&contact));
    let found = done!(world, |work| work.it_contacts().find(world.home, organization.id, contact.id));
    assert_eq!(found.as_ref(), Some(&contact));
    let listed = world.queries().it_contacts(world.home, organization.id, PageRequest::default()).await;
    assert_eq!(listed.expect("a list").items, vec![contact]);
}

async fn an_address_is_a_contact_of_an_organization_once(world: World) {
    let organization = world.given_organization().await;
    world.given_contact(&organization, "anna@acme.example").await;
    let again = fixtures::contact(&world, &organization, "anna@acme.example");
    let conflict = refused!(world, |work| work.it_contacts().insert(&again));
    assert_eq!(conflict, Conflict::ItContactEmail);
}

async fn another_organization_may_have_the_same_contact(world: World) {
    for organization in [
        world.given_organization().await,
        world.given_organization().await,
        world.given_foreign_organization().await,
    ] {
        let contact = world.given_contact(&organization, "anna@acme.example").await;
        let environment = organization.environment_id;
        let found = done!(world, |work| work.it_contacts().find(environment, organization.id, contact.id));
        assert_eq!(found, Some(contact));
    }
}

async fn a_contact_needs_its_organization(world: World) {
    let missing = fixtures::organization(&world);
    let contact = fixtures::contact(&world, &missing, "anna@acme.example");
    let conflict = refused!(world, |work| work.it_contacts().insert(&contact));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_contact_needs_an_organization_of_its_environment(world: World) {
    let organization = world.given_organization().await;
    let as_foreign = Organization { environment_id: world.abroad, ..organization };
    let contact = fixtures::contact(&world, &as_foreign, "anna@acme.example");
    let conflict = refused!(world, |work| work.it_contacts().insert(&contact));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_contact_is_found_only_under_its_organization(world: World) {
    let organization = world.given_organization().await;
    let other = world.given_organization().await;
    let contact = world.given_contact(&organization, "anna@acme.example").await;
    assert_eq!(done!(world, |work| work.it_contacts().find(world.home, other.id, contact.id)), None);
    assert!(!done!(world, |work| work.it_contacts().delete(world.home, other.id, contact.id)));
    let found = done!(world, |work| work.it_contacts().find(world.home, organization.id, contact.id));
    assert_eq!(found, Some(contact));
}

async fn a_removed_contact_is_gone(world: World) {
    let organization = world.given_organization().await;
    let contact = world.given_contact(&organization, "anna@acme.example").await;
    assert!(done!(world, |work| work.it_contacts().delete(world.home, organization.id, contact.id)));
    let found = done!(world, |work| work.it_contacts().find(world.home, organization.id, contact.id));
    assert_eq!(found, None);
    assert!(!done!(world, |work| work.it_contacts().delete(world.home, organization.id, contact.id)));
    world.given_contact(&organization, "anna@acme.example").await;
}

async fn contacts_come_in_pages(world: World) {
    let organization = world.given_organization().await;
    let other = world.given_organization().await;
    let mut contacts = Vec::new();
    for number in (0..7).rev() {
        let address = format!("p{number}@acme.example");
        contacts.push(world.given_contact(&organization, &address).await);
        world.given_contact(&other, &address).await;
    }
    every_page_is_right(
        &contacts,
        |contact| contact.id,
        async |page| world.queries().it_contacts(world.home, organization.id, page).await.expect("a page"),
    )
    .await;
}
