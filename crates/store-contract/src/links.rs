//! Portal links: who may have one, and who gets to spend it.

use vestibule_application::ports::store::{Conflict, PortalInvitation};
use vestibule_domain::Instant;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::PortalLinkId;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::Organization;
use vestibule_domain::portal_link::{LinkKind, LinkState, PortalLink};

use crate::fixtures::{self, consumed, name};
use crate::samples::{at_micros, full_link, return_url};
use crate::world::{World, done, later, link_refused};

crate::cases![
    an_inserted_link_is_found_by_its_digest,
    a_link_with_everything_set_comes_back_as_it_was_added,
    a_link_comes_back_in_every_state,
    an_unknown_link_is_not_found,
    an_invitation_shows_the_link_with_its_environment_and_organization,
    a_link_needs_its_organization,
    a_link_needs_an_organization_of_its_environment,
    an_organization_has_one_open_setup_link,
    an_expired_setup_link_still_counts_until_it_is_withdrawn,
    a_spent_setup_link_makes_room_for_another,
    organizations_do_not_share_their_setup_links,
    an_organization_has_any_number_of_other_links,
    the_open_setup_link_is_found_even_past_its_time,
    an_open_link_is_advanced,
    advancing_writes_completed_and_state_only,
    a_link_that_stays_open_can_be_advanced_again,
    a_link_is_consumed_once,
    a_link_is_advanced_until_its_last_microsecond,
    a_withdrawn_link_is_not_advanced,
    an_open_link_is_withdrawn_once,
    an_expired_link_is_withdrawn,
    a_consumed_link_is_not_withdrawn,
    all_links_of_an_external_user_are_withdrawn_and_named,
    links_of_other_external_users_stay,
];

pub(crate) async fn stored(world: &World, link: &PortalLink) -> Option<PortalLink> {
    let (environment, id) = (link.environment_id, link.id);
    let found = done!(world, |work| work.links().find(environment, id));
    assert_eq!(done!(world, |work| work.links().find_by_digest(&link.digest)), found);
    found
}

async fn advance(world: &World, link: &PortalLink, now: Instant) -> bool {
    done!(world, |work| work.links().advance(link, now))
}

async fn revoke(world: &World, id: PortalLinkId, at: Instant) -> bool {
    done!(world, |work| work.links().revoke(world.home, id, at))
}

async fn an_inserted_link_is_found_by_its_digest(world: World) {
    let organization = world.given_organization().await;
    for kind in LinkKind::ALL {
        let link = world.given_open_link(&organization, kind).await;
        assert_eq!(stored(&world, &link).await, Some(link));
    }
}

async fn a_link_with_everything_set_comes_back_as_it_was_added(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_link(full_link(&world, &organization, LinkKind::Setup)).await;
    assert_eq!(stored(&world, &link).await, Some(link));
}

async fn a_link_comes_back_in_every_state(world: World) {
    let organization = world.given_organization().await;
    for state in [
        LinkState::Open,
        LinkState::Consumed { at: at_micros(999_999) },
        LinkState::Revoked { at: at_micros(1) },
    ] {
        let link = PortalLink {
            state,
            intents: Vec::new(),
            ..fixtures::link(&world, &organization, LinkKind::Launch)
        };
        let link = world.given_link(link).await;
        assert_eq!(stored(&world, &link).await, Some(link));
    }
}

async fn an_unknown_link_is_not_found(world: World) {
    let link = fixtures::link(&world, &world.given_organization().await, LinkKind::Token);
    assert_eq!(stored(&world, &link).await, None);
    assert_eq!(world.queries().invitation(&link.digest).await.expect("a look-up"), None);
    assert!(!advance(&world, &link, later(0)).await);
    assert!(!revoke(&world, link.id, later(0)).await);
}

async fn an_invitation_shows_the_link_with_its_environment_and_organization(world: World) {
    let environment = Environment { ..crate::samples::full_environment(&world) };
    done!(world, |work| work.accounts().insert_environment(&environment));
    let organization =
        Organization { environment_id: environment.id, ..crate::samples::full_organization(&world) };
    let organization = world.given(organization).await;
    // A spent link has a landing page too: it says that it is spent.
    let link = consumed(&full_link(&world, &organization, LinkKind::Token), at_micros(500_000));
    let link = world.given_link(link).await;
    let found = world.queries().invitation(&link.digest).await.expect("a look-up");
    assert_eq!(found, Some(PortalInvitation { link, environment, organization }));
}

async fn a_link_needs_its_organization(world: World) {
    let missing = fixtures::organization(&world);
    for kind in LinkKind::ALL {
        let link = fixtures::link(&world, &missing, kind);
        assert_eq!(link_refused(&world, &link).await, Conflict::Reference);
    }
}

