//! All about one attempt, as its page shows it.

use vestibule_domain::Instant;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::intent::Intent;
use vestibule_domain::sso::asserted::{Asserted, AssertedAttribute};
use vestibule_domain::sso::check::{Check, CheckName, CheckOutcome};
use vestibule_domain::sso::profile::Person;
use vestibule_domain::sso::session::{LoggedMessage, MessageKind, Origin, SsoSession, Standing};
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_words::{Moment, Piece, Text, text};

use super::super::Portal;
use super::super::renewal::form_of;
use super::super::view::review::FactView;
use super::super::view::session::{
    AssertedView, AttributeView, CheckView, FindingsView, MessageView, SessionPage, TrialView,
};
use super::super::visitor::{SetUp, Visitor};
use super::super::words;
use super::pretty::{pretty, visible};
use super::remedy::{Bench, Reach};
use super::{LOG, back_href, origin_word, session_href, standing_word};

/// Most values of one attribute that are shown; the message has them all.
const VALUES_SHOWN_MAX: usize = 20;

/// The page of an attempt.
pub(super) fn page(portal: &Portal, visitor: &Visitor, over: SetUp, session: &SsoSession) -> SessionPage {
    let standing = session.standing(visitor.now);
    // What is tried may be a draft yet.
    let held = visitor.visit.connection.as_ref().filter(|held| held.id == session.connection_id);
    let trial = session.trial.as_deref();
    let tried = trial.zip(held).map(|(trial, held)| trial.tried_on(held.clone()));
    let connection = visitor.complete();
    let of_steps = trial.is_some_and(|trial| trial.of == TrialOf::Connection);
    let bench = Bench {
        portal,
        visit: &visitor.visit,
        connection: tried.as_ref().or(connection.and(held)),
        reach: if over == SetUp::Open && (visitor.may_manage() || of_steps) {
            Reach::Steps
        } else {
            Reach::Nothing
        },
    };
    let record = &session.record;
    let remedy = match (session.state.failure(), standing) {
        (Some(failure), _) => Some(bench.failed(failure, &record.checks)),
        (None, Standing::InProgress | Standing::TimedOut) if record.checks.is_empty() => {
            Some(bench.unanswered())
        }
        (None, _) => None,
    };
    let [heading, lead] = headline(session, standing, visitor);
    let map = bench.connection.map(|connection| &connection.attribute_map);
    SessionPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        test: session.origin == Origin::Test,
        standing: standing.as_str(),
        standing_word: standing_word(standing),
        heading,
        lead,
        remedy,
        found: findings(session, map),
        testable: connection.is_some() && trial.is_none(),
        trial: trial.map(|trial| trial_view(trial, session, over)),
        log_href: visitor.visit.session.covers(Intent::Sso).then_some(LOG),
        again_href: (standing == Standing::InProgress).then(|| session_href(session.id)),
        back_href: back_href(visitor, over, trial),
    }
}

/// What is said of a test of what is not saved, and how to go on.
fn trial_view(trial: &Trial, session: &SsoSession, over: SetUp) -> TrialView {
    let idp = trial.settings.saml().and_then(|saml| saml.idp.as_ref());
    let unknown_key = session.state.failure().is_some_and(|failure| failure.check == CheckName::Signature);
    let next = match trial.of {
        TrialOf::Certificates if over == SetUp::Open => idp.map(|idp| form_of(session.connection_id, idp)),
        TrialOf::Certificates | TrialOf::Connection | TrialOf::SigningKey => None,
    };
    TrialView {
        note: match trial.of {
            TrialOf::Connection => text!("session-trial-connection"),
            TrialOf::Certificates if unknown_key => text!("session-trial-not-yet"),
            TrialOf::Certificates => text!("session-trial-certificates"),
            TrialOf::SigningKey => text!("session-trial-signing-key"),
        },
        next,
    }
}

