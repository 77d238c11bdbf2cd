//! Forms with files, as a member sent them: as multipart, or without files like any other form.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;
use vestibule_application::ports::pictures::PICTURE_BYTES_MAX;

use super::failure::Failure;
use super::form::Sent;
use super::operator::{Operator, Signed};

/// Most bytes of what is typed, and of pictures that come back with the form.
const TEXT_BYTES_MAX: usize = 256 * 1024;

/// How much of a form is read at all, in bytes: a file that is too large is read and thrown away, so
/// that it can be told beside its field and what was typed is kept. Beyond it the request is cut off.
const READ_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Most parts of a form.
const PARTS_MAX: usize = 64;

/// A file of a form.
pub(super) enum File {
    /// What it holds.
    Whole(Vec<u8>),
    /// It has more than [`PICTURE_BYTES_MAX`] bytes, and was thrown away.
    TooLarge,
}

/// A form that a member sent from a page of their session, perhaps with files.
pub(super) struct Upload {
    pub(super) operator: Operator,
    pub(super) form: Sent,
    files: Vec<(String, File)>,
}

impl Upload {
    /// The file of a field, if one was chosen.
    pub(super) fn file(&self, key: &str) -> Option<&File> {
        self.files.iter().find(|(name, _)| name == key).map(|(_, file)| file)
    }

    async fn read(operator: Operator, mut parts: Multipart) -> Result<Self, Failure> {
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        let (mut read, mut typed, mut count) = (0, 0, 0);
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(unreadable)?;
            count += 1;
            if count > PARTS_MAX {
                return Err(Failure::Malformed);
            }
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.content_disposition().is_some_and(|said| said.get_filename().is_some());
            let mut bytes = Vec::new();
            let mut too_large = false;
            while let Some(chunk) = part.next().await {
                let chunk = chunk.map_err(unreadable)?;
                read += chunk.len();
                if read > READ_BYTES_MAX {
                    return Err(Failure::TooLarge);
                }
                too_large |= is_file && bytes.len() + chunk.len() > PICTURE_BYTES_MAX;
                if !too_large {
                    bytes.extend_from_slice(&chunk);
                }
                if !is_file && typed + bytes.len() > TEXT_BYTES_MAX {
                    return Err(Failure::TooLarge);
                }
            }
            match (is_file, too_large) {
                (true, true) => files.push((name, File::TooLarge)),
                // A field that was left alone is sent as an empty file.
                (true, false) if bytes.is_empty() => {}
                (true, false) => files.push((name, File::Whole(bytes))),
                (false, _) => {
                    typed += bytes.len();
                    pairs.push((name, String::from_utf8(bytes).map_err(|_| Failure::Malformed)?));
                }
            }
        }
        Ok(Self { operator, form: Sent::new(pairs), files })
    }
}

fn unreadable(error: MultipartError) -> Failure {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => Failure::TooLarge,
        _ => Failure::Malformed,
    }
}

impl FromRequest for Upload {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
            let signed = Signed::from_request(request, payload);
            return Box::pin(async move {
                let Signed { operator, form } = signed.await?;
                Ok(Self { operator, form, files: Vec::new() })
            });
        }
        let operator = Operator::from_request(request, payload);
        let parts = Multipart::new(request.headers(), payload.take());
        Box::pin(async move {
            let upload = Self::read(operator.await?, parts).await?;
            if upload.operator.is_form_token(upload.form.one("form_token")) {
                Ok(upload)
            } else {
                Err(Failure::FormToken.into())
            }
        })
    }
}
