//! Pictures as people upload them, and as those do who mean harm.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare has failed it")]

mod drawings;
mod pixels;

use image::{ImageFormat, RgbaImage};
use vestibule_application::ports::pictures::{PictureError, PicturePlace, Pictures as _};
use vestibule_domain::brand::BrandImage;
use vestibule_pictures::PictureAdapter;

fn draw(file: &[u8], place: PicturePlace) -> Result<BrandImage, PictureError> {
    PictureAdapter.draw(file, place)
}

/// What a browser would show.
fn shown(image: &BrandImage) -> RgbaImage {
    image::load_from_memory_with_format(image.as_png(), ImageFormat::Png).unwrap().into_rgba8()
}
