//! Reading what an admin brings back: the form, then the documents and addresses in it.
//!
//! Everything here happens before a use case runs, and may fetch from the outside. Whatever cannot
//! be used becomes a [`Fault`] beside the field it came from, in the admin's words. What may be
//! taken with a caution is not told here but where it is reviewed.

mod form;
pub(super) mod oidc;
pub(super) mod saml;
mod suspect;
mod tidy;

pub(super) use form::Submission;

use vestibule_application::ports::saml::ProviderChoice;
use vestibule_application::usecases::review_candidate::ProviderData;
use vestibule_catalog::FieldKey;
use vestibule_words::Text;

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
    pub(super) text: Text,
    /// Whether what was typed may stand in the form again.
    pub(super) echo: Echo,
}

/// Whether what was typed is shown again beside its fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echo {
    /// It is.
    Shown,
    /// It is a secret in the wrong place: it is forgotten at once.
    Forgotten,
}

impl Fault {
    pub(super) fn at(key: FieldKey, text: Text) -> Self {
        Self::named(key.as_str(), text)
    }

    pub(super) fn named(field: &'static str, text: Text) -> Self {
        Self { field, text, echo: Echo::Shown }
    }

    /// The same, where what was typed must not be shown again.
    pub(super) fn forgetting(self) -> Self {
        Self { echo: Echo::Forgotten, ..self }
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
        fault: Option<Text>,
    },
}
