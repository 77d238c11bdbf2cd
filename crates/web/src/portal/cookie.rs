//! The cookies of a visit.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use vestibule_domain::Instant;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::PortalSessionToken;

use crate::app::WebSettings;

/// The names of a cookie with and without https. `__Host-` makes browsers refuse it from another
/// host, without `Secure`, or for a part of the site.
#[derive(Clone, Copy)]
pub(super) struct CookieName {
    secure: &'static str,
    plain: &'static str,
}

/// Holds the token of the visit.
const SESSION: CookieName = CookieName { secure: "__Host-vestibule_portal", plain: "vestibule_portal" };

/// Holds, sealed, what was typed at earlier steps, see [`super::typed`].
pub(super) const TYPED: CookieName =
    CookieName { secure: "__Host-vestibule_portal_typed", plain: "vestibule_portal_typed" };

/// Holds, sealed, the link that somebody waits to open with a code, see [`super::waiting`].
pub(super) const WAITING: CookieName =
    CookieName { secure: "__Host-vestibule_portal_waiting", plain: "vestibule_portal_waiting" };

/// Holds the language that was chosen, see [`super::language`].
pub(super) const LANGUAGE: CookieName =
    CookieName { secure: "__Host-vestibule_language", plain: "vestibule_language" };

impl CookieName {
    fn get(self, settings: &WebSettings) -> &'static str {
        if settings.secure_cookies { self.secure } else { self.plain }
    }

    /// The value that a browser sent.
    pub(super) fn read(self, request: &HttpRequest, settings: &WebSettings) -> Option<String> {
        request.cookie(self.get(settings)).map(|cookie| cookie.value().to_owned())
    }

    /// A cookie that lives until `expires_at`.
    pub(super) fn write(
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
    pub(super) fn remove(self, settings: &WebSettings) -> Cookie<'static> {
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

/// The token of the visit that a browser is in.
pub(super) fn session_token(request: &HttpRequest, settings: &WebSettings) -> Option<PortalSessionToken> {
    PortalSessionToken::parse(&SESSION.read(request, settings)?).ok()
}

/// The cookie of a visit that begins.
///
/// It lives as long as the visit, so that a closed browser comes back to where it was.
pub(super) fn session_cookie(
    session: &PortalSession,
    token: &PortalSessionToken,
    settings: &WebSettings,
    now: Instant,
) -> Cookie<'static> {
    SESSION.write(token.expose().to_owned(), settings, session.expires_at, now)
}
