//! Our own signatures: enveloped ones in XML, and bare ones over query strings. RSA-SHA256 always.
//!
//! Source: SAML Core 2.0, section 5.4; SAML Bindings 2.0, section 3.4.4.1.

use std::io;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use roxmltree::Document;
use vestibule_application::ports::saml_sign_in::SamlSigner;

use super::algorithm::Hash;
use super::canonical::{self, exclusive};
use super::{DS, ENVELOPED};

/// The algorithm of our signatures.
pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// The key cannot sign, or there is nothing to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsigned;

/// Signs octets, and answers in base64.
pub(crate) fn octets(octets: &[u8], signer: &SamlSigner<'_>) -> Result<String, Unsigned> {
    let key = KeyPair::from_pkcs8(signer.private_key).map_err(|_| Unsigned)?;
    let mut value = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut value).map_err(|_| Unsigned)?;
    Ok(BASE64_STANDARD.encode(value))
}

/// Signs a document of ours, and puts the signature behind its first element, which must be the
/// issuer: the schema wants it there.
pub(crate) fn enveloped(xml: &str, signer: &SamlSigner<'_>) -> Result<String, Unsigned> {
    let tree = Document::parse(xml).map_err(|_| Unsigned)?;
    let root = tree.root_element();
    let id = root.attribute("ID").ok_or(Unsigned)?;
    let issuer = root.first_element_child().ok_or(Unsigned)?;
    let canonical = exclusive(&tree).map_err(|_| Unsigned)?;
    let digest = BASE64_STANDARD.encode(Hash::Sha256.digest(canonical.as_bytes()));

    let info = written(|writer| signed_info(writer, id, &digest))?;
    let info_tree = Document::parse(&info).map_err(|_| Unsigned)?;
    let value = octets(exclusive(&info_tree).map_err(|_| Unsigned)?.as_bytes(), signer)?;
    let certificate = BASE64_STANDARD.encode(&signer.certificate.der);
    let end = issuer.range().end;
    Ok(format!(
        "{}<ds:Signature xmlns:ds=\"{DS}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo>\
         <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
         </ds:Signature>{}",
        &xml[..end],
        &xml[end..]
    ))
}

fn signed_info(writer: &mut Writer<Vec<u8>>, id: &str, digest: &str) -> io::Result<()> {
    let element = writer.create_element("ds:SignedInfo").with_attribute(("xmlns:ds", DS));
    element
        .write_inner_content(|writer| {
            method(writer, "ds:CanonicalizationMethod", canonical::OURS)?;
            method(writer, "ds:SignatureMethod", RSA_SHA256)?;
            let reference = format!("#{id}");
            let element = writer.create_element("ds:Reference").with_attribute(("URI", reference.as_str()));
            element
                .write_inner_content(|writer| {
                    writer.create_element("ds:Transforms").write_inner_content(|writer| {
                        method(writer, "ds:Transform", ENVELOPED)?;
                        method(writer, "ds:Transform", canonical::OURS)
                    })?;
                    method(writer, "ds:DigestMethod", SHA256)?;
                    writer
                        .create_element("ds:DigestValue")
                        .write_text_content(BytesText::new(digest))
                        .map(drop)
                })
                .map(drop)
        })
        .map(drop)
}

fn method(writer: &mut Writer<Vec<u8>>, name: &str, algorithm: &str) -> io::Result<()> {
    writer.create_element(name).with_attribute(("Algorithm", algorithm)).write_empty().map(drop)
}

fn written(write: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>) -> Result<String, Unsigned> {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer).map_err(|_| Unsigned)?;
    String::from_utf8(writer.into_inner()).map_err(|_| Unsigned)
}

#[cfg(test)]
mod tests {
    use vestibule_application::ports::saml::{GeneratedKeyPair, KeyPairRequest};
    use vestibule_application::ports::saml_sign_in::SamlAllowances;
    use vestibule_domain::Instant;

    use super::*;
    use crate::signature::verify::{Policy, Refusal, verify};

    const XML: &str = "<a:R xmlns:a='urn:a' ID='_1' b='&amp;'><a:I>x</a:I><a:T>y &lt; z</a:T></a:R>";

    fn pair() -> GeneratedKeyPair {
        let request = KeyPairRequest {
            common_name: "sp".into(),
            not_before: Instant::UNIX_EPOCH,
            not_after: Instant::UNIX_EPOCH + time::Duration::days(1),
        };
        crate::keys::generate(&request).unwrap()
    }

    #[test]
    fn our_verifier_believes_what_we_signed_and_nothing_else() {
        let pair = pair();
        let signer = SamlSigner { certificate: &pair.certificate, private_key: &pair.private_key };
        let xml = enveloped(XML, &signer).unwrap();
        let policy = Policy { certificates: &[&pair.certificate], allowances: SamlAllowances::default() };
        let verified = |xml: &str| {
            let tree = Document::parse(xml).unwrap();
            verify(tree.root_element(), &policy).map(|found| found.map(|signed| signed.octets().to_owned()))
        };
        let canonical = "<a:R xmlns:a=\"urn:a\" ID=\"_1\" b=\"&amp;\"><a:I>x</a:I><a:T>y &lt; z</a:T></a:R>";
        assert_eq!(verified(&xml), Ok(Some(canonical.to_owned())));
        assert!(xml.contains("<a:I>x</a:I><ds:Signature "), "{xml}");
        assert_eq!(verified(XML), Ok(None));
        assert_eq!(verified(&xml.replace("y &lt;", "y &gt;")), Err(Refusal::Digest));
        assert_eq!(verified(&xml.replace("#_1", "#_2")), Err(Refusal::Key));
    }

    #[test]
    fn without_a_key_or_an_id_nothing_is_signed() {
        let pair = pair();
        let signer = SamlSigner { certificate: &pair.certificate, private_key: &pair.private_key };
        let keyless = SamlSigner { private_key: b"no key", ..signer };
        assert_eq!(octets(b"x", &keyless), Err(Unsigned));
        assert_eq!(enveloped("<a><b/></a>", &signer), Err(Unsigned));
        assert_eq!(enveloped("<a ID='_1'/>", &signer), Err(Unsigned));
    }
}
