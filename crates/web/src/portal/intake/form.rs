//! The form that carries what an admin brings back: with a file as multipart, without also
//! urlencoded.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;
use vestibule_application::ports::saml::METADATA_BYTES_MAX;
use vestibule_catalog::FieldKey;

use super::super::failure::{Failure, FailureKind};
use super::super::words::faults;
use super::{CERTIFICATE_FILE, ENTITY_ID, Echo, Fault, METADATA_FILE, tidy};

/// Largest form, in bytes: one metadata document and everything else.
pub(in super::super) const SUBMISSION_BYTES_MAX: usize = METADATA_BYTES_MAX + 64 * 1024;

/// How much of a file that is too large is read and thrown away, in bytes, so that its fault can
/// be told beside its field and what was typed is kept. Beyond it the request is cut off.
pub(in super::super) const THROWN_AWAY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Largest file whose text is put into the form after a fault, in bytes: a file cannot be handed
/// back as a file. No single provider's metadata was seen with more than 80 KiB.
const KEPT_FILE_BYTES_MAX: usize = 256 * 1024;

/// Most parts of a form; our own has under twenty.
const PARTS_MAX: usize = 64;

/// What a form carried.
#[derive(Debug, Default)]
pub(in super::super) struct Submission {
    /// The visit's form token.
    pub(in super::super) form_token: Option<String>,
    /// The step it was sent from, from 1.
    pub(in super::super) step: Option<usize>,
    /// The provider chosen among several; empty when a choice was asked for and none was made.
    pub(in super::super) entity_id: Option<String>,
    /// What was sent before and could not be used, see [`super::saml`].
    pub(in super::super) tried: String,
    /// A metadata document as a file.
    pub(in super::super) metadata_file: Option<Vec<u8>>,
    /// A certificate as a file.
    pub(in super::super) certificate_file: Option<Vec<u8>>,
    /// The field of a file that was too large to be kept.
    pub(in super::super) too_large: Option<&'static str>,
    fields: HashMap<FieldKey, String>,
}

impl Submission {
    /// What was meant by what was typed into a field; none if that is nothing.
    pub(in super::super) fn text(&self, key: FieldKey) -> Option<&str> {
        let typed = self.fields.get(&key)?;
        let meant = match key {
            FieldKey::ClientSecret => tidy::secret(typed),
            // Their readers undo more than what sticks to them, and markup begins with a bracket.
            FieldKey::IdpMetadataXml | FieldKey::IdpCertificate => typed.trim(),
            _ if tidy::is_markup(typed) => typed.trim(),
            _ => tidy::line(typed),
        };
        (!meant.is_empty()).then_some(meant)
    }

    /// What was typed into a field, exactly.
    pub(in super::super) fn typed(&self, key: FieldKey) -> Option<&str> {
        self.fields.get(&key).map(String::as_str)
    }

    /// Whether nothing was brought at all.
    pub(in super::super) fn is_blank(&self) -> bool {
        let typed = FieldKey::ALL.iter().any(|key| self.text(*key).is_some());
        !typed && self.metadata_file.is_none() && self.certificate_file.is_none() && self.too_large.is_none()
    }

    /// Takes private keys out of every field, and tells of each: none may be read any further.
    pub(in super::super) fn take_private_keys(&mut self) -> Vec<Fault> {
        let told = |field| Fault::named(field, faults::private_key()).forgetting();
        let holds = |file: &Option<Vec<u8>>| {
            file.as_deref().is_some_and(|file| tidy::holds_private_key(&String::from_utf8_lossy(file)))
        };
        let mut found = Vec::new();
        for key in FieldKey::ALL {
            if self.fields.get(key).is_some_and(|text| tidy::holds_private_key(text)) {
                self.fields.remove(key);
                found.push(told(key.as_str()));
            }
        }
        if holds(&self.metadata_file) {
            self.metadata_file = None;
            found.push(told(METADATA_FILE));
        }
        if holds(&self.certificate_file) {
            self.certificate_file = None;
            found.push(told(CERTIFICATE_FILE));
        }
        found
    }

