//! The team's people: invited, joined, changed, let in again, gone.

use time::Duration;
use vestibule_application::ports::store::{MemberVisit, Store};
use vestibule_application::sign_in::Browser;
use vestibule_application::team_chronicle::Acting;
use vestibule_application::usecase;
use vestibule_application::usecases::begin_member_session::{
    BeginMemberSession, BeginMemberSessionCommand, BegunMemberSession, ComparedPassword,
};
use vestibule_application::usecases::change_member_role::{ChangeMemberRole, ChangeMemberRoleCommand};
use vestibule_application::usecases::change_password::{ChangePassword, ChangePasswordCommand};
use vestibule_application::usecases::confirmation::Unconfirmed;
use vestibule_application::usecases::disable_second_factor::{
    DisableSecondFactor, DisableSecondFactorCommand,
};
use vestibule_application::usecases::enable_second_factor::{
    EnableSecondFactor, EnableSecondFactorCommand, NotEnabled,
};
use vestibule_application::usecases::end_other_sessions::{EndOtherSessions, EndOtherSessionsCommand, Which};
use vestibule_application::usecases::invite_member::{InviteMember, InviteMemberCommand, InviteMemberError};
use vestibule_application::usecases::join_team::{JoinTeam, JoinTeamCommand, JoinTeamError};
use vestibule_application::usecases::let_member_in::{
    LetIn, LetMemberIn, LetMemberInCommand, LetMemberInError, Remedy,
};
use vestibule_application::usecases::prove_second_factor::{
    Proof, ProveSecondFactor, ProveSecondFactorCommand, Proven,
};
use vestibule_application::usecases::remove_member::{RemoveMember, RemoveMemberCommand};
use vestibule_application::usecases::request_password_reset::{
    RequestPasswordReset, RequestPasswordResetCommand,
};
use vestibule_application::usecases::resend_team_invitation::{
    ResendTeamInvitation, ResendTeamInvitationCommand,
};
use vestibule_application::usecases::reset_password::{
    ResetPassword, ResetPasswordCommand, ResetPasswordError,
};
use vestibule_application::usecases::reset_second_factor::{ResetSecondFactor, ResetSecondFactorCommand};
use vestibule_application::usecases::team_change::TeamChangeError;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{MemberId, MemberSessionId};
use vestibule_domain::member::{ACCOUNT_REST, Member, MemberRole, WRONG_PASSWORDS_MAX};
use vestibule_domain::member_session::{MEMBER_SESSION_LIFE, MemberSession, SessionStage};
use vestibule_domain::password_reset::{PASSWORD_RESET_LIFE, PASSWORD_RESETS_MAX};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::team::{TEAM_INVITATION_LIFE, TEAM_INVITATION_PAUSE, TEAM_PEOPLE_MAX, TeamInvitation};
use vestibule_domain::team_trail::{TeamAction, TeamEntry};
use vestibule_domain::totp::{
    RECOVERY_CODES, RecoveryCode, TOTP_SECRET_BYTES, TOTP_STEP, TotpCode, TotpSecret, step_at,
};

use crate::world::{World, everything, name};

const ADA: &str = "ada@vendor.example";

fn browser() -> Browser {
    Browser { ip_address: Some("192.0.2.7".into()), user_agent: Some("Firefox".into()) }
}

fn email(raw: &str) -> EmailAddress {
    EmailAddress::parse(raw).unwrap()
}

/// The password that somebody has, compared and found right; or wrong.
fn compared(member: &Member, right: bool) -> ComparedPassword {
    ComparedPassword { hash: member.password_hash.clone(), right }
}

/// What Ada's app shares with us.
fn secret() -> TotpSecret {
    TotpSecret::from_bytes([7; TOTP_SECRET_BYTES])
}

impl World {
    async fn member(&self, address: &str) -> Member {
        self.store.queries().member_by_email(&email(address)).await.unwrap().unwrap()
    }

    async fn acting(&self, address: &str) -> Acting {
        Acting::new(&self.member(address).await, Some("192.0.2.1".into()))
    }

