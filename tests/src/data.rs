//! Documents of real identity providers; `tests/data/README.md` says where they come from.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Metadata of an Okta application.
pub const OKTA: &[u8] = include_bytes!("../data/okta.xml");

/// Entity id in [`OKTA`].
pub const OKTA_ENTITY_ID: &str = "http://www.okta.com/exkdoocxa1VmjpXmX697";

/// Federation metadata of an Entra ID tenant.
pub const ENTRA: &[u8] = include_bytes!("../data/entra.xml");

/// Entity id in [`ENTRA`].
pub const ENTRA_ENTITY_ID: &str = "https://sts.windows.net/a9054a0f-2011-4e31-b3ac-fd8c354146ec/";

/// Metadata of a Google Workspace application.
pub const GOOGLE: &[u8] = include_bytes!("../data/google.xml");

/// Entity id in [`GOOGLE`].
pub const GOOGLE_ENTITY_ID: &str = "https://accounts.google.com/o/saml2?idpid=C023zw3x8";

/// Metadata of a Keycloak realm.
pub const KEYCLOAK: &[u8] = include_bytes!("../data/keycloak.xml");

/// Discovery document of an Okta authorization server.
const OKTA_DISCOVERY: &str = include_str!("../data/okta-discovery.json");

/// The issuer in the discovery document.
const OKTA_ISSUER: &str = "https://dev-265911.oktapreview.com/oauth2/default";

/// The discovery document as another issuer would publish it.
pub fn discovery(issuer: &str) -> Vec<u8> {
    OKTA_DISCOVERY.replace(OKTA_ISSUER, issuer).into_bytes()
}

/// The first signing certificate of a metadata document, as PEM.
pub fn certificate(metadata: &[u8]) -> String {
    let text = String::from_utf8_lossy(metadata);
    let (_, rest) = text.split_once("X509Certificate>").expect("a certificate");
    let (base64, _) = rest.split_once('<').expect("its end");
    let der = STANDARD.decode(base64.split_whitespace().collect::<String>()).expect("base64");
    let base64 = STANDARD.encode(der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
