//! What profiles of an environment carry besides what every profile has.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::caller::member_actor;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_custom_attributes::{
    SetCustomAttributes, SetCustomAttributesCommand, SetCustomAttributesError,
};
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeError, CustomAttributeKey};
use vestibule_domain::text::Name;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::settings::full;
use super::view::attributes::{AttributeRow, AttributesPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Lists them.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, StatusCode::OK, fields(), &Wrong::default()).await
}

/// Adds one, or gives one another label.
pub(super) async fn define(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let mut wrong = Wrong::default();
    // These reasons are sentences that name what they are about.
    let key = CustomAttributeKey::parse(form.one("key")).map_err(|reason| wrong.note("key", clause(&reason)));
    let label = wrong.take("label", Name::parse(form.one("label")));
    if let (Ok(key), Some(label)) = (key, label) {
        let command = SetCustomAttributesCommand {
            actor: member_actor(&operator.visit.member),
            environment_id: environment.id,
            remove: Vec::new(),
            define: vec![CustomAttribute { key, label }],
        };
        let case = SetCustomAttributes { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(_) => return Ok(see_other(&area_href(environment.id, Area::Attributes))),
            Err(SetCustomAttributesError::Refused(reason)) => wrong.note("key", clause(&reason)),
            Err(SetCustomAttributesError::Store(error)) => return Err(error.into()),
            Err(SetCustomAttributesError::Unknown | SetCustomAttributesError::NotDefined(_)) => {
                return Err(Failure::NotFound);
            }
        }
    }
    let mut fields = fields();
    form.fill(&mut fields);
    render(&dashboard, &operator, environment, StatusCode::UNPROCESSABLE_ENTITY, fields, &wrong).await
}

/// Takes one away. One that is gone already is as wanted.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let key = CustomAttributeKey::parse(form.one("key")).map_err(|_| Failure::Malformed)?;
    let command = SetCustomAttributesCommand {
        actor: member_actor(&operator.visit.member),
        environment_id: environment.id,
        remove: vec![key],
        define: Vec::new(),
    };
    match dashboard.app.run(SetCustomAttributes { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) | Err(SetCustomAttributesError::NotDefined(_)) => {
            Ok(see_other(&area_href(environment.id, Area::Attributes)))
        }
        Err(SetCustomAttributesError::Unknown) => Err(Failure::NotFound),
        Err(SetCustomAttributesError::Store(error)) => Err(error.into()),
        Err(error @ SetCustomAttributesError::Refused(_)) => Err(Failure::internal(error)),
    }
}

/// What is wrong with a key, as a clause that begins with a verb.
fn clause(reason: &CustomAttributeError) -> String {
    match reason {
        CustomAttributeError::Key => {
            "must be letters of a to z, digits, _ and -, a letter first, at most 64 in all".to_owned()
        }
        CustomAttributeError::Standard(_) => "is what every profile has already".to_owned(),
        CustomAttributeError::Label(_) => "has a label that cannot be taken".to_owned(),
        CustomAttributeError::TooMany => "is one too many: take another one away first".to_owned(),
    }
}

fn fields() -> [Field; 2] {
    [
        Field {
            note: Some("What your app reads it by. One that is there gets the new label.".into()),
            example: Some("department".to_owned()),
            ..Field::plain("key", "Key", "line")
        },
        Field {
            note: Some("What IT admins see.".into()),
            example: Some("Department".to_owned()),
            ..Field::plain("label", "Label", "line")
        },
    ]
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    fields: [Field; 2],
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let full = full(dashboard, environment).await?;
    let (fields, errors) = wrong.onto(fields);
    let row =
        |held: &CustomAttribute| AttributeRow { key: held.key.to_string(), label: held.label.to_string() };
    let content = AttributesPage {
        shell: operator.shell(environment, Area::Attributes),
        href: area_href(environment.id, Area::Attributes),
        rows: full.custom_attributes.iter().map(row).collect(),
        errors,
        fields,
    };
    page(status, &content)
}
