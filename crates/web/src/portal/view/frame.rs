//! What surrounds every page: who invites, for whom, and the way back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use vestibule_domain::brand::{BrandImage, BrandPicture};
use vestibule_domain::environment::{Branding, Environment, EnvironmentKind};
use vestibule_domain::organization::Organization;
use vestibule_domain::portal_link::PortalLink;
use vestibule_domain::redirect::{self, Outcome};
use vestibule_words::Piece;

use super::super::files::{picture_href, picture_url};
use crate::pages::brand;

/// What surrounds a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Frame {
    /// Name of the vendor's product; a neutral word while nobody knows it.
    pub product: String,
    /// How it looks.
    pub brand: BrandView,
    /// Whether the product is known.
    pub known: bool,
    /// The customer's name.
    pub organization: Option<String>,
    /// Whether this is for trying things out.
    pub sandbox: bool,
    /// Where "Back to app" leads.
    pub back_url: Option<String>,
    /// Whom to ask.
    pub support_email: Option<String>,
}

/// How the vendor looks.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct BrandView {
    /// Where the stylesheet with the vendor's colour is.
    pub stylesheet_url: Option<String>,
    /// Where the browser's icon is; ours while the product is not known.
    pub icon_url: Option<String>,
    /// Whether the icon is the vendor's own picture.
    pub icon_is_picture: bool,
    /// The vendor's logo.
    pub logo: Option<LogoView>,
    /// The same where the page is dark.
    pub logo_dark: Option<LogoView>,
    /// What stands in place of a logo.
    pub initial: Option<char>,
}

/// A logo; its sides keep its place while it loads.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LogoView {
    /// Where it is.
    pub url: String,
    /// Its width, in pixels.
    pub width_px: u32,
    /// Its height, in pixels.
    pub height_px: u32,
}

impl BrandView {
    fn of(environment: &Environment) -> Self {
        let picture = |kind, image: &BrandImage| picture_url(environment, kind, image);
        Self::new(&environment.branding, environment.display_name().as_str(), picture)
    }

    /// How an environment would look: pictures that it does not have yet come with the page.
    fn unsaved(environment: &Environment, branding: &Branding, name: &str) -> Self {
        Self::new(branding, name, |_, image| {
            picture_href(environment, image)
                .unwrap_or_else(|| format!("data:image/png;base64,{}", STANDARD.encode(image.as_png())))
        })
    }

    fn new(branding: &Branding, name: &str, picture: impl Fn(BrandPicture, &BrandImage) -> String) -> Self {
        let favicon = branding.favicon.as_ref().map(|image| (BrandPicture::Favicon, image));
        let icon = favicon.or(branding.icon.as_ref().map(|image| (BrandPicture::Icon, image)));
        let icon = icon.map(|(kind, image)| picture(kind, image));
        let logo = |kind, image: Option<&BrandImage>| {
            image.map(|image| {
                let (width_px, height_px) = image.sides_px();
                LogoView { url: picture(kind, image), width_px, height_px }
            })
        };
        Self {
            stylesheet_url: branding.color.map(brand::stylesheet_url),
            icon_is_picture: icon.is_some(),
            icon_url: icon.or_else(|| brand::icon_url(branding.color, name)),
            logo: logo(BrandPicture::Logo, branding.logo.as_ref()),
            logo_dark: logo(BrandPicture::LogoDark, branding.logo_dark.as_ref()),
            initial: brand::initial(name),
        }
    }
}

impl Frame {
    /// The frame of a page that shows things of a link.
    pub(crate) fn of(environment: &Environment, organization: &Organization, link: &PortalLink) -> Self {
        let back_url = redirect::resolve(&link.redirects, &environment.redirects, Outcome::Left);
        Self {
            product: environment.display_name().to_string(),
            brand: BrandView::of(environment),
            known: true,
            organization: Some(organization.name.to_string()),
            sandbox: environment.kind == EnvironmentKind::Sandbox,
            back_url: back_url.map(ToString::to_string),
            support_email: environment.branding.support_email.as_ref().map(ToString::to_string),
        }
    }

