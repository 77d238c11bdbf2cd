//! Teams: their people, invitations to them, and their audit trail.

use time::Duration;
use vestibule_application::ports::store::Conflict;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::TeamId;
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::member_session::{MEMBER_SESSION_KEPT, MEMBER_SESSION_LIFE, MemberSession};
use vestibule_domain::notice::Notice;
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_domain::password_reset::{PASSWORD_RESET_LIFE, PasswordReset};
use vestibule_domain::readout::FieldChange;
use vestibule_domain::team::{
    TEAM_INVITATION_KEPT, TEAM_INVITATION_LIFE, Team, TeamInvitation, has_other_admin,
};
use vestibule_domain::team_trail::{TEAM_TRAIL_KEPT, TeamAction, TeamEntry};

use crate::fixtures::{self, email};
use crate::members::visit;
use crate::races::{CONTENDERS, all, retried};
use crate::samples::{HOSTILE, at_micros, hostile_name};
use crate::world::{NOW, World, done, later, refused};

crate::cases![
    a_change_of_a_team_writes_name_and_support_address,
    a_team_comes_with_its_people_and_no_others,
    a_team_knows_its_oldest_environment,
    an_invitation_is_found_by_its_digest_with_its_team,
    a_team_invites_an_address_once,
    an_invitation_needs_its_team,
    an_invitation_that_is_sent_again_has_another_digest,
    an_invitation_of_another_team_is_not_removed,
    of_many_who_take_up_an_invitation_one_joins,
    a_team_keeps_an_admin_whoever_leaves_at_once,
    a_trail_is_listed_by_page_and_only_to_its_team,
    an_entry_needs_its_team,
    what_time_has_made_useless_of_teams_is_swept_away,
    members_are_told_of_something_once,
    of_many_who_tell_at_once_one_succeeds,
    what_is_told_needs_its_environment,
];

async fn team(world: &World) -> Team {
    let team = Team { id: world.id(), ..fixtures::team(world) };
    done!(world, |work| work.accounts().insert_team(&team));
    team
}

async fn member(world: &World, team: TeamId) -> Member {
    let member = Member { team_id: team, ..fixtures::member(world) };
    done!(world, |work| work.accounts().insert_member(&member));
    member
}

fn invitation(world: &World, team: TeamId) -> TeamInvitation {
    TeamInvitation {
        id: world.id(),
        team_id: team,
        email: email(&format!("{}@initech.example", world.word())),
        role: MemberRole::Member,
        digest: world.digest(),
        invited_by: HOSTILE.to_owned(),
        created_at: at_micros(1),
        sent_at: at_micros(2),
    }
}

fn entry(world: &World, team: TeamId) -> TeamEntry {
    TeamEntry {
        id: world.id(),
        team_id: team,
        at: at_micros(999_999),
        action: TeamAction::MemberInvited,
        member_id: Some(world.id()),
        member_name: Some(HOSTILE.to_owned()),
        ip_address: Some("2001:db8::1".to_owned()),
        target: "team_invitation_1".to_owned(),
        details: vec![("email".to_owned(), HOSTILE.to_owned()), ("role".to_owned(), String::new())],
        changes: vec![FieldChange {
            field: HOSTILE.to_owned(),
            before: None,
            after: Some(HOSTILE.to_owned()),
        }],
    }
}

async fn a_change_of_a_team_writes_name_and_support_address(world: World) {
    let before = team(&world).await;
    let changed = Team {
        name: hostile_name(),
        support_email: Some(email("help+us@initech.example")),
        ..before.clone()
    };
    assert!(done!(world, |work| work.teams().update(&Team { created_at: later(9), ..changed.clone() })));
    assert_eq!(done!(world, |work| work.teams().lock(before.id)), Some(changed));
    let nobody = Team { id: world.id(), ..before };
    assert!(!done!(world, |work| work.teams().update(&nobody)));
    assert_eq!(done!(world, |work| work.teams().lock(nobody.id)), None);
}