    async fn invite(&self, address: &str, role: MemberRole) -> Result<TeamInvitation, InviteMemberError> {
        let by = self.acting(ADA).await;
        let command = InviteMemberCommand { by, email: email(address), role };
        self.run(InviteMember { ambient: self.ambient.clone() }, command).await
    }

    async fn join(&self, digest: SecretDigest) -> Result<BegunMemberSession, JoinTeamError> {
        let command =
            JoinTeamCommand { digest, name: name("Bob"), password_hash: "y".into(), browser: browser() };
        self.run(JoinTeam { ambient: self.ambient.clone() }, command).await
    }

    /// Somebody who was invited and joined.
    async fn joined(&self, address: &str, role: MemberRole) -> Member {
        let invitation = self.invite(address, role).await.unwrap();
        self.join(invitation.digest).await.unwrap();
        self.member(address).await
    }

    async fn sign_in(&self, address: &str, right: bool) -> Option<BegunMemberSession> {
        let member = self.member(address).await;
        let compared = compared(&member, right);
        let command = BeginMemberSessionCommand { member_id: member.id, compared, browser: browser() };
        self.run(BeginMemberSession { ambient: self.ambient.clone() }, command).await.unwrap()
    }

    async fn visit(&self, session: &MemberSession) -> MemberVisit {
        self.store.queries().member_visit(&session.digest).await.unwrap().unwrap()
    }

    async fn is_live(&self, session: &MemberSession) -> bool {
        self.visit(session).await.session.live(self.ambient.now())
    }

    async fn change_role(&self, by: Acting, id: MemberId, role: MemberRole) -> Result<(), TeamChangeError> {
        let command = ChangeMemberRoleCommand { by, member_id: id, role };
        self.run(ChangeMemberRole { ambient: self.ambient.clone() }, command).await
    }

    async fn remove(&self, by: Acting, member_id: MemberId) -> Result<(), TeamChangeError> {
        let command = RemoveMemberCommand { by, member_id };
        self.run(RemoveMember { ambient: self.ambient.clone() }, command).await.map(drop)
    }

    /// What the app shows so many steps from now.
    fn code(&self, steps: i32) -> TotpCode {
        let now = self.ambient.now() + TOTP_STEP * steps;
        secret().code_at(step_at(now))
    }

    async fn enable(
        &self,
        session_id: MemberSessionId,
        code: TotpCode,
        right: bool,
    ) -> Result<Vec<RecoveryCode>, NotEnabled> {
        let by = self.acting(ADA).await;
        let compared = compared(&self.member(ADA).await, right);
        let command = EnableSecondFactorCommand { by, session_id, compared, secret: secret(), code };
        self.run(EnableSecondFactor { ambient: self.ambient.clone() }, command).await.unwrap()
    }

    async fn prove(&self, waiting: &MemberSession, proof: Proof) -> Proven {
        let command = ProveSecondFactorCommand { session: waiting.clone(), proof, browser: browser() };
        self.run(ProveSecondFactor { ambient: self.ambient.clone() }, command).await.unwrap()
    }

    async fn forget_password(&self, address: &str) {
        let member_id = self.member(address).await.id;
        let command = RequestPasswordResetCommand { member_id, ip_address: None };
        self.run(RequestPasswordReset { ambient: self.ambient.clone() }, command).await.unwrap();
    }

    /// The links of a member that can be used, or could.
    async fn resets(&self, address: &str) -> Vec<SecretDigest> {
        let id = self.member(address).await.id;
        let mut work = self.store.begin().await.unwrap();
        let resets = work.members().resets(id).await.unwrap();
        work.rollback().await.unwrap();
        resets.into_iter().map(|reset| reset.digest).collect()
    }

    async fn reset_password(&self, digest: SecretDigest) -> Result<(), ResetPasswordError> {
        let command = ResetPasswordCommand { digest, password_hash: "new".into(), ip_address: None };
        self.run(ResetPassword { ambient: self.ambient.clone() }, command).await
    }

    async fn let_in(&self, second_factor: Remedy, password: Remedy) -> LetIn {
        let member_id = self.member(ADA).await.id;
        let command = LetMemberInCommand { member_id, second_factor, password };
        self.run(LetMemberIn { ambient: self.ambient.clone() }, command).await.unwrap()
    }

