//! Pictures that people upload, decoded with limits and drawn afresh as PNG: what is served later
//! has not a byte of what was uploaded.
//!
//! Nothing here opens a file or an address. This crate must never know whose picture it is.

mod gate;
mod raster;
mod vector;

use vestibule_application::ports::pictures::{PICTURE_BYTES_MAX, PictureError, PicturePlace, Pictures};
use vestibule_domain::brand::BrandImage;

/// Draws pictures.
#[derive(Clone, Copy, Debug, Default)]
pub struct PictureAdapter;

impl Pictures for PictureAdapter {
    fn draw(&self, file: &[u8], place: PicturePlace) -> Result<BrandImage, PictureError> {
        if file.len() > PICTURE_BYTES_MAX {
            return Err(PictureError::TooLarge);
        }
        match raster::format(file) {
            Some(format) => raster::fit(&raster::decode(file, format)?, place),
            None => raster::fit(&vector::draw(file, place)?, place),
        }
    }
}
