//! Attempts to sign in: the list, and all about one.

use serde::Serialize;
use time::macros::datetime;
use vestibule_words::{Moment, Text, text};

use super::HOSTILE;
use super::frame::{Frame, samples};
use super::renewal::NextView;
use super::review::{FactView, hostile_data};
use crate::pages::Page;

/// The list.
#[derive(Debug, Serialize)]
pub(crate) struct SessionsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The attempts: all in one group, or a group for each state.
    pub groups: Vec<GroupView>,
    /// How it can be narrowed by state.
    pub standings: Vec<ChoiceView>,
    /// How it can be narrowed by who began.
    pub origins: Vec<ChoiceView>,
    /// How it can be put in order.
    pub orders: Vec<ChoiceView>,
    /// The address that is looked for.
    pub email: String,
    /// Whether it is narrowed.
    pub narrowed: bool,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
    /// Where to go back to.
    pub back_href: &'static str,
}

/// Attempts that stand together, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct GroupView {
    /// The state that they have in common.
    pub standing: Option<StandingView>,
    /// The attempts.
    pub lines: Vec<LineView>,
    /// Where the rest of them is.
    pub rest_href: Option<String>,
}

/// A state of attempts.
#[derive(Debug, Serialize)]
pub(crate) struct StandingView {
    /// As scripts and styles know it.
    pub value: &'static str,
    /// Its name.
    pub label: Text,
}

/// Something to choose from.
#[derive(Debug, Serialize)]
pub(crate) struct ChoiceView {
    /// As forms send it.
    pub value: &'static str,
    /// Its name.
    pub label: Text,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// An attempt in the list.
#[derive(Debug, Serialize)]
pub(crate) struct LineView {
    /// Where all about it is.
    pub href: String,
    /// When it was started.
    pub at: Moment,
    /// Whose it is.
    pub email: Option<String>,
    /// How it reads.
    pub standing: &'static str,
    /// The same in words.
    pub standing_word: Text,
    /// Who began it.
    pub origin: Text,
    /// The class of failure.
    pub error: Option<&'static str>,
}

/// All about one.
#[derive(Debug, Serialize)]
pub(crate) struct SessionPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// Whether it is a test.
    pub test: bool,
    /// How it reads.
    pub standing: &'static str,
    /// The same in words.
    pub standing_word: Text,
    /// What came of it.
    pub heading: Text,
    /// What that means.
    pub lead: Text,
    /// What to do, unless all is well.
    pub remedy: Option<RemedyView>,
    /// What was found.
    pub found: FindingsView,
    /// Whether a test can be begun from here.
    pub testable: bool,
    /// Where this page is, to look again while nothing has come yet.
    pub again_href: Option<String>,
    /// What a test tried that is not saved, if it did.
    pub trial: Option<TrialView>,
    /// Where all attempts are, if this visit sees them.
    pub log_href: Option<&'static str>,
    /// Where to go back to.
    pub back_href: &'static str,
}

/// A test of what is not saved.
#[derive(Debug, Serialize)]
pub(crate) struct TrialView {
    /// What was tried, and what its outcome means.
    pub note: Text,
    /// The next certificates, to be saved or tried again.
    pub next: Option<NextView>,
}

/// What was found about an attempt.
#[derive(Debug, Default, Serialize)]
pub(crate) struct FindingsView {
    /// The checks, in order.
    pub checks: Vec<CheckView>,
    /// The person as the app sees them.
    pub person: Vec<FactView>,
    /// What the provider said of them.
    pub asserted: Option<AssertedView>,
    /// The messages, in order.
    pub messages: Vec<MessageView>,
    /// Times, addresses and the like.
    pub facts: Vec<FactView>,
}

/// What to do.
#[derive(Debug, Serialize)]
pub(crate) struct RemedyView {
    /// The class of failure, if it is one.
    pub code: Option<&'static str>,
    /// What it means.
    pub means: Text,
    /// What to do.
    pub act: Text,
    /// What exactly was wrong, in English.
    pub detail: Option<String>,
    /// What would have been right.
    pub expected: Option<String>,
    /// What came.
    pub received: Option<String>,
    /// The provider, if its guide is known.
    pub provider: Option<String>,
    /// What their console must have.
    pub values: Vec<ValueView>,
    /// What must be brought from their console.
    pub fields: Vec<FieldView>,
    /// The step to go back to.
    pub step: Option<StepView>,
    /// Where the names of attributes are changed.
    pub attributes_href: Option<&'static str>,
    /// What is known to go wrong there with this provider.
    pub hints: Vec<HintView>,
}

