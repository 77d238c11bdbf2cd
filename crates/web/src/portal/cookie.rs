//! The cookies of a visit.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use vestibule_domain::Instant;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::PortalSessionToken;

use crate::app::WebSettings;
use crate::pages::cookies::CookieName;

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
