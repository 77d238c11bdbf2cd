//! Where sign-ins of an environment may lead.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_redirect_uris::{
    SetRedirectUris, SetRedirectUrisCommand, SetRedirectUrisError,
};
use vestibule_domain::redirect_uri::RedirectUri;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::view::redirects::{RedirectRow, RedirectsPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Lists what is registered.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, StatusCode::OK, "", &Wrong::default()).await
}

/// Registers one more.
pub(super) async fn register(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let uri = form.one("uri");
    match set(
        &dashboard,
        &operator,
        environment,
        Change { register: vec![uri.to_owned()], ..Change::default() },
    )
    .await?
    {
        None => Ok(see_other(&area_href(environment.id, Area::Redirects))),
        Some(wrong) => {
            render(&dashboard, &operator, environment, StatusCode::UNPROCESSABLE_ENTITY, uri, &wrong).await
        }
    }
}

/// Makes one the default. One that is gone already cannot be.
pub(super) async fn put_first(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let change = Change { first: Some(form.one("uri").to_owned()), ..Change::default() };
    set(&dashboard, &operator, environment, change).await?;
    Ok(see_other(&area_href(environment.id, Area::Redirects)))
}

/// Takes one away. One that is gone already is as wanted.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let change = Change { remove: vec![form.one("uri").to_owned()], ..Change::default() };
    set(&dashboard, &operator, environment, change).await?;
    Ok(see_other(&area_href(environment.id, Area::Redirects)))
}

/// What is to change.
#[derive(Default)]
struct Change {
    remove: Vec<String>,
    register: Vec<String>,
    first: Option<String>,
}

/// What is wrong with the change, if it was not made.
async fn set(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    Change { remove, register, first }: Change,
) -> Result<Option<Wrong>, Failure> {
    let caller = operator.caller(dashboard, environment.id).await?;
    let command = SetRedirectUrisCommand {
        actor: caller.actor,
        environment_id: environment.id,
        remove,
        register,
        first,
    };
    let case = SetRedirectUris { ambient: dashboard.app.ambient.clone() };
    let mut wrong = Wrong::default();
    match dashboard.app.run(case, command).await {
        Ok(_) | Err(SetRedirectUrisError::NotRegistered(_)) => return Ok(None),
        Err(SetRedirectUrisError::Unknown) => return Err(Failure::NotFound),
        Err(SetRedirectUrisError::Refused { reason, .. }) => wrong.note("uri", reason),
        Err(SetRedirectUrisError::TooMany) => {
            wrong.note("uri", "is one too many: take another one away first");
        }
        Err(SetRedirectUrisError::Store(error)) => return Err(error.into()),
    }
    Ok(Some(wrong))
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    typed: &str,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let full = dashboard.app.store.queries().environment(environment.id).await?.ok_or(Failure::NotFound)?;
    let fields = [Field {
        value: typed.to_owned(),
        note: Some("Where your app takes people back. One * may stand in the first label of the host name, or for the port of localhost.".into()),
        example: Some("https://app.example.com/callback".to_owned()),
        ..Field::plain("uri", "Redirect URI", "url")
    }];
    let ([field], errors) = wrong.onto(fields);
    let default = full.redirect_uris.iter().position(|uri| !uri.as_str().contains('*'));
    let row = |(place, uri): (usize, &RedirectUri)| RedirectRow {
        uri: uri.as_str().to_owned(),
        default: Some(place) == default,
        wildcard: uri.as_str().contains('*'),
    };
    let content = RedirectsPage {
        shell: operator.shell(environment, Area::Redirects),
        href: area_href(environment.id, Area::Redirects),
        rows: full.redirect_uris.iter().enumerate().map(row).collect(),
        errors,
        field,
    };
    page(status, &content)
}