/// A field of their console and what must stand in it.
#[derive(Debug, Serialize)]
pub(crate) struct ValueView {
    /// Its label.
    pub label: String,
    /// Where it is.
    pub place: Option<String>,
    /// What must stand in it.
    pub value: String,
}

/// A field of their console whose value we must have.
#[derive(Debug, Serialize)]
pub(crate) struct FieldView {
    /// Its label.
    pub label: String,
    /// Where it is.
    pub place: Option<String>,
}

/// A step of the walkthrough.
#[derive(Debug, Serialize)]
pub(crate) struct StepView {
    /// Its number.
    pub number: usize,
    /// Its heading.
    pub title: String,
    /// What to do, as the catalogue renders it.
    pub body_html: String,
    /// Where it is, if this visit gets there.
    pub href: Option<String>,
}

/// What usually goes wrong with a provider.
#[derive(Debug, Serialize)]
pub(crate) struct HintView {
    /// Its id within the provider.
    pub id: String,
    /// What happens, and why.
    pub text: String,
    /// How it shows.
    pub symptom: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
}

/// A check.
#[derive(Debug, Serialize)]
pub(crate) struct CheckView {
    /// A stable word.
    pub key: &'static str,
    /// What was checked.
    pub name: Text,
    /// How it went.
    pub outcome: &'static str,
    /// The same in words.
    pub outcome_word: Text,
    /// What would have been right.
    pub expected: Option<String>,
    /// What came.
    pub received: Option<String>,
}

/// What the provider said.
#[derive(Debug, Serialize)]
pub(crate) struct AssertedView {
    /// Of whom.
    pub subject: String,
    /// The format of that.
    pub subject_format: Option<String>,
    /// What.
    pub attributes: Vec<AttributeView>,
}

/// An attribute as it came.
#[derive(Debug, Serialize)]
pub(crate) struct AttributeView {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub friendly_name: Option<String>,
    /// Its values, not more than a page can show.
    pub values: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// A message.
#[derive(Debug, Serialize)]
pub(crate) struct MessageView {
    /// A stable word.
    pub key: &'static str,
    /// What it is.
    pub name: Text,
    /// When it was sent or came.
    pub at: Moment,
    /// For reading.
    pub pretty: String,
    /// For copying: as it was.
    pub raw: String,
}

const AT: vestibule_domain::Instant = datetime!(2026-11-21 12:00 UTC);

impl Page for SessionsPage {
    const TEMPLATE: &'static str = "portal/sessions.html";

    fn samples() -> Vec<Self> {
        let line = |email: Option<&str>, error| LineView {
            href: "/portal/sso/sessions/sess_1".to_owned(),
            at: Moment::of(AT),
            email: email.map(str::to_owned),
            standing: "failed",
            standing_word: text!("sessions-failed"),
            origin: text!("sessions-by-test"),
            error,
        };
        let choice = |chosen| ChoiceView { value: "failed", label: text!("sessions-failed"), chosen };
        let group = |standing, lines, rest_href| GroupView { standing, lines, rest_href };
        let page = |frame, groups, narrowed| Self {
            frame,
            groups,
            standings: vec![choice(true), choice(false)],
            origins: vec![choice(false)],
            orders: vec![choice(false), choice(true)],
            email: HOSTILE.to_owned(),
            narrowed,
            newer_href: None,
            older_href: None,
            back_href: "/portal/sso/connection",
        };
        vec![
            Self {
                newer_href: Some(HOSTILE.to_owned()),
                older_href: Some(HOSTILE.to_owned()),
                ..page(
                    samples::hostile_frame(),
                    vec![group(None, vec![line(Some(HOSTILE), Some("x")), line(None, None)], None)],
                    true,
                )
            },
            page(
                samples::frame(),
                vec![group(
                    Some(StandingView { value: "failed", label: text!("sessions-failed") }),
                    vec![line(Some(HOSTILE), Some("x"))],
                    Some(HOSTILE.to_owned()),
                )],
                false,
            ),
            page(samples::frame(), Vec::new(), true),
            page(samples::frame(), Vec::new(), false),
        ]
    }
}

impl Page for SessionPage {
    const TEMPLATE: &'static str = "portal/session.html";

