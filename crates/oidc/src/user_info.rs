//! Further claims from userinfo. Source: OpenID Connect Core 1.0, section 5.3.

use vestibule_application::ports::oidc_sign_in::{OidcExchangeOrder, USER_INFO_BYTES_MAX};
use vestibule_application::ports::outbound::{AnswerLimits, Method, Outbound, OutboundRequest};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::Failure;
use vestibule_domain::sso::session::MessageKind;

use crate::claims::Claims;
use crate::trail::{Trail, Wrong, quote};

/// How far an answer is read.
const LIMITS: AnswerLimits = AnswerLimits { body_bytes_max: USER_INFO_BYTES_MAX, timeout_ms: 10_000 };

/// Completes the id token's claims by userinfo's where the connection wants it. What the id token
/// says stands: it is signed.
pub(crate) async fn complete(
    outbound: &dyn Outbound,
    order: &OidcExchangeOrder<'_>,
    claims: Claims,
    access_token: Option<&str>,
    trail: &mut Trail,
) -> Result<Claims, Failure> {
    let endpoint = order.client.provider.userinfo_endpoint.as_ref();
    let Some(endpoint) = endpoint.filter(|_| order.client.fetch_user_info) else {
        trail.skip(CheckName::UserInfo);
        return Ok(claims);
    };
    let Some(access_token) = access_token else {
        let message = "The provider sent no bearer token to ask userinfo with.";
        return Err(refused(trail, "no access token".into(), message.into()));
    };
    let request = OutboundRequest {
        method: Method::Get,
        url: endpoint.as_str().to_owned(),
        headers: vec![
            ("authorization".to_owned(), format!("Bearer {access_token}")),
            ("accept".to_owned(), "application/json".to_owned()),
        ],
        body: Vec::new(),
    };
    let answer = match outbound.send(request, LIMITS).await {
        Ok(answer) => answer,
        Err(error) => {
            let message = format!("The provider's userinfo endpoint gave no answer: {error}.");
            return Err(refused(trail, error.to_string(), message));
        }
    };
    if answer.status != 200 {
        let message = "The provider's userinfo endpoint refused our access token.";
        return Err(refused(trail, format!("status {}", answer.status), message.into()));
    }
    let kind = answer.content_type.as_deref().unwrap_or_default();
    if kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/jwt")) {
        let message = "The provider signs its userinfo answers, which is not understood here; turn the \
                       signature of userinfo off in its console, or do without userinfo.";
        return Err(refused(trail, kind.to_owned(), message.into()));
    }
    let further = match Claims::parse(&answer.body) {
        Ok(further) => further,
        Err(reason) => {
            let message = "The provider's userinfo endpoint did not answer with a JSON object.";
            return Err(refused(trail, quote(&reason), message.into()));
        }
    };
    trail.keep(MessageKind::UserInfo, further.logged());
    // Section 5.3.2: without this, somebody else's access token would lend their claims.
    let subject = claims.text("sub").unwrap_or_default();
    if further.text("sub") != Some(subject) {
        let received = further.text("sub").map_or_else(|| "no sub".to_owned(), quote);
        let message = "Userinfo speaks of another person than the id token.";
        return Err(trail.refuse(CheckName::UserInfo, Wrong::new(subject, received, message)));
    }
    trail.pass(CheckName::UserInfo, subject);
    Ok(claims.completed_by(further))
}

fn refused(trail: &mut Trail, received: String, message: String) -> Failure {
    trail.refuse(CheckName::UserInfo, Wrong::new("claims of the same person as JSON", received, message))
}
