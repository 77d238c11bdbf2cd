//! Public providers in tests: one beside us stands in for Google or Microsoft.
//!
//! Compiled into builds with debug assertions alone: no released program can be told to send
//! people, codes and client secrets elsewhere.

use vestibule_application::sign_in::{PublicProvider, PublicProviders};
use vestibule_domain::url::{HttpsUrl, Issuer};

use crate::Failure;

/// The providers, each at the address that a variable names if it is set.
pub(crate) fn instead_of(published: PublicProviders) -> Result<PublicProviders, Failure> {
    let PublicProviders { google, microsoft } = published;
    Ok(PublicProviders {
        google: at("VESTIBULE_TEST_GOOGLE", google, "")?,
        microsoft: at("VESTIBULE_TEST_MICROSOFT", microsoft, "/{tenantid}/v2.0")?,
    })
}

/// The provider at the base address in a variable, with the paths that `oidc-provider` has.
#[expect(clippy::disallowed_methods, reason = "no setting: only tests of debug builds know of it")]
fn at(variable: &str, published: PublicProvider, tenant: &str) -> Result<PublicProvider, Failure> {
    let Ok(base) = std::env::var(variable) else { return Ok(published) };
    let wrong = |error| Failure::other("the address of a stand-in is broken", &error);
    let url = |path: &str| HttpsUrl::parse_allowing_http(&format!("{base}{path}")).map_err(wrong);
    let mut oidc = published.oidc;
    oidc.issuer = Issuer::parse_published(&base).map_err(wrong)?;
    oidc.authorization_endpoint = url("/auth")?;
    oidc.token_endpoint = url("/token")?;
    oidc.jwks_uri = url("/jwks")?;
    Ok(PublicProvider { oidc, tenant_issuer: published.tenant_issuer.map(|_| format!("{base}{tenant}")) })
}
