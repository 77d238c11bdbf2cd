//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use url::form_urlencoded;
use vestibule_application::usecases::begin_member_session::{
    BeginMemberSession, BeginMemberSessionCommand, BeginMemberSessionError, BegunMemberSession,
};
use vestibule_application::usecases::end_member_session::{
    EndMemberSession, EndMemberSessionCommand, EndMemberSessionError,
};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::member_session::SessionStage;

use super::answer::{page, see_other};
use super::cookie::{SESSION, session_cookie};
use super::failure::Failure;
use super::operator::{Operator, Signed};
use super::passwords::compare;
use super::theme::Theme;
use super::view::sign_in::SignInPage;
use super::{Dashboard, ROOT};
use crate::transport::browser;

/// Where the form is.
pub(super) const SIGN_IN: &str = "/dashboard/sign-in";

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
    /// What was done just before.
    #[serde(default)]
    done: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The address of the form, which leads to a page of the dashboard afterwards.
pub(super) fn sign_in_href(next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{SIGN_IN}?next={next}")
}

/// A place within the dashboard; its home if what was asked for lies elsewhere.
pub(super) fn place_within(asked: &str) -> &str {
    let plain = asked.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
    let within = asked.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if plain && within && !asked.starts_with(SIGN_IN) { asked } else { ROOT }
}

/// Shows the form, unless somebody is signed in.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    next: Query<Next>,
) -> Result<HttpResponse, Failure> {
    if Operator::find(&dashboard, &request).await?.is_some() {
        return Ok(see_other(place_within(&next.next)));
    }
    let shown = Shown { next: &next.next, password_set: next.done == "password", ..Shown::default() };
    form(&dashboard, &request, StatusCode::OK, shown)
}

/// Looks at a password, and begins a visit if it is the right one.
///
/// An address that nobody has takes as long and gets the same words as a wrong password, and so
/// does an account that rests: whoever guesses learns nothing.
pub(super) async fn sign_in(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    credentials: Form<Credentials>,
) -> Result<HttpResponse, Failure> {
    let Credentials { email, password, next } = credentials.into_inner();
    let app = &dashboard.app;
    let member = match EmailAddress::parse(email.trim()) {
        Ok(address) => app.store.queries().member_by_email(&address).await?,
        Err(_) => None,
    };
    let known = member.as_ref().map(|member| member.password_hash.clone());
    let compared = compare(&dashboard, &password, known).await?;
    let begun = match member {
        None => None,
        Some(member) => {
            let browser = browser(app, &request);
            let command = BeginMemberSessionCommand { member_id: member.id, compared, browser };
            let begun = app.run(BeginMemberSession { ambient: app.ambient.clone() }, command).await;
            begun.map_err(|BeginMemberSessionError::Store(error)| Failure::Store(error))?
        }
    };
    let Some(begun) = begun else {
        dashboard.gate.count_failure(app, &request).map_err(|_| Failure::TooMany)?;
        let shown = Shown { email: email.trim(), next: &next, refused: true, ..Shown::default() };
        return form(&dashboard, &request, StatusCode::UNPROCESSABLE_ENTITY, shown);
    };
    match begun.session.stage {
        SessionStage::Open => signed_in(&dashboard, &begun, place_within(&next)),
        SessionStage::SecondStep => {
            let next: String = form_urlencoded::byte_serialize(place_within(&next).as_bytes()).collect();
            signed_in(&dashboard, &begun, &format!("{SIGN_IN}/code?next={next}"))
        }
    }
}

/// Gives the browser the cookie of a visit, and sends it on.
pub(super) fn signed_in(
    dashboard: &Dashboard,
    BegunMemberSession { session, token }: &BegunMemberSession,
    next: &str,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    let mut answer = see_other(next);
    let cookie = session_cookie(session, token, &app.settings, app.ambient.now());
    answer.add_cookie(&cookie).map_err(Failure::internal)?;
    Ok(answer)
}

/// Ends the visit.
pub(super) async fn sign_out(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    let command = EndMemberSessionCommand {
        member_id: operator.visit.member.id,
        session_id: operator.visit.session.id,
    };
    let ended = app.run(EndMemberSession { ambient: app.ambient.clone() }, command).await;
    ended.map_err(|EndMemberSessionError::Store(error)| Failure::Store(error))?;
    let mut answer = see_other(SIGN_IN);
    answer.add_cookie(&SESSION.remove(&app.settings)).map_err(Failure::internal)?;
    Ok(answer)
}

/// What the form shows.
#[derive(Default)]
struct Shown<'a> {
    email: &'a str,
    next: &'a str,
    password_set: bool,
    refused: bool,
}

fn form(
    dashboard: &Dashboard,
    request: &HttpRequest,
    status: StatusCode,
    Shown { email, next, password_set, refused }: Shown<'_>,
) -> Result<HttpResponse, Failure> {
    let content = SignInPage {
        theme: Theme::of(request, &dashboard.app.settings).as_str(),
        email: email.to_owned(),
        next: place_within(next).to_owned(),
        password_set,
        refused,
    };
    page(status, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_out_of_the_dashboard() {
        for place in ["/dashboard", "/dashboard/environment_01/organizations/org_01"] {
            assert_eq!(place_within(place), place);
        }
        for place in [
            "",
            "/",
            "/portal",
            "/dashboards",
            "//evil.example/dashboard",
            "/dashboard/../portal",
            "/dashboard/sign-in",
            "/dashboard?x=1",
            "/dashboard\r\nSet-Cookie: a",
            "https://evil.example/dashboard",
        ] {
            assert_eq!(place_within(place), ROOT, "{place}");
        }
    }
}
