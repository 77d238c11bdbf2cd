//! Setup links.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use time::Duration;
use vestibule_application::ambient::Ambient;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintedLink};
use vestibule_domain::api_key::ApiKeyScope;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::LinkKind;
use vestibule_wire::timestamp::Timestamp;

use super::{check_project, link_refused, parse_contacts, parse_organization};
use crate::api::portal_links::{parse_language, parse_redirects};
use crate::app::App;
use crate::transport::{ApiCaller, Fields, Methods, Posted, Problem, Routes, answer, typed_or_text};

/// Life of a setup link unless given, in minutes.
const LIFE_DEFAULT_MIN: i64 = 5;
/// Longest life of a setup link, in minutes: a week.
const LIFE_MAX_MIN: i64 = 10_080;

/// Mounts the route.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/v1/portal/setup-links", Methods::new().post(create).needing(ApiKeyScope::PortalLinks));
}

/// A link to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateSetupLinkBody {
    /// The environment's id; the key's own when absent.
    project_id: Option<String>,
    /// The organization's id.
    #[schema(required = true)]
    organization_id: Option<String>,
    /// `sso`, or `scim` for directory sync.
    #[schema(required = true)]
    intent: Option<String>,
    /// Where "Back to app" leads: https.
    return_url: Option<String>,
    /// Where a completed set-up leads: https.
    success_url: Option<String>,
    /// Who may use it, at most 20; each is sent the link by e-mail.
    it_contact_emails: Option<Vec<String>>,
    /// The language of these messages: `en`, `de`, `fr`, `es`, `pt` or `ja`; English unless given.
    language: Option<String>,
    /// How long it lives: 1 to 10080 minutes, 5 unless given.
    #[serde(default, deserialize_with = "typed_or_text")]
    expires_in_minutes: Option<i64>,
}

/// A setup link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SetupLinkView {
    /// The address to hand to the IT admin.
    link: String,
    /// When it stops working.
    expires_at: Timestamp,
}

/// Create a setup link
///
/// Like a one-time token, with its life in minutes.
#[utoipa::path(post, path = "/v1/portal/setup-links", tag = "One-time tokens",
    request_body = CreateSetupLinkBody,
    responses(
        (status = 201, description = "The link", body = SetupLinkView),
        (status = 400, description = "An address is refused"),
        (status = 404, description = "`project_not_found` or `organization_not_found`"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateSetupLinkBody>,
) -> Result<HttpResponse, Problem> {
    let command = posted.body.into_command(&api)?;
    let case = MintLink { ambient: app.ambient.clone() };
    let refuse = |error| link_refused(error, "expires_in_minutes");
    posted.once.run(&app, case, command, view, refuse).await
}

impl CreateSetupLinkBody {
    fn into_command(self, api: &ApiCaller) -> Result<MintLinkCommand, Problem> {
        check_project(api, self.project_id.as_deref())?;
        let mut fields = Fields::new();
        let organization = fields.required("organization_id", self.organization_id, Ok::<_, String>);
        let intent = fields.required("intent", self.intent, |raw| match raw.as_str() {
            "sso" => Ok(Intent::Sso),
            "scim" => Ok(Intent::Dsync),
            _ => Err("must be sso or scim"),
        });
        let minutes = fields.optional("expires_in_minutes", self.expires_in_minutes, |minutes| {
            if (1..=LIFE_MAX_MIN).contains(&minutes) {
                Ok(minutes)
            } else {
                Err(format!("must be between 1 and {LIFE_MAX_MIN}"))
            }
        });
        let contacts = parse_contacts(&mut fields, self.it_contact_emails);
        let language = fields.optional("language", self.language, |raw| parse_language(&raw));
        let (Some(organization), Some(intent)) = (organization, intent) else {
            return Err(fields.into_problem());
        };
        fields.finish()?;
        Ok(MintLinkCommand {
            caller: api.caller.clone(),
            organization_id: parse_organization(&organization)?,
            kind: LinkKind::Token,
            intents: vec![intent],
            redirects: parse_redirects(self.return_url, self.success_url, api.environment_kind())?,
            admins: contacts.clone(),
            mail_to: contacts,
            language: language.unwrap_or_default(),
            external_user_id: None,
            provider_hint: None,
            life: Some(Duration::minutes(minutes.unwrap_or(LIFE_DEFAULT_MIN))),
        })
    }
}

fn view(minted: &MintedLink, _: &Ambient) -> Answer {
    answer(
        StatusCode::CREATED,
        &SetupLinkView { link: minted.url.clone(), expires_at: minted.link.expires_at.into() },
    )
}
