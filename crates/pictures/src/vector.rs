//! Drawings: rendered to pixels, without fonts, files or addresses.

use image::RgbaImage;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use vestibule_application::ports::pictures::{PictureError, PicturePlace};

use crate::gate;

/// Draws as large as the place is; colours are premultiplied.
pub(crate) fn draw(file: &[u8], place: PicturePlace) -> Result<RgbaImage, PictureError> {
    let text = std::str::from_utf8(file).map_err(|_| PictureError::Unknown)?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        return Err(PictureError::Unknown);
    }
    let document = gate::read(text)?;
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_xmltree(&document, &options).map_err(|_| PictureError::Broken)?;
    let size = tree.size();
    let (width_max, height_max) = place.sides_px_max();
    // Sides of a place are a few hundred pixels, which `f32` holds exactly.
    let [width_max, height_max] =
        [width_max, height_max].map(|side| f32::from(u16::try_from(side).unwrap_or(u16::MAX)));
    let scale = (width_max / size.width()).min(height_max / size.height());
    let (width, height) = (whole(size.width() * scale, width_max), whole(size.height() * scale, height_max));
    let mut pixels = Pixmap::new(width, height).ok_or(PictureError::Broken)?;
    let stretch = |side: u32, of: f32| f32::from(u16::try_from(side).unwrap_or(u16::MAX)) / of;
    let transform = Transform::from_scale(stretch(width, size.width()), stretch(height, size.height()));
    resvg::render(&tree, transform, &mut pixels.as_mut());
    RgbaImage::from_raw(width, height, pixels.take()).ok_or(PictureError::Broken)
}

/// A side in whole pixels, at least one.
fn whole(side: f32, max: f32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what a place has"
    )]
    let whole = side.round().clamp(1.0, max) as u32;
    whole
}
