//! Metadata as people bring it, and what they bring instead.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use vestibule_application::ports::saml::{FileKind, MetadataError};

use crate::support::{bytes, okta, read_one, text};

/// The document without its declaration, on lines of its own.
fn body() -> String {
    okta().split_once("?>").unwrap().1.trim().replace("><", ">\n<")
}

fn quoted_printable(text: &str) -> String {
    text.replace('=', "=3D").replace("urn:oasis", "urn:=\r\noasis")
}

#[test]
fn however_it_was_wrapped_the_same_metadata_is_read() {
    let okta = okta();
    let wanted = read_one(okta.as_bytes()).unwrap();
    let utf16 = |unit: fn(u16) -> [u8; 2]| okta.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("white space and a mark around it", format!("\n\u{feff} \u{200b}{okta}\n \u{a0}").into()),
        ("UTF-16 without its mark", utf16(u16::to_le_bytes)),
        ("UTF-16 the other way round", utf16(u16::to_be_bytes)),
        ("base64", BASE64_STANDARD.encode(&okta).into()),
        ("base64 in lines", BASE64_STANDARD.encode(&okta).as_bytes().chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..])),
        ("quoted-printable", quoted_printable(&body()).into()),
        ("quoted in a mail", format!("> {}", body().replace('\n', "\n> ")).into()),
        ("a string of a program", format!("\"{}\"", okta.replace('"', "\\\"").replace('\n', "\\n")).into()),
        ("escaped for a page", okta.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").into()),
        (
            "with the remark of a browser",
            format!("This XML file does not appear to have any style information associated with it. The document tree is shown below.\n\n{}", body()).into(),
        ),
        ("with marks for folding", format!("\u{25bc}{}", body().replace(">\n<", ">\n\u{25bc}<")).into()),
        ("in a mail", format!("Hi Ann,\nhere it is:\n\n{okta}\n\nBest\nBob").into()),
    ];
    for (how, input) in cases {
        match read_one(&input) {
            Ok(read) => assert_eq!(read, wanted, "{how}"),
            Err(error) => panic!("{how}: {error}\n{}", String::from_utf8_lossy(&input)),
        }
    }
}

#[test]
fn what_is_brought_by_mistake_is_named() {
    let key = text("certificates/rsa-2048.key.pem");
    let key_body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let message = |name: &str| format!("<samlp:{name} xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol'/>");
    let file = |kind| MetadataError::File { kind };
    let cases: Vec<(&str, Vec<u8>, MetadataError)> = vec![
        ("nothing", b" \r\n\t".to_vec(), MetadataError::Empty),
        ("marks without width", "\u{feff}\u{200b}".into(), MetadataError::Empty),
        ("words", b"See the attached file".to_vec(), MetadataError::NotXml),
        (
            "base64 of base64 of base64 of base64",
            { (0..4).fold(okta(), |text, _| BASE64_STANDARD.encode(text)).into_bytes() },
            MetadataError::NotXml,
        ),
        ("ZIP", b"PK\x03\x04\x14\0".to_vec(), file(FileKind::Archive)),
        ("PDF", b"%PDF-1.7\n".to_vec(), file(FileKind::Pdf)),
        ("DOC", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), file(FileKind::Office)),
        ("RTF", b"{\\rtf1\\ansi".to_vec(), file(FileKind::Office)),
        ("a screenshot", b"\x89PNG\r\n\x1a\n".to_vec(), file(FileKind::Image)),
        ("JSON", b"{\"entityID\": 1}".to_vec(), MetadataError::Json),
        ("a list", b"[1]".to_vec(), MetadataError::Json),
        (
            "discovery",
            b"{\"issuer\":\"https://a\",\"authorization_endpoint\":\"b\"}".to_vec(),
            MetadataError::Discovery,
        ),
        ("a private key", key.clone().into(), MetadataError::PrivateKey),
        ("a private key as base64", key_body.clone().into(), MetadataError::PrivateKey),
        ("a private key as DER", BASE64_STANDARD.decode(&key_body).unwrap(), MetadataError::PrivateKey),
        ("PKCS#12", bytes("certificates/rsa-2048.p12"), MetadataError::PrivateKey),
        ("PEM", bytes("certificates/rsa-2048.pem"), MetadataError::CertificateAlone),
        ("DER", bytes("certificates/rsa-2048.der"), MetadataError::CertificateAlone),
        ("a response", message("Response").into(), MetadataError::Message { name: "Response".into() }),
        (
            "a response as it travels",
            BASE64_STANDARD.encode(message("Response")).into(),
            MetadataError::Message { name: "Response".into() },
        ),
        (
            "an assertion",
            b"<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/>".to_vec(),
            MetadataError::Message { name: "Assertion".into() },
        ),
        ("a page without its frame", b"<script>location='/login'</script>".to_vec(), MetadataError::WebPage),
        (
            "typographic quotes",
            okta().replace("=\"", "=\u{201c}").replace("\" ", "\u{201d} ").into(),
            MetadataError::TypographicQuotes,
        ),
        (
            "encryption only",
            okta().replace("use=\"signing\"", "use=\"encryption\"").into(),
            MetadataError::EncryptionOnly,
        ),
    ];
    for (what, input, wanted) in cases {
        let error = read_one(&input).expect_err(what);
        assert_eq!(error, wanted, "{what}");
        assert!(!format!("{error} {error:?}").contains(&key_body[..16]), "{what}");
    }
}

#[test]
fn sha1_is_seen_where_nothing_better_is_announced() {
    let sha = |name: &str| format!("http://www.w3.org/2001/04/xmldsig-more#rsa-{name}");
    let signed = |algorithm: &str| {
        let signature = format!(
            "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo><ds:SignatureMethod Algorithm='{algorithm}'/></ds:SignedInfo></ds:Signature><md:IDPSSODescriptor"
        );
        okta().replacen("<md:IDPSSODescriptor", &signature, 1)
    };
    let announced = |algorithms: &[&str]| {
        let methods: Vec<String> = algorithms
            .iter()
            .map(|algorithm| format!("<alg:SigningMethod xmlns:alg='urn:oasis:names:tc:SAML:metadata:algsupport' Algorithm='{algorithm}'/>"))
            .collect();
        let methods = methods.concat();
        signed(&sha("sha1")).replacen(
            "<md:KeyDescriptor",
            &format!("<md:Extensions>{methods}</md:Extensions><md:KeyDescriptor"),
            1,
        )
    };
    let sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    for (document, wanted) in [
        (okta(), false),
        (signed(sha1), true),
        (signed(&sha("sha256")), false),
        (announced(&[sha1]), true),
        (announced(&[sha1, &sha("sha256")]), false),
    ] {
        assert_eq!(read_one(document.as_bytes()).unwrap().sha1_only, wanted, "{document}");
    }
}
