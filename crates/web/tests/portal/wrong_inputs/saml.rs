//! What people bring for a SAML provider.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use vestibule_application::ports::outbound::OutboundError;
use vestibule_application::ports::saml::METADATA_BYTES_MAX;

use super::Wanted::{Cautioned, Choose, Forgotten, Refused, Understood};
use super::{Case, Wanted, case};
use crate::world::{data, text};

const URL: &str = "idp_metadata_url";
const XML: &str = "idp_metadata_xml";
const ENTITY: &str = "idp_entity_id";
const SSO: &str = "idp_sso_url";
const CERTIFICATE: &str = "idp_certificate";
const FILE: &str = "idp_metadata_file";
const CERTIFICATE_FILE: &str = "idp_certificate_file";

/// The entity id in Okta's metadata.
const OKTA_ID: &str = "exkdoocxa1VmjpXmX697";

fn pem(name: &str) -> String {
    text(&format!("certificates/{name}.pem"))
}

fn bare(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

/// Typed into the metadata's text box of Okta's guide.
fn pasted(what: &'static str, document: impl Into<String>, wanted: Wanted) -> Case {
    case("okta-saml", what, wanted).typed(XML, document)
}

/// Typed into the address's field of Okta's guide.
fn address(what: &'static str, address: &str, wanted: Wanted) -> Case {
    case("okta-saml", what, wanted).typed(URL, address)
}

/// An address that answers so.
fn fetched(what: &'static str, answer: Result<&[u8], OutboundError>, wanted: Wanted) -> Case {
    const AT: &str = "https://idp.acme.example/metadata";
    address(what, AT, wanted).at(AT, answer)
}

/// Typed by hand, all but one right.
fn by_hand(what: &'static str, entity: &str, sso: &str, certificate: &str, wanted: Wanted) -> Case {
    case("okta-saml", what, wanted).typed(ENTITY, entity).typed(SSO, sso).typed(CERTIFICATE, certificate)
}

const GOOD_ID: &str = "http://www.okta.com/exk9";
const GOOD_SSO: &str = "https://corp.okta.com/app/corp_1/exk9/sso/saml";

/// A certificate typed by hand, the rest right.
fn certificate(what: &'static str, certificate: &str, wanted: Wanted) -> Case {
    by_hand(what, GOOD_ID, GOOD_SSO, certificate, wanted)
}

fn status(status: u16) -> Result<&'static [u8], OutboundError> {
    Err(OutboundError::Status { status })
}

pub(super) fn cases() -> Vec<Case> {
    [documents(), files(), addresses(), fetches(), hands(), certificates(), cautions()]
        .into_iter()
        .flatten()
        .collect()
}

fn documents() -> Vec<Case> {
    let okta = text("okta.xml");
    let body = okta.split_once("?>").unwrap().1;
    let sp = "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='urn:a'><SPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'/></EntityDescriptor>";
    let key = text("certificates/sp-signing.key");
    let response = "<samlp:Response xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol' ID='_1'/>";
    let google = text("google-out-of-date.xml");
    let several = format!(
        "<EntitiesDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata'>{body}{}</EntitiesDescriptor>",
        google.split_once("?>").unwrap().1
    );
    let escaped = okta.replace('<', "&lt;").replace('>', "&gt;");
    let refused = |says| Refused(XML, says);
    vec![
        pasted("metadata of a service provider", sp, refused("service provider")),
        pasted("a sign-in page", "<!DOCTYPE html><html><body>Sign in</body></html>", refused("web page")),
        pasted("half of the metadata", &okta[..okta.len() - 20], refused("broken at line")),
        pasted("other XML", "<note/>", refused("begins with “note”")),
        pasted("a DOCTYPE", format!("<!DOCTYPE x>{okta}"), refused("DOCTYPE")),
        pasted("a response instead of metadata", response, refused("message of a sign-in (“Response”)")),
        pasted("a response as it travels", BASE64_STANDARD.encode(response), refused("message of a sign-in")),
        pasted("JSON", "{\"entityID\": \"urn:a\"}", refused("This is JSON")),
        pasted(
            "OpenID Connect discovery",
            text("okta-discovery.json"),
            refused("discovery document of OpenID Connect"),
        ),
        pasted("words", "See the file that I sent you", refused("metadata is XML")),
        pasted("a certificate alone", pem("idp-1"), refused("certificate alone")),
        pasted("a private key", key.as_str(), Forgotten(XML, "private key")),
        pasted("a private key without its header", bare(&key), Forgotten(XML, "private key")),
        pasted(
            "no certificate for signatures",
            okta.replace("use=\"signing\"", "use=\"encryption\""),
            refused("is for encryption"),
        ),
        pasted(
            "quotation marks of a word processor",
            okta.replace("=\"", "=\u{201c}").replace("\" ", "\u{201d} "),
            refused("word processor"),
        ),
        pasted(
            "no sign-in address",
            okta.replace("SingleSignOnService", "SomeService"),
            refused("no address to sign in at"),
        ),
        pasted(
            "an empty entity ID",
            okta.replace("http://www.okta.com/exkdoocxa1VmjpXmX697", ""),
            refused("does not say its entity ID"),
        ),
        pasted("several providers", several, Choose),
        pasted("base64 of metadata", BASE64_STANDARD.encode(&okta), Understood(OKTA_ID)),
        pasted(
            "metadata quoted in a mail",
            format!("> {}", body.trim().replace('\n', "\n> ")),
            Understood(OKTA_ID),
        ),
        pasted("metadata escaped for a page", escaped, Understood(OKTA_ID)),
        pasted(
            "a browser’s view of metadata",
            format!(
                "This XML file does not appear to have any style information associated with it.\n{body}"
            ),
            Understood(OKTA_ID),
        ),
        case("okta-saml", "metadata in the field of its address", Understood(OKTA_ID))
            .typed(URL, okta.as_str()),
        case("okta-saml", "metadata in the field of the certificate", Understood(OKTA_ID))
            .typed(CERTIFICATE, okta.as_str()),
    ]
}

