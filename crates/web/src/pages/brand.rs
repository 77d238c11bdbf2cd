//! A vendor's colour as a stylesheet and an icon, made from nothing but the address they are served
//! under: they can be kept for ever, and no inline style is needed.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{Path, ServiceConfig, resource};
use actix_web::{Route, guard, web};
use serde::Serialize;
use vestibule_domain::brand::BrandColor;

use super::assets::{ASSETS_PATH, FOR_EVER};
use super::contrast::{BLACK, Grounds, WHITE, contrast, mix, text_on};

/// Our own colour, for vendors without one; the token `--brand` of the light theme.
const DEFAULT: BrandColor = BrandColor { red: 0x2f, green: 0x5b, blue: 0xd0 };

/// How far a colour moves under the pointer, in percent.
const HOVER_PERCENT: u8 = 16;

/// The grounds of the light theme. A test compares them with the stylesheet.
const LIGHT: Grounds =
    Grounds { colors: [BrandColor { red: 0xf6, green: 0xf7, blue: 0xf9 }, WHITE], strongest: BLACK };

/// The same of the dark theme.
const DARK: Grounds = Grounds {
    colors: [
        BrandColor { red: 0x11, green: 0x15, blue: 0x1d },
        BrandColor { red: 0x19, green: 0x1f, blue: 0x2a },
    ],
    strongest: WHITE,
};

/// The colour of a button under the pointer: away from its text, so that it stays readable.
fn pressed(color: BrandColor) -> BrandColor {
    let away = if text_on(color) == WHITE { BLACK } else { WHITE };
    mix(color, away, HOVER_PERCENT)
}

/// How well a colour is seen where it is used. Ratios are as WCAG defines them, cut to tenths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Legibility {
    /// `white` or `black`.
    pub text: &'static str,
    /// How text stands out from it.
    pub text_ratio: String,
    /// The least that an edge needs.
    pub edge_min: u8,
    /// How it stands out from light and from dark pages.
    pub edges: [EdgeLegibility; 2],
}

/// How well a colour is seen on the pages of a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EdgeLegibility {
    /// `light` or `dark`.
    pub theme: &'static str,
    /// How it stands out from the ground that it stands out from least.
    pub ratio: String,
    /// What edges are drawn in instead, if it is too weak.
    pub drawn: Option<String>,
}

/// Tells how well a colour is seen.
pub fn legibility(color: BrandColor) -> Legibility {
    // Cut, not rounded: 2.96 is not enough and must not read as 3.0.
    let tenths = |ratio: f64| format!("{:.1}", (ratio * 10.0).floor() / 10.0);
    let text = text_on(color);
    let edge = |name, theme: &Grounds| {
        let ratio = theme.colors.iter().map(|ground| contrast(color, *ground)).fold(f64::MAX, f64::min);
        let drawn = theme.edge(color);
        EdgeLegibility {
            theme: name,
            ratio: tenths(ratio),
            drawn: (drawn != color).then(|| drawn.to_string()),
        }
    };
    Legibility {
        text: if text == WHITE { "white" } else { "black" },
        text_ratio: tenths(contrast(color, text)),
        edge_min: 3,
        edges: [edge("light", &LIGHT), edge("dark", &DARK)],
    }
}

/// The tokens of a brand, for both themes.
fn stylesheet(color: BrandColor) -> String {
    format!(
        ":root{{--brand:{color};--brand-strong:{};--on-brand:{};--brand-edge:{}}}\
         @media screen and (prefers-color-scheme:dark){{:root{{--brand-edge:{}}}}}",
        pressed(color),
        text_on(color),
        LIGHT.edge(color),
        DARK.edge(color)
    )
}

/// A letter on the colour.
fn icon(color: BrandColor, letter: char) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">\
         <rect width=\"32\" height=\"32\" rx=\"7\" fill=\"{color}\"/>\
         <text x=\"16\" y=\"22.5\" text-anchor=\"middle\" font-family=\"system-ui,sans-serif\" \
         font-size=\"19\" font-weight=\"650\" fill=\"{}\">{letter}</text></svg>",
        text_on(color)
    )
}

/// The initial that stands for a name: its first letter or digit, as a capital.
pub fn initial(name: &str) -> Option<char> {
    name.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_uppercase().next())
}

/// Where the stylesheet of a colour is.
pub fn stylesheet_url(color: BrandColor) -> String {
    format!("{ASSETS_PATH}/brand/{}.css", digits(color))
}

/// Where the icon of a name is; none for a name without letters and digits.
pub fn icon_url(color: Option<BrandColor>, name: &str) -> Option<String> {
    let letter = initial(name)?;
    let letter = String::from(letter);
    let percent: String = url::form_urlencoded::byte_serialize(letter.as_bytes()).collect();
    Some(format!("{ASSETS_PATH}/brand/{}-{percent}.svg", digits(color.unwrap_or(DEFAULT))))
}

