//! What an id token must say. Source: OpenID Connect Core 1.0, sections 3.1.3.6 and 3.1.3.7.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, UtcOffset};
use vestibule_application::ports::oidc_sign_in::{
    IssuerRule, OidcExchangeOrder, TENANT_PLACE, TOKEN_ANSWER_BYTES_MAX,
};
use vestibule_application::ports::outbound::Outbound;
use vestibule_domain::Instant;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::Failure;
use vestibule_domain::sso::session::MessageKind;

use crate::claims::Claims;
use crate::jws::Jws;
use crate::key_set::Verdict;
use crate::key_sets::KeySets;
use crate::request::text_of;
use crate::token_endpoint::Tokens;
use crate::trail::{Trail, Wrong, quote};

/// Whether somebody who names themselves is an issuer that a rule takes. Which tenant it must be is
/// seen in the id token.
pub(crate) fn may_issue(named: &str, own: &str, rule: IssuerRule<'_>) -> bool {
    match rule {
        IssuerRule::Exact => named == own,
        IssuerRule::AnyTenant { template } => template
            .split_once(TENANT_PLACE)
            .and_then(|(before, after)| named.strip_prefix(before)?.strip_suffix(after))
            .is_some_and(is_tenant),
    }
}

/// Whether this is the id of a tenant: a UUID, so that nothing else of an address fits in its place.
fn is_tenant(raw: &str) -> bool {
    let parts: Vec<&str> = raw.split('-').collect();
    let hex = |part: &&str| part.bytes().all(|b| b.is_ascii_hexdigit());
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(hex)
}

/// Verifies an id token and hands out its claims.
pub(crate) async fn verify(
    outbound: &dyn Outbound,
    key_sets: &KeySets,
    order: &OidcExchangeOrder<'_>,
    tokens: &Tokens,
    trail: &mut Trail,
) -> Result<Claims, Failure> {
    let claims = signed_claims(outbound, key_sets, order, tokens, trail).await?;
    issuer(order, &claims, trail)?;
    audience(order.client, &claims, trail)?;
    times(order.now, order.skew, &claims, trail)?;
    nonce(order, &claims, trail)?;
    Ok(claims)
}

/// The claims of a token that a key of the provider signed.
async fn signed_claims(
    outbound: &dyn Outbound,
    key_sets: &KeySets,
    order: &OidcExchangeOrder<'_>,
    tokens: &Tokens,
    trail: &mut Trail,
) -> Result<Claims, Failure> {
    let client = order.client;
    let words: Vec<_> = accepted(client).iter().map(|algorithm| algorithm.as_str()).collect();
    let expected = format!("a signature by {}", words.join(", "));
    let refuse = |trail: &mut Trail, received: String, message: String| {
        Err(trail.refuse(CheckName::Signature, Wrong::new(expected.clone(), received, message)))
    };
    let token = match Jws::parse(&tokens.id_token, TOKEN_ANSWER_BYTES_MAX) {
        Ok(token) => token,
        Err(error) => {
            return refuse(trail, error.to_string(), format!("The id token cannot be read: {error}."));
        }
    };
    let claims = match Claims::parse(&token.payload) {
        Ok(claims) => claims,
        Err(reason) => {
            return refuse(trail, quote(&reason), "The claims of the id token are no JSON object.".into());
        }
    };
    trail.keep(MessageKind::IdTokenClaims, claims.logged());

    let named = IdTokenAlgorithm::parse(&token.header.alg);
    let Some(algorithm) = named.filter(|algorithm| accepted(client).contains(algorithm)) else {
        let received = quote(&token.header.alg);
        let message = match received.as_str() {
            "HS256" | "HS384" | "HS512" => format!(
                "The provider signs id tokens with {received}, by the client secret; set an asymmetric algorithm \
                 such as RS256 in its console."
            ),
            "none" => {
                "The provider does not sign id tokens; set an algorithm such as RS256 in its console.".into()
            }
            _ => format!(
                "The id token is signed with `{received}`, which is not accepted for this connection."
            ),
        };
        return refuse(trail, received, message);
    };
    let uri = client.provider.jwks_uri.as_str();
    let judged = match key_sets.judge(outbound, uri, &token, algorithm, order.now).await {
        Ok(judged) => judged,
        Err(error) => {
            return refuse(trail, error.to_string(), format!("No signature can be checked: {error}."));
        }
    };
    let kid =
        token.header.kid.as_deref().map_or_else(|| "no kid".to_owned(), |kid| format!("kid {}", quote(kid)));
    let received = format!("{}, {kid}; the provider has {}", algorithm.as_str(), quote(&judged.keys.names()));
    match judged.verdict {
        Verdict::Genuine => {}
        Verdict::Forged => {
            return refuse(trail, received, "The signature of the id token is not the provider's.".into());
        }
        Verdict::NoKey => {
            let message = "The id token is signed with a key that is not among the provider's keys.";
            return refuse(trail, received, message.into());
        }
    }
    if let Some(wrong) = wrong_access_token_hash(&claims, tokens, algorithm) {
        return refuse(trail, wrong, "The access token does not belong to the id token (at_hash).".into());
    }
    trail.pass(CheckName::Signature, format!("{}, {kid}", algorithm.as_str()));
    Ok(claims)
}

