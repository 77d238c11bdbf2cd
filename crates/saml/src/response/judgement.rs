//! The judgement: every rule of the profile, in the order in which people read its checks.

use std::ops::Range;

use roxmltree::{Document, Node};
use vestibule_application::ports::saml_sign_in::{
    SamlAccepted, SamlEnvelope, SamlExpectation, SamlJudgement,
};
use vestibule_domain::certificate::{Certificate, Fingerprint};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::assertion::{Assertion, Confirmation};
use super::envelope::{MESSAGE_NODES_MAX, admitted};
use super::sheet::{Failed, Sheet};
use super::{SAML, signer, status};
use crate::decryption::{Undecrypted, decrypt};
use crate::gate;
use crate::metadata::{children, is, text_of};
use crate::signature::verify::{Policy, Refusal, SignedXml, verify};

/// Judges a response.
pub(crate) fn judge(envelope: &SamlEnvelope, expectation: &SamlExpectation<'_>) -> SamlJudgement {
    let mut judge = Judge {
        expectation,
        sheet: Sheet::new(),
        decrypted: None,
        message_certificates: Vec::new(),
        signed_by: None,
    };
    let outcome = judge.run(&envelope.xml).map_err(|failed| judge.sheet.fail(failed));
    SamlJudgement {
        checks: judge.sheet.into_checks(),
        outcome,
        decrypted: judge.decrypted,
        message_certificates: judge.message_certificates,
        signed_by: judge.signed_by,
    }
}

struct Judge<'e> {
    expectation: &'e SamlExpectation<'e>,
    sheet: Sheet,
    decrypted: Option<String>,
    message_certificates: Vec<Certificate>,
    signed_by: Option<Fingerprint>,
}

/// Which request the response itself names, and whether that is signed.
struct Answer {
    is_proven: bool,
}