fn files() -> Vec<Case> {
    let okta = text("okta.xml");
    let utf16: Vec<u8> = okta.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = |what, bytes: Vec<u8>, wanted| case("okta-saml", what, wanted).file(FILE, bytes);
    vec![
        file("a ZIP archive", b"PK\x03\x04\x14\0\x06\0".to_vec(), Refused(FILE, "ZIP archive")),
        file("a PDF file", b"%PDF-1.7\n\xe2\xe3".to_vec(), Refused(FILE, "PDF")),
        file("a screenshot", b"\x89PNG\r\n\x1a\n\0".to_vec(), Refused(FILE, "picture")),
        // The text of a file is put into the text box, and so is its fault.
        file("a text file", b"hello".to_vec(), Refused(XML, "metadata is XML")),
        file("white space", b" \n".to_vec(), Refused(XML, "empty")),
        file(
            "a file that is too large",
            vec![b' '; METADATA_BYTES_MAX + 1],
            Refused(FILE, "larger than 5 MB"),
        ),
        file("a private key", data("certificates/sp-signing.key"), Refused(FILE, "private key")),
        file("UTF-16 without its mark", utf16, Understood(OKTA_ID)),
        case("google-workspace-saml", "the wrong file", Refused(XML, "In Google Workspace, copy"))
            .file(FILE, b"<note/>".to_vec()),
    ]
}

