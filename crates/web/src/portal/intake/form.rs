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
use super::{CERTIFICATE_FILE, ENTITY_ID, METADATA_FILE};

/// Largest form, in bytes: one metadata document and everything else.
pub(in super::super) const SUBMISSION_BYTES_MAX: usize = METADATA_BYTES_MAX + 64 * 1024;

/// Most parts of a form; our own has under twenty.
const PARTS_MAX: usize = 64;

/// What a form carried.
#[derive(Debug, Default)]
pub(in super::super) struct Submission {
    /// The visit's form token.
    pub(in super::super) form_token: Option<String>,
    /// The step it was sent from, from 1.
    pub(in super::super) step: Option<usize>,
    /// The provider chosen among several.
    pub(in super::super) entity_id: Option<String>,
    /// What was sent before and could not be used, see [`super::saml`].
    pub(in super::super) tried: String,
    /// A metadata document as a file.
    pub(in super::super) metadata_file: Option<Vec<u8>>,
    /// A certificate as a file.
    pub(in super::super) certificate_file: Option<Vec<u8>>,
    fields: HashMap<FieldKey, String>,
}

impl Submission {
    /// What was typed into a field, without the white space around it; none if that is nothing.
    pub(in super::super) fn text(&self, key: FieldKey) -> Option<&str> {
        self.fields.get(&key).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// What was typed into a field, exactly.
    pub(in super::super) fn typed(&self, key: FieldKey) -> Option<&str> {
        self.fields.get(&key).map(String::as_str)
    }

    /// Whether nothing was brought at all.
    pub(in super::super) fn is_blank(&self) -> bool {
        let typed = FieldKey::ALL.iter().any(|key| self.text(*key).is_some());
        !typed && self.metadata_file.is_none() && self.certificate_file.is_none()
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
            ENTITY_ID | "other_entity_id" if text.trim().is_empty() => {}
            // The typed one wins over a button that was chosen before.
            "other_entity_id" => self.entity_id = Some(text),
            ENTITY_ID => {
                self.entity_id.get_or_insert(text);
            }
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
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(unreadable)?;
            count += 1;
            if count > PARTS_MAX {
                return Err(FailureKind::Malformed);
            }
            let name = part.name().unwrap_or_default().to_owned();
            let mut bytes = Vec::new();
            while let Some(chunk) = part.next().await {
                grow(&mut bytes, &chunk.map_err(unreadable)?, left)?;
            }
            left -= bytes.len();
            submission.take(&name, bytes)?;
        }
        Ok(submission)
    }
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
