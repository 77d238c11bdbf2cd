//! The people at a customer who set things up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::add_it_contact::{AddItContact, AddItContactCommand, AddItContactError};
use vestibule_application::usecases::delete_it_contact::{DeleteItContact, ItContactCommand, ItContactError};
use vestibule_application::usecases::invite_it_contact::{
    InviteItContact, InviteItContactCommand, InviteItContactError,
};
use vestibule_application::usecases::mint_link::MintLinkError;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{ItContactId, OrganizationId};
use vestibule_domain::intent::Intent;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::language::Language;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::done::{Done, Shown};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed, id};
use super::organization::{LINKS_SHOWN, done_href, find, has_live_link, head};
use super::organizations;
use super::view::contacts::{ContactRow, ContactsPage};
use super::view::head::Tab;
use super::view::shell::Area;
use crate::pages::paging::{Position, Ways};
use crate::portal::Field;

/// How many contacts stand on a page.
const ROWS_MAX: u16 = 25;

/// From where the list is read, and what was done just now.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    shown: Shown,
    #[serde(flatten)]
    position: Position,
}

/// Lists the contacts.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    render(&dashboard, &operator, (environment, id), StatusCode::OK, &wanted, "", &Wrong::default()).await
}

/// Adds one.
pub(super) async fn add(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization_id) = operator.place(&path.0, &path.1)?;
    let raw = form.one("email");
    let mut wrong = Wrong::default();
    if let Some(email) = wrong.take("email", EmailAddress::parse(raw)) {
        let caller = operator.caller(&dashboard, environment.id).await?;
        let command = AddItContactCommand { caller, organization_id, email };
        match dashboard.app.run(AddItContact { ambient: dashboard.app.ambient.clone() }, command).await {
            Ok(_) => return Ok(see_other(&href(environment, organization_id, Done::ContactAdded))),
            Err(AddItContactError::UnknownOrganization) => return Err(Failure::NotFound),
            Err(AddItContactError::Exists) => wrong.note("email", "belongs to a contact already"),
            Err(AddItContactError::Store(error)) => return Err(error.into()),
        }
    }
    let (place, status) = ((environment, organization_id), StatusCode::UNPROCESSABLE_ENTITY);
    render(&dashboard, &operator, place, status, &Wanted::default(), raw, &wrong).await
}

/// Removes one, with the invitation they may hold.
pub(super) async fn remove(
    dashboard: Data<Dashboard>,
    Signed { operator, .. }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization_id) = operator.place(&path.0, &path.1)?;
    let contact_id: ItContactId = id(&path.2)?;
    let caller = operator.caller(&dashboard, environment.id).await?;
    let command = ItContactCommand { caller, organization_id, contact_id };
    match dashboard.app.run(DeleteItContact { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(()) => Ok(see_other(&href(environment, organization_id, Done::ContactRemoved))),
        Err(ItContactError::Unknown) => Err(Failure::NotFound),
        Err(ItContactError::Store(error)) => Err(error.into()),
    }
}

/// Mails one a link for single sign-on.
pub(super) async fn invite(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, organization_id) = operator.place(&path.0, &path.1)?;
    let contact_id: ItContactId = id(&path.2)?;
    let command = InviteItContactCommand {
        caller: operator.caller(&dashboard, environment.id).await?,
        organization_id,
        contact_id,
        intents: vec![Intent::Sso],
        language: Language::parse(form.one("language")).ok_or(Failure::Malformed)?,
    };
    match dashboard.app.run(InviteItContact { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&done_href(environment, organization_id, Done::Invited))),
        Err(
            InviteItContactError::Unknown | InviteItContactError::Link(MintLinkError::UnknownOrganization),
        ) => Err(Failure::NotFound),
        Err(InviteItContactError::Link(MintLinkError::LiveLinkExists)) => {
            let mut wrong = Wrong::default();
            wrong.note("email", "cannot be sent a link while another is live: revoke that first");
            let place = (environment, organization_id);
            render(&dashboard, &operator, place, StatusCode::CONFLICT, &Wanted::default(), "", &wrong).await
        }
        // One admin and one intent are within every limit.
        Err(InviteItContactError::Link(MintLinkError::Refused(refused))) => Err(Failure::internal(refused)),
        Err(InviteItContactError::Link(MintLinkError::Store(error))) => Err(error.into()),
    }
}

fn href(environment: &EnvironmentLine, organization: OrganizationId, done: Done) -> String {
    done.after(&Tab::Contacts.href(&organizations::href(environment.id, organization)))
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    (environment, id): (&EnvironmentLine, OrganizationId),
    status: StatusCode,
    wanted: &Wanted,
    typed: &str,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let organization = find(dashboard, environment, id).await?.organization;
    let queries = dashboard.app.store.queries();
    let request = wanted.position.request(ROWS_MAX).map_err(Failure::internal)?;
    let (found, links) = tokio::try_join!(
        queries.it_contacts(environment.id, id, request),
        queries.portal_links(environment.id, id, LINKS_SHOWN),
    )?;
    let href = Tab::Contacts.href(&organizations::href(environment.id, id));
    let Ways { newer_href, older_href } = Ways::from(&found, |contact| contact.id, &href, &[]);
    let field = Field {
        value: typed.to_owned(),
        note: Some("Adding somebody does not send them anything.".into()),
        ..Field::plain("email", "E-mail address", "email")
    };
    let ([email], errors) = wrong.onto([field]);
    let row = |contact: &ItContact| ContactRow {
        href: format!("{href}/{}", contact.id),
        id: contact.id.to_string(),
        email: contact.email.to_string(),
        created_at: Moment::of(contact.created_at),
    };
    let content = ContactsPage {
        shell: operator.shell(environment, Area::Organizations),
        head: head(environment, &organization, Tab::Contacts),
        notice: wanted.shown.words(),
        errors,
        rows: found.items.iter().map(row).collect(),
        live: has_live_link(&links, operator.now),
        languages: Language::ALL.map(|language| (language.as_str(), language.own_name())).into(),
        email,
        newer_href,
        older_href,
        href,
    };
    page(status, &content)
}
