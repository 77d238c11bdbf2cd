//! Where the portal sends people back to, unless their link says otherwise.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_portal_redirects::{
    self, SetPortalRedirects, SetPortalRedirectsCommand, SetPortalRedirectsError,
};
use vestibule_domain::environment::{EnvironmentKind, PortalRedirects};
use vestibule_domain::intent::Intent;
use vestibule_domain::readout::Revision;
use vestibule_domain::url::{ReturnUrl, UrlError};

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::operator::{Operator, Signed};
use super::view::portal_redirects::PortalRedirectsPage;
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// The field of the default return URL.
const DEFAULT: &str = "default_return_url";

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
    let form = Form { fields: fields(&held), seen: set_portal_redirects::seen(&held) };
    form.render(&operator, environment, StatusCode::OK, shown.saved.is_some(), &Wrong::default())
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
    let success_urls = SET_UPS.map(|(intent, key, _)| (intent, read(key))).into();
    let mut seen = Revision::parse(form.one("seen")).unwrap_or_else(Revision::of_nothing);
    if wrong.is_empty() {
        let command = SetPortalRedirectsCommand {
            actor: operator.caller(&dashboard, environment.id).await?.actor,
            environment_id: environment.id,
            seen: Some(seen),
            default_return_url,
            success_urls,
        };
        let case = SetPortalRedirects { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(_) => {
                return Ok(see_other(&format!("{}?saved=yes", area_href(environment.id, Area::Portal))));
            }
            Err(SetPortalRedirectsError::Unknown) => return Err(Failure::NotFound),
            Err(SetPortalRedirectsError::Overtaken(now)) => {
                seen = set_portal_redirects::seen(&now);
                note_differences(&mut wrong, &form, &now);
            }
            Err(SetPortalRedirectsError::Store(error)) => return Err(error.into()),
        }
    }
    let mut typed = fields(&PortalRedirects::default());
    form.fill(&mut typed);
    let form = Form { fields: typed, seen };
    form.render(&operator, environment, StatusCode::UNPROCESSABLE_ENTITY, false, &wrong)
}

async fn held(dashboard: &Dashboard, environment: &EnvironmentLine) -> Result<PortalRedirects, Failure> {
    let full = dashboard.app.store.queries().environment(environment.id).await?;
    Ok(full.ok_or(Failure::NotFound)?.redirects)
}

/// An address that may be left empty.
fn address(typed: &str, kind: EnvironmentKind) -> Result<Option<ReturnUrl>, UrlError> {
    if typed.is_empty() { Ok(None) } else { ReturnUrl::parse(typed, kind).map(Some) }
}

/// Says of each field that differs what it is now.
fn note_differences(wrong: &mut Wrong, form: &Sent, now: &PortalRedirects) {
    let keys = [DEFAULT].into_iter().chain(SET_UPS.map(|(_, key, _)| key));
    for (key, field) in keys.zip(fields(now)) {
        if form.one(key) != field.value {
            wrong.overtaken(key, &field.value);
        }
    }
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
        ..Field::plain(DEFAULT, "Default return URL", "url")
    };
    [default, sso, renewal]
}

/// The form as it is shown.
struct Form {
    fields: [Field; 1 + SET_UPS.len()],
    seen: Revision,
}

impl Form {
    fn render(
        self,
        operator: &Operator,
        environment: &EnvironmentLine,
        status: StatusCode,
        saved: bool,
        wrong: &Wrong,
    ) -> Result<HttpResponse, Failure> {
        let (fields, errors) = wrong.onto(self.fields);
        let content = PortalRedirectsPage {
            shell: operator.shell(environment, Area::Portal),
            href: area_href(environment.id, Area::Portal),
            saved,
            needed: environment.kind == EnvironmentKind::Production && fields[0].value.is_empty(),
            errors,
            seen: self.seen.to_string(),
            fields: fields.into(),
        };
        page(status, &content)
    }
}