/// The algorithms that a connection's id tokens may have.
fn accepted(client: &OidcClient) -> &[IdTokenAlgorithm] {
    client.id_token_algorithm.as_ref().map_or(&client.provider.id_token_algorithms, std::slice::from_ref)
}

/// What `at_hash` is instead, if it is there and is not the access token's.
fn wrong_access_token_hash(claims: &Claims, tokens: &Tokens, algorithm: IdTokenAlgorithm) -> Option<String> {
    let (said, access_token) = (claims.get("at_hash")?, tokens.access_token.as_deref()?);
    let hash = digest(hash_of(algorithm), access_token.as_bytes());
    let (half, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    (said.as_str() != Some(&URL_SAFE_NO_PAD.encode(half)))
        .then(|| format!("at_hash {}", quote(&said.to_string())))
}

/// The hash inside an algorithm; Ed25519 has SHA-512 inside.
fn hash_of(algorithm: IdTokenAlgorithm) -> &'static Algorithm {
    use IdTokenAlgorithm::{EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    match algorithm {
        Rs256 | Ps256 | Es256 => &SHA256,
        Rs384 | Ps384 | Es384 => &SHA384,
        Rs512 | Ps512 | EdDsa => &SHA512,
    }
}

fn issuer(order: &OidcExchangeOrder<'_>, claims: &Claims, trail: &mut Trail) -> Result<(), Failure> {
    let right = match order.issuer {
        IssuerRule::Exact => Some(order.client.provider.issuer.as_str().to_owned()),
        // Without a tenant no issuer is right.
        IssuerRule::AnyTenant { template } => {
            let tenant = claims.text("tid").filter(|tid| is_tenant(tid));
            tenant.map(|tenant| template.replace(TENANT_PLACE, tenant))
        }
    };
    let expected = match right {
        Some(right) if claims.text("iss") == Some(&right) => {
            trail.pass(CheckName::Issuer, right);
            return Ok(());
        }
        Some(right) => right,
        None => "the issuer of the tenant that tid names".to_owned(),
    };
    let message = "The id token was issued by somebody else than the connection's provider; compare the issuer in \
                   the provider's discovery document.";
    Err(trail.refuse(CheckName::Issuer, Wrong::new(expected, shown(claims, "iss"), message)))
}

fn audience(client: &OidcClient, claims: &Claims, trail: &mut Trail) -> Result<(), Failure> {
    let audiences = match claims.get("aud") {
        Some(Value::String(one)) => vec![one.as_str()],
        // Anything that is no text in between makes the list unusable.
        Some(Value::Array(several)) => {
            several.iter().map(Value::as_str).collect::<Option<_>>().unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let expected = client.client_id.as_str();
    let azp = claims.get("azp");
    let is_authorized = match azp {
        Some(azp) => azp.as_str() == Some(expected),
        // Several audiences, and no word for whom of them it was made.
        None => audiences.len() == 1,
    };
    if audiences.contains(&expected) && is_authorized {
        trail.pass(CheckName::Audience, quote(&audiences.join(", ")));
        return Ok(());
    }
    let received = match azp {
        None => format!("aud {}", shown(claims, "aud")),
        Some(_) => format!("aud {}, azp {}", shown(claims, "aud"), shown(claims, "azp")),
    };
    let message =
        "The id token was made for another client; compare the client id with the provider's console.";
    Err(trail.refuse(CheckName::Audience, Wrong::new(expected, received, message)))
}

fn times(now: Instant, skew: Duration, claims: &Claims, trail: &mut Trail) -> Result<(), Failure> {
    let at = |name: &str| claims.get(name).map(instant);
    let refuse = |trail: &mut Trail, expected: String, name: &str, message: &str| {
        let received = match at(name) {
            None => format!("no {name}"),
            Some(None) => format!("{name} {}", shown(claims, name)),
            Some(Some(at)) => format!("{name} {}", written(at)),
        };
        Err(trail.refuse(CheckName::Times, Wrong::new(expected, received, message)))
    };
    let Some(Some(expires_at)) = at("exp") else {
        return refuse(trail, "a time of expiry".into(), "exp", "The id token does not say when it expires.");
    };
    if now - skew >= expires_at {
        let expected = format!("an expiry after {}", written(now - skew));
        let message = "The id token has expired; compare the clocks of this server and of the provider.";
        return refuse(trail, expected, "exp", message);
    }
    let Some(Some(issued_at)) = at("iat") else {
        return refuse(
            trail,
            "a time of issue".into(),
            "iat",
            "The id token does not say when it was issued.",
        );
    };
    let latest = now + skew;
    let early = "The id token lies in the future; compare the clocks of this server and of the provider.";
    if issued_at > latest {
        return refuse(trail, format!("a time of issue before {}", written(latest)), "iat", early);
    }
    match at("nbf") {
        None => {}
        Some(Some(not_before)) if not_before <= latest => {}
        Some(_) => return refuse(trail, format!("valid at {}", written(latest)), "nbf", early),
    }
    trail.pass(
        CheckName::Times,
        format!("issued at {}, expires at {}", written(issued_at), written(expires_at)),
    );
    Ok(())
}

fn nonce(order: &OidcExchangeOrder<'_>, claims: &Claims, trail: &mut Trail) -> Result<(), Failure> {
    let expected = text_of(order.exchange.nonce());
    if claims.text("nonce") == Some(&expected) {
        trail.pass(CheckName::Fresh, "the nonce of the request");
        return Ok(());
    }
    let received = if claims.get("nonce").is_some() { "another nonce" } else { "no nonce" };
    let message = "The id token does not answer this request; sign in again from the beginning.";
    Err(trail.refuse(CheckName::Fresh, Wrong::new("the nonce of the request", received, message)))
}

/// A claim for people.
fn shown(claims: &Claims, name: &str) -> String {
    match claims.get(name) {
        None => format!("no {name}"),
        Some(Value::String(text)) => quote(text),
        Some(other) => quote(&other.to_string()),
    }
}

/// A `NumericDate`, cut to the second. Source: RFC 7519, section 2.
fn instant(value: &Value) -> Option<Instant> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float beyond an i64 becomes its limit, which is no time"
    )]
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    Instant::from_unix_timestamp(seconds).ok()
}

/// An instant for people, to whom a fraction of a second says nothing.
fn written(at: Instant) -> String {
    let at = at.replace_nanosecond(0).unwrap_or(at).to_offset(UtcOffset::UTC);
    at.format(&Rfc3339).unwrap_or_else(|_| at.to_string())
}
