//! The form in which a developer chooses what the test identity provider answers.

use actix_web::web::Payload;
use vestibule_application::ports::saml_sign_in::RELAY_STATE_BYTES_MAX;
use vestibule_application::ports::test_provider::{SAML_REQUEST_VALUE_BYTES_MAX, TestAuthorization};
use vestibule_application::test_provider::TestDesk;
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::test_provider::{TestAnswer, TestPerson, TestPersonError, TestRefusal};

use super::oidc;
use crate::sso::{only, read_form};

/// Largest form or query that is read, in bytes: a SAML request as base64, or the longest state of
/// OpenID Connect, each character of which may be escaped, and a person.
pub(super) const FORM_BYTES_MAX: usize = 64 * 1024;

/// The sign-in that is answered; the page carries it along.
pub(super) enum Carried {
    /// None: nobody asked.
    Start,
    /// One by SAML.
    Saml {
        /// The request's id.
        request: String,
        /// Handed back unchanged.
        relay_state: Option<String>,
    },
    /// One by OpenID Connect.
    Oidc(TestAuthorization),
}

impl Carried {
    /// The hidden fields.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Start => Vec::new(),
            Self::Saml { request, relay_state } => {
                let mut fields = vec![(REQUEST, request.clone())];
                fields.extend(relay_state.clone().map(|state| (RELAY_STATE, state)));
                fields
            }
            Self::Oidc(asked) => {
                let challenge = asked.challenge.map(|challenge| challenge.encode());
                let method = asked.challenge.map(|_| "S256".to_owned());
                [
                    ("state", asked.state.clone()),
                    ("nonce", asked.nonce.clone()),
                    ("code_challenge", challenge),
                    ("code_challenge_method", method),
                ]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect()
            }
        }
    }
}

const REQUEST: &str = "request";
const RELAY_STATE: &str = "relay_state";

/// Who is to be signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The address of somebody of the organization.
    Member,
    /// The address of a guest.
    Guest,
}

impl Whose {
    /// The field of the address.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Member => "email",
            Self::Guest => "guest_email",
        }
    }
}

/// What is wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Whose address was to be used.
    pub(super) whose: Whose,
    /// Why nobody is vouched for.
    pub(super) reason: TestPersonError,
}

/// The form as it came.
pub(super) struct AnswerForm {
    fields: Vec<(String, String)>,
}

impl AnswerForm {
    pub(super) async fn read(payload: Payload) -> Option<Self> {
        read_form(payload, FORM_BYTES_MAX).await.map(|fields| Self { fields })
    }

    /// What was typed into a field.
    pub(super) fn typed(&self, name: &str) -> String {
        only(&self.fields, name).unwrap_or_default()
    }

    /// What is to be answered. Without a choice the first that the page offers.
    pub(super) fn answer(&self) -> Result<TestAnswer, Wrong> {
        let whose = match self.typed("answer").as_str() {
            "refusal" => {
                let refusal = TestRefusal::parse(&self.typed("refusal")).unwrap_or(TestRefusal::Denied);
                return Ok(TestAnswer::Refusal(refusal));
            }
            "guest" => Whose::Guest,
            _ => Whose::Member,
        };
        TestPerson::parse(
            &self.typed(whose.field()),
            &self.typed("first_name"),
            &self.typed("last_name"),
            &self.typed("groups"),
        )
        .map(TestAnswer::Person)
        .map_err(|reason| Wrong { whose, reason })
    }

    /// The sign-in that is answered, as the page carried it. What is more than a request could have
    /// had counts as not there: the answer is refused then, like any that answers nothing.
    pub(super) fn carried(&self, test: &TestDesk) -> Carried {
        match test.connection.settings.protocol() {
            Protocol::Saml => {
                let fits = |name, max| only(&self.fields, name).filter(|value| value.len() <= max);
                match fits(REQUEST, SAML_REQUEST_VALUE_BYTES_MAX) {
                    Some(request) => {
                        Carried::Saml { request, relay_state: fits(RELAY_STATE, RELAY_STATE_BYTES_MAX) }
                    }
                    None => Carried::Start,
                }
            }
            Protocol::Oidc => Carried::Oidc(oidc::authorization(&self.fields).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fields: &[(&str, &str)]) -> Result<TestAnswer, Wrong> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        AnswerForm { fields: fields.collect() }.answer()
    }

    #[test]
    fn the_button_decides_what_is_answered() {
        let people = [("email", "ada@acme.example"), ("guest_email", "bob@guest.example")];
        let email = |fields: &[(&str, &str)]| match answer(&[&people[..], fields].concat()) {
            Ok(TestAnswer::Person(person)) => person.email.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(email(&[]), "ada@acme.example");
        assert_eq!(email(&[("answer", "member")]), "ada@acme.example");
        assert_eq!(email(&[("answer", "guest")]), "bob@guest.example");
        let refusal = |fields: &[(&str, &str)]| answer(&[&[("answer", "refusal")], fields].concat());
        assert_eq!(refusal(&[]), Ok(TestAnswer::Refusal(TestRefusal::Denied)));
        assert_eq!(refusal(&[("refusal", "failed")]), Ok(TestAnswer::Refusal(TestRefusal::Failed)));
    }

    #[test]
    fn what_is_wrong_names_whose_address_it_was() {
        let wrong = answer(&[("answer", "guest"), ("guest_email", "nobody")]).unwrap_err();
        assert_eq!(wrong.whose, Whose::Guest);
        let wrong = answer(&[("email", "ada@acme.example"), ("last_name", "\u{0}")]).unwrap_err();
        assert_eq!(wrong, Wrong { whose: Whose::Member, reason: TestPersonError::Name });
    }
}
