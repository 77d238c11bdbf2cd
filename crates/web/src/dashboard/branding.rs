//! How the portal looks: name, colour and pictures, shown as they will be before they are saved.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::web::{Data, Path, Query};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use vestibule_application::change::Change;
use vestibule_application::ports::pictures::{PICTURE_BYTES_MAX, PicturePlace};
use vestibule_application::usecases::brand_environment::{
    BrandEnvironment, BrandEnvironmentCommand, BrandEnvironmentError,
};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{Branding, Environment};
use vestibule_domain::text::Name;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::meanwhile::{Edited, Meanwhile, Unsaved, made_from};
use super::operator::Operator;
use super::preview;
use super::settings::full;
use super::upload::{File, Upload};
use super::view::branding::{BrandingPage, KeptView, PictureField};
use super::view::shell::{Area, area_href};
use crate::pages::brand;
use crate::portal::{Field, picture_href};

/// The page has frames: of the portal, which stands in the page itself, and of a mail.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What the form's button says that shows and saves nothing.
const PREVIEW: &str = "preview";

/// A picture of a branding.
#[derive(Clone, Copy)]
struct Slot {
    key: &'static str,
    label: &'static str,
    note: &'static str,
    place: PicturePlace,
    of: fn(&Branding) -> Option<&BrandImage>,
}

/// The pictures, in the order of the form.
const SLOTS: [Slot; 4] = [
    Slot {
        key: "logo",
        label: "Logo",
        note: "At the top of every page of the portal.",
        place: PicturePlace::Logo,
        of: |branding| branding.logo.as_ref(),
    },
    Slot {
        key: "logo_dark",
        label: "Logo for the dark theme",
        note: "Takes the logo’s place where the page is dark.",
        place: PicturePlace::Logo,
        of: |branding| branding.logo_dark.as_ref(),
    },
    Slot {
        key: "icon",
        label: "Icon",
        note: "Square. IT admins put it on the tile in their provider’s console.",
        place: PicturePlace::Icon,
        of: |branding| branding.icon.as_ref(),
    },
    Slot {
        key: "favicon",
        label: "Favicon",
        note: "Square. In the browser’s tab; the icon stands there otherwise.",
        place: PicturePlace::Favicon,
        of: |branding| branding.favicon.as_ref(),
    },
];

/// What the address says besides.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    saved: Option<String>,
}

/// Shows the branding.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let held = full(&dashboard, environment).await?;
    let draft = Draft::of(&held.branding);
    render(&dashboard, &operator, &held, shown.saved.is_some(), draft)
}

/// Shows the page again with what was typed, or saves it.
pub(super) async fn save(
    dashboard: Data<Dashboard>,
    upload: Upload,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    upload.operator.admin()?;
    let environment = upload.operator.environment(&path)?;
    let mut held = full(&dashboard, environment).await?;
    let mut draft = Draft::read(&dashboard, &upload).await?;
    let operator = &upload.operator;
    if upload.form.one("action") == PREVIEW {
        draft.form.status = StatusCode::OK;
        return render(&dashboard, operator, &held, false, draft);
    }
    if draft.form.wrong.is_empty() {
        let [logo, logo_dark, icon, favicon] = draft.pictures.clone();
        let command = BrandEnvironmentCommand {
            actor: operator.actor(),
            environment_id: environment.id,
            made_from: Some(draft.form.made_from),
            product_name: draft.product_name.clone(),
            support_email: draft.support_email.clone(),
            color: draft.color,
            logo,
            logo_dark,
            icon,
            favicon,
        };
        let saved = || Ok(see_other(&format!("{}?saved=yes", area_href(environment.id, Area::Branding))));
        match dashboard.app.run(BrandEnvironment { ambient: dashboard.app.ambient.clone() }, command).await {
            Ok(_) => return saved(),
            Err(BrandEnvironmentError::Unknown) => return Err(Failure::NotFound),
            Err(BrandEnvironmentError::Overtaken(overtaken)) => {
                held = full(&dashboard, environment).await?;
                let wanted = draft.onto(&held.branding);
                let Some(told) = Meanwhile::of(&overtaken, &wanted.readout(), label) else { return saved() };
                let edited = Edited::setting(AuditAction::EnvironmentBranded, environment.id);
                draft.form = told.told(&dashboard, environment, edited).await?.into();
            }
            Err(BrandEnvironmentError::Store(error)) => return Err(error.into()),
        }
    }
    render(&dashboard, operator, &held, false, draft)
}

