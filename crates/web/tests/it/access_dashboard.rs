//! The access matrix of the dashboard: who may reach which of its pages.

use actix_web::http::StatusCode;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::member::MemberRole;
use vestibule_web::app::WebSettings;

use crate::access::Fixtures;
use crate::operator::Operator;
use crate::support::{Answer, TestApp, request};

/// Routes of the dashboard that a member reaches, and nobody else.
pub(crate) const MEMBER: &[(&str, &str)] = &[
    ("POST", "/dashboard/sign-out"),
    ("GET", "/dashboard"),
    ("GET", "/dashboard/account"),
    ("POST", "/dashboard/account"),
    ("POST", "/dashboard/account/password"),
    ("GET", "/dashboard/account/second-factor"),
    ("POST", "/dashboard/account/second-factor"),
    ("GET", "/dashboard/account/second-factor/off"),
    ("POST", "/dashboard/account/second-factor/off"),
    ("GET", "/dashboard/account/recovery-codes"),
    ("POST", "/dashboard/account/recovery-codes"),
    ("POST", "/dashboard/account/visits/end-others"),
    ("POST", "/dashboard/account/visits/{visit}/end"),
    ("GET", "/dashboard/team"),
    ("POST", "/dashboard/team"),
    ("GET", "/dashboard/team/trail"),
    ("POST", "/dashboard/team/invitations"),
    ("POST", "/dashboard/team/invitations/{invitation}/resend"),
    ("POST", "/dashboard/team/invitations/{invitation}/revoke"),
    ("POST", "/dashboard/team/members/{member}/role"),
    ("GET", "/dashboard/team/members/{member}/remove"),
    ("POST", "/dashboard/team/members/{member}/remove"),
    ("GET", "/dashboard/team/members/{member}/second-factor"),
    ("POST", "/dashboard/team/members/{member}/second-factor"),
    ("GET", "/dashboard/{environment}"),
    ("GET", "/dashboard/{environment}/overview"),
    ("GET", "/dashboard/{environment}/organizations"),
    ("POST", "/dashboard/{environment}/organizations"),
    ("GET", "/dashboard/{environment}/organizations/{organization}"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/invite"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/links/{link}/revoke"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/links/{link}/regenerate"),
    ("GET", "/dashboard/{environment}/organizations/{organization}/settings"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/settings"),
    ("GET", "/dashboard/{environment}/organizations/{organization}/contacts"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/contacts"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/contacts/{contact}/invite"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/contacts/{contact}/delete"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/domains"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/domains/{domain}/verify"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/domains/{domain}/check"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/domains/{domain}/delete"),
    ("GET", "/dashboard/{environment}/organizations/{organization}/delete"),
    ("POST", "/dashboard/{environment}/organizations/{organization}/delete"),
    ("GET", "/dashboard/{environment}/organizations/{organization}/connection"),
    ("GET", "/dashboard/{environment}/organizations/{organization}/sessions"),
    ("GET", "/dashboard/{environment}/organizations/{organization}/trail"),
    ("GET", "/dashboard/{environment}/connections/{connection}"),
    ("POST", "/dashboard/{environment}/connections/{connection}/certificates"),
    ("POST", "/dashboard/{environment}/connections/{connection}/certificates/{certificate}/delete"),
    ("POST", "/dashboard/{environment}/connections/{connection}/refresh"),
    ("POST", "/dashboard/{environment}/connections/{connection}/signing"),
    ("POST", "/dashboard/{environment}/connections/{connection}/options"),
    ("GET", "/dashboard/{environment}/connections/{connection}/edit"),
    ("POST", "/dashboard/{environment}/connections/{connection}/edit"),
    ("GET", "/dashboard/{environment}/connections/{connection}/attributes"),
    ("POST", "/dashboard/{environment}/connections/{connection}/attributes"),
    ("POST", "/dashboard/{environment}/connections/{connection}/switch"),
    ("POST", "/dashboard/{environment}/connections/{connection}/test"),
    ("GET", "/dashboard/{environment}/connections/{connection}/delete"),
    ("POST", "/dashboard/{environment}/connections/{connection}/delete"),
    ("GET", "/dashboard/{environment}/sessions"),
    ("GET", "/dashboard/{environment}/sessions/{session}"),
    ("GET", "/dashboard/{environment}/keys"),
    ("POST", "/dashboard/{environment}/keys"),
    ("POST", "/dashboard/{environment}/keys/{key}/roll"),
    ("GET", "/dashboard/{environment}/keys/{key}/revoke"),
    ("POST", "/dashboard/{environment}/keys/{key}/revoke"),
    ("GET", "/dashboard/{environment}/events"),
    ("GET", "/dashboard/{environment}/webhooks"),
    ("POST", "/dashboard/{environment}/webhooks"),
    ("GET", "/dashboard/{environment}/webhooks/{endpoint}"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}/delete"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}/edit"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}/secret"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}/test"),
    ("GET", "/dashboard/{environment}/webhooks/{endpoint}/replay"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}/replay"),
    ("GET", "/dashboard/{environment}/webhooks/{endpoint}/deliveries/{delivery}"),
    ("POST", "/dashboard/{environment}/webhooks/{endpoint}/deliveries/{delivery}/replay"),
    ("GET", "/dashboard/{environment}/redirects"),
    ("POST", "/dashboard/{environment}/redirects"),
    ("POST", "/dashboard/{environment}/redirects/remove"),
    ("POST", "/dashboard/{environment}/redirects/default"),
    ("GET", "/dashboard/environments"),
    ("POST", "/dashboard/environments"),
    ("GET", "/dashboard/{environment}/settings"),
    ("POST", "/dashboard/{environment}/settings"),
    ("GET", "/dashboard/{environment}/providers"),
    ("POST", "/dashboard/{environment}/providers/test"),
    ("POST", "/dashboard/{environment}/providers/{provider}"),
    ("GET", "/dashboard/{environment}/providers/{provider}/remove"),
    ("POST", "/dashboard/{environment}/providers/{provider}/remove"),
    ("GET", "/dashboard/{environment}/attributes"),
    ("POST", "/dashboard/{environment}/attributes"),
    ("POST", "/dashboard/{environment}/attributes/remove"),
    ("GET", "/dashboard/{environment}/snippets"),
    ("GET", "/dashboard/{environment}/trail"),
    ("GET", "/dashboard/{environment}/trail/{file}"),
    ("GET", "/dashboard/{environment}/portal"),
    ("POST", "/dashboard/{environment}/portal"),
    ("GET", "/dashboard/{environment}/branding"),
    ("POST", "/dashboard/{environment}/branding"),
    ("GET", "/dashboard/{environment}/branding/mail"),
    ("GET", "/dashboard/{environment}/hosts"),
    ("POST", "/dashboard/{environment}/hosts/{purpose}"),
    ("POST", "/dashboard/{environment}/hosts/{purpose}/check"),
    ("POST", "/dashboard/{environment}/hosts/{purpose}/remove"),
];

/// Routes of the dashboard that only admins of the team may use.
const ADMIN: &[&str] = &[
    "/dashboard/{environment}/keys",
    "/dashboard/{environment}/keys/{key}/roll",
    "/dashboard/{environment}/keys/{key}/revoke",
    "/dashboard/{environment}/redirects",
    "/dashboard/{environment}/redirects/remove",
    "/dashboard/{environment}/redirects/default",
    "/dashboard/environments",
    "/dashboard/{environment}/settings",
    "/dashboard/{environment}/providers/test",
    "/dashboard/{environment}/providers/{provider}",
    "/dashboard/{environment}/providers/{provider}/remove",
    "/dashboard/{environment}/attributes",
    "/dashboard/{environment}/attributes/remove",
    "/dashboard/{environment}/webhooks",
    "/dashboard/{environment}/webhooks/{endpoint}",
    "/dashboard/{environment}/webhooks/{endpoint}/delete",
    "/dashboard/{environment}/webhooks/{endpoint}/edit",
    "/dashboard/{environment}/webhooks/{endpoint}/secret",
    "/dashboard/{environment}/portal",
    "/dashboard/{environment}/branding",
    "/dashboard/{environment}/hosts/{purpose}",
    "/dashboard/{environment}/hosts/{purpose}/check",
    "/dashboard/{environment}/hosts/{purpose}/remove",
    "/dashboard/team",
    "/dashboard/team/invitations",
    "/dashboard/team/invitations/{invitation}/resend",
    "/dashboard/team/invitations/{invitation}/revoke",
    "/dashboard/team/members/{member}/role",
    "/dashboard/team/members/{member}/remove",
    "/dashboard/team/members/{member}/second-factor",
];

/// Pages of the dashboard that only admins of the team may look at.
const ADMIN_PAGES: &[&str] = &[
    "/dashboard/{environment}/keys/{key}/revoke",
    "/dashboard/{environment}/providers/{provider}/remove",
    "/dashboard/team/trail",
    "/dashboard/team/members/{member}/remove",
    "/dashboard/team/members/{member}/second-factor",
];

#[actix_web::test]
async fn the_dashboard_is_open_to_members_of_the_team_and_closed_to_everybody_else() {
    let app = TestApp::with(WebSettings::default(), |store| store).await;
    let owner = app.tenant(EnvironmentKind::Sandbox).await;
    let other = app.tenant(EnvironmentKind::Sandbox).await;
    let fixtures = Fixtures::of(&app, &owner).await;
    let admin = Operator::join(&app, &owner, MemberRole::Admin).await;
    let member = Operator::join(&app, &owner, MemberRole::Member).await;
    let stranger = Operator::join(&app, &other, MemberRole::Admin).await;
    let colleague = Operator::member(&app, &owner, MemberRole::Member).await;
    let invitation = crate::team::invited(&app, &owner).await;
    let unknown = |prefix: &str| format!("{prefix}_01J9ZQK3V0000000000000000A");
    // What removes comes last, parts before wholes, so that all of it is there when it is asked for;
    // signing out at the very end.
    let mut rows = MEMBER.to_vec();
    rows.sort_by_key(|(_, pattern)| {
        let last = [*pattern == "/dashboard/sign-out", pattern.ends_with("{organization}/delete")];
        (last, pattern.ends_with("/delete"), usize::MAX - pattern.len())
    });
    for (method, pattern) in rows {
        let path = pattern
            .replace("{environment}", &owner.environment.id.to_string())
            .replace("{organization}", &fixtures.0["organizations"])
            .replace("{connection}", &fixtures.0["connections"])
            .replace("{session}", &fixtures.0["sso_sessions"])
            .replace("{domain}", &fixtures.0["organization_domains"])
            .replace("{link}", &fixtures.0["tokens"])
            .replace("{endpoint}", &fixtures.0["webhook_endpoints"])
            .replace("{delivery}", &fixtures.0["deliveries"])
            .replace("{purpose}", "portal")
            .replace("{key}", &unknown("key"))
            .replace("{contact}", &fixtures.0["it_contacts"])
            .replace("{certificate}", &fixtures.0["saml_idp_signing_certs"])
            .replace("{file}", "audit-trail.csv")
            .replace("{member}", &colleague.id.to_string())
            .replace("{invitation}", &invitation.id.to_string())
            .replace("{visit}", &unknown("member_session"))
            .replace("{provider}", "google");
        let what = format!("{method} {pattern}");
        let form = "name=New&domain=new.example&intent=sso&to=off&confirm=Acme&state=disabled\
            &email=new%40acme.example&language=en&profiles=any_domain&role=member\
            &scope=read&overlap=now&since=24h&key=department\
            &made_from=00000000000000000000000000000000";
        let get = method == "GET";
        let nobody = app.send(sent(method, &path, None, form)).await;
        let turned_away = if get { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED };
        assert_eq!(nobody.status, turned_away, "{what} without a session");
        if !get {
            let stale = app.send(sent(method, &path, Some(&admin), form)).await;
            assert_eq!(stale.status, StatusCode::FORBIDDEN, "{what} without the form's token");
        }
        let theirs = app.send(sent(method, &path, Some(&stranger), &stranger.signed(form))).await;
        if ["{environment}", "{member}", "{invitation}"].iter().any(|part| pattern.contains(part)) {
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{what} by a stranger");
        }
        let plain = app.send(sent(method, &path, Some(&member), &member.signed(form))).await;
        if if get { ADMIN_PAGES } else { ADMIN }.contains(&pattern) {
            assert_eq!(plain.status, StatusCode::FORBIDDEN, "{what} by a member");
        } else {
            let gone = plain.status == StatusCode::NOT_FOUND && pattern.contains("{visit}");
            assert!(reached(&plain) || gone, "{what} by a member: {}", plain.status);
        }
        let own = app.send(sent(method, &path, Some(&admin), &admin.signed(form))).await;
        // What the member did before cannot be done twice; a key that is not there is not found.
        let gone = own.status == StatusCode::NOT_FOUND
            && (["/delete", "/check"].iter().any(|end| pattern.ends_with(end))
                || ["{key}", "{visit}"].iter().any(|part| pattern.contains(part)));
        assert!(reached(&own) || gone, "{what} by an admin: {}", own.status);
    }
}

fn reached(answer: &Answer) -> bool {
    answer.status.is_success()
        || answer.status == StatusCode::SEE_OTHER
        || answer.status == StatusCode::UNPROCESSABLE_ENTITY
        || answer.status == StatusCode::CONFLICT
}

fn sent(method: &str, path: &str, operator: Option<&Operator>, form: &str) -> actix_web::test::TestRequest {
    let request = request(method.parse().unwrap(), path);
    let request = match operator {
        Some(operator) => request.insert_header(("Cookie", operator.cookie())),
        None => request,
    };
    if method == "GET" {
        return request;
    }
    let content_type = ("Content-Type", "application/x-www-form-urlencoded");
    request.insert_header(content_type).set_payload(form.to_owned())
}
