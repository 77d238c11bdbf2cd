//! Pictures made of pixels.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use vestibule_application::ports::pictures::{
    PICTURE_BYTES_MAX, PICTURE_SIDE_PX_MAX, PictureError, PicturePlace,
};
use vestibule_domain::brand::BRAND_IMAGE_BYTES_MAX;

use crate::{draw, shown};

const RED: Rgba<u8> = Rgba([200, 16, 32, 255]);

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn plain(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_pixel(width, height, RED)
}

fn near(pixel: Rgba<u8>, wanted: Rgba<u8>) -> bool {
    pixel.0.iter().zip(wanted.0).all(|(is, wanted)| is.abs_diff(wanted) <= 6)
}

/// A PNG that says of itself that it has these sides, and has no more.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = encoded(plain(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

#[test]
fn png_jpeg_and_webp_become_a_png_of_the_size_of_their_place() {
    let picture = RgbImage::from_pixel(960, 480, Rgb([200, 16, 32]));
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let file = encoded(picture.clone(), format);
        for (place, sides) in [
            (PicturePlace::Logo, (192, 96)),
            (PicturePlace::Icon, (256, 256)),
            (PicturePlace::Favicon, (96, 96)),
        ] {
            let image = draw(&file, place).unwrap();
            assert_eq!(image.sides_px(), sides, "{format:?} as {place:?}");
            let shown = shown(&image);
            let middle = *shown.get_pixel(sides.0 / 2, sides.1 / 2);
            assert!(near(middle, RED), "{format:?} as {place:?}: {middle:?}");
            // What a square lacks is see-through.
            assert_eq!(shown.get_pixel(0, 0).0[3], if place.is_square() { 0 } else { 255 });
        }
    }
}

#[test]
fn a_small_picture_is_not_made_larger() {
    let image = draw(&encoded(plain(20, 10), ImageFormat::Png), PicturePlace::Logo).unwrap();
    assert_eq!(image.sides_px(), (20, 10));
}

#[test]
fn nothing_of_the_file_is_left_in_the_picture() {
    let mut file = encoded(plain(8, 8), ImageFormat::Png);
    let text = b"tEXtComment\0<script>alert(1)</script>";
    let mut chunk = u32::try_from(text.len() - 4).unwrap().to_be_bytes().to_vec();
    chunk.extend(text);
    let mut crc = flate2::Crc::new();
    crc.update(text);
    chunk.extend(crc.sum().to_be_bytes());
    file.splice(33..33, chunk);
    file.extend(b"<html><script>alert(1)</script>");
    let image = draw(&file, PicturePlace::Logo).unwrap();
    assert!(!image.as_png().windows(6).any(|window| window == b"script"));
    assert!(near(*shown(&image).get_pixel(4, 4), RED));
}

#[test]
fn what_is_see_through_stays_so_and_has_no_fringe() {
    let picture = RgbaImage::from_fn(400, 400, |x, _| if x < 200 { RED } else { Rgba([0, 255, 0, 0]) });
    let image = shown(&draw(&encoded(picture, ImageFormat::Png), PicturePlace::Favicon).unwrap());
    for pixel in image.pixels().filter(|pixel| pixel.0[3] > 8) {
        assert!(pixel.0[1] < 60, "green from pixels that nobody sees: {pixel:?}");
    }
    assert_eq!(image.get_pixel(95, 50).0[3], 0);
}

#[test]
fn noise_is_made_smaller_until_it_fits() {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(512, 512, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        Rgb([red, green, blue])
    });
    let image = draw(&encoded(noise, ImageFormat::Png), PicturePlace::Icon).unwrap();
    assert!(image.as_png().len() <= BRAND_IMAGE_BYTES_MAX);
    let (width, height) = image.sides_px();
    assert!(width == height && (48..256).contains(&width), "{width}");
}

#[test]
fn sides_have_a_limit() {
    let max = PICTURE_SIDE_PX_MAX;
    for sides in [(max, 1), (1, max)] {
        let image = draw(&encoded(plain(sides.0, sides.1), ImageFormat::Png), PicturePlace::Logo);
        assert!(image.is_ok(), "{sides:?}: {image:?}");
    }
    for sides in [(max + 1, 1), (1, max + 1)] {
        let file = encoded(plain(sides.0, sides.1), ImageFormat::Png);
        assert_eq!(draw(&file, PicturePlace::Logo), Err(PictureError::TooManyPixels), "{sides:?}");
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    for sides in [(60_000, 60_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        assert_eq!(draw(&claiming(sides.0, sides.1), PicturePlace::Logo), Err(PictureError::TooManyPixels));
    }
    // Within the limit, and not what it says.
    assert_eq!(draw(&claiming(4_000, 4_000), PicturePlace::Logo), Err(PictureError::Broken));
}

#[test]
fn what_is_cut_off_or_mangled_is_damaged() {
    let picture =
        RgbImage::from_fn(64, 64, |x, y| Rgb([x, y, 32].map(|part| u8::try_from(part * 4).unwrap())));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let file = encoded(picture.clone(), format);
        for bytes in [16, file.len() / 2] {
            assert_eq!(
                draw(&file[..bytes], PicturePlace::Logo),
                Err(PictureError::Broken),
                "{format:?} {bytes}"
            );
        }
    }
    // A JPEG that ends early shows what came; one without a picture is damaged.
    let jpeg = encoded(picture, ImageFormat::Jpeg);
    assert_eq!(draw(&jpeg[..16], PicturePlace::Logo), Err(PictureError::Broken));
    // No byte of a file makes more of it than a picture or a refusal.
    for (format, step) in [(ImageFormat::Png, 7), (ImageFormat::Jpeg, 11), (ImageFormat::WebP, 7)] {
        let file = encoded(plain(16, 16), format);
        for at in (0..file.len()).step_by(step) {
            let mut mangled = file.clone();
            mangled[at] ^= 0x55;
            let _ = draw(&mangled, PicturePlace::Favicon);
        }
    }
}

#[test]
fn a_file_has_a_limit() {
    let mut file = encoded(plain(8, 8), ImageFormat::Png);
    file.resize(PICTURE_BYTES_MAX, 0);
    assert!(draw(&file, PicturePlace::Logo).is_ok());
    file.push(0);
    assert_eq!(draw(&file, PicturePlace::Logo), Err(PictureError::TooLarge));
}

#[test]
fn other_files_are_no_pictures() {
    for file in [&b""[..], b"GIF89a\x01\0\x01\0", b"%PDF-1.7", b"BM", b"\0\0\x01\0", b"hello"] {
        assert_eq!(draw(file, PicturePlace::Logo), Err(PictureError::Unknown), "{file:?}");
    }
}

#[test]
fn a_picture_that_shows_nothing_is_told() {
    let file = encoded(RgbaImage::new(8, 8), ImageFormat::Png);
    assert_eq!(draw(&file, PicturePlace::Logo), Err(PictureError::Empty));
}
