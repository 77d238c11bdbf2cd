//! How the vendor looks in a message: what `layout.html` is filled with besides.

use serde::Serialize;
use vestibule_domain::brand::BrandColor;
use vestibule_domain::contrast::{BLACK, Grounds, WHITE, text_on};
use vestibule_domain::message::{MailLogo, OutgoingMessage};

use crate::compose::one_line;

/// Height of a logo, in pixels; a wide one is lower.
const LOGO_HEIGHT_PX: u32 = 32;

/// Most width of a logo, in pixels.
const LOGO_WIDTH_PX_MAX: u32 = 160;

/// Our own colours of buttons.
const OURS: BrandColor = BrandColor { red: 0x23, green: 0x48, blue: 0xc7 };
const OURS_DARK: BrandColor = BrandColor { red: 0x9d, green: 0xb8, blue: 0xff };
const OURS_DARK_TEXT: BrandColor = BrandColor { red: 0x10, green: 0x13, blue: 0x1a };

/// What stands behind buttons: the card, and the page around it. A test compares them with the
/// template.
const LIGHT: Grounds =
    Grounds { colors: [WHITE, BrandColor { red: 0xf3, green: 0xf4, blue: 0xf7 }], strongest: BLACK };
const DARK: Grounds = Grounds {
    colors: [
        BrandColor { red: 0x1f, green: 0x22, blue: 0x29 },
        BrandColor { red: 0x15, green: 0x17, blue: 0x1c },
    ],
    strongest: WHITE,
};

#[derive(Clone, Debug, Serialize)]
pub(super) struct BrandView {
    /// What stands for a logo that is not loaded.
    name: String,
    color: String,
    text: String,
    edge: String,
    dark_color: String,
    dark_text: String,
    dark_edge: String,
    logo: Option<LogoView>,
    logo_dark: Option<LogoView>,
}

#[derive(Clone, Debug, Serialize)]
struct LogoView {
    url: String,
    width_px: u32,
    height_px: u32,
}

impl LogoView {
    /// Mail programs take sides from attributes alone, so they are worked out here.
    fn new(logo: &MailLogo) -> Self {
        let (width, height) = logo.sides_px;
        let scaled = |side: u32, by: u32, of: u32| (side * by / of.max(1)).max(1);
        let at_height = scaled(width, LOGO_HEIGHT_PX, height);
        let (width_px, height_px) = if at_height <= LOGO_WIDTH_PX_MAX {
            (at_height, LOGO_HEIGHT_PX)
        } else {
            (LOGO_WIDTH_PX_MAX, scaled(height, LOGO_WIDTH_PX_MAX, width))
        };
        Self { url: logo.url.clone(), width_px, height_px }
    }
}

impl BrandView {
    pub(super) fn new(message: &OutgoingMessage) -> Self {
        let brand = &message.brand;
        let color = brand.color.unwrap_or(OURS);
        let dark_color = brand.color.unwrap_or(OURS_DARK);
        let dark_text = brand.color.map_or(OURS_DARK_TEXT, text_on);
        Self {
            name: one_line(message.sender_name.as_str()),
            color: color.to_string(),
            text: text_on(color).to_string(),
            edge: LIGHT.edge(color).to_string(),
            dark_color: dark_color.to_string(),
            dark_text: dark_text.to_string(),
            dark_edge: DARK.edge(dark_color).to_string(),
            logo: brand.logo.as_ref().map(LogoView::new),
            logo_dark: brand.logo_dark.as_ref().filter(|_| brand.logo.is_some()).map(LogoView::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use vestibule_domain::contrast::{EDGE_MIN, TEXT_MIN, contrast};
    use vestibule_domain::message::MailBrand;

    use super::*;
    use crate::compose::samples;

    #[test]
    fn a_logo_keeps_its_shape_within_its_place() {
        let sides = |width, height| {
            let view = LogoView::new(&MailLogo { url: String::new(), sides_px: (width, height) });
            (view.width_px, view.height_px)
        };
        assert_eq!(sides(64, 64), (32, 32));
        assert_eq!(sides(320, 64), (LOGO_WIDTH_PX_MAX, LOGO_HEIGHT_PX));
        assert_eq!(sides(322, 64), (LOGO_WIDTH_PX_MAX, 31));
        assert_eq!(sides(1_024, 1), (LOGO_WIDTH_PX_MAX, 1));
        assert_eq!(sides(1, 1_024), (1, LOGO_HEIGHT_PX));
        assert_eq!(sides(16, 8), (64, LOGO_HEIGHT_PX));
    }

    #[test]
    fn the_button_of_any_colour_can_be_read_and_seen() {
        let color = |text: &str| BrandColor::parse(text).unwrap();
        for given in ["#000000", "#ffffff", "#ffe600", "#767676", "#1f2229", "#2f5bd0"].map(color) {
            let brand = MailBrand { color: Some(given), ..MailBrand::default() };
            let view = BrandView::new(&vestibule_domain::message::OutgoingMessage {
                brand,
                ..samples::message("Globex", &[])
            });
            for (ground, text, edge, grounds) in [
                (&view.color, &view.text, &view.edge, LIGHT),
                (&view.dark_color, &view.dark_text, &view.dark_edge, DARK),
            ] {
                assert_eq!(color(ground), given);
                assert!(contrast(color(ground), color(text)) >= TEXT_MIN, "{given}");
                assert!(grounds.colors.iter().all(|g| contrast(color(edge), *g) >= EDGE_MIN), "{given}");
            }
        }
    }

    #[test]
    fn the_grounds_are_those_of_the_template() {
        let layout = include_str!("../../../../templates/mail/layout.html");
        for ground in [LIGHT, DARK].iter().flat_map(|grounds| grounds.colors) {
            assert!(
                layout.contains(&format!("background-color:{ground}"))
                    || layout.contains(&format!("background-color: {ground}")),
                "{ground}"
            );
        }
    }
}
