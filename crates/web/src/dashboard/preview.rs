//! The portal and a mail with a branding that nobody has yet, by the templates that everybody gets.
//!
//! The portal's page stands in its frame's `srcdoc`: it may hold pictures that are nowhere yet, and
//! the frame has the policy of the page around it, and no script. A mail has its styles inside, which
//! that policy forbids; so it is a document of its own, which only our own pages may frame.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use time::Duration;
use url::form_urlencoded;
use vestibule_application::addresses::Addresses;
use vestibule_domain::Instant;
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Branding, Environment};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::message::{MailBrand, OutgoingContent, OutgoingMessage};
use vestibule_domain::secret::{PortalToken, TOKEN_BYTES};
use vestibule_domain::text::Name;

use super::Dashboard;
use super::failure::Failure;
use super::operator::Operator;
use super::settings::full;
use crate::pages::{Here, Prepared};
use crate::portal::LandingPage;

/// The customer of examples.
const CUSTOMER: &str = "Example Corp";

/// How long the links of examples work.
const LINK_LIFE: Duration = Duration::days(30);

/// A mail shows itself, in frames of ours and without a script, and loads pictures of ours.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
     img-src 'self'; frame-ancestors 'self'; base-uri 'none'; sandbox";

/// The page that an invited IT admin sees first.
pub(super) fn portal(
    dashboard: &Dashboard,
    held: &Environment,
    branding: &Branding,
    now: Instant,
) -> Result<String, Failure> {
    let page = LandingPage::example(held, branding, CUSTOMER, now + LINK_LIFE);
    let prepared = Prepared::new(&page).map_err(Failure::internal)?;
    dashboard.pages.render(prepared, &Here::speaking(Language::En)).map_err(Failure::internal)
}

/// What a mail shows of a branding.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Letter {
    #[serde(default)]
    product_name: String,
    #[serde(default)]
    support_email: String,
    #[serde(default)]
    color: String,
    /// Whether the logo that is saved stays.
    #[serde(default)]
    logo: Option<Kept>,
    /// The same of the one for dark pages.
    #[serde(default)]
    logo_dark: Option<Kept>,
}

/// A picture that stays as it is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Kept,
}

/// Whether a logo waits to be saved before mails can show it: a mail has the address of a picture,
/// and one that is not saved has none.
pub(super) fn logo_waits(held: &Branding, branding: &Branding) -> bool {
    let waits = |held: &Option<BrandImage>, wanted: &Option<BrandImage>| wanted.is_some() && wanted != held;
    waits(&held.logo, &branding.logo) || waits(&held.logo_dark, &branding.logo_dark)
}

/// Where the mail with a branding is.
pub(super) fn mail_href(branding_href: &str, held: &Branding, branding: &Branding) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(name) = &branding.product_name {
        query.append_pair("product_name", name.as_str());
    }
    if let Some(email) = &branding.support_email {
        query.append_pair("support_email", email.as_str());
    }
    if let Some(color) = branding.color {
        query.append_pair("color", &color.to_string());
    }
    for (name, held, wanted) in
        [("logo", &held.logo, &branding.logo), ("logo_dark", &held.logo_dark, &branding.logo_dark)]
    {
        if wanted.is_some() && wanted == held {
            query.append_pair(name, "kept");
        }
    }
    format!("{branding_href}/mail?{}", query.finish())
}

/// The mail that invites an IT admin.
pub(super) async fn mail(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    letter: Query<Letter>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let held = full(&dashboard, environment).await?;
    let branding = Branding {
        color: BrandColor::parse(&letter.color).ok(),
        logo: held.branding.logo.filter(|_| letter.logo.is_some()),
        logo_dark: held.branding.logo_dark.filter(|_| letter.logo_dark.is_some()),
        ..Branding::default()
    };
    let app = &dashboard.app;
    let token = PortalToken::from_random([0; TOKEN_BYTES]);
    let message = OutgoingMessage {
        id: app.ambient.id(operator.now),
        to: operator.visit.member.email.clone(),
        sender_name: Name::parse(&letter.product_name).unwrap_or_else(|_| environment.name.clone()),
        // From here, whether or not the environment's own host is reached from this browser.
        brand: MailBrand::new(&branding, |which, image| Addresses::picture_path(held.id, which, image)),
        from_domain: None,
        support_email: EmailAddress::parse(&letter.support_email).ok(),
        created_at: operator.now,
        content: OutgoingContent::Invitation {
            organization_name: Name::parse(CUSTOMER).map_err(Failure::internal)?,
            url: app.ambient.addresses.portal_link(&token),
            intents: vec![Intent::Sso],
            language: Language::En,
            expires_at: operator.now + LINK_LIFE,
        },
    };
    let shown = app.letters.show(&message).map_err(Failure::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, MAIL_POLICY))
        .insert_header((X_FRAME_OPTIONS, "SAMEORIGIN"))
        .body(shown.html))
}
