//! Organization domains.

use vestibule_application::ports::store::Conflict;
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::{
    DomainFailure, DomainState, Finding, FoundTexts, OrganizationDomain, Proof, ProofSearch,
};

use crate::fixtures::{self, domain_name, verified};
use crate::samples::at_micros;
use crate::world::{World, done, refused};

crate::cases![
    a_domain_comes_back_as_it_was_added_in_every_state,
    the_domains_of_an_organization_come_oldest_first,
    an_organization_has_a_domain_once,
    two_organizations_may_wait_for_the_same_domain,
    a_domain_that_another_has_verified_cannot_be_added,
    a_domain_can_be_added_verified_while_another_waits_for_it,
    a_domain_is_verified_by_one_organization_only,
    a_waiting_domain_can_fail_after_another_verified_it,
    another_environment_may_verify_the_same_domain,
    a_domain_needs_its_organization,
    a_domain_needs_an_organization_of_its_environment,
    a_changed_domain_comes_back_changed,
    what_was_found_of_a_domain_comes_back,
    who_has_a_domain_verified_is_told,
    a_removed_domain_is_gone,
    a_removed_domain_can_be_added_again,
];

async fn insert(world: &World, domain: &OrganizationDomain) {
    done!(world, |work| work.organization_domains().insert(domain));
}

async fn comes_back(world: &World, domain: &OrganizationDomain) {
    let (environment, id) = (domain.environment_id, domain.id);
    let locked = done!(world, |work| work.organization_domains().lock(environment, id));
    assert_eq!(locked.as_ref(), Some(domain));
    let seen = world.queries().organization_domain(environment, id).await.expect("a look-up");
    assert_eq!(seen.as_ref(), Some(domain));
}

async fn a_domain_comes_back_as_it_was_added_in_every_state(world: World) {
    let organization = world.given_organization().await;
    let states = [
        DomainState::Pending,
        DomainState::Verified { at: at_micros(1), by: Proof::Dns },
        DomainState::Verified { at: at_micros(999_999), by: Proof::Manual },
        DomainState::Failed { at: at_micros(500_000), why: DomainFailure::Expired },
        DomainState::Failed { at: at_micros(1), why: DomainFailure::Taken },
    ];
    for (number, state) in states.into_iter().enumerate() {
        let domain = OrganizationDomain {
            state,
            created_at: at_micros(123_456),
            updated_at: at_micros(1),
            ..fixtures::domain(&world, &organization, &format!("n{number}.xn--bcher-kva.example"))
        };
        insert(&world, &domain).await;
        comes_back(&world, &domain).await;
    }
}

async fn the_domains_of_an_organization_come_oldest_first(world: World) {
    let organization = world.given_organization().await;
    let mut domains = Vec::new();
    for domain in ["b.example", "c.example", "a.example"] {
        domains.push(world.given_domain(&organization, domain).await);
    }
    let other = world.given_organization().await;
    world.given_domain(&other, "d.example").await;
    let listed = done!(world, |work| work.organization_domains().list(world.home, organization.id));
    assert_eq!(listed, domains);
    let view = world.queries().organization(world.home, organization.id).await.expect("a look-up");
    assert_eq!(view.map(|view| view.domains), Some(domains));
}

async fn an_organization_has_a_domain_once(world: World) {
    let organization = world.given_organization().await;
    world.given_domain(&organization, "acme.example").await;
    let again = fixtures::domain(&world, &organization, "acme.example");
    for again in [again.clone(), verified(again)] {
        let conflict = refused!(world, |work| work.organization_domains().insert(&again));
        assert_eq!(conflict, Conflict::OrganizationDomain);
    }
}

async fn two_organizations_may_wait_for_the_same_domain(world: World) {
    for _ in 0..2 {
        let organization = world.given_organization().await;
        comes_back(&world, &world.given_domain(&organization, "acme.example").await).await;
    }
}

async fn a_domain_that_another_has_verified_cannot_be_added(world: World) {
    let other = world.given_organization().await;
    insert(&world, &verified(fixtures::domain(&world, &other, "acme.example"))).await;
    let organization = world.given_organization().await;
    let domain = fixtures::domain(&world, &organization, "acme.example");
    for domain in [domain.clone(), verified(domain)] {
        let conflict = refused!(world, |work| work.organization_domains().insert(&domain));
        assert_eq!(conflict, Conflict::OrganizationDomain);
    }
}

async fn a_domain_can_be_added_verified_while_another_waits_for_it(world: World) {
    let other = world.given_organization().await;
    world.given_domain(&other, "acme.example").await;
    let organization = world.given_organization().await;
    let domain = verified(fixtures::domain(&world, &organization, "acme.example"));
    insert(&world, &domain).await;
    comes_back(&world, &domain).await;
}

/// One organization waits for a domain that another has verified meanwhile.
async fn given_a_rival(world: &World) -> OrganizationDomain {
    let waiting = world.given_organization().await;
    let waiting = world.given_domain(&waiting, "acme.example").await;
    let organization = world.given_organization().await;
    insert(world, &verified(fixtures::domain(world, &organization, "acme.example"))).await;
    waiting
}