/// What people call what is read out.
fn label(field: &str) -> String {
    let slot = SLOTS.iter().find(|slot| slot.key == field);
    let label = match field {
        "product_name" => "Product name",
        "support_email" => "Support e-mail",
        "color" => "Colour",
        other => slot.map_or(other, |slot| slot.label),
    };
    label.to_owned()
}

/// What somebody is about to save.
struct Draft {
    form: Unsaved,
    /// What was typed, by field.
    typed: [String; 3],
    product_name: Change<Name>,
    support_email: Change<EmailAddress>,
    color: Change<BrandColor>,
    pictures: [Change<BrandImage>; 4],
}

/// The fields that are typed into.
const TYPED: [&str; 3] = ["product_name", "support_email", "color"];

impl Draft {
    /// Nothing changed yet.
    fn of(held: &Branding) -> Self {
        Self {
            form: Unsaved::fresh(held.readout().revision()),
            typed: words(held),
            product_name: Change::Keep,
            support_email: Change::Keep,
            color: Change::Keep,
            pictures: [const { Change::Keep }; 4],
        }
    }

    async fn read(dashboard: &Dashboard, upload: &Upload) -> Result<Self, Failure> {
        let form = &upload.form;
        let mut wrong = Wrong::default();
        let product_name = typed(&mut wrong, form, "product_name", Name::parse);
        let support_email = typed(&mut wrong, form, "support_email", EmailAddress::parse);
        let color = form.one("color");
        let color = match BrandColor::parse(color) {
            _ if color.is_empty() => Change::Reset,
            Ok(color) => Change::Set(color),
            Err(_) => {
                wrong.note("color", "must be # and six hexadecimal digits, such as #2f5bd0");
                Change::Keep
            }
        };
        let mut pictures = [const { Change::Keep }; 4];
        for (slot, picture) in SLOTS.into_iter().zip(&mut pictures) {
            *picture = drawn(dashboard, upload, slot, &mut wrong).await?;
        }
        let form = Unsaved::wrong(wrong, made_from(form)?);
        let typed = TYPED.map(|key| upload.form.one(key).to_owned());
        Ok(Self { form, typed, product_name, support_email, color, pictures })
    }

    /// The branding as it would be.
    fn onto(&self, held: &Branding) -> Branding {
        let held = held.clone();
        let [logo, logo_dark, icon, favicon] = self.pictures.clone();
        Branding {
            product_name: self.product_name.clone().of(held.product_name),
            support_email: self.support_email.clone().of(held.support_email),
            color: self.color.of(held.color),
            logo: logo.of(held.logo),
            logo_dark: logo_dark.of(held.logo_dark),
            icon: icon.of(held.icon),
            favicon: favicon.of(held.favicon),
        }
    }
}

fn words(held: &Branding) -> [String; 3] {
    [
        held.product_name.as_ref().map(ToString::to_string).unwrap_or_default(),
        held.support_email.as_ref().map(ToString::to_string).unwrap_or_default(),
        held.color.map(|color| color.to_string()).unwrap_or_default(),
    ]
}

fn typed<T, E: std::fmt::Display>(
    wrong: &mut Wrong,
    form: &Sent,
    key: &'static str,
    read: fn(&str) -> Result<T, E>,
) -> Change<T> {
    match form.one(key) {
        "" => Change::Reset,
        typed => wrong.take(key, read(typed)).map_or(Change::Keep, Change::Set),
    }
}

