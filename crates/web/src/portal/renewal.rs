//! The next certificate of a provider: brought, shown beside those that are trusted, and saved.
//!
//! Between the page that shows it and the save nothing is kept here: the form carries what was
//! understood, and it is read again. Whoever changes it on the way could have brought it as well.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use vestibule_application::ports::saml::MetadataError;
use vestibule_application::usecases::renew_certificate::{
    RenewCertificate, RenewCertificateCommand, RenewCertificateError,
};
use vestibule_application::usecases::review_candidate::ProviderData;
use vestibule_catalog::{FieldKey, Protocol, Provider};
use vestibule_domain::Instant;
use vestibule_domain::certificate::{Certificate, Validity};
use vestibule_domain::connection::{Connection, ConnectionRefused, ProtocolSettings};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::redirect::{self, Outcome};
use vestibule_domain::saml::{IDP_CERTIFICATES_MAX, IdpCertificate, TrustedIdentityProvider};
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_domain::url::HttpsUrl;
use vestibule_words::{Text, text};

use super::Portal;
use super::answer::{page, see_other};
use super::connection::provider_name;
use super::failure::{Failure, FailureKind};
use super::intake::{self, CERTIFICATE_FILE, Fault, METADATA_FILE, Submission, Understood};
use super::review::certificate_view;
use super::signing_key;
use super::test_sign_in::{send_off, with_test};
use super::view::frame::{ErrorLink, Field, field_id};
use super::view::renewal::{BroughtView, NextView, RenewalGuide, RenewalPage, RenewedPage};
use super::view::review::{DataView, FactView};
use super::view::walkthrough::{UploadView, WayView};
use super::visitor::{RENEWAL, RENEWED, SetUp, Visitor};
use super::walk::NoticeQuery;
use super::words::{Notice, faults};

/// The connection whose certificate can be renewed, and its provider.
pub(super) fn renewable(visitor: &Visitor) -> Option<(&Connection, &TrustedIdentityProvider)> {
    let connection = visitor.complete()?;
    Some((connection, connection.saml().ok()?.idp.as_ref()?))
}

/// Shows what is trusted, and asks for the next.
pub(super) async fn show(
    portal: Data<Portal>,
    visitor: Visitor,
    query: Query<NoticeQuery>,
) -> Result<HttpResponse, Failure> {
    if visitor.may_renew()? == SetUp::Over {
        return Ok(see_other(RENEWED));
    }
    let notice = Notice::text_of(query.notice.as_deref());
    let content = RenewalPage { notice, ..content(&portal, &visitor, &Entered::default()) };
    page(StatusCode::OK, &content).map(with_test)
}

/// Takes what was brought, and shows it beside what is trusted.
pub(super) async fn check(
    portal: Data<Portal>,
    visitor: Visitor,
    mut submission: Submission,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(submission.form_token.as_deref())?;
    if visitor.may_renew()? == SetUp::Over {
        return Ok(see_other(RENEWED));
    }
    let Some((connection, idp)) = renewable(&visitor) else { return Ok(see_other(RENEWAL)) };
    let leaked = submission.take_private_keys();
    let outcome = if leaked.is_empty() {
        understand(&portal, connection, idp, &mut submission, visitor.now).await?
    } else {
        // Nothing is read while a private key is on its way.
        Err(leaked)
    };
    match outcome {
        Ok(brought) => {
            let action = format!("{RENEWAL}/{}", connection.id);
            let content = content(&portal, &visitor, &Entered::default());
            let brought = brought.view(action, visitor.now);
            page(StatusCode::OK, &RenewalPage { brought: Some(brought), ..content }).map(with_test)
        }
        Err(mut faults) => {
            submission.prepare_echo(&mut faults);
            let entered = Entered { submission: Some(submission), faults };
            page(StatusCode::UNPROCESSABLE_ENTITY, &content(&portal, &visitor, &entered)).map(with_test)
        }
    }
}

