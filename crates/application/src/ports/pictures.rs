//! Pictures from outside, drawn afresh: nothing that was uploaded is ever served.

use vestibule_domain::brand::BrandImage;

/// Largest file, in bytes.
pub const PICTURE_BYTES_MAX: usize = 1024 * 1024;

/// Largest width and height of a picture made of pixels, before it is made smaller.
pub const PICTURE_SIDE_PX_MAX: u32 = 4_096;

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PicturePlace {
    /// At the top of pages.
    Logo,
    /// For the tile in a provider's console.
    Icon,
    /// For the browser's tab.
    Favicon,
}

impl PicturePlace {
    /// Largest width and height that the pages have a use for, three pixels for one of theirs.
    pub fn sides_px_max(self) -> (u32, u32) {
        match self {
            Self::Logo => (480, 96),
            Self::Icon => (256, 256),
            Self::Favicon => (96, 96),
        }
    }

    /// Whether it has to be as wide as high.
    pub fn is_square(self) -> bool {
        match self {
            Self::Logo => false,
            Self::Icon | Self::Favicon => true,
        }
    }
}

/// Draws pictures. Slow: not for a thread that others wait for.
pub trait Pictures: Send + Sync {
    /// Reads a PNG, JPEG, WebP or SVG and draws it as a PNG of the size of its place.
    fn draw(&self, file: &[u8], place: PicturePlace) -> Result<BrandImage, PictureError>;
}

/// Why a picture is not taken: a clause that begins with a verb.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// More bytes than [`PICTURE_BYTES_MAX`].
    #[error("must have at most {} KiB", PICTURE_BYTES_MAX / 1024)]
    TooLarge,
    /// Another kind of file.
    #[error("must be a PNG, JPEG, WebP or SVG file")]
    Unknown,
    /// More pixels than [`PICTURE_SIDE_PX_MAX`] allows.
    #[error("must be at most {PICTURE_SIDE_PX_MAX} pixels wide and high")]
    TooManyPixels,
    /// It begins like a picture and does not go on like one.
    #[error("cannot be read: the file is damaged")]
    Broken,
    /// Nothing of it can be seen.
    #[error("shows nothing")]
    Empty,
    /// However small it is drawn, it needs too many bytes.
    #[error("is too detailed for its size; use a simpler picture")]
    TooDetailed,
    /// A drawing that refers to files or addresses.
    #[error("refers to something outside of itself; embed nothing and link to nothing, or use a PNG")]
    Outside,
    /// A drawing with letters, whose shapes are in a font that we do not have.
    #[error("holds text, which needs its font; convert it to outlines, or use a PNG")]
    Text,
    /// A drawing with a part that is not drawn.
    #[error("holds “{0}”, which is not drawn here; simplify the drawing, or use a PNG")]
    Part(String),
    /// A drawing with too many parts, or with parts that are drawn too often.
    #[error("has too many parts; simplify the drawing, or use a PNG")]
    TooComplex,
}
