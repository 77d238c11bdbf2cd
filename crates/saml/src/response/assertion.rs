//! The facts of a signed assertion, before they are compared with anything.

use roxmltree::Node;
use vestibule_domain::Instant;
use vestibule_domain::sso::asserted::{Asserted, AssertedAttribute};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::SAML;
use super::attributes::{self, AttributesRefused};
use super::sheet::Failed;
use crate::metadata::{self, children, text_of};
use crate::text::collapsed;

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// Longest name id, in bytes. Persistent ones have at most 256 characters (SAML Core 2.0, section
/// 8.3.7); directory names may be longer.
pub const NAME_ID_BYTES_MAX: usize = 2_048;

/// Most subject confirmations that are looked at; real assertions have one.
const CONFIRMATIONS_MAX: usize = 8;

/// The facts.
pub(super) struct Assertion<'a> {
    pub(super) id: &'a str,
    pub(super) issuer: String,
    pub(super) name_id: NameId,
    pub(super) confirmations: Vec<Confirmation<'a>>,
    pub(super) conditions: Conditions,
    pub(super) session_index: Option<String>,
    pub(super) session_not_on_or_after: Option<Instant>,
    pub(super) attributes: Vec<AssertedAttribute>,
}

/// Who the assertion is about.
pub(super) struct NameId {
    pub(super) value: String,
    pub(super) format: Option<String>,
}

/// A way to confirm that whoever brought the assertion may: the bearer's only.
pub(super) struct Confirmation<'a> {
    pub(super) recipient: Option<&'a str>,
    pub(super) in_response_to: Option<&'a str>,
    pub(super) not_before: Option<Instant>,
    pub(super) not_on_or_after: Option<Instant>,
}

/// When and for whom it holds.
pub(super) struct Conditions {
    pub(super) not_before: Option<Instant>,
    pub(super) not_on_or_after: Option<Instant>,
    /// All of these must name us, any of one is enough. SAML Core 2.0, section 2.5.1.4.
    pub(super) audiences: Vec<Vec<String>>,
}

impl<'a> Assertion<'a> {
    /// Reads an assertion whose name id was decrypted already if it had to be.
    pub(super) fn read(assertion: Node<'a, '_>) -> Result<Self, Failed> {
        if assertion.attribute("Version") != Some("2.0") {
            return Err(malformed("the assertion is not of SAML 2.0"));
        }
        let id = assertion.attribute("ID").filter(|id| !id.is_empty());
        let issuer = only(assertion, "Issuer", "the assertion does not have exactly one issuer")?;
        let subject = only(assertion, "Subject", "the assertion does not have exactly one subject")?;
        let conditions =
            only(assertion, "Conditions", "the assertion does not have exactly one set of conditions")?;
        let (session_index, session_not_on_or_after) = session(assertion)?;
        Ok(Self {
            id: id.ok_or_else(|| malformed("the assertion has no ID"))?,
            issuer: text_of(issuer).trim().to_owned(),
            name_id: NameId::read(subject)?,
            confirmations: confirmations(subject)?,
            conditions: Conditions::read(conditions)?,
            session_index,
            session_not_on_or_after,
            attributes: attributes::read(assertion).map_err(|refused| match refused {
                AttributesRefused::Encrypted => {
                    Failed::new(FailureCode::DecryptionFailed, CheckName::Decryption, refused.to_string())
                        .expected("an assertion that is encrypted as a whole, or not at all")
                }
                refused => malformed(&refused.to_string()),
            })?,
        })
    }

    /// What it says of the person.
    pub(super) fn into_asserted(self) -> Asserted {
        Asserted {
            subject: self.name_id.value,
            subject_format: self.name_id.format,
            session_index: self.session_index,
            attributes: self.attributes,
        }
    }
}