/// Saves what was shown.
pub(super) async fn save(
    portal: Data<Portal>,
    visitor: Visitor,
    connection: Path<String>,
    submission: Submission,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(submission.form_token.as_deref())?;
    let malformed = || visitor.fail(FailureKind::Malformed);
    let Shown { connection, certificates, metadata_url } =
        Shown::read(&portal, &connection, &submission).ok_or_else(malformed)?;
    let command =
        RenewCertificateCommand { session: visitor.digest(), connection, certificates, metadata_url };
    match portal.app.run(RenewCertificate { ambient: portal.app.ambient.clone() }, command).await {
        // Somebody else, or the provider's metadata, brought it meanwhile.
        Ok(_) | Err(RenewCertificateError::Refused(ConnectionRefused::CertificateExists)) => {
            Ok(see_other(RENEWED))
        }
        Err(RenewCertificateError::Visit(error)) => Err(visitor.fail(error)),
        Err(RenewCertificateError::NoSuchConnection | RenewCertificateError::Refused(_)) => {
            Err(visitor.fail(FailureKind::Overtaken))
        }
        Err(RenewCertificateError::Expired) => Err(malformed()),
    }
}

/// Tries what was shown: whether the provider signs with one of the new certificates. Nothing is
/// saved.
pub(super) async fn test(
    portal: Data<Portal>,
    request: HttpRequest,
    visitor: Visitor,
    connection: Path<String>,
    submission: Submission,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(submission.form_token.as_deref())?;
    if visitor.may_renew()? == SetUp::Over {
        return Ok(see_other(RENEWED));
    }
    let shown = Shown::read(&portal, &connection, &submission);
    let Shown { connection: of, certificates, metadata_url } =
        shown.ok_or_else(|| visitor.fail(FailureKind::Malformed))?;
    let overtaken = || visitor.fail(FailureKind::Overtaken);
    let connection = visitor.complete().filter(|held| held.id == of).ok_or_else(overtaken)?;
    let mut saml = connection.saml().map_err(|_| overtaken())?.clone();
    let idp = saml.idp.as_mut().ok_or_else(overtaken)?;
    let (ambient, now) = (&portal.app.ambient, visitor.now);
    let new = |certificate| IdpCertificate { id: ambient.id(now), added_at: now, certificate };
    idp.signing_certificates = certificates.into_iter().map(new).collect();
    idp.metadata_url = metadata_url;
    let trial = Trial {
        of: TrialOf::Certificates,
        settings: ProtocolSettings::Saml(Box::new(saml)),
        attribute_map: connection.attribute_map.clone(),
    };
    send_off(&portal, &request, &visitor, connection, Some(trial)).await
}

/// What was shown, as the form carries it.
struct Shown {
    connection: ConnectionId,
    certificates: Vec<Certificate>,
    metadata_url: Option<HttpsUrl>,
}

impl Shown {
    /// Reads the form again; none of one that we have not made.
    fn read(portal: &Portal, connection: &str, submission: &Submission) -> Option<Self> {
        let pem = submission.text(FieldKey::IdpCertificate).unwrap_or_default();
        let certificates = portal.app.saml.read_certificates(pem.as_bytes()).ok()?;
        let url = submission.text(FieldKey::IdpMetadataUrl).map(HttpsUrl::parse_allowing_http);
        let within = certificates.len() <= IDP_CERTIFICATES_MAX;
        within.then_some(Self {
            connection: connection.parse().ok()?,
            certificates,
            metadata_url: url.transpose().ok()?,
        })
    }
}

/// The form that tries or saves the next certificates.
pub(super) fn form_of(connection: ConnectionId, idp: &TrustedIdentityProvider) -> NextView {
    NextView {
        action: format!("{RENEWAL}/{connection}"),
        pem: idp.signing_certificates.iter().map(|held| held.certificate.to_pem()).collect(),
        metadata_url: idp.metadata_url.as_ref().map(|url| url.as_str().to_owned()),
    }
}

