//! What the provider reports of the sign-in.
//!
//! Source: SAML Core 2.0, section 3.2.2.

use roxmltree::Node;
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::SAMLP;
use super::sheet::Failed;
use crate::metadata::{children, text_of};
use crate::text::collapsed;

const STATUS: &str = "urn:oasis:names:tc:SAML:2.0:status:";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Codes by which a provider says that it will not vouch for this person.
const DENIED: [&str; 2] =
    ["urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"];

/// Most codes of a chain that are read; the specification knows two levels.
const CODES_MAX: usize = 4;

/// Longest message of a provider that is repeated, in characters.
const MESSAGE_CHARS_MAX: usize = 500;

/// Lets success pass.
pub(super) fn judge(response: Node<'_, '_>) -> Result<(), Failed> {
    let mut statuses = children(response, SAMLP, "Status");
    let (Some(status), None) = (statuses.next(), statuses.next()) else {
        return Err(Failed::malformed(CheckName::Status, "the response does not have exactly one status"));
    };
    let codes = codes(status);
    if codes.is_empty() {
        return Err(Failed::malformed(CheckName::Status, "the status of the response has no code"));
    }
    if codes.first() == Some(&SUCCESS) {
        return Ok(());
    }
    let code = if codes.iter().any(|code| DENIED.contains(code)) {
        FailureCode::AccessDenied
    } else {
        FailureCode::IdpReportedError
    };
    let shown = |code: &&str| collapsed(code.strip_prefix(STATUS).unwrap_or(code), MESSAGE_CHARS_MAX);
    let mut received = codes.iter().map(shown).collect::<Vec<_>>().join(" / ");
    let message = children(status, SAMLP, "StatusMessage").next().map(text_of).unwrap_or_default();
    let message = collapsed(&message, MESSAGE_CHARS_MAX);
    if !message.is_empty() {
        received = format!("{received}: {message}");
    }
    Err(Failed::new(code, CheckName::Status, format!("the identity provider reports {received}"))
        .expected("Success")
        .received(received))
}

/// The codes, outermost first.
fn codes<'a>(status: Node<'a, '_>) -> Vec<&'a str> {
    let below = |node: &Node<'a, '_>| children(*node, SAMLP, "StatusCode").next();
    std::iter::successors(below(&status), below)
        .take(CODES_MAX)
        .map(|code| code.attribute("Value").unwrap_or("").trim())
        .collect()
}