/// What was found about an attempt; by the map of its connection, what did not come is told too.
pub(crate) fn findings(session: &SsoSession, map: Option<&AttributeMap>) -> FindingsView {
    let record = &session.record;
    FindingsView {
        checks: record.checks.iter().map(check).collect(),
        person: record.person.as_ref().map(|person| facts_of(person, map)).unwrap_or_default(),
        asserted: record.asserted.as_deref().map(asserted),
        messages: record.messages.iter().map(message).collect(),
        facts: facts(session),
    }
}

/// What came of it, and what that means.
fn headline(session: &SsoSession, standing: Standing, visitor: &Visitor) -> [Text; 2] {
    let product = || words::isolated(visitor.visit.environment.display_name().as_str());
    let email = || {
        let person = session.record.person.as_ref();
        visible(person.map_or("", |person| person.email.as_str())).into_owned()
    };
    match (standing, session.origin) {
        (Standing::Success, Origin::Test) => {
            [text!("session-worked"), text!("session-worked-lead", email = email())]
        }
        (Standing::Success, Origin::ServiceProvider | Origin::IdentityProvider) => [
            text!("session-signed-in"),
            text!("session-signed-in-lead", email = email(), product = product()),
        ],
        (Standing::Failed, _) => {
            let failed = session.state.failure().map(|failure| check_name(failure.check));
            let check = failed.unwrap_or_else(|| check_name(CheckName::Message));
            [text!("session-failed"), text!("session-failed-lead", check = check)]
        }
        (Standing::InProgress, Origin::Test) => [text!("session-waiting"), text!("session-waiting-lead")],
        (Standing::InProgress, Origin::ServiceProvider | Origin::IdentityProvider) => {
            [text!("session-under-way"), text!("session-under-way-lead")]
        }
        (Standing::TimedOut, _) if session.record.checks.is_empty() => {
            [text!("session-timed-out"), text!("session-timed-out-lead")]
        }
        (Standing::TimedOut, _) => {
            [text!("session-unclaimed"), text!("session-unclaimed-lead", product = product())]
        }
    }
}

/// What a check is about.
fn check_name(name: CheckName) -> Text {
    match name {
        CheckName::Message => text!("check-message"),
        CheckName::Status => text!("check-status"),
        CheckName::Request => text!("check-request"),
        CheckName::Destination => text!("check-destination"),
        CheckName::Signature => text!("check-signature"),
        CheckName::Decryption => text!("check-decryption"),
        CheckName::Issuer => text!("check-issuer"),
        CheckName::Audience => text!("check-audience"),
        CheckName::Recipient => text!("check-recipient"),
        CheckName::Times => text!("check-times"),
        CheckName::Fresh => text!("check-fresh"),
        CheckName::Exchange => text!("check-exchange"),
        CheckName::UserInfo => text!("check-userinfo"),
        CheckName::Attributes => text!("check-attributes"),
        CheckName::Domain => text!("check-domain"),
    }
}

fn check(check: &Check) -> CheckView {
    let shown = |text: &Option<String>| text.as_deref().map(|text| visible(text).into_owned());
    CheckView {
        key: check.name.as_str(),
        name: check_name(check.name),
        outcome: check.outcome.as_str(),
        outcome_word: match check.outcome {
            CheckOutcome::Passed => text!("check-is-passed"),
            CheckOutcome::Failed => text!("check-is-failed"),
            CheckOutcome::Skipped => text!("check-is-skipped"),
        },
        expected: shown(&check.expected),
        received: shown(&check.received),
    }
}

fn fact(name: impl Into<Piece>, value: impl Into<Piece>, code: bool) -> FactView {
    FactView { name: name.into(), value: value.into(), code }
}

