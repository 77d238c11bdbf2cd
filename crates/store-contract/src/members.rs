//! Members and their visits to the dashboard.

use vestibule_application::ports::store::{Conflict, EnvironmentLine, Visits};
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::environment::{Environment, EnvironmentKind};
use vestibule_domain::id::MemberId;
use vestibule_domain::member::{Member, MemberRole, PasswordAttempts};
use vestibule_domain::member_session::{MEMBER_SESSION_LIFE, MemberSession, SessionStage};
use vestibule_domain::notice::{Notice, Notices};
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::portal_session::{PortalSession, Progress};
use vestibule_domain::team::Team;
use vestibule_domain::totp::SecondFactor;

use crate::fixtures;
use crate::samples::{at_micros, hostile_name, sealed};
use crate::world::{NOW, World, done, later, refused};

crate::cases![
    a_member_is_found_by_their_address,
    a_change_of_a_member_writes_what_changes_about_them,
    a_change_of_nobody_is_told,
    a_visit_comes_back_with_member_team_and_environments,
    a_visit_shows_environments_of_its_own_team_only,
    a_visit_needs_its_member,
    a_visit_is_ended_once_and_by_its_member,
    an_unknown_cookie_opens_no_visit,
    visits_of_a_member_are_ended_but_one_or_all,
    open_visits_of_a_member_come_newest_first_and_no_more_than_asked_for,
    a_removed_member_takes_visits_and_resets_along,
    a_member_of_another_team_is_not_removed,
    a_password_reset_is_taken_once,
    old_password_resets_of_a_member_are_removed,
    a_password_reset_needs_its_member,
    links_of_an_organization_come_newest_first_and_no_more_than_asked_for,
    a_link_shows_the_visit_that_got_furthest_last,
    links_of_another_environment_are_not_listed,
    api_keys_of_an_environment_are_listed_oldest_first_withdrawn_ones_too,
];

async fn member(world: &World) -> Member {
    let member = fixtures::member(world);
    done!(world, |work| work.accounts().insert_member(&member));
    member
}

pub(crate) fn visit(world: &World, member: MemberId) -> MemberSession {
    MemberSession {
        id: world.id(),
        member_id: member,
        stage: SessionStage::Open,
        digest: world.digest(),
        ip_address: Some("192.0.2.1".into()),
        user_agent: Some("<b>\u{1f980}</b>".into()),
        started_at: NOW,
        expires_at: NOW + MEMBER_SESSION_LIFE,
        ended_at: None,
    }
}

async fn a_member_is_found_by_their_address(world: World) {
    let member = member(&world).await;
    let other = fixtures::member(&world);
    let found = world.queries().member_by_email(&member.email).await.expect("a look-up");
    assert_eq!(found, Some(member));
    assert_eq!(world.queries().member_by_email(&other.email).await.expect("a look-up"), None);
}

async fn a_change_of_a_member_writes_what_changes_about_them(world: World) {
    let before = member(&world).await;
    let changed = Member {
        name: Some(hostile_name()),
        password_hash: "another".into(),
        role: MemberRole::Member,
        attempts: PasswordAttempts { wrong: 3, last_wrong_at: Some(at_micros(1)) },
        second_factor: Some(SecondFactor {
            sealed_secret: sealed(),
            last_step: 59_000_000,
            recovery_codes: vec![world.digest(), world.digest()],
            since: at_micros(2),
        }),
        notices: Notices::of(Notice::ALL),
        signed_in_at: Some(at_micros(3)),
        ..before.clone()
    };
    // What cannot change about a member is not written.
    let written = Member { email: fixtures::member(&world).email, created_at: later(1), ..changed.clone() };
    assert!(done!(world, |work| work.members().update(&written)));
    assert_eq!(done!(world, |work| work.members().lock(before.id)), Some(changed));
    assert!(done!(world, |work| work.members().update(&before)));
    assert_eq!(done!(world, |work| work.members().lock(before.id)), Some(before));
}

async fn a_change_of_nobody_is_told(world: World) {
    let nobody = fixtures::member(&world);
    assert!(!done!(world, |work| work.members().update(&nobody)));
    assert_eq!(done!(world, |work| work.members().lock(nobody.id)), None);
}

async fn a_visit_comes_back_with_member_team_and_environments(world: World) {
    let team = Team { id: world.id(), ..fixtures::team(&world) };
    let member = Member { team_id: team.id, ..fixtures::member(&world) };
    let sandbox = Environment { team_id: team.id, ..fixtures::environment(&world) };
    let production = Environment {
        team_id: team.id,
        kind: EnvironmentKind::Production,
        name: hostile_name(),
        ..fixtures::environment(&world)
    };
    let visit = visit(&world, member.id);
    done!(world, |work| work.accounts().insert_team(&team));
    done!(world, |work| work.accounts().insert_member(&member));
    for environment in [&sandbox, &production] {
        done!(world, |work| work.accounts().insert_environment(environment));
    }
    done!(world, |work| work.members().insert_session(&visit));
    let found = world.queries().member_visit(&visit.digest).await.expect("a look-up").expect("a visit");
    assert_eq!((&found.session, &found.member, &found.team), (&visit, &member, &team));
    let line = |environment: &Environment| EnvironmentLine {
        id: environment.id,
        kind: environment.kind,
        name: environment.name.clone(),
    };
    let mut expected = vec![line(&sandbox), line(&production)];
    expected.sort_by_key(|line| line.id);
    assert_eq!(found.environments, expected);
}

