//! Pictures made of pixels: decoded with limits, made as small as their place is, and encoded.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{self, FilterType as Sampling};
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, RgbaImage};
use vestibule_application::ports::pictures::{PICTURE_SIDE_PX_MAX, PictureError, PicturePlace};
use vestibule_domain::brand::{BRAND_IMAGE_BYTES_MAX, BrandImage};

/// Most bytes that decoding may take: the largest picture with four bytes to a pixel, once more for
/// what a decoder works with.
const DECODE_BYTES_MAX: u64 = 2 * 4 * PICTURE_SIDE_PX_MAX as u64 * PICTURE_SIDE_PX_MAX as u64;

/// Least height and width that a picture is made smaller to, in pixels.
const SIDE_PX_MIN: u32 = 24;

/// The format that a file begins like.
pub(crate) fn format(file: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(file).ok()?;
    matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP).then_some(format)
}

/// The first picture of a file, upright. Colours are premultiplied, as scaling needs them.
pub(crate) fn decode(file: &[u8], format: ImageFormat) -> Result<RgbaImage, PictureError> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE_PX_MAX);
    limits.max_image_height = Some(PICTURE_SIDE_PX_MAX);
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    let mut pixels = picture.into_rgba8();
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        pixel.0 = [faded(red, alpha), faded(green, alpha), faded(blue, alpha), alpha];
    }
    Ok(pixels)
}

fn refused(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::Broken,
    }
}

/// Makes a premultiplied picture as small as its place and its bytes ask for.
pub(crate) fn fit(picture: &RgbaImage, place: PicturePlace) -> Result<BrandImage, PictureError> {
    if picture.pixels().all(|pixel| pixel.0[3] == 0) {
        return Err(PictureError::Empty);
    }
    let (width_max, height_max) = place.sides_px_max();
    let (mut width, mut height) = within(picture.dimensions(), (width_max, height_max));
    loop {
        let scaled = if (width, height) == picture.dimensions() {
            picture.clone()
        } else {
            imageops::resize(picture, width, height, Sampling::CatmullRom)
        };
        let png = encode(squared(scaled, place))?;
        if png.len() <= BRAND_IMAGE_BYTES_MAX {
            return BrandImage::parse(png).map_err(|_| PictureError::Broken);
        }
        if width.max(height) <= SIDE_PX_MIN {
            return Err(PictureError::TooDetailed);
        }
        (width, height) = within((width, height), (width * 4 / 5, height * 4 / 5));
    }
}

/// Sides that keep their proportion and are no larger than others.
fn within((width, height): (u32, u32), (width_max, height_max): (u32, u32)) -> (u32, u32) {
    if width <= width_max && height <= height_max {
        return (width, height);
    }
    // Which of the sides decides, by crossed products: no rounding, no division by zero.
    let wide = u64::from(width) * u64::from(height_max) > u64::from(height) * u64::from(width_max);
    let part = |side: u32, of: u32, max: u32| {
        let side = u64::from(side) * u64::from(max) / u64::from(of.max(1));
        u32::try_from(side).unwrap_or(max).max(1)
    };
    if wide {
        (width_max.max(1), part(height, width, width_max))
    } else {
        (part(width, height, height_max), height_max.max(1))
    }
}

/// In the middle of a square, where its place is one.
fn squared(picture: RgbaImage, place: PicturePlace) -> RgbaImage {
    let (width, height) = picture.dimensions();
    if !place.is_square() || width == height {
        return picture;
    }
    let side = width.max(height);
    let mut square = RgbaImage::new(side, side);
    imageops::replace(&mut square, &picture, i64::from((side - width) / 2), i64::from((side - height) / 2));
    square
}

/// Writes a premultiplied picture as a PNG; without alpha if it is solid.
fn encode(mut picture: RgbaImage) -> Result<Vec<u8>, PictureError> {
    for pixel in picture.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        pixel.0 = [solid(red, alpha), solid(green, alpha), solid(blue, alpha), alpha];
    }
    let is_solid = picture.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let picture = DynamicImage::ImageRgba8(picture);
    let picture = if is_solid { DynamicImage::ImageRgb8(picture.into_rgb8()) } else { picture };
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive);
    picture.write_with_encoder(encoder).map_err(|_| PictureError::Broken)?;
    Ok(png)
}

fn faded(channel: u8, alpha: u8) -> u8 {
    let faded = (u16::from(channel) * u16::from(alpha) + 127) / 255;
    u8::try_from(faded).unwrap_or(u8::MAX)
}

fn solid(channel: u8, alpha: u8) -> u8 {
    let alpha = u16::from(alpha).max(1);
    u8::try_from((u16::from(channel) * 255 + alpha / 2) / alpha).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_proportion_and_is_never_made_larger() {
        for (sides, within_sides) in [
            ((480, 96), (480, 96)),
            ((10, 10), (10, 10)),
            ((960, 96), (480, 48)),
            ((961, 1), (480, 1)),
            ((96, 960), (9, 96)),
            ((4_096, 4_096), (96, 96)),
        ] {
            assert_eq!(within(sides, (480, 96)), within_sides, "{sides:?}");
        }
    }

    #[test]
    fn colours_survive_being_faded() {
        for alpha in [1_u8, 127, 128, 255] {
            for channel in [0, 1, 100, 255] {
                let back = solid(faded(channel, alpha), alpha);
                let lost = 255_u16.div_ceil(u16::from(alpha));
                assert!(u16::from(back.abs_diff(channel)) <= lost, "{channel} at {alpha}: {back}");
            }
        }
        assert_eq!(faded(200, 0), 0);
    }
}
