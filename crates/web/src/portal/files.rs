//! Files that an admin carries to their console.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;

use super::failure::{Failure, FailureKind};
use super::ours::{self, SIGNING_CERTIFICATE_FILE};
use super::visitor::Visitor;

/// The media type of certificates as text. Source: RFC 8555 §9.1 for chains; there is none for one.
const PEM: &str = "application/x-pem-file";

/// The certificate of the key that signs our requests.
pub(super) async fn signing_certificate(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let pem = visitor.visit.connection.as_ref().and_then(ours::signing_certificate);
    let pem = pem.ok_or_else(|| visitor.fail(FailureKind::NotFound))?;
    Ok(HttpResponse::Ok()
        .content_type(PEM)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{SIGNING_CERTIFICATE_FILE}\"")))
        .body(pem))
}
