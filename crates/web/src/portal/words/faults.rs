//! What is wrong with something that was brought, said to the person who brought it: what it is,
//! and what to do, in the words of their provider's console. One message for each way to fail.

use vestibule_application::ports::oidc::DiscoveryError;
use vestibule_application::ports::outbound::OutboundError;
use vestibule_application::ports::saml::{CertificateError, FileKind, METADATA_BYTES_MAX, MetadataError};
use vestibule_catalog::{FieldKey, MistakeKind, Provider};
use vestibule_domain::email::EmailError;
use vestibule_domain::url::{ENTITY_ID_CHARS_MAX, EntityIdError, URL_BYTES_MAX, UrlError};
use vestibule_words::{Text, text};

use crate::discovery::CREDENTIAL_BYTES_MAX;

/// Bytes of a MB, as people count them.
const MB: usize = 1024 * 1024;

/// Two messages, one after the other.
fn both(first: Text, then: Text) -> Text {
    text!("faults-both", first = first, then = then)
}

/// A fault, and where the console shows what was meant; the latter not for a guide that fits any
/// provider, whose labels are nobody's.
pub(in super::super) fn with_place(fault: Text, provider: &Provider, key: FieldKey) -> Text {
    let Some(field) = provider.field(key).filter(|_| provider.vendor.is_some()) else { return fault };
    let (product, label) = (provider.product(), field.label.as_str());
    let copy = match field.where_.as_deref() {
        Some(place) => text!("faults-copy", product = product, label = label, place = place),
        None => text!("faults-copy-anywhere", product = product, label = label),
    };
    both(fault, copy)
}

/// Nothing was filled in.
pub(in super::super) fn nothing_brought(has_address: bool) -> Text {
    if has_address { text!("faults-nothing-url") } else { text!("faults-nothing-xml") }
}

/// A field that must be filled in is empty.
pub(in super::super) fn missing(label: &str) -> Text {
    text!("faults-missing", label = label)
}

/// A provider that takes no client secret.
pub(in super::super) fn no_secret() -> Text {
    text!("faults-no-secret")
}

/// A private key, wherever it was pasted.
pub(in super::super) fn private_key() -> Text {
    text!("faults-private-key")
}

/// One of our own values.
pub(in super::super) fn ours(provider: &Provider, key: FieldKey) -> Text {
    with_place(text!("faults-ours"), provider, key)
}

/// A part that had to be filled in.
pub(in super::super) fn placeholder(part: &str) -> Text {
    text!("faults-placeholder", part = part)
}

/// The made-up value that stands beside the field.
pub(in super::super) fn example() -> Text {
    text!("faults-example")
}

/// The entity id in the field of an address.
pub(in super::super) fn entity_id_as_address(provider: &Provider) -> Text {
    with_place(text!("faults-entity-as-address"), provider, FieldKey::IdpSsoUrl)
}

/// An address where a certificate was asked for.
pub(in super::super) fn certificate_is_address() -> Text {
    text!("faults-certificate-address")
}

/// An endpoint of the provider instead of its issuer.
pub(in super::super) fn endpoint_as_issuer(provider: &Provider) -> Text {
    with_place(text!("faults-endpoint-as-issuer"), provider, FieldKey::Issuer)
}

/// A value that is known to be copied by mistake, and what was meant, where that follows.
pub(in super::super) fn mistake(
    kind: MistakeKind,
    meant: Option<&str>,
    provider: &Provider,
    key: FieldKey,
) -> Text {
    let product = provider.product();
    let fault = match kind {
        MistakeKind::ConsolePage => text!("faults-console-page", product = product),
        MistakeKind::SignInAddress => text!("faults-sign-in-address"),
        MistakeKind::StartPage => text!("faults-start-page", product = product),
        MistakeKind::WholeTenant => text!("faults-whole-tenant"),
        MistakeKind::SecretId => text!("faults-secret-id"),
        MistakeKind::SecretHere => text!("faults-secret-here"),
    };
    match meant {
        Some(value) => both(fault, text!("faults-instead", value = value)),
        None => with_place(fault, provider, key),
    }
}

/// What keeps a client id or secret from being one.
pub(in super::super) fn credential(value: &str) -> Option<Text> {
    if value.len() > CREDENTIAL_BYTES_MAX {
        Some(text!("faults-credential-long", max = CREDENTIAL_BYTES_MAX))
    } else if value.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Some(text!("faults-credential-space"))
    } else {
        None
    }
}