/// Shows the outcome. It outlives the link, as that of a set-up does.
pub(super) async fn done(portal: Data<Portal>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let visit = &visitor.visit;
    if !visit.session.covers(Intent::CertificateRenewal) {
        return Err(visitor.fail(FailureKind::NotCovered));
    }
    let Some((connection, idp)) = renewable(&visitor) else { return Ok(see_other(RENEWAL)) };
    let outcome = Outcome::Completed(Intent::CertificateRenewal);
    let return_url = redirect::resolve(&visit.link.redirects, &visit.environment.redirects, outcome);
    let content = RenewedPage {
        frame: visitor.frame(),
        provider: provider_name(&portal, connection),
        held: held(idp, visitor.now),
        return_url: return_url.map(ToString::to_string),
    };
    page(StatusCode::OK, &content)
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Entered {
    submission: Option<Submission>,
    faults: Vec<Fault>,
}

/// What was brought.
struct Brought {
    entity_id: String,
    certificates: Vec<Certificate>,
    metadata_url: Option<HttpsUrl>,
}

impl Brought {
    fn view(&self, action: String, now: Instant) -> BroughtView {
        BroughtView {
            data: data(&self.entity_id, self.certificates.iter(), now),
            next: NextView {
                action,
                pem: self.certificates.iter().map(Certificate::to_pem).collect(),
                metadata_url: self.metadata_url.as_ref().map(|url| url.as_str().to_owned()),
            },
        }
    }
}

/// Understands what was brought: a certificate alone, or the provider's metadata with it.
async fn understand(
    portal: &Portal,
    connection: &Connection,
    idp: &TrustedIdentityProvider,
    submission: &mut Submission,
    now: Instant,
) -> Result<Result<Brought, Vec<Fault>>, Failure> {
    let fault = |field, text| Ok(Err(vec![Fault::named(field, text)]));
    let metadata = metadata_field(submission);
    let (field, certificates, metadata_url) = match (certificate(portal, submission), metadata) {
        (Some((field, Ok(certificates))), _) => (field, certificates, None),
        // What is wrong with it is told unless there is something else to go by.
        (Some((_, Err(fault))), None) => return Ok(Err(vec![fault])),
        (None, None) => return fault(FieldKey::IdpCertificate.as_str(), text!("renewal-nothing")),
        (_, Some(field)) => {
            // Asked for anew with each document: nobody chooses here.
            submission.entity_id = None;
            let Some(provider) = guide_of(portal, connection) else {
                return fault(field, text!("renewal-nothing"));
            };
            let mut read = intake::saml::understand(&portal.app, provider, submission).await?;
            if let Ok(Understood::Several { .. }) = read {
                submission.entity_id = Some(idp.entity_id.as_str().to_owned());
                read = intake::saml::understand(&portal.app, provider, submission).await?;
            }
            match read {
                Ok(Understood::Data(data)) => match *data {
                    ProviderData::Saml { idp: read, metadata_url } if read.entity_id == idp.entity_id => {
                        (field, read.signing_certificates, metadata_url)
                    }
                    ProviderData::Saml { idp: read, .. } => {
                        let (found, held) = (read.entity_id.as_str(), idp.entity_id.as_str());
                        return fault(field, text!("renewal-other-provider", found = found, held = held));
                    }
                    ProviderData::Oidc(_) => return fault(field, text!("renewal-nothing")),
                },
                Ok(Understood::Several { .. }) => {
                    let key = FieldKey::IdpMetadataXml;
                    return fault(field, faults::metadata(&MetadataError::NotInDocument, provider, key));
                }
                Err(faults) => return Ok(Err(faults)),
            }
        }
    };
    let is_held = |one: &Certificate| {
        idp.signing_certificates.iter().any(|held| held.certificate.fingerprint == one.fingerprint)
    };
    let new: Vec<Certificate> = certificates.into_iter().filter(|one| !is_held(one)).collect();
    if new.is_empty() {
        return fault(field, text!("renewal-known"));
    }
    let usable: Vec<_> = new.into_iter().filter(|one| one.validity(now) != Validity::Expired).collect();
    if usable.is_empty() {
        return fault(field, text!("renewal-expired"));
    }
    if idp.signing_certificates.len() + usable.len() > IDP_CERTIFICATES_MAX {
        return fault(field, text!("renewal-too-many", max = IDP_CERTIFICATES_MAX));
    }
    Ok(Ok(Brought {
        entity_id: idp.entity_id.as_str().to_owned(),
        certificates: usable,
        metadata_url: metadata_url.filter(|url| idp.metadata_url.as_ref() != Some(url)),
    }))
}

/// The certificates that were brought alone, if they were, and the field they came from.
fn certificate(
    portal: &Portal,
    submission: &Submission,
) -> Option<(&'static str, Result<Vec<Certificate>, Fault>)> {
    let pasted = || Some((FieldKey::IdpCertificate.as_str(), submission.text(FieldKey::IdpCertificate)?));
    let (field, input) = match (&submission.certificate_file, pasted()) {
        (Some(file), _) => (CERTIFICATE_FILE, file.as_slice()),
        (None, Some((field, pasted))) => (field, pasted.as_bytes()),
        (None, None) => return None,
    };
    let read = portal.app.saml.read_certificates(input);
    Some((field, read.map_err(|error| Fault::named(field, faults::certificate(&error)))))
}

/// The field of the metadata, if any was brought.
fn metadata_field(submission: &Submission) -> Option<&'static str> {
    let typed = |key: FieldKey| submission.text(key).map(|_| key.as_str());
    let file = submission.metadata_file.is_some() || submission.too_large == Some(METADATA_FILE);
    file.then_some(METADATA_FILE)
        .or_else(|| typed(FieldKey::IdpMetadataUrl))
        .or_else(|| typed(FieldKey::IdpMetadataXml))
}

