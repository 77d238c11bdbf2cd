//! The environments of a team.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use vestibule_application::usecases::create_environment::{
    CreateEnvironment, CreateEnvironmentCommand, CreateEnvironmentError,
};
use vestibule_domain::environment::{ENVIRONMENTS_MAX, EnvironmentKind};
use vestibule_domain::text::Name;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::view::settings::EnvironmentsPage;
use super::view::shell::{Area, Place, area_href};
use crate::portal::Field;

/// Lists them.
pub(super) async fn list(operator: Operator) -> Result<HttpResponse, Failure> {
    render(&operator, StatusCode::OK, fields(), &Wrong::default())
}

/// Makes one more, and leads to its keys: it has none yet.
pub(super) async fn create(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let mut wrong = Wrong::default();
    let name = wrong.take("name", Name::parse(form.one("name")));
    let kind = EnvironmentKind::parse(form.one("kind")).ok_or("must be one of the list");
    let kind = wrong.take("kind", kind);
    if let (Some(name), Some(kind)) = (name, kind) {
        let actor = operator.actor();
        let command = CreateEnvironmentCommand { actor, team: operator.visit.team.clone(), kind, name };
        let case = CreateEnvironment { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(made) => return Ok(see_other(&area_href(made.id, Area::Keys))),
            Err(CreateEnvironmentError::TooMany) => {
                wrong.note("name", format_args!("is one too many: a team has at most {ENVIRONMENTS_MAX}"));
            }
            Err(CreateEnvironmentError::Store(error)) => return Err(error.into()),
        }
    }
    let mut fields = fields();
    form.fill(&mut fields);
    render(&operator, StatusCode::UNPROCESSABLE_ENTITY, fields, &wrong)
}

fn fields() -> [Field; 2] {
    let kinds = [EnvironmentKind::Sandbox, EnvironmentKind::Production];
    [
        Field {
            note: Some("For the people of your team; customers never see it.".into()),
            ..Field::plain("name", "Name", "line")
        },
        Field {
            note: Some("It stays as it is chosen. A sandbox takes addresses on localhost.".into()),
            options: kinds.map(|kind| kind.as_str().to_owned()).into(),
            ..Field::plain("kind", "Kind", "choice")
        },
    ]
}

fn render(
    operator: &Operator,
    status: StatusCode,
    fields: [Field; 2],
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let (fields, errors) = wrong.onto(fields);
    page(status, &EnvironmentsPage { shell: operator.shell_of(Place::Environments), errors, fields })
}
