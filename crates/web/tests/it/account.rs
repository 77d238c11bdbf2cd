//! A member's own account: password, second factor, visits, and the way back in.

use actix_web::http::{Method, StatusCode};
use time::Duration;
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::job::Task;
use vestibule_domain::member::{ACCOUNT_REST, MemberRole, WRONG_PASSWORDS_MAX};
use vestibule_domain::member_session::SECOND_STEP_LIFE;
use vestibule_domain::message::{AccountChange, MessageKind};
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::password_reset::{PASSWORD_RESET_LIFE, PASSWORD_RESETS_MAX};
use vestibule_domain::totp::{RECOVERY_CODES, TOTP_STEP, TotpSecret, step_at};

use crate::operator::{Operator, PASSWORD, attempt, send_form};
use crate::support::{Answer, Tenant, TestApp, request};

/// Another password that is taken.
pub(crate) const NEW_PASSWORD: &str = "gravel teapot lantern moss";

/// What was mailed about accounts and not sent yet, oldest first: to whom, and what.
pub(crate) async fn mails(app: &TestApp) -> Vec<(String, MessageKind)> {
    let mut mails = Vec::new();
    for job in app.store.jobs().claim(100, app.ambient.now()).await.unwrap() {
        let Task::SendMessage(id) = job.task else { continue };
        let message = app.store.queries().message(job.environment_id, id).await.unwrap().unwrap();
        let (MessageKind::PasswordReset { sealed_url, .. } | MessageKind::TeamInvitation { sealed_url, .. }) =
            &message.kind
        else {
            mails.push((message.to.to_string(), message.kind));
            continue;
        };
        let url = app.ambient.open(SecretOf::Message(id), sealed_url.as_ref().unwrap()).unwrap();
        let url = String::from_utf8(url).unwrap();
        let path = url.strip_prefix("https://vestibule.example").unwrap().to_owned();
        mails.push((path, message.kind));
    }
    mails
}

/// The path of the one link that was mailed.
pub(crate) async fn mailed_path(app: &TestApp) -> String {
    let mails = mails(app).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.into_iter().next().unwrap().0
}

/// The actions in the team's trail, oldest first.
pub(crate) async fn trail(app: &TestApp, tenant: &Tenant) -> Vec<&'static str> {
    let request = PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None };
    let page = app.store.queries().team_trail(tenant.environment.team_id, request).await.unwrap();
    page.items.iter().map(|entry| entry.action.as_str()).collect()
}

#[track_caller]
fn redirected(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

/// What stands between two texts of a page.
#[track_caller]
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split(after).next().unwrap()
}

fn from_base32(text: &str) -> TotpSecret {
    let digits = text.chars().filter(|c| *c != ' ');
    let digits = digits.map(|c| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap());
    let bits: Vec<bool> =
        digits.flat_map(|digit| (0..5).rev().map(move |bit| digit >> bit & 1 == 1)).collect();
    let bytes = bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
    TotpSecret::from_bytes(bytes.collect::<Vec<u8>>().try_into().unwrap())
}

/// An app's code for a secret, so many steps from now.
fn code(app: &TestApp, secret: &TotpSecret, steps: i32) -> String {
    let at = app.ambient.now() + TOTP_STEP * steps;
    secret.code_at(step_at(at)).to_string()
}

/// A member, their address, and their browser.
async fn someone(app: &TestApp, tenant: &Tenant) -> (String, Operator) {
    let email = Operator::member(app, tenant, MemberRole::Member).await.email.to_string();
    let operator = Operator::enter(app, tenant, &attempt(app, &email, PASSWORD).await).await;
    (email, operator)
}

