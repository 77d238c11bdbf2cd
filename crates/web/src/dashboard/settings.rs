//! What an environment is called, and what programs know it by.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::caller::member_actor;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::rename_environment::{
    RenameEnvironment, RenameEnvironmentCommand, RenameEnvironmentError,
};
use vestibule_domain::environment::Environment;
use vestibule_domain::text::Name;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::view::settings::{FactsView, GeneralPage};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Shows the ids and the name.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let name = environment.name.as_str();
    render(&dashboard, &operator, environment, StatusCode::OK, name, &Wrong::default()).await
}

/// Gives the environment another name.
pub(super) async fn rename(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let mut wrong = Wrong::default();
    let Some(name) = wrong.take("name", Name::parse(form.one("name"))) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render(&dashboard, &operator, environment, status, form.one("name"), &wrong).await;
    };
    let actor = member_actor(&operator.visit.member);
    let command = RenameEnvironmentCommand { actor, environment_id: environment.id, name };
    match dashboard.app.run(RenameEnvironment { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&area_href(environment.id, Area::General))),
        Err(RenameEnvironmentError::Unknown) => Err(Failure::NotFound),
        Err(RenameEnvironmentError::Store(error)) => Err(error.into()),
    }
}

/// What programs know an environment by.
pub(super) fn facts(dashboard: &Dashboard, environment: &Environment) -> FactsView {
    FactsView {
        public_url: dashboard.app.ambient.addresses.public_url().to_owned(),
        client_id: environment.client_id.to_string(),
        environment_id: environment.id.to_string(),
    }
}

/// All of an environment.
pub(super) async fn full(dashboard: &Dashboard, line: &EnvironmentLine) -> Result<Environment, Failure> {
    dashboard.app.store.queries().environment(line.id).await?.ok_or(Failure::NotFound)
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    typed: &str,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let fields = [Field {
        value: typed.to_owned(),
        note: Some("For the people of your team; customers never see it.".into()),
        ..Field::plain("name", "Name", "line")
    }];
    let ([field], errors) = wrong.onto(fields);
    let content = GeneralPage {
        shell: operator.shell(environment, Area::General),
        href: area_href(environment.id, Area::General),
        name: environment.name.to_string(),
        facts: facts(dashboard, &full(dashboard, environment).await?),
        errors,
        field,
    };
    page(status, &content)
}
