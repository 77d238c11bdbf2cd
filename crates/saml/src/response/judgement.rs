//! The judgement of a response, from the outside in: the response, who signed, the assertion.

use roxmltree::Node;
use vestibule_application::ports::saml_sign_in::{SamlAccepted, SamlExpectation, SamlJudgement};
use vestibule_domain::certificate::{Certificate, Fingerprint};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::envelope::{Opened, admitted};
use super::sheet::{Failed, Sheet};
use super::trust::parsed;
use super::{SAML, signer, status};
use crate::metadata::{children, text_of};
use crate::signature::verify::{Policy, verify};

/// Judges a response.
pub(super) fn judge(opened: &Opened<'_>, expectation: &SamlExpectation<'_>) -> SamlJudgement {
    let mut judge = Judge {
        expectation,
        sheet: Sheet::new(),
        decrypted: None,
        message_certificates: Vec::new(),
        signed_by: None,
    };
    let outcome = judge.run(opened).map_err(|failed| judge.sheet.fail(failed));
    SamlJudgement {
        checks: judge.sheet.into_checks(),
        outcome,
        decrypted: judge.decrypted,
        message_certificates: judge.message_certificates,
        signed_by: judge.signed_by,
    }
}

/// A judgement in the making.
pub(super) struct Judge<'e> {
    pub(super) expectation: &'e SamlExpectation<'e>,
    pub(super) sheet: Sheet,
    pub(super) decrypted: Option<String>,
    pub(super) message_certificates: Vec<Certificate>,
    pub(super) signed_by: Option<Fingerprint>,
}

/// What the response itself says of the request that it answers.
pub(super) struct Answer {
    /// It names the open one, and a signature covers that.
    pub(super) is_proven: bool,
}

impl Judge<'_> {
    fn run(&mut self, opened: &Opened<'_>) -> Result<SamlAccepted, Failed> {
        let again;
        let tree = if let Some(tree) = &opened.kept {
            tree
        } else {
            again = admitted(opened.xml).map_err(|message| Failed::malformed(CheckName::Message, message))?;
            &again
        };
        let root = tree.root_element();
        self.message_certificates = signer::shown(root, self.expectation);
        let outer = verify(root, &self.policy());
        // What is signed is read as it was signed, also where reading it can only refuse.
        let answer = match &outer {
            Ok(Some(signed)) => self.head(parsed(signed.octets())?.root_element(), true)?,
            Ok(None) | Err(_) => self.head(root, false)?,
        };
        let outer = outer.map_err(|refusal| self.refused(root, &refusal))?;
        let believed = self.believed(opened.xml, root, outer)?;
        self.assertion(&believed, &answer)
    }

    pub(super) fn policy(&self) -> Policy<'_> {
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
        Ok(Answer { is_proven: is_signed && named.is_some() })
    }

    /// Refuses an answer to another request. That it says nothing may be said elsewhere.
    pub(super) fn answers(&self, named: Option<&str>) -> Result<(), Failed> {
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

    pub(super) fn issuer(&self, found: &str, of: &str) -> Result<(), Failed> {
        if found == self.expectation.idp_entity_id {
            return Ok(());
        }
        let message = format!("the issuer of the {of} is not the connection's identity provider");
        Err(Failed::malformed(CheckName::Issuer, message)
            .expected(self.expectation.idp_entity_id)
            .received(found))
    }
}

/// A response or an assertion that is not of the profile.
pub(super) fn malformed(message: &str) -> Failed {
    Failed::malformed(CheckName::Message, message).expected("a response of the SAML web browser profile")
}
