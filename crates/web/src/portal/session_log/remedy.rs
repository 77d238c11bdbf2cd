//! What a failed sign-in means, and what whoever has the provider's console does about it.

use vestibule_application::ports::store::PortalVisit;
use vestibule_catalog::{FieldKey, OurValue, ProfileField, Provider, Quirk, SignInPoint};
use vestibule_domain::connection::Connection;
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::sso::check::{Check, CheckName, CheckOutcome};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_words::{Text, text};

use super::super::view::session::{FieldView, HintView, RemedyView, StepView, ValueView};
use super::super::walk::step_href;
use super::super::{Portal, ours, words};
use super::pretty::visible;

/// Most hints that are shown: more would be the whole list.
const HINTS_MAX: usize = 4;

/// Whether a visit gets to the steps of the walkthrough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It does.
    Steps,
    /// It can look only.
    Nothing,
}

/// Where a remedy is looked for.
pub(super) struct Bench<'a> {
    pub(super) portal: &'a Portal,
    pub(super) visit: &'a PortalVisit,
    /// The connection, if it still is the one that was tried.
    pub(super) connection: Option<&'a Connection>,
    pub(super) reach: Reach,
}

impl Bench<'_> {
    /// What to do about a failure.
    pub(super) fn failed(&self, failure: &Failure, checks: &[Check]) -> RemedyView {
        let product = words::isolated(self.visit.environment.display_name().as_str());
        let check =
            checks.iter().find(|check| check.name == failure.check && check.outcome == CheckOutcome::Failed);
        let protocol = self.connection.map(|connection| connection.settings.protocol());
        let [means, act] = advice(failure, protocol, &product);
        let received = check.and_then(|check| check.received.as_deref()).unwrap_or_default();
        let error = format!("{}\n{received}", failure.message);
        let shown = |text: &Option<String>| text.as_deref().map(|text| visible(text).into_owned());
        RemedyView {
            code: Some(failure.code.as_str()),
            means,
            act,
            detail: Some(visible(&failure.message).into_owned()),
            expected: check.and_then(|check| shown(&check.expected)),
            received: check.and_then(|check| shown(&check.received)),
            ..self.at(point(failure.check), &error)
        }
    }

    /// What to do while nothing has come back.
    pub(super) fn unanswered(&self) -> RemedyView {
        self.at(SignInPoint::BeforeAnswer, "")
    }

    /// What is known of a point.
    fn at(&self, point: SignInPoint, error: &str) -> RemedyView {
        let known =
            self.connection.and_then(|connection| Some((connection, self.portal.app.guide(connection)?)));
        let empty = RemedyView {
            code: None,
            means: text!("remedy-before-answer"),
            act: text!("remedy-before-answer-do"),
            detail: None,
            expected: None,
            received: None,
            provider: None,
            values: Vec::new(),
            fields: Vec::new(),
            step: None,
            attributes_href: None,
            hints: Vec::new(),
        };
        let Some((connection, provider)) = known else { return empty };
        let step = provider.step_behind(point).map(|index| StepView {
            number: index + 1,
            title: provider.steps[index].title.clone(),
            body_html: provider.steps[index].body_html.clone(),
            href: (self.reach == Reach::Steps).then(|| step_href(provider, index)),
        });
        let may_rename = point == SignInPoint::Attributes && self.reach == Reach::Steps;
        RemedyView {
            provider: Some(provider.product().to_owned()),
            values: provider
                .values_behind(point)
                .iter()
                .flat_map(|key| self.values(provider, connection, *key))
                .chain(attributes(provider, point))
                .collect(),
            fields: fields(provider, provider.fields_behind(point)),
            step,
            attributes_href: may_rename.then_some("/portal/sso/attributes"),
            hints: provider.hints(point, error).into_iter().take(HINTS_MAX).map(hint).collect(),
            ..empty
        }
    }

    /// The fields of their console for one of our values.
    fn values(&self, provider: &Provider, connection: &Connection, key: OurValue) -> Vec<ValueView> {
        let value = ours::value(key, &self.portal.app, &self.visit.environment, connection);
        let Some(value) = value else { return Vec::new() };
        let of = |given: &vestibule_catalog::WeGive| ValueView {
            label: given.their_label.clone(),
            place: given.where_.clone(),
            value: value.text.clone(),
        };
        provider.given(key).map(of).collect()
    }
}

