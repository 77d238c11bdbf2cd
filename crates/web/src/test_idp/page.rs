//! The page on which a developer chooses what the test identity provider answers.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use vestibule_application::test_provider::TestDesk;
use vestibule_domain::connection_type::Protocol;
use vestibule_domain::test_provider::{TestPersonError, TestRefusal};
use vestibule_words::{Text, text};

use super::form::{AnswerForm, Carried, Whose, Wrong};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, Frame, HOSTILE, samples};
use crate::sso::Desk;
use crate::sso::page::{HiddenField, ONWARD_POLICY, render};

/// A domain that no customer has, for guests. Source: RFC 2606, section 2.
const GUEST_DOMAIN: &str = "guest.example";

/// A domain for members of an organization without one.
const MEMBER_DOMAIN: &str = "customer.example";

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct TestProviderPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The organization.
    pub organization: String,
    /// Where the form goes.
    pub action: String,
    /// What is answered.
    pub hidden: Vec<HiddenField>,
    /// Whether nobody asked: the sign-in begins here.
    pub start: bool,
    /// Where a sign-in begins instead, by OpenID Connect, where it is the app's side that asks.
    pub begin: Option<String>,
    /// The address of somebody of the organization, names and groups.
    pub member: Vec<Field>,
    /// The address of a guest.
    pub guest: Field,
    /// What can be answered instead.
    pub refusals: Vec<RefusalView>,
    /// What is wrong with what was typed.
    pub errors: Vec<ErrorLink>,
}

/// An error that can be answered.
#[derive(Debug, Serialize)]
pub(crate) struct RefusalView {
    /// The word in the form.
    pub value: &'static str,
    /// For people.
    pub label: Text,
}

/// What stands in the fields.
struct Typed {
    email: String,
    first_name: String,
    last_name: String,
    groups: String,
    guest_email: String,
}

impl Typed {
    fn first(test: &TestDesk) -> Self {
        let domain = test.domain().unwrap_or(MEMBER_DOMAIN);
        Self {
            email: format!("ada@{domain}"),
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            groups: "Engineering, Admins".to_owned(),
            guest_email: format!("grace@{GUEST_DOMAIN}"),
        }
    }

    fn again(form: &AnswerForm) -> Self {
        Self {
            email: form.typed(Whose::Member.field()),
            first_name: form.typed("first_name"),
            last_name: form.typed("last_name"),
            groups: form.typed("groups"),
            guest_email: form.typed(Whose::Guest.field()),
        }
    }
}

impl TestProviderPage {
    fn new(desk: &Desk, test: &TestDesk, carried: &Carried, typed: Typed, wrong: Option<Wrong>) -> Self {
        let start = matches!(carried, Carried::Start);
        let by_oidc = test.connection.settings.protocol() == Protocol::Oidc;
        let addresses = &desk.app.ambient.addresses;
        let hidden = carried.fields().into_iter().map(|(name, value)| HiddenField { name, value });
        Self {
            organization: test.organization.name.to_string(),
            action: format!("/test-idp/{}/answer", test.connection.id),
            hidden: hidden.collect(),
            start,
            begin: (start && by_oidc).then(|| addresses.login_initiation_uri(test.connection.id)),
            ..Self::of(typed, wrong)
        }
    }

    fn of(typed: Typed, wrong: Option<Wrong>) -> Self {
        let at_fault = wrong.map(|wrong| match wrong.reason {
            TestPersonError::Email(_) => (wrong.whose.field(), text!("testidp-email-wrong")),
            TestPersonError::Name => ("last_name", text!("testidp-name-wrong")),
            TestPersonError::Groups => ("groups", text!("testidp-groups-wrong")),
        });
        let field = |key: &'static str, label: Text, control, value| {
            let error = at_fault.as_ref().filter(|(field, _)| *field == key).map(|(_, why)| why.clone());
            Field { value, error: error.map(Into::into), ..Field::plain(key, label, control) }
        };
        let member = vec![
            field("email", text!("testidp-email"), "email", typed.email),
            field("first_name", text!("testidp-first-name"), "line", typed.first_name),
            field("last_name", text!("testidp-last-name"), "line", typed.last_name),
            field("groups", text!("testidp-groups"), "line", typed.groups),
        ];
        let guest = field("guest_email", text!("testidp-email"), "email", typed.guest_email);
        let label = |refusal| match refusal {
            TestRefusal::Denied => text!("testidp-denied"),
            TestRefusal::NotAuthenticated => text!("testidp-not-authenticated"),
            TestRefusal::Failed => text!("testidp-failed"),
        };
        let errors = member
            .iter()
            .chain([&guest])
            .filter_map(|field| Some(ErrorLink { field_id: field.id.clone(), text: field.error.clone()? }));
        Self {
            frame: Frame { sandbox: true, ..Frame::unknown() },
            organization: String::new(),
            action: String::new(),
            hidden: Vec::new(),
            start: false,
            begin: None,
            errors: errors.collect(),
            member,
            guest,
            refusals: TestRefusal::ALL
                .into_iter()
                .map(|refusal| RefusalView { value: refusal.as_str(), label: label(refusal) })
                .collect(),
        }
    }
}

impl Page for TestProviderPage {
    const TEMPLATE: &'static str = "sso/test_provider.html";

    fn samples() -> Vec<Self> {
        let typed = |text: &str| Typed {
            email: text.to_owned(),
            first_name: text.to_owned(),
            last_name: text.to_owned(),
            groups: text.to_owned(),
            guest_email: text.to_owned(),
        };
        let page = |text: &str, wrong| Self {
            organization: text.to_owned(),
            action: text.to_owned(),
            hidden: vec![HiddenField { name: "request", value: text.to_owned() }],
            ..Self::of(typed(text), wrong)
        };
        let wrong = |whose, reason| Some(Wrong { whose, reason });
        vec![
            page("Acme", None),
            Self { start: true, hidden: Vec::new(), ..page("Acme", None) },
            Self { start: true, begin: Some("/sso/login/conn_1".to_owned()), ..page("Acme", None) },
            Self {
                frame: samples::hostile_frame(),
                begin: Some(HOSTILE.to_owned()),
                start: true,
                ..page(HOSTILE, None)
            },
            page(HOSTILE, wrong(Whose::Member, TestPersonError::Name)),
            page(HOSTILE, wrong(Whose::Guest, TestPersonError::Groups)),
        ]
    }
}

/// Shows the page.
pub(super) fn choose(desk: &Desk, request: &HttpRequest, test: &TestDesk, carried: Carried) -> HttpResponse {
    let page = TestProviderPage::new(desk, test, &carried, Typed::first(test), None);
    shown(desk, request, StatusCode::OK, &page)
}

/// Shows the page again with what is wrong.
pub(super) fn again(
    desk: &Desk,
    request: &HttpRequest,
    test: &TestDesk,
    form: &AnswerForm,
    wrong: Wrong,
) -> HttpResponse {
    let page = TestProviderPage::new(desk, test, &form.carried(test), Typed::again(form), Some(wrong));
    shown(desk, request, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The form leads to us, and from here by redirect to wherever the app is: browsers hold
/// `form-action` against that too.
fn shown(desk: &Desk, request: &HttpRequest, status: StatusCode, page: &TestProviderPage) -> HttpResponse {
    let mut answer = render(desk, request, status, page);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(ONWARD_POLICY));
    answer
}