fn addresses() -> Vec<Case> {
    let okta = data("okta.xml");
    let good = "https://corp.okta.com/app/exk9/sso/saml/metadata";
    let refused = |says| Refused(URL, says);
    let tenant = "https://login.microsoftonline.com/554fadfe-f04f-4975-90cb-ddc8b147aaa2";
    let entra = |what, typed: String, says| case("entra-id-saml", what, refused(says)).typed(URL, typed);
    vec![
        address(
            "an address in quotes and brackets",
            &format!(" <\u{201c}{good}\u{201d}>,\n"),
            Understood(OKTA_ID),
        )
        .at(good, Ok(&okta)),
        address("an address with its label", &format!("Metadata URL: {good}"), Understood(OKTA_ID))
            .at(good, Ok(&okta)),
        address(
            "an address without https://",
            "corp.okta.com/app/exk9/sso/saml/metadata",
            Understood(OKTA_ID),
        )
        .at(good, Ok(&okta)),
        address(
            "an address with a space inside",
            "https://idp.acme.example/a b",
            refused("a space or a line break inside"),
        ),
        address("ftp", "ftp://idp.acme.example/", refused("begin with https")),
        address(
            "a user name and a password",
            "https://u:p@idp.acme.example/",
            refused("user name and password"),
        ),
        address("a page of the app’s console", "https://idp.acme.example/#/apps", refused("console page")),
        address(
            "Okta’s admin console",
            "https://corp-admin.okta.com/admin/apps/active",
            refused("page of the Okta console"),
        ),
        address(
            "metadata at Okta’s admin address",
            "https://corp-admin.okta.com/app/exk9/sso/saml/metadata",
            refused(good),
        ),
        address("the sign-in address", GOOD_SSO, refused("at which people sign in")),
        address(
            "the link that opens the app",
            "https://corp.okta.com/home/corp_1/0oa1/aln1",
            refused("start page"),
        ),
        address(
            "our own metadata address",
            "https://sso.acme.example/sso/saml/conn_1/metadata",
            refused("our own values"),
        ),
        address(
            "a placeholder",
            "https://your-domain.okta.com/app/x/sso/saml/metadata",
            refused("your-domain"),
        ),
        address(
            "the example beside the field",
            "https://acme.okta.com/app/exk1a2b3c4d5e6f7g8h9/sso/saml/metadata",
            refused("made-up example"),
        ),
        entra(
            "Entra’s metadata without the app’s ID",
            format!("{tenant}/federationmetadata/2007-06/federationmetadata.xml"),
            "whole tenant",
        ),
        entra("Entra’s login URL", format!("{tenant}/saml2"), "App Federation Metadata Url"),
        entra(
            "the Entra admin center",
            "https://entra.microsoft.com/#view/app".to_owned(),
            "page of the Microsoft Entra ID console",
        ),
        case("google-workspace-saml", "Google’s sign-in address", Refused(XML, "at which people sign in"))
            .typed(XML, "https://accounts.google.com/o/saml2/idp?idpid=C0abc"),
        case("keycloak-saml", "Keycloak’s console", refused("page of the Keycloak console"))
            .typed(URL, "https://id.acme.example/admin/master/console/#/acme"),
    ]
}

fn fetches() -> Vec<Case> {
    let host = || "idp.acme.example".to_owned();
    let refused = |says| Refused(URL, says);
    vec![
        fetched("an address that wants a sign-in", status(401), refused("sign in before")),
        fetched("an address that nobody may see", status(403), refused("sign in before")),
        fetched("an address with nothing", status(404), refused("status 404")),
        fetched("a server with a problem", status(500), refused("status 500")),
        fetched(
            "a private address",
            Err(OutboundError::ForbiddenAddress { host: host() }),
            refused("private network"),
        ),
        fetched(
            "a slow server",
            Err(OutboundError::Timeout { timeout_ms: 10_000 }),
            refused("within 10 seconds"),
        ),
        fetched(
            "an untrustworthy server",
            Err(OutboundError::Tls { host: host(), reason: "expired".into() }),
            refused("not trustworthy"),
        ),
        fetched("a sign-in page at the address", Ok(b"<html><form>"), refused("web page")),
        fetched("nothing at all at the address", Ok(b""), refused("empty")),
        fetched("JSON at the address", Ok(b"{}"), refused("This is JSON")),
        address("a name that does not exist", "https://nowhere.acme.example/m", refused("no server named")),
    ]
}

fn hands() -> Vec<Case> {
    let good = &pem("idp-1");
    let hand = |what, entity: &str, sso: &str, wanted| by_hand(what, entity, sso, good, wanted);
    let metadata_url = "https://corp.okta.com/app/exk8/sso/saml/metadata";
    vec![
        hand("an address with http", GOOD_ID, "http://corp.okta.com/sso", Refused(SSO, "begin with https")),
        hand("the entity ID as the address", GOOD_ID, GOOD_ID, Refused(SSO, "This is the entity ID")),
        hand(
            "our entity ID as theirs",
            "https://sso.acme.example/sso/saml/conn_1/metadata",
            GOOD_SSO,
            Refused(ENTITY, "our own values"),
        ),
        hand(
            "our ACS URL as their address",
            GOOD_ID,
            "https://sso.acme.example/sso/saml/conn_1/acs",
            Refused(SSO, "our own values"),
        ),
        hand("no entity ID", "", GOOD_SSO, Refused(ENTITY, "Enter the entity ID")),
        hand(
            "the example’s entity ID",
            "http://www.okta.com/exk1a2b3c4d5e6f7g8h9",
            GOOD_SSO,
            Refused(ENTITY, "made-up example"),
        ),
        hand(
            "spaces and quotes around values",
            &format!(" \"{GOOD_ID}\"\n"),
            &format!("<{GOOD_SSO}> "),
            Understood(GOOD_ID),
        ),
        by_hand("the metadata’s address as sign-in address", "", metadata_url, "", Understood(OKTA_ID))
            .at(metadata_url, Ok(&data("okta.xml"))),
    ]
}