    /// The frame of an example, for whoever chooses how an environment looks.
    pub(crate) fn example(environment: &Environment, branding: &Branding, organization: &str) -> Self {
        let product = branding.product_name.as_ref().unwrap_or(&environment.name);
        Self {
            product: product.to_string(),
            brand: BrandView::unsaved(environment, branding, product.as_str()),
            known: true,
            organization: Some(organization.to_owned()),
            sandbox: environment.kind == EnvironmentKind::Sandbox,
            back_url: environment.redirects.default_return_url.as_ref().map(ToString::to_string),
            support_email: branding.support_email.as_ref().map(ToString::to_string),
        }
    }

    /// The frame of a page that cannot know for whom it is.
    pub(crate) fn unknown() -> Self {
        Self {
            product: "Admin Portal".to_owned(),
            brand: BrandView::default(),
            known: false,
            organization: None,
            sandbox: false,
            back_url: None,
            support_email: None,
        }
    }
}

/// Something to fix before a form is taken, as the summary lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ErrorLink {
    /// The id of the field it belongs to.
    pub field_id: String,
    /// What to do.
    pub text: Piece,
}

/// A field of a form.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Field {
    /// Name in the form.
    pub key: String,
    /// Id on the page.
    pub id: String,
    /// Its label.
    pub label: Piece,
    /// `line`, `url`, `email`, `area`, `secret` or `choice`.
    pub control: &'static str,
    /// What was typed; never a secret.
    pub value: String,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Where the admin finds the value.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// A remark.
    pub note: Option<Piece>,
    /// A made-up value of the right shape.
    pub example: Option<String>,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Whether a secret is kept from before.
    pub kept: bool,
    /// Its number in the drawing of their console.
    pub pin: Option<usize>,
    /// What is wrong.
    pub error: Option<Piece>,
}

impl Field {
    /// An empty field with only a label.
    pub(crate) fn plain(key: &str, label: impl Into<Piece>, control: &'static str) -> Self {
        Self {
            key: key.to_owned(),
            id: field_id(key),
            label: label.into(),
            control,
            value: String::new(),
            optional: false,
            place: None,
            note: None,
            example: None,
            options: Vec::new(),
            kept: false,
            pin: None,
            error: None,
        }
    }
}

/// The id of a field on its page.
pub(crate) fn field_id(key: &str) -> String {
    format!("field-{key}")
}

/// Frames and fields for the samples of pages.
pub(crate) mod samples {
    use super::super::HOSTILE;
    use super::{BrandView, Field, Frame, LogoView};

    pub(crate) fn frame() -> Frame {
        Frame {
            product: "Acme App".to_owned(),
            brand: BrandView {
                icon_url: Some("/assets/brand/2f5bd0-A.svg".to_owned()),
                initial: Some('A'),
                ..BrandView::default()
            },
            known: true,
            organization: Some("Example Corp".to_owned()),
            sandbox: false,
            back_url: Some("https://app.acme.example/settings?a=1&b=2".to_owned()),
            support_email: Some("help@acme.example".to_owned()),
        }
    }

    pub(crate) fn hostile_frame() -> Frame {
        Frame {
            product: HOSTILE.to_owned(),
            brand: BrandView {
                stylesheet_url: Some(HOSTILE.to_owned()),
                icon_url: Some(HOSTILE.to_owned()),
                icon_is_picture: true,
                logo: Some(LogoView { url: HOSTILE.to_owned(), width_px: 1, height_px: 1 }),
                logo_dark: Some(LogoView { url: HOSTILE.to_owned(), width_px: 1, height_px: 1 }),
                initial: None,
            },
            known: true,
            organization: Some(HOSTILE.to_owned()),
            sandbox: true,
            back_url: Some(format!("https://app.example/?x={HOSTILE}")),
            support_email: Some(HOSTILE.to_owned()),
        }
    }

    pub(crate) fn hostile_field(control: &'static str) -> Field {
        Field {
            value: HOSTILE.to_owned(),
            optional: true,
            place: Some(HOSTILE.to_owned()),
            note: Some(HOSTILE.into()),
            example: Some(HOSTILE.to_owned()),
            options: vec![HOSTILE.to_owned(), "other".to_owned()],
            kept: true,
            pin: Some(1),
            error: Some(HOSTILE.into()),
            ..Field::plain(&format!("sample_{control}"), HOSTILE, control)
        }
    }
}
