//! The template files inside the binary; in a debug build they are read from disk at start.

use rust_embed::RustEmbed;

use super::PagesError;

#[derive(RustEmbed)]
#[folder = "../../templates/portal/"]
#[prefix = "portal/"]
struct PortalTemplates;

#[derive(RustEmbed)]
#[folder = "../../templates/sso/"]
#[prefix = "sso/"]
struct SsoTemplates;

#[derive(RustEmbed)]
#[folder = "../../templates/dashboard/"]
#[prefix = "dashboard/"]
struct DashboardTemplates;

/// Every template: path below `templates/`, and text.
pub(super) fn templates() -> Result<Vec<(String, String)>, PagesError> {
    let portal = PortalTemplates::iter().filter_map(|path| Some((PortalTemplates::get(&path)?, path)));
    let sso = SsoTemplates::iter().filter_map(|path| Some((SsoTemplates::get(&path)?, path)));
    let dashboard =
        DashboardTemplates::iter().filter_map(|path| Some((DashboardTemplates::get(&path)?, path)));
    portal
        .chain(sso)
        .chain(dashboard)
        .map(|(file, path)| match String::from_utf8(file.data.into_owned()) {
            Ok(text) => Ok((path.into_owned(), text)),
            Err(_) => Err(PagesError::Encoding { path: path.into_owned() }),
        })
        .collect()
}
