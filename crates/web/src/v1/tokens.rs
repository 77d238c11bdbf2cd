//! One-time tokens: links that live until their first successful save.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use time::Duration;
use vestibule_application::ambient::Ambient;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintedLink};
use vestibule_application::usecases::revoke_link::{RevokeLink, RevokeLinkCommand, RevokeLinkError};
use vestibule_domain::api_key::ApiKeyScope;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::{LinkKind, LinkUnusable};
use vestibule_wire::timestamp::Timestamp;

use super::{check_project, link_refused, parse_contacts, parse_organization};
use crate::api::portal_links::{parse_intent, parse_language, parse_redirects};
use crate::app::App;
use crate::transport::{ApiCaller, Fields, Methods, Params, Posted, Problem, Routes, answer, typed_or_text};

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/v1/sso/admin-portal/tokens", Methods::new().post(create).needing(ApiKeyScope::PortalLinks));
    routes.api(
        "/v1/sso/admin-portal/tokens/{id}",
        Methods::new().delete(delete).needing(ApiKeyScope::PortalLinks),
    );
}

/// A token to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateTokenBody {
    /// The environment's id; the key's own when absent.
    project_id: Option<String>,
    /// The organization's id.
    #[schema(required = true)]
    organization_id: Option<String>,
    /// How long it lives: 60 to 2592000 seconds, a day unless given.
    #[serde(default, deserialize_with = "typed_or_text")]
    expires_in_seconds: Option<i64>,
    /// What it is for; `sso` unless given.
    intent: Option<String>,
    /// Where "Back to app" leads: https.
    return_url: Option<String>,
    /// Where a completed set-up leads: https.
    success_url: Option<String>,
    /// Who may use it, at most 20; each is sent the link by e-mail.
    it_contact_emails: Option<Vec<String>>,
    /// The language of these messages: `en`, `de`, `fr`, `es`, `pt` or `ja`; English unless given.
    language: Option<String>,
}

/// A token. Its plaintext is in this answer only.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct TokenView {
    /// `portal_link_…`
    id: String,
    /// The secret itself: `vpt_…`
    token: String,
    /// The address that holds it.
    url: String,
    /// `org_…`
    organization_id: String,
    /// `environment_…`
    project_id: String,
    /// What it is for.
    intent: &'static str,
    /// When it stops working.
    expires_at: Timestamp,
    /// When it was made.
    created_at: Timestamp,
}

/// Create a one-time token
///
/// It renders the portal any number of times, until the first successful save consumes it.
#[utoipa::path(post, path = "/v1/sso/admin-portal/tokens", tag = "One-time tokens",
    request_body = CreateTokenBody,
    responses(
        (status = 201, description = "The token", body = TokenView),
        (status = 400, description = "An address is refused"),
        (status = 404, description = "`project_not_found` or `organization_not_found`"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateTokenBody>,
) -> Result<HttpResponse, Problem> {
    let command = posted.body.into_command(&api)?;
    let case = MintLink { ambient: app.ambient.clone() };
    let refuse = |error| link_refused(error, "expires_in_seconds");
    posted.once.run(&app, case, command, view, refuse).await
}

impl CreateTokenBody {
    fn into_command(self, api: &ApiCaller) -> Result<MintLinkCommand, Problem> {
        check_project(api, self.project_id.as_deref())?;
        let mut fields = Fields::new();
        let organization = fields.required("organization_id", self.organization_id, Ok::<_, String>);
        let intent = fields.optional("intent", self.intent, |raw| parse_intent(&raw));
        let contacts = parse_contacts(&mut fields, self.it_contact_emails);
        let language = fields.optional("language", self.language, |raw| parse_language(&raw));
        let Some(organization) = organization else { return Err(fields.into_problem()) };
        fields.finish()?;
        Ok(MintLinkCommand {
            caller: api.caller.clone(),
            organization_id: parse_organization(&organization)?,
            kind: LinkKind::Token,
            intents: vec![intent.unwrap_or(Intent::Sso)],
            redirects: parse_redirects(self.return_url, self.success_url, api.environment_kind())?,
            admins: contacts.clone(),
            mail_to: contacts,
            language: language.unwrap_or_default(),
            external_user_id: None,
            provider_hint: None,
            life: self.expires_in_seconds.map(Duration::seconds),
        })
    }
}

fn view(minted: &MintedLink, _: &Ambient) -> Answer {
    let link = &minted.link;
    answer(
        StatusCode::CREATED,
        &TokenView {
            id: link.id.to_string(),
            token: minted.token.expose().to_owned(),
            url: minted.url.clone(),
            organization_id: link.organization_id.to_string(),
            project_id: link.environment_id.to_string(),
            // A token has exactly one intent.
            intent: link.intents.first().map_or("", |intent| intent.as_str()),
            expires_at: link.expires_at.into(),
            created_at: link.created_at.into(),
        },
    )
}

/// Delete a one-time token
///
/// Withdraws a token that is not consumed, and ends the visits it opened.
#[utoipa::path(delete, path = "/v1/sso/admin-portal/tokens/{id}", tag = "One-time tokens",
    params(
        ("id" = String, Path, description = "The token's id: `portal_link_…`"),
        ("project_id" = Option<String>, Query, description = "The environment's id"),
    ),
    responses(
        (status = 204, description = "It works no more"),
        (status = 404, description = "`project_not_found` or `token_not_found`"),
        (status = 410, description = "`token_consumed` or `token_revoked`"),
    ))]
pub(crate) async fn delete(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    check_project(&api, params.one("project_id"))?;
    let link_id = path.parse().map_err(|_| token_not_found())?;
    let command = RevokeLinkCommand { caller: api.caller, link_id };
    let case = RevokeLink { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        RevokeLinkError::Unknown => token_not_found(),
        RevokeLinkError::Unusable(unusable) => token_unusable(unusable),
        RevokeLinkError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::NoContent().finish())
}

fn token_not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is no such token.").with_code("token_not_found")
}

/// What becomes of whoever comes with a token that works no more.
pub(crate) fn token_unusable(unusable: LinkUnusable) -> Problem {
    let (code, message) = match unusable {
        LinkUnusable::Consumed => ("token_consumed", "The token was already used."),
        LinkUnusable::Expired => ("token_expired", "The token has expired."),
        LinkUnusable::Revoked => ("token_revoked", "The token was withdrawn."),
    };
    Problem::new(StatusCode::GONE, message).with_code(code)
}
