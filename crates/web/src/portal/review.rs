//! Showing what was understood, and saving it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use vestibule_application::usecases::save_connection::{
    SaveConnection, SaveConnectionCommand, SaveConnectionError, settings_with,
};
use vestibule_application::usecases::update_connection::AttributeMapChange;
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::ProtocolSettings;
use vestibule_domain::email::{EmailAddress, EmailError};
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::portal_session::{Candidate, CandidateData};
use vestibule_domain::saml::{SsoBinding, SsoEndpoint};
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_domain::url::HttpsUrl;
use vestibule_words::{Day, Piece, Text, text};

use super::Portal;
use super::accept::wants_json;
use super::answer::{page, see_other};
use super::attributes::{AttributeForm, Refused, Stage, Typed, errors};
use super::cautions::Judge;
use super::cookie::TYPED;
use super::failure::{Failure, FailureKind};
use super::language::Spoken;
use super::test_sign_in::{send_off, with_test};
use super::view::frame::Field;
use super::view::review::{CertificateView, DataView, FactView, OtherView, ReviewPage};
use super::visitor::{CONNECTION, DONE, REVIEW, SetUp, Visitor};
use super::walk::{NoticeQuery, asking_step, step_href};
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
    let fields = Fields { email: email_field(&visitor), attributes: names(&portal, &visitor, &Typed::new()) };
    match content(&portal, &visitor, fields, notice)? {
        Ok(content) => page(StatusCode::OK, &content).map(with_test),
        Err(place) => Ok(see_other(&place)),
    }
}

/// The form of the review.
#[derive(Deserialize)]
pub(super) struct SaveForm {
    form_token: Option<String>,
    revision: String,
    admin_email: Option<String>,
    #[serde(flatten)]
    typed: Typed,
}

/// The fields of the form.
struct Fields {
    email: Field,
    attributes: Vec<Field>,
}

/// Saves what was shown.
pub(super) async fn save(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<SaveForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let form = form.into_inner();
    let Entered { set_up_by, attributes } = match read(&portal, &visitor, &form) {
        Ok(entered) => entered,
        Err(fields) => return wrong(&portal, &visitor, *fields),
    };
    let command = SaveConnectionCommand {
        session: visitor.digest(),
        revision: form.revision,
        set_up_by,
        attributes,
        language: Spoken::find(&request, &portal.app.settings).language,
    };
    match portal.app.run(SaveConnection { ambient: portal.app.ambient.clone() }, command).await {
        Ok(_) => {
            let mut answer = see_other(DONE);
            answer.add_cookie(&TYPED.remove(&portal.app.settings)).map_err(Failure::internal)?;
            Ok(answer)
        }
        Err(SaveConnectionError::Visit(error)) => Err(visitor.fail(error)),
        // The data was read for another protocol or provider than is picked by now.
        Err(
            SaveConnectionError::Stale
            | SaveConnectionError::Refused(_)
            | SaveConnectionError::AttributeMap(_),
        ) => Ok(see_other(&format!("{REVIEW}?notice={}", Notice::Stale.as_str()))),
        Err(SaveConnectionError::AlreadyConnected) if wants_json(&request) => {
            Err(visitor.fail(FailureKind::AlreadyConnected))
        }
        Err(SaveConnectionError::AlreadyConnected) => {
            super::connection::already_connected(&portal, &visitor).await
        }
    }
}

