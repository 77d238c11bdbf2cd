//! A provider behind the `Outbound` port that answers as a test says, and our registration there.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use time::macros::datetime;
use vestibule_application::ports::oidc_sign_in::{
    ClientCredential, IssuerRule, OidcCallback, OidcExchange, OidcExchangeOrder, OidcJudgement,
    OidcSignIn as _,
};
use vestibule_application::ports::outbound::{
    AnswerLimits, FetchLimits, Fetched, Outbound, OutboundAnswer, OutboundError, OutboundRequest, PostAnswer,
    PostRequest,
};
use vestibule_domain::Instant;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient, OidcProvider, TokenAuthMethod};
use vestibule_domain::secret::Sealed;
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_domain::sso::check::{Check, CheckName, CheckOutcome};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::url::{HttpsUrl, Issuer};
use vestibule_oidc::OidcRelyingParty;

use crate::signers::{RSA, encode};

pub(crate) const NOW: Instant = datetime!(2026-11-22 12:00 UTC);
pub(crate) const ISSUER: &str = "https://idp.example/tenant";
pub(crate) const CLIENT_ID: &str = "our client/1";
pub(crate) const CODE: &str = "the-code-that-is-secret";
pub(crate) const ACCESS_TOKEN: &str = "the-access-token-that-is-secret";
pub(crate) const NONCE: [u8; 32] = [7; 32];
pub(crate) const VERIFIER: [u8; 32] = [8; 32];
pub(crate) const SECRET: ClientCredential<'static> = ClientCredential::Secret("se:cret +%&");

/// What a provider does.
pub(crate) struct Script {
    pub(crate) token: Result<OutboundAnswer, OutboundError>,
    pub(crate) keys: Result<Value, OutboundError>,
    pub(crate) user_info: Result<OutboundAnswer, OutboundError>,
}

/// The provider.
pub(crate) struct Provider {
    script: Mutex<Script>,
    fetches: Mutex<Vec<String>>,
    requests: Mutex<Vec<OutboundRequest>>,
}

#[async_trait]
impl Outbound for Provider {
    async fn get(&self, url: &str, limits: FetchLimits) -> Result<Fetched, OutboundError> {
        self.fetches.lock().unwrap().push(url.to_owned());
        // Others who ask meanwhile get their turn, as they would on a network.
        tokio::task::yield_now().await;
        let keys = self.script.lock().unwrap().keys.clone()?;
        let body = within(limits.body_bytes_max, keys.to_string().into_bytes())?;
        Ok(Fetched { body, content_type: None, url: url.to_owned() })
    }

    async fn post(&self, _: PostRequest) -> Result<PostAnswer, OutboundError> {
        unreachable!("a sign-in delivers nothing")
    }

    async fn send(
        &self,
        request: OutboundRequest,
        limits: AnswerLimits,
    ) -> Result<OutboundAnswer, OutboundError> {
        let script = self.script.lock().unwrap();
        let answer = if request.url.ends_with("/userinfo") { &script.user_info } else { &script.token };
        self.requests.lock().unwrap().push(request);
        let answer = answer.clone()?;
        Ok(OutboundAnswer { body: within(limits.body_bytes_max, answer.body)?, ..answer })
    }
}

/// A body as the guarded client reads it.
fn within(bytes_max: usize, body: Vec<u8>) -> Result<Vec<u8>, OutboundError> {
    if body.len() > bytes_max { Err(OutboundError::TooLarge { bytes_max }) } else { Ok(body) }
}

impl Provider {
    /// A provider with the RSA key under the name `1`, that answers with an honest id token.
    pub(crate) fn new() -> Arc<Self> {
        Self::answering(honest_token())
    }

    /// A provider that answers with this id token.
    pub(crate) fn answering(id_token: String) -> Arc<Self> {
        let script = Script {
            token: Ok(json_answer(200, &tokens(id_token))),
            keys: Ok(json!({ "keys": [RSA.jwk("1")] })),
            user_info: Ok(json_answer(200, &json!({ "sub": "u-1" }))),
        };
        Arc::new(Self { script: Mutex::new(script), fetches: Mutex::default(), requests: Mutex::default() })
    }

    pub(crate) fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    /// How often the keys were fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.lock().unwrap().len()
    }

    pub(crate) fn requests(&self) -> Vec<OutboundRequest> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn relying_party(self: &Arc<Self>) -> OidcRelyingParty {
        OidcRelyingParty::new(Arc::<Self>::clone(self))
    }
}

