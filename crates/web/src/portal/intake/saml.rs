//! Understanding SAML metadata, however it was brought.

use actix_web::web;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use vestibule_application::ports::outbound::FetchLimits;
use vestibule_application::ports::saml::{CertificateError, METADATA_BYTES_MAX, MetadataError, MetadataRead};
use vestibule_application::usecases::review_candidate::ProviderData;
use vestibule_catalog::{FieldKey, InputMode, Provider};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::ConnectionRefused;
use vestibule_domain::saml::{IDP_CERTIFICATES_MAX, IdentityProvider};
use vestibule_domain::url::{EntityId, HttpsUrl, URL_BYTES_MAX};

use super::super::failure::Failure;
use super::super::words::faults;
use super::{CERTIFICATE_FILE, Fault, METADATA_FILE, Submission, Understood, suspect, tidy};
use crate::app::App;

/// How far a metadata address is followed.
pub(in super::super) const METADATA_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: METADATA_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };

/// A way to hand over what a connection needs, with the field that errors belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way<'a> {
    Address { field: &'static str, url: &'a str },
    Document { field: &'static str, bytes: &'a [u8] },
    ByHand,
}

/// Understands what was brought.
pub(in super::super) async fn understand(
    app: &App,
    provider: &Provider,
    submission: &Submission,
) -> Result<Result<Understood, Vec<Fault>>, Failure> {
    if let Some(field) = submission.too_large {
        let text = match field {
            CERTIFICATE_FILE => faults::certificate(&CertificateError::TooLarge { max: METADATA_BYTES_MAX }),
            _ => faults::metadata(&MetadataError::TooLarge, provider, FieldKey::IdpMetadataXml),
        };
        return Ok(Err(vec![Fault::named(field, text)]));
    }
    let asked_first = provider.preferred_metadata().map_or(FieldKey::IdpMetadataXml, |field| field.key);
    match chosen_way(provider, submission) {
        None => {
            let fault = Fault::at(
                asked_first,
                faults::nothing_brought(provider.input_modes().first() == Some(&InputMode::MetadataUrl)),
            );
            Ok(Err(vec![fault]))
        }
        Some(Way::ByHand) => Ok(by_hand(app, provider, submission)),
        Some(Way::Document { field, bytes }) => {
            let brought = Brought { field, key: FieldKey::IdpMetadataXml, metadata_url: None };
            read(app, provider, submission, brought, bytes.to_vec()).await
        }
        Some(Way::Address { field, url }) => {
            let url = with_scheme(url);
            let key = if provider.field(FieldKey::IdpMetadataUrl).is_some() {
                FieldKey::IdpMetadataUrl
            } else {
                FieldKey::IdpMetadataXml
            };
            if let Some(fault) = suspect::fault(app, provider, field, key, &url) {
                return Ok(Err(vec![fault]));
            }
            let metadata_url = match HttpsUrl::parse_allowing_http(&url) {
                Ok(url) => url,
                Err(error) => return Ok(Err(vec![Fault::named(field, faults::url(&error))])),
            };
            match app.outbound.get(metadata_url.as_str(), METADATA_FETCH).await {
                Ok(fetched) => {
                    let brought = Brought { field, key, metadata_url: Some(metadata_url) };
                    read(app, provider, submission, brought, fetched.body).await
                }
                Err(_) if suspect::is_example(provider, key, &url) => {
                    Ok(Err(vec![Fault::named(field, faults::example())]))
                }
                Err(error) => Ok(Err(vec![Fault::named(field, faults::fetch(&error))])),
            }
        }
    }
}

/// Where a document came from: the field for its faults, what the console calls it, its address.
struct Brought {
    field: &'static str,
    key: FieldKey,
    metadata_url: Option<HttpsUrl>,
}