/// Tries what was shown, with the names of attributes as they were typed. Nothing is saved.
pub(super) async fn test(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    form: Form<SaveForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    if visitor.may_set_up()? == SetUp::Over {
        return Ok(see_other(DONE));
    }
    let Entered { attributes, .. } = match read(&portal, &visitor, &form) {
        Ok(entered) => entered,
        Err(fields) => return wrong(&portal, &visitor, *fields),
    };
    let shown = visitor.visit.session.progress.candidate.as_ref();
    let shown = shown.filter(|candidate| candidate.revision == form.revision);
    let stale = || Ok(see_other(&format!("{REVIEW}?notice={}", Notice::Stale.as_str())));
    let (Some(candidate), Some(connection)) = (shown, &visitor.visit.connection) else { return stale() };
    let app = &portal.app;
    let settings = settings_with(connection, candidate.data.clone(), &app.ambient, visitor.now);
    // Read for another protocol than is picked by now.
    let Ok(settings) = settings else { return stale() };
    let Ok(attribute_map) = attributes.apply(connection.attribute_map.clone()) else { return stale() };
    let trial = Trial { of: TrialOf::Connection, settings, attribute_map };
    send_off(&portal, &request, &visitor, connection, Some(trial)).await
}

/// What was typed, understood.
struct Entered {
    set_up_by: Option<EmailAddress>,
    attributes: AttributeMapChange,
}

/// Reads what was typed; or the fields with what is wrong in them.
fn read(portal: &Portal, visitor: &Visitor, form: &SaveForm) -> Result<Entered, Box<Fields>> {
    let raw = form.admin_email.as_deref().unwrap_or_default();
    let (set_up_by, email) = match EmailAddress::parse(raw) {
        Ok(address) => (Some(address), None),
        Err(EmailError::Empty) => (None, None),
        Err(error) => (None, Some(faults::email(error))),
    };
    let attributes = match attribute_form(portal, visitor) {
        Some(names) => names.change(&form.typed),
        // A connection that exists keeps its names, which have a page of their own.
        None => Ok(AttributeMapChange::default()),
    };
    match (email, attributes) {
        (None, Ok(attributes)) => Ok(Entered { set_up_by, attributes }),
        (email, attributes) => {
            let email = Field { value: raw.to_owned(), error: email.map(Into::into), ..email_field(visitor) };
            let attributes = attributes
                .err()
                .map_or_else(|| names(portal, visitor, &form.typed), |Refused(fields)| fields);
            Err(Box::new(Fields { email, attributes }))
        }
    }
}

/// Shows what is wrong with what was typed.
fn wrong(portal: &Portal, visitor: &Visitor, fields: Fields) -> Result<HttpResponse, Failure> {
    match content(portal, visitor, fields, None)? {
        Ok(content) => page(StatusCode::UNPROCESSABLE_ENTITY, &content).map(with_test),
        Err(place) => Ok(see_other(&place)),
    }
}

/// The names of attributes, while a connection is saved for the first time.
fn attribute_form<'a>(portal: &'a Portal, visitor: &'a Visitor) -> Option<AttributeForm<'a>> {
    let draft = visitor.visit.connection.as_ref().filter(|_| visitor.complete().is_none())?;
    let provider = portal.app.guide(draft);
    let custom = &visitor.visit.environment.custom_attributes;
    Some(AttributeForm { provider, custom, held: &draft.attribute_map, stage: Stage::FirstSave })
}

fn names(portal: &Portal, visitor: &Visitor, typed: &Typed) -> Vec<Field> {
    attribute_form(portal, visitor).map(|names| names.fields(typed)).unwrap_or_default()
}

fn email_field(visitor: &Visitor) -> Field {
    let known = visitor.visit.session.admin.as_ref().map(|admin| admin.email().to_string());
    Field {
        value: known.unwrap_or_default(),
        optional: true,
        note: Some(text!("review-email-note").into()),
        ..Field::plain(ADMIN_EMAIL, text!("review-email"), "email")
    }
}