impl NameId {
    fn read(subject: Node<'_, '_>) -> Result<Self, Failed> {
        let element =
            only(subject, "NameID", "the assertion does not name a person: it needs exactly one NameID")?;
        if element.children().any(|child| child.is_element()) {
            return Err(malformed("the NameID holds more than text"));
        }
        let value = text_of(element).trim().to_owned();
        if value.is_empty() {
            return Err(malformed("the NameID is empty"));
        }
        if value.len() > NAME_ID_BYTES_MAX {
            return Err(malformed(&format!("the NameID is longer than {NAME_ID_BYTES_MAX} bytes")));
        }
        Ok(Self { value, format: element.attribute("Format").map(str::to_owned) })
    }
}

/// The confirmations by bearer.
fn confirmations<'a>(subject: Node<'a, '_>) -> Result<Vec<Confirmation<'a>>, Failed> {
    children(subject, SAML, "SubjectConfirmation")
        .filter(|confirmation| confirmation.attribute("Method") == Some(BEARER))
        .take(CONFIRMATIONS_MAX)
        .map(|confirmation| {
            let data = children(confirmation, SAML, "SubjectConfirmationData").next();
            let of = |name| data.and_then(|data| data.attribute(name));
            Ok(Confirmation {
                recipient: of("Recipient"),
                in_response_to: of("InResponseTo"),
                not_before: data.map(|data| instant(data, "NotBefore")).transpose()?.flatten(),
                not_on_or_after: data.map(|data| instant(data, "NotOnOrAfter")).transpose()?.flatten(),
            })
        })
        .collect()
}

impl Conditions {
    fn read(conditions: Node<'_, '_>) -> Result<Self, Failed> {
        let mut audiences = Vec::new();
        for condition in conditions.children().filter(Node::is_element) {
            let name = condition.tag_name();
            match (name.namespace(), name.name()) {
                (Some(SAML), "AudienceRestriction") => {
                    let named = children(condition, SAML, "Audience");
                    audiences.push(named.map(|audience| text_of(audience).trim().to_owned()).collect());
                }
                // Once is how often any assertion is taken; the other limits what we may issue.
                (Some(SAML), "OneTimeUse" | "ProxyRestriction") => {}
                // SAML Core 2.0, section 2.5.1: with a condition that is not understood, the
                // assertion's validity is not known.
                (_, name) => {
                    let name = collapsed(name, 100);
                    return Err(malformed(&format!(
                        "the assertion has a condition that is not known: {name}"
                    )));
                }
            }
        }
        Ok(Self {
            not_before: instant(conditions, "NotBefore")?,
            not_on_or_after: instant(conditions, "NotOnOrAfter")?,
            audiences,
        })
    }
}

/// The provider's session: its first index, and the first of its ends.
///
/// SAML Profiles 2.0, section 4.1.4.2, demands an `AuthnStatement`. It is not missed where there is
/// none: some providers leave it out unless they are told otherwise, and what makes the assertion
/// one for signing in here is its subject confirmation.
fn session(assertion: Node<'_, '_>) -> Result<(Option<String>, Option<Instant>), Failed> {
    let mut index = None;
    let mut ends = None;
    for statement in children(assertion, SAML, "AuthnStatement") {
        index = index.or_else(|| statement.attribute("SessionIndex").map(str::to_owned));
        let end = instant(statement, "SessionNotOnOrAfter")?;
        ends = ends.into_iter().chain(end).min();
    }
    Ok((index, ends))
}

/// `xs:dateTime` of an attribute.
fn instant(element: Node<'_, '_>, name: &'static str) -> Result<Option<Instant>, Failed> {
    let Some(value) = element.attribute(name) else { return Ok(None) };
    match metadata::instant(value) {
        Some(at) => Ok(Some(at)),
        None => Err(Failed::malformed(CheckName::Times, format!("{name} is no time"))
            .expected("a time like 2026-11-21T12:00:00Z")
            .received(collapsed(value, 100))),
    }
}

fn only<'a, 'input: 'a>(
    parent: Node<'a, 'input>,
    name: &'static str,
    otherwise: &str,
) -> Result<Node<'a, 'input>, Failed> {
    let mut found = children(parent, SAML, name);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(malformed(otherwise)),
    }
}

fn malformed(message: &str) -> Failed {
    Failed::malformed(CheckName::Message, message).expected("an assertion of the SAML web browser profile")
}
