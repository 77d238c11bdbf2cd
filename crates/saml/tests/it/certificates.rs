//! Certificates as people paste them, and what they paste instead.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;
use vestibule_application::ports::saml::{CertificateError, Saml};
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_saml::SamlAdapter;
use vestibule_saml::certificate::CERTIFICATE_BYTES_MAX;

use crate::support::{bytes, text};

fn read(input: impl AsRef<[u8]>) -> Result<Certificate, CertificateError> {
    SamlAdapter::new().read_certificate(input.as_ref())
}

fn pem() -> String {
    text("certificates/rsa-2048.pem")
}

fn der() -> Vec<u8> {
    bytes("certificates/rsa-2048.der")
}

/// The base64 on one line, without markers.
fn bare() -> String {
    BASE64_STANDARD.encode(der())
}

#[test]
fn the_facts_of_a_certificate_are_read() {
    let certificate = read(pem()).unwrap();
    assert_eq!(certificate.der, der());
    assert_eq!(certificate.fingerprint, Fingerprint::of_der(&der()));
    assert_eq!(certificate.subject, "CN=rsa-2048.example.com");
    assert_eq!(certificate.issuer, "CN=rsa-2048.example.com");
    assert_eq!(certificate.key, KeyKind::Rsa { bits: 2048 });
    assert_eq!((certificate.not_after - certificate.not_before).whole_days(), 36_500);
}

