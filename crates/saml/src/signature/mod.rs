//! The SAML profile of XML signatures, and nothing else of them.
//!
//! Verification has four steps: canonicalise `SignedInfo` and check it with a pinned key; parse
//! those octets again and read the reference from them alone; canonicalise the parent of the
//! signature and compare the digest; hand out **those octets**, to be parsed afresh by whoever
//! consumes them. So a mistake in [`canonical`] can refuse a good message and cannot accept a bad
//! one: what is consumed hashes to what the provider signed.
//!
//! What SAML does not use is not here: `XPath`, XSLT, manifests, detached references, keys from
//! `KeyInfo`, HMAC. This module must never know what a signed element means.
//!
//! Source: SAML Core 2.0, section 5; XML Signature Syntax and Processing 1.1.

pub(crate) mod algorithm;
pub(crate) mod canonical;
pub(crate) mod sign;
pub(crate) mod verify;

pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