/// An e-mail address.
pub(in super::super) fn email(error: EmailError) -> Text {
    match error {
        EmailError::TooLong => text!("faults-email-long"),
        EmailError::Empty | EmailError::Syntax => text!("faults-email-syntax"),
    }
}

/// An address of the provider.
pub(in super::super) fn url(error: &UrlError) -> Text {
    match error {
        UrlError::Empty => text!("faults-url-empty"),
        UrlError::TooLong => text!("faults-url-long", max = URL_BYTES_MAX),
        UrlError::Syntax => text!("faults-url-syntax"),
        UrlError::Scheme | UrlError::PlainHttp => text!("faults-url-scheme"),
        UrlError::UserInfo => text!("faults-url-userinfo"),
        UrlError::Fragment => text!("faults-url-fragment"),
        UrlError::Host => text!("faults-url-host"),
        UrlError::ControlCharacter => text!("faults-url-space"),
    }
}

/// None of several providers was chosen.
pub(in super::super) fn none_chosen() -> Text {
    text!("choose-none")
}

/// An entity id.
pub(in super::super) fn entity_id(error: EntityIdError) -> Text {
    match error {
        EntityIdError::Empty => text!("faults-entity-empty"),
        EntityIdError::TooLong => text!("faults-entity-long", max = ENTITY_ID_CHARS_MAX),
        EntityIdError::WhiteSpace => text!("faults-entity-space"),
    }
}

/// A fetch.
pub(in super::super) fn fetch(error: &OutboundError) -> Text {
    match error {
        OutboundError::Scheme { .. } => text!("faults-url-scheme"),
        OutboundError::ForbiddenAddress { host } => text!("faults-fetch-private", host = host.as_str()),
        OutboundError::Dns { host } => text!("faults-fetch-dns", host = host.as_str()),
        OutboundError::Connect { host } => text!("faults-fetch-connect", host = host.as_str()),
        OutboundError::Tls { host, .. } => text!("faults-fetch-tls", host = host.as_str()),
        OutboundError::Timeout { timeout_ms } => {
            text!("faults-fetch-timeout", seconds = timeout_ms / 1_000)
        }
        OutboundError::TooLarge { bytes_max } => text!("faults-fetch-large", kb = bytes_max / 1_024),
        OutboundError::Redirect => text!("faults-fetch-redirect"),
        OutboundError::Status { status: 401 | 403 } => text!("faults-fetch-sign-in"),
        OutboundError::Status { status: status @ (404 | 410) } => {
            text!("faults-fetch-missing", status = *status)
        }
        OutboundError::Status { status: status @ 500.. } => text!("faults-fetch-server", status = *status),
        OutboundError::Status { status } => text!("faults-fetch-status", status = *status),
        OutboundError::Broken { .. } => text!("faults-fetch-broken"),
    }
}

/// A metadata document. Where something else was brought, the console's place of the right one is
/// told as well.
pub(in super::super) fn metadata(error: &MetadataError, provider: &Provider, key: FieldKey) -> Text {
    let placed = |fault| with_place(fault, provider, key);
    match error {
        MetadataError::Empty => text!("faults-metadata-empty"),
        MetadataError::TooLarge => text!("faults-metadata-large", mb = METADATA_BYTES_MAX / MB),
        MetadataError::Encoding => placed(text!("faults-metadata-encoding")),
        MetadataError::File { kind } => placed(match kind {
            FileKind::Archive => text!("faults-file-archive"),
            FileKind::Pdf => text!("faults-file-pdf"),
            FileKind::Office => text!("faults-file-office"),
            FileKind::Image => text!("faults-file-image"),
        }),
        MetadataError::NotXml => placed(text!("faults-metadata-not-xml")),
        MetadataError::TypographicQuotes => text!("faults-metadata-quotes"),
        MetadataError::Json => placed(text!("faults-metadata-json")),
        MetadataError::Discovery => text!("faults-metadata-discovery"),
        MetadataError::CertificateAlone => text!("faults-metadata-certificate"),
        MetadataError::PrivateKey => private_key(),
        MetadataError::Message { name } => placed(text!("faults-metadata-message", name = name.as_str())),
        MetadataError::WebPage => placed(text!("faults-metadata-page")),
        MetadataError::Doctype => text!("faults-metadata-doctype"),
        MetadataError::TooDeep { .. }
        | MetadataError::TooManyNodes { .. }
        | MetadataError::TooManyAttributes { .. } => text!("faults-metadata-complex"),
        MetadataError::NotWellFormed { line, column, .. } => {
            text!("faults-metadata-broken", line = *line, column = *column)
        }
        MetadataError::NotMetadata { root } => {
            let name = root.rsplit('}').next().unwrap_or(root);
            placed(text!("faults-metadata-other-xml", name = name))
        }
        MetadataError::ServiceProvider => placed(text!("faults-metadata-sp")),
        MetadataError::NoIdentityProvider => placed(text!("faults-metadata-no-idp")),
        MetadataError::EntityId(EntityIdError::Empty) => text!("faults-metadata-entity-missing"),
        MetadataError::EntityId(EntityIdError::TooLong | EntityIdError::WhiteSpace) => {
            text!("faults-metadata-entity-bad")
        }
        MetadataError::NoSsoEndpoint => text!("faults-metadata-no-sso"),
        MetadataError::SsoUrl(UrlError::Scheme | UrlError::PlainHttp) => text!("faults-metadata-sso-http"),
        MetadataError::SsoUrl(error) => text!("faults-metadata-sso-bad", reason = url(error)),
        MetadataError::NoSigningCertificate => text!("faults-metadata-no-signing"),
        MetadataError::EncryptionOnly => signing_place(text!("faults-metadata-encryption-only"), provider),
        MetadataError::Certificate { position, reason } => {
            text!("faults-metadata-certificate-bad", position = *position, reason = certificate(reason))
        }
        MetadataError::TooManyCertificates { found, max } => {
            text!("faults-metadata-too-many", found = *found, max = *max)
        }
        MetadataError::NotInDocument => text!("faults-metadata-not-in-document"),
    }
}