#[test]
fn however_it_was_mangled_the_same_certificate_is_read() {
    let pem = pem();
    let lines: Vec<_> = pem.lines().collect();
    let body = lines[1..lines.len() - 1].join("\n");
    let on_one_line = pem.replace('\n', " ");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("as it is", pem.clone().into()),
        ("DER", der()),
        ("bare base64 in one line", bare().into()),
        ("bare base64 in lines", body.clone().into()),
        ("bare base64 without its padding", bare().trim_end_matches('=').into()),
        ("CRLF", pem.replace('\n', "\r\n").into()),
        ("line ends of old Macs", pem.replace('\n', "\r").into()),
        ("UTF-8 with a byte order mark", format!("\u{feff}{pem}").into()),
        (
            "UTF-16, as Notepad saves it",
            format!("\u{feff}{pem}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("indented", pem.replace('\n', "\n    ").into()),
        ("indented with tabs and no-break spaces", pem.replace('\n', "\n\t\u{a0}").into()),
        ("a blank line after each", pem.replace('\n', "\n\n").into()),
        ("on one line with spaces", on_one_line.clone().into()),
        ("on one line without spaces", pem.split_whitespace().collect::<String>().into()),
        ("literal \\n", pem.replace('\n', "\\n").into()),
        ("literal \\r\\n", pem.replace('\n', "\\r\\n").into()),
        ("a JSON member", format!("\"certificate\": \"{}\",", pem.replace('\n', "\\n")).into()),
        ("double quotes", format!("\"{}\"", pem.trim()).into()),
        ("quotes around bare base64", format!("'{}'", bare()).into()),
        ("lines quoted by a program", format!("\"{}\\n\"", lines.join("\\n\"\n\"")).into()),
        ("quoted in a mail", format!("> {}", lines.join("\n> ")).into()),
        ("en dashes", pem.replace('-', "–").into()),
        ("em dashes", pem.replace("-----", "——-").into()),
        ("minus signs", pem.replace('-', "\u{2212}").into()),
        ("dashes lost", pem.replace('-', "").into()),
        ("fewer dashes", pem.replace("-----", "--").into()),
        ("first marker lost", lines[1..].join("\n").into()),
        ("last marker lost", lines[..lines.len() - 1].join("\n").into()),
        ("lower-case markers", pem.replace("BEGIN CERTIFICATE", "begin certificate").into()),
        ("zero-width spaces and soft hyphens", pem.replace('\n', "\u{200b}\u{ad}\n").into()),
        ("quoted-printable", quoted_printable(&pem).into()),
        ("openssl pkcs12", bytes("certificates/rsa-2048.bag.txt")),
        ("openssl x509 -text", bytes("certificates/rsa-2048.text.txt")),
        ("text before and after", format!("Hi,\nhere it is:\n\n{pem}\nBest — Ann, admin's desk").into()),
        ("an element of metadata", format!("<ds:X509Certificate>{body}</ds:X509Certificate>").into()),
        ("an element without prefix", format!("<X509Certificate>\n  {body}\n</X509Certificate>").into()),
        (
            "an element with references for line ends",
            format!("<ds:X509Certificate>{}</ds:X509Certificate>", body.replace('\n', "&#13;\n")).into(),
        ),
        ("an element around PEM", format!("<ds:X509Certificate>{pem}</ds:X509Certificate>").into()),
        ("the same twice", format!("{pem}{pem}").into()),
        ("base64 of PEM", BASE64_STANDARD.encode(&pem).into()),
        ("base64 of PEM with CRLF", BASE64_STANDARD.encode(pem.replace('\n', "\r\n")).into()),
    ];
    for (how, input) in cases {
        match read(&input) {
            Ok(certificate) => assert_eq!(certificate.der, der(), "{how}"),
            Err(error) => panic!("{how}: {error}\n{}", String::from_utf8_lossy(&input)),
        }
    }
}

/// Lines of 40 characters with soft line ends, `=` as `=3D`.
fn quoted_printable(text: &str) -> String {
    text.replace('=', "=3D")
        .lines()
        .map(|line| {
            line.as_bytes()
                .chunks(40)
                .map(|part| str::from_utf8(part).unwrap())
                .collect::<Vec<_>>()
                .join("=\r\n")
        })
        .map(|line| line + "\r\n")
        .collect()
}

#[test]
fn what_is_pasted_by_mistake_is_named() {
    let key = text("certificates/rsa-2048.key.pem");
    let key_body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let request = text("certificates/request.pem");
    let request_body: String = request.lines().filter(|line| !line.starts_with('-')).collect();
    let p256 = text("certificates/ec-p256.pem");
    let element = |content: &str| format!("<X509Certificate>{content}</X509Certificate>");
    let cases: Vec<(&str, Vec<u8>, CertificateError)> = vec![
        ("nothing", Vec::new(), CertificateError::Empty),
        ("white space", b" \r\n\t".to_vec(), CertificateError::Empty),
        ("a private key", key.clone().into(), CertificateError::PrivateKey),
        ("a private key on one line", key.replace('\n', "\\n").into(), CertificateError::PrivateKey),
        ("a private key without markers", key_body.clone().into(), CertificateError::PrivateKey),
        ("a private key as DER", BASE64_STANDARD.decode(&key_body).unwrap(), CertificateError::PrivateKey),
        ("a private key twice encoded", BASE64_STANDARD.encode(&key).into(), CertificateError::PrivateKey),
        (
            "an encrypted key",
            bytes("certificates/rsa-2048.key.encrypted-pkcs8.pem"),
            CertificateError::PrivateKey,
        ),
        (
            "an older encrypted key",
            bytes("certificates/rsa-2048.key.encrypted.pem"),
            CertificateError::PrivateKey,
        ),
        ("an EC key", bytes("certificates/ec-p256.key.pem"), CertificateError::PrivateKey),
        ("certificate and key", format!("{}{key}", pem()).into(), CertificateError::PrivateKey),
        ("PKCS#12", bytes("certificates/rsa-2048.p12"), CertificateError::PrivateKey),
        ("a request", request.clone().into(), CertificateError::SigningRequest),
        ("a request without markers", request_body.clone().into(), CertificateError::SigningRequest),
        (
            "a request as DER",
            BASE64_STANDARD.decode(&request_body).unwrap(),
            CertificateError::SigningRequest,
        ),
        ("two certificates", format!("{}{p256}", pem()).into(), CertificateError::Several),
        ("two elements", format!("{}{}", element(&bare()), element(&p256)).into(), CertificateError::Several),
        (
            "two, twice encoded",
            BASE64_STANDARD.encode(format!("{}{p256}", pem())).into(),
            CertificateError::Several,
        ),
        ("two, and more, in a row", format!("{}{p256}", pem()).repeat(20).into(), CertificateError::Several),
        ("PKCS#7", bytes("certificates/rsa-2048.p7b"), CertificateError::Bundle),
        (
            "PKCS#7 as text",
            format!(
                "-----BEGIN PKCS7-----\n{}\n-----END PKCS7-----",
                BASE64_STANDARD.encode(bytes("certificates/rsa-2048.p7b"))
            )
            .into(),
            CertificateError::Bundle,
        ),
        (
            "a public key",
            b"-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----".to_vec(),
            CertificateError::PublicKey,
        ),
        ("a key of SSH", b"ssh-rsa AAAAB3NzaC1yc2E= admin".to_vec(), CertificateError::PublicKey),
        (
            "a thumbprint",
            b"6A:0B:1C:2D:3E:4F:50:61:72:83:94:A5:B6:C7:D8:E9:FA:0B:1C:2D".to_vec(),
            CertificateError::Fingerprint,
        ),
        (
            "a fingerprint as OpenSSL shows it",
            format!("sha256 Fingerprint={}", "AB:".repeat(32).trim_end_matches(':')).into(),
            CertificateError::Fingerprint,
        ),
        ("half of one", pem()[..600].to_owned().into(), CertificateError::NotX509),
        ("something behind it", [der(), vec![0]].concat(), CertificateError::NotX509),
        ("base64 of something", b"aGVsbG8gd29ybGQ=".to_vec(), CertificateError::NotX509),
        (
            "markers without content",
            b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----".to_vec(),
            CertificateError::Encoding,
        ),
        ("a part of a fingerprint", b"AC:E5:8F:1F:A5:86:B9:74".to_vec(), CertificateError::Encoding),
        ("an address", b"https://idp.example.com/cert".to_vec(), CertificateError::Encoding),
        ("bytes", b"\xff\x00\x01".to_vec(), CertificateError::Encoding),
        (
            "base64 of base64 of base64",
            BASE64_STANDARD.encode(BASE64_STANDARD.encode(pem())).into(),
            CertificateError::NotX509,
        ),
    ];
    for (what, input, wanted) in cases {
        let error = read(&input).expect_err(what);
        assert_eq!(error, wanted, "{what}");
        // Nothing of what was pasted comes back.
        assert!(!format!("{error} {error:?}").contains(&key_body[..16]), "{what}");
    }
}

#[test]
fn several_certificates_are_read_each_once_without_their_authorities() {
    let read = |input: String| SamlAdapter::new().read_certificates(input.as_bytes());
    let p256 = text("certificates/ec-p256.pem");
    let subjects = |input: String| -> Vec<String> {
        read(input).unwrap().into_iter().map(|certificate| certificate.subject).collect()
    };
    let both = ["CN=rsa-2048.example.com", "CN=ec-p256.example.com"];
    assert_eq!(subjects(format!("{}{p256}{}", pem(), pem())), both);
    assert_eq!(subjects(format!("> {}", format!("{}{p256}", pem()).replace('\n', "\n> "))), both);
    assert_eq!(subjects(pem()), both[..1]);
    assert_eq!(read(String::new()), Err(CertificateError::Empty));
    let weak = text("certificates/ed25519.pem");
    assert_eq!(read(format!("{}{weak}", pem())), Err(CertificateError::WeakKey { key: "other".into() }));
    let key = text("certificates/rsa-2048.key.pem");
    assert_eq!(read(format!("{}{key}", pem())), Err(CertificateError::PrivateKey));
}

#[test]
fn size_is_limited_exactly() {
    let mut input = pem().into_bytes();
    input.resize(CERTIFICATE_BYTES_MAX, b'\n');
    assert!(read(&input).is_ok());
    input.push(b'\n');
    assert_eq!(read(&input), Err(CertificateError::TooLarge { max: CERTIFICATE_BYTES_MAX }));
}

#[test]
fn a_key_that_nothing_verifies_with_is_refused_and_a_weak_one_is_a_fact() {
    let read =
        |name: &str| read(text(&format!("certificates/{name}.pem"))).map(|certificate| certificate.key);
    assert_eq!(read("rsa-1024"), Ok(KeyKind::Rsa { bits: 1024 }));
    assert_eq!(read("rsa-2048"), Ok(KeyKind::Rsa { bits: 2048 }));
    assert_eq!(read("ec-p256"), Ok(KeyKind::EcP256));
    assert_eq!(read("ec-p384"), Ok(KeyKind::EcP384));
    let refused = [
        ("rsa-512", "rsa-512"),
        ("rsa-1023", "rsa-1023"),
        ("ec-p521", "ec-p521"),
        ("ec-k256", "other"),
        ("ed25519", "other"),
    ];
    for (name, key) in refused {
        assert_eq!(read(name), Err(CertificateError::WeakKey { key: key.into() }), "{name}");
    }
}

#[test]
fn a_version_that_no_certificate_has_is_refused() {
    // [0] { INTEGER 2 }, version 3, becomes version 2 and one that does not exist.
    for version in [1, 3] {
        let mut der = der();
        let at = der.windows(5).position(|window| window == [0xa0, 3, 2, 1, 2]).unwrap() + 4;
        der[at] = version;
        assert_eq!(read(&der), Err(CertificateError::NotX509), "{version}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_der_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut der = der();
        for (at, byte) in changes {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if let Ok(certificate) = read(&der) {
            prop_assert_eq!(certificate.fingerprint, Fingerprint::of_der(&der));
        }
    }

    #[test]
    fn mutated_pem_never_panics(at in any::<prop::sample::Index>(), with in "[-=\\\\ \n<>A-Zé\u{2013}]{0,6}", length in 0_usize..40) {
        let mut pem = pem();
        let at = at.index(pem.len());
        pem.replace_range(at..(at + length).min(pem.len()), &with);
        if let Ok(certificate) = read(&pem) {
            prop_assert_eq!(certificate.fingerprint, Fingerprint::of_der(&certificate.der));
        }
    }
}
