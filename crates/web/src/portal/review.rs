//! Showing what was understood, and saving it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::usecases::save_connection::{
    SaveConnection, SaveConnectionCommand, SaveConnectionError,
};
use vestibule_catalog::{FieldKey, Provider};
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::ProtocolSettings;
use vestibule_domain::email::{EmailAddress, EmailError};
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::portal_session::{Candidate, CandidateData};
use vestibule_domain::saml::{SsoBinding, SsoEndpoint};
use vestibule_domain::url::HttpsUrl;
use vestibule_words::{Day, Piece, Text};

use super::Portal;
use super::accept::wants_json;
use super::answer::{page, see_other};
use super::cookie::TYPED;
use super::failure::{Failure, FailureKind};
use super::view::frame::{ErrorLink, Field, field_id};
use super::view::review::{CertificateView, DataView, FactView, ReviewPage};
use super::visitor::{CONNECTION, DONE, REVIEW, SetUp, Visitor};
use super::walk::{NoticeQuery, asking_step, guide, step_href};
use super::words::{self, Notice, faults};

/// The field of the admin's address.
const ADMIN_EMAIL: &str = "admin_email";

/// Shows what was understood.
pub(super) async fn show(
    portal: Data<Portal>,
    visitor: Visitor,
    query: Query<NoticeQuery>,
) -> Result<HttpResponse, Failure> {
    let notice = Notice::text_of(query.notice.as_deref());
    match content(&portal, &visitor, email_field(&visitor), notice)? {
        Ok(content) => page(&portal, StatusCode::OK, &content),
        Err(place) => Ok(see_other(&place)),
    }
}

/// The form of the review.
#[derive(Deserialize)]
pub(super) struct SaveForm {
    form_token: Option<String>,
    revision: String,
    admin_email: Option<String>,
}

/// Saves what was shown.
pub(super) async fn save(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<SaveForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let raw = form.admin_email.as_deref().unwrap_or_default();
    let set_up_by = match EmailAddress::parse(raw) {
        Ok(address) => Some(address),
        Err(EmailError::Empty) => None,
        Err(error) => {
            let field = Field {
                value: raw.to_owned(),
                error: Some(faults::email(error).into()),
                ..email_field(&visitor)
            };
            return match content(&portal, &visitor, field, None)? {
                Ok(content) => page(&portal, StatusCode::UNPROCESSABLE_ENTITY, &content),
                Err(place) => Ok(see_other(&place)),
            };
        }
    };
    let form = form.into_inner();
    let command = SaveConnectionCommand { session: visitor.digest(), revision: form.revision, set_up_by };
    match portal.app.run(SaveConnection { ambient: portal.app.ambient.clone() }, command).await {
        Ok(_) => {
            let mut answer = see_other(DONE);
            answer.add_cookie(&TYPED.remove(&portal.app.settings)).map_err(Failure::internal)?;
            Ok(answer)
        }
        Err(SaveConnectionError::Visit(error)) => Err(visitor.fail(error)),
        // The data was read for another protocol or provider than is picked by now.
        Err(SaveConnectionError::Stale | SaveConnectionError::Refused(_)) => {
            Ok(see_other(&format!("{REVIEW}?notice={}", Notice::Stale.as_str())))
        }
        Err(SaveConnectionError::AlreadyConnected) if wants_json(&request) => {
            Err(visitor.fail(FailureKind::AlreadyConnected))
        }
        Err(SaveConnectionError::AlreadyConnected) => {
            super::connection::already_connected(&portal, &visitor).await
        }
    }
}

fn email_field(visitor: &Visitor) -> Field {
    let known = visitor.visit.session.admin.as_ref().map(|admin| admin.email().to_string());
    Field {
        value: known.unwrap_or_default(),
        optional: true,
        note: Some("Kept with the connection, so that people know whom to ask about it.".into()),
        ..Field::plain(ADMIN_EMAIL, "Your e-mail address", "email")
    }
}

/// The page; or where to go, since there is nothing to review.
fn content(
    portal: &Portal,
    visitor: &Visitor,
    email: Field,
    notice: Option<Text>,
) -> Result<Result<ReviewPage, String>, Failure> {
    if visitor.may_set_up()? == SetUp::Over {
        return Ok(Err(DONE.to_owned()));
    }
    let provider = visitor.visit.connection.as_ref().and_then(|connection| guide(portal, connection));
    let (Some(provider), Some(candidate)) = (provider, &visitor.visit.session.progress.candidate) else {
        let place = if visitor.complete().is_some() { CONNECTION } else { "/portal/sso/steps" };
        return Ok(Err(place.to_owned()));
    };
    Ok(Ok(ReviewPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        provider: provider.product().to_owned(),
        replaces: visitor.complete().is_some(),
        data: candidate_data(candidate, visitor.now),
        warnings: warnings(provider, candidate, visitor.now),
        revision: candidate.revision.clone(),
        errors: email
            .error
            .iter()
            .map(|text| ErrorLink { field_id: field_id(ADMIN_EMAIL), text: text.clone() })
            .collect(),
        email,
        back_href: step_href(asking_step(provider)),
        notice,
    }))
}