    /// What the team's trail has of an action, oldest first: who, and the details.
    async fn team_trail(&self, action: TeamAction) -> Vec<(Option<String>, Vec<(String, String)>)> {
        let entries = self.entries(action).await.into_iter();
        entries.map(|entry| (entry.member_name, entry.details)).collect()
    }

    async fn entries(&self, action: TeamAction) -> Vec<TeamEntry> {
        let team = self.member(ADA).await.team_id;
        let page = self.store.queries().team_trail(team, everything()).await.unwrap();
        page.items.into_iter().filter(|entry| entry.action == action).collect()
    }
}

fn detail(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn whoever_is_invited_joins_once_and_with_their_role() {
    let world = World::new().await;
    let invitation = world.invite("bob@vendor.example", MemberRole::Member).await.unwrap();
    let begun = world.join(invitation.digest).await.unwrap();
    let bob = world.member("bob@vendor.example").await;
    assert_eq!((bob.role, bob.display_name()), (MemberRole::Member, "Bob"));
    assert_eq!(world.visit(&begun.session).await.member.id, bob.id);
    assert!(world.is_live(&begun.session).await, "joining signs in");
    let again = world.join(invitation.digest).await;
    assert!(matches!(again, Err(JoinTeamError::Gone)), "{again:?}");
    let invited = world.team_trail(TeamAction::MemberInvited).await;
    assert_eq!(invited[0].0.as_deref(), Some(ADA));
    let joined = world.team_trail(TeamAction::MemberJoined).await;
    assert!(joined[0].1.contains(&detail("invited_by", ADA)), "{joined:?}");
}

#[tokio::test]
async fn an_invitation_runs_out_and_can_be_sent_again() {
    let world = World::new().await;
    let invitation = world.invite("bob@vendor.example", MemberRole::Member).await.unwrap();
    world.clock.forward(TEAM_INVITATION_LIFE);
    assert!(matches!(world.join(invitation.digest).await, Err(JoinTeamError::Gone)));
    let by = world.acting(ADA).await;
    let command = ResendTeamInvitationCommand { by, invitation_id: invitation.id };
    let case = ResendTeamInvitation { ambient: world.ambient.clone() };
    world.run(case, command).await.unwrap();
    let team = world.store.queries().team(invitation.team_id).await.unwrap().unwrap();
    let sent = &team.invitations[0];
    assert!(sent.sent_at >= invitation.sent_at + TEAM_INVITATION_PAUSE && sent.digest != invitation.digest);
    assert!(matches!(world.join(invitation.digest).await, Err(JoinTeamError::Gone)), "the old link");
    world.join(sent.digest).await.unwrap();
}

#[tokio::test]
async fn nobody_is_invited_twice_nor_into_a_full_team_nor_by_a_mere_member() {
    let world = World::new().await;
    world.invite("bob@vendor.example", MemberRole::Member).await.unwrap();
    let again = world.invite("bob@vendor.example", MemberRole::Admin).await;
    assert!(matches!(again, Err(InviteMemberError::Invited)), "{again:?}");
    let herself = world.invite(ADA, MemberRole::Admin).await;
    assert!(matches!(herself, Err(InviteMemberError::Member)), "{herself:?}");
    let eve = world.joined("eve@vendor.example", MemberRole::Member).await;
    let by = Acting::new(&eve, None);
    let command = InviteMemberCommand { by, email: email("x@vendor.example"), role: MemberRole::Admin };
    let refused = world.run(InviteMember { ambient: world.ambient.clone() }, command).await;
    let admins_only = |error| matches!(error, InviteMemberError::Change(TeamChangeError::AdminsOnly));
    assert!(refused.is_err_and(admins_only));
    // Ada, Bob and Eve are there.
    for n in 3..TEAM_PEOPLE_MAX {
        world.invite(&format!("{n}@vendor.example"), MemberRole::Member).await.unwrap();
    }
    let past = world.invite("late@vendor.example", MemberRole::Member).await;
    assert!(matches!(past, Err(InviteMemberError::Full)), "{past:?}");
}

#[tokio::test]
async fn a_team_keeps_its_last_admin() {
    let world = World::new().await;
    let ada = world.member(ADA).await;
    let bob = world.joined("bob@vendor.example", MemberRole::Member).await;
    let by = || Acting::new(&ada, None);
    let refused = world.change_role(by(), ada.id, MemberRole::Member).await;
    assert!(matches!(refused, Err(TeamChangeError::LastAdmin)), "{refused:?}");
    let refused = world.remove(by(), ada.id).await;
    assert!(matches!(refused, Err(TeamChangeError::LastAdmin)), "{refused:?}");
    world.change_role(by(), bob.id, MemberRole::Admin).await.unwrap();
    world.change_role(by(), ada.id, MemberRole::Member).await.unwrap();
    assert_eq!(world.member(ADA).await.role, MemberRole::Member);
    let refused = world.change_role(by(), ada.id, MemberRole::Admin).await;
    assert!(matches!(refused, Err(TeamChangeError::AdminsOnly)), "it counts at once: {refused:?}");
    let entries = world.entries(TeamAction::MemberRoleChanged).await;
    assert_eq!(entries.len(), 2, "what was refused is not there: {entries:?}");
    let [change] = entries[0].changes.as_slice() else { panic!("{entries:?}") };
    let reads = (change.field.as_str(), change.before.as_deref(), change.after.as_deref());
    assert_eq!(reads, ("role", Some("member"), Some("admin")));
}

#[tokio::test]
async fn of_two_admins_who_leave_at_once_one_stays() {
    let world = World::new().await;
    let ada = world.member(ADA).await;
    let bob = world.joined("bob@vendor.example", MemberRole::Admin).await;
    let leave = |member: &Member| {
        let command = ChangeMemberRoleCommand {
            by: Acting::new(member, None),
            member_id: member.id,
            role: MemberRole::Member,
        };
        let (store, case) = (world.store.clone(), ChangeMemberRole { ambient: world.ambient.clone() });
        tokio::spawn(async move { usecase::run(&*store, &case, command).await })
    };
    let (one, other) = (leave(&ada), leave(&bob));
    let left = [one.await.unwrap(), other.await.unwrap()];
    assert_eq!(left.iter().filter(|left| left.is_ok()).count(), 1, "{left:?}");
    let refused = left.into_iter().find_map(Result::err);
    assert!(matches!(refused, Some(TeamChangeError::LastAdmin)), "{refused:?}");
}

#[tokio::test]
async fn whoever_is_removed_is_signed_out() {
    let world = World::new().await;
    let bob = world.joined("bob@vendor.example", MemberRole::Member).await;
    let begun = world.sign_in("bob@vendor.example", true).await.unwrap();
    world.remove(world.acting(ADA).await, bob.id).await.unwrap();
    assert_eq!(world.store.queries().member_visit(&begun.session.digest).await.unwrap(), None);
    assert_eq!(world.store.queries().member_by_email(&bob.email).await.unwrap(), None);
}

#[tokio::test]
async fn members_of_another_team_are_out_of_reach() {
    let (world, other) = (World::new().await, World::new().await);
    let stranger = Acting::new(&other.member(ADA).await, None);
    let ada = world.member(ADA).await;
    // Their team is not in this deployment: they are no admin of any.
    let refused = world.change_role(stranger.clone(), ada.id, MemberRole::Member).await;
    assert!(refused.is_err(), "{refused:?}");
    let unknown: MemberId = world.ambient.id(world.ambient.now());
    let refused = world.remove(Acting::new(&ada, None), unknown).await;
    assert!(matches!(refused, Err(TeamChangeError::Unknown)), "{refused:?}");
}

#[tokio::test]
async fn a_visit_ends_after_a_day_or_when_its_member_ends_it() {
    let world = World::new().await;
    let (first, second) = (world.sign_in(ADA, true).await.unwrap(), world.sign_in(ADA, true).await.unwrap());
    let third = world.sign_in(ADA, true).await.unwrap();
    let end = async |which| {
        let command = EndOtherSessionsCommand { by: world.acting(ADA).await, which };
        world.run(EndOtherSessions { ambient: world.ambient.clone() }, command).await.unwrap();
    };
    end(Which::One(first.session.id)).await;
    assert!(!world.is_live(&first.session).await && world.is_live(&second.session).await);
    end(Which::AllBut(third.session.id)).await;
    assert!(!world.is_live(&second.session).await && world.is_live(&third.session).await);
    world.clock.forward(MEMBER_SESSION_LIFE - Duration::MICROSECOND);
    assert!(world.is_live(&third.session).await);
    world.clock.forward(Duration::MICROSECOND);
    assert!(!world.is_live(&third.session).await);
}

#[tokio::test]
async fn an_account_rests_after_wrong_passwords_even_from_the_right_one() {
    let world = World::new().await;
    for _ in 0..WRONG_PASSWORDS_MAX {
        assert!(world.sign_in(ADA, false).await.is_none());
    }
    assert!(world.sign_in(ADA, true).await.is_none());
    assert_eq!(world.team_trail(TeamAction::MemberLockedOut).await.len(), 1);
    world.clock.forward(ACCOUNT_REST);
    assert!(world.sign_in(ADA, true).await.is_some());
}

#[tokio::test]
async fn a_changed_password_ends_all_other_visits_and_old_comparisons() {
    let world = World::new().await;
    let (here, there) = (world.sign_in(ADA, true).await.unwrap(), world.sign_in(ADA, true).await.unwrap());
    let ada = world.member(ADA).await;
    let change = async |right| {
        let command = ChangePasswordCommand {
            by: world.acting(ADA).await,
            session_id: here.session.id,
            compared: compared(&ada, right),
            password_hash: "new".into(),
        };
        world.run(ChangePassword { ambient: world.ambient.clone() }, command).await.unwrap()
    };
    assert_eq!(change(false).await, Err(Unconfirmed::Wrong));
    assert!(world.is_live(&there.session).await);
    assert_eq!(change(true).await, Ok(()));
    assert!(world.is_live(&here.session).await && !world.is_live(&there.session).await);
    assert_eq!(world.member(ADA).await.password_hash, "new");
    // Whoever compared with the old one while it was changed is not let in.
    let command =
        BeginMemberSessionCommand { member_id: ada.id, compared: compared(&ada, true), browser: browser() };
    let case = BeginMemberSession { ambient: world.ambient.clone() };
    assert!(world.run(case, command).await.unwrap().is_none());
}

#[tokio::test]
async fn a_password_is_reset_once_and_in_time() {
    let world = World::new().await;
    let begun = world.sign_in(ADA, true).await.unwrap();
    for _ in 0..=PASSWORD_RESETS_MAX {
        world.forget_password(ADA).await;
    }
    let links = world.resets(ADA).await;
    assert_eq!(links.len(), PASSWORD_RESETS_MAX, "nobody's inbox is filled");
    world.reset_password(links[0]).await.unwrap();
    assert_eq!(world.member(ADA).await.password_hash, "new");
    assert!(!world.is_live(&begun.session).await);
    for link in &links {
        let again = world.reset_password(*link).await;
        assert!(matches!(again, Err(ResetPasswordError::Gone)), "all links end with it: {again:?}");
    }
    world.forget_password(ADA).await;
    let late = world.resets(ADA).await[0];
    world.clock.forward(PASSWORD_RESET_LIFE);
    assert!(matches!(world.reset_password(late).await, Err(ResetPasswordError::Gone)));
}

#[tokio::test]
async fn a_second_factor_needs_its_code_and_the_password() {
    let world = World::new().await;
    let (here, there) = (world.sign_in(ADA, true).await.unwrap(), world.sign_in(ADA, true).await.unwrap());
    let id = here.session.id;
    let wrong = world.enable(id, world.code(2), true).await;
    assert!(matches!(wrong, Err(NotEnabled::WrongCode)), "{wrong:?}");
    let wrong = world.enable(id, world.code(0), false).await;
    assert!(matches!(wrong, Err(NotEnabled::Unconfirmed(Unconfirmed::Wrong))), "{wrong:?}");
    assert_eq!(world.member(ADA).await.second_factor, None);
    let codes = world.enable(id, world.code(0), true).await.unwrap();
    assert_eq!(codes.len(), RECOVERY_CODES);
    assert!(world.is_live(&here.session).await && !world.is_live(&there.session).await);
    let again = world.enable(id, world.code(1), true).await;
    assert!(matches!(again, Err(NotEnabled::AlreadyOn)), "{again:?}");
}

#[tokio::test]
async fn a_code_of_the_app_counts_once() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    world.enable(here.session.id, world.code(0), true).await.unwrap();
    let waiting = world.sign_in(ADA, true).await.unwrap().session;
    assert_eq!(waiting.stage, SessionStage::SecondStep);
    assert!(!world.is_live(&waiting).await, "it opens nothing");
    let used = world.prove(&waiting, Proof::Code(world.code(0))).await;
    assert!(matches!(used, Proven::Wrong), "the one that switched it on");
    let Proven::Begun(begun) = world.prove(&waiting, Proof::Code(world.code(1))).await else {
        panic!("not let in")
    };
    assert!(world.is_live(&begun.session).await);
    // The next code is good, and the sign-in that waited is over.
    world.clock.forward(TOTP_STEP);
    let over = world.prove(&waiting, Proof::Code(world.code(1))).await;
    assert!(matches!(over, Proven::Over), "one sign-in, one visit");
    let next = world.sign_in(ADA, true).await.unwrap().session;
    let again = world.prove(&next, Proof::Code(world.code(0))).await;
    assert!(matches!(again, Proven::Wrong), "seen over a shoulder, it is worth nothing");
}

