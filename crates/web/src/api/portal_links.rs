//! Links into the portal out of the vendor's app.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::Ambient;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintLinkError, MintedLink};
use vestibule_application::usecases::revoke_links_of_user::{
    RevokeLinksOfUser, RevokeLinksOfUserCommand, RevokeLinksOfUserError,
};
use vestibule_domain::api_key::ApiKeyScope;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::{LINK_ADMINS_MAX, LinkKind, LinkRefused};
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;

use crate::app::App;
use crate::transport::{
    ApiCaller, FieldError, Fields, Methods, Posted, Problem, Routes, answer, named, nothing,
};

/// The entry of the catalogue behind the one provider type that links can name.
const GOOGLE_SAML: &str = "google-workspace-saml";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/portal/generate_link", Methods::new().post(generate_link).needing(ApiKeyScope::PortalLinks));
    routes.api("/portal/revoke_link", Methods::new().post(revoke_link).needing(ApiKeyScope::PortalLinks));
}

/// What a link is to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct GenerateLinkBody {
    /// The organization's id.
    #[schema(required = true, example = "org_01EHZNVPK3SFK441A1RGBFSHRT")]
    organization: Option<String>,
    /// What the link is for; absent means the portal's home. One of `sso`, `dsync`,
    /// `domain_verification`, `audit_logs`, `log_streams`, `certificate_renewal`.
    intent: Option<String>,
    /// Where "Back to app" leads. https; http only for loopback hosts in a sandbox environment.
    return_url: Option<String>,
    /// Where a completed set-up leads. As `return_url`.
    success_url: Option<String>,
    /// More about the intent.
    intent_options: Option<IntentOptionsBody>,
    /// The admins allowed in, at most 20.
    admin_emails: Option<Vec<String>>,
    /// The IT contacts allowed in, at most 20 together with `admin_emails`.
    it_contact_emails: Option<Vec<String>>,
    /// The vendor's user behind the link; `POST /portal/revoke_link` withdraws by it.
    external_user_id: Option<String>,
}

/// More about the intent of a link.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct IntentOptionsBody {
    /// About single sign-on.
    sso: Option<SsoOptionsBody>,
}

/// More about single sign-on.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct SsoOptionsBody {
    /// The provider to start with: `GoogleSAML`. Other values are ignored.
    provider_type: Option<String>,
}

/// A link.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct LinkView {
    /// The address to send the admin's browser to, at once: it works once, for five minutes.
    link: String,
}

/// Generate a portal link
///
/// For an immediate redirect out of the vendor's app. The link works once, for five minutes.
#[utoipa::path(post, path = "/portal/generate_link", tag = "Portal", request_body = GenerateLinkBody,
    responses(
        (status = 201, description = "The link", body = LinkView),
        (status = 400, description = "An address is refused, or a production environment has no way back"),
        (status = 404, description = "No such organization"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn generate_link(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<GenerateLinkBody>,
) -> Result<HttpResponse, Problem> {
    let command = posted.body.into_command(&api)?;
    let case = MintLink { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, link_view, link_refused).await
}

impl GenerateLinkBody {
    fn into_command(self, api: &ApiCaller) -> Result<MintLinkCommand, Problem> {
        let mut fields = Fields::new();
        let intent = fields.optional("intent", self.intent, |raw| parse_intent(&raw));
        let mut admins = fields.each("admin_emails", self.admin_emails.unwrap_or_default(), parse_email);
        let contacts = self.it_contact_emails.unwrap_or_default();
        admins.extend(fields.each("it_contact_emails", contacts, parse_email));
        admins.sort_unstable();
        admins.dedup();
        let external_user_id =
            fields.optional("external_user_id", self.external_user_id, |raw| Name::parse(&raw));
        let Some(organization) = self.organization else {
            fields.missing("organization");
            return Err(fields.into_problem());
        };
        fields.finish()?;
        let provider = self.intent_options.and_then(|options| options.sso?.provider_type);
        Ok(MintLinkCommand {
            caller: api.caller.clone(),
            organization_id: named("Organization", &organization)?,
            kind: LinkKind::Launch,
            intents: intent.into_iter().collect(),
            redirects: parse_redirects(self.return_url, self.success_url, api.environment_kind())?,
            admins,
            mail_to: Vec::new(),
            language: Language::default(),
            external_user_id,
            provider_hint: provider.filter(|name| name == "GoogleSAML").map(|_| GOOGLE_SAML.to_owned()),
            life: None,
        })
    }
}

/// Reads the language of a message; a region makes no difference.
pub(crate) fn parse_language(raw: &str) -> Result<Language, String> {
    let tags = || Language::ALL.map(Language::as_str).join(", ");
    Language::parse(raw).ok_or_else(|| format!("must be one of {}", tags()))
}

/// Reads the word for an intent.
pub(crate) fn parse_intent(raw: &str) -> Result<Intent, String> {
    Intent::parse(raw).ok_or_else(|| {
        let words = Intent::ALL.map(Intent::as_str);
        format!("must be one of {}", words.join(", "))
    })
}

fn parse_email(raw: String) -> Result<EmailAddress, vestibule_domain::email::EmailError> {
    EmailAddress::parse(&raw)
}

/// Reads the redirects of a link. A refused address is 400, as the contract has it, and names its
/// field and the reason.
pub(crate) fn parse_redirects(
    return_url: Option<String>,
    success_url: Option<String>,
    environment: EnvironmentKind,
) -> Result<LinkRedirects, Problem> {
    let parse = |field: &'static str, raw: Option<String>| {
        raw.filter(|raw| !raw.is_empty())
            .map(|raw| {
                ReturnUrl::parse(&raw, environment).map_err(|error| {
                    let error = FieldError {
                        code: format!("{field}_invalid").into(),
                        field: field.to_owned(),
                        message: error.to_string(),
                    };
                    Problem::bad_request(format!("{error}."))
                        .with_code("invalid_redirect_url")
                        .with_errors(vec![error])
                })
            })
            .transpose()
    };
    Ok(LinkRedirects {
        return_url: parse("return_url", return_url)?,
        success_url: parse("success_url", success_url)?,
    })
}

fn link_view(minted: &MintedLink, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &LinkView { link: minted.url.clone() })
}

