//! Where sign-ins of an environment may lead.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_redirect_uris::{
    SetRedirectUris, SetRedirectUrisCommand, SetRedirectUrisError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::readout::Revision;
use vestibule_domain::redirect_uri::RedirectUri;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed};
use super::settings::full;
use super::view::redirects::{RedirectRow, RedirectsPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// What the default is called where it is read out.
const DEFAULT: &str = "default_redirect_uri";

/// Lists what is registered.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, "", Refused::default()).await
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
    let change = Change { register: vec![uri.to_owned()], ..Change::default() };
    match set(&dashboard, &operator, environment, change).await? {
        None => Ok(see_other(&area_href(environment.id, Area::Redirects))),
        Some(refused) => render(&dashboard, &operator, environment, uri, refused).await,
    }
}

/// Makes one the default. One that is gone already is offered to be registered again.
pub(super) async fn put_first(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let uri = form.one("uri");
    let made_from = Some(made_from(&form)?);
    let change = Change { first: Some(uri.to_owned()), made_from, ..Change::default() };
    match set(&dashboard, &operator, environment, change).await? {
        None => Ok(see_other(&area_href(environment.id, Area::Redirects))),
        Some(Refused::Gone) => render(&dashboard, &operator, environment, uri, Refused::Gone).await,
        Some(refused) => render(&dashboard, &operator, environment, "", refused).await,
    }
}

/// Takes one away. One that is gone already is as wanted.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let made_from = Some(made_from(&form)?);
    let change = Change { remove: vec![form.one("uri").to_owned()], made_from, ..Change::default() };
    match set(&dashboard, &operator, environment, change).await? {
        None | Some(Refused::Gone) => Ok(see_other(&area_href(environment.id, Area::Redirects))),
        Some(refused) => render(&dashboard, &operator, environment, "", refused).await,
    }
}

/// What is to change.
#[derive(Default)]
struct Change {
    remove: Vec<String>,
    register: Vec<String>,
    first: Option<String>,
    made_from: Option<Revision>,
}

impl Change {
    /// The default as it would be.
    fn default_of(&self, held: &[RedirectUri]) -> Option<String> {
        let left: Vec<_> =
            held.iter().filter(|uri| !self.remove.iter().any(|gone| gone == uri.as_str())).cloned().collect();
        let default = || RedirectUri::default_of(&left).map(|uri| uri.as_str().to_owned());
        self.first.clone().or_else(default)
    }
}

/// Why a change was not made.
#[derive(Default)]
enum Refused {
    /// Nothing was asked for.
    #[default]
    Nothing,
    /// There is something wrong with what was typed.
    Wrong(Wrong),
    /// What was to become the default was taken away.
    Gone,
    /// Somebody else made another one the default.
    Overtaken(Meanwhile),
}

/// Why the change was not made, if it was not.
async fn set(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    change: Change,
) -> Result<Option<Refused>, Failure> {
    let wanted = change.default_of(&full(dashboard, environment).await?.redirect_uris);
    let Change { remove, register, first, made_from } = change;
    let command = SetRedirectUrisCommand {
        actor: operator.actor(),
        environment_id: environment.id,
        remove,
        register,
        first,
        made_from,
    };
    let case = SetRedirectUris { ambient: dashboard.app.ambient.clone() };
    let mut wrong = Wrong::default();
    match dashboard.app.run(case, command).await {
        Ok(_) => return Ok(None),
        Err(SetRedirectUrisError::NotRegistered(_)) => return Ok(Some(Refused::Gone)),
        Err(SetRedirectUrisError::Overtaken(overtaken)) => {
            let wanted = overtaken.now.clone().setting(DEFAULT, wanted);
            let Some(told) = Meanwhile::of(&overtaken, &wanted, |_| "Default".to_owned()) else {
                return Ok(None);
            };
            let edited = Edited::setting(AuditAction::EnvironmentUpdated, environment.id);
            let told = told.pressed().told(dashboard, environment, edited).await?;
            return Ok(Some(Refused::Overtaken(told)));
        }
        Err(SetRedirectUrisError::Unknown) => return Err(Failure::NotFound),
        Err(SetRedirectUrisError::Refused { reason, .. }) => wrong.note("uri", reason),
        Err(SetRedirectUrisError::TooMany) => {
            wrong.note("uri", "is one too many: take another one away first");
        }
        Err(SetRedirectUrisError::Store(error)) => return Err(error.into()),
    }
    Ok(Some(Refused::Wrong(wrong)))
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    typed: &str,
    refused: Refused,
) -> Result<HttpResponse, Failure> {
    let full = full(dashboard, environment).await?;
    let fresh = Unsaved::fresh(full.default_redirect_uri().revision());
    let form = match refused {
        Refused::Nothing => fresh,
        Refused::Wrong(wrong) => Unsaved::wrong(wrong, fresh.made_from),
        Refused::Gone => {
            let mut wrong = Wrong::default();
            wrong.note("uri", "was removed by somebody else meanwhile: register it again to use it");
            Unsaved { status: StatusCode::CONFLICT, wrong, ..fresh }
        }
        Refused::Overtaken(told) => told.into(),
    };
    let fields = [Field {
        value: typed.to_owned(),
        note: Some("Where your app takes people back. One * may stand in the first label of the host name, or for the port of localhost.".into()),
        example: Some("https://app.example.com/callback".to_owned()),
        ..Field::plain("uri", "Redirect URI", "url")
    }];
    let ([field], errors) = form.wrong.onto(fields);
    let default = RedirectUri::default_of(&full.redirect_uris);
    let row = |uri: &RedirectUri| RedirectRow {
        uri: uri.as_str().to_owned(),
        default: Some(uri) == default,
        wildcard: uri.as_str().contains('*'),
    };
    let content = RedirectsPage {
        shell: operator.shell(environment, Area::Redirects),
        href: area_href(environment.id, Area::Redirects),
        rows: full.redirect_uris.iter().map(row).collect(),
        errors,
        meanwhile: form.meanwhile,
        made_from: form.made_from.to_string(),
        field,
    };
    page(form.status, &content)
}