#[tokio::test]
async fn a_recovery_code_counts_once_and_the_others_stay() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    let codes = world.enable(here.session.id, world.code(0), true).await.unwrap();
    let waiting = world.sign_in(ADA, true).await.unwrap().session;
    let first = world.prove(&waiting, Proof::Recovery(codes[0].clone())).await;
    assert!(matches!(first, Proven::Begun(_)));
    let waiting = world.sign_in(ADA, true).await.unwrap().session;
    let again = world.prove(&waiting, Proof::Recovery(codes[0].clone())).await;
    assert!(matches!(again, Proven::Wrong));
    let other = world.prove(&waiting, Proof::Recovery(codes[1].clone())).await;
    assert!(matches!(other, Proven::Begun(_)));
    let left = world.member(ADA).await.second_factor.unwrap().recovery_codes.len();
    assert_eq!(left, RECOVERY_CODES - 2);
}

#[tokio::test]
async fn of_many_who_use_a_recovery_code_at_once_one_comes_in() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    let codes = world.enable(here.session.id, world.code(0), true).await.unwrap();
    let mut waiting = Vec::new();
    // Fewer than make the account rest.
    for _ in 0..WRONG_PASSWORDS_MAX - 1 {
        waiting.push(world.sign_in(ADA, true).await.unwrap().session);
    }
    let proving: Vec<_> = waiting
        .into_iter()
        .map(|session| {
            let proof = Proof::Recovery(codes[0].clone());
            let command = ProveSecondFactorCommand { session, proof, browser: browser() };
            let (store, case) = (world.store.clone(), ProveSecondFactor { ambient: world.ambient.clone() });
            tokio::spawn(async move { usecase::run(&*store, &case, command).await.unwrap() })
        })
        .collect();
    let mut begun = 0;
    for proven in proving {
        begun += usize::from(matches!(proven.await.unwrap(), Proven::Begun(_)));
    }
    assert_eq!(begun, 1);
}

