//! IT contacts of an organization and their invitations.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::Ambient;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::add_it_contact::{AddItContact, AddItContactCommand, AddItContactError};
use vestibule_application::usecases::delete_it_contact::{DeleteItContact, ItContactCommand, ItContactError};
use vestibule_application::usecases::invite_it_contact::{
    InviteItContact, InviteItContactCommand, InviteItContactError,
};
use vestibule_application::usecases::mint_link::MintLinkError;
use vestibule_application::usecases::revoke_invitation::RevokeInvitation;
use vestibule_domain::api_key::ApiKeyScope;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::ItContactId;
use vestibule_domain::intent::Intent;
use vestibule_domain::it_contact::ItContact;
use vestibule_wire::timestamp::Timestamp;

use super::organizations;
use super::portal_links::{link_refused, parse_language};
use crate::app::App;
use crate::transport::{
    ApiCaller, Fields, List, Listing, Methods, Nothing, PageParams, Params, Posted, Problem, Routes, answer,
    named, nothing,
};

/// The word for people.
const ENTITY: &str = "IT contact";

/// What a contact can be invited to. Links call the second one `dsync`; here it is spelled out.
const INVITATIONS: [(&str, Intent); 4] = [
    ("sso", Intent::Sso),
    ("directory_sync", Intent::Dsync),
    ("log_streams", Intent::LogStreams),
    ("domain_verification", Intent::DomainVerification),
];

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/organizations/{id}/it_contacts", Methods::new().get(list).post(create));
    routes.api("/organizations/{id}/it_contacts/{contact}", Methods::new().delete(delete));
    routes.api(
        "/organizations/{id}/it_contacts/{contact}/invite",
        Methods::new().post(invite).needing(ApiKeyScope::PortalLinks),
    );
    routes.api(
        "/organizations/{id}/it_contacts/{contact}/revoke",
        Methods::new().post(revoke).needing(ApiKeyScope::PortalLinks),
    );
}

/// A person at the customer who sets things up.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ItContactView {
    /// Always `it_contact`.
    #[schema(value_type = String, example = "it_contact")]
    object: &'static str,
    /// `it_contact_…`
    id: String,
    /// Their address.
    email: String,
    /// When they were added.
    created_at: Timestamp,
    /// When they were last changed.
    updated_at: Timestamp,
}

impl ItContactView {
    fn new(contact: &ItContact) -> Self {
        Self {
            object: "it_contact",
            id: contact.id.to_string(),
            email: contact.email.to_string(),
            created_at: contact.created_at.into(),
            updated_at: contact.updated_at.into(),
        }
    }
}

/// A contact to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateItContactBody {
    /// Their address.
    #[schema(required = true)]
    email: Option<String>,
}

/// What a contact is invited to.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct InviteBody {
    /// One or more of `sso`, `directory_sync`, `log_streams`, `domain_verification`.
    #[schema(required = true)]
    intents: Option<Vec<String>>,
    /// The language of the message: `en`, `de`, `fr`, `es`, `pt` or `ja`; English unless given.
    language: Option<String>,
}

/// List an organization's IT contacts
#[utoipa::path(get, path = "/organizations/{id}/it_contacts", tag = "IT contacts",
    params(("id" = String, Path, description = "The organization's id"), PageParams),
    responses(
        (status = 200, description = "A page", body = List<ItContactView>),
        (status = 404, description = "No such organization"),
    ))]
pub(crate) async fn list(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let listing: Listing<ItContactId> = params.listing(&mut fields);
    fields.finish()?;
    let organization = named(organizations::ENTITY, &path)?;
    let page = app.store.queries().it_contacts(api.environment_id(), organization, listing.page).await?;
    if page.items.is_empty() {
        // Only an empty page leaves it open whether there is such an organization.
        organizations::find(&app, &api, &path).await?;
    }
    let id = |contact: &ItContact| contact.id.to_string();
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, |contact| ItContactView::new(&contact))))
}

/// Add an IT contact
#[utoipa::path(post, path = "/organizations/{id}/it_contacts", tag = "IT contacts",
    params(("id" = String, Path, description = "The organization's id")),
    request_body = CreateItContactBody,
    responses(
        (status = 201, description = "The contact", body = ItContactView),
        (status = 404, description = "No such organization"),
        (status = 409, description = "There is one with this address: `it_contact_already_exists`"),
        (status = 422, description = "The address is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    posted: Posted<CreateItContactBody>,
) -> Result<HttpResponse, Problem> {
    let organization_id = named(organizations::ENTITY, &path)?;
    let mut fields = Fields::new();
    let email = fields.required("email", posted.body.email, |raw| EmailAddress::parse(&raw));
    let Some(email) = email else { return Err(fields.into_problem()) };
    let command = AddItContactCommand { caller: api.caller, organization_id, email };
    let case = AddItContact { ambient: app.ambient.clone() };
    posted
        .once
        .run(&app, case, command, created, |error| match error {
            AddItContactError::UnknownOrganization => Problem::entity_not_found(organizations::ENTITY, &path),
            AddItContactError::Exists => Problem::conflict(
                "it_contact_already_exists",
                "The organization has an IT contact with this address.",
            ),
            AddItContactError::Store(error) => error.into(),
        })
        .await
}

/// Delete an IT contact
///
/// An invitation that names them is withdrawn, and the visits it opened end.
#[utoipa::path(delete, path = "/organizations/{id}/it_contacts/{contact}", tag = "IT contacts",
    params(
        ("id" = String, Path, description = "The organization's id"),
        ("contact" = String, Path, description = "The contact's id"),
    ),
    responses(
        (status = 204, description = "They are gone"),
        (status = 404, description = "No such contact"),
    ))]
