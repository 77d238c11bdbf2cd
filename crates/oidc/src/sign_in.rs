//! The relying party: what comes back from a provider, judged step by step.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_application::ports::oidc_sign_in::{
    OidcCallback, OidcExchangeOrder, OidcJudgement, OidcRequest, OidcRequestOrder, OidcSignIn,
};
use vestibule_application::ports::outbound::Outbound;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::session::MessageKind;

use crate::claims::{CLAIM_SUBJECT_BYTES_MAX, Claims};
use crate::key_sets::KeySets;
use crate::trail::{Trail, Wrong, quote};
use crate::{id_token, request, token_endpoint, user_info};

/// Longest code that is exchanged, in bytes. Entra ID's have about 1,500.
pub const CODE_BYTES_MAX: usize = 8 * 1024;

/// Signs people in by OpenID Connect. One for the process: it keeps the providers' keys.
pub struct OidcRelyingParty {
    outbound: Arc<dyn Outbound>,
    key_sets: KeySets,
}

impl OidcRelyingParty {
    /// Goes out through the guarded client.
    pub fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self { outbound, key_sets: KeySets::default() }
    }

    async fn judge(&self, order: &OidcExchangeOrder<'_>, trail: &mut Trail) -> Result<Asserted, Failure> {
        let outbound = &*self.outbound;
        let code = code(order, trail)?;
        let tokens = token_endpoint::exchange(outbound, order, code, trail).await?;
        let claims = id_token::verify(outbound, &self.key_sets, order, &tokens, trail).await?;
        let claims =
            user_info::complete(outbound, order, claims, tokens.access_token.as_deref(), trail).await?;
        let asserted = asserted(&claims, trail)?;
        if let Some(tokens) = tokens.handed_on {
            trail.hand_on(tokens);
        }
        Ok(asserted)
    }
}

#[async_trait]
impl OidcSignIn for OidcRelyingParty {
    fn begin(&self, order: &OidcRequestOrder<'_>) -> OidcRequest {
        request::begin(order)
    }

    async fn finish(&self, order: &OidcExchangeOrder<'_>) -> OidcJudgement {
        let mut trail = Trail::default();
        let outcome = self.judge(order, &mut trail).await;
        trail.judgement(outcome)
    }
}

/// The code, if the provider sent one and not an error. Source: RFC 6749, section 4.1.2.
fn code<'a>(order: &OidcExchangeOrder<'a>, trail: &mut Trail) -> Result<&'a str, Failure> {
    let (callback, provider) = (&order.callback, &order.client.provider);
    trail.keep(MessageKind::OidcCallback, logged(callback));
    match (callback.error, callback.code) {
        (None, None) => {
            let message = "The provider sent the person back with neither a code nor an error.";
            let wrong = Wrong::new("a code", "neither code nor error", message);
            return Err(trail.refuse(CheckName::Message, wrong));
        }
        (None, Some(code)) if code.is_empty() || code.len() > CODE_BYTES_MAX => {
            let expected = format!("a code of 1 to {CODE_BYTES_MAX} bytes");
            let received = format!("one of {} bytes", code.len());
            let wrong = Wrong::new(expected, received, "The provider's code is empty or too long.");
            return Err(trail.refuse(CheckName::Message, wrong));
        }
        (None, Some(_)) => trail.pass(CheckName::Message, "a code"),
        (Some(_), _) => trail.pass(CheckName::Message, "an error"),
    }
    // RFC 9207, section 2.4: before anything else in the answer is believed.
    let issuer = provider.issuer.as_str();
    let is_its_own = match callback.iss {
        Some(named) => id_token::may_issue(named, issuer, order.issuer),
        None => !provider.sends_iss,
    };
    if !is_its_own {
        let received = callback.iss.map_or_else(|| "no iss".to_owned(), quote);
        let message = "The answer does not come from the connection's provider.";
        return Err(trail.refuse(CheckName::Issuer, Wrong::new(issuer, received, message)));
    }
    match (callback.error, callback.code) {
        (None, Some(code)) => {
            trail.pass(CheckName::Status, "no error");
            Ok(code)
        }
        (error, _) => {
            let error = quote(error.unwrap_or_default());
            let received = match callback.error_description {
                Some(description) => format!("{error}: {}", quote(description)),
                None => error.clone(),
            };
            let class = if error == "access_denied" {
                FailureCode::AccessDenied
            } else {
                FailureCode::IdpReportedError
            };
            let wrong = Wrong::new("no error", received, advice(&error));
            Err(trail.fail(CheckName::Status, class, wrong))
        }
    }
}

/// What to change when the provider sends an error. Source: RFC 6749, section 4.1.2.1; OpenID
/// Connect Core 1.0, section 3.1.2.6.
fn advice(error: &str) -> String {
    match error {
        "access_denied" => {
            "The person or the provider refused; is the person assigned to the app there?".into()
        }
        "invalid_scope" => {
            "The provider does not let our client ask for a scope; allow openid, profile and email.".into()
        }
        "unauthorized_client" | "unsupported_response_type" => {
            "The provider does not let our client use authorization codes; allow them in its console.".into()
        }
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            "The provider wants the person to sign in or to agree; sign in again from the beginning.".into()
        }
        "temporarily_unavailable" | "server_error" => "The provider failed; try again later.".into(),
        _ => format!("The provider reported the error `{error}`."),
    }
}

/// The redirect's parameters for the log.
fn logged(callback: &OidcCallback<'_>) -> String {
    let code = callback.code.map(|code| format!("({} characters)", code.chars().count()));
    [
        ("code", code),
        ("error", callback.error.map(quote)),
        ("error_description", callback.error_description.map(quote)),
        ("iss", callback.iss.map(quote)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!("{name}={}", value?)))
    .collect::<Vec<_>>()
    .join("\n")
}

/// What the provider says of the person.
fn asserted(claims: &Claims, trail: &mut Trail) -> Result<Asserted, Failure> {
    let mut refuse = |expected: &str, received: String, message: String| {
        let wrong = Wrong::new(expected, received, message);
        Err(trail.fail(CheckName::Attributes, FailureCode::InvalidAttributes, wrong))
    };
    let subject = claims.text("sub").unwrap_or_default();
    if subject.trim().is_empty() || subject.len() > CLAIM_SUBJECT_BYTES_MAX {
        let expected = format!("a sub of 1 to {CLAIM_SUBJECT_BYTES_MAX} bytes");
        let message = "The provider does not say who signed in: the claim `sub` is missing or too long.";
        return refuse(&expected, format!("{} bytes", subject.len()), message.into());
    }
    let attributes = match claims.attributes() {
        Ok(attributes) => attributes,
        Err(error) => {
            let message = format!("The provider says too much: {error}. Send fewer claims or groups.");
            return refuse("claims within the limits", error.to_string(), message);
        }
    };
    Ok(Asserted {
        subject: subject.to_owned(),
        subject_format: None,
        session_index: claims.text("sid").map(str::to_owned),
        attributes,
    })
}
