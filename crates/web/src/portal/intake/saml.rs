//! Understanding SAML metadata, however it was brought.

use actix_web::web;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use vestibule_application::ports::outbound::FetchLimits;
use vestibule_application::ports::saml::{METADATA_BYTES_MAX, MetadataError, MetadataRead};
use vestibule_application::usecases::review_candidate::ProviderData;
use vestibule_catalog::{FieldKey, InputMode, Provider};
use vestibule_domain::saml::{IdentityProvider, SsoBinding, SsoEndpoint};
use vestibule_domain::url::{EntityId, HttpsUrl};

use super::super::failure::Failure;
use super::super::words::faults;
use super::{CERTIFICATE_FILE, Fault, METADATA_FILE, Submission, Understood};
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
    let asked_first = provider.preferred_metadata().map_or(FieldKey::IdpMetadataXml, |field| field.key);
    match chosen_way(submission) {
        None => {
            let fault = Fault::at(
                asked_first,
                faults::nothing_brought(provider.input_modes().first() == Some(&InputMode::MetadataUrl)),
            );
            Ok(Err(vec![fault]))
        }
        Some(Way::ByHand) => Ok(by_hand(app, submission)),
        Some(Way::Document { field, bytes }) => read(app, submission, field, bytes.to_vec(), None).await,
        Some(Way::Address { field, url }) => {
            let metadata_url = match HttpsUrl::parse_allowing_http(&with_scheme(url)) {
                Ok(url) => url,
                Err(error) => return Ok(Err(vec![Fault::named(field, faults::url(&error))])),
            };
            match app.outbound.get(metadata_url.as_str(), METADATA_FETCH).await {
                Ok(fetched) => read(app, submission, field, fetched.body, Some(metadata_url)).await,
                Err(error) => Ok(Err(vec![Fault::named(field, faults::fetch(&error))])),
            }
        }
    }
}

async fn read(
    app: &App,
    submission: &Submission,
    field: &'static str,
    document: Vec<u8>,
    metadata_url: Option<HttpsUrl>,
) -> Result<Result<Understood, Vec<Fault>>, Failure> {
    let choice = submission.entity_id.as_deref().map(str::trim).map(EntityId::parse);
    let choice = match choice {
        Some(Ok(choice)) => Some(choice),
        // What cannot be an entity id is not in the document: the list is shown again.
        Some(Err(_)) | None => None,
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
        (Ok(MetadataRead::Choose(choices)), _) => Ok(Understood::Several { choices, fault: None }),
        (Err(error), Some(Ok(MetadataRead::Choose(choices)))) => {
            Ok(Understood::Several { choices, fault: Some(faults::metadata(&error)) })
        }
        (Err(error), _) => Err(vec![Fault::named(field, faults::metadata(&error))]),
    })
}

fn by_hand(app: &App, submission: &Submission) -> Result<Understood, Vec<Fault>> {
    let mut wrong = Vec::new();
    let mut note = |key: FieldKey, text: String| wrong.push(Fault::at(key, text));
    let entity_id = EntityId::parse(submission.text(FieldKey::IdpEntityId).unwrap_or_default())
        .map_err(|error| note(FieldKey::IdpEntityId, faults::entity_id(error)));
    let url = HttpsUrl::parse(submission.text(FieldKey::IdpSsoUrl).unwrap_or_default())
        .map_err(|error| note(FieldKey::IdpSsoUrl, faults::url(&error)));
    let pasted = submission.text(FieldKey::IdpCertificate).unwrap_or_default();
    let (field, input) = match submission.certificate_file.as_deref() {
        Some(file) => (CERTIFICATE_FILE, file),
        None => (FieldKey::IdpCertificate.as_str(), pasted.as_bytes()),
    };
    let certificate = app
        .saml
        .read_certificate(input)
        .map_err(|error| wrong.push(Fault::named(field, faults::certificate(&error))));
    let (Ok(entity_id), Ok(url), Ok(certificate)) = (entity_id, url, certificate) else { return Err(wrong) };
    let idp = IdentityProvider {
        entity_id,
        sso: vec![SsoEndpoint { binding: SsoBinding::Redirect, url }],
        slo: Vec::new(),
        signing_certificates: vec![certificate],
        name_id_formats: Vec::new(),
        wants_signed_requests: false,
        valid_until: None,
    };
    Ok(Understood::Data(Box::new(ProviderData::Saml { idp, metadata_url: None })))
}

/// The way that an admin went.
///
/// A form keeps what was typed after an error, so that more than one way may be filled later on:
/// what could not be used before and was not changed since comes last.
fn chosen_way(submission: &Submission) -> Option<Way<'_>> {
    let mut ways = ways(submission);
    ways.sort_by_key(|way| was_tried(&submission.tried, &mark(way, submission)));
    ways.into_iter().next()
}

fn ways(submission: &Submission) -> Vec<Way<'_>> {
    let file = submission.metadata_file.as_deref();
    let file = file.map(|bytes| Way::Document { field: METADATA_FILE, bytes });
    let typed = [FieldKey::IdpMetadataUrl, FieldKey::IdpMetadataXml];
    let typed = typed.into_iter().filter_map(|key| {
        let (field, text) = (key.as_str(), submission.text(key)?);
        // People paste the document into the address's field, and the other way round.
        let is_address = if key == FieldKey::IdpMetadataUrl {
            !text.starts_with('<')
        } else {
            let begins = |scheme| text.starts_with(scheme);
            (begins("https://") || begins("http://")) && !text.contains(char::is_whitespace)
        };
        Some(if is_address {
            Way::Address { field, url: text }
        } else {
            Way::Document { field, bytes: text.as_bytes() }
        })
    });
    let manual = [FieldKey::IdpEntityId, FieldKey::IdpSsoUrl, FieldKey::IdpCertificate];
    let by_hand =
        submission.certificate_file.is_some() || manual.iter().any(|key| submission.text(*key).is_some());
    file.into_iter().chain(typed).chain(by_hand.then_some(Way::ByHand)).collect()
}

/// Marks of every way that is filled, for the form that shows the error.
pub(in super::super) fn marks(submission: &Submission) -> String {
    let mut marks: Vec<String> = match chosen_way(submission) {
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