pub(crate) fn json_answer(status: u16, body: &Value) -> OutboundAnswer {
    OutboundAnswer {
        status,
        content_type: Some("application/json".into()),
        body: body.to_string().into_bytes(),
    }
}

pub(crate) fn tokens(id_token: String) -> Value {
    json!({ "id_token": id_token, "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300 })
}

pub(crate) fn header() -> Value {
    json!({ "alg": "RS256", "kid": "1", "typ": "JWT" })
}

pub(crate) fn claims() -> Value {
    let at = NOW.unix_timestamp();
    json!({
        "iss": ISSUER, "aud": CLIENT_ID, "sub": "u-1", "exp": at + 300, "iat": at, "nonce": encode(NONCE),
        "sid": "s-1", "email": "ada@example.com", "groups": ["staff", "admins"],
    })
}

pub(crate) fn honest_token() -> String {
    RSA.sign(&header(), &claims())
}

pub(crate) fn client() -> OidcClient {
    let url = |path: &str| HttpsUrl::parse(&format!("https://idp.example/{path}")).unwrap();
    OidcClient {
        provider: OidcProvider {
            issuer: Issuer::parse(ISSUER).unwrap(),
            authorization_endpoint: url("authorize"),
            token_endpoint: url("token"),
            userinfo_endpoint: Some(url("userinfo")),
            jwks_uri: url("keys"),
            end_session_endpoint: None,
            token_auth_methods: TokenAuthMethod::ALL.to_vec(),
            id_token_algorithms: IdTokenAlgorithm::ALL.to_vec(),
            supports_pkce_s256: true,
            sends_iss: false,
        },
        discovery_url: None,
        client_id: CLIENT_ID.into(),
        client_secret: Some(Sealed::from_bytes(vec![1])),
        token_auth_method: TokenAuthMethod::ClientSecretBasic,
        id_token_algorithm: None,
        pkce: true,
        fetch_user_info: false,
        redirect_uri: None,
    }
}

pub(crate) fn exchange() -> OidcExchange {
    OidcExchange::new(NONCE, Some(VERIFIER))
}

pub(crate) fn order<'a>(client: &'a OidcClient, exchange: &'a OidcExchange) -> OidcExchangeOrder<'a> {
    OidcExchangeOrder {
        client,
        issuer: IssuerRule::Exact,
        credential: SECRET,
        redirect_uri: "https://login.vendor.example/sso/oidc/callback",
        callback: OidcCallback { code: Some(CODE), ..OidcCallback::default() },
        exchange,
        assertion_id: [9; 16],
        now: NOW,
        skew: CLOCK_SKEW,
    }
}

/// Judges an answer of the provider for a client.
pub(crate) async fn judge(provider: &Arc<Provider>, client: &OidcClient) -> OidcJudgement {
    provider.relying_party().finish(&order(client, &exchange())).await
}

/// The check that failed, what came, and the class and the message of the failure. Everything
/// before it passed, everything behind it was skipped, and no secret is told.
pub(crate) fn refused(judgement: &OidcJudgement) -> (CheckName, String, FailureCode, String) {
    let failure = judgement.outcome.clone().unwrap_err();
    let position = judgement.checks.iter().position(|check| check.outcome == CheckOutcome::Failed).unwrap();
    let check = &judgement.checks[position];
    assert_eq!(check.name, failure.check);
    assert!(check.expected.is_some());
    let (before, behind) = (&judgement.checks[..position], &judgement.checks[position + 1..]);
    // Userinfo may not have been asked for.
    let passed = |check: &Check| {
        check.outcome == CheckOutcome::Passed || *check == Check::skipped(CheckName::UserInfo)
    };
    assert!(before.iter().all(passed), "{before:?}");
    assert!(behind.iter().all(|check| check.outcome == CheckOutcome::Skipped), "{behind:?}");
    tells_no_secret(judgement);
    (failure.check, check.received.clone().unwrap(), failure.code, failure.message)
}

pub(crate) fn tells_no_secret(judgement: &OidcJudgement) {
    let told = format!("{judgement:?}");
    for secret in [CODE, ACCESS_TOKEN, "se:cret", &encode(VERIFIER), "eyJ"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}
