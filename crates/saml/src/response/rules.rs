//! The rules on an assertion that was signed: by whom, for whom, to be used by whom, and when.

use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml_sign_in::{SamlAccepted, SamlExpectation};
use vestibule_domain::Instant;
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;

use super::assertion::{Assertion, Confirmation};
use super::judgement::{Answer, Judge};
use super::sheet::Failed;
use super::trust::{assertion_of, parsed};

impl Judge<'_> {
    /// Reads the assertion from what is believed, and judges it.
    pub(super) fn assertion(&mut self, believed: &str, answer: &Answer) -> Result<SamlAccepted, Failed> {
        let tree = parsed(believed)?;
        let assertion = assertion_of(&tree)?;
        match self.with_name_id(believed, assertion)? {
            None => self.rules(Assertion::read(assertion)?, answer),
            Some(whole) => self.rules(Assertion::read(assertion_of(&parsed(&whole)?)?)?, answer),
        }
    }

    /// Every rule.
    fn rules(&mut self, assertion: Assertion<'_>, answer: &Answer) -> Result<SamlAccepted, Failed> {
        let expectation = self.expectation;

        self.issuer(&assertion.issuer, "assertion")?;
        self.sheet.pass(CheckName::Issuer, &assertion.issuer);
        self.audience(&assertion.conditions.audiences)?;
        let confirmation = self.confirmation(&assertion.confirmations, answer)?;
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
    ) -> Result<Instant, Failed> {
        let SamlExpectation { now, skew, .. } = *self.expectation;
        let conditions = &assertion.conditions;
        if let Some(begins) = conditions.not_before
            && now.saturating_add(skew) < begins
        {
            return Err(Failed::malformed(CheckName::Times, "the assertion is not yet valid")
                .expected(format!(
                    "now, {}, is at most {} s before NotBefore",
                    told(whole(now)),
                    skew.whole_seconds()
                ))
                .received(told(begins)));
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
        self.sheet
            .pass(CheckName::Times, format!("valid until {}, now is {}", told(first), told(whole(now))));
        Ok(first)
    }

    fn before(&self, end: Instant, of: &str) -> Result<(), Failed> {
        let SamlExpectation { now, skew, .. } = *self.expectation;
        if now < end.saturating_add(skew) {
            return Ok(());
        }
        Err(Failed::malformed(CheckName::Times, format!("{of} is no longer valid"))
            .expected(format!(
                "now, {}, is less than {} s after NotOnOrAfter",
                told(whole(now)),
                skew.whole_seconds()
            ))
            .received(told(end)))
    }
}

/// Our own time as people compare it with others: without a fraction.
fn whole(now: Instant) -> Instant {
    now.replace_nanosecond(0).unwrap_or(now)
}

/// An instant as providers write it.
fn told(at: Instant) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| at.to_string())
}
