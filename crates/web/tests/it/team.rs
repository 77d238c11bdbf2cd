//! The team: who is let in, what they may do, and that there is always an admin.

use actix_web::http::{Method, StatusCode};
use vestibule_application::ports::store::Store as _;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::team::{TEAM_INVITATION_LIFE, TEAM_INVITATION_PAUSE, TEAM_PEOPLE_MAX, TeamInvitation};

use crate::account::{NEW_PASSWORD, mailed_path, mails, trail};
use crate::operator::{Operator, PASSWORD, attempt, made_from_behind, send_form};
use crate::support::{Answer, START, Tenant, TestApp, request};

/// Somebody whom a tenant's team invited.
pub(crate) async fn invited(app: &TestApp, tenant: &Tenant) -> TeamInvitation {
    let id: vestibule_domain::id::TeamInvitationId = app.ambient.id(START);
    let invitation = TeamInvitation {
        id,
        team_id: tenant.environment.team_id,
        email: EmailAddress::parse(&format!("{id}@vendor.example").to_lowercase()).unwrap(),
        role: MemberRole::Member,
        digest: vestibule_domain::secret::SecretDigest::of(&id.to_string()),
        invited_by: "Ada".to_owned(),
        created_at: START,
        sent_at: START,
    };
    let mut work = app.store.begin().await.unwrap();
    work.teams().insert_invitation(&invitation).await.unwrap();
    work.commit().await.unwrap();
    invitation
}

async fn team() -> (TestApp, Tenant, Operator) {
    let (app, tenant) = TestApp::new().await;
    // Whoever set the tenant up is an admin whom nobody knows the password of.
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    (app, tenant, admin)
}

async fn people(app: &TestApp, tenant: &Tenant) -> (Vec<Member>, Vec<TeamInvitation>) {
    let view = app.store.queries().team(tenant.environment.team_id).await.unwrap().unwrap();
    (view.members, view.invitations)
}

