//! The cookies of the dashboard.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use vestibule_domain::Instant;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::secret::MemberSessionToken;

use crate::app::WebSettings;
use crate::pages::cookies::CookieName;

/// Holds the token of a member's visit.
pub(super) const SESSION: CookieName =
    CookieName { secure: "__Host-vestibule_dashboard", plain: "vestibule_dashboard" };

/// Holds the theme that was chosen, see [`super::theme`].
pub(super) const THEME: CookieName =
    CookieName { secure: "__Host-vestibule_theme", plain: "vestibule_theme" };

/// The token of the visit that a browser is in.
pub(super) fn session_token(request: &HttpRequest, settings: &WebSettings) -> Option<MemberSessionToken> {
    MemberSessionToken::parse(&SESSION.read(request, settings)?).ok()
}

/// The cookie of a visit that begins.
pub(super) fn session_cookie(
    session: &MemberSession,
    token: &MemberSessionToken,
    settings: &WebSettings,
    now: Instant,
) -> Cookie<'static> {
    SESSION.write(token.expose().to_owned(), settings, session.expires_at, now)
}
