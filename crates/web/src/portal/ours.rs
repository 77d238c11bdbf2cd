//! Our values, as an admin carries them to their console.

use vestibule_catalog::{EnterValue, OurValue, Provider};
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::environment::Environment;
use vestibule_words::{Text, text};

use super::view::walkthrough::FileView;
use crate::app::App;
use crate::sso::metadata::document;

/// One of our values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// The value.
    pub(super) text: String,
    /// Our name for it.
    pub(super) label: Text,
    /// What it is as a file, if it is better taken as one.
    document: Option<Document>,
}

impl Value {
    /// What to call it as a file.
    pub(super) fn file_name(&self) -> Option<&'static str> {
        self.document.map(Document::file_name)
    }
}

/// A value that is better taken as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Document {
    /// Our metadata for the connection.
    Metadata,
    /// The certificate of the key that signs our requests, or our assertions to a token endpoint.
    SigningCertificate,
}

impl Document {
    fn file_name(self) -> &'static str {
        match self {
            Self::Metadata => "sp-metadata.xml",
            Self::SigningCertificate => SIGNING_CERTIFICATE_FILE,
        }
    }
}

/// The name of the certificate's file.
pub(super) const SIGNING_CERTIFICATE_FILE: &str = "sp-signing.pem";

/// What the certificate that follows it is called as a file.
pub(super) const NEXT_SIGNING_CERTIFICATE_FILE: &str = "sp-signing-next.pem";

/// The name of a value; none for those that this version has not.
fn label(key: OurValue) -> Option<Text> {
    match key {
        OurValue::AppName => Some(text!("ours-app-name")),
        OurValue::AcsUrl => Some(text!("ours-acs-url")),
        OurValue::SpEntityId => Some(text!("ours-sp-entity-id")),
        OurValue::SpMetadataUrl => Some(text!("ours-sp-metadata-url")),
        OurValue::SpMetadataXml => Some(text!("ours-sp-metadata")),
        OurValue::SpLoginUrl => Some(text!("ours-sign-in-url")),
        OurValue::AcsUrlRegex => Some(text!("ours-acs-url-regex")),
        OurValue::RedirectUri => Some(text!("ours-redirect-uri")),
        OurValue::LoginInitiationUri => Some(text!("ours-login-initiation-uri")),
        OurValue::SpSigningCertificate => Some(text!("ours-signing-certificate")),
        OurValue::ClientPublicCertificate => Some(text!("ours-client-certificate")),
        OurValue::ScimBaseUrl
        | OurValue::ScimBaseUrlEntra
        | OurValue::ScimBearerToken
        | OurValue::ScimAuthorizationHeader
        | OurValue::OauthScopes
        | OurValue::ServiceAccountEmail
        | OurValue::WebhookUrl
        | OurValue::WebhookSigningSecret
        | OurValue::SampleEvent
        | OurValue::TableSchema
        | OurValue::RsaPublicKey
        | OurValue::AwsPrincipalArn
        | OurValue::AwsExternalId
        | OurValue::AwsTrustPolicy
        | OurValue::AwsPermissionsPolicy
        | OurValue::SourceIps
        | OurValue::SftpHost
        | OurValue::SftpPort
        | OurValue::SftpUsername
        | OurValue::SftpHostKey
        | OurValue::TxtName
        | OurValue::TxtNameRelative
        | OurValue::TxtValue
        | OurValue::TxtTtl => None,
    }
}

/// Whether a walkthrough shows only values that exist. One that asks an admin to carry over what
/// we do not have is not offered.
pub(super) fn covers(provider: &Provider) -> bool {
    provider.steps.iter().all(|step| {
        let entered = step.enter.iter().filter_map(|row| match &row.value {
            EnterValue::Ref(key) => Some(*key),
            EnterValue::Literal(_) => None,
        });
        step.copy.iter().copied().chain(entered).all(exists_always)
    })
}

/// Whether every connection has a value.
fn exists_always(key: OurValue) -> bool {
    // Only SAML connections that sign their requests have that certificate; one for assertions is
    // made when a provider is picked that asks for it.
    key != OurValue::SpSigningCertificate && label(key).is_some()
}

/// The value for a connection.
pub(super) fn value(
    key: OurValue,
    app: &App,
    environment: &Environment,
    connection: &Connection,
) -> Option<Value> {
    let addresses = &app.ambient.addresses;
    let text = match key {
        OurValue::AppName => environment.display_name().to_string(),
        OurValue::AcsUrl => addresses.acs_url_of(connection),
        OurValue::SpEntityId => addresses.entity_id_of(connection),
        OurValue::SpMetadataUrl => addresses.sp_entity_id(connection.id),
        OurValue::SpMetadataXml => document(app, connection).ok()?,
        OurValue::SpLoginUrl | OurValue::LoginInitiationUri => addresses.login_initiation_uri(connection.id),
        OurValue::AcsUrlRegex => anchored(&addresses.acs_url_of(connection)),
        OurValue::RedirectUri => addresses.oidc_redirect_uri(),
        OurValue::SpSigningCertificate | OurValue::ClientPublicCertificate => {
            signing_certificate(connection)?
        }
        _ => return None,
    };
    let document = match key {
        OurValue::SpMetadataXml => Some(Document::Metadata),
        OurValue::SpSigningCertificate | OurValue::ClientPublicCertificate => {
            Some(Document::SigningCertificate)
        }
        _ => None,
    };
    Some(Value { text, label: label(key)?, document })
}

/// The document's address, for a value that is one.
pub(super) fn file(value: &Value, app: &App, connection: &Connection) -> Option<FileView> {
    value.document.map(|document| FileView {
        href: match document {
            Document::Metadata => app.ambient.addresses.sp_entity_id(connection.id),
            Document::SigningCertificate => format!("/portal/sso/{SIGNING_CERTIFICATE_FILE}"),
        },
        file_name: document.file_name(),
    })
}

/// Whether a provider's console asks for the certificate of `private_key_jwt`: then it knows our
/// client by that key, and by no secret.
pub(super) fn proves_itself_by_key(provider: &Provider) -> bool {
    provider.given(OurValue::ClientPublicCertificate).next().is_some()
}

/// The certificate of the key that signs our requests or assertions, as PEM, where a connection has
/// one.
pub(super) fn signing_certificate(connection: &Connection) -> Option<String> {
    let pair = match &connection.settings {
        ProtocolSettings::Saml(saml) => saml.signing_key.as_ref(),
        ProtocolSettings::Oidc(oidc) => oidc.signing_key.as_ref(),
    };
    Some(pair?.certificate.to_pem())
}

/// An address as a regular expression that matches it alone.
fn anchored(address: &str) -> String {
    let mut pattern = String::with_capacity(address.len() + 8);
    pattern.push('^');
    for c in address.chars() {
        if !c.is_alphanumeric() && !matches!(c, '_' | '-' | ':' | '/') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('$');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_matched_alone() {
        assert_eq!(
            anchored("https://sso.example.com:8443/sso/saml/conn_1/acs?x=1"),
            r"^https://sso\.example\.com:8443/sso/saml/conn_1/acs\?x\=1$"
        );
    }

    #[test]
    fn every_walkthrough_is_offered() {
        let catalog = vestibule_catalog::Catalog::embedded().unwrap();
        let left_out: Vec<&str> = catalog
            .providers()
            .iter()
            .filter(|provider| !covers(provider))
            .map(|provider| provider.slug.as_str())
            .collect();
        assert_eq!(left_out, [""; 0]);
    }
}