/// Values that do not look as this provider's usually do. They are taken: facts about consoles age.
fn warnings(provider: &Provider, candidate: &Candidate, now: Instant) -> Vec<String> {
    let values: Vec<(FieldKey, &str)> = match &candidate.data {
        CandidateData::Saml { metadata_url, idp } => {
            let url = metadata_url.as_ref().map(|url| (FieldKey::IdpMetadataUrl, url.as_str()));
            url.into_iter().chain([(FieldKey::IdpEntityId, idp.entity_id.as_str())]).collect()
        }
        CandidateData::Oidc(client) => vec![
            (FieldKey::Issuer, client.provider.issuer.as_str()),
            (FieldKey::ClientId, client.client_id.as_str()),
        ],
    };
    let mut warnings: Vec<String> = values
        .into_iter()
        .filter_map(|(key, value)| {
            let field = provider.field(key).filter(|field| field.fixed_value.is_none())?;
            let unusual = field.pattern.as_ref().is_some_and(|pattern| !pattern.matches(value));
            unusual.then(|| {
                let example = field
                    .example
                    .as_deref()
                    .map(|example| format!(" Usually it looks like {example}."))
                    .unwrap_or_default();
                format!("“{}” looks unusual for {}: {value}.{example}", field.label, provider.product())
            })
        })
        .collect();
    if let CandidateData::Saml { idp, .. } = &candidate.data
        && idp.valid_until.is_some_and(|until| until < now)
    {
        warnings.push("The metadata says that it is out of date. Download it again, if your provider offers a newer one.".to_owned());
    }
    warnings
}

fn candidate_data(candidate: &Candidate, now: Instant) -> DataView {
    match &candidate.data {
        CandidateData::Saml { idp, metadata_url } => saml_data(
            idp.entity_id.as_str(),
            [&idp.sso, &idp.slo],
            metadata_url.as_ref(),
            idp.signing_certificates.iter(),
            now,
        ),
        CandidateData::Oidc(client) => oidc_data(client),
    }
}

/// What a connection consists of.
pub(super) fn settings_data(settings: &ProtocolSettings, now: Instant) -> DataView {
    let nothing = DataView { facts: Vec::new(), certificates: Vec::new() };
    match settings {
        ProtocolSettings::Saml(saml) => saml.idp.as_ref().map_or(nothing, |idp| {
            let certificates = idp.signing_certificates.iter().map(|trusted| &trusted.certificate);
            saml_data(
                idp.entity_id.as_str(),
                [&idp.sso, &idp.slo],
                idp.metadata_url.as_ref(),
                certificates,
                now,
            )
        }),
        ProtocolSettings::Oidc(oidc) => oidc.client.as_ref().map_or(nothing, oidc_data),
    }
}

fn fact(name: &str, value: impl Into<Piece>) -> FactView {
    FactView { name: name.into(), value: value.into(), code: true }
}

fn saml_data<'a>(
    entity_id: &str,
    [sso, slo]: [&[SsoEndpoint]; 2],
    metadata_url: Option<&HttpsUrl>,
    certificates: impl Iterator<Item = &'a Certificate>,
    now: Instant,
) -> DataView {
    let sign_in = |endpoint: &SsoEndpoint| {
        let name = match endpoint.binding {
            SsoBinding::Redirect => "Sign-in address (redirect)",
            SsoBinding::Post => "Sign-in address (POST)",
        };
        fact(name, endpoint.url.as_str())
    };
    let sign_out = |endpoint: &SsoEndpoint| {
        let name = match endpoint.binding {
            SsoBinding::Redirect => "Sign-out address (redirect)",
            SsoBinding::Post => "Sign-out address (POST)",
        };
        fact(name, endpoint.url.as_str())
    };
    let facts = [fact("Entity ID", entity_id)]
        .into_iter()
        .chain(sso.iter().map(sign_in))
        .chain(slo.iter().map(sign_out))
        .chain(metadata_url.map(|url| fact("Metadata read from", url.as_str())))
        .collect();
    let certificates = certificates
        .map(|certificate| CertificateView {
            subject: certificate.subject.clone(),
            not_before: Day::of(certificate.not_before),
            not_after: Day::of(certificate.not_after),
            key: words::key(certificate.key),
            fingerprint: words::fingerprint(certificate),
            warnings: words::certificate_warnings(certificate, now),
        })
        .collect();
    DataView { facts, certificates }
}

fn oidc_data(client: &OidcClient) -> DataView {
    let provider = &client.provider;
    let plain = |name: &str, value: String| FactView { name: name.into(), value: value.into(), code: false };
    let methods: Vec<&str> = provider.token_auth_methods.iter().map(|method| method.as_str()).collect();
    let facts = [
        fact("Issuer", provider.issuer.as_str()),
        fact("Client ID", client.client_id.as_str()),
        plain(
            "Client secret",
            if client.client_secret.is_some() { "Kept sealed, never shown again" } else { "None" }.to_owned(),
        ),
        fact("Sign-in address", provider.authorization_endpoint.as_str()),
        fact("Token address", provider.token_endpoint.as_str()),
        fact("Key set", provider.jwks_uri.as_str()),
    ]
    .into_iter()
    .chain(provider.userinfo_endpoint.as_ref().map(|url| fact("Userinfo address", url.as_str())))
    .chain([fact("Authentication methods that we share", methods.join(", "))])
    .chain(client.discovery_url.as_ref().map(|url| fact("Discovery read from", url.as_str())))
    .collect();
    DataView { facts, certificates: Vec::new() }
}
