//! What is done with a connection.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::delete_connection::{
    DeleteConnection, DeleteConnectionCommand, DeleteConnectionError,
};
use vestibule_application::usecases::request_test::{
    RequestTest, RequestTestCommand, RequestTestError, TestReturn,
};
use vestibule_application::usecases::switch_connection::{
    Switch, SwitchConnection, SwitchConnectionCommand, SwitchConnectionError,
};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::id::ConnectionId;

use super::Dashboard;
use super::answer::see_other;
use super::confirm::Question;
use super::done::Done;
use super::failure::Failure;
use super::operator::{Operator, Signed};
use super::organization::done_href;
use super::organizations::{self, provider_name};
use super::view::shell::{Area, area_href};

/// Switches a connection on or off.
pub(super) async fn switch(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let switch = match form.one("to") {
        "on" => Switch::On,
        "off" => Switch::Off,
        _ => return Err(Failure::Malformed),
    };
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = SwitchConnectionCommand { caller, connection_id, switch };
    match dashboard.app.run(SwitchConnection { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(switched) => {
            let done = match switched.state {
                ConnectionState::Inactive => Done::SwitchedOff,
                ConnectionState::Draft | ConnectionState::Validating | ConnectionState::Active => {
                    Done::SwitchedOn
                }
            };
            Ok(see_other(&done_href(environment, switched.organization_id, done)))
        }
        Err(SwitchConnectionError::Unknown) => Err(Failure::NotFound),
        // No page offers it for a draft.
        Err(SwitchConnectionError::Refused(_)) => Err(Failure::Malformed),
        Err(SwitchConnectionError::Store(error)) => Err(error.into()),
    }
}

/// Begins a test sign-in, which ends on the page of its attempt.
pub(super) async fn test(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, connection_id) = operator.place(&path.0, &path.1)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let back = TestReturn::Own(area_href(environment.id, Area::Sessions));
    let command = RequestTestCommand { caller, connection_id, back };
    match dashboard.app.run(RequestTest { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(asked) => Ok(see_other(&dashboard.app.ambient.addresses.test_begin(&asked.ticket))),
        Err(RequestTestError::Unknown) => Err(Failure::NotFound),
        // No page offers it for a draft.
        Err(RequestTestError::Incomplete) => Err(Failure::Malformed),
        Err(error @ RequestTestError::NotRegistered) => Err(Failure::internal(error)),
        Err(RequestTestError::Store(error)) => Err(error.into()),
    }
}

/// Asks before a connection is removed.
pub(super) async fn confirm_deletion(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let connection = find(&dashboard, environment, id).await?;
    question(&dashboard, environment, &connection).ask(operator.shell(environment, Area::Organizations))
}

/// Removes a connection, once its name was typed.
pub(super) async fn delete(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let connection = find(&dashboard, environment, id).await?;
    let question = question(&dashboard, environment, &connection);
    if !question.is_answered(&form) {
        return question.ask_again(operator.shell(environment, Area::Organizations), &form);
    }
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = DeleteConnectionCommand { caller, connection_id: id };
    match dashboard.app.run(DeleteConnection { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&done_href(environment, connection.organization_id, Done::ConnectionDeleted))),
        Err(DeleteConnectionError::Unknown) => Err(Failure::NotFound),
        Err(DeleteConnectionError::Store(error)) => Err(error.into()),
    }
}

/// A connection of the environment.
pub(super) async fn find(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    id: ConnectionId,
) -> Result<Connection, Failure> {
    let found = dashboard.app.store.queries().connection(environment.id, id).await?;
    found.map(|view| view.connection).ok_or(Failure::NotFound)
}

fn question(dashboard: &Dashboard, environment: &EnvironmentLine, connection: &Connection) -> Question {
    Question {
        heading: format!("Delete the connection to {}?", provider_name(dashboard, connection)),
        consequences: vec![
            "Nobody can sign in through it any more.",
            "Its sign-in log and the profiles of its people are deleted.",
            "A new connection has other addresses: what stands in the provider's console has to be \
             changed too.",
        ],
        wanted: connection.name.to_string(),
        action: format!("/dashboard/{}/connections/{}/delete", environment.id, connection.id),
        button: "Delete the connection",
        back_href: organizations::href(environment.id, connection.organization_id),
    }
}