/// The page; or where to go, since there is nothing to review.
fn content(
    portal: &Portal,
    visitor: &Visitor,
    fields: Fields,
    notice: Option<Text>,
) -> Result<Result<ReviewPage, String>, Failure> {
    if visitor.may_set_up()? == SetUp::Over {
        return Ok(Err(DONE.to_owned()));
    }
    let provider = visitor.visit.connection.as_ref().and_then(|connection| portal.app.guide(connection));
    let (Some(provider), Some(candidate)) = (provider, &visitor.visit.session.progress.candidate) else {
        let place = if visitor.complete().is_some() { CONNECTION } else { "/portal/sso/steps" };
        return Ok(Err(place.to_owned()));
    };
    let Fields { email, attributes } = fields;
    let judge = Judge {
        catalog: &portal.app.catalog,
        provider,
        environment: visitor.visit.environment.kind,
        now: visitor.now,
    };
    // A connection that works keeps its provider: it would have to be reset.
    let other = judge.other_provider(&candidate.data).filter(|_| visitor.complete().is_none());
    Ok(Ok(ReviewPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        provider: provider.product().to_owned(),
        replaces: visitor.complete().is_some(),
        data: candidate_data(candidate, visitor.now),
        warnings: judge.cautions(candidate),
        other: other.map(|other| OtherView { slug: other.slug.clone(), product: other.product().to_owned() }),
        revision: candidate.revision.clone(),
        errors: errors(std::slice::from_ref(&email)).into_iter().chain(errors(&attributes)).collect(),
        email,
        attributes,
        back_href: step_href(provider, asking_step(provider)),
        notice,
    }))
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
pub(crate) fn settings_data(settings: &ProtocolSettings, now: Instant) -> DataView {
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

fn fact(name: Text, value: impl Into<Piece>) -> FactView {
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
            SsoBinding::Redirect => text!("review-sign-in-redirect"),
            SsoBinding::Post => text!("review-sign-in-post"),
        };
        fact(name, endpoint.url.as_str())
    };
    let sign_out = |endpoint: &SsoEndpoint| {
        let name = match endpoint.binding {
            SsoBinding::Redirect => text!("review-sign-out-redirect"),
            SsoBinding::Post => text!("review-sign-out-post"),
        };
        fact(name, endpoint.url.as_str())
    };
    let facts = [fact(text!("review-entity-id"), entity_id)]
        .into_iter()
        .chain(sso.iter().map(sign_in))
        .chain(slo.iter().map(sign_out))
        .chain(metadata_url.map(|url| fact(text!("review-metadata-from"), url.as_str())))
        .collect();
    let certificates = certificates.map(|certificate| certificate_view(certificate, now)).collect();
    DataView { facts, certificates }
}

/// What people read of a certificate.
pub(crate) fn certificate_view(certificate: &Certificate, now: Instant) -> CertificateView {
    CertificateView {
        subject: certificate.subject.clone(),
        not_before: Day::of(certificate.not_before),
        not_after: Day::of(certificate.not_after),
        key: words::key(certificate.key),
        fingerprint: words::fingerprint(certificate),
        warnings: words::certificate_warnings(certificate, now),
    }
}

fn oidc_data(client: &OidcClient) -> DataView {
    let provider = &client.provider;
    let methods: Vec<&str> = provider.token_auth_methods.iter().map(|method| method.as_str()).collect();
    let secret = match client.client_secret {
        Some(_) => text!("review-secret-kept"),
        None => text!("review-secret-none"),
    };
    let facts = [
        fact(text!("review-issuer"), provider.issuer.as_str()),
        fact(text!("review-client-id"), client.client_id.as_str()),
        FactView { name: text!("review-client-secret").into(), value: secret.into(), code: false },
        fact(text!("review-sign-in"), provider.authorization_endpoint.as_str()),
        fact(text!("review-token"), provider.token_endpoint.as_str()),
        fact(text!("review-key-set"), provider.jwks_uri.as_str()),
    ]
    .into_iter()
    .chain(provider.userinfo_endpoint.as_ref().map(|url| fact(text!("review-userinfo"), url.as_str())))
    .chain([fact(text!("review-methods"), methods.join(", "))])
    .chain(client.discovery_url.as_ref().map(|url| fact(text!("review-discovery-from"), url.as_str())))
    .collect();
    DataView { facts, certificates: Vec::new() }
}
