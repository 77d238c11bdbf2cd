//! What may be believed of a response: the octets that somebody trusted signed, decrypted where that
//! is needed. Nothing that is said in them is looked at here.

use std::ops::Range;

use roxmltree::{Document, Node};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::envelope::{MESSAGE_NODES_MAX, admitted};
use super::judgement::{Judge, malformed};
use super::sheet::Failed;
use super::{SAML, signer};
use crate::decryption::{Undecrypted, decrypt};
use crate::gate;
use crate::metadata::{children, is};
use crate::signature::verify::{Refusal, SignedXml, verify};

impl Judge<'_> {
    /// A document with the one assertion, every octet of which somebody trusted has signed.
    pub(super) fn believed(
        &mut self,
        xml: &str,
        root: Node<'_, '_>,
        outer: Option<SignedXml>,
    ) -> Result<String, Failed> {
        match Enclosed::of(root)? {
            Enclosed::Clear(assertion) => {
                let inner = self.verified(assertion)?;
                match self.signed(outer, inner)? {
                    Signed::Assertion(octets) | Signed::Response(octets) => Ok(octets),
                }
            }
            Enclosed::Encrypted(encrypted) => self.decrypted(xml, encrypted, outer),
        }
    }

    fn decrypted(
        &mut self,
        xml: &str,
        encrypted: Node<'_, '_>,
        outer: Option<SignedXml>,
    ) -> Result<String, Failed> {
        let keys = self.expectation.decryption_keys;
        // Signed ciphertext is read as it was signed.
        let (plaintext, signed_content) = match &outer {
            Some(signed) => {
                let tree = parsed(signed.octets())?;
                match Enclosed::of(tree.root_element())? {
                    Enclosed::Encrypted(encrypted) => (decrypt(encrypted, keys), content_of(encrypted)),
                    Enclosed::Clear(_) => return Err(malformed("the response has no canonical form")),
                }
            }
            None => (decrypt(encrypted, keys), 0..0),
        };
        if let Some(signed) = &outer {
            self.pass_signature(&[("response", signed)]);
        }
        let plaintext = plaintext.map_err(|why| closed(&why))?;
        let whole = in_place(xml, &content_of(encrypted), &plaintext)?;
        let tree = admitted(&whole).map_err(|_| closed(&Undecrypted::Failed))?;
        let assertion = assertion_of(&tree).map_err(|_| closed(&Undecrypted::Failed))?;
        if assertion.range().start != content_of(encrypted).start {
            return Err(closed(&Undecrypted::Failed));
        }
        self.decrypted = Some(plaintext.clone());
        self.sheet.pass(
            CheckName::Decryption,
            "the assertion was encrypted to one of the connection's certificates",
        );
        signer::add_shown(&mut self.message_certificates, assertion, self.expectation);
        let inner = self.verified(assertion)?;
        match self.signed(outer, inner)? {
            Signed::Assertion(octets) => Ok(octets),
            Signed::Response(octets) => in_place(&octets, &signed_content, &plaintext),
        }
    }

    fn verified(&self, element: Node<'_, '_>) -> Result<Option<SignedXml>, Failed> {
        verify(element, &self.policy()).map_err(|refusal| self.refused(element, &refusal))
    }

    /// What is believed: the assertion as it was signed, or else the response.
    fn signed(&mut self, outer: Option<SignedXml>, inner: Option<SignedXml>) -> Result<Signed, Failed> {
        let made: Vec<_> = outer
            .iter()
            .map(|signed| ("response", signed))
            .chain(inner.iter().map(|signed| ("assertion", signed)))
            .collect();
        if made.is_empty() {
            return Err(signer::unsigned(self.expectation));
        }
        self.pass_signature(&made);
        match (inner, outer) {
            (Some(inner), _) => Ok(Signed::Assertion(inner.octets().to_owned())),
            (None, Some(outer)) => Ok(Signed::Response(outer.octets().to_owned())),
            (None, None) => Err(signer::unsigned(self.expectation)),
        }
    }

    fn pass_signature(&mut self, made: &[(&str, &SignedXml)]) {
        let Some((_, last)) = made.last() else { return };
        self.signed_by = Some(last.signed_by());
        let what = made.iter().map(|(what, _)| *what).collect::<Vec<_>>().join(" and ");
        let certificate = signer::described_by(last.signed_by(), self.expectation);
        let weak = made.iter().find_map(|(_, signed)| signed.weakness()).map(signer::let_pass);
        let weak = weak.unwrap_or_default();
        self.sheet.pass(CheckName::Signature, format!("{what} signed with {certificate}{weak}"));
    }

    pub(super) fn refused(&self, element: Node<'_, '_>, refusal: &Refusal) -> Failed {
        signer::refused(element, refusal, &self.message_certificates, self.expectation)
    }

    /// The same with the name id in clear, if that was encrypted; its ciphertext is signed.
    pub(super) fn with_name_id(
        &mut self,
        believed: &str,
        assertion: Node<'_, '_>,
    ) -> Result<Option<String>, Failed> {
        let mut encrypted =
            children(assertion, SAML, "Subject").flat_map(|subject| children(subject, SAML, "EncryptedID"));
        let Some(encrypted) = encrypted.next() else { return Ok(None) };
        let plaintext = decrypt(encrypted, self.expectation.decryption_keys).map_err(|why| closed(&why))?;
        let whole = in_place(believed, &encrypted.range(), &plaintext)?;
        self.sheet
            .pass(CheckName::Decryption, "the name id was encrypted to one of the connection's certificates");
        Ok(Some(whole))
    }
}

