//! Responses: from the posted form field to what may be believed.
//!
//! What comes in is decoded ([`decode`]), opened ([`open`]) and judged. Whatever is believed is read from
//! octets that a trusted key signed; the message as it came is only searched for reasons to refuse
//! it, and for what to show to people.
//!
//! Source: SAML Core 2.0, sections 2 and 3; SAML Bindings 2.0, section 3.5; SAML Profiles 2.0,
//! section 4.1.

mod assertion;
mod attributes;
mod envelope;
mod judgement;
mod rules;
mod sheet;
mod signer;
mod status;
mod trust;

pub(crate) use envelope::{decode, open};

pub use crate::decryption::ENCRYPTED_KEYS_MAX;
pub use crate::signature::canonical::PREFIXES_MAX;
pub use crate::signature::verify::SIGNED_INFO_BYTES_MAX;
pub use assertion::NAME_ID_BYTES_MAX;
pub use envelope::{KEPT_TREE_BYTES_MAX, MESSAGE_NODES_MAX};
pub use signer::SHOWN_CERTIFICATES_MAX;

const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
