//! Cookies: one name with https, another without.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use vestibule_domain::Instant;

use crate::app::WebSettings;

/// The names of a cookie with and without https. `__Host-` makes browsers refuse it from another
/// host, without `Secure`, or for a part of the site.
#[derive(Clone, Copy)]
pub(crate) struct CookieName {
    /// Over https.
    pub(crate) secure: &'static str,
    /// Over http, in development.
    pub(crate) plain: &'static str,
}

impl CookieName {
    fn get(self, settings: &WebSettings) -> &'static str {
        if settings.secure_cookies { self.secure } else { self.plain }
    }

    /// The value that a browser sent.
    pub(crate) fn read(self, request: &HttpRequest, settings: &WebSettings) -> Option<String> {
        request.cookie(self.get(settings)).map(|cookie| cookie.value().to_owned())
    }

    /// A cookie that lives until `expires_at`.
    pub(crate) fn write(
        self,
        value: String,
        settings: &WebSettings,
        expires_at: Instant,
        now: Instant,
    ) -> Cookie<'static> {
        Cookie::build(self.get(settings), value)
            .path("/")
            .http_only(true)
            .secure(settings.secure_cookies)
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds((expires_at - now).whole_seconds().max(0)))
            .finish()
    }

    /// A cookie that takes its predecessor away.
    pub(crate) fn remove(self, settings: &WebSettings) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.get(settings), "")
            .path("/")
            .http_only(true)
            .secure(settings.secure_cookies)
            .same_site(SameSite::Lax)
            .finish();
        cookie.make_removal();
        cookie
    }
}
