//! How a vendor looks, and files that are served: pictures, stylesheets, the signing certificate.

use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, read_body};
use vestibule_application::change::Change;
use vestibule_application::usecases::brand_environment::{
    BrandEnvironment, BrandEnvironmentCommand, BrandEnvironmentError,
};
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::saml::SpKeyPlace;

use crate::browser::{Browser, Page};
use crate::setting_up::at_okta;
use crate::world::{World, path_of};

/// What a first visit of any page may weigh, in bytes, with the largest pictures.
const FIRST_VISIT_BYTES_MAX: usize = 60 * 1024;

/// The header of a PNG; browsers would want the rest.
fn png(side_px: u8, bytes: usize) -> BrandImage {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0".to_vec();
    png.extend([side_px, 0, 0, 0, side_px]);
    png.resize(png.len().max(bytes), 0xAA);
    BrandImage::parse(png).unwrap()
}

async fn get(world: &World, path: &str) -> ServiceResponse {
    let request = TestRequest::get().uri(path).insert_header((header::ACCEPT_ENCODING, "br, gzip"));
    (world.serve)(request).await
}

/// Addresses that a page loads things from, in order.
fn loaded(page: &Page) -> Vec<String> {
    let after = |mark: &'static str| page.body.split(mark).skip(1);
    let links = after("<link rel=").filter_map(|rest| rest.split_once("href=\""));
    let addresses = links.map(|(_, rest)| rest).chain(after("src=\""));
    addresses.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[actix_web::test]
async fn colour_logo_and_icon_are_on_the_landing_page() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let bare = loaded(&Browser::new(&world).open(&path).await);
    assert_eq!(bare[0], "/assets/brand/2f5bd0-A.svg");
    assert!(bare.iter().all(|address| address.starts_with("/assets/")), "{bare:?}");

    let command = BrandEnvironmentCommand {
        actor: Actor::system(),
        environment_id: world.environment.id,
        made_from: None,
        product_name: Change::Keep,
        support_email: Change::Keep,
        color: Change::Set(BrandColor::parse("#ffe600").unwrap()),
        logo: Change::Set(png(64, 0)),
        logo_dark: Change::Keep,
        icon: Change::Set(png(32, 0)),
        favicon: Change::Keep,
    };
    let case = || BrandEnvironment { ambient: world.app.ambient.clone() };
    world.app.run(case(), command.clone()).await.unwrap();
    assert_eq!(world.deeds().await.last(), Some(&AuditAction::EnvironmentBranded));
    let deeds = world.deeds().await.len();
    world.app.run(case(), command.clone()).await.unwrap();
    assert_eq!(world.deeds().await.len(), deeds, "what changes nothing is no deed");
    let nowhere =
        BrandEnvironmentCommand { environment_id: world.app.ambient.id(world.app.ambient.now()), ..command };
    assert!(matches!(world.app.run(case(), nowhere).await, Err(BrandEnvironmentError::Unknown)));
    let (_, step) = at_okta(&world, &path).await;
    assert!(step.body.contains("download=\"icon.png\""), "the console's tile");
    let addresses = loaded(&Browser::new(&world).open(&path).await);
    assert!(addresses.contains(&"/assets/brand/ffe600.css".to_owned()), "{addresses:?}");
    let stylesheet = read_body(get(&world, "/assets/brand/ffe600.css").await).await;
    // White on yellow is not read.
    assert!(std::str::from_utf8(&stylesheet).unwrap().contains("--on-brand:#000000"));
    let pictures: Vec<&String> =
        addresses.iter().filter(|address| address.starts_with("/portal/brand/")).collect();
    assert_eq!(pictures.len(), 2, "{addresses:?}");
    for (address, side) in pictures.into_iter().zip([32, 64]) {
        let response = get(&world, address).await;
        assert_eq!(response.status(), StatusCode::OK, "{address}");
        let headers = response.headers();
        assert_eq!(headers.get(header::CONTENT_TYPE).unwrap(), "image/png");
        assert!(headers.get(header::CACHE_CONTROL).unwrap().to_str().unwrap().contains("immutable"));
        assert_eq!(headers.get(header::X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
        assert_eq!(read_body(response).await, png(side, 0).as_png());
    }
}

#[actix_web::test]
async fn only_pictures_that_are_there_are_served() {
    let mut world = World::new().await;
    world.configure(|environment| environment.branding.logo = Some(png(64, 0))).await;
    let landing = Browser::new(&world).open(&path_of(&world.mint(LinkKind::Token).await)).await;
    let logo = loaded(&landing).into_iter().find(|address| address.contains("/logo.")).unwrap();
    let id = world.environment.id.to_string();
    let wrong = [
        logo.replace(&id, "environment_01KA0000000000000000000000"),
        logo.replace(&id, "x"),
        logo.replace("/logo.", "/icon."),
        logo.replace(".png", ".svg"),
    ];
    for address in wrong {
        assert_eq!(get(&world, &address).await.status(), StatusCode::NOT_FOUND, "{address}");
    }
    // A picture that was replaced is gone with its address.
    world.configure(|environment| environment.branding.logo = Some(png(65, 0))).await;
    assert_eq!(get(&world, &logo).await.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_first_visit_is_light_even_with_the_largest_pictures() {
    let mut world = World::new().await;
    world
        .configure(|environment| {
            let largest = png(255, vestibule_domain::brand::BRAND_IMAGE_BYTES_MAX);
            environment.branding.color = Some(BrandColor::parse("#b71c1c").unwrap());
            environment.branding.logo = Some(largest.clone());
            environment.branding.icon = Some(largest);
        })
        .await;
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    for path in ["/portal/sso", "/portal/sso?lang=ja", "/portal/sso/steps/2", "/portal/sso/steps/7?lang=ja"] {
        let page = browser.open(path).await;
        let mut bytes = page.body.len();
        for address in loaded(&page) {
            bytes += read_body(get(&world, &address).await).await.len();
        }
        assert!(bytes <= FIRST_VISIT_BYTES_MAX, "{path} weighs {bytes} bytes");
    }
}

#[actix_web::test]
async fn static_files_are_compressed_for_who_takes_it_and_pages_are_not() {
    let world = World::new().await;
    let path = path_of(&world.mint(LinkKind::Token).await);
    let page = Browser::new(&world).open(&path).await;
    let stylesheet = loaded(&page).into_iter().find(|address| address.contains("/portal.")).unwrap();
    let encoding = |response: &ServiceResponse| response.headers().get(header::CONTENT_ENCODING).cloned();
    assert_eq!(encoding(&get(&world, &stylesheet).await).unwrap(), "br");
    let plain = (world.serve)(TestRequest::get().uri(&stylesheet)).await;
    assert_eq!(encoding(&plain), None);
    // A page holds secrets beside text that others choose: its length must not tell of them.
    assert_eq!(encoding(&get(&world, &path).await), None);
}

#[actix_web::test]
async fn the_signing_certificate_is_a_file_once_there_is_one() {
    const ADDRESS: &str = "/portal/sso/sp-signing.pem";
    let world = World::new().await;
    let (mut browser, _) = at_okta(&world, &path_of(&world.mint(LinkKind::Token).await)).await;
    assert_eq!(browser.open(ADDRESS).await.status, StatusCode::NOT_FOUND);
    assert!(!browser.open("/portal/sso/steps/2").await.body.contains(ADDRESS));

    world.add_key(SpKeyPlace::Signing).await;
    let step = browser.open("/portal/sso/steps/2").await;
    assert!(step.body.contains("Signature Certificate") && step.body.contains(ADDRESS));
    let file = browser.open(ADDRESS).await;
    assert!(file.body.starts_with("-----BEGIN CERTIFICATE-----\n"), "{}", file.body);
    let disposition = file.headers.get(header::CONTENT_DISPOSITION).unwrap();
    assert_eq!(disposition, "attachment; filename=\"sp-signing.pem\"");
    // Nobody else's visit sees it.
    assert_eq!(Browser::new(&world).open(ADDRESS).await.status, StatusCode::NOT_FOUND);
}