async fn a_team_comes_with_its_people_and_no_others(world: World) {
    let (ours, theirs) = (team(&world).await, team(&world).await);
    let mut members = [member(&world, ours.id).await, member(&world, ours.id).await];
    members.sort_by_key(|member| member.id);
    let mut invitations = [invitation(&world, ours.id), invitation(&world, ours.id)];
    invitations.sort_by_key(|invitation| invitation.id);
    for invitation in &invitations {
        done!(world, |work| work.teams().insert_invitation(invitation));
    }
    member(&world, theirs.id).await;
    let his = invitation(&world, theirs.id);
    done!(world, |work| work.teams().insert_invitation(&his));
    let found = world.queries().team(ours.id).await.expect("a look-up").expect("a team");
    assert_eq!((&found.team, &found.members[..]), (&ours, &members[..]));
    assert_eq!(found.invitations, invitations);
    assert_eq!(done!(world, |work| work.teams().members(ours.id)), members);
    assert_eq!(done!(world, |work| work.teams().invitations(ours.id)), invitations);
    assert_eq!(world.queries().team(world.id()).await.expect("a look-up"), None);
}

async fn a_team_knows_its_oldest_environment(world: World) {
    let team = team(&world).await;
    assert_eq!(done!(world, |work| work.teams().oldest_environment(team.id)), None);
    let environment = || Environment { team_id: team.id, ..fixtures::environment(&world) };
    let mut environments = [environment(), environment()];
    environments.sort_by_key(|environment| environment.id);
    for environment in &environments {
        done!(world, |work| work.accounts().insert_environment(environment));
    }
    let oldest = done!(world, |work| work.teams().oldest_environment(team.id));
    assert_eq!(oldest, Some(environments[0].id));
}

async fn an_invitation_is_found_by_its_digest_with_its_team(world: World) {
    let team = team(&world).await;
    let invitation = invitation(&world, team.id);
    done!(world, |work| work.teams().insert_invitation(&invitation));
    let found = done!(world, |work| work.teams().find_invitation(&invitation.digest));
    assert_eq!(found.as_ref(), Some(&invitation));
    let shown = world.queries().team_invitation(&invitation.digest).await.expect("a look-up");
    let shown = shown.expect("an invitation");
    assert_eq!((shown.invitation, shown.team), (invitation, team));
    let unknown = world.digest();
    assert_eq!(world.queries().team_invitation(&unknown).await.expect("a look-up"), None);
    assert_eq!(done!(world, |work| work.teams().find_invitation(&unknown)), None);
}

async fn a_team_invites_an_address_once(world: World) {
    let (ours, theirs) = (team(&world).await, team(&world).await);
    let first = invitation(&world, ours.id);
    done!(world, |work| work.teams().insert_invitation(&first));
    let again = TeamInvitation { email: first.email.clone(), ..invitation(&world, ours.id) };
    let conflict = refused!(world, |work| work.teams().insert_invitation(&again));
    assert_eq!(conflict, Conflict::TeamInvitation);
    let elsewhere = TeamInvitation { team_id: theirs.id, ..again };
    done!(world, |work| work.teams().insert_invitation(&elsewhere));
}

async fn an_invitation_needs_its_team(world: World) {
    let invitation = invitation(&world, world.id());
    let conflict = refused!(world, |work| work.teams().insert_invitation(&invitation));
    assert_eq!(conflict, Conflict::Reference);
}

async fn an_invitation_that_is_sent_again_has_another_digest(world: World) {
    let team = team(&world).await;
    let first = invitation(&world, team.id);
    done!(world, |work| work.teams().insert_invitation(&first));
    let again = TeamInvitation { digest: world.digest(), sent_at: later(5), ..first.clone() };
    let written = TeamInvitation { role: MemberRole::Admin, created_at: later(9), ..again.clone() };
    assert!(done!(world, |work| work.teams().update_invitation(&written)));
    assert_eq!(done!(world, |work| work.teams().find_invitation(&first.digest)), None);
    assert_eq!(done!(world, |work| work.teams().find_invitation(&again.digest)), Some(again));
    let gone = invitation(&world, team.id);
    assert!(!done!(world, |work| work.teams().update_invitation(&gone)));
}