impl Judge<'_> {
    fn run(&mut self, xml: &str) -> Result<SamlAccepted, Failed> {
        let tree = admitted(xml).map_err(|message| Failed::malformed(CheckName::Message, message))?;
        let root = tree.root_element();
        self.message_certificates = signer::shown(root);
        let outer = verify(root, &self.policy());
        // What is signed is read as it was signed, also where reading it can only refuse.
        let answer = match &outer {
            Ok(Some(signed)) => self.head(parsed(signed.octets())?.root_element(), true)?,
            Ok(None) | Err(_) => self.head(root, false)?,
        };
        let outer = outer.map_err(|refusal| self.refused(root, &refusal))?;
        let believed = self.believed(xml, root, outer)?;
        self.assertion(&believed, answer)
    }

    fn policy(&self) -> Policy<'_> {
        Policy { certificates: self.expectation.certificates, allowances: self.expectation.allowances }
    }

    /// What the response says before its assertion.
    fn head(&mut self, response: Node<'_, '_>, is_signed: bool) -> Result<Answer, Failed> {
        if response.attribute("Version") != Some("2.0") {
            return Err(malformed("the response is not of SAML 2.0"));
        }
        let id = response.attribute("ID").filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| malformed("the response has no ID"))?;
        self.sheet.pass(CheckName::Message, id);
        status::judge(response)?;
        self.sheet.pass(CheckName::Status, "Success");
        let answer = self.request(response, is_signed)?;
        self.destination(response, is_signed)?;
        self.response_issuer(response)?;
        Ok(answer)
    }

    fn request(&mut self, response: Node<'_, '_>, is_signed: bool) -> Result<Answer, Failed> {
        let named = response.attribute("InResponseTo").filter(|id| !id.is_empty());
        self.answers(named)?;
        Ok(Answer { is_proven: named.is_none() == self.expectation.in_response_to.is_none() && is_signed })
    }

    /// Refuses an answer to another request. That it says nothing may be said elsewhere.
    fn answers(&self, named: Option<&str>) -> Result<(), Failed> {
        let refused = |message| Failed::new(FailureCode::StateMismatch, CheckName::Request, message);
        match (named, self.expectation.in_response_to) {
            (None, _) => Ok(()),
            (Some(named), Some(expected)) if named == expected => Ok(()),
            (Some(named), Some(expected)) => {
                Err(refused("the response answers another request than the one that is open")
                    .expected(expected)
                    .received(named))
            }
            (Some(named), None) => Err(refused("the response answers a request that is not open")
                .expected("no InResponseTo, since no request is open")
                .received(named)),
        }
    }

    /// SAML Bindings 2.0, section 3.5.5.2: signed, it must say where it was sent; what it says must
    /// be true in any case.
    fn destination(&mut self, response: Node<'_, '_>, is_signed: bool) -> Result<(), Failed> {
        let expected = self.expectation.acs_url;
        let failed = |message| Failed::malformed(CheckName::Destination, message).expected(expected);
        match response.attribute("Destination") {
            Some(found) if found == expected => self.sheet.pass(CheckName::Destination, found),
            Some(found) => return Err(failed("the response was sent to another address").received(found)),
            None if is_signed => {
                return Err(
                    failed("the response is signed and does not say where it was sent").received("nothing")
                );
            }
            None => self
                .sheet
                .pass(CheckName::Destination, "not stated, and need not be: the response is not signed"),
        }
        Ok(())
    }

    fn response_issuer(&mut self, response: Node<'_, '_>) -> Result<(), Failed> {
        let mut issuers = children(response, SAML, "Issuer");
        match (issuers.next(), issuers.next()) {
            (None, _) => Ok(()),
            (Some(issuer), None) => self.issuer(text_of(issuer).trim(), "response"),
            _ => Err(malformed("the response has more than one issuer")),
        }
    }

    fn issuer(&self, found: &str, of: &str) -> Result<(), Failed> {
        if found == self.expectation.idp_entity_id {
            return Ok(());
        }
        let message = format!("the issuer of the {of} is not the connection's identity provider");
        Err(Failed::malformed(CheckName::Issuer, message)
            .expected(self.expectation.idp_entity_id)
            .received(found))
    }

    /// A document with the one assertion, every octet of which somebody trusted has signed.
    fn believed(
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
        for certificate in signer::shown_at(assertion) {
            signer::add(&mut self.message_certificates, certificate);
        }
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
        self.sheet.pass(CheckName::Signature, format!("{what} signed with {certificate}"));
    }

    fn refused(&self, element: Node<'_, '_>, refusal: &Refusal) -> Failed {
        signer::refused(element, refusal, &self.message_certificates, self.expectation)
    }

    /// Every rule on the assertion itself.
    fn assertion(&mut self, believed: &str, answer: Answer) -> Result<SamlAccepted, Failed> {
        let believed = self.with_name_id(believed)?;
        let tree = parsed(&believed)?;
        let assertion = Assertion::read(assertion_of(&tree)?)?;
        let expectation = self.expectation;

        self.issuer(&assertion.issuer, "assertion")?;
        self.sheet.pass(CheckName::Issuer, &assertion.issuer);
        self.audience(&assertion.conditions.audiences)?;
        let confirmation = self.confirmation(&assertion.confirmations, &answer)?;
        let named = expectation.in_response_to.unwrap_or("no request: the provider began the sign-in");
        self.sheet.pass(CheckName::Request, named);
        let ends = self.times(&assertion, confirmation)?;
        Ok(SamlAccepted {
            assertion_id: assertion.id.to_owned(),
            expires_at: ends.saturating_add(expectation.skew),
            session_not_on_or_after: assertion.session_not_on_or_after,
            asserted: assertion.into_asserted(),
        })
    }

    /// Opens the name id if it is encrypted; its ciphertext is signed.
    fn with_name_id(&mut self, believed: &str) -> Result<String, Failed> {
        let tree = parsed(believed)?;
        let subject = children(assertion_of(&tree)?, SAML, "Subject");
        let mut encrypted = subject.flat_map(|subject| children(subject, SAML, "EncryptedID"));
        let Some(encrypted) = encrypted.next() else { return Ok(believed.to_owned()) };
        let plaintext = decrypt(encrypted, self.expectation.decryption_keys).map_err(|why| closed(&why))?;
        let whole = in_place(believed, &encrypted.range(), &plaintext)?;
        self.sheet
            .pass(CheckName::Decryption, "the name id was encrypted to one of the connection's certificates");
        Ok(whole)
    }

    fn audience(&mut self, audiences: &[Vec<String>]) -> Result<(), Failed> {
        let expected = self.expectation.sp_entity_id;
        let failed = |message| Failed::malformed(CheckName::Audience, message).expected(expected);
        if audiences.is_empty() {
            return Err(
                failed("the assertion does not say for whom it is").received("no AudienceRestriction")
            );
        }
        if let Some(other) = audiences.iter().find(|any| !any.iter().any(|audience| audience == expected)) {
            return Err(failed("the assertion is for another service provider").received(other.join(", ")));
        }
        self.sheet.pass(CheckName::Audience, expected);
        Ok(())
    }

    /// The first confirmation that holds; if none does, what is wrong with the first of all.
    fn confirmation<'a>(
        &mut self,
        confirmations: &'a [Confirmation<'_>],
        answer: &Answer,
    ) -> Result<&'a Confirmation<'a>, Failed> {
        let mut refused = None;
        for confirmation in confirmations {
            match self.confirms(confirmation, answer) {
                Ok(()) => {
                    self.sheet.pass(CheckName::Recipient, self.expectation.acs_url);
                    return Ok(confirmation);
                }
                Err(failed) => refused = refused.or(Some(failed)),
            }
        }
        Err(refused.unwrap_or_else(|| {
            Failed::malformed(CheckName::Recipient, "the assertion has no subject confirmation by bearer")
                .expected(self.expectation.acs_url)
                .received("no subject confirmation by bearer")
        }))
    }

    /// SAML Profiles 2.0, sections 4.1.4.2 and 4.1.4.3.
    fn confirms(&self, confirmation: &Confirmation<'_>, answer: &Answer) -> Result<(), Failed> {
        let expected = self.expectation.acs_url;
        let failed = |message| Failed::malformed(CheckName::Recipient, message).expected(expected);
        if confirmation.recipient != Some(expected) {
            return Err(failed("the assertion may be used at another address")
                .received(confirmation.recipient.unwrap_or("no Recipient")));
        }
        if confirmation.not_before.is_some() {
            return Err(
                failed("the subject confirmation has a NotBefore, which it must not").received("NotBefore")
            );
        }
        let Some(ends) = confirmation.not_on_or_after else {
            return Err(failed("the subject confirmation has no NotOnOrAfter").received("no NotOnOrAfter"));
        };
        let named = confirmation.in_response_to.filter(|id| !id.is_empty());
        self.answers(named)?;
        if let Some(expected) = self.expectation.in_response_to
            && named.is_none()
            && !answer.is_proven
        {
            let message = "nothing that is signed says which request is answered";
            return Err(Failed::new(FailureCode::StateMismatch, CheckName::Request, message)
                .expected(expected)
                .received("no InResponseTo"));
        }
        self.before(ends, "the subject confirmation")
    }

    /// The assertion's times; answers with the first of its ends.
    fn times(
        &mut self,
        assertion: &Assertion<'_>,
        confirmation: &Confirmation<'_>,
    ) -> Result<vestibule_domain::Instant, Failed> {
        let SamlExpectation { now, skew, .. } = *self.expectation;
        let conditions = &assertion.conditions;
        if let Some(begins) = conditions.not_before
            && now.saturating_add(skew) < begins
        {
            return Err(Failed::malformed(CheckName::Times, "the assertion is not yet valid")
                .expected(format!("now, {now}, is at most {} s before NotBefore", skew.whole_seconds()))
                .received(begins.to_string()));
        }
        let ends = [
            (conditions.not_on_or_after, "the assertion"),
            (confirmation.not_on_or_after, "the subject confirmation"),
            (assertion.session_not_on_or_after, "the session at the provider"),
        ];
        let mut first = None;
        for (end, of) in ends {
            let Some(end) = end else { continue };
            self.before(end, of)?;
            first = first.into_iter().chain([end]).min();
        }
        let Some(first) = first else {
            return Err(Failed::malformed(CheckName::Times, "the assertion never ends"));
        };
        self.sheet.pass(CheckName::Times, format!("valid until {first}, now is {now}"));
        Ok(first)
    }

    fn before(&self, end: vestibule_domain::Instant, of: &str) -> Result<(), Failed> {
        let SamlExpectation { now, skew, .. } = *self.expectation;
        if now < end.saturating_add(skew) {
            return Ok(());
        }
        Err(Failed::malformed(CheckName::Times, format!("{of} is no longer valid"))
            .expected(format!("now, {now}, is less than {} s after NotOnOrAfter", skew.whole_seconds()))
            .received(end.to_string()))
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
fn assertion_of<'a, 'input>(tree: &'a Document<'input>) -> Result<Node<'a, 'input>, Failed> {
    let mut all = tree.descendants().filter(|node| is(*node, SAML, "Assertion"));
    match (all.next(), all.next()) {
        (Some(assertion), None) => Ok(assertion),
        _ => Err(malformed("the response has no assertion that can be read")),
    }
}

/// Parses octets that passed the gate in another form.
fn parsed(octets: &str) -> Result<Document<'_>, Failed> {
    Document::parse(octets).map_err(|_| malformed("the response has no canonical form"))
}

fn malformed(message: &str) -> Failed {
    Failed::malformed(CheckName::Message, message).expected("a response of the SAML web browser profile")
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
