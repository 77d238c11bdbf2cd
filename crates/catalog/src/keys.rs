//! The closed sets of names that files and code share: our values, the fields that come back, and
//! the fields of a profile. A name in a file that is not here is refused at load, because no page
//! would know what to show for it.

/// Declares an enum whose variants are words of the schema.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in provider files, page ids and forms.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Finds the value for a word.
            pub fn find(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// A value of ours that an admin carries to their console, or the portal shows for copying.
    OurValue {
        /// Name of the vendor's product; may be used in any step without being listed.
        AppName = "app_name",
        /// SAML assertion consumer service.
        AcsUrl = "acs_url",
        /// SAML entity id of our side.
        SpEntityId = "sp_entity_id",
        /// Where our SAML metadata is served.
        SpMetadataUrl = "sp_metadata_url",
        /// Our SAML metadata as a document.
        SpMetadataXml = "sp_metadata_xml",
        /// Where a sign-in that starts at the service provider starts; also for start URL or `RelayState`.
        SpLoginUrl = "sp_login_url",
        /// Certificate of the key that signs our SAML requests.
        SpSigningCertificate = "sp_signing_certificate",
        /// The ACS URL escaped and anchored as a regular expression.
        AcsUrlRegex = "acs_url_regex",
        /// OpenID Connect redirect URI.
        RedirectUri = "redirect_uri",
        /// OpenID Connect `initiate_login_uri`.
        LoginInitiationUri = "login_initiation_uri",
        /// Certificate of the key with which we authenticate to the token endpoint.
        ClientPublicCertificate = "client_public_certificate",
        /// SCIM base URL.
        ScimBaseUrl = "scim_base_url",
        /// SCIM base URL plus Entra ID's `?aadOptscim062020`.
        ScimBaseUrlEntra = "scim_base_url_entra",
        /// SCIM token.
        ScimBearerToken = "scim_bearer_token",
        /// The word Bearer, a space, the SCIM token.
        ScimAuthorizationHeader = "scim_authorization_header",
        /// OAuth scopes to allow.
        OauthScopes = "oauth_scopes",
        /// E-mail address of our service account.
        ServiceAccountEmail = "service_account_email",
        /// Where a source sends its webhooks.
        WebhookUrl = "webhook_url",
        /// Secret for webhook signatures.
        WebhookSigningSecret = "webhook_signing_secret",
        /// An example of a delivered event.
        SampleEvent = "sample_event",
        /// Statement that creates the destination's table.
        TableSchema = "table_schema",
        /// Public key for key-pair authentication.
        RsaPublicKey = "rsa_public_key",
        /// AWS principal that assumes the customer's role.
        AwsPrincipalArn = "aws_principal_arn",
        /// External id in the role's trust policy.
        AwsExternalId = "aws_external_id",
        /// Trust policy of the role.
        AwsTrustPolicy = "aws_trust_policy",
        /// Permissions policy of the role.
        AwsPermissionsPolicy = "aws_permissions_policy",
        /// Addresses our requests come from.
        SourceIps = "source_ips",
        /// SFTP host name.
        SftpHost = "sftp_host",
        /// SFTP port.
        SftpPort = "sftp_port",
        /// SFTP user name.
        SftpUsername = "sftp_username",
        /// SFTP host key.
        SftpHostKey = "sftp_host_key",
        /// Full name of the TXT record.
        TxtName = "txt_name",
        /// Name of the TXT record relative to the zone.
        TxtNameRelative = "txt_name_relative",
        /// Value of the TXT record.
        TxtValue = "txt_value",
        /// Time to live of the TXT record.
        TxtTtl = "txt_ttl",
    }
}

