//! Who signed, as people should see it: never to be believed, only to be compared.

use roxmltree::Node;
use vestibule_application::ports::saml_sign_in::SamlExpectation;
use vestibule_domain::Instant;
use vestibule_domain::certificate::{Certificate, Fingerprint, Validity};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::SAML;
use super::sheet::Failed;
use crate::certificate::{CERTIFICATE_BYTES_MAX, read_der};
use crate::metadata::{children, text_of};
use crate::signature::DS;
use crate::signature::algorithm::Weakness;
use crate::signature::verify::{Refusal, is_by};
use crate::text::from_base64;

/// Most certificates of a message that are shown.
pub const SHOWN_CERTIFICATES_MAX: usize = 6;

/// The certificates that stand in the signatures of a response and its assertions.
pub(super) fn shown(response: Node<'_, '_>, expectation: &SamlExpectation<'_>) -> Vec<Certificate> {
    let mut all = Vec::new();
    let assertions = children(response, SAML, "Assertion");
    for element in std::iter::once(response).chain(assertions) {
        add_shown(&mut all, element, expectation);
    }
    all
}

/// Adds those that stand in the signature of one element, each once, as long as there is room.
pub(super) fn add_shown(
    all: &mut Vec<Certificate>,
    element: Node<'_, '_>,
    expectation: &SamlExpectation<'_>,
) {
    let found = children(element, DS, "Signature")
        .flat_map(|signature| children(signature, DS, "KeyInfo"))
        .flat_map(|info| children(info, DS, "X509Data"))
        .flat_map(|data| children(data, DS, "X509Certificate"))
        .take(SHOWN_CERTIFICATES_MAX)
        .filter_map(|certificate| from_base64(&text_of(certificate)))
        .filter(|der| der.len() <= CERTIFICATE_BYTES_MAX);
    for der in found {
        let trusted = expectation.certificates.iter().find(|trusted| trusted.der == der);
        let Some(certificate) = trusted.map(|one| (*one).clone()).or_else(|| read_der(&der).ok()) else {
            continue;
        };
        let is_new = all.iter().all(|known| known.fingerprint != certificate.fingerprint);
        if is_new && all.len() < SHOWN_CERTIFICATES_MAX {
            all.push(certificate);
        }
    }
}

/// Nothing is signed.
pub(super) fn unsigned(expectation: &SamlExpectation<'_>) -> Failed {
    failed("neither the response nor the assertion is signed", expectation).received("no signature")
}

/// Why a signature is not believed, with what helps to mend it.
pub(super) fn refused(
    element: Node<'_, '_>,
    refusal: &Refusal,
    shown: &[Certificate],
    expectation: &SamlExpectation<'_>,
) -> Failed {
    match refusal {
        Refusal::Shape(_) | Refusal::Canonical(_) => {
            Failed::malformed(CheckName::Signature, refusal.to_string())
                .expected("a signature as SAML Core 2.0, section 5, describes it")
        }
        Refusal::Algorithm { uri } => failed(&refusal.to_string(), expectation).received(uri.as_str()),
        Refusal::Weak(_) => failed(&refusal.to_string(), expectation),
        Refusal::Digest => failed(&refusal.to_string(), expectation)
            .received("a signature of the provider over other content"),
        Refusal::Key => of_nobody_trusted(element, shown, expectation),
    }
}

fn of_nobody_trusted(
    element: Node<'_, '_>,
    shown: &[Certificate],
    expectation: &SamlExpectation<'_>,
) -> Failed {
    let is_trusted = |one: &&Certificate| {
        expectation.certificates.iter().any(|trusted| trusted.fingerprint == one.fingerprint)
    };
    let described = |one: &Certificate| described(one, expectation.now);
    if let Some(other) = shown.iter().filter(|one| !is_trusted(one)).find(|one| is_by(element, one)) {
        let message = "the response is signed with another certificate than those of the connection";
        return failed(message, expectation).received(described(other));
    }
    if let Some(trusted) = shown.iter().find(is_trusted) {
        return failed("the signature is damaged", expectation)
            .received(format!("a signature that is said to be by {}, but is not", described(trusted)));
    }
    let message = "the signature was made with an unknown key, or is damaged";
    let received = shown.iter().map(described).collect::<Vec<_>>().join("; ");
    failed(message, expectation).received(if received.is_empty() {
        "a signature without a certificate".to_owned()
    } else {
        format!("a signature that is said to be by {received}")
    })
}

fn failed(message: &str, expectation: &SamlExpectation<'_>) -> Failed {
    let trusted: Vec<_> =
        expectation.certificates.iter().map(|certificate| described(certificate, expectation.now)).collect();
    Failed::new(FailureCode::InvalidX509Certificate, CheckName::Signature, message)
        .expected(format!("a signature by {}", trusted.join(" or ")))
}

/// What is weak about a signature that was let pass, for people.
pub(super) fn let_pass(weakness: Weakness) -> String {
    let what = match weakness {
        Weakness::Sha1 => "SHA-1".to_owned(),
        Weakness::ShortRsa { bits } => format!("an RSA key of {bits} bits"),
    };
    format!("; {what} is let pass for this connection")
}

/// The trusted certificate with this fingerprint, for people.
pub(super) fn described_by(fingerprint: Fingerprint, expectation: &SamlExpectation<'_>) -> String {
    expectation
        .certificates
        .iter()
        .find(|certificate| certificate.fingerprint == fingerprint)
        .map_or_else(|| fingerprint.to_string(), |certificate| described(certificate, expectation.now))
}

/// Fingerprint and dates. An end that has passed is told, and no reason to refuse: it is the key
/// that was pinned, and providers sign with expired certificates for years.
fn described(certificate: &Certificate, now: Instant) -> String {
    let (begins, ends) = (certificate.not_before.date(), certificate.not_after.date());
    let fingerprint = certificate.fingerprint;
    match certificate.validity(now) {
        Validity::NotYet => format!("certificate {fingerprint} (valid from {begins})"),
        Validity::Current | Validity::ExpiresSoon => {
            format!("certificate {fingerprint} (valid until {ends})")
        }
        Validity::Expired => format!("certificate {fingerprint} (expired on {ends})"),
    }
}