/// Switches the second factor on, and gives the secret and the recovery codes.
async fn enrolled(app: &TestApp, operator: &Operator) -> (TotpSecret, Vec<String>) {
    let path = "/dashboard/account/second-factor";
    let page = operator.get(app, path).await.text();
    assert!(page.contains("<svg class=\"qr\""), "{page}");
    let secret = from_base32(between(&page, "data-testid=\"totp-secret\">", "<"));
    let offer = between(&page, "name=\"offer\" value=\"", "\"");
    let code = code(app, &secret, 0);
    let form = [("offer", offer), ("code", code.as_str()), ("password", PASSWORD)];
    let page = operator.post(app, path, &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let page = page.text();
    let codes = page.split("data-testid=\"recovery-code\">").skip(1);
    (secret, codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect())
}

/// The cookie and the form token of somebody whose password was right.
async fn halfway(app: &TestApp, email: &str) -> (String, String) {
    let answer = attempt(app, email, PASSWORD).await;
    assert!(redirected(&answer).starts_with("/dashboard/sign-in/code?next="), "{answer:?}");
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page =
        app.send(request(Method::GET, "/dashboard/sign-in/code").insert_header(("Cookie", cookie.clone())));
    let page = page.await.text();
    (cookie, between(&page, "name=\"form_token\" value=\"", "\"").to_owned())
}

/// Gives a code in the second step.
async fn prove(app: &TestApp, (cookie, token): &(String, String), code: &str) -> Answer {
    let form = [("form_token", token.as_str()), ("code", code), ("next", "")];
    send_form(app, "/dashboard/sign-in/code", Some(cookie), &form).await
}

#[actix_web::test]
async fn a_password_is_changed_by_whoever_knows_it_and_other_visits_end() {
    let (app, tenant) = TestApp::new().await;
    let (email, here) = someone(&app, &tenant).await;
    let there = Operator::enter(&app, &tenant, &attempt(&app, &email, PASSWORD).await).await;
    let path = "/dashboard/account/password";
    let wrong = [("old_password", "not the password"), ("new_password", NEW_PASSWORD)];
    let refused = here.post(&app, path, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-old_password"));
    let changed = here.post(&app, path, &[("old_password", PASSWORD), ("new_password", NEW_PASSWORD)]).await;
    assert_eq!(redirected(&changed), "/dashboard/account?done=password");
    assert_eq!(here.get(&app, "/dashboard/account").await.status, StatusCode::OK);
    assert!(redirected(&there.get(&app, "/dashboard/account").await).starts_with("/dashboard/sign-in"));
    assert_eq!(attempt(&app, &email, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    redirected(&attempt(&app, &email, NEW_PASSWORD).await);
    let told = mails(&app).await;
    assert_eq!(told, [(email, MessageKind::Account(AccountChange::Password))]);
    let actions = trail(&app, &tenant).await;
    assert_eq!(actions.iter().filter(|action| **action == "password.changed").count(), 1, "{actions:?}");
}

#[actix_web::test]
async fn a_password_that_is_short_or_easy_to_guess_is_refused_with_the_reason() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    for (chosen, reason) in [
        ("fourteen chars", "at least 15 characters"),
        ("qwertyuiopasdfghjkl", "many people use it"),
        ("aaaaaaaaaaaaaaaaaaa", "repeats itself"),
        (email.as_str(), "your name, your address or the name of your team"),
        (&"long enough ".repeat(11), "at most 128 characters"),
    ] {
        let form = [("old_password", PASSWORD), ("new_password", chosen)];
        let refused = member.post(&app, "/dashboard/account/password", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{chosen}");
        assert!(refused.text().contains(reason), "{chosen}: {}", refused.text());
    }
    redirected(&attempt(&app, &email, PASSWORD).await);
}

#[actix_web::test]
async fn white_space_around_a_password_is_part_of_it() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let spaced = format!(" {NEW_PASSWORD} ");
    let form = [("old_password", PASSWORD), ("new_password", spaced.as_str())];
    redirected(&member.post(&app, "/dashboard/account/password", &form).await);
    assert_eq!(attempt(&app, &email, NEW_PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    redirected(&attempt(&app, &email, &spaced).await);
}

#[actix_web::test]
async fn a_forgotten_password_is_set_anew_once_by_mail() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let asked = send_form(&app, "/dashboard/forgotten", None, &[("email", &email)]).await;
    assert_eq!(redirected(&asked), "/dashboard/forgotten?sent=yes");
    let path = settled_path(&app).await;
    assert!(path.starts_with("/dashboard/reset/vpr_"), "{path}");
    for _ in 0..2 {
        // Looking does not use it up: mail programs look.
        assert_eq!(app.send(request(Method::GET, &path)).await.status, StatusCode::OK);
    }
    let weak = send_form(&app, &path, None, &[("password", "aaaaaaaaaaaaaaaaaaa")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = send_form(&app, &path, None, &[("password", NEW_PASSWORD)]).await;
    assert_eq!(redirected(&set), "/dashboard/sign-in?done=password");
    assert!(redirected(&member.get(&app, "/dashboard/account").await).starts_with("/dashboard/sign-in"));
    redirected(&attempt(&app, &email, NEW_PASSWORD).await);
    let again = send_form(&app, &path, None, &[("password", "another moss lantern gravel")]).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert_eq!(app.send(request(Method::GET, &path)).await.status, StatusCode::GONE);
    let actions = trail(&app, &tenant).await;
    for action in ["password.reset_requested", "password.reset"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
}

/// The mailed path, once the task that nobody waits for is through.
async fn settled_path(app: &TestApp) -> String {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    mailed_path(app).await
}

#[actix_web::test]
async fn asking_for_a_new_password_tells_nothing_of_who_has_an_account() {
    let (app, tenant) = TestApp::new().await;
    let (email, _) = someone(&app, &tenant).await;
    let known = send_form(&app, "/dashboard/forgotten", None, &[("email", &email)]).await;
    let unknown = send_form(&app, "/dashboard/forgotten", None, &[("email", "nobody@vendor.example")]).await;
    assert_eq!((known.status, redirected(&known)), (unknown.status, redirected(&unknown)));
    let nonsense = send_form(&app, "/dashboard/forgotten", None, &[("email", "nobody")]).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    settled_path(&app).await;
}

#[actix_web::test]
async fn a_member_is_mailed_so_many_links_and_none_more_before_one_runs_out() {
    let (app, tenant) = TestApp::new().await;
    let (email, _) = someone(&app, &tenant).await;
    for _ in 0..=PASSWORD_RESETS_MAX {
        redirected(&send_form(&app, "/dashboard/forgotten", None, &[("email", &email)]).await);
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let mails = mails(&app).await;
    assert_eq!(mails.len(), PASSWORD_RESETS_MAX);
    app.clock.forward(PASSWORD_RESET_LIFE);
    for (path, _) in &mails {
        assert_eq!(app.send(request(Method::GET, path)).await.status, StatusCode::GONE);
    }
    redirected(&send_form(&app, "/dashboard/forgotten", None, &[("email", &email)]).await);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    // The jobs of before are claimed again after their lease.
    assert_eq!(self::mails(&app).await.len(), PASSWORD_RESETS_MAX + 1);
}

#[actix_web::test]
async fn a_second_factor_is_switched_on_with_a_code_and_asked_for_from_then_on() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let (secret, codes) = enrolled(&app, &member).await;
    assert_eq!(codes.len(), RECOVERY_CODES);
    let step = halfway(&app, &email).await;
    // The half-open visit opens nothing.
    let closed =
        app.send(request(Method::GET, "/dashboard/account").insert_header(("Cookie", step.0.clone())));
    assert!(redirected(&closed.await).starts_with("/dashboard/sign-in"));
    // The code of the enrolment counted already.
    let used = prove(&app, &step, &code(&app, &secret, 0)).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    let proven = prove(&app, &step, &code(&app, &secret, 1)).await;
    assert_eq!(redirected(&proven), "/dashboard");
    Operator::enter(&app, &tenant, &proven).await;
    // The half-open visit is over, and its code counted.
    assert_eq!(prove(&app, &step, &code(&app, &secret, 1)).await.status, StatusCode::UNAUTHORIZED);
    let other = halfway(&app, &email).await;
    let replayed = prove(&app, &other, &code(&app, &secret, 1)).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = mails(&app).await;
    assert_eq!(told, [(email, MessageKind::Account(AccountChange::SecondFactorOn))]);
    assert!(trail(&app, &tenant).await.contains(&"second_factor.enabled"));
}

#[actix_web::test]
async fn a_second_factor_needs_the_password_and_the_code_to_be_switched_on() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let path = "/dashboard/account/second-factor";
    let page = member.get(&app, path).await.text();
    let secret = from_base32(between(&page, "data-testid=\"totp-secret\">", "<"));
    let offer = between(&page, "name=\"offer\" value=\"", "\"");
    let right = code(&app, &secret, 0);
    let stale = code(&app, &secret, -2);
    for (code, password, field) in [
        (right.as_str(), "not the password", "error-password"),
        (stale.as_str(), PASSWORD, "error-code"),
        ("abc", PASSWORD, "error-code"),
    ] {
        let form = [("offer", offer), ("code", code), ("password", password)];
        let refused = member.post(&app, path, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text();
        assert!(page.contains(field), "{page}");
        let shown = from_base32(between(&page, "data-testid=\"totp-secret\">", "<"));
        assert_eq!(shown, secret, "the app may keep what it has");
    }
    // An offer of somebody else's visit is none.
    let (_, stranger) = someone(&app, &tenant).await;
    let form = [("offer", offer), ("code", right.as_str()), ("password", PASSWORD)];
    assert_eq!(redirected(&stranger.post(&app, path, &form).await), path);
    redirected(&attempt(&app, &email, PASSWORD).await);
}

#[actix_web::test]
async fn a_recovery_code_lets_in_once_and_its_owner_is_told() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let (_, codes) = enrolled(&app, &member).await;
    mails(&app).await;
    let step = halfway(&app, &email).await;
    let proven = prove(&app, &step, &codes[3].to_uppercase()).await;
    let inside = Operator::enter(&app, &tenant, &proven).await;
    assert!(inside.get(&app, "/dashboard/account").await.text().contains("9 recovery codes are left"));
    let step = halfway(&app, &email).await;
    assert_eq!(prove(&app, &step, &codes[3]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = mails(&app).await;
    assert_eq!(told, [(email.clone(), MessageKind::Account(AccountChange::RecoveryCodeUsed))]);
    // New ones put an end to the old ones.
    let path = "/dashboard/account/recovery-codes";
    let wrong = inside.post(&app, path, &[("password", "not the password")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = inside.post(&app, path, &[("password", PASSWORD)]).await.text();
    let fresh = between(&page, "data-testid=\"recovery-code\">", "<");
    assert_eq!(prove(&app, &step, &codes[0]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    redirected(&prove(&app, &step, fresh).await);
}

#[actix_web::test]
async fn wrong_codes_make_the_account_rest_however_often_the_password_is_right() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let (secret, _) = enrolled(&app, &member).await;
    for _ in 0..WRONG_PASSWORDS_MAX {
        let step = halfway(&app, &email).await;
        assert_eq!(prove(&app, &step, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(attempt(&app, &email, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(trail(&app, &tenant).await.contains(&"member.locked_out"));
    app.clock.forward(ACCOUNT_REST);
    let step = halfway(&app, &email).await;
    redirected(&prove(&app, &step, &code(&app, &secret, 0)).await);
}

#[actix_web::test]
async fn the_second_step_waits_for_ten_minutes_and_for_its_own_form_only() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let (secret, _) = enrolled(&app, &member).await;
    let step = halfway(&app, &email).await;
    let forged = (step.0.clone(), "another".to_owned());
    assert_eq!(prove(&app, &forged, &code(&app, &secret, 1)).await.status, StatusCode::FORBIDDEN);
    app.clock.forward(SECOND_STEP_LIFE - Duration::MICROSECOND);
    redirected(&prove(&app, &step, &code(&app, &secret, 0)).await);
    let step = halfway(&app, &email).await;
    app.clock.forward(SECOND_STEP_LIFE);
    assert_eq!(prove(&app, &step, &code(&app, &secret, 0)).await.status, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn a_second_factor_is_switched_off_with_the_password() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    enrolled(&app, &member).await;
    let path = "/dashboard/account/second-factor/off";
    assert_eq!(member.get(&app, path).await.status, StatusCode::OK);
    let wrong = member.post(&app, path, &[("password", "not the password")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        redirected(&member.post(&app, path, &[("password", PASSWORD)]).await),
        "/dashboard/account?done=off"
    );
    assert_eq!(redirected(&attempt(&app, &email, PASSWORD).await), "/dashboard");
    assert!(trail(&app, &tenant).await.contains(&"second_factor.disabled"));
}

#[actix_web::test]
async fn visits_are_listed_and_ended_by_whose_they_are() {
    let (app, tenant) = TestApp::new().await;
    let (email, here) = someone(&app, &tenant).await;
    let there = Operator::enter(&app, &tenant, &attempt(&app, &email, PASSWORD).await).await;
    let (_, stranger) = someone(&app, &tenant).await;
    let page = here.get(&app, "/dashboard/account").await.text();
    assert_eq!(page.matches("data-testid=\"visit-row\"").count(), 2);
    assert_eq!(page.matches("This one").count(), 1);
    let end = between(&page, "action=\"/dashboard/account/visits/", "\"");
    let end = format!("/dashboard/account/visits/{end}");
    assert_eq!(stranger.post(&app, &end, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(redirected(&here.post(&app, &end, &[]).await), "/dashboard/account?done=ended");
    assert!(redirected(&there.get(&app, "/dashboard/account").await).starts_with("/dashboard/sign-in"));
    let third = Operator::enter(&app, &tenant, &attempt(&app, &email, PASSWORD).await).await;
    redirected(&here.post(&app, "/dashboard/account/visits/end-others", &[]).await);
    assert!(redirected(&third.get(&app, "/dashboard/account").await).starts_with("/dashboard/sign-in"));
    assert_eq!(here.get(&app, "/dashboard/account").await.status, StatusCode::OK);
    assert_eq!(stranger.get(&app, "/dashboard/account").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_member_says_what_they_are_called_and_which_mails_they_want() {
    let (app, tenant) = TestApp::new().await;
    let (email, member) = someone(&app, &tenant).await;
    let form = [("name", " Ada <b>Lovelace</b> "), ("notice", "certificate_expiry"), ("notice", "rain")];
    assert_eq!(
        redirected(
            &member.edit(&app, ("/dashboard/account", "<h2>You</h2>"), "/dashboard/account", &form).await
        ),
        "/dashboard/account?done=profile"
    );
    let page = member.get(&app, "/dashboard/account").await.text();
    assert!(page.contains("Ada &lt;b&gt;Lovelace&lt;/b&gt;"), "{page}");
    assert_eq!(page.matches("checked=\"checked\"").count(), 1);
    let long = "x".repeat(300);
    let refused = member
        .edit(&app, ("/dashboard/account", "<h2>You</h2>"), "/dashboard/account", &[("name", long.as_str())])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains(&long));
    redirected(
        &member
            .edit(&app, ("/dashboard/account", "<h2>You</h2>"), "/dashboard/account", &[("name", "")])
            .await,
    );
    let page = member.get(&app, "/dashboard/account").await.text();
    assert!(!page.contains("checked=\"checked\"") && page.contains(&email));
    let actions = trail(&app, &tenant).await;
    assert_eq!(actions.iter().filter(|action| **action == "member.updated").count(), 2);
}
