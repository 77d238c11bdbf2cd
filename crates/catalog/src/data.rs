//! The data folder inside the binary. A debug build reads the same files from the source tree, by
//! absolute path, so that an edit shows without a build.

use std::borrow::Cow;

/// The files under `data/`.
#[derive(rust_embed::RustEmbed)]
#[folder = "data/"]
struct Data;

/// Connection types by slug.
pub(crate) const CONNECTION_TYPES_FILE: &str = "connection-types.toml";

/// A file of the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Path relative to the folder, with `/` between its parts.
    pub path: String,
    /// Content; all of them are text.
    pub text: String,
}

/// All files of the data folder, by path: `sso/`, `directory/`, `log-stream/`, `dns/`, the
/// connection types and the README with the schema.
pub fn embedded_files() -> Vec<DataFile> {
    let mut files: Vec<DataFile> = Data::iter()
        .filter_map(|path| {
            let file = Data::get(&path)?;
            Some(DataFile { path: path.into_owned(), text: decode(file.data) })
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Bytes that are not UTF-8 become replacement characters; a test holds the files to UTF-8.
fn decode(bytes: Cow<'static, [u8]>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
