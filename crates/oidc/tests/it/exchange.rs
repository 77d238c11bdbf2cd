//! The token endpoint, over HTTP and the guarded client: what it is asked, and what it says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vestibule_application::ports::oidc_sign_in::{
    ClientCredential, IssuerRule, OidcCallback, OidcExchange, OidcExchangeOrder, OidcJudgement,
    OidcSignIn as _, TOKEN_ANSWER_BYTES_MAX,
};
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_domain::oidc::{OidcClient, OidcProvider, TokenAuthMethod};
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::MessageKind;
use vestibule_domain::url::HttpsUrl;
use vestibule_oidc::{CODE_BYTES_MAX, OidcRelyingParty};
use vestibule_outbound::{AllowList, GuardedClient};

use crate::provider::{
    CLIENT_ID, CODE, ISSUER, NONCE, NOW, Provider, SECRET, VERIFIER, client, exchange, honest_token, judge,
    order, refused, tells_no_secret, tokens,
};
use crate::signers::{RSA, Signer, decode, encode};

/// A provider's endpoints on this machine.
struct Endpoints {
    address: std::net::SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Endpoints {
    /// Answers at `/keys` with the provider's keys and elsewhere with this.
    async fn answering(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, body, content_type) = (Arc::clone(&requests), body.into(), content_type.to_owned());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                let keys = json!({ "keys": [RSA.jwk("1")] }).to_string().into_bytes();
                let (status, body) =
                    if request.starts_with("GET /keys ") { (200, &keys) } else { (status, &body) };
                seen.lock().unwrap().push(request);
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n",
                    body.len()
                );
                // A client that has read enough hangs up.
                let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
            }
        });
        Self { address, requests }
    }

    async fn honest() -> Self {
        Self::answering(200, "application/json", tokens(honest_token()).to_string()).await
    }

    fn client(&self) -> OidcClient {
        let url =
            |path: &str| HttpsUrl::parse_allowing_http(&format!("http://{}/{path}", self.address)).unwrap();
        let provider =
            OidcProvider { token_endpoint: url("token"), jwks_uri: url("keys"), ..client().provider };
        OidcClient { provider, ..client() }
    }

    async fn finish(&self, order: &OidcExchangeOrder<'_>) -> OidcJudgement {
        let allow = AllowList::parse(&self.address.to_string()).unwrap();
        let outbound = GuardedClient::builder().allow(allow).build().unwrap();
        OidcRelyingParty::new(Arc::new(outbound)).finish(order).await
    }

    async fn judge(&self) -> OidcJudgement {
        self.finish(&order(&self.client(), &exchange())).await
    }

    /// The token request: its head in lower case, and its form.
    fn token_request(&self) -> (String, BTreeMap<String, String>) {
        let request = self.requests.lock().unwrap()[0].clone();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let pairs: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let form: BTreeMap<_, _> = pairs.iter().cloned().collect();
        assert_eq!(form.len(), pairs.len(), "each member once");
        assert!(head.starts_with("POST /token HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-www-form-urlencoded\r\n"), "{head}");
        assert!(head.contains("accept: application/json"), "{head}");
        (head.to_owned(), form)
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text.into_owned();
            }
        }
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "a whole request");
    }
}

