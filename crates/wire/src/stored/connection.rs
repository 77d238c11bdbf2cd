//! Settings of a connection.

use serde::{Deserialize, Serialize};
use vestibule_domain::Instant;
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_domain::connection::ProtocolSettings;
use vestibule_domain::id::{IdpCertificateId, SpCertificateId};
use vestibule_domain::key_pair::SpKeyPair;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient, OidcProvider, OidcSettings, TokenAuthMethod};
use vestibule_domain::saml::{
    IdentityProvider, IdpCertificate, SamlOptions, SamlSettings, SsoBinding, SsoEndpoint,
    TrustedIdentityProvider,
};
use vestibule_domain::secret::Sealed;
use vestibule_domain::social::SocialClient;
use vestibule_domain::url::{EntityId, HttpsUrl, Issuer};

use super::care::CareForm;
use super::text::{Bytes, T};
use super::{Stored, StoredError, read, write};

#[derive(Serialize, Deserialize)]
struct CertificateForm {
    der: T<Bytes>,
    subject: String,
    issuer: String,
    not_before: T<Instant>,
    not_after: T<Instant>,
    key: T<KeyKind>,
}

impl From<&Certificate> for CertificateForm {
    fn from(certificate: &Certificate) -> Self {
        Self {
            der: T(Bytes(certificate.der.clone())),
            subject: certificate.subject.clone(),
            issuer: certificate.issuer.clone(),
            not_before: T(certificate.not_before),
            not_after: T(certificate.not_after),
            key: T(certificate.key),
        }
    }
}

impl From<CertificateForm> for Certificate {
    fn from(form: CertificateForm) -> Self {
        let T(Bytes(der)) = form.der;
        Self {
            fingerprint: Fingerprint::of_der(&der),
            der,
            subject: form.subject,
            issuer: form.issuer,
            not_before: form.not_before.0,
            not_after: form.not_after.0,
            key: form.key.0,
        }
    }
}

impl Stored for Certificate {
    fn to_stored(&self) -> String {
        write(&CertificateForm::from(self))
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        Ok(read::<CertificateForm>(document)?.into())
    }
}

/// A certificate with its id; the provider's, or ours with its private key.
#[derive(Serialize, Deserialize)]
struct IdpCertificateForm {
    id: T<IdpCertificateId>,
    added_at: T<Instant>,
    certificate: CertificateForm,
}

#[derive(Serialize, Deserialize)]
struct SpKeyPairForm {
    id: T<SpCertificateId>,
    added_at: T<Instant>,
    certificate: CertificateForm,
    private_key: T<Sealed>,
}

impl From<&SpKeyPair> for SpKeyPairForm {
    fn from(pair: &SpKeyPair) -> Self {
        Self {
            id: T(pair.id),
            added_at: T(pair.added_at),
            certificate: (&pair.certificate).into(),
            private_key: T(pair.private_key.clone()),
        }
    }
}