async fn a_link_needs_an_organization_of_its_environment(world: World) {
    let organization = world.given_organization().await;
    let as_foreign = Organization { environment_id: world.abroad, ..organization };
    let link = fixtures::link(&world, &as_foreign, LinkKind::Token);
    assert_eq!(link_refused(&world, &link).await, Conflict::Reference);
}

async fn an_organization_has_one_open_setup_link(world: World) {
    let organization = world.given_organization().await;
    let first = world.given_open_link(&organization, LinkKind::Setup).await;
    let second = fixtures::link(&world, &organization, LinkKind::Setup);
    assert_eq!(link_refused(&world, &second).await, Conflict::LiveLink);
    let open = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
    assert_eq!(open, Some(first));
}

async fn an_expired_setup_link_still_counts_until_it_is_withdrawn(world: World) {
    let organization = world.given_organization().await;
    let expired =
        PortalLink { expires_at: later(-1), ..fixtures::link(&world, &organization, LinkKind::Setup) };
    let expired = world.given_link(expired).await;
    let second = fixtures::link(&world, &organization, LinkKind::Setup);
    assert_eq!(link_refused(&world, &second).await, Conflict::LiveLink);
    assert!(revoke(&world, expired.id, later(0)).await);
    world.given_link(second).await;
}

async fn a_spent_setup_link_makes_room_for_another(world: World) {
    let organization = world.given_organization().await;
    let first = world.given_open_link(&organization, LinkKind::Setup).await;
    assert!(advance(&world, &consumed(&first, later(1)), later(1)).await);
    let open = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
    assert_eq!(open, None);
    let second = world.given_open_link(&organization, LinkKind::Setup).await;
    // Nor does a spent one that is added stand against the open one.
    world.given_link(consumed(&fixtures::link(&world, &organization, LinkKind::Setup), later(1))).await;
    let open = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
    assert_eq!(open, Some(second));
}

async fn organizations_do_not_share_their_setup_links(world: World) {
    for organization in [world.given_organization().await, world.given_organization().await] {
        let link = world.given_open_link(&organization, LinkKind::Setup).await;
        let open = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
        assert_eq!(open, Some(link));
    }
}

async fn an_organization_has_any_number_of_other_links(world: World) {
    let organization = world.given_organization().await;
    for kind in [LinkKind::Token, LinkKind::Launch, LinkKind::Token, LinkKind::Launch, LinkKind::Setup] {
        let link = world.given_open_link(&organization, kind).await;
        assert_eq!(stored(&world, &link).await, Some(link));
    }
}

async fn the_open_setup_link_is_found_even_past_its_time(world: World) {
    let organization = world.given_organization().await;
    world.given_open_link(&organization, LinkKind::Token).await;
    let none = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
    assert_eq!(none, None);
    let expired = PortalLink { expires_at: later(-1), ..full_link(&world, &organization, LinkKind::Setup) };
    let expired = world.given_link(expired).await;
    let open = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
    assert_eq!(open, Some(expired));
}

async fn an_open_link_is_advanced(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let bystander = world.given_open_link(&organization, LinkKind::Token).await;
    let spent = consumed(&link, at_micros(999_999));
    assert!(advance(&world, &spent, at_micros(999_999)).await);
    assert_eq!(stored(&world, &spent).await, Some(spent));
    assert_eq!(stored(&world, &bystander).await, Some(bystander));
}

async fn advancing_writes_completed_and_state_only(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Setup).await;
    let mut altered = consumed(&full_link(&world, &organization, LinkKind::Setup), later(1));
    altered.id = link.id;
    altered.redirects.return_url = Some(return_url("https://elsewhere.example/"));
    assert!(advance(&world, &altered, later(1)).await);
    let expected = PortalLink { completed: altered.completed, state: altered.state, ..link };
    assert_eq!(stored(&world, &expected).await, Some(expected));
}

async fn a_link_that_stays_open_can_be_advanced_again(world: World) {
    let organization = world.given_organization().await;
    let link = PortalLink {
        intents: vec![Intent::Sso, Intent::Dsync],
        ..fixtures::link(&world, &organization, LinkKind::Setup)
    };
    let link = world.given_link(link).await;
    let halfway = PortalLink { completed: vec![Intent::Sso], ..link.clone() };
    assert!(advance(&world, &halfway, later(1)).await);
    assert_eq!(stored(&world, &link).await.as_ref(), Some(&halfway));
    let spent = consumed(&link, later(2));
    assert!(advance(&world, &spent, later(2)).await);
    assert_eq!(stored(&world, &link).await, Some(spent));
}