/// What becomes of a picture: a file goes before the box to remove it, and that before a picture that
/// came back with the form.
async fn drawn(
    dashboard: &Dashboard,
    upload: &Upload,
    slot: Slot,
    wrong: &mut Wrong,
) -> Result<Change<BrandImage>, Failure> {
    let file = match upload.file(slot.key) {
        Some(File::TooLarge) => {
            wrong.note(slot.key, format_args!("must have at most {} KiB", PICTURE_BYTES_MAX / 1024));
            return Ok(Change::Keep);
        }
        Some(File::Whole(bytes)) => bytes.clone(),
        None if upload.form.one("remove") == slot.key
            || upload.form.all("remove").any(|key| key == slot.key) =>
        {
            return Ok(Change::Reset);
        }
        None => match STANDARD.decode(upload.form.one(&kept_key(slot))) {
            Ok(bytes) if !bytes.is_empty() => bytes,
            _ => return Ok(Change::Keep),
        },
    };
    // One after the other: drawing takes memory and a core for a while.
    let permit = dashboard.drawing.clone().acquire_owned().await.map_err(Failure::internal)?;
    let pictures = dashboard.app.pictures.clone();
    let drawn = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        pictures.draw(&file, slot.place)
    });
    match drawn.await {
        Ok(drawn) => Ok(wrong.take(slot.key, drawn).map_or(Change::Keep, Change::Set)),
        Err(panic) => {
            tracing::error!(error = %panic, "drawing a picture failed");
            wrong.note(slot.key, "cannot be read");
            Ok(Change::Keep)
        }
    }
}

/// The name under which a picture comes back that was uploaded and not saved.
fn kept_key(slot: Slot) -> String {
    format!("kept_{}", slot.key)
}

fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    held: &Environment,
    saved: bool,
    draft: Draft,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&held.id.to_string())?;
    let branding = draft.onto(&held.branding);
    let [name, email, color] = draft.typed.clone();
    let slots = SLOTS.map(|slot| Field {
        optional: true,
        note: Some(slot.note.into()),
        ..Field::plain(slot.key, slot.label, "file")
    });
    let [logo, logo_dark, icon, favicon] = slots;
    let fields = [
        Field {
            value: name,
            optional: true,
            note: Some(format!("As IT admins know it; “{}” otherwise.", held.name).into()),
            ..Field::plain("product_name", "Product name", "line")
        },
        Field {
            value: email,
            optional: true,
            note: Some("Whom IT admins ask, and who is told of set-ups.".into()),
            ..Field::plain("support_email", "Support e-mail", "email")
        },
        Field {
            value: color,
            optional: true,
            note: Some(
                "Of buttons and marks. Text on it is black or white, whichever is read more easily.".into(),
            ),
            example: Some("#2f5bd0".to_owned()),
            ..Field::plain("color", "Colour", "line")
        },
        logo,
        logo_dark,
        icon,
        favicon,
    ];
    let (fields, errors) = draft.form.wrong.onto(fields);
    let [product_name, support_email, color, logo, logo_dark, icon, favicon] = fields;
    let pictures = [logo, logo_dark, icon, favicon].into_iter().zip(SLOTS).zip(&draft.pictures);
    let pictures = pictures.map(|((field, slot), change)| PictureField {
        field,
        current: match change {
            Change::Keep => {
                (slot.of)(&held.branding).map(|image| picture_href(held, image)).unwrap_or_default()
            }
            Change::Reset => None,
            Change::Set(image) => Some(data_url(image)),
        },
        kept: match change {
            Change::Set(image) => {
                Some(KeptView { name: kept_key(slot), value: STANDARD.encode(image.as_png()) })
            }
            Change::Keep | Change::Reset => None,
        },
        removed: *change == Change::Reset && (slot.of)(&held.branding).is_some(),
        removable: (slot.of)(&held.branding).is_some(),
    });
    let href = area_href(held.id, Area::Branding);
    let content = BrandingPage {
        shell: operator.shell(environment, Area::Branding),
        saved,
        errors,
        meanwhile: draft.form.meanwhile,
        made_from: draft.form.made_from.to_string(),
        product_name,
        support_email,
        picked: branding.color.map_or_else(String::new, |color| color.to_string()),
        color,
        pictures: pictures.collect(),
        legible: branding.color.map(brand::legibility),
        portal: preview::portal(dashboard, held, &branding, operator.now)?,
        mail_href: preview::mail_href(&href, &held.branding, &branding),
        logo_waits: preview::logo_waits(&held.branding, &branding),
        href,
    };
    let mut answer = page(draft.form.status, &content)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(answer)
}

/// A picture inside a page.
pub(super) fn data_url(image: &BrandImage) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(image.as_png()))
}