async fn read(
    app: &App,
    provider: &Provider,
    submission: &Submission,
    brought: Brought,
    document: Vec<u8>,
) -> Result<Result<Understood, Vec<Fault>>, Failure> {
    let Brought { field, key, metadata_url } = brought;
    let (choice, refused) = match submission.entity_id.as_deref().map(str::trim) {
        None => (None, None),
        Some("") => (None, Some(faults::none_chosen())),
        Some(typed) => match EntityId::parse(typed) {
            Ok(choice) => (Some(choice), None),
            // What cannot be an entity id is not in the document: the list is shown again.
            Err(_) => (None, Some(faults::metadata(&MetadataError::NotInDocument, provider, key))),
        },
    };
    let saml = app.saml.clone();
    // A document of megabytes takes a while: other requests of this worker go on meanwhile.
    let (outcome, list) = web::block(move || {
        let outcome = saml.read_metadata(&document, choice.as_ref());
        let list =
            matches!(outcome, Err(MetadataError::NotInDocument)).then(|| saml.read_metadata(&document, None));
        (outcome, list)
    })
    .await
    .map_err(Failure::internal)?;
    Ok(match (outcome, list) {
        (Ok(MetadataRead::One(idp)), _) => {
            Ok(Understood::Data(Box::new(ProviderData::Saml { idp: *idp, metadata_url })))
        }
        (Ok(MetadataRead::Choose(choices)), _) => Ok(Understood::Several { choices, fault: refused }),
        (Err(error), Some(Ok(MetadataRead::Choose(choices)))) => {
            Ok(Understood::Several { choices, fault: Some(faults::metadata(&error, provider, key)) })
        }
        (Err(error), _) => {
            let fault = Fault::named(field, faults::metadata(&error, provider, key));
            Err(vec![if error == MetadataError::PrivateKey { fault.forgetting() } else { fault }])
        }
    })
}

fn by_hand(app: &App, provider: &Provider, submission: &Submission) -> Result<Understood, Vec<Fault>> {
    let entity_id = entity_id(app, provider, submission);
    let url = sso_url(app, provider, submission);
    let certificates = certificates(app, submission);
    match (entity_id, url, certificates) {
        (Ok(entity_id), Ok(url), Ok((field, certificates))) => {
            let idp = IdentityProvider::by_hand(entity_id, url, certificates).map_err(|refused| {
                let error = match refused {
                    ConnectionRefused::TooManyCertificates => {
                        CertificateError::TooMany { max: IDP_CERTIFICATES_MAX }
                    }
                    _ => CertificateError::Empty,
                };
                vec![Fault::named(field, faults::certificate(&error))]
            })?;
            Ok(Understood::Data(Box::new(ProviderData::Saml { idp, metadata_url: None })))
        }
        (entity_id, url, certificates) => {
            let faults = [entity_id.err(), url.err(), certificates.err()];
            Err(faults.into_iter().flatten().collect())
        }
    }
}

fn entity_id(app: &App, provider: &Provider, submission: &Submission) -> Result<EntityId, Fault> {
    const KEY: FieldKey = FieldKey::IdpEntityId;
    let typed = submission.text(KEY).unwrap_or_default();
    if let Some(fault) = suspect::fault(app, provider, KEY.as_str(), KEY, typed) {
        return Err(fault);
    }
    if suspect::is_example(provider, KEY, typed) {
        return Err(Fault::at(KEY, faults::example()));
    }
    EntityId::parse(typed).map_err(|error| Fault::at(KEY, faults::entity_id(error)))
}

fn sso_url(app: &App, provider: &Provider, submission: &Submission) -> Result<HttpsUrl, Fault> {
    const KEY: FieldKey = FieldKey::IdpSsoUrl;
    let typed = submission.text(KEY).unwrap_or_default();
    if let Some(fault) = suspect::fault(app, provider, KEY.as_str(), KEY, typed) {
        return Err(fault);
    }
    if suspect::is_example(provider, KEY, typed) {
        return Err(Fault::at(KEY, faults::example()));
    }
    if provider.traces.as_ref().is_some_and(|traces| traces.names(typed)) {
        return Err(Fault::at(KEY, faults::entity_id_as_address(provider)));
    }
    HttpsUrl::parse(typed).map_err(|error| Fault::at(KEY, faults::url(&error)))
}

/// The certificates, and the field they came from.
fn certificates(app: &App, submission: &Submission) -> Result<(&'static str, Vec<Certificate>), Fault> {
    let pasted = submission.text(FieldKey::IdpCertificate).unwrap_or_default();
    let (field, input) = match submission.certificate_file.as_deref() {
        Some(file) => (CERTIFICATE_FILE, file),
        None => (FieldKey::IdpCertificate.as_str(), pasted.as_bytes()),
    };
    app.saml.read_certificates(input).map(|certificates| (field, certificates)).map_err(|error| match error {
        CertificateError::PrivateKey => Fault::named(field, faults::certificate(&error)).forgetting(),
        _ if input.starts_with(b"http") => Fault::named(field, faults::certificate_is_address()),
        error => Fault::named(field, faults::certificate(&error)),
    })
}

/// The way that an admin went.
///
/// A form keeps what was typed after an error, so that more than one way may be filled later on:
/// what could not be used before and was not changed since comes last.
fn chosen_way<'a>(provider: &Provider, submission: &'a Submission) -> Option<Way<'a>> {
    let mut ways = ways(provider, submission);
    ways.sort_by_key(|way| was_tried(&submission.tried, &mark(way, submission)));
    ways.into_iter().next()
}

