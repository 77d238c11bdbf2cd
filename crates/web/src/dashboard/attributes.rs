//! What profiles of an environment carry besides what every profile has.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::set_custom_attributes::{
    SetCustomAttributes, SetCustomAttributesCommand, SetCustomAttributesError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeError, CustomAttributeKey};
use vestibule_domain::readout::{Readout, Revision};
use vestibule_domain::text::Name;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::{Operator, Signed};
use super::settings::full;
use super::view::attributes::{AttributeRow, AttributesPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Before the key of an attribute where it is read out.
const FIELD: &str = "custom_attribute.";

/// Lists them.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, fields(), Unsaved::fresh(of_a_new_one())).await
}

/// Adds one, or gives one another label.
pub(super) async fn define(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let made_from = made_from(&form)?;
    let mut wrong = Wrong::default();
    // These reasons are sentences that name what they are about.
    let key = CustomAttributeKey::parse(form.one("key")).map_err(|reason| wrong.note("key", clause(&reason)));
    let label = wrong.take("label", Name::parse(form.one("label")));
    let mut fields = fields();
    form.fill(&mut fields);
    let unsaved = match (key, label) {
        (Ok(key), Some(label)) => {
            let field = readout_field(&key);
            let wanted = Readout::default().with(&field, &label);
            let command = SetCustomAttributesCommand {
                actor: operator.actor(),
                environment_id: environment.id,
                remove: Vec::new(),
                define: vec![CustomAttribute { key, label }],
                made_from: Some(made_from),
            };
            match set(&dashboard, environment, command, &wanted).await? {
                None => return Ok(see_other(&area_href(environment.id, Area::Attributes))),
                Some(Refused::Overtaken(told)) => (*told).into(),
                Some(Refused::Wrong(reason)) => {
                    wrong.note("key", clause(&reason));
                    Unsaved::wrong(wrong, made_from)
                }
            }
        }
        _ => Unsaved::wrong(wrong, made_from),
    };
    render(&dashboard, &operator, environment, fields, unsaved).await
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
        actor: operator.actor(),
        environment_id: environment.id,
        remove: vec![key],
        define: Vec::new(),
        made_from: Some(made_from(&form)?),
    };
    match set(&dashboard, environment, command, &Readout::default()).await? {
        None => Ok(see_other(&area_href(environment.id, Area::Attributes))),
        Some(Refused::Overtaken(told)) => {
            let told = Unsaved { made_from: of_a_new_one(), ..told.pressed().into() };
            render(&dashboard, &operator, environment, fields(), told).await
        }
        Some(Refused::Wrong(error)) => Err(Failure::internal(error)),
    }
}

/// Why nothing was changed.
enum Refused {
    Wrong(CustomAttributeError),
    Overtaken(Box<Meanwhile>),
}

/// Changes attributes, so that they read as `wanted`; or says why not.
async fn set(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    command: SetCustomAttributesCommand,
    wanted: &Readout,
) -> Result<Option<Refused>, Failure> {
    match dashboard.app.run(SetCustomAttributes { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) | Err(SetCustomAttributesError::NotDefined(_)) => Ok(None),
        Err(SetCustomAttributesError::Refused(reason)) => Ok(Some(Refused::Wrong(reason))),
        Err(SetCustomAttributesError::Overtaken(overtaken)) => {
            let label = |field: &str| field.strip_prefix(FIELD).unwrap_or(field).to_owned();
            let Some(told) = Meanwhile::of(&overtaken, wanted, label) else { return Ok(None) };
            let edited = Edited::setting(AuditAction::EnvironmentUpdated, environment.id);
            Ok(Some(Refused::Overtaken(Box::new(told.told(dashboard, environment, edited).await?))))
        }
        Err(SetCustomAttributesError::Unknown) => Err(Failure::NotFound),
        Err(SetCustomAttributesError::Store(error)) => Err(error.into()),
    }
}

/// What an attribute is called where it is read out.
fn readout_field(key: &CustomAttributeKey) -> String {
    format!("{FIELD}{key}")
}

/// What the form for a new one is made from: nothing that is there.
fn of_a_new_one() -> Revision {
    Readout::default().revision()
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
            note: Some("What your app reads it by.".into()),
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
    fields: [Field; 2],
    form: Unsaved,
) -> Result<HttpResponse, Failure> {
    let full = full(dashboard, environment).await?;
    let (fields, errors) = form.wrong.onto(fields);
    let row = |held: &CustomAttribute| AttributeRow {
        key: held.key.to_string(),
        label: held.label.to_string(),
        made_from: full.custom_attributes.readout_of(&[&held.key]).revision().to_string(),
    };
    let content = AttributesPage {
        shell: operator.shell(environment, Area::Attributes),
        href: area_href(environment.id, Area::Attributes),
        rows: full.custom_attributes.iter().map(row).collect(),
        errors,
        fields,
        made_from: form.made_from.to_string(),
        again: form.meanwhile.as_ref().is_some_and(|told| told.typed),
        meanwhile: form.meanwhile,
    };
    page(form.status, &content)
}