/// The refusal of a link.
pub(super) fn link_refused(error: MintLinkError) -> Problem {
    match error {
        MintLinkError::UnknownOrganization => {
            Problem::new(StatusCode::NOT_FOUND, "Organization not found.").with_code("entity_not_found")
        }
        MintLinkError::Refused(LinkRefused::TooManyAdmins) => {
            let mut fields = Fields::new();
            fields.wrong("admin_emails", format_args!("must have at most {LINK_ADMINS_MAX} addresses"));
            fields.into_problem()
        }
        MintLinkError::Refused(
            refused @ (LinkRefused::Life { .. } | LinkRefused::Intents(_) | LinkRefused::NoWayBack),
        ) => Problem::bad_request(sentence(&refused)),
        MintLinkError::LiveLinkExists => {
            Problem::conflict("live_link_exists", "The organization already has a live setup link.")
        }
        MintLinkError::Store(error) => error.into(),
    }
}

/// A refusal of the domain as a sentence of its own.
fn sentence(refused: &LinkRefused) -> String {
    let text = refused.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// Whose links are to be withdrawn.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct RevokeLinkBody {
    /// The organization's id.
    #[schema(required = true, example = "org_01EHZNVPK3SFK441A1RGBFSHRT")]
    organization: Option<String>,
    /// The vendor's user that the links were made with.
    #[schema(required = true)]
    external_user_id: Option<String>,
}

/// Revoke a user's portal links
///
/// Withdraws every link made with the user's id for the organization and ends the portal sessions
/// they opened. Links made without a user's id are untouched.
#[utoipa::path(post, path = "/portal/revoke_link", tag = "Portal", request_body = RevokeLinkBody,
    responses(
        (status = 204, description = "Nothing of that user works any more"),
        (status = 404, description = "No such organization"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn revoke_link(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<RevokeLinkBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let organization = fields.required("organization", posted.body.organization, Ok::<_, String>);
    let user = fields.required("external_user_id", posted.body.external_user_id, |raw| Name::parse(&raw));
    let (Some(organization), Some(external_user_id)) = (organization, user) else {
        return Err(fields.into_problem());
    };
    let command = RevokeLinksOfUserCommand {
        caller: api.caller,
        organization_id: named("Organization", &organization)?,
        external_user_id,
    };
    let case = RevokeLinksOfUser { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, nothing, revocation_refused).await
}

fn revocation_refused(error: RevokeLinksOfUserError) -> Problem {
    match error {
        RevokeLinksOfUserError::UnknownOrganization => {
            Problem::new(StatusCode::NOT_FOUND, "Organization not found.").with_code("entity_not_found")
        }
        RevokeLinksOfUserError::Store(error) => error.into(),
    }
}
