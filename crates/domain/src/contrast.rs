//! Contrast between colours, as WCAG 2.2 defines it.

use crate::brand::BrandColor;

/// Least contrast of text. Source: WCAG 2.2, success criterion 1.4.3 (level AA).
pub const TEXT_MIN: f64 = 4.5;

/// Least contrast of what shows a control's edge or state. Source: WCAG 2.2, success criterion 1.4.11.
pub const EDGE_MIN: f64 = 3.0;

/// Black.
pub const BLACK: BrandColor = BrandColor { red: 0, green: 0, blue: 0 };

/// White.
pub const WHITE: BrandColor = BrandColor { red: 255, green: 255, blue: 255 };

/// Relative luminance: 0 for black, 1 for white. Source: WCAG 2.2, "relative luminance".
pub fn luminance(color: BrandColor) -> f64 {
    let channel = |byte: u8| {
        let value = f64::from(byte) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(color.red) + 0.7152 * channel(color.green) + 0.0722 * channel(color.blue)
}

/// Contrast ratio: 1 for equal colours, 21 for black on white. Source: WCAG 2.2, "contrast ratio".
pub fn contrast(one: BrandColor, other: BrandColor) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// A colour on its way to another one; 0 percent is the first.
pub fn mix(from: BrandColor, to: BrandColor, percent: u8) -> BrandColor {
    let part = u32::from(percent.min(100));
    let channel = |from: u8, to: u8| {
        let mixed = (u32::from(from) * (100 - part) + u32::from(to) * part) / 100;
        // A mean of two bytes is one.
        u8::try_from(mixed).unwrap_or(to)
    };
    BrandColor {
        red: channel(from.red, to.red),
        green: channel(from.green, to.green),
        blue: channel(from.blue, to.blue),
    }
}

/// The colour of text on another colour: of black and white the one that is read more easily. One of
/// them always has a contrast of at least 4.58.
pub fn text_on(color: BrandColor) -> BrandColor {
    if contrast(color, WHITE) >= contrast(color, BLACK) { WHITE } else { BLACK }
}

/// A theme's grounds on which edges in a brand's colour stand, and where its colours get stronger.
#[derive(Clone, Copy, Debug)]
pub struct Grounds {
    /// The grounds.
    pub colors: [BrandColor; 2],
    /// Black or white: the one that stands out from them.
    pub strongest: BrandColor,
}

impl Grounds {
    /// The colour, as much stronger as its edge needs to be seen on them.
    pub fn edge(&self, color: BrandColor) -> BrandColor {
        let seen =
            |color: &BrandColor| self.colors.iter().all(|ground| contrast(*color, *ground) >= EDGE_MIN);
        (0..=100).map(|percent| mix(color, self.strongest, percent)).find(seen).unwrap_or(self.strongest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_the_standard() {
        let color = |text| BrandColor::parse(text).unwrap();
        let is = |one, other, ratio: f64| assert!((contrast(one, other) - ratio).abs() < 0.005);
        is(BLACK, WHITE, 21.0);
        is(WHITE, BLACK, 21.0);
        is(WHITE, WHITE, 1.0);
        // The grey that just passes, and the one that just does not.
        is(color("#767676"), WHITE, 4.54);
        is(color("#777777"), WHITE, 4.48);
    }

    #[test]
    fn a_mix_goes_all_the_way() {
        assert_eq!(mix(BLACK, WHITE, 0), BLACK);
        assert_eq!(mix(BLACK, WHITE, 100), WHITE);
        assert_eq!(mix(BLACK, WHITE, 255), WHITE);
        assert_eq!(mix(WHITE, BLACK, 50).to_string(), "#7f7f7f");
    }
}
