//! Files: what an admin carries to their console, and the vendor's pictures.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use serde::Deserialize;
use vestibule_application::addresses::Addresses;
use vestibule_domain::brand::{BrandImage, BrandPicture};
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;

use super::Portal;
use super::failure::{Failure, FailureKind};
use super::ours::{self, NEXT_SIGNING_CERTIFICATE_FILE, SIGNING_CERTIFICATE_FILE};
use super::signing_key::next_signing_key;
use super::view::walkthrough::FileView;
use super::visitor::Visitor;
use crate::pages::assets::FOR_EVER;

/// The media type of a certificate as text, as web servers and consoles know it; none is registered.
const PEM: &str = "application/x-pem-file";

/// The certificate of the key that signs our requests.
pub(super) async fn signing_certificate(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let pem = visitor.visit.connection.as_ref().and_then(ours::signing_certificate);
    Ok(certificate(SIGNING_CERTIFICATE_FILE, pem.ok_or_else(|| visitor.fail(FailureKind::NotFound))?))
}

/// The certificate of the key that is to sign them next.
pub(super) async fn next_signing_certificate(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let (_, next) = next_signing_key(&visitor).ok_or_else(|| visitor.fail(FailureKind::NotFound))?;
    Ok(certificate(NEXT_SIGNING_CERTIFICATE_FILE, next.certificate.to_pem()))
}

fn certificate(file_name: &str, pem: String) -> HttpResponse {
    let disposition = format!("attachment; filename=\"{file_name}\"");
    HttpResponse::Ok().content_type(PEM).insert_header((CONTENT_DISPOSITION, disposition)).body(pem)
}

/// The icon as a file for a console's tile.
pub(super) fn tile(environment: &Environment) -> Option<FileView> {
    let href = picture_url(environment, BrandPicture::Icon, environment.branding.icon.as_ref()?);
    Some(FileView { href, file_name: "icon.png" })
}

/// Where a picture is: under a name that changes with it.
pub(super) fn picture_url(environment: &Environment, which: BrandPicture, image: &BrandImage) -> String {
    Addresses::picture_path(environment.id, which, image)
}

/// Where a picture is that an environment has.
pub(crate) fn picture_href(environment: &Environment, image: &BrandImage) -> Option<String> {
    let held = |which: &BrandPicture| environment.branding.picture(*which) == Some(image);
    let which = BrandPicture::ALL.into_iter().find(held)?;
    Some(picture_url(environment, which, image))
}

/// The address of a picture.
#[derive(Deserialize)]
pub(super) struct PicturePath {
    environment: String,
    file: String,
}

/// Serves a picture to anybody: it is shown before anybody has proved anything.
pub(super) async fn picture(portal: Data<Portal>, path: Path<PicturePath>) -> Result<HttpResponse, Failure> {
    let not_found = || Failure::from(FailureKind::NotFound);
    let id = path.environment.parse::<EnvironmentId>().map_err(|_| not_found())?;
    let environment = portal.app.store.queries().environment(id).await?.ok_or_else(not_found)?;
    let mut pictures =
        BrandPicture::ALL.into_iter().filter_map(|which| Some((which, environment.branding.picture(which)?)));
    let found = pictures.find(|(which, image)| which.file_name(image) == path.file);
    let (_, image) = found.ok_or_else(not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/png"))
        .insert_header((CACHE_CONTROL, FOR_EVER))
        .body(image.as_png().to_vec()))
}