async fn a_domain_is_verified_by_one_organization_only(world: World) {
    let waiting = given_a_rival(&world).await;
    let change = verified(waiting.clone());
    let conflict = refused!(world, |work| work.organization_domains().update(&change));
    assert_eq!(conflict, Conflict::OrganizationDomain);
    comes_back(&world, &waiting).await;
}

async fn a_waiting_domain_can_fail_after_another_verified_it(world: World) {
    let waiting = given_a_rival(&world).await;
    let failed = OrganizationDomain {
        state: DomainState::Failed { at: at_micros(1), why: DomainFailure::Taken },
        ..waiting
    };
    assert!(done!(world, |work| work.organization_domains().update(&failed)));
    comes_back(&world, &failed).await;
}

async fn another_environment_may_verify_the_same_domain(world: World) {
    for organization in [world.given_organization().await, world.given_foreign_organization().await] {
        let domain = verified(fixtures::domain(&world, &organization, "acme.example"));
        insert(&world, &domain).await;
        comes_back(&world, &domain).await;
    }
}

async fn a_domain_needs_its_organization(world: World) {
    let missing = fixtures::organization(&world);
    let domain = fixtures::domain(&world, &missing, "acme.example");
    let conflict = refused!(world, |work| work.organization_domains().insert(&domain));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_domain_needs_an_organization_of_its_environment(world: World) {
    let organization = world.given_organization().await;
    let as_foreign = Organization { environment_id: world.abroad, ..organization };
    let domain = fixtures::domain(&world, &as_foreign, "acme.example");
    let conflict = refused!(world, |work| work.organization_domains().insert(&domain));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_changed_domain_comes_back_changed(world: World) {
    let organization = world.given_organization().await;
    let before = world.given_domain(&organization, "acme.example").await;
    let bystander = world.given_domain(&organization, "other.example").await;
    for state in [
        DomainState::Verified { at: at_micros(499_999), by: Proof::Dns },
        DomainState::Failed { at: at_micros(1), why: DomainFailure::Expired },
        DomainState::Pending,
    ] {
        let after = OrganizationDomain { state, updated_at: at_micros(999_999), ..before.clone() };
        assert!(done!(world, |work| work.organization_domains().update(&after)));
        comes_back(&world, &after).await;
    }
    comes_back(&world, &bystander).await;
}

async fn what_was_found_of_a_domain_comes_back(world: World) {
    let organization = world.given_organization().await;
    let before = world.given_domain(&organization, "acme.example").await;
    let hostile = || (0..3).map(|_| crate::samples::HOSTILE.to_owned()).collect();
    for found in [
        Some(Finding::NoSuchName),
        Some(Finding::NoTexts),
        Some(Finding::OtherTexts(FoundTexts { texts: hostile(), more: u32::MAX })),
        Some(Finding::OtherTexts(FoundTexts { texts: Vec::new(), more: 0 })),
        Some(Finding::NoAnswer),
        None,
    ] {
        let asked_at = found.as_ref().map(|_| at_micros(499_999));
        let search = ProofSearch { since: at_micros(999_999), asked_at, found };
        let after = OrganizationDomain { search, ..before.clone() };
        assert!(done!(world, |work| work.organization_domains().update(&after)));
        comes_back(&world, &after).await;
    }
}

async fn who_has_a_domain_verified_is_told(world: World) {
    let holder = async |environment| {
        let name = domain_name("acme.example");
        done!(world, |work| work.organization_domains().holder(environment, &name))
    };
    let waiting = world.given_organization().await;
    world.given_domain(&waiting, "acme.example").await;
    assert_eq!(holder(world.home).await, None, "to wait for it is not to have it");
    let organization = world.given_organization().await;
    insert(&world, &verified(fixtures::domain(&world, &organization, "acme.example"))).await;
    insert(&world, &verified(fixtures::domain(&world, &organization, "sub.acme.example"))).await;
    assert_eq!(holder(world.home).await, Some(organization.id));
    assert_eq!(holder(world.abroad).await, None);
}

async fn a_removed_domain_is_gone(world: World) {
    let organization = world.given_organization().await;
    let domain = world.given_domain(&organization, "acme.example").await;
    assert!(done!(world, |work| work.organization_domains().delete(world.home, domain.id)));
    assert_eq!(done!(world, |work| work.organization_domains().lock(world.home, domain.id)), None);
    assert!(!done!(world, |work| work.organization_domains().update(&domain)));
    assert!(!done!(world, |work| work.organization_domains().delete(world.home, domain.id)));
}

async fn a_removed_domain_can_be_added_again(world: World) {
    let other = world.given_organization().await;
    let domain = verified(fixtures::domain(&world, &other, "acme.example"));
    insert(&world, &domain).await;
    assert!(done!(world, |work| work.organization_domains().delete(world.home, domain.id)));
    let organization = world.given_organization().await;
    let again = OrganizationDomain {
        domain: domain_name("acme.example"),
        ..fixtures::domain(&world, &organization, "acme.example")
    };
    insert(&world, &again).await;
    comes_back(&world, &again).await;
}