fn digits(color: BrandColor) -> String {
    color.to_string().trim_start_matches('#').to_owned()
}

/// Serves the stylesheets and icons of all colours.
pub fn routes(config: &mut ServiceConfig) {
    let get = || -> Route { web::route().guard(guard::Any(guard::Get()).or(guard::Head())) };
    config.service(resource(format!("{ASSETS_PATH}/brand/{{name}}")).route(get().to(serve)));
}

async fn serve(name: Path<String>) -> HttpResponse {
    let not_found = || HttpResponse::NotFound().insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff")).finish();
    match made(&name) {
        None => not_found(),
        Some((content_type, body)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, content_type))
            .insert_header((CACHE_CONTROL, FOR_EVER))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(body),
    }
}

/// What a name asks for.
fn made(name: &str) -> Option<(&'static str, String)> {
    let color = |digits: &str| BrandColor::parse(&format!("#{digits}")).ok();
    if let Some(digits) = name.strip_suffix(".css") {
        return Some(("text/css; charset=utf-8", stylesheet(color(digits)?)));
    }
    let (digits, letter) = name.strip_suffix(".svg")?.split_once('-')?;
    let mut letters = letter.chars();
    let letter = letters.next().filter(|c| c.is_alphanumeric() && letters.next().is_none())?;
    Some(("image/svg+xml", icon(color(digits)?, letter)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::contrast::{EDGE_MIN, TEXT_MIN};

    /// Colours all over the cube.
    fn colors() -> impl Iterator<Item = BrandColor> {
        let steps = || (0..=255).step_by(17);
        steps().flat_map(move |red| {
            steps().flat_map(move |green| steps().map(move |blue| BrandColor { red, green, blue }))
        })
    }

    #[test]
    fn text_on_any_colour_can_be_read_under_the_pointer_too() {
        for color in colors() {
            let text = text_on(color);
            assert!(contrast(color, text) >= TEXT_MIN, "{color}");
            assert!(contrast(pressed(color), text) >= TEXT_MIN, "{color} under the pointer");
        }
    }

    #[test]
    fn the_edge_of_any_colour_can_be_seen_in_both_themes() {
        for color in colors() {
            for theme in [&LIGHT, &DARK] {
                for ground in theme.colors {
                    assert!(contrast(theme.edge(color), ground) >= EDGE_MIN, "{color} on {ground}");
                }
            }
        }
    }

    #[test]
    fn the_themes_are_those_of_the_stylesheet() {
        let [(_, light), (_, dark)] = crate::pages::tokens::themes();
        assert_eq!(light["brand"], DEFAULT);
        for (theme, colors) in [(&LIGHT, light), (&DARK, dark)] {
            assert_eq!(theme.colors, [colors["ground"], colors["surface"]]);
        }
    }

    #[test]
    fn what_is_too_weak_is_told() {
        let yellow = legibility(BrandColor { red: 255, green: 230, blue: 0 });
        assert_eq!((yellow.text, yellow.edges[1].drawn.as_ref()), ("black", None));
        assert!(yellow.edges[0].drawn.is_some() && yellow.edges[0].ratio.starts_with("1."));
        assert!((f64::from(yellow.edge_min) - EDGE_MIN).abs() < f64::EPSILON);
        let grey = BrandColor { red: 0x95, green: 0x95, blue: 0x95 };
        let light = &legibility(grey).edges[0];
        assert!(light.ratio.starts_with("2.") && light.drawn.is_some(), "{light:?}");
        assert_eq!(legibility(WHITE).text_ratio, "21.0");
    }

    #[test]
    fn a_colour_that_can_be_seen_stays_as_it_is() {
        assert_eq!(LIGHT.edge(DEFAULT), DEFAULT);
        assert_ne!(LIGHT.edge(BrandColor { red: 255, green: 230, blue: 0 }).to_string(), "#ffe600");
    }

    #[test]
    fn only_what_is_asked_for_properly_is_made() {
        for color in [BLACK, WHITE, DEFAULT] {
            let name = |url: String| url.rsplit('/').next().unwrap().to_owned();
            assert_eq!(made(&name(stylesheet_url(color))).unwrap().0, "text/css; charset=utf-8");
        }
        let (content_type, svg) = made("2f5bd0-É.svg").unwrap();
        assert!(content_type == "image/svg+xml" && svg.contains(">É</text>"));
        roxmltree::Document::parse(&svg).unwrap();
        assert_eq!(icon_url(None, "élan").unwrap(), "/assets/brand/2f5bd0-%C3%89.svg");
        assert_eq!(icon_url(None, "–"), None);
        for wrong in [
            "",
            ".css",
            "2f5bd.css",
            "#2f5bd0.css",
            "2f5bd0-.svg",
            "2f5bd0-<.svg",
            "2f5bd0-AB.svg",
            "2f5bd0.svg",
        ] {
            assert!(made(wrong).is_none(), "{wrong}");
        }
    }
}