fn certificates() -> Vec<Case> {
    let (first, second) = (pem("idp-1"), pem("idp-2"));
    let key = text("certificates/sp-signing.key");
    let refused = |says| Refused(CERTIFICATE, says);
    let understood = || Understood("CN=idp 1");
    let der = BASE64_STANDARD.decode(bare(&first)).unwrap();
    let file = |what, bytes: Vec<u8>, wanted| {
        case("okta-saml", what, wanted)
            .typed(ENTITY, GOOD_ID)
            .typed(SSO, GOOD_SSO)
            .file(CERTIFICATE_FILE, bytes)
    };
    vec![
        certificate("a private key", &key, Forgotten(CERTIFICATE, "private key")),
        certificate("a private key without its header", &bare(&key), Forgotten(CERTIFICATE, "private key")),
        certificate(
            "certificate and private key together",
            &format!("{first}{key}"),
            Forgotten(CERTIFICATE, "private key"),
        ),
        certificate("nonsense", "nonsense!", refused("not a certificate")),
        certificate("half of a certificate", &first[..first.len() / 2], refused("a part of it is missing")),
        certificate(
            "a thumbprint",
            "6A:0B:1C:2D:3E:4F:50:61:72:83:94:A5:B6:C7:D8:E9:FA:0B:1C:2D",
            refused("fingerprint"),
        ),
        certificate(
            "a public key",
            "-----BEGIN PUBLIC KEY----- MFkw -----END PUBLIC KEY-----",
            refused("public key"),
        ),
        certificate(
            "a signing request",
            "-----BEGIN CERTIFICATE REQUEST----- MIIC -----END CERTIFICATE REQUEST-----",
            refused("signing request"),
        ),
        certificate(
            "the certificate’s address",
            "https://corp.okta.com/cert.pem",
            refused("This is an address"),
        ),
        certificate("nothing", "", refused("Paste the certificate")),
        file(
            "a certificate file of another kind",
            b"%PDF-1.7\n\xff".to_vec(),
            Refused(CERTIFICATE_FILE, "not a certificate"),
        ),
        certificate("bare base64", &bare(&first), understood()),
        certificate(
            "a certificate mangled by mail",
            &format!("> {}", first.replace('-', "–").replace('=', "=3D").replace('\n', "\u{a0}\r\n> ")),
            understood(),
        ),
        certificate(
            "a certificate without its last line",
            first.trim_end().rsplit_once('\n').unwrap().0,
            understood(),
        ),
        certificate("two certificates", &format!("{first}{second}"), Understood("CN=idp 2")),
        file("a DER file", der, understood()),
    ]
}

fn cautions() -> Vec<Case> {
    let okta = text("okta.xml");
    let google = text("google-out-of-date.xml");
    let sso = "https://trial-1022863.okta.com/app";
    let at = "https://corp.oktapreview.com/app/exk9/sso/saml/metadata";
    let sha1 = okta.replacen(
        "<md:IDPSSODescriptor",
        "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo><ds:SignatureMethod Algorithm='http://www.w3.org/2000/09/xmldsig#rsa-sha1'/></ds:SignedInfo></ds:Signature><md:IDPSSODescriptor",
        1,
    );
    vec![
        pasted(
            "a sign-in address with http",
            okta.replace(sso, "http://trial-1022863.okta.com/app"),
            Cautioned("does not begin with https://"),
        ),
        pasted(
            "signatures with SHA-1 only",
            sha1,
            Cautioned("SHA-256 at your provider. In Okta this is set at"),
        ),
        case("google-workspace-saml", "metadata that is out of date", Cautioned("out of date"))
            .typed(XML, google.as_str()),
        address("preview and production mixed", at, Cautioned("Preview and production are mixed"))
            .at(at, Ok(okta.as_bytes())),
        case("google-workspace-saml", "an expired certificate", Understood("expired on 22 June 2026"))
            .typed(XML, google.as_str()),
        by_hand(
            "the same value twice",
            GOOD_SSO,
            GOOD_SSO,
            &pem("idp-1"),
            Cautioned("Entity ID and sign-in address are the same"),
        ),
        certificate("a certificate that is not yet valid", &pem("idp-1"), Cautioned("valid only from")),
        pasted(
            "metadata of another provider than was picked",
            google,
            Cautioned("This looks like Google Workspace, but you picked Okta"),
        ),
        fetched("an unusual address", Ok(okta.as_bytes()), Cautioned("looks unusual for Okta")),
    ]
}