    /// Gets ready to be shown again with its faults: forgets what must not be shown, and puts the
    /// text of files where it can stand, with their faults.
    pub(in super::super) fn prepare_echo(&mut self, faults: &mut [Fault]) {
        for fault in faults.iter().filter(|fault| fault.echo == Echo::Forgotten) {
            match fault.field {
                METADATA_FILE => self.metadata_file = None,
                CERTIFICATE_FILE => self.certificate_file = None,
                field => {
                    FieldKey::find(field).map(|key| self.fields.remove(&key));
                }
            }
        }
        let files = [
            (METADATA_FILE, FieldKey::IdpMetadataXml, &mut self.metadata_file),
            (CERTIFICATE_FILE, FieldKey::IdpCertificate, &mut self.certificate_file),
        ];
        for (field, key, file) in files {
            let is_free = self.fields.get(&key).is_none_or(|text| text.trim().is_empty());
            let Some(text) = file.as_deref().filter(|_| is_free).and_then(readable) else { continue };
            self.fields.insert(key, text);
            *file = None;
            for fault in faults.iter_mut().filter(|fault| fault.field == field) {
                fault.field = key.as_str();
            }
        }
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), FailureKind> {
        if name == METADATA_FILE || name == CERTIFICATE_FILE {
            // A file field that was left alone is sent as an empty file.
            let file = (!bytes.is_empty()).then_some(bytes);
            *(if name == METADATA_FILE { &mut self.metadata_file } else { &mut self.certificate_file }) =
                file;
            return Ok(());
        }
        let text = String::from_utf8(bytes).map_err(|_| FailureKind::Malformed)?;
        match name {
            "form_token" => self.form_token = Some(text),
            "step" => self.step = text.parse().ok(),
            "tried" => self.tried = text,
            // The typed one wins over a button that was chosen before.
            "other_entity_id" if !text.trim().is_empty() => self.entity_id = Some(text),
            "choosing" => {
                self.entity_id.get_or_insert_default();
            }
            ENTITY_ID if self.entity_id.as_deref().is_none_or(str::is_empty) => self.entity_id = Some(text),
            name => {
                if let Some(key) = FieldKey::find(name) {
                    self.fields.insert(key, text);
                }
            }
        }
        Ok(())
    }

    async fn read(request: HttpRequest, mut payload: Payload) -> Result<Self, FailureKind> {
        if request.content_type().eq_ignore_ascii_case("multipart/form-data") {
            Self::read_multipart(Multipart::new(request.headers(), payload)).await
        } else {
            let mut body = Vec::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(refused)?;
                grow(&mut body, &chunk, SUBMISSION_BYTES_MAX)?;
            }
            let pairs: Vec<(String, String)> =
                serde_urlencoded::from_bytes(&body).map_err(|_| FailureKind::Malformed)?;
            let mut submission = Self::default();
            for (name, text) in pairs.into_iter().take(PARTS_MAX) {
                submission.take(&name, text.into_bytes())?;
            }
            Ok(submission)
        }
    }

    async fn read_multipart(mut parts: Multipart) -> Result<Self, FailureKind> {
        let mut submission = Self::default();
        let mut left = SUBMISSION_BYTES_MAX;
        let mut count = 0;
        let mut thrown_away = 0;
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(unreadable)?;
            count += 1;
            if count > PARTS_MAX {
                return Err(FailureKind::Malformed);
            }
            let name = part.name().unwrap_or_default().to_owned();
            let file = [METADATA_FILE, CERTIFICATE_FILE].into_iter().find(|file| *file == name);
            let mut bytes = Vec::new();
            while let Some(chunk) = part.next().await {
                let chunk = chunk.map_err(unreadable)?;
                match file {
                    Some(_) if thrown_away > 0 || bytes.len() + chunk.len() > METADATA_BYTES_MAX => {
                        submission.too_large = file;
                        thrown_away += std::mem::take(&mut bytes).len() + chunk.len();
                        if thrown_away > THROWN_AWAY_BYTES_MAX {
                            return Err(FailureKind::TooLarge);
                        }
                    }
                    Some(_) | None => grow(&mut bytes, &chunk, left)?,
                }
            }
            left -= bytes.len();
            submission.take(&name, bytes)?;
        }
        Ok(submission)
    }
}

/// The text of a small file; a byte order mark is no part of it.
fn readable(file: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(file).ok().filter(|_| file.len() <= KEPT_FILE_BYTES_MAX)?;
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!text.contains(is_control)).then(|| text.trim_start_matches('\u{feff}').to_owned())
}

fn grow(bytes: &mut Vec<u8>, chunk: &[u8], bytes_max: usize) -> Result<(), FailureKind> {
    if bytes.len() + chunk.len() > bytes_max {
        return Err(FailureKind::TooLarge);
    }
    bytes.extend_from_slice(chunk);
    Ok(())
}

fn unreadable(error: MultipartError) -> FailureKind {
    match error {
        MultipartError::Payload(error) => refused(error),
        _ => FailureKind::Malformed,
    }
}

fn refused(error: PayloadError) -> FailureKind {
    match error {
        PayloadError::Overflow => FailureKind::TooLarge,
        _ => FailureKind::Malformed,
    }
}

impl FromRequest for Submission {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self::read(request, payload).await?) })
    }
}