/// A fault, and where the console says what is signed.
pub(in super::super) fn signing_place(fault: Text, provider: &Provider) -> Text {
    let place = provider.signing.as_ref().and_then(|signing| signing.where_.as_deref());
    match place {
        Some(place) => {
            both(fault, text!("faults-signing-place", product = provider.product(), place = place))
        }
        None => fault,
    }
}

/// A certificate.
pub(in super::super) fn certificate(error: &CertificateError) -> Text {
    match error {
        CertificateError::Empty => text!("faults-certificate-empty"),
        CertificateError::TooLarge { .. } => text!("faults-certificate-large"),
        CertificateError::PrivateKey => private_key(),
        CertificateError::SigningRequest => text!("faults-certificate-request"),
        CertificateError::PublicKey => text!("faults-certificate-public-key"),
        CertificateError::Fingerprint => text!("faults-certificate-fingerprint"),
        CertificateError::Bundle => text!("faults-certificate-bundle"),
        CertificateError::Several => text!("faults-certificate-several"),
        CertificateError::TooMany { max } => text!("faults-certificate-too-many", max = *max),
        CertificateError::Encoding => text!("faults-certificate-encoding"),
        CertificateError::NotX509 => text!("faults-certificate-not-x509"),
        CertificateError::WeakKey { key } => text!("faults-certificate-weak", key = key.as_str()),
    }
}

/// A discovery document.
pub(in super::super) fn discovery(error: &DiscoveryError, provider: &Provider) -> Text {
    let placed = |fault| with_place(fault, provider, FieldKey::Issuer);
    match error {
        DiscoveryError::TooLarge => text!("faults-discovery-large"),
        DiscoveryError::Empty => text!("faults-discovery-empty"),
        DiscoveryError::WebPage => placed(text!("faults-discovery-page")),
        DiscoveryError::SamlMetadata => text!("faults-discovery-saml"),
        DiscoveryError::KeySet => placed(text!("faults-discovery-key-set")),
        DiscoveryError::NotJson { .. } => placed(text!("faults-discovery-not-json")),
        DiscoveryError::Missing { member } => placed(text!("faults-discovery-missing", member = *member)),
        DiscoveryError::Url { member, reason } => {
            text!("faults-discovery-url", member = *member, reason = url(reason))
        }
        DiscoveryError::NotAList { member } => text!("faults-discovery-list", member = *member),
        DiscoveryError::IssuerMismatch { found, asked } => {
            text!("faults-discovery-mismatch", found = found.as_str(), asked = asked.as_str())
        }
        DiscoveryError::IssuerTemplate { .. } => text!("faults-discovery-template"),
        DiscoveryError::NoCodeFlow => text!("faults-discovery-no-code"),
        DiscoveryError::NoTokenAuthMethod => text!("faults-discovery-no-method"),
        DiscoveryError::NoIdTokenAlgorithm => text!("faults-discovery-no-algorithm"),
    }
}
