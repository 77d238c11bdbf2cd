//! A member of a team, signed in to the dashboard as a browser would be.

use actix_web::http::{Method, StatusCode};
use url::form_urlencoded;
use vestibule_application::ports::ambient::PasswordHasher as _;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::member::{Member, MemberRole, PasswordAttempts};
use vestibule_domain::notice::Notices;
use vestibule_secrets::Argon2Hasher;

use crate::support::{Answer, START, Tenant, TestApp, request};

use vestibule_application::ports::store::Store as _;

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "a long walk along the shore";

/// A member, and what their browser holds.
pub(crate) struct Operator {
    environment: String,
    cookie: String,
    form_token: String,
}

impl Operator {
    /// A new member of a tenant's team, not signed in.
    pub(crate) async fn member(app: &TestApp, tenant: &Tenant, role: MemberRole) -> Member {
        let id = app.ambient.id(START);
        let member = Member {
            id,
            team_id: tenant.environment.team_id,
            email: EmailAddress::parse(&format!("{id}@vendor.example").to_lowercase()).unwrap(),
            name: None,
            password_hash: Argon2Hasher::new().hash(PASSWORD),
            role,
            attempts: PasswordAttempts::default(),
            second_factor: None,
            notices: Notices::default(),
            signed_in_at: None,
            created_at: START,
        };
        let mut work = app.store.begin().await.unwrap();
        work.accounts().insert_member(&member).await.unwrap();
        work.commit().await.unwrap();
        member
    }

    /// A new member of a tenant's team, signed in.
    pub(crate) async fn join(app: &TestApp, tenant: &Tenant, role: MemberRole) -> Self {
        let email = Self::member(app, tenant, role).await.email.to_string();
        Self::enter(app, tenant, &attempt(app, &email, PASSWORD).await).await
    }

    /// A member who holds the cookie that an answer set.
    pub(crate) async fn enter(app: &TestApp, tenant: &Tenant, answer: &Answer) -> Self {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
        let set = answer.header("set-cookie").unwrap();
        let cookie = set.split(';').next().unwrap().to_owned();
        let environment = tenant.environment.id.to_string();
        let mut operator = Self { environment, cookie, form_token: String::new() };
        let page = operator.get(app, &operator.path("organizations")).await.text();
        let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap();
        token.split('"').next().unwrap().clone_into(&mut operator.form_token);
        operator
    }

    /// The cookies to send.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A form with the session's token.
    pub(crate) fn signed(&self, form: &str) -> String {
        let token: String = form_urlencoded::byte_serialize(self.form_token.as_bytes()).collect();
        format!("form_token={token}&{form}")
    }

    /// The path of a page of the member's environment.
    pub(crate) fn path(&self, page: &str) -> String {
        format!("/dashboard/{}/{page}", self.environment)
    }

    /// GET.
    pub(crate) async fn get(&self, app: &TestApp, path: &str) -> Answer {
        app.send(request(Method::GET, path).insert_header(("Cookie", self.cookie()))).await
    }

    /// POST of a form as its page has it, with what it was made from: that of the first form behind a
    /// mark.
    pub(crate) async fn edit(
        &self,
        app: &TestApp,
        (page, mark): (&str, &str),
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let from = made_from_behind(&self.get(app, page).await.text(), mark);
        let mut form = form.to_vec();
        form.push(("made_from", &from));
        self.post(app, path, &form).await
    }

    /// POST of a form with the session's token.
    pub(crate) async fn post(&self, app: &TestApp, path: &str, form: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let sent = request(Method::POST, path)
            .insert_header(("Cookie", self.cookie()))
            .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
            .set_payload(self.signed(&form));
        app.send(sent).await
    }
}

/// What the first form behind a mark on a page was made from.
pub(crate) fn made_from_behind(page: &str, mark: &str) -> String {
    let behind = page.split_once(mark).unwrap_or_else(|| panic!("no {mark} on {page}")).1;
    let value = behind.split("name=\"made_from\" value=\"").nth(1).expect("a form that can be overtaken");
    value.split('"').next().unwrap().to_owned()
}

/// Sends the form to sign in.
pub(crate) async fn attempt(app: &TestApp, email: &str, password: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", password), ("next", "")])
        .finish();
    let sent = request(Method::POST, "/dashboard/sign-in")
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .set_payload(form);
    app.send(sent).await
}

/// Sends a form without a session, or with the cookie of one that is not open yet.
pub(crate) async fn send_form(
    app: &TestApp,
    path: &str,
    cookie: Option<&str>,
    form: &[(&str, &str)],
) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let sent = request(Method::POST, path)
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .set_payload(form);
    app.send(match cookie {
        Some(cookie) => sent.insert_header(("Cookie", cookie.to_owned())),
        None => sent,
    })
    .await
}