async fn a_visit_shows_environments_of_its_own_team_only(world: World) {
    let team = Team { id: world.id(), ..fixtures::team(&world) };
    let member = Member { team_id: team.id, ..fixtures::member(&world) };
    let visit = visit(&world, member.id);
    done!(world, |work| work.accounts().insert_team(&team));
    done!(world, |work| work.accounts().insert_member(&member));
    done!(world, |work| work.members().insert_session(&visit));
    let found = world.queries().member_visit(&visit.digest).await.expect("a look-up").expect("a visit");
    assert_eq!(found.environments, []);
}

async fn a_visit_needs_its_member(world: World) {
    let visit = visit(&world, world.id());
    let conflict = refused!(world, |work| work.members().insert_session(&visit));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_visit_is_ended_once_and_by_its_member(world: World) {
    let member = member(&world).await;
    let visit = visit(&world, member.id);
    done!(world, |work| work.members().insert_session(&visit));
    let stranger = world.id();
    assert!(!done!(world, |work| work.members().end_session(stranger, visit.id, later(1))));
    assert!(done!(world, |work| work.members().end_session(member.id, visit.id, later(1))));
    assert!(!done!(world, |work| work.members().end_session(member.id, visit.id, later(2))));
    let found = world.queries().member_visit(&visit.digest).await.expect("a look-up").expect("a visit");
    assert_eq!(found.session, MemberSession { ended_at: Some(later(1)), ..visit });
}

async fn an_unknown_cookie_opens_no_visit(world: World) {
    let digest = world.digest();
    assert_eq!(world.queries().member_visit(&digest).await.expect("a look-up"), None);
}

async fn links_of_an_organization_come_newest_first_and_no_more_than_asked_for(world: World) {
    let organization = world.given_organization().await;
    let mut links = Vec::new();
    for _ in 0..3 {
        links.push(world.given_open_link(&organization, LinkKind::Token).await);
    }
    links.sort_by_key(|link| std::cmp::Reverse(link.id));
    links.truncate(2);
    let (environment, organization) = (organization.environment_id, organization.id);
    let found = world.queries().portal_links(environment, organization, 2).await.expect("a list");
    assert!(found.iter().all(|view| view.furthest.is_none()));
    assert_eq!(found.into_iter().map(|view| view.link).collect::<Vec<_>>(), links);
}

async fn a_link_shows_the_visit_that_got_furthest_last(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let visit = |step, progress_at| PortalSession {
        progress: Progress { provider: Some("okta-saml".into()), step, ..Progress::default() },
        progress_at,
        ..fixtures::session(&world, &link)
    };
    let furthest = visit(4, later(9));
    for visit in [visit(1, later(1)), furthest.clone(), visit(2, later(5))] {
        done!(world, |work| work.sessions().insert(&visit));
    }
    let found =
        world.queries().portal_links(link.environment_id, link.organization_id, 5).await.expect("a list");
    assert_eq!(found.into_iter().map(|view| view.furthest).collect::<Vec<_>>(), [Some(furthest)]);
}

async fn links_of_another_environment_are_not_listed(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    assert_eq!(link.organization_id, organization.id);
    let stranger = world.id();
    assert_eq!(world.queries().portal_links(stranger, organization.id, 5).await.expect("a list"), []);
}

async fn api_keys_of_an_environment_are_listed_oldest_first_withdrawn_ones_too(world: World) {
    let environment = fixtures::environment(&world);
    done!(world, |work| work.accounts().insert_environment(&environment));
    let key =
        || ApiKey { environment_id: environment.id, digest: world.digest(), ..fixtures::api_key(&world) };
    let mut keys = [key(), key()];
    keys.sort_by_key(|key| key.id);
    for key in &keys {
        done!(world, |work| work.accounts().insert_api_key(key));
    }
    done!(world, |work| work.accounts().revoke_api_key(environment.id, keys[0].id, later(1)));
    keys[0].revoked_at = Some(later(1));
    assert_eq!(world.queries().api_keys(environment.id).await.expect("a list"), keys);
    assert_eq!(world.queries().api_keys(world.id()).await.expect("a list"), []);
}

async fn visits_of_a_member_are_ended_but_one_or_all(world: World) {
    let (ada, bob) = (member(&world).await, member(&world).await);
    let [here, there, done_already] = [(); 3].map(|()| visit(&world, ada.id));
    let done_already = MemberSession { ended_at: Some(later(1)), ..done_already };
    let his = visit(&world, bob.id);
    for visit in [&here, &there, &done_already, &his] {
        done!(world, |work| work.members().insert_session(visit));
    }
    done!(world, |work| work.members().end_sessions(ada.id, Visits::AllBut(here.id), later(2)));
    let ended = async |visit: &MemberSession| {
        let found = world.queries().member_visit(&visit.digest).await.expect("a look-up");
        found.expect("a visit").session.ended_at
    };
    assert_eq!((ended(&here).await, ended(&there).await), (None, Some(later(2))));
    assert_eq!((ended(&done_already).await, ended(&his).await), (Some(later(1)), None));
    done!(world, |work| work.members().end_sessions(ada.id, Visits::All, later(3)));
    assert_eq!((ended(&here).await, ended(&there).await), (Some(later(3)), Some(later(2))));
    assert_eq!(ended(&his).await, None);
}

async fn open_visits_of_a_member_come_newest_first_and_no_more_than_asked_for(world: World) {
    let (ada, bob) = (member(&world).await, member(&world).await);
    let mut open = [(); 3].map(|()| visit(&world, ada.id));
    let ended = MemberSession { ended_at: Some(NOW), ..visit(&world, ada.id) };
    let over = MemberSession { expires_at: later(1), ..visit(&world, ada.id) };
    let halfway = MemberSession { stage: SessionStage::SecondStep, ..visit(&world, ada.id) };
    let his = visit(&world, bob.id);
    for visit in open.iter().chain([&ended, &over, &halfway, &his]) {
        done!(world, |work| work.members().insert_session(visit));
    }
    open.sort_by_key(|visit| std::cmp::Reverse(visit.id));
    let listed = async |most| world.queries().member_sessions(ada.id, later(1), most).await.expect("a list");
    assert_eq!(listed(10).await, open);
    assert_eq!(listed(2).await, open[..2]);
    let found = world.queries().member_visit(&halfway.digest).await.expect("a look-up").expect("a visit");
    assert_eq!(found.session, halfway);
}

fn reset(world: &World, member: MemberId) -> PasswordReset {
    PasswordReset { digest: world.digest(), member_id: member, created_at: NOW }
}

async fn a_removed_member_takes_visits_and_resets_along(world: World) {
    let ada = member(&world).await;
    let (visit, reset) = (visit(&world, ada.id), reset(&world, ada.id));
    done!(world, |work| work.members().insert_session(&visit));
    done!(world, |work| work.members().insert_reset(&reset));
    assert!(done!(world, |work| work.members().delete(ada.team_id, ada.id)));
    assert!(!done!(world, |work| work.members().delete(ada.team_id, ada.id)));
    assert_eq!(world.queries().member_by_email(&ada.email).await.expect("a look-up"), None);
    assert_eq!(world.queries().member_visit(&visit.digest).await.expect("a look-up"), None);
    assert_eq!(world.queries().password_reset(&reset.digest).await.expect("a look-up"), None);
}

async fn a_member_of_another_team_is_not_removed(world: World) {
    let ada = member(&world).await;
    let stranger = world.id();
    assert!(!done!(world, |work| work.members().delete(stranger, ada.id)));
    assert_eq!(done!(world, |work| work.members().lock(ada.id)), Some(ada));
}

async fn a_password_reset_is_taken_once(world: World) {
    let ada = member(&world).await;
    let reset = reset(&world, ada.id);
    done!(world, |work| work.members().insert_reset(&reset));
    let shown = world.queries().password_reset(&reset.digest).await.expect("a look-up").expect("a reset");
    assert_eq!((&shown.reset, &shown.member, shown.team.id), (&reset, &ada, ada.team_id));
    let takers = (0..crate::races::CONTENDERS).map(|_| {
        let (world, digest) = (world.clone(), reset.digest);
        async move {
            crate::races::retried!(world, |work| {
                let taken = work.members().take_reset(&digest).await?;
                work.commit().await?;
                Ok(taken)
            })
        }
    });
    let taken = crate::races::all(takers).await;
    let winners: Vec<_> = taken.into_iter().filter_map(|taken| taken.expect("an answer")).collect();
    assert_eq!(winners, [reset]);
}

async fn old_password_resets_of_a_member_are_removed(world: World) {
    let (ada, bob) = (member(&world).await, member(&world).await);
    let old = reset(&world, ada.id);
    let new = PasswordReset { created_at: later(1), ..reset(&world, ada.id) };
    let his = reset(&world, bob.id);
    for reset in [&new, &old, &his] {
        done!(world, |work| work.members().insert_reset(reset));
    }
    assert_eq!(done!(world, |work| work.members().resets(ada.id)), [old, new.clone()]);
    done!(world, |work| work.members().delete_resets(ada.id, NOW));
    assert_eq!(done!(world, |work| work.members().resets(ada.id)), [new]);
    assert_eq!(done!(world, |work| work.members().resets(bob.id)), [his]);
}

async fn a_password_reset_needs_its_member(world: World) {
    let reset = reset(&world, world.id());
    let conflict = refused!(world, |work| work.members().insert_reset(&reset));
    assert_eq!(conflict, Conflict::Reference);
}
