//! How a vendor looks: a colour, and small pictures.

use std::fmt;

/// Largest picture, in bytes: it travels with its environment, and every page shows it.
pub const BRAND_IMAGE_BYTES_MAX: usize = 16 * 1024;

/// Largest width and height of a picture, in pixels.
pub const BRAND_IMAGE_SIDE_MAX: u32 = 1_024;

/// A colour in sRGB, one byte for each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BrandColor {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// A text that is not six hexadecimal digits after `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written as `#` and six hexadecimal digits, for example `#2f5bd0`")]
pub struct BrandColorError;

impl BrandColor {
    /// Reads `#rrggbb`, in either case.
    ///
    /// # Errors
    /// [`BrandColorError`] for any other text.
    pub fn parse(raw: &str) -> Result<Self, BrandColorError> {
        let digits = raw.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(BrandColorError)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BrandColorError);
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| BrandColorError)?;
        let [_, red, green, blue] = value.to_be_bytes();
        Ok(Self { red, green, blue })
    }
}

impl fmt::Display for BrandColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// A small picture: a PNG. Vector graphics are not taken, because they can hold scripts and
/// addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct BrandImage {
    png: Vec<u8>,
    width_px: u32,
    height_px: u32,
}

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrandImageError {
    /// More bytes than [`BRAND_IMAGE_BYTES_MAX`].
    #[error("the picture has more than {BRAND_IMAGE_BYTES_MAX} bytes")]
    TooLarge,
    /// Not a PNG.
    #[error("the picture is not a PNG")]
    NotPng,
    /// No width or height, or more than [`BRAND_IMAGE_SIDE_MAX`].
    #[error("the picture's sides must be between 1 and {BRAND_IMAGE_SIDE_MAX} pixels")]
    Sides,
}

impl BrandImage {
    /// Takes a PNG. Its header is read; browsers decode the rest.
    ///
    /// # Errors
    /// [`BrandImageError`] says what is wrong with it.
    ///
    /// Source: PNG (Third Edition) §5.2 and §11.2.1.
    pub fn parse(png: Vec<u8>) -> Result<Self, BrandImageError> {
        const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
        const HEADER: &[u8] = b"\0\0\0\x0dIHDR";
        if png.len() > BRAND_IMAGE_BYTES_MAX {
            return Err(BrandImageError::TooLarge);
        }
        let header = png.strip_prefix(SIGNATURE).and_then(|rest| rest.strip_prefix(HEADER));
        let (width, rest) = header.and_then(<[u8]>::split_first_chunk).ok_or(BrandImageError::NotPng)?;
        let (height, _) = rest.split_first_chunk().ok_or(BrandImageError::NotPng)?;
        let (width_px, height_px) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
        let sides = 1..=BRAND_IMAGE_SIDE_MAX;
        if !sides.contains(&width_px) || !sides.contains(&height_px) {
            return Err(BrandImageError::Sides);
        }
        Ok(Self { png, width_px, height_px })
    }

    /// The picture.
    pub fn as_png(&self) -> &[u8] {
        &self.png
    }

    /// Width and height, in pixels.
    pub fn sides_px(&self) -> (u32, u32) {
        (self.width_px, self.height_px)
    }
}

/// One of a vendor's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrandPicture {
    /// At the top of every page and mail.
    Logo,
    /// The same where the page is dark.
    LogoDark,
    /// For the tile in a console, and for browsers unless there is another.
    Icon,
    /// For browsers.
    Favicon,
}

/// Bytes of a picture's digest in its name: they tell its versions apart.
const TAG_BYTES: usize = 6;

impl BrandPicture {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Logo, Self::LogoDark, Self::Icon, Self::Favicon];

    fn as_str(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::LogoDark => "logo-dark",
            Self::Icon => "icon",
            Self::Favicon => "favicon",
        }
    }

    /// The name of its file: another picture has another.
    pub fn file_name(self, image: &BrandImage) -> String {
        let hash = ring::digest::digest(&ring::digest::SHA256, image.as_png());
        let tag: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).take(TAG_BYTES).collect();
        format!("{}.{tag}.png", self.as_str())
    }
}

impl fmt::Debug for BrandImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrandImage({} bytes, {} × {} px)", self.png.len(), self.width_px, self.height_px)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_read_in_either_case_and_written_in_one() {
        let color = BrandColor::parse("#2F5bd0").unwrap();
        assert_eq!(color, BrandColor { red: 0x2f, green: 0x5b, blue: 0xd0 });
        assert_eq!(color.to_string(), "#2f5bd0");
        for wrong in
            ["", "2f5bd0", "#2f5bd", "#2f5bd00", "#2f5bdg", "#+f5bd0", "#２f5b", "red", "#fff;}", "#éééé"]
        {
            assert_eq!(BrandColor::parse(wrong), Err(BrandColorError), "{wrong}");
        }
    }

    fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.resize(png.len().max(bytes), 0);
        png
    }

    #[test]
    fn a_picture_is_a_png_within_its_limits() {
        let max = BRAND_IMAGE_SIDE_MAX;
        let image = BrandImage::parse(png(max, 1, BRAND_IMAGE_BYTES_MAX)).unwrap();
        assert_eq!((image.sides_px(), image.as_png().len()), ((max, 1), BRAND_IMAGE_BYTES_MAX));
        let refused = |png| BrandImage::parse(png).unwrap_err();
        assert_eq!(refused(png(1, 1, BRAND_IMAGE_BYTES_MAX + 1)), BrandImageError::TooLarge);
        for (width, height) in [(0, 1), (1, 0), (max + 1, 1), (1, max + 1)] {
            assert_eq!(refused(png(width, height, 0)), BrandImageError::Sides);
        }
        for wrong in [b"".to_vec(), b"<svg/>".to_vec(), png(1, 1, 0)[..20].to_vec()] {
            assert_eq!(refused(wrong), BrandImageError::NotPng);
        }
    }
}
