//! What an environment is called, and what programs know it by.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::rename_environment::{
    RenameEnvironment, RenameEnvironmentCommand, RenameEnvironmentError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::environment::Environment;
use vestibule_domain::text::Name;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
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
    render(&dashboard, &operator, environment, None).await
}

/// Gives the environment another name.
pub(super) async fn rename(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let environment = operator.environment(&path)?;
    let typed = form.one("name");
    let made_from = made_from(&form)?;
    let mut wrong = Wrong::default();
    let Some(name) = wrong.take("name", Name::parse(typed)) else {
        let unsaved = Unsaved::wrong(wrong, made_from);
        return render(&dashboard, &operator, environment, Some((typed, unsaved))).await;
    };
    let command = RenameEnvironmentCommand {
        actor: operator.actor(),
        environment_id: environment.id,
        name,
        made_from: Some(made_from),
    };
    let saved = || see_other(&area_href(environment.id, Area::General));
    match dashboard.app.run(RenameEnvironment { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => Ok(saved()),
        Err(RenameEnvironmentError::Overtaken(overtaken)) => {
            let wanted = overtaken.now.clone().setting("name", Some(typed));
            let Some(told) = Meanwhile::of(&overtaken, &wanted, |_| "Name".to_owned()) else {
                return Ok(saved());
            };
            let edited = Edited::setting(AuditAction::EnvironmentUpdated, environment.id);
            let unsaved = told.told(&dashboard, environment, edited).await?.into();
            render(&dashboard, &operator, environment, Some((typed, unsaved))).await
        }
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
    sent: Option<(&str, Unsaved)>,
) -> Result<HttpResponse, Failure> {
    let full = full(dashboard, environment).await?;
    let (typed, form) = match sent {
        Some((typed, unsaved)) => (typed, unsaved),
        None => (full.name.as_str(), Unsaved::fresh(full.called().revision())),
    };
    let fields = [Field {
        value: typed.to_owned(),
        note: Some("For the people of your team; customers never see it.".into()),
        ..Field::plain("name", "Name", "line")
    }];
    let ([field], errors) = form.wrong.onto(fields);
    let content = GeneralPage {
        shell: operator.shell(environment, Area::General),
        href: area_href(environment.id, Area::General),
        name: full.name.to_string(),
        facts: facts(dashboard, &full),
        errors,
        meanwhile: form.meanwhile,
        made_from: form.made_from.to_string(),
        field,
    };
    page(form.status, &content)
}
