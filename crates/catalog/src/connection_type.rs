//! Connection types of the management API.

use std::collections::BTreeMap;

use crate::catalog::CatalogResult;
use crate::data::CONNECTION_TYPES_FILE;
use crate::error::CatalogError;
use crate::provider::Protocol;

/// The SAML types that `WorkOS`'s SDKs know.
const SAML: &[&str] = &[
    "ADFSSAML",
    "Auth0SAML",
    "AzureSAML",
    "CasSAML",
    "ClassLinkSAML",
    "CloudflareSAML",
    "CyberArkSAML",
    "DuoSAML",
    "GenericSAML",
    "GoogleSAML",
    "JumpCloudSAML",
    "KeycloakSAML",
    "LastPassSAML",
    "MiniOrangeSAML",
    "NetIqSAML",
    "OktaSAML",
    "OneLoginSAML",
    "OracleSAML",
    "PingFederateSAML",
    "PingOneSAML",
    "RipplingSAML",
    "SalesforceSAML",
    "ShibbolethGenericSAML",
    "ShibbolethSAML",
    "SimpleSamlPhpSAML",
    "VMwareSAML",
];

/// The `OpenID` Connect types that `WorkOS`'s SDKs know; their case is irregular.
const OIDC: &[&str] =
    &["AdpOidc", "CleverOIDC", "EntraIdOIDC", "GenericOIDC", "GoogleOIDC", "LoginGovOidc", "OktaOIDC"];

/// Connection types by slug, as written in `connection-types.toml`.
pub(crate) struct ConnectionTypes(BTreeMap<String, String>);

impl ConnectionTypes {
    pub(crate) fn parse(text: &str) -> CatalogResult<Self> {
        toml::from_str(text)
            .map(Self)
            .map_err(|error| CatalogError::from_toml(CONNECTION_TYPES_FILE, text, &error))
    }

    /// The type for a provider; it must belong to the provider's protocol.
    pub(crate) fn get(&self, slug: &str, protocol: Protocol) -> CatalogResult<&'static str> {
        let fail = |reason: String| CatalogError::new(CONNECTION_TYPES_FILE, slug, reason);
        let name = self.0.get(slug).ok_or_else(|| fail("the provider has no row".to_owned()))?;
        let known = match protocol {
            Protocol::Saml => SAML,
            Protocol::Oidc => OIDC,
        };
        known
            .iter()
            .copied()
            .find(|known| known == name)
            .ok_or_else(|| fail(format!("`{name}` is not a connection type for {}", protocol.title())))
    }

    /// Refuses rows for providers that do not exist.
    pub(crate) fn check_slugs(&self, exists: impl Fn(&str) -> bool) -> CatalogResult<()> {
        match self.0.keys().find(|slug| !exists(slug)) {
            Some(slug) => Err(CatalogError::new(CONNECTION_TYPES_FILE, slug, "there is no such provider")),
            None => Ok(()),
        }
    }
}
