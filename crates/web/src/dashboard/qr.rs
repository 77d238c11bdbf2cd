//! A text as a QR code, drawn by one path of SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use serde::Serialize;

/// Empty modules around the code. Source: ISO/IEC 18004, section 9.1 (the quiet zone).
const QUIET_MODULES: i32 = 4;

/// A drawing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct QrDrawing {
    /// Modules in a row, the quiet zone included.
    pub size: i32,
    /// The dark modules, as the `d` of a path.
    pub path: String,
}

/// Draws a text; none of a text that is too long for any code.
pub(super) fn qr_path(text: &str) -> Option<QrDrawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let from = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                // Writing to a string cannot fail.
                let _ = write!(
                    path,
                    "M{} {}h{}v1H{}z",
                    from + QUIET_MODULES,
                    y + QUIET_MODULES,
                    x - from,
                    from + QUIET_MODULES
                );
            }
            x += 1;
        }
    }
    Some(QrDrawing { size: code.size() + 2 * QUIET_MODULES, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_every_dark_module_and_no_other() {
        let code = QrCode::encode_text("otpauth://totp/a", QrCodeEcc::Medium).unwrap();
        let drawing = qr_path("otpauth://totp/a").unwrap();
        assert_eq!(drawing.size, code.size() + 8);
        let mut dark = Vec::new();
        for run in drawing.path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let [x, y, length]: [i32; 3] = [x, y, length].map(|number| number.parse().unwrap());
            dark.extend((x..x + length).map(|x| (x - 4, y - 4)));
        }
        let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let wanted: Vec<_> = modules.filter(|(x, y)| code.get_module(*x, *y)).collect();
        assert_eq!(dark, wanted);
    }

    #[test]
    fn what_no_code_can_hold_is_not_drawn() {
        assert!(qr_path(&"a".repeat(2_331)).is_some());
        assert!(qr_path(&"a".repeat(2_332)).is_none());
    }
}
