//! Requests for authentication, and how they travel.
//!
//! Source: SAML Core 2.0, section 3.4.1; SAML Bindings 2.0, sections 3.4 and 3.5.

use std::cell::RefCell;
use std::io::{self, Write as _};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml_sign_in::{
    RELAY_STATE_BYTES_MAX, SamlAuthentication, SamlRequest, SamlRequestError, SamlRequestOrder, SamlSigner,
    SamlTravel,
};
use vestibule_domain::Instant;
use vestibule_domain::saml::SsoBinding;

use crate::signature::sign;
use crate::sp_metadata::{HTTP_POST, xml_text};

pub(crate) const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(crate) const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// Longest id of a request, in bytes.
pub const REQUEST_ID_BYTES_MAX: usize = 128;

/// Longest login hint that becomes a subject, in bytes: an address has at most 254.
pub const LOGIN_HINT_BYTES_MAX: usize = 254;

/// Writes a request and sends it on its way.
pub(crate) fn write(order: &SamlRequestOrder<'_>) -> Result<SamlRequest, SamlRequestError> {
    if order.relay_state.is_some_and(|state| state.len() > RELAY_STATE_BYTES_MAX) {
        return Err(SamlRequestError::RelayState);
    }
    if !is_id(order.id) {
        return Err(SamlRequestError::Id);
    }
    let xml = document(order);
    match order.endpoint.binding {
        SsoBinding::Redirect => {
            let url = redirect(&xml, order)?;
            Ok(SamlRequest { xml, travel: SamlTravel::Redirect { url } })
        }
        SsoBinding::Post => {
            let xml = match &order.signer {
                Some(signer) => sign::enveloped(&xml, signer).map_err(|_| SamlRequestError::SigningKey)?,
                None => xml,
            };
            let mut fields = vec![("SAMLRequest", BASE64_STANDARD.encode(&xml))];
            fields.extend(order.relay_state.map(|state| ("RelayState", state.to_owned())));
            let url = order.endpoint.url.as_str().to_owned();
            Ok(SamlRequest { xml, travel: SamlTravel::Post { url, fields } })
        }
    }
}

/// The signs that ids of ours have; `xs:ID` allows more.
fn is_id(id: &str) -> bool {
    let begins = id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins
        && id.len() <= REQUEST_ID_BYTES_MAX
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

#[expect(clippy::unwrap_used, reason = "a Vec takes every write, and nothing but text is written to it")]
fn document(order: &SamlRequestOrder<'_>) -> String {
    let mut writer = Writer::new(Vec::new());
    request(&mut writer, order).unwrap();
    String::from_utf8(writer.into_inner()).unwrap()
}

fn request(writer: &mut Writer<Vec<u8>>, order: &SamlRequestOrder<'_>) -> io::Result<()> {
    let issued_at = instant(order.issued_at);
    let destination = xml_text(order.endpoint.url.as_str());
    let acs_url = xml_text(order.acs_url);
    let mut element = writer.create_element("samlp:AuthnRequest").with_attributes([
        ("xmlns:samlp", SAMLP),
        ("xmlns:saml", SAML),
        ("ID", order.id),
        ("Version", "2.0"),
        ("IssueInstant", &issued_at),
        ("Destination", &destination),
        ("ProtocolBinding", HTTP_POST),
        ("AssertionConsumerServiceURL", &acs_url),
    ]);
    if order.authentication == SamlAuthentication::MustBeAsked {
        element = element.with_attribute(("ForceAuthn", "true"));
    }
    element
        .write_inner_content(|writer| {
            let issuer = xml_text(order.sp_entity_id);
            writer.create_element("saml:Issuer").write_text_content(BytesText::new(&issuer))?;
            if let Some(hint) = order.login_hint.filter(|hint| is_simple(hint)) {
                subject(writer, hint)?;
            }
            let mut policy = writer.create_element("samlp:NameIDPolicy");
            let format = order.name_id_format.map(xml_text);
            if let Some(format) = &format {
                policy = policy.with_attribute(("Format", format.as_str()));
            }
            policy.with_attribute(("AllowCreate", "true")).write_empty().map(drop)
        })
        .map(drop)
}

fn subject(writer: &mut Writer<Vec<u8>>, hint: &str) -> io::Result<()> {
    let format = if hint.contains('@') { EMAIL } else { UNSPECIFIED };
    writer
        .create_element("saml:Subject")
        .write_inner_content(|writer| {
            let element = writer.create_element("saml:NameID").with_attribute(("Format", format));
            element.write_text_content(BytesText::new(hint)).map(drop)
        })
        .map(drop)
}

/// A plain address or account name.
fn is_simple(hint: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'_' | b'-' | b'+');
    !hint.is_empty() && hint.len() <= LOGIN_HINT_BYTES_MAX && hint.bytes().all(is_plain)
}

/// Whole seconds: some providers refuse fractions.
pub(crate) fn instant(at: Instant) -> String {
    let at = vestibule_domain::truncate_to_micros(at);
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// SAML Bindings 2.0, section 3.4.4.1: DEFLATE, base64, and the signature over the query as it is
/// sent.
fn redirect(xml: &str, order: &SamlRequestOrder<'_>) -> Result<String, SamlRequestError> {
    let mut query = format!("SAMLRequest={}", percent_encoded(&BASE64_STANDARD.encode(deflated(xml))));
    if let Some(state) = order.relay_state {
        query = format!("{query}&RelayState={}", percent_encoded(state));
    }
    if let Some(signer) = &order.signer {
        query = signed(&query, signer)?;
    }
    let url = order.endpoint.url.as_str();
    let (address, fragment) = url.find('#').map_or((url, ""), |at| url.split_at(at));
    let separator = if !address.contains('?') {
        "?"
    } else if address.ends_with(['?', '&']) {
        ""
    } else {
        "&"
    };
    Ok(format!("{address}{separator}{query}{fragment}"))
}

fn signed(query: &str, signer: &SamlSigner<'_>) -> Result<String, SamlRequestError> {
    let query = format!("{query}&SigAlg={}", percent_encoded(sign::RSA_SHA256));
    let value = sign::octets(query.as_bytes(), signer).map_err(|_| SamlRequestError::SigningKey)?;
    Ok(format!("{query}&Signature={}", percent_encoded(&value)))
}

thread_local! {
    /// Works in a hundred kilobytes. To get them for every request, and to give them back, took the
    /// allocator longer than the request takes.
    static DEFLATE: RefCell<DeflateEncoder<Vec<u8>>> =
        RefCell::new(DeflateEncoder::new(Vec::new(), Compression::default()));
}

#[expect(clippy::unwrap_used, reason = "a Vec takes every write")]
fn deflated(xml: &str) -> Vec<u8> {
    DEFLATE.with_borrow_mut(|encoder| {
        encoder.write_all(xml.as_bytes()).unwrap();
        // Ends what was written, and begins anew.
        encoder.reset(Vec::new()).unwrap()
    })
}

/// Everything but what RFC 3986, section 2.3, leaves as it is.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend(
                [byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])),
            );
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deflated_before_leaves_no_trace() {
        let alone = |xml: &str| {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(xml.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        for xml in ["<a>one</a>", "", "<a>one</a>", &"<b>two</b>".repeat(10_000), "<a>one</a>"] {
            assert_eq!(deflated(xml), alone(xml));
        }
    }
}
