//! Our side's metadata, as administrators and providers download it.
//!
//! Source: Metadata for SAML 2.0 (saml-metadata-2.0-os), section 2.4.4.

use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use vestibule_application::ports::saml::ServiceProvider;
use vestibule_domain::certificate::Certificate;

pub(crate) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const HTTP_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// What we can decrypt, in order of preference: content first, then the transport of its key.
///
/// CBC stands last because nothing protects its ciphertext; providers that know nothing else need
/// it. Of the key transports only RSA-OAEP with SHA-1 for digest and mask, which `rsa-oaep-mgf1p`
/// means when it names no other digest.
pub const ENCRYPTION_METHODS: [&str; 5] = [
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
];

/// Name id formats that we take, in order of preference.
pub const NAME_ID_FORMATS: [&str; 3] = [
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
];

/// Writes the document, in UTF-8 with its declaration.
#[expect(clippy::unwrap_used, reason = "a Vec takes every write, and nothing but text is written to it")]
pub(crate) fn write(description: &ServiceProvider) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    document(&mut writer, description).unwrap();
    String::from_utf8(writer.into_inner()).unwrap()
}

type Written = io::Result<()>;

fn document(writer: &mut Writer<Vec<u8>>, description: &ServiceProvider) -> Written {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("md:EntityDescriptor")
        .with_attributes([
            ("xmlns:md", MD),
            ("xmlns:ds", DS),
            ("entityID", &xml_text(&description.entity_id)),
        ])
        .write_inner_content(|writer| role(writer, description))
        .map(drop)
}

fn role(writer: &mut Writer<Vec<u8>>, description: &ServiceProvider) -> Written {
    writer
        .create_element("md:SPSSODescriptor")
        .with_attributes([
            ("AuthnRequestsSigned", if description.signs_requests { "true" } else { "false" }),
            ("WantAssertionsSigned", "true"),
            ("protocolSupportEnumeration", PROTOCOL),
        ])
        .write_inner_content(|writer| {
            for certificate in &description.signing_certificates {
                key_descriptor(writer, "signing", certificate, &[])?;
            }
            for certificate in &description.encryption_certificates {
                key_descriptor(writer, "encryption", certificate, &ENCRYPTION_METHODS)?;
            }
            for format in NAME_ID_FORMATS {
                writer.create_element("md:NameIDFormat").write_text_content(BytesText::new(format))?;
            }
            writer
                .create_element("md:AssertionConsumerService")
                .with_attributes([
                    ("Binding", HTTP_POST),
                    ("Location", &xml_text(&description.acs_url)),
                    ("index", "0"),
                    ("isDefault", "true"),
                ])
                .write_empty()
                .map(drop)
        })
        .map(drop)
}

pub(crate) fn key_descriptor(
    writer: &mut Writer<Vec<u8>>,
    purpose: &str,
    certificate: &Certificate,
    methods: &[&str],
) -> Written {
    let encoded = BASE64_STANDARD.encode(&certificate.der);
    writer
        .create_element("md:KeyDescriptor")
        .with_attribute(("use", purpose))
        .write_inner_content(|writer| {
            writer.create_element("ds:KeyInfo").write_inner_content(|writer| {
                writer
                    .create_element("ds:X509Data")
                    .write_inner_content(|writer| {
                        let element = writer.create_element("ds:X509Certificate");
                        element.write_text_content(BytesText::new(&encoded)).map(drop)
                    })
                    .map(drop)
            })?;
            for method in methods {
                writer
                    .create_element("md:EncryptionMethod")
                    .with_attribute(("Algorithm", *method))
                    .write_empty()?;
            }
            Ok(())
        })
        .map(drop)
}

/// Replaces characters that no XML 1.0 document may hold, not even as references (section 2.2).
pub(crate) fn xml_text(text: &str) -> String {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if is_allowed(c) { c } else { '\u{fffd}' }).collect()
}
