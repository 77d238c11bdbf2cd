//! Connection types: how a connection is called on the wire.

use std::fmt;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// SAML 2.0.
    Saml,
    /// OpenID Connect.
    Oidc,
}

/// Family of a connection type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A connection of an organization that speaks SAML.
    Saml,
    /// A connection of an organization that speaks OpenID Connect.
    Oidc,
    /// Sign-in with a public provider, set up per environment.
    OAuth,
    /// None of these; appears only in filters.
    Other,
}

macro_rules! connection_types {
    ($($variant:ident = $wire:literal in $family:ident,)*) => {
        /// The types of the wire contract, irregular case included.
        ///
        /// Source: api/workos-wire-contract.md, section 8.1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ConnectionType {
            $(#[doc = concat!("`", $wire, "`")] $variant,)*
        }

        impl ConnectionType {
    /// Parameters that a provider demands in authorization requests beyond what the protocol says,
    /// as they are where the app asks for nothing else.
    ///
    /// Source: <https://developers.login.gov/oidc/authorization/>: a type of service must be named.
    pub fn authorization_parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::LoginGovOidc => &[("acr_values", "urn:acr.login.gov:auth-only")],
            _ => &[],
        }
    }

            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }

            /// The family.
            pub fn family(self) -> Family {
                match self { $(Self::$variant => Family::$family,)* }
            }
        }
    };
}

connection_types! {
    AdfsSaml = "ADFSSAML" in Saml,
    Auth0Saml = "Auth0SAML" in Saml,
    AzureSaml = "AzureSAML" in Saml,
    CasSaml = "CasSAML" in Saml,
    ClassLinkSaml = "ClassLinkSAML" in Saml,
    CloudflareSaml = "CloudflareSAML" in Saml,
    CyberArkSaml = "CyberArkSAML" in Saml,
    DuoSaml = "DuoSAML" in Saml,
    GenericSaml = "GenericSAML" in Saml,
    GoogleSaml = "GoogleSAML" in Saml,
    JumpCloudSaml = "JumpCloudSAML" in Saml,
    KeycloakSaml = "KeycloakSAML" in Saml,
    LastPassSaml = "LastPassSAML" in Saml,
    MiniOrangeSaml = "MiniOrangeSAML" in Saml,
    NetIqSaml = "NetIqSAML" in Saml,
    OktaSaml = "OktaSAML" in Saml,
    OneLoginSaml = "OneLoginSAML" in Saml,
    OracleSaml = "OracleSAML" in Saml,
    PingFederateSaml = "PingFederateSAML" in Saml,
    PingOneSaml = "PingOneSAML" in Saml,
    RipplingSaml = "RipplingSAML" in Saml,
    SalesforceSaml = "SalesforceSAML" in Saml,
    ShibbolethGenericSaml = "ShibbolethGenericSAML" in Saml,
    ShibbolethSaml = "ShibbolethSAML" in Saml,
    SimpleSamlPhpSaml = "SimpleSamlPhpSAML" in Saml,
    VmwareSaml = "VMwareSAML" in Saml,
    AdpOidc = "AdpOidc" in Oidc,
    CleverOidc = "CleverOIDC" in Oidc,
    EntraIdOidc = "EntraIdOIDC" in Oidc,
    GenericOidc = "GenericOIDC" in Oidc,
    GoogleOidc = "GoogleOIDC" in Oidc,
    LoginGovOidc = "LoginGovOidc" in Oidc,
    OktaOidc = "OktaOIDC" in Oidc,
    AppleOAuth = "AppleOAuth" in OAuth,
    BitbucketOAuth = "BitbucketOAuth" in OAuth,
    DiscordOAuth = "DiscordOAuth" in OAuth,
    GitHubOAuth = "GitHubOAuth" in OAuth,
    GitLabOAuth = "GitLabOAuth" in OAuth,
    GoogleOAuth = "GoogleOAuth" in OAuth,
    GrokOAuth = "GrokOAuth" in OAuth,
    IntuitOAuth = "IntuitOAuth" in OAuth,
    LinkedInOAuth = "LinkedInOAuth" in OAuth,
    MicrosoftOAuth = "MicrosoftOAuth" in OAuth,
    SalesforceOAuth = "SalesforceOAuth" in OAuth,
    SlackOAuth = "SlackOAuth" in OAuth,
    VercelMarketplaceOAuth = "VercelMarketplaceOAuth" in OAuth,
    VercelOAuth = "VercelOAuth" in OAuth,
    XeroOAuth = "XeroOAuth" in OAuth,
    XOAuth = "XOAuth" in OAuth,
    Pending = "Pending" in Other,
    Auth0Migration = "Auth0Migration" in Other,
    MagicLink = "MagicLink" in Other,
    TestIdp = "TestIdp" in Other,
}

impl ConnectionType {
    /// Reads the word on the wire. The list filter of some SDKs spells GitHub as `GithubOAuth`.
    pub fn parse(raw: &str) -> Option<Self> {
        if raw == "GithubOAuth" {
            return Some(Self::GitHubOAuth);
        }
        Self::ALL.iter().copied().find(|kind| kind.as_str() == raw)
    }

    /// The protocol of an organization's connection; none for the other families.
    pub fn protocol(self) -> Option<Protocol> {
        match self.family() {
            Family::Saml => Some(Protocol::Saml),
            Family::Oidc => Some(Protocol::Oidc),
            Family::OAuth | Family::Other => None,
        }
    }

    /// Whether a connection of the type may speak a protocol. The test identity provider speaks
    /// both.
    pub fn speaks(self, protocol: Protocol) -> bool {
        self == Self::TestIdp || self.protocol() == Some(protocol)
    }
}

impl fmt::Display for ConnectionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_its_word() {
        for kind in ConnectionType::ALL {
            assert_eq!(ConnectionType::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(ConnectionType::parse("GithubOAuth"), Some(ConnectionType::GitHubOAuth));
        assert_eq!(ConnectionType::parse("oktasaml"), None);
    }

    #[test]
    fn a_type_says_its_protocol() {
        assert_eq!(ConnectionType::OktaSaml.protocol(), Some(Protocol::Saml));
        assert_eq!(ConnectionType::LoginGovOidc.protocol(), Some(Protocol::Oidc));
        assert_eq!(ConnectionType::LoginGovOidc.authorization_parameters()[0].0, "acr_values");
        assert_eq!(ConnectionType::OktaOidc.authorization_parameters(), []);
        assert_eq!(ConnectionType::GoogleOAuth.protocol(), None);
        assert!(ConnectionType::OktaSaml.speaks(Protocol::Saml));
        assert!(!ConnectionType::OktaSaml.speaks(Protocol::Oidc));
        assert!(ConnectionType::TestIdp.speaks(Protocol::Saml));
        assert!(ConnectionType::TestIdp.speaks(Protocol::Oidc));
        assert!(!ConnectionType::GoogleOAuth.speaks(Protocol::Oidc));
    }
}