/// What every request has, whoever we are.
fn common() -> BTreeMap<String, String> {
    [
        ("grant_type", "authorization_code"),
        ("code", CODE),
        ("redirect_uri", "https://login.vendor.example/sso/oidc/callback"),
        ("code_verifier", &encode(VERIFIER)),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[tokio::test]
async fn client_secret_basic_encodes_both_halves() {
    let endpoints = Endpoints::honest().await;
    let judgement = endpoints.judge().await;
    assert!(judgement.outcome.is_ok(), "{:?}", judgement.outcome);
    let (head, form) = endpoints.token_request();
    assert_eq!(form, common());
    let credential = STANDARD.encode("our+client%2F1:se%3Acret+%2B%25%26");
    assert!(head.contains(&format!("authorization: Basic {credential}\r\n")), "{head}");
}

#[tokio::test]
async fn client_secret_post_puts_the_secret_into_the_form() {
    let endpoints = Endpoints::honest().await;
    let client = OidcClient { token_auth_method: TokenAuthMethod::ClientSecretPost, ..endpoints.client() };
    assert!(endpoints.finish(&order(&client, &exchange())).await.outcome.is_ok());
    let (head, form) = endpoints.token_request();
    let mut expected = common();
    expected.insert("client_id".into(), CLIENT_ID.into());
    expected.insert("client_secret".into(), "se:cret +%&".into());
    assert_eq!(form, expected);
    assert!(!head.contains("authorization"), "{head}");
}

fn certificate(key: KeyKind) -> Certificate {
    let der = b"a certificate".to_vec();
    Certificate {
        fingerprint: Fingerprint::of_der(&der),
        der,
        subject: String::new(),
        issuer: String::new(),
        not_before: NOW,
        not_after: NOW,
        key,
    }
}

/// Our keys for `private_key_jwt`: as PKCS#8, and as others verify with them.
fn our_keys() -> Vec<(Vec<u8>, KeyKind, &'static str, jsonwebtoken::DecodingKey)> {
    let Signer::Rsa(rsa) = &*RSA else { unreachable!() };
    let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = RsaKeyPair::as_der(rsa).unwrap();
    let jwk = RSA.jwk("1");
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    let rsa_public = jsonwebtoken::DecodingKey::from_rsa_components(&text("n"), &text("e")).unwrap();
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let p256_public = jsonwebtoken::DecodingKey::from_ec_der(p256.public_key().as_ref());
    let p256_pkcs8 = p256.to_pkcs8v1().unwrap().as_ref().to_vec();
    vec![
        (pkcs8.as_ref().to_vec(), KeyKind::Rsa { bits: 2048 }, "RS256", rsa_public),
        (p256_pkcs8, KeyKind::EcP256, "ES256", p256_public),
    ]
}

#[tokio::test]
async fn private_key_jwt_signs_who_we_are_for_this_endpoint_and_a_few_minutes() {
    for (pkcs8, kind, algorithm, public) in our_keys() {
        let endpoints = Endpoints::honest().await;
        let client = OidcClient { token_auth_method: TokenAuthMethod::PrivateKeyJwt, ..endpoints.client() };
        let (certificate, exchange) = (certificate(kind), exchange());
        let credential = ClientCredential::Key { pkcs8: &pkcs8, certificate: &certificate };
        let judgement =
            endpoints.finish(&OidcExchangeOrder { credential, ..order(&client, &exchange) }).await;
        assert!(judgement.outcome.is_ok(), "{:?}", judgement.outcome);

        let (head, mut form) = endpoints.token_request();
        assert!(!head.contains("authorization"), "{head}");
        let assertion = form.remove("client_assertion").unwrap();
        let mut expected = common();
        expected.insert("client_id".into(), CLIENT_ID.into());
        expected.insert(
            "client_assertion_type".into(),
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into(),
        );
        assert_eq!(form, expected);

        let (header, claims) = decode(&assertion);
        let thumbprint = encode(certificate.fingerprint.as_bytes());
        assert_eq!(header["alg"], algorithm);
        assert_eq!((&header["kid"], &header["x5t#S256"]), (&json!(thumbprint), &json!(thumbprint)));
        let at = NOW.unix_timestamp();
        let endpoint = client.provider.token_endpoint.as_str();
        assert_eq!(
            claims,
            json!({
                "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": endpoint, "jti": encode([9; 16]),
                "iat": at, "exp": at + 300,
            })
        );
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let algorithm = algorithm.parse().unwrap();
        assert!(jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &public, algorithm).unwrap());
    }
}

#[tokio::test]
async fn without_pkce_no_verifier_is_sent() {
    let endpoints = Endpoints::honest().await;
    let exchange = OidcExchange::new(NONCE, None);
    assert!(endpoints.finish(&order(&endpoints.client(), &exchange)).await.outcome.is_ok());
    let mut expected = common();
    expected.remove("code_verifier");
    assert_eq!(endpoints.token_request().1, expected);
}

#[tokio::test]
async fn a_credential_that_does_not_fit_is_not_sent() {
    let certificate = certificate(KeyKind::EcP256);
    let key = ClientCredential::Key { pkcs8: b"no key", certificate: &certificate };
    for (method, credential, expected) in [
        (TokenAuthMethod::PrivateKeyJwt, SECRET, "the connection has no credential for private_key_jwt."),
        (TokenAuthMethod::ClientSecretPost, key, "the connection has no credential for client_secret_post."),
        (TokenAuthMethod::PrivateKeyJwt, key, "the connection's key for private_key_jwt cannot be used."),
    ] {
        let provider = Provider::new();
        let client = OidcClient { token_auth_method: method, ..client() };
        let exchange = exchange();
        let order = OidcExchangeOrder { credential, ..order(&client, &exchange) };
        let (check, _, _, message) = refused(&provider.relying_party().finish(&order).await);
        assert_eq!((check, message.as_str()), (CheckName::Exchange, expected));
        assert!(provider.requests().is_empty());
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_change() {
    let error = |error: &str| json!({ "error": error, "error_description": "Some\r\nwords" }).to_string();
    for (status, content_type, body, received, beginning) in [
        (
            401,
            "application/json",
            error("invalid_client"),
            "status 401, invalid_client: Some  words",
            "The provider refused our client id or secret",
        ),
        (
            400,
            "application/json",
            error("invalid_grant"),
            "status 400, invalid_grant: Some  words",
            "The provider refused the code",
        ),
        // Some report errors with status 200.
        (
            200,
            "application/json",
            error("redirect_uri_mismatch"),
            "status 200, redirect_uri_mismatch: Some  words",
            "The provider does not know our redirect URI",
        ),
        (
            400,
            "application/json",
            error("weird"),
            "status 400, weird: Some  words",
            "The provider refused the code with `weird`",
        ),
        (
            500,
            "application/json",
            "{}".into(),
            "status 500, no error code: ",
            "The provider's token endpoint failed",
        ),
        (
            401,
            "text/html",
            "<p>no".into(),
            "status 401, text/html, 5 bytes",
            "The provider refused our client id or secret",
        ),
        (
            502,
            "text/html",
            "<p>no".into(),
            "status 502, text/html, 5 bytes",
            "The provider's token endpoint did not answer with JSON",
        ),
        (
            302,
            "text/html",
            String::new(),
            "status 302, text/html, 0 bytes",
            "The provider's token endpoint redirects",
        ),
        (
            200,
            "application/json",
            "[1]".into(),
            "status 200, application/json, 3 bytes",
            "The provider's token endpoint did not",
        ),
        (
            200,
            "application/json",
            json!({ "access_token": "x" }).to_string(),
            "an answer without id_token",
            "The provider answered without an id token",
        ),
        (
            200,
            "application/json",
            json!({ "id_token": 7 }).to_string(),
            "an answer without id_token",
            "The provider answered without an id token",
        ),
    ] {
        let judgement = Endpoints::answering(status, content_type, body).await.judge().await;
        let (check, came, code, message) = refused(&judgement);
        assert_eq!((check, code), (CheckName::Exchange, FailureCode::OidcExchangeFailed));
        assert_eq!(came, received);
        assert!(message.starts_with(beginning), "{message}");
    }
}

#[tokio::test]
async fn the_log_has_the_answer_without_its_secrets() {
    let answer = json!({
        "id_token": honest_token(), "access_token": "a-secret", "refresh_token": "another",
        "token_type": "Bearer", "expires_in": 300, "scope": "openid", "x": { "y": "a third" },
    });
    let judgement = Endpoints::answering(200, "application/json", answer.to_string()).await.judge().await;
    assert!(judgement.outcome.is_ok());
    let told = |wanted| judgement.messages.iter().find(|(kind, _)| *kind == wanted).unwrap().1.clone();
    let logged: Value = serde_json::from_str(&told(MessageKind::OidcTokens)).unwrap();
    assert_eq!(
        logged,
        json!({
            "id_token": format!("({} characters)", honest_token().len()), "access_token": "(8 characters)",
            "refresh_token": "(7 characters)", "token_type": "Bearer", "expires_in": 300, "scope": "openid",
            "x": "(not shown)",
        })
    );
    assert_eq!(told(MessageKind::OidcCallback), format!("code=({} characters)", CODE.len()));
    tells_no_secret(&judgement);
}

#[tokio::test]
async fn an_answer_may_have_exactly_the_limit() {
    let sized = |length: usize| {
        let mut body = tokens(honest_token()).to_string().into_bytes();
        body.resize(length, b' ');
        body
    };
    let at = Endpoints::answering(200, "application/json", sized(TOKEN_ANSWER_BYTES_MAX)).await;
    assert!(at.judge().await.outcome.is_ok());
    let past = Endpoints::answering(200, "application/json", sized(TOKEN_ANSWER_BYTES_MAX + 1)).await;
    let (check, received, ..) = refused(&past.judge().await);
    assert_eq!(check, CheckName::Exchange);
    assert_eq!(received, format!("the answer is larger than {TOKEN_ANSWER_BYTES_MAX} bytes"));
}

/// The judgement of a redirect.
async fn answered(callback: OidcCallback<'_>, client: &OidcClient) -> OidcJudgement {
    let exchange = exchange();
    let order = OidcExchangeOrder { callback, ..order(client, &exchange) };
    Provider::new().relying_party().finish(&order).await
}

#[tokio::test]
async fn a_code_has_a_size() {
    for (length, is_taken) in [(0, false), (1, true), (CODE_BYTES_MAX, true), (CODE_BYTES_MAX + 1, false)] {
        let code = "c".repeat(length);
        let judgement =
            answered(OidcCallback { code: Some(&code), ..OidcCallback::default() }, &client()).await;
        assert_eq!(judgement.outcome.is_ok(), is_taken, "{length}");
    }
    let (check, ..) = refused(&answered(OidcCallback::default(), &client()).await);
    assert_eq!(check, CheckName::Message);
}

#[tokio::test]
async fn an_error_of_the_provider_is_told() {
    for (error, code, beginning) in [
        ("access_denied", FailureCode::AccessDenied, "The person or the provider refused"),
        ("invalid_scope", FailureCode::IdpReportedError, "The provider does not let our client ask"),
        ("login_required", FailureCode::IdpReportedError, "The provider wants the person to sign in"),
        ("x\ny", FailureCode::IdpReportedError, "The provider reported the error `x y`"),
    ] {
        // With an error no code counts.
        let callback = OidcCallback {
            code: Some(CODE),
            error: Some(error),
            error_description: Some("Not\tassigned"),
            iss: None,
        };
        let judgement = answered(callback, &client()).await;
        let (check, received, class, message) = refused(&judgement);
        assert_eq!((check, class), (CheckName::Status, code));
        assert_eq!(received, format!("{}: Not assigned", error.replace('\n', " ")));
        assert!(message.starts_with(beginning), "{message}");
    }
}

#[tokio::test]
async fn an_answer_comes_from_the_provider_that_was_asked() {
    let announcing =
        OidcClient { provider: OidcProvider { sends_iss: true, ..client().provider }, ..client() };
    for (client, iss, is_taken) in [
        (&client(), None, true),
        (&client(), Some(ISSUER), true),
        (&client(), Some("https://evil.example"), false),
        (&client(), Some(""), false),
        (&announcing, Some(ISSUER), true),
        (&announcing, None, false),
    ] {
        let callback = OidcCallback { code: Some(CODE), iss, ..OidcCallback::default() };
        let judgement = answered(callback, client).await;
        assert_eq!(judgement.outcome.is_ok(), is_taken, "{iss:?}");
        if !is_taken {
            assert_eq!(refused(&judgement).0, CheckName::Issuer);
        }
    }
    // An error of somebody else's is not told as the provider's.
    let callback = OidcCallback {
        error: Some("access_denied"),
        iss: Some("https://evil.example"),
        ..OidcCallback::default()
    };
    assert_eq!(refused(&answered(callback, &client()).await).0, CheckName::Issuer);
}

#[tokio::test]
async fn where_any_tenant_is_taken_an_answer_names_one() {
    let tenant = |id: &str| format!("https://login.example/{id}/v2.0");
    let issuer = IssuerRule::AnyTenant { template: "https://login.example/{tenantid}/v2.0" };
    for (named, is_taken) in [
        (tenant("72f988bf-86f1-41af-91ab-2d7cd011db47"), true),
        (tenant("72f988bf-86f1-41af-91ab-2d7cd011db4"), false),
        (tenant("72f988bf-86f1-41af-91ab-2d7cd011db4g"), false),
        (tenant("{tenantid}"), false),
        (ISSUER.to_owned(), false),
    ] {
        let callback = OidcCallback { code: Some(CODE), iss: Some(&named), ..OidcCallback::default() };
        let (client, exchange) = (client(), exchange());
        let order = OidcExchangeOrder { callback, issuer, ..order(&client, &exchange) };
        let judgement = Provider::new().relying_party().finish(&order).await;
        let checks: Vec<_> = judgement.checks.iter().map(|check| (check.name, check.outcome)).collect();
        // The id token is another's all the same; it matters how far the answer gets.
        let exchanged = checks.contains(&(CheckName::Exchange, CheckOutcome::Passed));
        assert_eq!(exchanged, is_taken, "{named}: {checks:?}");
    }
}

#[tokio::test]
async fn an_endpoint_behind_the_guard_gives_no_answer() {
    let provider = Provider::new();
    let host = || "10.0.0.1".to_owned();
    provider.script(|script| {
        script.token =
            Err(vestibule_application::ports::outbound::OutboundError::ForbiddenAddress { host: host() });
    });
    let (check, received, ..) = refused(&judge(&provider, &client()).await);
    assert_eq!(check, CheckName::Exchange);
    assert!(received.contains("private or reserved network"), "{received}");
}
