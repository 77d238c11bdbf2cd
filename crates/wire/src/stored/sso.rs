//! What is kept of sign-ins: what an app asked for, what happened, why it failed, who it was.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_domain::Instant;
use vestibule_domain::role_mapping::RoleSlug;
use vestibule_domain::sso::asserted::{Asserted, AssertedAttribute};
use vestibule_domain::sso::authorization::{Authorization, CodeChallenge};
use vestibule_domain::sso::check::{Check, CheckName, CheckOutcome};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::profile::Person;
use vestibule_domain::sso::session::{LoggedMessage, MessageKind, SessionRecord};
use vestibule_domain::sso::trial::{Trial, TrialOf};

use super::text::{T, TextForm};
use super::{Stored, StoredError, nested, read, write};

impl TextForm for RoleSlug {
    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl TextForm for CodeChallenge {
    fn to_text(&self) -> String {
        self.encode()
    }
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

#[derive(Serialize, Deserialize)]
struct AuthorizationForm {
    redirect_uri: String,
    state: Option<String>,
    code_challenge: Option<T<CodeChallenge>>,
}

impl Stored for Authorization {
    fn to_stored(&self) -> String {
        write(&AuthorizationForm {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            code_challenge: self.code_challenge.map(T),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: AuthorizationForm = read(document)?;
        Ok(Self {
            redirect_uri: form.redirect_uri,
            state: form.state,
            code_challenge: form.code_challenge.map(|T(challenge)| challenge),
        })
    }
}

/// The settings and the map are documents with versions of their own.
#[derive(Serialize, Deserialize)]
struct TrialForm {
    of: T<TrialOf>,
    settings: Value,
    attribute_map: Value,
}

impl Stored for Trial {
    fn to_stored(&self) -> String {
        write(&TrialForm {
            of: T(self.of),
            settings: nested(&self.settings),
            attribute_map: nested(&self.attribute_map),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: TrialForm = read(document)?;
        Ok(Self {
            of: form.of.0,
            settings: Stored::from_stored(&form.settings.to_string())?,
            attribute_map: Stored::from_stored(&form.attribute_map.to_string())?,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct FailureForm {
    code: T<FailureCode>,
    check: T<CheckName>,
    message: String,
}

impl Stored for Failure {
    fn to_stored(&self) -> String {
        write(&FailureForm { code: T(self.code), check: T(self.check), message: self.message.clone() })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: FailureForm = read(document)?;
        Ok(Self { code: form.code.0, check: form.check.0, message: form.message })
    }
}

// Forms of what a sign-in writes borrow what they write: it is long, and written at once.

#[derive(Serialize, Deserialize)]
struct AttributeForm<'a> {
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    friendly_name: Option<Cow<'a, str>>,
    values: Cow<'a, [String]>,
}

#[derive(Serialize, Deserialize)]
struct AssertedForm<'a> {
    subject: Cow<'a, str>,
    subject_format: Option<Cow<'a, str>>,
    session_index: Option<Cow<'a, str>>,
    attributes: Vec<AttributeForm<'a>>,
}

impl<'a> From<&'a Asserted> for AssertedForm<'a> {
    fn from(asserted: &'a Asserted) -> Self {
        let attribute = |attribute: &'a AssertedAttribute| AttributeForm {
            name: lent(&attribute.name),
            friendly_name: attribute.friendly_name.as_deref().map(Cow::Borrowed),
            values: Cow::Borrowed(&attribute.values),
        };
        Self {
            subject: lent(&asserted.subject),
            subject_format: asserted.subject_format.as_deref().map(Cow::Borrowed),
            session_index: asserted.session_index.as_deref().map(Cow::Borrowed),
            attributes: asserted.attributes.iter().map(attribute).collect(),
        }
    }
}

impl From<AssertedForm<'_>> for Asserted {
    fn from(form: AssertedForm<'_>) -> Self {
        let attribute = |form: AttributeForm<'_>| AssertedAttribute {
            name: form.name.into_owned(),
            friendly_name: form.friendly_name.map(Cow::into_owned),
            values: form.values.into_owned(),
        };
        Self {
            subject: form.subject.into_owned(),
            subject_format: form.subject_format.map(Cow::into_owned),
            session_index: form.session_index.map(Cow::into_owned),
            attributes: form.attributes.into_iter().map(attribute).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct PersonForm<'a> {
    idp_id: Cow<'a, str>,
    email: Cow<'a, str>,
    first_name: Option<Cow<'a, str>>,
    last_name: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    groups: Cow<'a, [String]>,
    /// Rows from before there were roles have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<T<RoleSlug>>,
    custom: Cow<'a, BTreeMap<String, Vec<String>>>,
    /// Left out where the document says the same already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<AssertedForm<'a>>,
}

impl<'a> PersonForm<'a> {
    fn of(person: &'a Person, raw: Option<AssertedForm<'a>>) -> Self {
        Self {
            idp_id: lent(&person.idp_id),
            email: lent(&person.email),
            first_name: person.first_name.as_deref().map(Cow::Borrowed),
            last_name: person.last_name.as_deref().map(Cow::Borrowed),
            name: person.name.as_deref().map(Cow::Borrowed),
            groups: Cow::Borrowed(&person.groups),
            roles: person.roles.iter().cloned().map(T).collect(),
            custom: Cow::Borrowed(&person.custom),
            raw,
        }
    }

    /// The person; `asserted` is what the document says already.
    fn person(self, asserted: Option<&Arc<Asserted>>) -> Result<Person, StoredError> {
        let raw = self.raw.map(|raw| Arc::new(raw.into())).or_else(|| asserted.cloned());
        Ok(Person {
            idp_id: self.idp_id.into_owned(),
            email: self.email.into_owned(),
            first_name: self.first_name.map(Cow::into_owned),
            last_name: self.last_name.map(Cow::into_owned),
            name: self.name.map(Cow::into_owned),
            groups: self.groups.into_owned(),
            roles: self.roles.into_iter().map(|T(role)| role).collect(),
            custom: self.custom.into_owned(),
            raw: raw.ok_or(StoredError::Form)?,
        })
    }
}

impl Stored for Person {
    fn to_stored(&self) -> String {
        write(&PersonForm::of(self, Some((&*self.raw).into())))
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        read::<PersonForm<'_>>(document)?.person(None)
    }
}

#[derive(Serialize, Deserialize)]
struct CheckForm<'a> {
    name: T<CheckName>,
    outcome: T<CheckOutcome>,
    expected: Option<Cow<'a, str>>,
    received: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
struct LoggedMessageForm<'a> {
    kind: T<MessageKind>,
    at: T<Instant>,
    text: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct RecordForm<'a> {
    messages: Vec<LoggedMessageForm<'a>>,
    checks: Vec<CheckForm<'a>>,
    asserted: Option<AssertedForm<'a>>,
    person: Option<PersonForm<'a>>,
}

impl Stored for SessionRecord {
    fn to_stored(&self) -> String {
        write(&RecordForm {
            messages: self.messages.iter().map(LoggedMessageForm::from).collect(),
            checks: self.checks.iter().map(CheckForm::from).collect(),
            asserted: self.asserted.as_deref().map(AssertedForm::from),
            person: self.person.as_deref().map(|person| {
                let known = self.asserted.as_ref() == Some(&person.raw);
                PersonForm::of(person, (!known).then(|| (&*person.raw).into()))
            }),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: RecordForm<'_> = read(document)?;
        let asserted = form.asserted.map(|asserted| Arc::new(Asserted::from(asserted)));
        let person = form.person.map(|person| person.person(asserted.as_ref())).transpose()?;
        Ok(Self {
            messages: form.messages.into_iter().map(LoggedMessage::from).collect(),
            checks: form.checks.into_iter().map(Check::from).collect(),
            person: person.map(Arc::new),
            asserted,
        })
    }
}

impl<'a> From<&'a LoggedMessage> for LoggedMessageForm<'a> {
    fn from(message: &'a LoggedMessage) -> Self {
        Self { kind: T(message.kind), at: T(message.at), text: lent(&message.text) }
    }
}

impl From<LoggedMessageForm<'_>> for LoggedMessage {
    fn from(form: LoggedMessageForm<'_>) -> Self {
        Self { kind: form.kind.0, at: form.at.0, text: form.text.into_owned() }
    }
}

impl<'a> From<&'a Check> for CheckForm<'a> {
    fn from(check: &'a Check) -> Self {
        Self {
            name: T(check.name),
            outcome: T(check.outcome),
            expected: check.expected.as_deref().map(Cow::Borrowed),
            received: check.received.as_deref().map(Cow::Borrowed),
        }
    }
}

impl From<CheckForm<'_>> for Check {
    fn from(form: CheckForm<'_>) -> Self {
        Self {
            name: form.name.0,
            outcome: form.outcome.0,
            expected: form.expected.map(Cow::into_owned),
            received: form.received.map(Cow::into_owned),
        }
    }
}

fn lent(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;
    use time::macros::datetime;
    use vestibule_domain::attribute_map::AttributeMap;
    use vestibule_domain::connection::ProtocolSettings;

    fn asserted() -> Asserted {
        let attribute = |name: &str, friendly_name: Option<&str>| AssertedAttribute {
            name: name.to_owned(),
            friendly_name: friendly_name.map(str::to_owned),
            values: vec!["a".to_owned(), "\0".to_owned()],
        };
        Asserted {
            subject: "anna".to_owned(),
            subject_format: None,
            session_index: Some("_1".to_owned()),
            attributes: vec![attribute("urn:oid:2.5.4.42", Some("givenName")), attribute("mail", None)],
        }
    }

    fn person(raw: Asserted) -> Person {
        Person {
            idp_id: "anna".to_owned(),
            email: "Anna@acme.example".to_owned(),
            first_name: Some("Anna".to_owned()),
            last_name: None,
            name: None,
            groups: vec!["admins".to_owned()],
            roles: vec![RoleSlug::parse("admin").unwrap()],
            custom: [("cost_center".to_owned(), vec!["7".to_owned()])].into(),
            raw: raw.into(),
        }
    }

    fn asserted_document() -> Value {
        json!({
            "subject": "anna",
            "subject_format": null,
            "session_index": "_1",
            "attributes": [
                { "name": "urn:oid:2.5.4.42", "friendly_name": "givenName", "values": ["a", "\0"] },
                { "name": "mail", "values": ["a", "\0"] },
            ],
        })
    }

    fn record(person: Person) -> SessionRecord {
        SessionRecord {
            messages: vec![LoggedMessage {
                kind: MessageKind::SamlResponse,
                at: datetime!(2026-11-22 12:00 UTC),
                text: "<x/>".to_owned(),
            }],
            checks: vec![
                Check::failed(CheckName::Audience, "urn:a", "urn:b"),
                Check::skipped(CheckName::Recipient),
            ],
            asserted: Some(asserted().into()),
            person: Some(person.into()),
        }
    }

    #[test]
    fn what_an_app_asked_for_has_this_form() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let asked = Authorization {
            redirect_uri: "https://app.example/cb".to_owned(),
            state: Some("s".to_owned()),
            code_challenge: CodeChallenge::parse(challenge).ok(),
        };
        let document = json!({
            "v": 1,
            "redirect_uri": "https://app.example/cb",
            "state": "s",
            "code_challenge": challenge,
        });
        assert_eq!(kept(&asked), document);
        assert_eq!(reread(document), Ok(asked));
    }

    #[test]
    fn a_trial_has_this_form() {
        let trial = Trial {
            of: TrialOf::Connection,
            settings: ProtocolSettings::Oidc(Box::default()),
            attribute_map: AttributeMap { email: Some("mail".to_owned()), ..AttributeMap::default() },
        };
        let document = json!({
            "v": 1,
            "of": "connection",
            "settings": kept(&trial.settings),
            "attribute_map": kept(&trial.attribute_map),
        });
        assert_eq!(kept(&trial), document);
        assert_eq!(reread(document), Ok(trial));
    }

    #[test]
    fn a_failure_has_this_form() {
        let failure = Failure {
            code: FailureCode::MalformedSamlResponse,
            check: CheckName::Audience,
            message: "It was made for somebody else.".to_owned(),
        };
        let document = json!({
            "v": 1,
            "code": "malformed_saml_response",
            "check": "audience",
            "message": "It was made for somebody else.",
        });
        assert_eq!(kept(&failure), document);
        assert_eq!(reread(document), Ok(failure));
    }

    #[test]
    fn a_person_has_this_form() {
        let document = json!({
            "v": 1,
            "idp_id": "anna",
            "email": "Anna@acme.example",
            "first_name": "Anna",
            "last_name": null,
            "name": null,
            "groups": ["admins"],
            "roles": ["admin"],
            "custom": { "cost_center": ["7"] },
            "raw": asserted_document(),
        });
        assert_eq!(kept(&person(asserted())), document);
        assert_eq!(reread(document), Ok(person(asserted())));
    }

    #[test]
    fn a_record_says_what_was_asserted_once() {
        let record = record(person(asserted()));
        let document = json!({
            "v": 1,
            "messages": [{ "kind": "saml_response", "at": "2026-11-22T12:00:00Z", "text": "<x/>" }],
            "checks": [
                { "name": "audience", "outcome": "failed", "expected": "urn:a", "received": "urn:b" },
                { "name": "recipient", "outcome": "skipped", "expected": null, "received": null },
            ],
            "asserted": asserted_document(),
            "person": {
                "idp_id": "anna",
                "email": "Anna@acme.example",
                "first_name": "Anna",
                "last_name": null,
                "name": null,
                "groups": ["admins"],
                "roles": ["admin"],
                "custom": { "cost_center": ["7"] },
            },
        });
        assert_eq!(kept(&record), document);
        assert_eq!(reread(document), Ok(record));
    }

    #[test]
    fn a_person_of_other_words_keeps_them() {
        let other = Asserted { subject: "userinfo".to_owned(), ..asserted() };
        let record = record(person(other));
        assert_eq!(reread(kept(&record)), Ok(record));
    }

    #[test]
    fn a_person_without_any_words_cannot_be_read() {
        let mut document = kept(&record(person(asserted())));
        document["asserted"] = Value::Null;
        assert_eq!(reread::<SessionRecord>(document), Err(StoredError::Form));
    }
}
