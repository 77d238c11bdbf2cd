//! Requests that somebody else's page makes a browser send.
//!
//! Two independent controls, beside `SameSite=Lax`: where the request comes from, as the browser
//! says it, and a token in every form of a session.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use url::{Position, Url};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request that changes something may come from one of our own pages.
///
/// `Sec-Fetch-Site` decides where it is sent. `Origin` does otherwise, except `null`: that is what
/// browsers send from our own pages, because they send no referrer, so it says nothing. Clients
/// that send neither are no browsers, or old ones; the form's token decides alone then.
pub(crate) fn comes_from_here(request: &HttpRequest, public_url: &str) -> bool {
    let header = |name: &HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = header(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    match header(&ORIGIN) {
        None | Some("null") => true,
        Some(origin) => {
            let ours = Url::parse(public_url).is_ok_and(|url| &url[..Position::BeforePath] == origin);
            // A browser that reached us by another name than the public one still says that name
            // in both places.
            let reached = Url::parse(origin)
                .ok()
                .zip(header(&HOST))
                .is_some_and(|(origin, host)| &origin[Position::BeforeHost..Position::BeforePath] == host);
            ours || reached
        }
    }
}

/// The token in every form of a session, told apart by surface. It follows from the secret in the
/// session's cookie, so nothing has to be kept, and nobody without the cookie can know it.
pub(crate) fn form_token(surface: &str, session: &str) -> String {
    let secret = format!("vestibule {surface} form\0{session}");
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

/// Whether a form carries its session's token. The comparison may stop early: what is compared is a
/// digest that the sender cannot steer towards the right one.
pub(crate) fn is_form_token(surface: &str, session: &str, given: Option<&str>) -> bool {
    given.is_some_and(|given| given == form_token(surface, session))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn judged(headers: &[(&'static str, &'static str)]) -> bool {
        let request =
            headers.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
        comes_from_here(&request.to_http_request(), "https://portal.example/")
    }

    #[test]
    fn our_own_pages_and_plain_clients_may_send() {
        assert!(judged(&[]));
        assert!(judged(&[("Origin", "https://portal.example")]));
        assert!(judged(&[("Origin", "null")]));
        assert!(judged(&[("Origin", "null"), ("Sec-Fetch-Site", "same-origin")]));
        assert!(judged(&[("Sec-Fetch-Site", "none")]));
        assert!(judged(&[("Origin", "http://127.0.0.1:4000"), ("Host", "127.0.0.1:4000")]));
    }

    #[test]
    fn other_peoples_pages_may_not() {
        assert!(!judged(&[("Origin", "https://evil.example")]));
        assert!(!judged(&[("Origin", "https://portal.example.evil.example")]));
        assert!(!judged(&[("Origin", "http://portal.example")]));
        assert!(!judged(&[("Origin", "https://portal.example:444")]));
        assert!(!judged(&[("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]));
        assert!(!judged(&[("Sec-Fetch-Site", "same-site")]));
        assert!(!judged(&[("Origin", "https://portal.example"), ("Sec-Fetch-Site", "cross-site")]));
        assert!(!judged(&[("Origin", "nonsense"), ("Host", "nonsense")]));
    }

    #[test]
    fn a_form_token_belongs_to_one_session_of_one_surface() {
        let token = form_token("portal", "vps_a");
        assert!(is_form_token("portal", "vps_a", Some(&token)));
        assert!(!is_form_token("portal", "vps_b", Some(&token)));
        assert!(!is_form_token("dashboard", "vps_a", Some(&token)));
        assert!(!is_form_token("portal", "vps_a", Some("")));
        assert!(!is_form_token("portal", "vps_a", None));
        assert!(!token.contains("vps_a"));
    }
}