words! {
    /// A field that the admin brings back for a connection.
    FieldKey {
        /// Address of the identity provider's SAML metadata.
        IdpMetadataUrl = "idp_metadata_url",
        /// The identity provider's SAML metadata as a document.
        IdpMetadataXml = "idp_metadata_xml",
        /// SAML entity id of the identity provider.
        IdpEntityId = "idp_entity_id",
        /// SAML single sign-on address, HTTP-Redirect binding.
        IdpSsoUrl = "idp_sso_url",
        /// X.509 certificate of the identity provider's signing key.
        IdpCertificate = "idp_certificate",
        /// OpenID Connect issuer, or the address of its discovery document.
        Issuer = "issuer",
        /// OAuth client id.
        ClientId = "client_id",
        /// OAuth client secret.
        ClientSecret = "client_secret",
        /// Entra ID tenant.
        TenantId = "tenant_id",
        /// Google Workspace domain, compared with the `hd` claim.
        HostedDomain = "hosted_domain",
        /// Authorization endpoint, for a provider without discovery.
        AuthorizationEndpoint = "authorization_endpoint",
        /// Token endpoint, for a provider without discovery.
        TokenEndpoint = "token_endpoint",
        /// Userinfo endpoint, for a provider without discovery.
        UserinfoEndpoint = "userinfo_endpoint",
        /// Key set, for a provider without discovery.
        JwksUri = "jwks_uri",
    }
}

words! {
    /// A field of our profile that an attribute or claim of the provider fills.
    ProfileField {
        /// Stable id of the person at the provider.
        IdpId = "idp_id",
        /// E-mail address.
        Email = "email",
        /// Given name.
        FirstName = "first_name",
        /// Family name.
        LastName = "last_name",
        /// Groups of the person.
        Groups = "groups",
        /// Login name.
        Username = "username",
        /// Name as displayed.
        DisplayName = "display_name",
        /// Whether the account is in use.
        Active = "active",
        /// Job title.
        Title = "title",
        /// Department.
        Department = "department",
        /// Manager.
        Manager = "manager",
        /// Employee number.
        EmployeeNumber = "employee_number",
    }
}

words! {
    /// Where a sign-in goes wrong: the checks of a sign-in, and what lies before them.
    SignInPoint {
        /// The provider stops the person, and nothing comes back.
        BeforeAnswer = "before_answer",
        /// What came cannot be read.
        Message = "message",
        /// The provider reports an error.
        Status = "status",
        /// It answers no request of ours.
        Request = "request",
        /// It was sent to another address.
        Destination = "destination",
        /// Its signature.
        Signature = "signature",
        /// What was encrypted to us.
        Decryption = "decryption",
        /// Who issued it.
        Issuer = "issuer",
        /// For whom it was made.
        Audience = "audience",
        /// Where it may be used.
        Recipient = "recipient",
        /// When it may be used.
        Times = "times",
        /// Whether it was used before.
        Fresh = "fresh",
        /// The exchange of the code.
        Exchange = "exchange",
        /// The person's further claims.
        UserInfo = "user_info",
        /// What a profile needs.
        Attributes = "attributes",
        /// The domain of the person's address.
        Domain = "domain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_finds_its_value() {
        for value in OurValue::ALL {
            assert_eq!(OurValue::find(value.as_str()), Some(*value));
        }
        for field in FieldKey::ALL {
            assert_eq!(FieldKey::find(field.as_str()), Some(*field));
        }
        assert_eq!(FieldKey::find("Issuer"), None);
        assert_eq!(ProfileField::find("email"), Some(ProfileField::Email));
    }

    #[test]
    fn our_values_are_the_keys_in_use_of_the_schema() {
        let readme = include_str!("../data/README.md");
        let line = readme.lines().find(|line| line.starts_with("Keys in use:")).unwrap();
        // The words of the list stand in back quotes, and so does one example of a query.
        let listed: std::collections::BTreeSet<_> =
            line.split('`').skip(1).step_by(2).filter(|word| !word.starts_with('?')).collect();
        let known: std::collections::BTreeSet<_> = OurValue::ALL.iter().map(|value| value.as_str()).collect();
        assert_eq!(known, listed);
    }
}
