//! What is done with a connection.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
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
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::operator::Operator;
use super::organization::{Done, done_href};
use super::organizations::{self, provider_name};
use super::view::confirm::ConfirmPage;
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Switches a connection on or off.
pub(super) async fn switch(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let form = Sent::from(form);
    operator.sent(form.token())?;
    let (environment, connection_id) = place(&operator, &path)?;
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
    operator: Operator,
    path: Path<(String, String)>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    operator.sent(Sent::from(form).token())?;
    let (environment, connection_id) = place(&operator, &path)?;
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
    let (environment, id) = place(&operator, &path)?;
    let connection = find(&dashboard, environment, id).await?;
    page(StatusCode::OK, &question(&dashboard, &operator, environment, &connection, &Wrong::default(), ""))
}

/// Removes a connection, once its name was typed.
pub(super) async fn delete(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let form = Sent::from(form);
    operator.sent(form.token())?;
    let (environment, id) = place(&operator, &path)?;
    let connection = find(&dashboard, environment, id).await?;
    if form.one("confirm") != connection.name.as_str() {
        let mut wrong = Wrong::default();
        wrong.note("confirm", "must be typed exactly as it stands above");
        let typed = form.one("confirm");
        let content = question(&dashboard, &operator, environment, &connection, &wrong, typed);
        return page(StatusCode::UNPROCESSABLE_ENTITY, &content);
    }
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = DeleteConnectionCommand { caller, connection_id: id };
    match dashboard.app.run(DeleteConnection { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&done_href(environment, connection.organization_id, Done::ConnectionDeleted))),
        Err(DeleteConnectionError::Unknown) => Err(Failure::NotFound),
        Err(DeleteConnectionError::Store(error)) => Err(error.into()),
    }
}

fn place<'o>(
    operator: &'o Operator,
    (environment, connection): &(String, String),
) -> Result<(&'o EnvironmentLine, ConnectionId), Failure> {
    let id = connection.parse().map_err(|_| Failure::NotFound)?;
    Ok((operator.environment(environment)?, id))
}

async fn find(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    id: ConnectionId,
) -> Result<Connection, Failure> {
    let found = dashboard.app.store.queries().connection(environment.id, id).await?;
    found.map(|view| view.connection).ok_or(Failure::NotFound)
}

fn question(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    connection: &Connection,
    wrong: &Wrong,
    typed: &str,
) -> ConfirmPage {
    let mut fields = [Field { value: typed.to_owned(), ..Field::plain("confirm", "The name", "line") }];
    wrong.mark(&mut fields);
    let errors = wrong.summary(&fields);
    let [field] = fields;
    ConfirmPage {
        shell: operator.shell(environment, Area::Organizations),
        heading: format!("Delete the connection to {}?", provider_name(dashboard, connection)),
        consequences: vec![
            "Nobody can sign in through it any more.",
            "Its sign-in log and the profiles of its people are deleted.",
            "A new connection has other addresses: what stands in the provider's console has to be \
             changed too.",
        ],
        wanted: connection.name.to_string(),
        action: format!("/dashboard/{}/connections/{}/delete", environment.id, connection.id),
        errors,
        field,
        button: "Delete the connection",
        back_href: organizations::href(environment.id, connection.organization_id),
    }
}
