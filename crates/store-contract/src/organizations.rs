//! Organizations: what is unique, what comes back, what goes with them.

use vestibule_application::ports::store::{AuditFilter, Conflict, OrganizationView};
use vestibule_domain::organization::{Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::page::PageRequest;
use vestibule_domain::portal_link::LinkKind;

use crate::fixtures::{self, external_id, name};
use crate::samples::{MICROSECONDS, at_micros, full_organization};
use crate::world::{World, done, refused};

crate::cases![
    an_organization_comes_back_as_it_was_added,
    an_organization_with_everything_set_comes_back_as_it_was_added,
    an_organization_is_found_by_its_external_id,
    an_unknown_organization_is_not_found,
    times_come_back_to_the_microsecond,
    a_slug_is_taken_once_in_an_environment,
    a_slug_is_told_to_be_taken_only_where_it_is,
    an_external_id_is_taken_once_in_an_environment,
    an_external_id_is_told_apart_by_case,
    a_stripe_customer_id_is_taken_once_in_an_environment,
    another_environment_may_have_the_same_values,
    many_organizations_may_have_no_external_id,
    an_id_is_taken_once,
    a_changed_organization_comes_back_changed,
    a_change_can_unset_what_is_optional,
    a_change_conflicts_as_an_insert_does,
    a_change_that_keeps_its_own_values_conflicts_with_nothing,
    a_change_of_a_missing_organization_says_so,
    a_value_is_free_again_after_a_change,
    a_removed_organization_is_gone,
    a_removed_organization_takes_everything_with_it,
    a_removed_organization_leaves_its_events_and_audit_trail,
    a_removed_organization_frees_its_unique_values,
];

async fn comes_back(world: &World, organization: &Organization) {
    let (environment, id) = (organization.environment_id, organization.id);
    assert_eq!(done!(world, |work| work.organizations().find(environment, id)).as_ref(), Some(organization));
    assert_eq!(done!(world, |work| work.organizations().lock(environment, id)).as_ref(), Some(organization));
    let view = world.queries().organization(environment, id).await.expect("a look-up");
    assert_eq!(view, Some(OrganizationView { organization: organization.clone(), domains: Vec::new() }));
}

async fn an_organization_comes_back_as_it_was_added(world: World) {
    comes_back(&world, &world.given_organization().await).await;
}

async fn an_organization_with_everything_set_comes_back_as_it_was_added(world: World) {
    comes_back(&world, &world.given(full_organization(&world)).await).await;
}

async fn an_organization_is_found_by_its_external_id(world: World) {
    let organization = world.given(full_organization(&world)).await;
    world.given(full_organization(&world)).await;
    let wanted = organization.external_id.as_ref().expect("an external id");
    let found = world.queries().organization_by_external_id(world.home, wanted).await.expect("a look-up");
    assert_eq!(found.map(|view| view.organization), Some(organization));
    let unknown = external_id(&world.word());
    let found = world.queries().organization_by_external_id(world.home, &unknown).await.expect("a look-up");
    assert_eq!(found, None);
}

async fn an_unknown_organization_is_not_found(world: World) {
    let id = world.id();
    assert_eq!(done!(world, |work| work.organizations().find(world.home, id)), None);
    assert_eq!(done!(world, |work| work.organizations().lock(world.home, id)), None);
    assert_eq!(world.queries().organization(world.home, id).await.expect("a look-up"), None);
}

async fn times_come_back_to_the_microsecond(world: World) {
    for microseconds in MICROSECONDS {
        let at = at_micros(microseconds);
        let organization = Organization { created_at: at, updated_at: at, ..fixtures::organization(&world) };
        comes_back(&world, &world.given(organization).await).await;
    }
}

async fn a_slug_is_taken_once_in_an_environment(world: World) {
    let first = world.given_organization().await;
    let second = Organization { slug: first.slug.clone(), ..fixtures::organization(&world) };
    let conflict = refused!(world, |work| work.organizations().insert(&second));
    assert_eq!(conflict, Conflict::OrganizationSlug);
}

async fn a_slug_is_told_to_be_taken_only_where_it_is(world: World) {
    let slug = world.given_organization().await.slug;
    let other = Slug::parse(&world.word()).expect("a slug");
    assert!(done!(world, |work| work.organizations().slug_taken(world.home, &slug)));
    assert!(!done!(world, |work| work.organizations().slug_taken(world.abroad, &slug)));
    assert!(!done!(world, |work| work.organizations().slug_taken(world.home, &other)));
}

async fn an_external_id_is_taken_once_in_an_environment(world: World) {
    let taken = Some(external_id(&world.word()));
    let first = Organization { external_id: taken.clone(), ..fixtures::organization(&world) };
    world.given(first).await;
    let second = Organization { external_id: taken, ..fixtures::organization(&world) };
    let conflict = refused!(world, |work| work.organizations().insert(&second));
    assert_eq!(conflict, Conflict::OrganizationExternalId);
}

async fn an_external_id_is_told_apart_by_case(world: World) {
    let lower = world.word();
    for text in [lower.to_ascii_uppercase(), lower] {
        let with = Organization { external_id: Some(external_id(&text)), ..fixtures::organization(&world) };
        let organization = world.given(with).await;
        let found = world.queries().organization_by_external_id(world.home, &external_id(&text)).await;
        assert_eq!(found.expect("a look-up").map(|view| view.organization), Some(organization));
    }
}

async fn a_stripe_customer_id_is_taken_once_in_an_environment(world: World) {
    let taken = Some(name(&world.word()));
    let first = Organization { stripe_customer_id: taken.clone(), ..fixtures::organization(&world) };
    world.given(first).await;
    let second = Organization { stripe_customer_id: taken, ..fixtures::organization(&world) };
    let conflict = refused!(world, |work| work.organizations().insert(&second));
    assert_eq!(conflict, Conflict::OrganizationStripeCustomerId);
}

async fn another_environment_may_have_the_same_values(world: World) {
    let ours = world.given(full_organization(&world)).await;
    let theirs = Organization { id: world.id(), environment_id: world.abroad, ..ours.clone() };
    comes_back(&world, &world.given(theirs.clone()).await).await;
    comes_back(&world, &ours).await;
    let wanted = ours.external_id.as_ref().expect("an external id");
    for organization in [&ours, &theirs] {
        let environment = organization.environment_id;
        let found = world.queries().organization_by_external_id(environment, wanted).await;
        assert_eq!(found.expect("a look-up").map(|view| view.organization.id), Some(organization.id));
    }
}

async fn many_organizations_may_have_no_external_id(world: World) {
    for _ in 0..3 {
        comes_back(&world, &world.given_organization().await).await;
    }
}

async fn an_id_is_taken_once(world: World) {
    let first = world.given_organization().await;
    let second = Organization { id: first.id, ..fixtures::organization(&world) };
    let conflict = refused!(world, |work| work.organizations().insert(&second));
    assert_eq!(conflict, Conflict::Other);
    comes_back(&world, &first).await;
}

async fn a_changed_organization_comes_back_changed(world: World) {
    let before = world.given_organization().await;
    let bystander = world.given_organization().await;
    let after = Organization {
        id: before.id,
        created_at: before.created_at,
        updated_at: at_micros(999_999),
        ..full_organization(&world)
    };
    assert!(done!(world, |work| work.organizations().update(&after)));
    comes_back(&world, &after).await;
    comes_back(&world, &bystander).await;
}

async fn a_change_can_unset_what_is_optional(world: World) {
    let before = world.given(full_organization(&world)).await;
    let after = Organization {
        external_id: None,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        profiles: ProfileRule::VerifiedDomains,
        ..before
    };
    assert!(done!(world, |work| work.organizations().update(&after)));
    comes_back(&world, &after).await;
}

async fn a_change_conflicts_as_an_insert_does(world: World) {
    let taken = world.given(full_organization(&world)).await;
    let ours = world.given(full_organization(&world)).await;
    let cases = [
        (Organization { slug: taken.slug.clone(), ..ours.clone() }, Conflict::OrganizationSlug),
        (
            Organization { external_id: taken.external_id.clone(), ..ours.clone() },
            Conflict::OrganizationExternalId,
        ),
        (
            Organization { stripe_customer_id: taken.stripe_customer_id.clone(), ..ours.clone() },
            Conflict::OrganizationStripeCustomerId,
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(refused!(world, |work| work.organizations().update(&change)), expected);
    }
    comes_back(&world, &ours).await;
}

async fn a_change_that_keeps_its_own_values_conflicts_with_nothing(world: World) {
    let ours = world.given(full_organization(&world)).await;
    assert!(done!(world, |work| work.organizations().update(&ours)));
    comes_back(&world, &ours).await;
}

async fn a_change_of_a_missing_organization_says_so(world: World) {
    let missing = fixtures::organization(&world);
    assert!(!done!(world, |work| work.organizations().update(&missing)));
    assert_eq!(done!(world, |work| work.organizations().find(world.home, missing.id)), None);
}

async fn a_value_is_free_again_after_a_change(world: World) {
    let first = world.given(full_organization(&world)).await;
    let change = Organization { external_id: Some(external_id(&world.word())), ..first.clone() };
    assert!(done!(world, |work| work.organizations().update(&change)));
    let second = Organization { external_id: first.external_id, ..fixtures::organization(&world) };
    comes_back(&world, &world.given(second).await).await;
}

async fn a_removed_organization_is_gone(world: World) {
    let organization = world.given_organization().await;
    let bystander = world.given_organization().await;
    assert!(done!(world, |work| work.organizations().delete(world.home, organization.id)));
    assert_eq!(done!(world, |work| work.organizations().find(world.home, organization.id)), None);
    assert!(!done!(world, |work| work.organizations().update(&organization)));
    assert!(!done!(world, |work| work.organizations().delete(world.home, organization.id)));
    comes_back(&world, &bystander).await;
}

async fn a_removed_organization_takes_everything_with_it(world: World) {
    let organization = world.given_organization().await;
    let bystander = world.given_organization().await;
    let kept = world.given_domain(&bystander, "kept.example").await;
    let domain = world.given_domain(&organization, "acme.example").await;
    let contact = world.given_contact(&organization, "anna@acme.example").await;
    let link = world.given_open_link(&organization, LinkKind::Setup).await;
    let session = world.given_session(&link).await;
    let connection = world.given_connection(&organization).await;
    let message = fixtures::message(&world, &organization);
    done!(world, |work| work.messages().insert(&message));

    assert!(done!(world, |work| work.organizations().delete(world.home, organization.id)));

    let queries = world.queries();
    assert_eq!(queries.organization_domain(world.home, domain.id).await.expect("a look-up"), None);
    assert_eq!(queries.connection(world.home, connection.id).await.expect("a look-up"), None);
    assert_eq!(queries.public_connection(connection.id).await.expect("a look-up"), None);
    assert_eq!(queries.invitation(&link.digest).await.expect("a look-up"), None);
    assert_eq!(queries.visit(&session.digest).await.expect("a look-up"), None);
    assert_eq!(queries.message(world.home, message.id).await.expect("a look-up"), None);
    assert_eq!(done!(world, |work| work.links().find_by_digest(&link.digest)), None);
    assert_eq!(done!(world, |work| work.sessions().lock_by_digest(&session.digest)), None);
    assert!(!done!(world, |work| work.messages().update(&message)));
    let contact = done!(world, |work| work.it_contacts().find(world.home, organization.id, contact.id));
    assert_eq!(contact, None);
    let domains = done!(world, |work| work.organization_domains().list(world.home, organization.id));
    assert_eq!(domains, Vec::new());
    let domains = done!(world, |work| work.organization_domains().list(world.home, bystander.id));
    assert_eq!(domains, vec![kept]);
}

async fn a_removed_organization_leaves_its_events_and_audit_trail(world: World) {
    let organization = world.given_organization().await;
    let event = world.given_event(fixtures::event(&world, &organization)).await;
    let entry = vestibule_domain::audit::AuditEntry {
        organization_id: Some(organization.id),
        ..fixtures::entry(&world, world.home)
    };
    let entry = world.given_entry(entry).await;
    assert!(done!(world, |work| work.organizations().delete(world.home, organization.id)));
    assert_eq!(world.queries().event(world.home, event.id).await.expect("a look-up"), Some(event));
    let trail =
        world.queries().audit_trail(world.home, &AuditFilter::default(), PageRequest::default()).await;
    assert_eq!(trail.expect("a look-up").items, vec![entry]);
}

async fn a_removed_organization_frees_its_unique_values(world: World) {
    let first = world.given(full_organization(&world)).await;
    assert!(done!(world, |work| work.organizations().delete(world.home, first.id)));
    comes_back(&world, &world.given(Organization { id: world.id(), ..first }).await).await;
}
