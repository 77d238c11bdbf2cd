//! A new password by mail, and an invitation to a team: links whose secret is all that their reader
//! proves. Looking at one changes nothing, since mail programs look too; sending its form does.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::ports::store::{PasswordResetView, TeamInvitationView};
use vestibule_application::usecase;
use vestibule_application::usecases::join_team::{JoinTeam, JoinTeamCommand, JoinTeamError};
use vestibule_application::usecases::request_password_reset::{
    RequestPasswordReset, RequestPasswordResetCommand,
};
use vestibule_application::usecases::reset_password::{
    ResetPassword, ResetPasswordCommand, ResetPasswordError,
};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::member::Member;
use vestibule_domain::secret::{PasswordResetToken, TeamInvitationToken};
use vestibule_domain::team::Team;
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::passwords::choose;
use super::sign_in::{SIGN_IN, signed_in};
use super::theme::Theme;
use super::view::forgotten::{ForgottenPage, JoinPage, NewPasswordPage};
use super::{Dashboard, ROOT};
use crate::portal::Field;
use crate::transport::browser;

/// Where a new password is asked for.
const FORGOTTEN: &str = "/dashboard/forgotten";

/// Whether the form was sent.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    sent: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Asked {
    email: String,
}

/// Asks whose password is forgotten.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    sent: Query<Sent>,
) -> Result<HttpResponse, Failure> {
    let sent = !sent.sent.is_empty();
    forgotten(&dashboard, &request, StatusCode::OK, ("", &Wrong::default()), sent)
}

/// Mails a link, if the address is somebody's. The answer is the same, and as fast, if it is nobody's.
pub(super) async fn ask(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    asked: Form<Asked>,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    dashboard.gate.count_failure(app, &request).map_err(|_| Failure::TooMany)?;
    let typed = asked.email.trim();
    let mut wrong = Wrong::default();
    let Some(address) = wrong.take("email", EmailAddress::parse(typed)) else {
        let typed = (typed, &wrong);
        return forgotten(&dashboard, &request, StatusCode::UNPROCESSABLE_ENTITY, typed, false);
    };
    let ip_address = browser(app, &request).ip_address;
    let (store, case) = (app.store.clone(), RequestPasswordReset { ambient: app.ambient.clone() });
    app.begin(async move {
        let sent = async {
            let Some(member) = store.queries().member_by_email(&address).await? else { return Ok(()) };
            let command = RequestPasswordResetCommand { member_id: member.id, ip_address };
            usecase::run(&*store, &case, command).await
        };
        if let Err(error) = sent.await {
            tracing::error!(error = %error, source = ?std::error::Error::source(&error), "no link was mailed");
        }
    });
    Ok(see_other(&format!("{FORGOTTEN}?sent=yes")))
}

fn forgotten(
    dashboard: &Dashboard,
    request: &HttpRequest,
    status: StatusCode,
    (typed, wrong): (&str, &Wrong),
    sent: bool,
) -> Result<HttpResponse, Failure> {
    let field = Field { value: typed.to_owned(), ..Field::plain("email", "E-mail address", "email") };
    let ([field], errors) = wrong.onto([field]);
    let theme = Theme::of(request, &dashboard.app.settings).as_str();
    page(status, &ForgottenPage { theme, sent, errors, field })
}

/// What the forms of both links send.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Words that whoever knows a member tries first.
pub(super) fn own_words(member: &Member, team: &Team) -> Vec<String> {
    let name = member.name.as_ref().map(Name::to_string).unwrap_or_default();
    vec![name, member.email.to_string(), team.name.to_string()]
}

/// Asks for a new password.
pub(super) async fn show_reset(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (_, view) = reset_of(&dashboard, &path).await?;
    new_password(&dashboard, &request, StatusCode::OK, &view, &Wrong::default())
}

/// Sets a new password. Whoever has a second factor is asked for it when they sign in.
pub(super) async fn reset(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    path: Path<String>,
    chosen: Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    let (token, view) = reset_of(&dashboard, &path).await?;
    let mut wrong = Wrong::default();
    let own_words = own_words(&view.member, &view.team);
    let Some(password_hash) = wrong.take("password", choose(&dashboard, &chosen.password, own_words).await?)
    else {
        return new_password(&dashboard, &request, StatusCode::UNPROCESSABLE_ENTITY, &view, &wrong);
    };
    let app = &dashboard.app;
    let ip_address = browser(app, &request).ip_address;
    let command = ResetPasswordCommand { digest: token.digest(), password_hash, ip_address };
    match app.run(ResetPassword { ambient: app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&format!("{SIGN_IN}?done=password"))),
        Err(ResetPasswordError::Gone) => Err(Failure::LinkGone),
        Err(ResetPasswordError::Store(error)) => Err(error.into()),
    }
}