async fn an_invitation_of_another_team_is_not_removed(world: World) {
    let (ours, theirs) = (team(&world).await, team(&world).await);
    let invitation = invitation(&world, ours.id);
    done!(world, |work| work.teams().insert_invitation(&invitation));
    assert!(!done!(world, |work| work.teams().delete_invitation(theirs.id, invitation.id)));
    assert!(done!(world, |work| work.teams().delete_invitation(ours.id, invitation.id)));
    assert!(!done!(world, |work| work.teams().delete_invitation(ours.id, invitation.id)));
}

async fn of_many_who_take_up_an_invitation_one_joins(world: World) {
    let team = team(&world).await;
    let invitation = invitation(&world, team.id);
    done!(world, |work| work.teams().insert_invitation(&invitation));
    let joining = (0..CONTENDERS).map(|_| {
        let (world, invitation) = (world.clone(), invitation.clone());
        async move {
            retried!(world, |work| {
                work.teams().lock(invitation.team_id).await?;
                let taken = work.teams().delete_invitation(invitation.team_id, invitation.id).await?;
                work.commit().await?;
                Ok(taken)
            })
        }
    });
    let taken = all(joining).await;
    assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().expect("an answer")).count(), 1);
}

async fn a_team_keeps_an_admin_whoever_leaves_at_once(world: World) {
    let team = team(&world).await;
    let mut admins = Vec::new();
    for _ in 0..CONTENDERS {
        admins.push(member(&world, team.id).await);
    }
    let leaving = admins.into_iter().map(|admin| {
        let (world, team) = (world.clone(), team.id);
        async move {
            retried!(world, |work| {
                work.teams().lock(team).await?;
                let members = work.teams().members(team).await?;
                let goes = has_other_admin(&members, &admin);
                if goes {
                    work.members().delete(team, admin.id).await?;
                }
                work.commit().await?;
                Ok(goes)
            })
        }
    });
    let left = all(leaving).await;
    assert_eq!(left.into_iter().filter(|left| !left.as_ref().expect("an answer")).count(), 1);
    assert_eq!(done!(world, |work| work.teams().members(team.id)).len(), 1);
}

async fn a_trail_is_listed_by_page_and_only_to_its_team(world: World) {
    let (ours, theirs) = (team(&world).await, team(&world).await);
    let nobody = TeamEntry {
        member_id: None,
        member_name: None,
        ip_address: None,
        changes: Vec::new(),
        ..entry(&world, ours.id)
    };
    let mut entries = vec![entry(&world, ours.id), nobody, entry(&world, ours.id)];
    for entry in &entries {
        done!(world, |work| work.teams().record(entry));
    }
    let hidden = entry(&world, theirs.id);
    done!(world, |work| work.teams().record(&hidden));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    let page = async |cursor| {
        let limit = PageLimit::new(2).expect("a limit");
        let request = PageRequest { limit, order: Order::Descending, cursor };
        world.queries().team_trail(ours.id, request).await.expect("a page")
    };
    let first = page(None).await;
    assert_eq!((&first.items[..], first.has_next), (&entries[..2], true));
    let rest = page(Some(Cursor::After(entries[1].id))).await;
    assert_eq!((&rest.items[..], rest.has_next), (&entries[2..], false));
}

async fn an_entry_needs_its_team(world: World) {
    let entry = entry(&world, world.id());
    let conflict = refused!(world, |work| work.teams().record(&entry));
    assert_eq!(conflict, Conflict::Reference);
}