async fn a_link_is_consumed_once(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let first = consumed(&link, later(1));
    assert!(advance(&world, &first, later(1)).await);
    assert!(!advance(&world, &consumed(&link, later(2)), later(2)).await);
    assert!(!advance(&world, &link, later(2)).await, "a spent link was opened again");
    assert_eq!(stored(&world, &link).await, Some(first));
}

async fn a_link_is_advanced_until_its_last_microsecond(world: World) {
    let organization = world.given_organization().await;
    for (now, expected) in [(at_micros(499_999), true), (at_micros(500_000), false), (later(1), false)] {
        let link = PortalLink {
            expires_at: at_micros(500_000),
            ..fixtures::link(&world, &organization, LinkKind::Token)
        };
        let link = world.given_link(link).await;
        let spent = consumed(&link, now);
        assert_eq!(advance(&world, &spent, now).await, expected);
        assert_eq!(stored(&world, &link).await, Some(if expected { spent } else { link.clone() }));
    }
}

async fn a_withdrawn_link_is_not_advanced(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Setup).await;
    assert!(revoke(&world, link.id, later(1)).await);
    assert!(!advance(&world, &consumed(&link, later(2)), later(2)).await);
    let withdrawn = PortalLink { state: LinkState::Revoked { at: later(1) }, ..link };
    assert_eq!(stored(&world, &withdrawn).await, Some(withdrawn));
}

async fn an_open_link_is_withdrawn_once(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let at = at_micros(999_999);
    assert!(revoke(&world, link.id, at).await);
    assert!(!revoke(&world, link.id, later(5)).await);
    let withdrawn = PortalLink { state: LinkState::Revoked { at }, ..link };
    assert_eq!(stored(&world, &withdrawn).await, Some(withdrawn));
}

async fn an_expired_link_is_withdrawn(world: World) {
    let organization = world.given_organization().await;
    let link = PortalLink { expires_at: later(1), ..fixtures::link(&world, &organization, LinkKind::Token) };
    let link = world.given_link(link).await;
    assert!(revoke(&world, link.id, later(2)).await);
}

async fn a_consumed_link_is_not_withdrawn(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let spent = consumed(&link, later(1));
    assert!(advance(&world, &spent, later(1)).await);
    assert!(!revoke(&world, link.id, later(2)).await);
    assert_eq!(stored(&world, &link).await, Some(spent));
}

async fn all_links_of_an_external_user_are_withdrawn_and_named(world: World) {
    let organization = world.given_organization().await;
    let of_user = |kind| PortalLink {
        external_user_id: Some(name("user_'1'%")),
        ..fixtures::link(&world, &organization, kind)
    };
    let open_launch = world.given_link(of_user(LinkKind::Launch)).await;
    let spent_launch = world.given_link(consumed(&of_user(LinkKind::Launch), later(1))).await;
    let open_token = world.given_link(of_user(LinkKind::Token)).await;
    let expired = PortalLink { expires_at: later(-1), ..of_user(LinkKind::Setup) };
    let expired = world.given_link(expired).await;
    let withdrawn = PortalLink { state: LinkState::Revoked { at: later(1) }, ..of_user(LinkKind::Token) };
    let withdrawn = world.given_link(withdrawn).await;

    let mut ids = done!(world, |work| work.links().revoke_of_external_user(
        world.home,
        organization.id,
        "user_'1'%",
        later(9)
    ));

    ids.sort_unstable();
    assert_eq!(ids, [open_launch.id, spent_launch.id, open_token.id, expired.id, withdrawn.id]);
    for link in [open_launch, open_token, expired] {
        let expected = PortalLink { state: LinkState::Revoked { at: later(9) }, ..link };
        assert_eq!(stored(&world, &expected).await, Some(expected));
    }
    for link in [spent_launch, withdrawn] {
        assert_eq!(stored(&world, &link).await, Some(link));
    }
}

async fn links_of_other_external_users_stay(world: World) {
    let organization = world.given_organization().await;
    let other = world.given_organization().await;
    let of = |organization: &Organization, user: Option<&str>| PortalLink {
        external_user_id: user.map(name),
        ..fixtures::link(&world, organization, LinkKind::Launch)
    };
    let mut stay = Vec::new();
    for link in [
        of(&organization, Some("user_2")),
        of(&organization, Some("USER_1")),
        of(&organization, None),
        of(&other, Some("user_1")),
    ] {
        stay.push(world.given_link(link).await);
    }
    let ids = done!(world, |work| work.links().revoke_of_external_user(
        world.home,
        organization.id,
        "user_1",
        later(9)
    ));
    assert_eq!(ids, Vec::new());
    for link in stay {
        assert_eq!(stored(&world, &link).await, Some(link));
    }
}