async fn reset_of(
    dashboard: &Dashboard,
    raw: &str,
) -> Result<(PasswordResetToken, PasswordResetView), Failure> {
    let app = &dashboard.app;
    let token = PasswordResetToken::parse(raw).map_err(|_| Failure::LinkGone)?;
    let view = app.store.queries().password_reset(&token.digest()).await?;
    let now = app.ambient.now();
    let view = view.filter(|view| view.reset.open(now)).ok_or(Failure::LinkGone)?;
    Ok((token, view))
}

fn new_password(
    dashboard: &Dashboard,
    request: &HttpRequest,
    status: StatusCode,
    view: &PasswordResetView,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let ([field], errors) = wrong.onto([Field::plain("password", "New password", "secret")]);
    let content = NewPasswordPage {
        theme: Theme::of(request, &dashboard.app.settings).as_str(),
        action: request.path().to_owned(),
        member: view.member.email.to_string(),
        second_factor: view.member.second_factor.is_some(),
        errors,
        field,
    };
    page(status, &content)
}

/// Asks whoever is invited for a name and a password.
pub(super) async fn show_invitation(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (_, view) = invitation_of(&dashboard, &path).await?;
    joining(&dashboard, &request, StatusCode::OK, &view, ("", &Wrong::default()))
}

/// Makes a member of them, who is signed in at once.
pub(super) async fn join(
    dashboard: Data<Dashboard>,
    request: HttpRequest,
    path: Path<String>,
    chosen: Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    let (token, view) = invitation_of(&dashboard, &path).await?;
    let typed = chosen.name.trim();
    let mut wrong = Wrong::default();
    let name = wrong.take("name", Name::parse(typed));
    let TeamInvitationView { invitation, team } = &view;
    let own_words = vec![typed.to_owned(), invitation.email.to_string(), team.name.to_string()];
    let password_hash = wrong.take("password", choose(&dashboard, &chosen.password, own_words).await?);
    if let (Some(name), Some(password_hash)) = (name, password_hash) {
        let app = &dashboard.app;
        let browser = browser(app, &request);
        let command = JoinTeamCommand { digest: token.digest(), name, password_hash, browser };
        match app.run(JoinTeam { ambient: app.ambient.clone() }, command).await {
            Ok(begun) => return signed_in(&dashboard, &begun, ROOT),
            Err(JoinTeamError::Gone) => return Err(Failure::LinkGone),
            Err(JoinTeamError::MemberExists) => return Err(Failure::AddressTaken),
            Err(JoinTeamError::Store(error)) => return Err(error.into()),
        }
    }
    joining(&dashboard, &request, StatusCode::UNPROCESSABLE_ENTITY, &view, (typed, &wrong))
}

async fn invitation_of(
    dashboard: &Dashboard,
    raw: &str,
) -> Result<(TeamInvitationToken, TeamInvitationView), Failure> {
    let app = &dashboard.app;
    let token = TeamInvitationToken::parse(raw).map_err(|_| Failure::LinkGone)?;
    let view = app.store.queries().team_invitation(&token.digest()).await?;
    let now = app.ambient.now();
    let view = view.filter(|view| view.invitation.open(now)).ok_or(Failure::LinkGone)?;
    Ok((token, view))
}

fn joining(
    dashboard: &Dashboard,
    request: &HttpRequest,
    status: StatusCode,
    view: &TeamInvitationView,
    (typed, wrong): (&str, &Wrong),
) -> Result<HttpResponse, Failure> {
    let name = Field { value: typed.to_owned(), ..Field::plain("name", "Your name", "line") };
    let ([name, password], errors) = wrong.onto([name, Field::plain("password", "Password", "secret")]);
    let content = JoinPage {
        theme: Theme::of(request, &dashboard.app.settings).as_str(),
        action: request.path().to_owned(),
        team: view.team.name.to_string(),
        email: view.invitation.email.to_string(),
        invited_by: view.invitation.invited_by.clone(),
        role: view.invitation.role.as_str(),
        until: Moment::of(view.invitation.expires_at()),
        errors,
        name,
        password,
    };
    page(status, &content)
}
