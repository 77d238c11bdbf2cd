//! The language that a request is answered in: the one that its address names, else the one that
//! was chosen before, else the one that the browser prefers, else English.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::Method;
use actix_web::http::header::ACCEPT_LANGUAGE;
use time::Duration;
use url::form_urlencoded;
use vestibule_domain::Instant;
use vestibule_domain::language::Language;

use super::accept::{RANGES_MAX, quality};
use super::cookie::LANGUAGE;
use crate::app::WebSettings;
use crate::pages::Here;

/// The part of an address that names a language; a link's maker may add it to the link.
const PARAMETER: &str = "lang";

/// How long a chosen language is remembered.
const REMEMBERED: Duration = Duration::days(365);

/// The language of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    pub(super) language: Language,
    /// Whether the address names it, so that it has to be remembered.
    chosen: bool,
}

impl Spoken {
    /// The language that a request asks for.
    pub(crate) fn find(request: &HttpRequest, settings: &WebSettings) -> Self {
        if let Some(language) = named(request.query_string()) {
            return Self { language, chosen: true };
        }
        let remembered = LANGUAGE.read(request, settings).and_then(|tag| Language::parse(&tag));
        let language = remembered.or_else(|| {
            let headers = request.headers().get_all(ACCEPT_LANGUAGE);
            let accepted: Vec<&str> = headers.filter_map(|value| value.to_str().ok()).collect();
            preferred(&accepted.join(","))
        });
        Self { language: language.unwrap_or_default(), chosen: false }
    }

    /// The cookie that remembers the language, if it was chosen just now.
    pub(super) fn cookie(self, settings: &WebSettings, now: Instant) -> Option<Cookie<'static>> {
        let tag = self.language.as_str().to_owned();
        self.chosen.then(|| LANGUAGE.write(tag, settings, now + REMEMBERED, now))
    }

    /// Where an answer is shown that can be had once, so that its language cannot be changed on it.
    pub(crate) fn fixed(self) -> Here {
        Here::speaking(self.language)
    }

    /// Where the answer is shown. What answers a form has no address of its own, so its language
    /// cannot be changed there without losing what was typed.
    pub(super) fn here(self, request: &HttpRequest) -> Here {
        let here = Here::speaking(self.language);
        match *request.method() {
            Method::GET | Method::HEAD => {
                here.with_choice(|language| address_in(request.path(), request.query_string(), language))
            }
            _ => here,
        }
    }
}

/// The language that an address names.
fn named(query: &str) -> Option<Language> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(name, tag)| (name == PARAMETER).then(|| Language::parse(&tag))?)
}

/// The same address in another language.
fn address_in(path: &str, query: &str, language: Language) -> String {
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != PARAMETER);
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .append_pair(PARAMETER, language.as_str())
        .finish();
    format!("{path}?{query}")
}

/// The language of ours that a browser likes best; of several it likes alike, the first.
/// Source: RFC 9110, section 12.5.4.
fn preferred(accepted: &str) -> Option<Language> {
    let mut best: Option<(Language, u16)> = None;
    for range in accepted.split(',').take(RANGES_MAX) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let language = if tag == "*" { Some(Language::default()) } else { Language::parse(tag) };
        let (Some(language), quality) = (language, quality(parts)) else { continue };
        if quality > best.map_or(0, |(_, best)| best) {
            best = Some((language, quality));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_a_browser_likes_best_is_spoken() {
        for (accepted, language) in [
            ("de", Some(Language::De)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::De)),
            ("en;q=0.8, fr;q=0.9", Some(Language::Fr)),
            ("zh-CN, zh;q=0.9, ja;q=0.5, en;q=0.4", Some(Language::Ja)),
            ("pt-PT", Some(Language::Pt)),
            ("es, de", Some(Language::Es)),
            ("de;q=0.5, *", Some(Language::En)),
            ("fr;q=0.5, *;q=0.1", Some(Language::Fr)),
            ("de;q=0", None),
            ("de;q=2", None),
            ("zh", None),
            ("", None),
            (",;;q=,=;q", None),
        ] {
            assert_eq!(preferred(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn only_so_many_ranges_are_read() {
        let filler = |n| format!("{}de", "zh,".repeat(n));
        assert_eq!(preferred(&filler(RANGES_MAX - 1)), Some(Language::De));
        assert_eq!(preferred(&filler(RANGES_MAX)), None);
    }

    #[test]
    fn an_address_names_a_language_we_speak_or_none() {
        assert_eq!(named("token=vpt_A&lang=de-CH"), Some(Language::De));
        assert_eq!(named("lang=xx&lang=fr"), Some(Language::Fr));
        assert_eq!(named("lang=%22%3E%3Cscript%3E"), None);
        assert_eq!(named("language=de&token=lang=de"), None);
        assert_eq!(named(""), None);
    }

    #[test]
    fn the_same_page_is_had_in_another_language() {
        assert_eq!(address_in("/portal", "token=vpt_A&lang=de", Language::Fr), "/portal?token=vpt_A&lang=fr");
        assert_eq!(address_in("/portal/sso", "", Language::Ja), "/portal/sso?lang=ja");
        assert_eq!(
            address_in("/portal/sso", "q=%22%3E%3Cb%3E+x", Language::Es),
            "/portal/sso?q=%22%3E%3Cb%3E+x&lang=es"
        );
    }
}