async fn what_time_has_made_useless_of_teams_is_swept_away(world: World) {
    // Far enough back that other worlds in the same database lose nothing, and further than each
    // thing is kept, so that one sweep does not take what another case of this one needs.
    let now = NOW - Duration::days(5_000);
    let (team, a_moment) = (team(&world).await, Duration::milliseconds(1));
    let member = member(&world, team.id).await;

    let entry_at = |at| TeamEntry { id: world.id_at(at), at, ..entry(&world, team.id) };
    let since = now - TEAM_TRAIL_KEPT;
    let entries = [entry_at(since - a_moment), entry_at(since), entry_at(now)];
    let visit_at = |at| MemberSession {
        id: world.id_at(at),
        started_at: at,
        expires_at: at + MEMBER_SESSION_LIFE,
        ..visit(&world, member.id)
    };
    let since = now - MEMBER_SESSION_KEPT;
    let visits = [visit_at(since - a_moment), visit_at(since), visit_at(now)];
    let invitation_at = |sent_at| TeamInvitation { sent_at, ..invitation(&world, team.id) };
    let since = now - TEAM_INVITATION_LIFE - TEAM_INVITATION_KEPT;
    let invitations = [invitation_at(since), invitation_at(since + a_moment), invitation_at(now)];
    let reset_at = |created_at| PasswordReset { digest: world.digest(), member_id: member.id, created_at };
    let since = now - PASSWORD_RESET_LIFE;
    let resets = [reset_at(since), reset_at(since + a_moment), reset_at(now)];
    for n in 0..3 {
        done!(world, |work| work.teams().record(&entries[n]));
        done!(world, |work| work.members().insert_session(&visits[n]));
        done!(world, |work| work.teams().insert_invitation(&invitations[n]));
        done!(world, |work| work.members().insert_reset(&resets[n]));
    }

    world.store().jobs().sweep(now).await.expect("a sweep");

    let page = PageRequest { limit: PageLimit::default(), order: Order::Ascending, cursor: None };
    let trail = world.queries().team_trail(team.id, page).await.expect("a page").items;
    assert_eq!(trail, entries[1..]);
    let mut found = Vec::new();
    for visit in &visits {
        found.push(world.queries().member_visit(&visit.digest).await.expect("a look-up").map(|v| v.session));
    }
    assert_eq!(found, [None, Some(visits[1].clone()), Some(visits[2].clone())]);
    let mut left = done!(world, |work| work.teams().invitations(team.id));
    left.sort_by_key(|invitation| invitation.sent_at);
    assert_eq!(left, invitations[1..]);
    assert_eq!(done!(world, |work| work.members().resets(member.id)), resets[1..]);
}

async fn members_are_told_of_something_once(world: World) {
    let (home, stuck) = (world.home, Notice::SetUpStuck);
    assert_eq!(done!(world, |work| work.accounts().told_until(home, stuck)), None);
    let tell =
        async |before, until| done!(world, |work| work.accounts().tell_until(home, stuck, before, until));
    assert!(!tell(Some(NOW), later(1)).await, "nobody was told before");
    assert!(tell(None, at_micros(1)).await);
    assert!(!tell(None, later(1)).await, "they were told");
    assert_eq!(done!(world, |work| work.accounts().told_until(home, stuck)), Some(at_micros(1)));
    assert!(tell(Some(at_micros(1)), later(2)).await);
    assert!(!tell(Some(at_micros(1)), later(3)).await, "they were told more since");
    assert_eq!(done!(world, |work| work.accounts().told_until(home, stuck)), Some(later(2)));
    let other = done!(world, |work| work.accounts().told_until(home, Notice::WebhookUndelivered));
    assert_eq!(other, None);
    let there = done!(world, |work| work.accounts().told_until(world.abroad, stuck));
    assert_eq!(there, None);
}

async fn of_many_who_tell_at_once_one_succeeds(world: World) {
    let home = world.home;
    for (before, until) in [(None, later(1)), (Some(later(1)), later(2))] {
        let tellers = (0..CONTENDERS).map(|_| {
            let world = world.clone();
            async move {
                retried!(world, |work| {
                    let told = work.accounts().tell_until(home, Notice::SetUpStuck, before, until).await?;
                    work.commit().await?;
                    Ok(told)
                })
            }
        });
        let told = all(tellers).await;
        assert_eq!(told.into_iter().filter(|told| *told.as_ref().expect("an answer")).count(), 1);
    }
}

async fn what_is_told_needs_its_environment(world: World) {
    let nowhere = world.id();
    let told = refused!(world, |work| work.accounts().tell_until(nowhere, Notice::SetUpStuck, None, NOW));
    assert_eq!(told, Conflict::Reference);
}