    fn samples() -> Vec<Self> {
        let bare = || RemedyView {
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
        let page = |frame, remedy| Self {
            frame,
            form_token: HOSTILE.to_owned(),
            test: true,
            standing: "success",
            standing_word: text!("sessions-success"),
            heading: text!("session-worked"),
            lead: text!("session-worked-lead", email = HOSTILE),
            remedy,
            found: FindingsView::default(),
            testable: true,
            trial: None,
            log_href: Some("/portal/sso/sessions"),
            again_href: None,
            back_href: "/portal/sso/connection",
        };
        vec![
            page(samples::frame(), None),
            Self {
                again_href: Some(HOSTILE.to_owned()),
                test: false,
                testable: false,
                ..page(samples::frame(), Some(bare()))
            },
            Self {
                testable: false,
                trial: Some(TrialView { note: text!("session-trial-connection"), next: None }),
                ..page(samples::frame(), None)
            },
            Self {
                testable: false,
                trial: Some(TrialView {
                    note: text!("session-trial-certificates"),
                    next: Some(NextView::hostile()),
                }),
                log_href: None,
                ..page(samples::frame(), None)
            },
            Self {
                found: FindingsView::hostile(),
                ..page(samples::hostile_frame(), Some(RemedyView::hostile(bare())))
            },
        ]
    }
}

impl RemedyView {
    /// One with hostile text in every place.
    fn hostile(bare: Self) -> Self {
        let some = || Some(HOSTILE.to_owned());
        Self {
            code: Some("invalid_attributes"),
            detail: some(),
            expected: some(),
            received: some(),
            provider: some(),
            values: vec![
                ValueView { label: HOSTILE.to_owned(), place: some(), value: HOSTILE.to_owned() },
                ValueView { label: HOSTILE.to_owned(), place: None, value: HOSTILE.to_owned() },
            ],
            fields: vec![
                FieldView { label: HOSTILE.to_owned(), place: some() },
                FieldView { label: HOSTILE.to_owned(), place: None },
            ],
            step: Some(StepView {
                number: 2,
                title: HOSTILE.to_owned(),
                body_html: "<p>Do <strong>this</strong>.</p>".to_owned(),
                href: some(),
            }),
            attributes_href: Some("/portal/sso/attributes"),
            hints: vec![
                HintView { id: HOSTILE.to_owned(), text: HOSTILE.to_owned(), symptom: some(), fix: some() },
                HintView { id: HOSTILE.to_owned(), text: HOSTILE.to_owned(), symptom: None, fix: None },
            ],
            ..bare
        }
    }
}

impl FindingsView {
    /// Some with hostile text in every place.
    fn hostile() -> Self {
        let check = |outcome, expected, received| CheckView {
            key: "signature",
            name: text!("check-signature"),
            outcome,
            outcome_word: text!("check-is-failed"),
            expected,
            received,
        };
        let some = || Some(HOSTILE.to_owned());
        Self {
            checks: vec![
                check("passed", None, some()),
                check("failed", some(), some()),
                check("skipped", None, None),
            ],
            asserted: Some(AssertedView {
                subject: HOSTILE.to_owned(),
                subject_format: some(),
                attributes: vec![
                    AttributeView {
                        name: HOSTILE.to_owned(),
                        friendly_name: some(),
                        values: vec![HOSTILE.to_owned()],
                        more: 3,
                    },
                    AttributeView {
                        name: HOSTILE.to_owned(),
                        friendly_name: None,
                        values: Vec::new(),
                        more: 0,
                    },
                ],
            }),
            messages: vec![MessageView {
                key: "saml_response",
                name: text!("message-saml-response"),
                at: Moment::of(AT),
                pretty: HOSTILE.to_owned(),
                raw: HOSTILE.to_owned(),
            }],
            person: hostile_data().facts,
            facts: hostile_data().facts,
        }
    }
}
