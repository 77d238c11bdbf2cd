//! Hosts of the vendor's own: what they are for, the records to set, and where they stand.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::custom_hosts::{
    self, AddCustomHost, AddCustomHostCommand, CustomHostError, NoteHosts, NoteHostsCommand,
    RemoveCustomHost, RemoveCustomHostCommand,
};
use vestibule_domain::custom_host::{CustomHost, CustomHosts, HostProblem, HostPurpose, HostState};
use vestibule_domain::domain_name::DomainName;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::view::hosts::{HostView, HostsPage, PurposeView, RecordView};
use super::view::shell::{Area, area_href};
use crate::portal::Field;

/// Lists them.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    render(&dashboard, &operator, environment, StatusCode::OK, None).await
}

/// What was typed for a purpose, and what is wrong with it.
struct Refused<'a> {
    purpose: HostPurpose,
    typed: &'a str,
    wrong: Wrong,
}

/// Adds one.
pub(super) async fn add(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, purpose) = place(&operator, &path)?;
    let typed = form.one("host");
    let mut wrong = Wrong::default();
    if let Some(host) = wrong.take(field_key(purpose), DomainName::parse(typed)) {
        let caller = operator.caller(&dashboard, environment.id).await?;
        let command =
            AddCustomHostCommand { actor: caller.actor, environment_id: environment.id, purpose, host };
        let case = AddCustomHost { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(_) => return Ok(see_other(&area_href(environment.id, Area::Hosts))),
            Err(CustomHostError::Unknown) => return Err(Failure::NotFound),
            Err(CustomHostError::Store(error)) => return Err(error.into()),
            Err(error @ (CustomHostError::Present | CustomHostError::Own | CustomHostError::Taken)) => {
                wrong.note(field_key(purpose), error);
            }
        }
    }
    let refused = Refused { purpose, typed, wrong };
    render(&dashboard, &operator, environment, StatusCode::UNPROCESSABLE_ENTITY, Some(refused)).await
}

/// Looks its records up now.
pub(super) async fn check(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, purpose) = place(&operator, &path)?;
    let app = &dashboard.app;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let host = caller.environment.hosts.get(purpose).cloned().ok_or(Failure::NotFound)?;
    let asked = CustomHosts::from_stored(vec![host]);
    let findings = custom_hosts::look_up(&*app.dns, &app.ambient.addresses, &asked).await;
    let command = NoteHostsCommand { actor: caller.actor, environment_id: environment.id, findings };
    let noted = app.run(NoteHosts { ambient: app.ambient.clone() }, command).await;
    done(environment, noted.map(drop))
}

/// Takes one away. One that is gone already is as wanted.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    operator.admin()?;
    let (environment, purpose) = place(&operator, &path)?;
    let actor = operator.caller(&dashboard, environment.id).await?.actor;
    let command = RemoveCustomHostCommand { actor, environment_id: environment.id, purpose };
    let case = RemoveCustomHost { ambient: dashboard.app.ambient.clone() };
    done(environment, dashboard.app.run(case, command).await.map(drop))
}

fn place<'a>(
    operator: &'a Operator,
    path: &(String, String),
) -> Result<(&'a EnvironmentLine, HostPurpose), Failure> {
    Ok((operator.environment(&path.0)?, HostPurpose::parse(&path.1).ok_or(Failure::NotFound)?))
}

fn done(
    environment: &EnvironmentLine,
    outcome: Result<(), CustomHostError>,
) -> Result<HttpResponse, Failure> {
    match outcome {
        Err(CustomHostError::Store(error)) => Err(error.into()),
        Ok(())
        | Err(
            CustomHostError::Unknown
            | CustomHostError::Present
            | CustomHostError::Own
            | CustomHostError::Taken,
        ) => Ok(see_other(&area_href(environment.id, Area::Hosts))),
    }
}

/// The key of a purpose's field: there is one for each on the page.
fn field_key(purpose: HostPurpose) -> &'static str {
    match purpose {
        HostPurpose::Portal => "portal_host",
        HostPurpose::Api => "api_host",
        HostPurpose::Mail => "mail_host",
    }
}

fn words(purpose: HostPurpose) -> [&'static str; 3] {
    match purpose {
        HostPurpose::Portal => [
            "Portal",
            "New links to the portal lead there, in mails and in answers of the API.",
            "setup.acme.example",
        ],
        HostPurpose::Api => [
            "API",
            "Your app calls the API there. Sign-ins stay where identity providers know them.",
            "auth.acme.example",
        ],
        HostPurpose::Mail => [
            "Mail",
            "Messages come from an address of this domain. Your mail server has to be allowed to send for it (SPF, DKIM); whoever runs that server says how.",
            "acme.example",
        ],
    }
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    status: StatusCode,
    refused: Option<Refused<'_>>,
) -> Result<HttpResponse, Failure> {
    let app = &dashboard.app;
    let full = app.store.queries().environment(environment.id).await?.ok_or(Failure::NotFound)?;
    let href = area_href(environment.id, Area::Hosts);
    let ours = app.ambient.addresses.host().unwrap_or_default();
    let mut errors = Vec::new();
    let purposes = HostPurpose::ALL.map(|purpose| {
        let [name, why, example] = words(purpose);
        let mut field = Field {
            example: Some(example.to_owned()),
            ..Field::plain(field_key(purpose), "Host name", "line")
        };
        if let Some(refused) = refused.as_ref().filter(|refused| refused.purpose == purpose) {
            refused.typed.clone_into(&mut field.value);
            let ([noted], links) = refused.wrong.onto([field.clone()]);
            field = noted;
            errors.extend(links);
        }
        PurposeView {
            name,
            why,
            href: format!("{href}/{}", purpose.as_str()),
            host: full.hosts.get(purpose).map(|host| view(host, ours)),
            field,
        }
    });
    let content =
        HostsPage { shell: operator.shell(environment, Area::Hosts), errors, purposes: purposes.into() };
    page(status, &content)
}

fn view(host: &CustomHost, ours: &str) -> HostView {
    let (state, word, problem) = match host.state {
        HostState::Pending { problem } => ("validating", "Waiting for its records", problem),
        HostState::Active { misses: 0, .. } => ("active", "Active", None),
        HostState::Active { .. } => ("active", "Active, but its records were missed", None),
        HostState::Failed { problem, .. } => ("failed", "Failed", Some(problem)),
    };
    let mut records = vec![RecordView { kind: "TXT", name: host.proof_name(), value: host.proof_text() }];
    if host.purpose.is_visited() {
        records.push(RecordView { kind: "CNAME", name: host.host.to_string(), value: ours.to_owned() });
    }
    HostView {
        name: host.host.to_string(),
        state,
        word,
        problem: problem.map(said),
        checked_at: host.checked_at.map(Moment::of),
        records,
    }
}

fn said(problem: HostProblem) -> &'static str {
    match problem {
        HostProblem::NoProof => "The TXT record was not found, or says something else.",
        HostProblem::NoAlias => "The CNAME record was not found, or leads elsewhere.",
        HostProblem::NoAnswer => "Its name servers did not answer. Try again in a while.",
        HostProblem::Taken => "Another environment uses this host.",
    }
}