/// What is believed, as the octets that were signed.
enum Signed {
    /// The assertion.
    Assertion(String),
    /// The response with the assertion in it.
    Response(String),
}

/// The one assertion of a response.
enum Enclosed<'a, 'input> {
    Clear(Node<'a, 'input>),
    Encrypted(Node<'a, 'input>),
}

impl<'a, 'input> Enclosed<'a, 'input> {
    /// It must be the only one anywhere: a second one has no purpose but to be mistaken for it.
    fn of(response: Node<'a, 'input>) -> Result<Self, Failed> {
        let is_any =
            |node: &Node<'_, '_>| is(*node, SAML, "Assertion") || is(*node, SAML, "EncryptedAssertion");
        let mut all = response.descendants().filter(is_any);
        match (all.next(), all.next()) {
            (None, _) => Err(malformed("the response has no assertion")),
            (Some(_), Some(_)) => Err(malformed("the response has more than one assertion")),
            (Some(only), None) if only.parent() != Some(response) => {
                Err(malformed("the assertion does not stand directly in the response"))
            }
            (Some(only), None) if is(only, SAML, "Assertion") => Ok(Self::Clear(only)),
            (Some(only), None) => Ok(Self::Encrypted(only)),
        }
    }
}

/// Puts plaintext where its ciphertext was, so that it has the prefixes which are declared there. It
/// must be one element and nothing else: then it cannot close what it stands in.
fn in_place(xml: &str, range: &Range<usize>, plaintext: &str) -> Result<String, Failed> {
    let plaintext = without_declaration(plaintext).trim();
    let whole = [&xml[..range.start], plaintext, &xml[range.end..]].concat();
    let is_one_element = gate::tree_within(&whole, MESSAGE_NODES_MAX).is_ok_and(|tree| {
        tree.descendants()
            .any(|node| node.is_element() && node.range() == (range.start..range.start + plaintext.len()))
    });
    if is_one_element { Ok(whole) } else { Err(closed(&Undecrypted::Failed)) }
}

fn without_declaration(xml: &str) -> &str {
    let xml = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    match xml.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest,
        None => xml,
    }
}

/// From the first to the last of an element's children.
fn content_of(element: Node<'_, '_>) -> Range<usize> {
    let end = element.range().end;
    let begins = element.first_child().map_or(end, |first| first.range().start);
    begins..element.last_child().map_or(end, |last| last.range().end)
}

/// The one assertion of what is believed: all of it, or in the response, or in what was encrypted.
pub(super) fn assertion_of<'a, 'input>(tree: &'a Document<'input>) -> Result<Node<'a, 'input>, Failed> {
    let mut all = tree.descendants().filter(|node| is(*node, SAML, "Assertion"));
    match (all.next(), all.next()) {
        (Some(assertion), None) => Ok(assertion),
        _ => Err(malformed("the response has no assertion that can be read")),
    }
}

/// Parses octets that passed the gate in another form.
pub(super) fn parsed(octets: &str) -> Result<Document<'_>, Failed> {
    Document::parse(octets).map_err(|_| malformed("the response has no canonical form"))
}

fn closed(why: &Undecrypted) -> Failed {
    let failed = Failed::new(FailureCode::DecryptionFailed, CheckName::Decryption, why.to_string());
    match why {
        Undecrypted::NoKey => failed.expected("an encryption certificate of the connection"),
        Undecrypted::Algorithm { uri } => failed
            .expected("AES in CBC or GCM mode; RSA-OAEP with one hash for digest and mask")
            .received(uri.as_str()),
        Undecrypted::Failed => {
            failed.expected("an assertion that is encrypted to a certificate of the connection")
        }
    }
}
