//! Documents with several identity providers: federations, and consoles that export all at once.

use vestibule_application::ports::saml::{MetadataError, MetadataRead, ProviderChoice};
use vestibule_domain::url::EntityId;

use crate::metadata::{MD, Role, children, text_of};
use crate::text::collapsed;

const MDUI: &str = "urn:oasis:names:tc:SAML:metadata:ui";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Longest display name that is shown, in characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 200;

/// The list to choose from, in the document's order. Providers without a usable entity id are
/// left out: there is nothing to choose them by.
pub(crate) fn choices(roles: &[Role<'_, '_>]) -> Result<MetadataRead, MetadataError> {
    let mut refused = None;
    let choices: Vec<_> = roles
        .iter()
        .filter_map(|role| match role.entity_id() {
            Ok(entity_id) => Some(ProviderChoice { entity_id, display_name: display_name(*role) }),
            Err(error) => {
                refused.get_or_insert(error);
                None
            }
        })
        .collect();
    match refused {
        Some(error) if choices.is_empty() => Err(MetadataError::EntityId(error)),
        _ => Ok(MetadataRead::Choose(choices)),
    }
}

/// The provider with this entity id. Should the document hold it twice, the first that is usable;
/// if none is, why the first is not.
pub(crate) fn chosen(roles: &[Role<'_, '_>], entity_id: &EntityId) -> Result<MetadataRead, MetadataError> {
    let mut refused = None;
    for role in roles.iter().filter(|role| role.entity_id().as_ref() == Ok(entity_id)) {
        match role.read() {
            Ok(read) => return Ok(read),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or(MetadataError::NotInDocument))
}

/// The name meant for people: that of the user interface extension, else the organization's.
///
/// Source: SAML V2.0 Metadata Extensions for Login and Discovery User Interface 1.0, section 2.1.
fn display_name(role: Role<'_, '_>) -> Option<String> {
    let shown = children(role.descriptor, MD, "Extensions")
        .flat_map(|extensions| children(extensions, MDUI, "UIInfo"))
        .flat_map(|info| children(info, MDUI, "DisplayName"));
    let organization = |name| {
        [role.descriptor, role.entity]
            .into_iter()
            .flat_map(|place| children(place, MD, "Organization"))
            .flat_map(move |organization| children(organization, MD, name))
    };
    in_english_or_first(shown)
        .or_else(|| in_english_or_first(organization("OrganizationDisplayName")))
        .or_else(|| in_english_or_first(organization("OrganizationName")))
}

fn in_english_or_first<'a, 'input: 'a>(
    names: impl Iterator<Item = roxmltree::Node<'a, 'input>>,
) -> Option<String> {
    let mut first = None;
    for node in names {
        let name = collapsed(&text_of(node), DISPLAY_NAME_CHARS_MAX);
        if name.is_empty() {
            continue;
        }
        if node.attribute((XML, "lang")).is_some_and(|lang| lang == "en" || lang.starts_with("en-")) {
            return Some(name);
        }
        first = first.or(Some(name));
    }
    first
}