/// The guide whose words are used.
fn guide_of<'a>(portal: &'a Portal, connection: &Connection) -> Option<&'a Provider> {
    portal.app.guide(connection).or_else(|| portal.app.catalog.general(Protocol::Saml))
}

fn content(portal: &Portal, visitor: &Visitor, entered: &Entered) -> RenewalPage {
    let nothing = RenewalPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        provider: None,
        metadata_url: None,
        held: DataView { facts: Vec::new(), certificates: Vec::new() },
        guide: None,
        ways: Vec::new(),
        tried: String::new(),
        signing_key: None,
        notice: None,
        brought: None,
        errors: Vec::new(),
    };
    let Some((connection, idp)) = renewable(visitor) else { return nothing };
    let provider = guide_of(portal, connection);
    let tried = provider.zip(entered.submission.as_ref());
    let error =
        |fault: &Fault| ErrorLink { field_id: field_id(fault.field), text: fault.text.clone().into() };
    RenewalPage {
        provider: Some(provider_name(portal, connection)),
        metadata_url: idp.metadata_url.as_ref().map(|url| url.as_str().to_owned()),
        held: held(idp, visitor.now),
        signing_key: signing_key::view(portal, visitor),
        guide: provider.map(|provider| RenewalGuide {
            validity: provider.renewal.validity.clone(),
            notice: provider.renewal.notice.clone(),
            steps: provider.renewal.steps.clone(),
        }),
        ways: ways(entered),
        tried: tried.map(|(provider, sent)| intake::saml::marks(provider, sent)).unwrap_or_default(),
        errors: entered.faults.iter().map(error).collect(),
        ..nothing
    }
}

/// The ways to bring a certificate, the shortest first.
fn ways(entered: &Entered) -> Vec<WayView> {
    let fault = |name: &str| {
        let fault = entered.faults.iter().find(|fault| fault.field == name);
        fault.map(|fault| fault.text.clone().into())
    };
    let field = |key: FieldKey, label: Text, control| {
        let typed = entered.submission.as_ref().and_then(|sent| sent.typed(key));
        Field {
            value: typed.unwrap_or_default().to_owned(),
            error: fault(key.as_str()),
            ..Field::plain(key.as_str(), label, control)
        }
    };
    let upload = |key, label, accept| UploadView { key, id: field_id(key), label, accept, error: fault(key) };
    let way = |title, fields: Vec<Field>, file: Option<UploadView>| {
        let is_filled = |field: &Field| !field.value.is_empty() || field.error.is_some();
        let open = fields.iter().any(is_filled) || file.as_ref().is_some_and(|file| file.error.is_some());
        WayView { folded: title != text!("renewal-by-certificate"), title: Some(title), open, fields, file }
    };
    vec![
        way(
            text!("renewal-by-certificate"),
            vec![field(FieldKey::IdpCertificate, text!("renewal-certificate"), "area")],
            Some(upload(CERTIFICATE_FILE, text!("step-certificate-file"), ".pem,.cer,.crt,.cert,.der")),
        ),
        way(
            text!("renewal-by-address"),
            vec![field(FieldKey::IdpMetadataUrl, text!("renewal-address"), "url")],
            None,
        ),
        way(
            text!("renewal-by-document"),
            vec![field(FieldKey::IdpMetadataXml, text!("renewal-document"), "area")],
            Some(upload(METADATA_FILE, text!("step-metadata-file"), ".xml,text/xml,application/xml")),
        ),
    ]
}

/// What is trusted now.
fn held(idp: &TrustedIdentityProvider, now: Instant) -> DataView {
    data(idp.entity_id.as_str(), idp.signing_certificates.iter().map(|held| &held.certificate), now)
}

fn data<'a>(entity_id: &str, certificates: impl Iterator<Item = &'a Certificate>, now: Instant) -> DataView {
    let entity_id = FactView { name: text!("review-entity-id").into(), value: entity_id.into(), code: true };
    let certificates = certificates.map(|certificate| certificate_view(certificate, now)).collect();
    DataView { facts: vec![entity_id], certificates }
}