fn ways<'a>(provider: &Provider, submission: &'a Submission) -> Vec<Way<'a>> {
    let file = submission.metadata_file.as_deref();
    let file = file.map(|bytes| Way::Document { field: METADATA_FILE, bytes });
    let typed = [FieldKey::IdpMetadataUrl, FieldKey::IdpMetadataXml];
    let typed = typed.into_iter().filter_map(|key| {
        let (field, text) = (key.as_str(), submission.text(key)?);
        // People paste the document into the address's field, and the other way round.
        let line = tidy::line(text);
        let is_address = if key == FieldKey::IdpMetadataUrl {
            !is_document(text)
        } else {
            let begins = |scheme| line.starts_with(scheme);
            (begins("https://") || begins("http://")) && !line.contains(char::is_whitespace)
        };
        Some(if is_address {
            Way::Address { field, url: line }
        } else {
            Way::Document { field, bytes: text.as_bytes() }
        })
    });
    let manual = [FieldKey::IdpEntityId, FieldKey::IdpSsoUrl, FieldKey::IdpCertificate];
    // The whole document, or its address, in a field of the things that it says.
    let misplaced = manual.into_iter().filter_map(|key| {
        let (field, text) = (key.as_str(), submission.text(key)?);
        let is_metadata_url = || {
            let pattern = provider.field(FieldKey::IdpMetadataUrl)?.pattern.as_ref()?;
            (key == FieldKey::IdpSsoUrl && pattern.matches(text)).then_some(())
        };
        if text.starts_with('<') && text.contains("EntityDescriptor") {
            Some(Way::Document { field, bytes: text.as_bytes() })
        } else {
            is_metadata_url().map(|()| Way::Address { field, url: text })
        }
    });
    let by_hand =
        submission.certificate_file.is_some() || manual.iter().any(|key| submission.text(*key).is_some());
    file.into_iter().chain(typed).chain(misplaced).chain(by_hand.then_some(Way::ByHand)).collect()
}

/// Whether what was pasted into the field of an address is a document, however it was wrapped.
fn is_document(text: &str) -> bool {
    let is_long_line = || text.len() > URL_BYTES_MAX && !text.contains("://");
    tidy::is_markup(text) || text.starts_with('{') || text.starts_with("&lt;") || is_long_line()
}

/// Marks of every way that is filled, for the form that shows the error.
pub(in super::super) fn marks(provider: &Provider, submission: &Submission) -> String {
    let mut marks: Vec<String> = match chosen_way(provider, submission) {
        Some(way) => vec![mark(&way, submission)],
        None => Vec::new(),
    };
    marks.extend(
        submission
            .tried
            .split(' ')
            .filter(|mark| mark.len() == MARK_CHARS)
            .take(MARKS_MAX)
            .map(str::to_owned),
    );
    marks.dedup();
    marks.join(" ")
}

/// Bytes of the digest in a mark: enough to tell an admin's few attempts apart.
const MARK_BYTES: usize = 9;
/// The same in characters.
const MARK_CHARS: usize = MARK_BYTES / 3 * 4;
/// How many marks a form carries: more ways than there are.
const MARKS_MAX: usize = 8;

/// What a way carried, in short.
fn mark(way: &Way<'_>, submission: &Submission) -> String {
    let mut all = Vec::new();
    let mut add = |part: &[u8]| {
        all.extend_from_slice(&part.len().to_be_bytes());
        all.extend_from_slice(part);
    };
    match way {
        Way::Address { field, url } => [field.as_bytes(), url.as_bytes()].map(&mut add),
        Way::Document { field, bytes } => [field.as_bytes(), *bytes].map(&mut add),
        Way::ByHand => {
            for key in [FieldKey::IdpEntityId, FieldKey::IdpSsoUrl, FieldKey::IdpCertificate] {
                add(submission.text(key).unwrap_or_default().as_bytes());
            }
            [b"certificate".as_slice(), submission.certificate_file.as_deref().unwrap_or_default()]
                .map(&mut add)
        }
    };
    let hash = digest(&SHA256, &all);
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..MARK_BYTES])
}

fn was_tried(tried: &str, mark: &str) -> bool {
    tried.split(' ').take(MARKS_MAX).any(|known| known == mark)
}

/// Consoles show some addresses without their scheme.
fn with_scheme(url: &str) -> String {
    if url.contains("://") { url.to_owned() } else { format!("https://{url}") }
}
