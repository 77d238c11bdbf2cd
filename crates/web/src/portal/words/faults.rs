//! What is wrong with something that was brought, said to the person who brought it: what it is,
//! and what to do. One sentence or two for each way to fail.

use vestibule_application::ports::oidc::DiscoveryError;
use vestibule_application::ports::outbound::OutboundError;
use vestibule_application::ports::saml::{CertificateError, MetadataError};
use vestibule_domain::email::EmailError;
use vestibule_domain::url::{ENTITY_ID_CHARS_MAX, EntityIdError, URL_BYTES_MAX, UrlError};

use super::super::intake::oidc::CREDENTIAL_BYTES_MAX;

/// A provider that takes no client secret.
pub(in super::super) const NO_SECRET: &str = "This provider takes no client secret, only a key pair (private_key_jwt), which cannot be set up here yet. Choose client_secret_basic or client_secret_post there if it offers them.";

/// Nothing was filled in.
pub(in super::super) fn nothing_brought(has_address: bool) -> String {
    if has_address {
        "Paste the metadata URL here, or use one of the other ways below.".to_owned()
    } else {
        "Paste the metadata here, or choose its file.".to_owned()
    }
}

/// A field that must be filled in is empty.
pub(in super::super) fn missing(label: &str) -> String {
    format!("Enter the value that your console shows as “{label}”.")
}

/// What keeps a client id or secret from being one.
pub(in super::super) fn credential(value: &str) -> Option<String> {
    if value.len() > CREDENTIAL_BYTES_MAX {
        Some(format!("This is longer than {CREDENTIAL_BYTES_MAX} characters. Copy the value alone."))
    } else if value.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Some("There is a space or a line break inside. Copy the value alone.".to_owned())
    } else {
        None
    }
}

/// An e-mail address.
pub(in super::super) fn email(error: EmailError) -> String {
    match error {
        EmailError::Empty => "Enter your e-mail address, or leave the field empty.".to_owned(),
        EmailError::TooLong => "This is too long for an e-mail address.".to_owned(),
        EmailError::Syntax => {
            "Enter an address such as name@example.com, or leave the field empty.".to_owned()
        }
    }
}

/// An address of the provider.
pub(in super::super) fn url(error: &UrlError) -> String {
    match error {
        UrlError::Empty => "Enter the address that your console shows.".to_owned(),
        UrlError::TooLong => format!("This is longer than {URL_BYTES_MAX} characters. Copy the address alone."),
        UrlError::Syntax => "This is not an address. It should look like https://idp.example.com/path.".to_owned(),
        UrlError::Scheme | UrlError::PlainHttp => "The address has to begin with https://.".to_owned(),
        UrlError::UserInfo => "Remove the user name and password from the address.".to_owned(),
        UrlError::Fragment => "Remove what follows the # or the ? in the address: this looks like the address of a console page, not the one it shows for copying.".to_owned(),
        UrlError::Host => "The address names no server. It should look like https://idp.example.com/path.".to_owned(),
        UrlError::ControlCharacter => "There is a space or a line break inside the address. Copy it again, alone.".to_owned(),
    }
}

/// An entity id.
pub(in super::super) fn entity_id(error: EntityIdError) -> String {
    match error {
        EntityIdError::Empty => "Enter the entity ID that your console shows, also called issuer.".to_owned(),
        EntityIdError::TooLong => {
            format!("This is longer than {ENTITY_ID_CHARS_MAX} characters. Copy the entity ID alone.")
        }
        EntityIdError::WhiteSpace => {
            "There is a line break inside. Copy the entity ID again, alone.".to_owned()
        }
    }
}

/// A fetch.
pub(in super::super) fn fetch(error: &OutboundError) -> String {
    match error {
        OutboundError::Scheme { .. } => "The address has to begin with https://.".to_owned(),
        OutboundError::ForbiddenAddress { host } => format!("“{host}” lies in a private network that we cannot reach. Open the address in your browser, save the page, and bring the file or its text instead."),
        OutboundError::Dns { host } => format!("We found no server named “{host}”. Check the address for typing mistakes."),
        OutboundError::Connect { host } => format!("“{host}” took no connection from us. If it is behind a firewall, bring the metadata as a file or text instead."),
        OutboundError::Tls { host, .. } => format!("The TLS certificate of “{host}” is not trustworthy: it may be expired, self-signed, or made for another name. Bring the metadata as a file or text instead, or mend the certificate."),
        OutboundError::Timeout { timeout_ms } => format!("The server did not answer within {} seconds. Try again, or bring the metadata as a file or text.", timeout_ms / 1_000),
        OutboundError::TooLarge { bytes_max } => format!("The answer is larger than {} KB, which no such document is. Check that the address is the right one.", bytes_max / 1_024),
        OutboundError::Redirect => "The address leads from one to the next too often, or away from https. Use the address that it leads to in the end.".to_owned(),
        OutboundError::Status { status: 401 | 403 } => "The server wants somebody to sign in before it shows this address. Open it in your browser, save the page, and bring the file or its text instead.".to_owned(),
        OutboundError::Status { status: 404 } => "The server has nothing at this address (status 404). Copy the address again from your console.".to_owned(),
        OutboundError::Status { status } => format!("The server answered with status {status} instead of the document. Open the address in your browser to see why."),
        OutboundError::Broken { .. } => "The connection broke before the answer was complete. Please try again.".to_owned(),
    }
}