/// The person, field by field.
fn facts_of(person: &Person, map: Option<&AttributeMap>) -> Vec<FactView> {
    let nothing = || Piece::from(text!("session-not-sent"));
    let one = |name: Text, value: Option<&str>| match value {
        Some(value) => fact(name, visible(value).into_owned(), true),
        None => fact(name, nothing(), false),
    };
    let several = |name: Piece, values: &[String]| {
        if values.is_empty() {
            return fact(name, nothing(), false);
        }
        let more = values.len().saturating_sub(VALUES_SHOWN_MAX);
        let shown = values.iter().take(VALUES_SHOWN_MAX).map(|value| visible(value).into_owned());
        let mut shown: Vec<Piece> = shown.map(Piece::from).collect();
        if more > 0 {
            shown.push(text!("session-more-values", count = more).into());
        }
        fact(name, shown, true)
    };
    let mut facts = vec![
        one(text!("attributes-idp-id"), Some(&person.idp_id)),
        one(text!("attributes-email"), Some(&person.email)),
        one(text!("attributes-first-name"), person.first_name.as_deref()),
        one(text!("attributes-last-name"), person.last_name.as_deref()),
        one(text!("attributes-name"), person.name.as_deref()),
        several(text!("attributes-groups").into(), &person.groups),
    ];
    if map.is_some_and(|map| !map.roles.is_empty()) || !person.roles.is_empty() {
        let roles: Vec<_> = person.roles.iter().map(ToString::to_string).collect();
        facts.push(if roles.is_empty() {
            fact(text!("attributes-roles"), text!("attributes-none"), false)
        } else {
            several(text!("attributes-roles").into(), &roles)
        });
    }
    // A custom attribute that is mapped and did not come is told too.
    let expected = map.into_iter().flat_map(|map| map.custom.keys());
    let missing = expected.filter(|key| !person.custom.contains_key(*key)).map(|key| (key, &[][..]));
    let came = person.custom.iter().map(|(key, values)| (key, values.as_slice()));
    facts.extend(came.chain(missing).map(|(key, values)| several(key.as_str().into(), values)));
    facts
}

fn asserted(asserted: &Asserted) -> AssertedView {
    AssertedView {
        subject: visible(&asserted.subject).into_owned(),
        subject_format: asserted.subject_format.as_deref().map(|format| visible(format).into_owned()),
        attributes: asserted.attributes.iter().map(attribute).collect(),
    }
}

fn attribute(attribute: &AssertedAttribute) -> AttributeView {
    let values = attribute.values.iter().take(VALUES_SHOWN_MAX);
    AttributeView {
        name: visible(&attribute.name).into_owned(),
        friendly_name: attribute.friendly_name.as_deref().map(|name| visible(name).into_owned()),
        values: values.map(|value| visible(value).into_owned()).collect(),
        more: attribute.values.len().saturating_sub(VALUES_SHOWN_MAX),
    }
}

fn message(message: &LoggedMessage) -> MessageView {
    let raw = visible(&message.text).into_owned();
    MessageView {
        key: message.kind.as_str(),
        name: match message.kind {
            MessageKind::SamlRequest => text!("message-saml-request"),
            MessageKind::SamlResponse => text!("message-saml-response"),
            MessageKind::DecryptedAssertion => text!("message-decrypted-assertion"),
            MessageKind::OidcRequest => text!("message-oidc-request"),
            MessageKind::OidcCallback => text!("message-oidc-callback"),
            MessageKind::OidcTokens => text!("message-oidc-tokens"),
            MessageKind::IdTokenClaims => text!("message-id-token-claims"),
            MessageKind::UserInfo => text!("message-userinfo"),
        },
        at: Moment::of(message.at),
        pretty: pretty(&raw),
        raw,
    }
}

fn facts(session: &SsoSession) -> Vec<FactView> {
    let moment = |name: Text, at: Instant| fact(name, Moment::of(at), false);
    let outside = |name: Text, value: &Option<String>| {
        value.as_deref().map(|value| fact(name, visible(value).into_owned(), true))
    };
    [
        Some(moment(text!("session-started"), session.started_at)),
        session.state.ended_at().map(|at| moment(text!("session-ended"), at)),
        Some(fact(text!("session-begun-by"), origin_word(session.origin), false)),
        outside(text!("session-ip-address"), &session.ip_address),
        outside(text!("session-browser"), &session.user_agent),
        Some(fact(text!("session-id"), session.id.to_string(), true)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