pub(crate) async fn delete(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let command = command(api, &path)?;
    let case = DeleteItContact { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| contact_refused(error, &path.1))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Invite an IT contact
///
/// Mails them a setup link that names them and lives for 30 days. An organization has at most one
/// live setup link.
#[utoipa::path(post, path = "/organizations/{id}/it_contacts/{contact}/invite", tag = "IT contacts",
    params(
        ("id" = String, Path, description = "The organization's id"),
        ("contact" = String, Path, description = "The contact's id"),
    ),
    request_body = InviteBody,
    responses(
        (status = 204, description = "The message is on its way"),
        (status = 404, description = "No such contact"),
        (status = 409, description = "There is a live one: `it_contact_invitation_already_active`"),
        (status = 422, description = "The intents are missing or wrong"),
    ))]
pub(crate) async fn invite(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
    posted: Posted<InviteBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let language = fields.optional("language", posted.body.language, |raw| parse_language(&raw));
    fields.finish()?;
    let intents = parse_intents(posted.body.intents)?;
    let ItContactCommand { caller, organization_id, contact_id } = command(api, &path)?;
    let command = InviteItContactCommand {
        caller,
        organization_id,
        contact_id,
        intents,
        language: language.unwrap_or_default(),
    };
    let case = InviteItContact { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, nothing, |error| invitation_refused(error, &path.1)).await
}

/// Revoke an IT contact's invitation
///
/// Withdraws the setup link that names them and ends the visits it opened; nothing happens if there
/// is none.
#[utoipa::path(post, path = "/organizations/{id}/it_contacts/{contact}/revoke", tag = "IT contacts",
    params(
        ("id" = String, Path, description = "The organization's id"),
        ("contact" = String, Path, description = "The contact's id"),
    ),
    responses(
        (status = 204, description = "No invitation of theirs works any more"),
        (status = 404, description = "No such contact"),
    ))]
pub(crate) async fn revoke(
    app: Data<App>,
    api: ApiCaller,
    path: Path<(String, String)>,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = command(api, &path)?;
    let case = RevokeInvitation { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, nothing, |error| contact_refused(error, &path.1)).await
}

fn command(api: ApiCaller, path: &(String, String)) -> Result<ItContactCommand, Problem> {
    Ok(ItContactCommand {
        caller: api.caller,
        organization_id: named(organizations::ENTITY, &path.0)?,
        contact_id: named(ENTITY, &path.1)?,
    })
}

fn parse_intents(raw: Option<Vec<String>>) -> Result<Vec<Intent>, Problem> {
    let mut fields = Fields::new();
    let words = INVITATIONS.map(|(word, _)| word).join(", ");
    let intents = fields.each("intents", raw.unwrap_or_default(), |raw| {
        let known = INVITATIONS.into_iter().find(|(word, _)| *word == raw);
        known.map(|(_, intent)| intent).ok_or(format!("must be one of {words}"))
    });
    fields.finish()?;
    if intents.is_empty() {
        let mut fields = Fields::new();
        fields.missing("intents");
        return Err(fields.into_problem());
    }
    Ok(intents)
}

fn created(contact: &ItContact, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &ItContactView::new(contact))
}

fn contact_refused(error: ItContactError, id: &str) -> Problem {
    match error {
        ItContactError::Unknown => Problem::entity_not_found(ENTITY, id),
        ItContactError::Store(error) => error.into(),
    }
}

fn invitation_refused(error: InviteItContactError, id: &str) -> Problem {
    match error {
        InviteItContactError::Unknown => Problem::entity_not_found(ENTITY, id),
        InviteItContactError::Link(MintLinkError::LiveLinkExists) => Problem::conflict(
            "it_contact_invitation_already_active",
            "The organization has a live invitation; revoke it first.",
        ),
        InviteItContactError::Link(
            error
            @ (MintLinkError::UnknownOrganization | MintLinkError::Refused(_) | MintLinkError::Store(_)),
        ) => link_refused(error),
    }
}