#[tokio::test]
async fn wrong_codes_count_with_wrong_passwords() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    world.enable(here.session.id, world.code(0), true).await.unwrap();
    let waiting = world.sign_in(ADA, true).await.unwrap().session;
    for _ in 0..WRONG_PASSWORDS_MAX {
        assert!(matches!(world.prove(&waiting, Proof::Nonsense).await, Proven::Wrong));
    }
    assert!(matches!(world.prove(&waiting, Proof::Code(world.code(1))).await, Proven::Resting));
    assert!(world.sign_in(ADA, true).await.is_none());
}

#[tokio::test]
async fn a_second_factor_is_switched_off_with_the_password_and_by_another_admin() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    world.enable(here.session.id, world.code(0), true).await.unwrap();
    let disable = async |right| {
        let ada = world.member(ADA).await;
        let command =
            DisableSecondFactorCommand { by: Acting::new(&ada, None), compared: compared(&ada, right) };
        world.run(DisableSecondFactor { ambient: world.ambient.clone() }, command).await.unwrap()
    };
    assert!(disable(false).await.is_err());
    assert!(world.member(ADA).await.second_factor.is_some());
    assert!(disable(true).await.is_ok());
    assert_eq!(world.member(ADA).await.second_factor, None);

    world.clock.forward(TOTP_STEP * 2);
    world.enable(here.session.id, world.code(0), true).await.unwrap();
    let ada = world.member(ADA).await;
    let bob = world.joined("bob@vendor.example", MemberRole::Admin).await;
    let reset = async |by: &Member| {
        let command = ResetSecondFactorCommand { by: Acting::new(by, None), member_id: ada.id };
        world.run(ResetSecondFactor { ambient: world.ambient.clone() }, command).await
    };
    let own = reset(&ada).await;
    assert!(matches!(own, Err(TeamChangeError::Unknown)), "their own takes their password: {own:?}");
    reset(&bob).await.unwrap();
    assert_eq!(world.member(ADA).await.second_factor, None);
    assert!(!world.is_live(&here.session).await);
}

