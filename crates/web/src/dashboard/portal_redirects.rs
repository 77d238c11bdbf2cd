//! Where the portal sends people back to, unless their link says otherwise.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_portal_redirects::{
    SetPortalRedirects, SetPortalRedirectsCommand, SetPortalRedirectsError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::{EnvironmentKind, PortalRedirects};
use vestibule_domain::intent::Intent;
use vestibule_domain::url::{ReturnUrl, UrlError};

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed};
use super::view::portal_redirects::PortalRedirectsPage;
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// The field of the default return URL.
const DEFAULT: &str = "default_return_url";

/// What people call it.
const DEFAULT_LABEL: &str = "Default return URL";

/// The set-ups that the portal has, with the keys and labels of their fields.
const SET_UPS: [(Intent, &str, &str); 2] = [
    (Intent::Sso, "success_sso", "After single sign-on is set up"),
    (Intent::CertificateRenewal, "success_certificate_renewal", "After a certificate is renewed"),
];

/// What the address says besides.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    saved: Option<String>,
}

/// Shows them.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let held = held(&dashboard, environment).await?;
    let form = Form { fields: fields(&held), unsaved: Unsaved::fresh(held.readout().revision()) };
    form.render(&operator, environment, shown.saved.is_some())
}

/// Sets them.
pub(super) async fn save(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let mut wrong = Wrong::default();
    let mut read = |key| wrong.take(key, address(form.one(key), environment.kind)).flatten();
    let default_return_url = read(DEFAULT);
    let set_ups = SET_UPS.map(|(intent, key, _)| (intent, read(key)));
    let made_from = made_from(&form)?;
    let mut told = None;
    if wrong.is_empty() {
        let mut wanted = held(&dashboard, environment).await?;
        wanted.default_return_url.clone_from(&default_return_url);
        wanted.success_urls.retain(|(intent, _)| SET_UPS.iter().all(|(of, ..)| of != intent));
        wanted.success_urls.extend(set_ups.iter().filter_map(|(of, url)| Some((*of, url.clone()?))));
        let command = SetPortalRedirectsCommand {
            actor: operator.actor(),
            environment_id: environment.id,
            made_from: Some(made_from),
            default_return_url,
            success_urls: set_ups.into(),
        };
        let case = SetPortalRedirects { ambient: dashboard.app.ambient.clone() };
        let saved = || Ok(see_other(&format!("{}?saved=yes", area_href(environment.id, Area::Portal))));
        match dashboard.app.run(case, command).await {
            Ok(_) => return saved(),
            Err(SetPortalRedirectsError::Unknown) => return Err(Failure::NotFound),
            Err(SetPortalRedirectsError::Overtaken(overtaken)) => {
                let Some(differs) = Meanwhile::of(&overtaken, &wanted.readout(), label) else {
                    return saved();
                };
                let edited = Edited::setting(AuditAction::EnvironmentUpdated, environment.id);
                told = Some(differs.told(&dashboard, environment, edited).await?);
            }
            Err(SetPortalRedirectsError::Store(error)) => return Err(error.into()),
        }
    }
    let mut typed = fields(&PortalRedirects::default());
    form.fill(&mut typed);
    let unsaved = told.map_or_else(|| Unsaved::wrong(wrong, made_from), Unsaved::from);
    Form { fields: typed, unsaved }.render(&operator, environment, false)
}

/// What people call what is read out.
fn label(field: &str) -> String {
    let set_up = |(of, _, _): &(Intent, &str, &str)| field.strip_prefix("success_url.") == Some(of.as_str());
    let label = SET_UPS.iter().find(|of| set_up(of)).map_or(DEFAULT_LABEL, |(_, _, label)| label);
    label.to_owned()
}

async fn held(dashboard: &Dashboard, environment: &EnvironmentLine) -> Result<PortalRedirects, Failure> {
    let full = dashboard.app.store.queries().environment(environment.id).await?;
    Ok(full.ok_or(Failure::NotFound)?.redirects)
}

/// An address that may be left empty.
fn address(typed: &str, kind: EnvironmentKind) -> Result<Option<ReturnUrl>, UrlError> {
    if typed.is_empty() { Ok(None) } else { ReturnUrl::parse(typed, kind).map(Some) }
}

fn fields(held: &PortalRedirects) -> [Field; 1 + SET_UPS.len()] {
    let value = |url: Option<&ReturnUrl>| url.map(ToString::to_string).unwrap_or_default();
    let [sso, renewal] = SET_UPS.map(|(intent, key, label)| Field {
        value: value(held.success_url(intent)),
        optional: true,
        ..Field::plain(key, label, "url")
    });
    let default = Field {
        value: value(held.default_return_url.as_ref()),
        optional: true,
        note: Some("Where “Back to app” leads, and a set-up that has no address of its own below.".into()),
        example: Some("https://app.example.com/settings".to_owned()),
        ..Field::plain(DEFAULT, DEFAULT_LABEL, "url")
    };
    [default, sso, renewal]
}

/// The form as it is shown.
struct Form {
    fields: [Field; 1 + SET_UPS.len()],
    unsaved: Unsaved,
}

impl Form {
    fn render(
        self,
        operator: &Operator,
        environment: &EnvironmentLine,
        saved: bool,
    ) -> Result<HttpResponse, Failure> {
        let Self { fields, unsaved } = self;
        let (fields, errors) = unsaved.wrong.onto(fields);
        let content = PortalRedirectsPage {
            shell: operator.shell(environment, Area::Portal),
            href: area_href(environment.id, Area::Portal),
            saved,
            needed: environment.kind == EnvironmentKind::Production && fields[0].value.is_empty(),
            errors,
            meanwhile: unsaved.meanwhile,
            made_from: unsaved.made_from.to_string(),
            fields: fields.into(),
        };
        page(unsaved.status, &content)
    }
}