#[track_caller]
fn redirected(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

const INVITATIONS: &str = "/dashboard/team/invitations";

#[actix_web::test]
async fn whoever_is_invited_joins_once_with_the_role_they_were_given() {
    let (app, tenant, admin) = team().await;
    let form = [("email", "Bob@Vendor.example"), ("role", "member")];
    assert_eq!(redirected(&admin.post(&app, INVITATIONS, &form).await), "/dashboard/team?done=invited");
    let path = mailed_path(&app).await;
    assert!(path.starts_with("/dashboard/join/vti_"), "{path}");
    let page = app.send(request(Method::GET, &path)).await.text();
    assert!(page.contains("bob@vendor.example"), "{page}");
    let refused = send_form(&app, &path, None, &[("name", ""), ("password", "bob@vendor.example")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("error-name") && page.contains("error-password"), "{page}");
    let joined = send_form(&app, &path, None, &[("name", "Bob"), ("password", NEW_PASSWORD)]).await;
    let bob = Operator::enter(&app, &tenant, &joined).await;
    let page = bob.get(&app, "/dashboard/team").await.text();
    assert!(!page.contains("invite-member"), "a member is not offered what admins do");
    assert_eq!(bob.post(&app, INVITATIONS, &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.send(request(Method::GET, &path)).await.status, StatusCode::GONE);
    let again = send_form(&app, &path, None, &[("name", "Bob"), ("password", NEW_PASSWORD)]).await;
    assert_eq!(again.status, StatusCode::GONE);
    redirected(&attempt(&app, "bob@vendor.example", NEW_PASSWORD).await);
    let actions = trail(&app, &tenant).await;
    for action in ["member.invited", "member.joined"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
}

#[actix_web::test]
async fn an_address_is_invited_once_and_a_member_not_at_all() {
    let (app, tenant, admin) = team().await;
    let bob = Operator::member(&app, &tenant, MemberRole::Member).await.email.to_string();
    for (email, reason) in [
        ("nobody", "must be"),
        (bob.as_str(), "is a member of the team"),
        ("eve@vendor.example", "is invited already"),
    ] {
        let form = [("email", email), ("role", "member")];
        if email.starts_with("eve") {
            redirected(&admin.post(&app, INVITATIONS, &form).await);
        }
        let refused = admin.post(&app, INVITATIONS, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        let page = refused.text();
        assert!(page.contains("error-email") && page.contains(email), "{email}: {page}");
        assert!(reason == "must be" || page.contains(reason), "{email}: {page}");
    }
}

#[actix_web::test]
async fn a_team_has_so_many_people_and_no_more() {
    let (app, tenant, admin) = team().await;
    let (members, _) = people(&app, &tenant).await;
    for _ in members.len()..TEAM_PEOPLE_MAX - 1 {
        invited(&app, &tenant).await;
    }
    redirected(&admin.post(&app, INVITATIONS, &[("email", "last@vendor.example"), ("role", "member")]).await);
    let refused =
        admin.post(&app, INVITATIONS, &[("email", "more@vendor.example"), ("role", "member")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("at most 200 people"));
}

#[actix_web::test]
async fn an_invitation_is_sent_again_with_a_new_link_withdrawn_or_runs_out() {
    let (app, tenant, admin) = team().await;
    let form = [("email", "bob@vendor.example"), ("role", "admin")];
    redirected(&admin.post(&app, INVITATIONS, &form).await);
    let first = mailed_path(&app).await;
    let id = people(&app, &tenant).await.1[0].id;
    let resend = format!("{INVITATIONS}/{id}/resend");
    assert_eq!(redirected(&admin.post(&app, &resend, &[]).await), "/dashboard/team?done=too-soon");
    app.clock.forward(TEAM_INVITATION_PAUSE);
    assert_eq!(redirected(&admin.post(&app, &resend, &[]).await), "/dashboard/team?done=invited");
    let second = mailed_path(&app).await;
    assert_ne!(first, second);
    assert_eq!(app.send(request(Method::GET, &first)).await.status, StatusCode::GONE);
    assert_eq!(app.send(request(Method::GET, &second)).await.status, StatusCode::OK);
    app.clock.forward(TEAM_INVITATION_LIFE);
    let late = send_form(&app, &second, None, &[("name", "Bob"), ("password", NEW_PASSWORD)]).await;
    assert_eq!(late.status, StatusCode::GONE);
    let eve = invited(&app, &tenant).await.id;
    let admin = Operator::join(&app, &tenant, MemberRole::Admin).await;
    let revoke = format!("{INVITATIONS}/{eve}/revoke");
    assert_eq!(redirected(&admin.post(&app, &revoke, &[]).await), "/dashboard/team?done=revoked");
    assert_eq!(admin.post(&app, &revoke, &[]).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn an_address_of_another_team_joins_no_second_one() {
    let (app, tenant, admin) = team().await;
    let other = app.tenant(EnvironmentKind::Sandbox).await;
    let taken = Operator::member(&app, &other, MemberRole::Member).await.email.to_string();
    redirected(&admin.post(&app, INVITATIONS, &[("email", taken.as_str()), ("role", "member")]).await);
    let path = mailed_path(&app).await;
    let refused = send_form(&app, &path, None, &[("name", "Bob"), ("password", NEW_PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(people(&app, &tenant).await.1.len(), 1, "the invitation stays");
}

#[actix_web::test]
async fn a_role_counts_from_the_next_request_on() {
    let (app, tenant, admin) = team().await;
    let bob = Operator::member(&app, &tenant, MemberRole::Member).await;
    let inside = Operator::enter(&app, &tenant, &attempt(&app, &bob.email.to_string(), PASSWORD).await).await;
    assert_eq!(inside.get(&app, "/dashboard/team/trail").await.status, StatusCode::FORBIDDEN);
    let path = format!("/dashboard/team/members/{}/role", bob.id);
    assert_eq!(redirected(&admin.post(&app, &path, &[("role", "admin")]).await), "/dashboard/team?done=role");
    let page = inside.get(&app, "/dashboard/team/trail").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("member.role_changed"));
    redirected(&admin.post(&app, &path, &[("role", "member")]).await);
    assert_eq!(inside.get(&app, "/dashboard/team/trail").await.status, StatusCode::FORBIDDEN);
    assert_eq!(admin.post(&app, &path, &[("role", "owner")]).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_removed_member_is_out_at_once() {
    let (app, tenant, admin) = team().await;
    let bob = Operator::member(&app, &tenant, MemberRole::Member).await;
    let email = bob.email.to_string();
    let inside = Operator::enter(&app, &tenant, &attempt(&app, &email, PASSWORD).await).await;
    let path = format!("/dashboard/team/members/{}/remove", bob.id);
    let unsure = admin.post(&app, &path, &[("confirm", "bob")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(inside.get(&app, "/dashboard/account").await.status, StatusCode::OK);
    assert_eq!(
        redirected(&admin.post(&app, &path, &[("confirm", &email)]).await),
        "/dashboard/team?done=removed"
    );
    assert!(redirected(&inside.get(&app, "/dashboard/account").await).starts_with("/dashboard/sign-in"));
    assert_eq!(attempt(&app, &email, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.get(&app, &path).await.status, StatusCode::NOT_FOUND);
    assert!(trail(&app, &tenant).await.contains(&"member.removed"));
}

#[actix_web::test]
async fn the_last_admin_is_neither_removed_nor_made_a_member() {
    let (app, tenant, admin) = team().await;
    let (members, _) = people(&app, &tenant).await;
    let founder = members.iter().find(|member| member.password_hash == "x").unwrap();
    let me = members.iter().find(|member| member.id != founder.id).unwrap();
    let path = |member: &Member, what| format!("/dashboard/team/members/{}/{what}", member.id);
    let confirm = founder.email.to_string();
    redirected(&admin.post(&app, &path(founder, "remove"), &[("confirm", &confirm)]).await);
    let confirm = me.email.to_string();
    let refused = admin.post(&app, &path(me, "remove"), &[("confirm", &confirm)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let refused = admin.post(&app, &path(me, "role"), &[("role", "member")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = admin.get(&app, "/dashboard/team").await.text();
    assert!(page.contains("The only admin"), "{page}");
    assert_eq!(people(&app, &tenant).await.0.len(), 1);
}

#[actix_web::test]
async fn a_second_factor_is_reset_by_an_admin_for_others_only() {
    let (app, tenant, admin) = team().await;
    let bob = Operator::member(&app, &tenant, MemberRole::Member).await;
    let email = bob.email.to_string();
    let with_factor = Member {
        second_factor: Some(vestibule_domain::totp::SecondFactor {
            sealed_secret: vestibule_domain::secret::Sealed::from_bytes(vec![1]),
            last_step: 0,
            recovery_codes: Vec::new(),
            since: START,
        }),
        ..bob.clone()
    };
    let mut work = app.store.begin().await.unwrap();
    assert!(work.members().update(&with_factor).await.unwrap());
    work.commit().await.unwrap();
    assert!(redirected(&attempt(&app, &email, PASSWORD).await).starts_with("/dashboard/sign-in/code"));
    let path = format!("/dashboard/team/members/{}/second-factor", bob.id);
    assert_eq!(
        redirected(&admin.post(&app, &path, &[("confirm", &email)]).await),
        "/dashboard/team?done=factor"
    );
    assert_eq!(redirected(&attempt(&app, &email, PASSWORD).await), "/dashboard");
    let told = mails(&app).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, email);
    assert!(trail(&app, &tenant).await.contains(&"second_factor.reset"));
    let (members, _) = people(&app, &tenant).await;
    let me = members
        .iter()
        .find(|member| member.role == MemberRole::Admin && member.password_hash != "x")
        .unwrap();
    let path = format!("/dashboard/team/members/{}/second-factor", me.id);
    let own = admin.post(&app, &path, &[("confirm", me.email.as_str())]).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn two_who_change_the_team_at_once_are_told_of_each_other() {
    let (app, tenant, admin) = team().await;
    let path = "/dashboard/team";
    let from = async || made_from_behind(&admin.get(&app, path).await.text(), "<h2>Settings</h2>");
    let send = async |from: &str, name: &str, email: &str| {
        let form = [("made_from", from), ("team_name", name), ("support_email", email)];
        admin.post(&app, path, &form).await
    };
    let early = from().await;
    let saved = send(&early, "Initech", "help@initech.example").await;
    assert_eq!(redirected(&saved), "/dashboard/team?done=settings");
    let late = send(&early, "Initrode", "").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let page = late.text();
    for wanted in
        [">Initech<", ">help@initech.example<", "Support e-mail", "Save anyway", "value=\"Initrode\""]
    {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let newer = made_from_behind(&page, "<h2>Settings</h2>");
    redirected(&send(&newer, "Initrode", "").await);
    let wrong = send(&from().await, "", "help").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = wrong.text();
    assert!(page.contains("error-team_name") && page.contains("error-support_email"), "{page}");
    let told = admin.get(&app, "/dashboard/team/trail").await.text();
    for wanted in ["2 changes", "<code>support_email</code>", ">Initech<", "not set"] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    let view = app.store.queries().team(tenant.environment.team_id).await.unwrap().unwrap();
    assert_eq!((view.team.name.as_str(), view.team.support_email), ("Initrode", None));
    let actions = trail(&app, &tenant).await;
    assert_eq!(actions.iter().filter(|action| **action == "team.updated").count(), 2);
}