/// A metadata document.
pub(in super::super) fn metadata(error: &MetadataError) -> String {
    match error {
        MetadataError::Empty => "The document is empty.".to_owned(),
        MetadataError::TooLarge => "The document is larger than 5 MB. Bring the metadata of your identity provider alone.".to_owned(),
        MetadataError::Encoding => "This is not a text document. Bring the metadata as the XML file that your console offers.".to_owned(),
        MetadataError::WebPage => "This is a web page, probably a sign-in page, instead of metadata. Use the address of the metadata itself, or download the metadata file from your console and bring that.".to_owned(),
        MetadataError::Doctype => "The document has a DOCTYPE, which metadata never has. Bring the file exactly as your console offers it.".to_owned(),
        MetadataError::TooDeep { .. } | MetadataError::TooManyNodes { .. } | MetadataError::TooManyAttributes { .. } => {
            "The document is far more complicated than any metadata. Bring the metadata of your identity provider alone.".to_owned()
        }
        MetadataError::NotWellFormed { line, column, .. } => format!("The XML is broken at line {line}, column {column}. Perhaps a part was lost in copying: copy it again, or bring the file."),
        MetadataError::NotMetadata { root } => {
            let name = root.rsplit('}').next().unwrap_or(root);
            format!("This XML is something else: it begins with “{name}”, metadata with “EntityDescriptor”.")
        }
        MetadataError::ServiceProvider => "This is the metadata of a service provider, such as ours, not of your identity provider. Copy the metadata that your identity provider’s console offers.".to_owned(),
        MetadataError::NoIdentityProvider => "The document describes no identity provider (it has no IDPSSODescriptor). Copy the metadata of the SAML app that you made for us.".to_owned(),
        MetadataError::EntityId(error) => match error {
            EntityIdError::Empty => "The document does not say its entity ID.".to_owned(),
            EntityIdError::TooLong | EntityIdError::WhiteSpace => "The entity ID in the document cannot be used: it is too long or has spaces around it.".to_owned(),
        },
        MetadataError::NoSsoEndpoint => "The document has no address to sign in at that speaks SAML 2.0 by redirect or POST. Check that SAML 2.0 is switched on for the app.".to_owned(),
        MetadataError::SsoUrl(UrlError::Scheme | UrlError::PlainHttp) => "The address to sign in at begins with http://. Switch https on at your identity provider, then bring the metadata again.".to_owned(),
        MetadataError::SsoUrl(error) => format!("The address to sign in at in the document cannot be used: it {error}."),
        MetadataError::NoSigningCertificate => "The document has no signing certificate, so nobody could tell real sign-ins from forged ones. Switch signing on at your identity provider, then bring the metadata again.".to_owned(),
        MetadataError::Certificate { position, reason } => format!("Signing certificate {position} in the document cannot be used: it {reason}."),
        MetadataError::TooManyCertificates { found, max } => format!("The document has {found} signing certificates; at most {max} are taken. Remove the old ones at your identity provider."),
        MetadataError::NotInDocument => "There is no identity provider with this entity ID in the document.".to_owned(),
    }
}

/// A certificate.
pub(in super::super) fn certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::Empty => "Paste the certificate, or choose its file.".to_owned(),
        CertificateError::TooLarge { .. } => "This is too long for one certificate. Paste the signing certificate alone.".to_owned(),
        CertificateError::PrivateKey => "This is a private key, not a certificate. We did not keep it. Since it was pasted into a web page, consider replacing it; then paste the certificate.".to_owned(),
        CertificateError::SigningRequest => "This is a certificate signing request. Paste the certificate that your identity provider signs with.".to_owned(),
        CertificateError::Several => "There is more than one certificate. Paste the one that your identity provider signs with now.".to_owned(),
        CertificateError::Encoding => "This is not a certificate: it should begin with -----BEGIN CERTIFICATE----- or be base64 text. Copy all of it.".to_owned(),
        CertificateError::NotX509 => "This is not an X.509 certificate, or a part of it is missing. Copy all of it, or choose the file.".to_owned(),
        CertificateError::WeakKey { key } => format!("The certificate’s key ({key}) is not safe. Use RSA with at least 2048 bits, or EC P-256 or P-384."),
    }
}

/// A discovery document.
pub(in super::super) fn discovery(error: &DiscoveryError) -> String {
    match error {
        DiscoveryError::TooLarge => "What the address answers with is too large for a discovery document. Check the address.".to_owned(),
        DiscoveryError::WebPage => "The address answers with a web page instead of the discovery document. Use the issuer address that your console shows, not the address of the console.".to_owned(),
        DiscoveryError::NotJson { .. } => "What the address answers with is not a discovery document. Check the issuer address.".to_owned(),
        DiscoveryError::Missing { member } => format!("The discovery document lacks “{member}”, so sign-ins cannot work. Check that the address is the one of your OpenID Connect provider."),
        DiscoveryError::Url { member, reason } => format!("“{member}” in the discovery document cannot be used: it {reason}."),
        DiscoveryError::NotAList { member } => format!("“{member}” in the discovery document is not a list."),
        DiscoveryError::IssuerMismatch { found, asked } => format!("The provider calls itself “{found}”, but the address says “{asked}”. Enter “{found}”, if that is your provider."),
        DiscoveryError::IssuerTemplate { .. } => "This address is for all tenants at once. Use the address with your own tenant ID in it.".to_owned(),
        DiscoveryError::NoCodeFlow => "The provider does not offer the authorization code flow. Switch it on for the app.".to_owned(),
        DiscoveryError::NoTokenAuthMethod => "The provider takes none of the ways in which we can prove who we are (client_secret_basic, client_secret_post).".to_owned(),
        DiscoveryError::NoIdTokenAlgorithm => "The provider signs ID tokens with nothing that we can check. Choose RS256 for the app.".to_owned(),
    }
}