#[tokio::test]
async fn a_sole_admin_who_lost_everything_is_let_in_at_the_console() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    world.enable(here.session.id, world.code(0), true).await.unwrap();
    world.forget_password(ADA).await;
    let mailed = world.resets(ADA).await[0];

    let done = world.let_in(Remedy::Replace, Remedy::Replace).await;
    assert!(done.factor_taken && done.member.second_factor.is_none());
    assert_eq!(world.member(ADA).await.second_factor, None);
    assert!(!world.is_live(&here.session).await, "visits have ended");
    assert!(matches!(world.reset_password(mailed).await, Err(ResetPasswordError::Gone)));
    let link = done.link.unwrap();
    assert_eq!(link.expires_at, world.ambient.now() + PASSWORD_RESET_LIFE);
    assert!(link.url.starts_with("https://vestibule.example/dashboard/reset/"), "{}", link.url);
    assert!(!format!("{link:?}").contains(link.url.rsplit('/').next().unwrap()), "it prints nothing");
    let digest = world.resets(ADA).await[0];
    world.reset_password(digest).await.unwrap();
    assert!(matches!(world.reset_password(digest).await, Err(ResetPasswordError::Gone)), "once");
    let begun = world.sign_in(ADA, true).await.unwrap();
    assert!(world.is_live(&begun.session).await);

    for action in [TeamAction::SecondFactorReset, TeamAction::PasswordResetRequested] {
        let entries = world.team_trail(action).await;
        let (who, details) = entries.last().unwrap();
        assert_eq!(who.as_deref(), Some("the deployment’s console"));
        assert!(details.contains(&detail("member", ADA)), "{details:?}");
    }
}

#[tokio::test]
async fn at_the_console_nothing_is_touched_that_was_not_asked_for() {
    let world = World::new().await;
    let here = world.sign_in(ADA, true).await.unwrap();
    world.enable(here.session.id, world.code(0), true).await.unwrap();
    let before = world.member(ADA).await;
    let done = world.let_in(Remedy::Keep, Remedy::Replace).await;
    assert!(!done.factor_taken && done.link.is_some());
    assert_eq!(world.member(ADA).await, before);
    assert!(world.is_live(&here.session).await);
    let done = world.let_in(Remedy::Replace, Remedy::Keep).await;
    assert!(done.factor_taken && done.link.is_none());
    let done = world.let_in(Remedy::Replace, Remedy::Keep).await;
    assert!(!done.factor_taken, "there is none any more");
    assert_eq!(world.team_trail(TeamAction::SecondFactorReset).await.len(), 1);
    let member_id: MemberId = world.ambient.id(world.ambient.now());
    let command = LetMemberInCommand { member_id, second_factor: Remedy::Replace, password: Remedy::Replace };
    let refused = world.run(LetMemberIn { ambient: world.ambient.clone() }, command).await;
    assert!(matches!(refused, Err(LetMemberInError::Unknown)), "{refused:?}");
}
