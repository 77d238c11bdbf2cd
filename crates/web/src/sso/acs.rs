//! `POST /sso/saml/{connection}/acs`: an identity provider's answer, posted by a browser.

use actix_web::web::{BytesMut, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use url::form_urlencoded;
use vestibule_application::ports::saml_sign_in::SAML_RESPONSE_BYTES_MAX;
use vestibule_application::sign_in::SamlAnswer;

use super::page::{Refusal, refuse};
use super::{Here, arrived, browser};

/// Largest form that is read, in bytes: the largest response as base64, each third character of
/// which may be escaped, and a relay state.
const ACS_FORM_BYTES_MAX: usize = SAML_RESPONSE_BYTES_MAX * 2 + 64 * 1024;

/// Take a SAML response
///
/// An identity provider has a browser post its answer here.
#[utoipa::path(post, path = "/sso/saml/{connection}/acs", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 302, description = "To the redirect URI, with a code or an error"),
        (status = 303, description = "To the report of a test"),
        (status = 400, description = "A page: the answer was not accepted"),
        (status = 404, description = "A page: no such SAML connection"),
    ))]
pub(crate) async fn post(
    desk: Here,
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let Ok(connection_id) = path.parse() else { return refuse(&desk, &request, Refusal::Unknown) };
    let Some(form) = read_form(payload, ACS_FORM_BYTES_MAX).await else {
        return refuse(&desk, &request, Refusal::Unreadable);
    };
    let Some(response) = only(&form, "SAMLResponse") else {
        return refuse(&desk, &request, Refusal::Unreadable);
    };
    let answer = SamlAnswer {
        connection_id,
        response,
        relay_state: only(&form, "RelayState"),
        browser: browser(&desk.app, &request),
    };
    let (sign_ins, store) = (desk.app.sign_ins.clone(), desk.app.store.clone());
    let outcome = desk.app.complete(async move { sign_ins.arrive_by_saml(&*store, answer).await }).await;
    arrived(&desk, &request, outcome).await
}

/// The fields of a form, unless it is larger than `bytes_max`.
pub(crate) async fn read_form(payload: Payload, bytes_max: usize) -> Option<Vec<(String, String)>> {
    let bytes = read_bytes(payload, bytes_max).await?;
    Some(form_urlencoded::parse(&bytes).into_owned().collect())
}

/// A body, unless it is larger than `bytes_max`.
pub(crate) async fn read_bytes(mut payload: Payload, bytes_max: usize) -> Option<BytesMut> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.ok()?;
        if bytes.len() + chunk.len() > bytes_max {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes)
}

/// The value of a field that is there once. Of two, who knows which one others have looked at.
pub(crate) fn only(form: &[(String, String)], name: &str) -> Option<String> {
    let mut values = form.iter().filter(|(field, _)| field == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_comes_twice_is_none() {
        let form = |raw: &str| form_urlencoded::parse(raw.as_bytes()).into_owned().collect::<Vec<_>>();
        assert_eq!(only(&form("a=1&b=2"), "a").as_deref(), Some("1"));
        assert_eq!(only(&form("a=1&a=1"), "a"), None);
        assert_eq!(only(&form("b=2"), "a"), None);
    }
}
