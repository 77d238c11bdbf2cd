//! What the tests share: the adapter, and files beside the tests.

use std::path::PathBuf;

use vestibule_application::ports::saml::{MetadataError, MetadataRead, Saml};
use vestibule_domain::saml::IdentityProvider;
use vestibule_domain::url::EntityId;
use vestibule_saml::SamlAdapter;

/// A real document with one provider.
pub(crate) const OKTA: &str = "metadata/okta/ssoready.okta.metadata.xml";

pub(crate) fn data(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

pub(crate) fn bytes(path: &str) -> Vec<u8> {
    let path = data(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn text(path: &str) -> String {
    String::from_utf8(bytes(path)).unwrap()
}

/// The real document as text, to be changed.
pub(crate) fn okta() -> String {
    text(OKTA)
}

/// The real document with this put before its first name id format.
pub(crate) fn okta_with(addition: &str) -> Vec<u8> {
    okta().replacen("<md:NameIDFormat>", &format!("{addition}<md:NameIDFormat>"), 1).into_bytes()
}

pub(crate) fn read(document: &[u8]) -> Result<MetadataRead, MetadataError> {
    SamlAdapter::new().read_metadata(document, None)
}

pub(crate) fn read_one(document: &[u8]) -> Result<IdentityProvider, MetadataError> {
    read(document).map(one)
}

pub(crate) fn read_chosen(document: &[u8], entity_id: &str) -> Result<IdentityProvider, MetadataError> {
    let entity_id = EntityId::parse(entity_id).unwrap();
    SamlAdapter::new().read_metadata(document, Some(&entity_id)).map(one)
}

fn one(read: MetadataRead) -> IdentityProvider {
    match read {
        MetadataRead::One(provider) => *provider,
        MetadataRead::Choose(choices) => {
            panic!("one provider was expected, not a choice of {}", choices.len())
        }
    }
}