impl From<SpKeyPairForm> for SpKeyPair {
    fn from(form: SpKeyPairForm) -> Self {
        Self {
            id: form.id.0,
            added_at: form.added_at.0,
            certificate: form.certificate.into(),
            private_key: form.private_key.0,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct EndpointForm {
    binding: T<SsoBinding>,
    url: T<HttpsUrl>,
}

fn endpoints(endpoints: &[SsoEndpoint]) -> Vec<EndpointForm> {
    let form = |e: &SsoEndpoint| EndpointForm { binding: T(e.binding), url: T(e.url.clone()) };
    endpoints.iter().map(form).collect()
}

fn read_endpoints(forms: Vec<EndpointForm>) -> Vec<SsoEndpoint> {
    forms.into_iter().map(|form| SsoEndpoint { binding: form.binding.0, url: form.url.0 }).collect()
}

#[derive(Serialize, Deserialize)]
struct TrustedForm {
    entity_id: T<EntityId>,
    sso: Vec<EndpointForm>,
    slo: Vec<EndpointForm>,
    signing_certificates: Vec<IdpCertificateForm>,
    name_id_formats: Vec<String>,
    wants_signed_requests: bool,
    metadata_url: Option<T<HttpsUrl>>,
}

impl From<&TrustedIdentityProvider> for TrustedForm {
    fn from(idp: &TrustedIdentityProvider) -> Self {
        let certificate = |held: &IdpCertificate| IdpCertificateForm {
            id: T(held.id),
            added_at: T(held.added_at),
            certificate: (&held.certificate).into(),
        };
        Self {
            entity_id: T(idp.entity_id.clone()),
            sso: endpoints(&idp.sso),
            slo: endpoints(&idp.slo),
            signing_certificates: idp.signing_certificates.iter().map(certificate).collect(),
            name_id_formats: idp.name_id_formats.clone(),
            wants_signed_requests: idp.wants_signed_requests,
            metadata_url: idp.metadata_url.clone().map(T),
        }
    }
}

impl From<TrustedForm> for TrustedIdentityProvider {
    fn from(form: TrustedForm) -> Self {
        let certificate = |held: IdpCertificateForm| IdpCertificate {
            id: held.id.0,
            added_at: held.added_at.0,
            certificate: held.certificate.into(),
        };
        Self {
            entity_id: form.entity_id.0,
            sso: read_endpoints(form.sso),
            slo: read_endpoints(form.slo),
            signing_certificates: form.signing_certificates.into_iter().map(certificate).collect(),
            name_id_formats: form.name_id_formats,
            wants_signed_requests: form.wants_signed_requests,
            metadata_url: form.metadata_url.map(|T(url)| url),
        }
    }
}

/// What metadata said, as it waits in a portal session.
#[derive(Serialize, Deserialize)]
pub(super) struct IdentityProviderForm {
    entity_id: T<EntityId>,
    sso: Vec<EndpointForm>,
    slo: Vec<EndpointForm>,
    signing_certificates: Vec<CertificateForm>,
    name_id_formats: Vec<String>,
    wants_signed_requests: bool,
    valid_until: Option<T<Instant>>,
    /// Rows from before it was known have none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sha1_only: bool,
}

impl From<&IdentityProvider> for IdentityProviderForm {
    fn from(idp: &IdentityProvider) -> Self {
        Self {
            entity_id: T(idp.entity_id.clone()),
            sso: endpoints(&idp.sso),
            slo: endpoints(&idp.slo),
            signing_certificates: idp.signing_certificates.iter().map(Into::into).collect(),
            name_id_formats: idp.name_id_formats.clone(),
            wants_signed_requests: idp.wants_signed_requests,
            valid_until: idp.valid_until.map(T),
            sha1_only: idp.sha1_only,
        }
    }
}

impl From<IdentityProviderForm> for IdentityProvider {
    fn from(form: IdentityProviderForm) -> Self {
        Self {
            entity_id: form.entity_id.0,
            sso: read_endpoints(form.sso),
            slo: read_endpoints(form.slo),
            signing_certificates: form.signing_certificates.into_iter().map(Into::into).collect(),
            name_id_formats: form.name_id_formats,
            wants_signed_requests: form.wants_signed_requests,
            valid_until: form.valid_until.map(|T(at)| at),
            sha1_only: form.sha1_only,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct OidcProviderForm {
    issuer: T<Issuer>,
    authorization_endpoint: T<HttpsUrl>,
    token_endpoint: T<HttpsUrl>,
    userinfo_endpoint: Option<T<HttpsUrl>>,
    jwks_uri: T<HttpsUrl>,
    end_session_endpoint: Option<T<HttpsUrl>>,
    token_auth_methods: Vec<T<TokenAuthMethod>>,
    id_token_algorithms: Vec<T<IdTokenAlgorithm>>,
    supports_pkce_s256: bool,
    /// Rows from before it was known have none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sends_iss: bool,
}

/// Our registration at an OpenID Connect provider.
#[derive(Serialize, Deserialize)]
pub(super) struct OidcClientForm {
    provider: OidcProviderForm,
    discovery_url: Option<T<HttpsUrl>>,
    client_id: String,
    client_secret: Option<T<Sealed>>,
    token_auth_method: T<TokenAuthMethod>,
    id_token_algorithm: Option<T<IdTokenAlgorithm>>,
    pkce: bool,
    fetch_user_info: bool,
    redirect_uri: Option<T<HttpsUrl>>,
}

impl From<&OidcClient> for OidcClientForm {
    fn from(client: &OidcClient) -> Self {
        let provider = &client.provider;
        Self {
            provider: OidcProviderForm {
                issuer: T(provider.issuer.clone()),
                authorization_endpoint: T(provider.authorization_endpoint.clone()),
                token_endpoint: T(provider.token_endpoint.clone()),
                userinfo_endpoint: provider.userinfo_endpoint.clone().map(T),
                jwks_uri: T(provider.jwks_uri.clone()),
                end_session_endpoint: provider.end_session_endpoint.clone().map(T),
                token_auth_methods: provider.token_auth_methods.iter().copied().map(T).collect(),
                id_token_algorithms: provider.id_token_algorithms.iter().copied().map(T).collect(),
                supports_pkce_s256: provider.supports_pkce_s256,
                sends_iss: provider.sends_iss,
            },
            discovery_url: client.discovery_url.clone().map(T),
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone().map(T),
            token_auth_method: T(client.token_auth_method),
            id_token_algorithm: client.id_token_algorithm.map(T),
            pkce: client.pkce,
            fetch_user_info: client.fetch_user_info,
            redirect_uri: client.redirect_uri.clone().map(T),
        }
    }
}

impl From<OidcClientForm> for OidcClient {
    fn from(form: OidcClientForm) -> Self {
        let provider = form.provider;
        Self {
            provider: OidcProvider {
                issuer: provider.issuer.0,
                authorization_endpoint: provider.authorization_endpoint.0,
                token_endpoint: provider.token_endpoint.0,
                userinfo_endpoint: provider.userinfo_endpoint.map(|T(url)| url),
                jwks_uri: provider.jwks_uri.0,
                end_session_endpoint: provider.end_session_endpoint.map(|T(url)| url),
                token_auth_methods: provider.token_auth_methods.into_iter().map(|T(m)| m).collect(),
                id_token_algorithms: provider.id_token_algorithms.into_iter().map(|T(a)| a).collect(),
                supports_pkce_s256: provider.supports_pkce_s256,
                sends_iss: provider.sends_iss,
            },
            discovery_url: form.discovery_url.map(|T(url)| url),
            client_id: form.client_id,
            client_secret: form.client_secret.map(|T(sealed)| sealed),
            token_auth_method: form.token_auth_method.0,
            id_token_algorithm: form.id_token_algorithm.map(|T(algorithm)| algorithm),
            pkce: form.pkce,
            fetch_user_info: form.fetch_user_info,
            redirect_uri: form.redirect_uri.map(|T(url)| url),
        }
    }
}

/// Written with the protocol beside the settings. Not read so: to find a tag among members, all of
/// them are kept until it is found, and every sign-in reads this twice.
#[derive(Serialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
enum SettingsForm {
    Saml(SamlSettingsForm),
    Oidc(OidcSettingsForm),
}

/// Which settings a document holds.
#[derive(Deserialize)]
struct ProtocolForm {
    protocol: ProtocolName,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProtocolName {
    Saml,
    Oidc,
}

#[derive(Serialize, Deserialize)]
struct SamlSettingsForm {
    idp: Option<TrustedForm>,
    acs_url: Option<T<HttpsUrl>>,
    sp_entity_id: Option<T<EntityId>>,
    signing_key: Option<SpKeyPairForm>,
    /// There is none unless a switch is being prepared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_signing_key: Option<Box<SpKeyPairForm>>,
    #[serde(default)]
    encryption_keys: Vec<SpKeyPairForm>,
    /// Only connections of the test identity provider have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_key: Option<SpKeyPairForm>,
    #[serde(default)]
    options: SamlOptionsForm,
    /// Rows from before certificates were looked after have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    care: Option<CareForm>,
}

#[derive(Serialize, Deserialize)]
struct OidcSettingsForm {
    client: Option<OidcClientForm>,
    /// Rows from before there was one have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signing_key: Option<SpKeyPairForm>,
    /// Only connections of the test identity provider have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_key: Option<SpKeyPairForm>,
}

#[derive(Serialize, Deserialize)]
struct SocialClientForm {
    client_id: String,
    client_secret: T<Sealed>,
}

impl Stored for SocialClient {
    fn to_stored(&self) -> String {
        write(&SocialClientForm { client_id: self.id.clone(), client_secret: T(self.secret.clone()) })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let form: SocialClientForm = read(document)?;
        Ok(Self { id: form.client_id, secret: form.client_secret.0 })
    }
}

/// What a row from before there were options means by having none: the defaults.
#[derive(Serialize, Deserialize)]
#[serde(default)]
struct SamlOptionsForm {
    idp_initiated: bool,
    clock_skew_s: u16,
    allow_sha1: bool,
    allow_short_rsa: bool,
}

impl Default for SamlOptionsForm {
    fn default() -> Self {
        SamlOptions::default().into()
    }
}

impl From<SamlOptions> for SamlOptionsForm {
    fn from(options: SamlOptions) -> Self {
        let SamlOptions { idp_initiated, clock_skew, allow_sha1, allow_short_rsa } = options;
        // At most ten minutes.
        let clock_skew_s = u16::try_from(clock_skew.whole_seconds()).unwrap_or(0);
        Self { idp_initiated, clock_skew_s, allow_sha1, allow_short_rsa }
    }
}

impl From<SamlOptionsForm> for SamlOptions {
    fn from(form: SamlOptionsForm) -> Self {
        let SamlOptionsForm { idp_initiated, clock_skew_s, allow_sha1, allow_short_rsa } = form;
        let clock_skew = time::Duration::seconds(clock_skew_s.into());
        Self { idp_initiated, clock_skew, allow_sha1, allow_short_rsa }
    }
}

impl Stored for ProtocolSettings {
    fn to_stored(&self) -> String {
        write(&match self {
            Self::Saml(saml) => SettingsForm::Saml(SamlSettingsForm {
                idp: saml.idp.as_ref().map(Into::into),
                acs_url: saml.acs_url.clone().map(T),
                sp_entity_id: saml.sp_entity_id.clone().map(T),
                signing_key: saml.signing_key.as_ref().map(Into::into),
                next_signing_key: saml.next_signing_key.as_ref().map(|pair| Box::new(pair.into())),
                encryption_keys: saml.encryption_keys.iter().map(Into::into).collect(),
                test_key: saml.test_key.as_ref().map(Into::into),
                options: saml.options.into(),
                care: CareForm::of(saml.care),
            }),
            Self::Oidc(oidc) => SettingsForm::Oidc(OidcSettingsForm {
                client: oidc.client.as_ref().map(Into::into),
                signing_key: oidc.signing_key.as_ref().map(Into::into),
                test_key: oidc.test_key.as_ref().map(Into::into),
            }),
        })
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let ProtocolForm { protocol } = read(document)?;
        Ok(match protocol {
            ProtocolName::Saml => {
                let form: SamlSettingsForm = read(document)?;
                Self::Saml(Box::new(SamlSettings {
                    idp: form.idp.map(Into::into),
                    acs_url: form.acs_url.map(|T(url)| url),
                    sp_entity_id: form.sp_entity_id.map(|T(id)| id),
                    signing_key: form.signing_key.map(Into::into),
                    next_signing_key: form.next_signing_key.map(|form| (*form).into()),
                    encryption_keys: form.encryption_keys.into_iter().map(Into::into).collect(),
                    test_key: form.test_key.map(Into::into),
                    options: form.options.into(),
                    care: form.care.map(Into::into).unwrap_or_default(),
                }))
            }
            ProtocolName::Oidc => {
                let form: OidcSettingsForm = read(document)?;
                Self::Oidc(Box::new(OidcSettings {
                    client: form.client.map(Into::into),
                    signing_key: form.signing_key.map(Into::into),
                    test_key: form.test_key.map(Into::into),
                }))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::{Value, json};
    use time::macros::datetime;
    use ulid::Ulid;
    use vestibule_domain::certificate_watch::{CertificateCare, ExpiryWarning, KeyWarning};
    use vestibule_domain::connection_type::Protocol;
    use vestibule_domain::id::Id as _;
    use vestibule_domain::language::Language;

    const AT: Instant = datetime!(2026-11-21 12:00:00.5 UTC);

    fn url(raw: &str) -> HttpsUrl {
        HttpsUrl::parse_allowing_http(raw).unwrap()
    }

    fn certificate() -> Certificate {
        Certificate {
            der: vec![0x30, 0x00],
            fingerprint: Fingerprint::of_der(&[0x30, 0x00]),
            subject: "CN=idp".into(),
            issuer: "CN=ca".into(),
            not_before: AT,
            not_after: AT,
            key: KeyKind::Rsa { bits: 2048 },
        }
    }

    fn certificate_document() -> Value {
        json!({
            "der": "MAA=", "subject": "CN=idp", "issuer": "CN=ca", "key": "rsa-2048",
            "not_before": "2026-11-21T12:00:00.5Z", "not_after": "2026-11-21T12:00:00.5Z",
        })
    }

    fn pair() -> SpKeyPair {
        SpKeyPair {
            id: SpCertificateId::from_ulid(Ulid::from_parts(1, 2)),
            added_at: AT,
            certificate: certificate(),
            private_key: Sealed::from_bytes(vec![1]),
        }
    }

    fn pair_document() -> Value {
        json!({
            "id": "saml_party_trust_00000000010000000000000002", "added_at": "2026-11-21T12:00:00.5Z",
            "certificate": certificate_document(), "private_key": "AQ==",
        })
    }

    #[test]
    fn saml_settings_have_this_form() {
        let settings = ProtocolSettings::Saml(Box::new(SamlSettings {
            idp: Some(TrustedIdentityProvider {
                entity_id: EntityId::parse("urn:idp").unwrap(),
                sso: vec![SsoEndpoint { binding: SsoBinding::Redirect, url: url("https://idp.example/sso") }],
                slo: vec![SsoEndpoint { binding: SsoBinding::Post, url: url("http://idp.internal/slo") }],
                signing_certificates: vec![IdpCertificate {
                    id: IdpCertificateId::from_ulid(Ulid::from_parts(1, 3)),
                    added_at: AT,
                    certificate: certificate(),
                }],
                name_id_formats: vec!["urn:f".into()],
                wants_signed_requests: true,
                metadata_url: Some(url("https://idp.example/metadata")),
            }),
            acs_url: Some(url("https://old.example/acs")),
            sp_entity_id: Some(EntityId::parse("urn:sp").unwrap()),
            signing_key: Some(pair()),
            next_signing_key: Some(pair()),
            encryption_keys: vec![pair()],
            test_key: Some(pair()),
            options: SamlOptions { allow_sha1: true, ..SamlOptions::default() },
            care: CertificateCare {
                language: Language::De,
                told: Some(ExpiryWarning {
                    certificate: IdpCertificateId::from_ulid(Ulid::from_parts(1, 3)),
                    days: 30,
                }),
                told_signing: None,
                told_encryption: Some(KeyWarning { certificate: pair().id, days: 7 }),
                metadata_read_at: Some(datetime!(2026-11-21 12:00:01 UTC)),
            },
        }));
        let document = json!({
            "v": 1,
            "protocol": "saml",
            "idp": {
                "entity_id": "urn:idp",
                "sso": [{ "binding": "redirect", "url": "https://idp.example/sso" }],
                "slo": [{ "binding": "post", "url": "http://idp.internal/slo" }],
                "signing_certificates": [{
                    "id": "saml_x509_cert_00000000010000000000000003",
                    "added_at": "2026-11-21T12:00:00.5Z",
                    "certificate": certificate_document(),
                }],
                "name_id_formats": ["urn:f"],
                "wants_signed_requests": true,
                "metadata_url": "https://idp.example/metadata",
            },
            "acs_url": "https://old.example/acs",
            "sp_entity_id": "urn:sp",
            "signing_key": pair_document(),
            "next_signing_key": pair_document(),
            "encryption_keys": [pair_document()],
            "test_key": pair_document(),
            "options": {
                "idp_initiated": true, "clock_skew_s": 120, "allow_sha1": true, "allow_short_rsa": false,
            },
            "care": {
                "language": "de",
                "told_encryption": { "certificate": pair().id.to_string(), "days": 7 },
                "told": { "certificate": "saml_x509_cert_00000000010000000000000003", "days": 30 },
                "metadata_read_at": "2026-11-21T12:00:01Z",
            },
        });
        assert_eq!(kept(&settings), document);
        assert_eq!(reread(document), Ok(settings));
    }

    #[test]
    fn settings_from_before_there_were_options_have_the_defaults() {
        let document = json!({
            "v": 1, "protocol": "saml", "idp": null, "acs_url": null, "sp_entity_id": null,
            "signing_key": null, "encryption_keys": [],
        });
        assert_eq!(reread::<ProtocolSettings>(document), Ok(ProtocolSettings::empty(Protocol::Saml)));
    }

    #[test]
    fn oidc_settings_have_this_form() {
        let settings = ProtocolSettings::Oidc(Box::new(OidcSettings {
            client: Some(OidcClient {
                provider: OidcProvider {
                    issuer: Issuer::parse("https://idp.example").unwrap(),
                    authorization_endpoint: url("https://idp.example/a"),
                    token_endpoint: url("https://idp.example/t"),
                    userinfo_endpoint: None,
                    jwks_uri: url("https://idp.example/k"),
                    end_session_endpoint: None,
                    token_auth_methods: vec![TokenAuthMethod::ClientSecretBasic],
                    id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
                    supports_pkce_s256: true,
                    sends_iss: false,
                },
                discovery_url: None,
                client_id: "abc".into(),
                client_secret: Some(Sealed::from_bytes(vec![1])),
                token_auth_method: TokenAuthMethod::ClientSecretPost,
                id_token_algorithm: Some(IdTokenAlgorithm::EdDsa),
                pkce: true,
                fetch_user_info: false,
                redirect_uri: None,
            }),
            signing_key: None,
            test_key: None,
        }));
        let document = json!({
            "v": 1,
            "protocol": "oidc",
            "client": {
                "provider": {
                    "issuer": "https://idp.example",
                    "authorization_endpoint": "https://idp.example/a",
                    "token_endpoint": "https://idp.example/t",
                    "userinfo_endpoint": null,
                    "jwks_uri": "https://idp.example/k",
                    "end_session_endpoint": null,
                    "token_auth_methods": ["client_secret_basic"],
                    "id_token_algorithms": ["RS256"],
                    "supports_pkce_s256": true,
                },
                "discovery_url": null,
                "client_id": "abc",
                "client_secret": "AQ==",
                "token_auth_method": "client_secret_post",
                "id_token_algorithm": "EdDSA",
                "pkce": true,
                "fetch_user_info": false,
                "redirect_uri": null,
            },
        });
        assert_eq!(kept(&settings), document);
        assert_eq!(reread(document.clone()), Ok(settings.clone()));

        // What came later is written only where it says something.
        let ProtocolSettings::Oidc(mut oidc) = settings else { unreachable!() };
        oidc.signing_key = Some(pair());
        oidc.client.as_mut().unwrap().provider.sends_iss = true;
        let mut document = document;
        document["signing_key"] = pair_document();
        document["client"]["provider"]["sends_iss"] = json!(true);
        let settings = ProtocolSettings::Oidc(oidc);
        assert_eq!(kept(&settings), document);
        assert_eq!(reread(document), Ok(settings));
    }

    #[test]
    fn settings_say_anywhere_of_which_protocol_they_are() {
        let at_the_end =
            r#"{"v":1,"idp":null,"acs_url":null,"sp_entity_id":null,"signing_key":null,"protocol":"saml"}"#;
        let empty = ProtocolSettings::empty(Protocol::Saml);
        assert_eq!(ProtocolSettings::from_stored(at_the_end), Ok(empty));
        for wrong in [json!({ "v": 1 }), json!({ "v": 1, "protocol": "smtp" })] {
            assert_eq!(reread::<ProtocolSettings>(wrong), Err(StoredError::Form));
        }
        let newer = json!({ "v": 2, "protocol": "saml" });
        assert_eq!(reread::<ProtocolSettings>(newer), Err(StoredError::Version));
    }

    #[test]
    fn empty_settings_survive() {
        for protocol in [Protocol::Saml, Protocol::Oidc] {
            let settings = ProtocolSettings::empty(protocol);
            assert_eq!(reread(kept(&settings)), Ok(settings));
        }
    }

    #[test]
    fn a_client_at_a_public_provider_has_this_form() {
        let client = SocialClient { id: "id.apps.example".into(), secret: Sealed::from_bytes(vec![0]) };
        let document = json!({ "v": 1, "client_id": "id.apps.example", "client_secret": "AA==" });
        assert_eq!(kept(&client), document);
        assert_eq!(reread(document), Ok(client));
    }
}
