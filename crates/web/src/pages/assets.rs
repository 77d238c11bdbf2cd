//! Static files: served from here under names that change with their contents, so that browsers
//! may keep them for ever.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Compress;
use actix_web::web::{self, Data, Path, ServiceConfig};
use rust_embed::RustEmbed;

use super::brand;

/// Where static files are served.
pub const ASSETS_PATH: &str = "/assets";

/// How long browsers may keep what has its version in its name.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Characters of the content's digest in a name: 48 bits tell versions of one file apart.
const DIGEST_CHARS: usize = 12;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct AssetFiles;

/// A static file.
struct Asset {
    body: Cow<'static, [u8]>,
    content_type: &'static str,
}

/// The static files, by the name they are served under.
pub struct Assets {
    by_name: BTreeMap<String, Asset>,
    urls: BTreeMap<String, String>,
}

impl Assets {
    /// Reads the files inside the binary; in a debug build, those on disk.
    pub fn load() -> Self {
        let mut by_name = BTreeMap::new();
        let mut urls = BTreeMap::new();
        for path in AssetFiles::iter() {
            let (Some(file), Some((stem, extension))) = (AssetFiles::get(&path), path.rsplit_once('.'))
            else {
                continue;
            };
            let Some(content_type) = content_type(extension) else { continue };
            let hash = file.metadata.sha256_hash();
            let digest: String =
                hash.iter().map(|byte| format!("{byte:02x}")).take(DIGEST_CHARS / 2).collect();
            let name = format!("{stem}.{digest}.{extension}");
            // `portal.css` is `assets.portal_css` in a template.
            urls.insert(path.replace(['.', '-'], "_"), format!("{ASSETS_PATH}/{name}"));
            by_name.insert(name, Asset { body: file.data, content_type });
        }
        Self { by_name, urls }
    }

    /// The addresses, by file name with `_` for `.` and `-`.
    pub fn urls(&self) -> &BTreeMap<String, String> {
        &self.urls
    }

    /// Serves the files under [`ASSETS_PATH`].
    pub fn routes(assets: Data<Self>) -> impl FnOnce(&mut ServiceConfig) {
        move |config| {
            config.configure(brand::routes).service(
                web::resource(format!("{ASSETS_PATH}/{{name}}"))
                    .app_data(assets)
                    .route(web::get().to(serve))
                    .route(web::head().to(serve))
                    .wrap(Compress::default()),
            );
        }
    }
}

/// The types of files that occur; anything else is not served.
fn content_type(extension: &str) -> Option<&'static str> {
    match extension {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

async fn serve(assets: Data<Assets>, name: Path<String>) -> HttpResponse {
    match assets.by_name.get(name.as_str()) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, asset.content_type))
            .insert_header((CACHE_CONTROL, FOR_EVER))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(asset.body.to_vec()),
        None => HttpResponse::NotFound().insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff")).finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_with_the_contents() {
        let assets = Assets::load();
        let url = &assets.urls()["portal_css"];
        let name = url.strip_prefix("/assets/").unwrap();
        let digest = name.strip_prefix("portal.").and_then(|rest| rest.strip_suffix(".css")).unwrap();
        assert_eq!(digest.len(), DIGEST_CHARS);
        assert!(assets.by_name.contains_key(name));
    }
}
