//! Reading what an admin brings back: the form, then the documents and addresses in it.
//!
//! Everything here happens before a use case runs, and may fetch from the outside. Whatever cannot
//! be used becomes a [`Fault`] beside the field it came from, in the admin's words.

mod form;
pub(super) mod oidc;
pub(super) mod saml;

pub(super) use form::Submission;

use vestibule_application::ports::saml::ProviderChoice;
use vestibule_application::usecases::review_candidate::ProviderData;
use vestibule_catalog::FieldKey;

/// The field of a metadata file.
pub(super) const METADATA_FILE: &str = "idp_metadata_file";
/// The field of a certificate file.
pub(super) const CERTIFICATE_FILE: &str = "idp_certificate_file";
/// The choice among several providers.
pub(super) const ENTITY_ID: &str = "entity_id";

/// Something that cannot be used as it was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Name of its field.
    pub(super) field: &'static str,
    /// What to do about it.
    pub(super) text: String,
}

impl Fault {
    pub(super) fn at(key: FieldKey, text: impl Into<String>) -> Self {
        Self::named(key.as_str(), text)
    }

    pub(super) fn named(field: &'static str, text: impl Into<String>) -> Self {
        Self { field, text: text.into() }
    }
}

/// What was brought, once it was understood.
#[derive(Debug)]
pub(super) enum Understood {
    /// One provider's data.
    Data(Box<ProviderData>),
    /// Several providers, of which one has to be chosen.
    Several {
        /// They.
        choices: Vec<ProviderChoice>,
        /// What is wrong with the choice that was made, if one was.
        fault: Option<String>,
    },
}