/// What has to be sent of a person, and from where it comes.
fn attributes(provider: &Provider, point: SignInPoint) -> Vec<ValueView> {
    if point != SignInPoint::Attributes {
        return Vec::new();
    }
    let needed = |row: &&vestibule_catalog::AttributeMap| row.required || row.key == ProfileField::Email;
    let rows = provider.attribute_map.iter().filter(needed);
    rows.map(|row| ValueView { label: row.send_as.clone(), place: None, value: row.source.clone() }).collect()
}

/// The fields of their console that we have to have; of those that replace each other, all that the
/// provider has.
fn fields(provider: &Provider, keys: &[FieldKey]) -> Vec<FieldView> {
    let known = keys.iter().filter_map(|key| provider.field(*key));
    // What always has the same value was not brought.
    let asked = known.filter(|need| need.fixed_value.is_none());
    asked.map(|need| FieldView { label: need.label.clone(), place: need.where_.clone() }).collect()
}

fn hint(quirk: &Quirk) -> HintView {
    HintView {
        id: quirk.id.clone(),
        text: quirk.text.clone(),
        symptom: quirk.symptom.clone(),
        fix: quirk.fix.clone(),
    }
}

/// Where in a walkthrough's terms a check stands.
fn point(check: CheckName) -> SignInPoint {
    match check {
        CheckName::Message => SignInPoint::Message,
        CheckName::Status => SignInPoint::Status,
        CheckName::Request => SignInPoint::Request,
        CheckName::Destination => SignInPoint::Destination,
        CheckName::Signature => SignInPoint::Signature,
        CheckName::Decryption => SignInPoint::Decryption,
        CheckName::Issuer => SignInPoint::Issuer,
        CheckName::Audience => SignInPoint::Audience,
        CheckName::Recipient => SignInPoint::Recipient,
        CheckName::Times => SignInPoint::Times,
        CheckName::Fresh => SignInPoint::Fresh,
        CheckName::Exchange => SignInPoint::Exchange,
        CheckName::UserInfo => SignInPoint::UserInfo,
        CheckName::Attributes => SignInPoint::Attributes,
        CheckName::Domain => SignInPoint::Domain,
    }
}

/// What a failure means, and what to do.
fn advice(failure: &Failure, protocol: Option<Protocol>, product: &str) -> [Text; 2] {
    let is_oidc = protocol == Some(Protocol::Oidc);
    match (failure.code, failure.check) {
        (FailureCode::IdpInitiatedSsoDisabled, _) => {
            [text!("remedy-unasked"), text!("remedy-unasked-do", product = product)]
        }
        (FailureCode::AccessDenied, _) => [text!("remedy-denied"), text!("remedy-denied-do")],
        (_, CheckName::Message) => [text!("remedy-message"), text!("remedy-message-do")],
        (_, CheckName::Status) => [text!("remedy-status"), text!("remedy-status-do")],
        (_, CheckName::Request) => [text!("remedy-request"), text!("remedy-request-do")],
        (_, CheckName::Destination | CheckName::Recipient) => {
            [text!("remedy-address"), text!("remedy-address-do")]
        }
        (FailureCode::InvalidX509Certificate, CheckName::Signature) if !is_oidc => {
            [text!("remedy-certificate"), text!("remedy-certificate-do")]
        }
        (_, CheckName::Signature) => [text!("remedy-signature"), text!("remedy-signature-do")],
        (_, CheckName::Decryption) => [text!("remedy-decryption"), text!("remedy-decryption-do")],
        (_, CheckName::Issuer) => [text!("remedy-issuer"), text!("remedy-issuer-do")],
        (_, CheckName::Audience) if is_oidc => [text!("remedy-client"), text!("remedy-client-do")],
        (_, CheckName::Audience) => [text!("remedy-audience"), text!("remedy-audience-do")],
        (_, CheckName::Times) => [text!("remedy-times"), text!("remedy-times-do")],
        (_, CheckName::Fresh) => [text!("remedy-fresh"), text!("remedy-fresh-do")],
        (_, CheckName::Exchange) => [text!("remedy-exchange"), text!("remedy-exchange-do")],
        (_, CheckName::UserInfo) => [text!("remedy-userinfo"), text!("remedy-userinfo-do")],
        (_, CheckName::Attributes) => [text!("remedy-attributes"), text!("remedy-attributes-do")],
        (_, CheckName::Domain) => [text!("remedy-domain"), text!("remedy-domain-do", product = product)],
    }
}
