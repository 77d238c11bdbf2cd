//! The other side of SAML: what the test identity provider of sandbox environments reads and
//! writes.
//!
//! Source: SAML Core 2.0, sections 2 and 3; SAML Profiles 2.0, section 4.1; SAML Metadata 2.0,
//! section 2.4.3.

use std::io::{self, Read as _};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::DeflateDecoder;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use roxmltree::Node;
use time::Duration;
use vestibule_application::ports::test_provider::{
    SAML_REQUEST_BYTES_MAX, SAML_REQUEST_VALUE_BYTES_MAX, TestKeyUnusable, TestRequestUnreadable, TestSaml,
    TestSamlOrder, TestSamlProvider, TestSamlRequest,
};
use vestibule_domain::saml::SsoBinding;
use vestibule_domain::test_provider::{TestAnswer, TestPerson, TestRefusal};

use crate::SamlAdapter;
use crate::gate;
use crate::metadata::{children, is, text_of};
use crate::request::{EMAIL, SAML, SAMLP, instant};
use crate::signature::sign;
use crate::sp_metadata::{DS, HTTP_POST, MD, PROTOCOL, key_descriptor, xml_text};

const HTTP_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
const UNSPECIFIED_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
const STATUS: &str = "urn:oasis:names:tc:SAML:2.0:status:";

/// How long an assertion may be used.
const ASSERTION_LIFE: Duration = Duration::minutes(5);

/// Most nodes of a request; one of ours has some 30.
const REQUEST_NODES_MAX: usize = 1_000;

impl TestSaml for SamlAdapter {
    fn read_request(
        &self,
        sent: &str,
        binding: SsoBinding,
    ) -> Result<TestSamlRequest, TestRequestUnreadable> {
        let xml =
            decoded(sent, binding).ok_or_else(|| unreadable("is not encoded as its binding wants it"))?;
        let tree = gate::tree_within(&xml, REQUEST_NODES_MAX)
            .map_err(|error| unreadable(&format!("is not XML that is read: {error}")))?;
        let root = tree.root_element();
        if !is(root, SAMLP, "AuthnRequest") {
            return Err(unreadable("is not an AuthnRequest"));
        }
        let id = root.attribute("ID").and_then(value).ok_or_else(|| unreadable("has no ID"))?;
        let issuer = first(root, "Issuer").ok_or_else(|| unreadable("has no Issuer"))?;
        let subject = children(root, SAML, "Subject").next().and_then(|subject| first(subject, "NameID"));
        Ok(TestSamlRequest { id, issuer, subject })
    }

    fn respond(&self, order: &TestSamlOrder<'_>) -> Result<String, TestKeyUnusable> {
        let xml = match order.answer {
            TestAnswer::Person(person) => {
                let assertion = written(|writer| assertion(writer, order, person));
                let assertion = sign::enveloped(&assertion, &order.signer).map_err(|_| TestKeyUnusable)?;
                written(|writer| {
                    response(writer, order, &["Success"], |writer| {
                        writer.write_event(Event::Text(BytesText::from_escaped(assertion)))
                    })
                })
            }
            TestAnswer::Refusal(refusal) => {
                let response = written(|writer| response(writer, order, codes(*refusal), |_| Ok(())));
                sign::enveloped(&response, &order.signer).map_err(|_| TestKeyUnusable)?
            }
        };
        Ok(BASE64_STANDARD.encode(xml))
    }

    fn metadata(&self, provider: &TestSamlProvider<'_>) -> String {
        written(|writer| metadata(writer, provider))
    }
}

fn unreadable(why: &str) -> TestRequestUnreadable {
    TestRequestUnreadable(why.to_owned())
}

/// Takes the encodings off. Source: SAML Bindings 2.0, sections 3.4.4.1 and 3.5.4.
fn decoded(sent: &str, binding: SsoBinding) -> Option<String> {
    // Base64 makes four of three, and line breaks add to that.
    if sent.len() > 2 * SAML_REQUEST_BYTES_MAX {
        return None;
    }
    let compact: String = sent.split_ascii_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(compact).ok()?;
    let bytes = match binding {
        SsoBinding::Post => bytes,
        SsoBinding::Redirect => {
            // One byte past the limit tells that there is more.
            let most = u64::try_from(SAML_REQUEST_BYTES_MAX).ok()? + 1;
            let mut inflated = Vec::new();
            DeflateDecoder::new(bytes.as_slice()).take(most).read_to_end(&mut inflated).ok()?;
            inflated
        }
    };
    if bytes.len() > SAML_REQUEST_BYTES_MAX {
        return None;
    }
    String::from_utf8(bytes).ok()
}

fn first(parent: Node<'_, '_>, name: &'static str) -> Option<String> {
    children(parent, SAML, name).next().and_then(|element| value(&text_of(element)))
}

fn value(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= SAML_REQUEST_VALUE_BYTES_MAX).then(|| text.to_owned())
}

/// Source: SAML Core 2.0, section 3.2.2.2.
fn codes(refusal: TestRefusal) -> &'static [&'static str] {
    match refusal {
        TestRefusal::Denied => &["Responder", "RequestDenied"],
        TestRefusal::NotAuthenticated => &["Responder", "AuthnFailed"],
        TestRefusal::Failed => &["Responder"],
    }
}

type Xml = Writer<Vec<u8>>;

#[expect(clippy::unwrap_used, reason = "a Vec takes every write, and nothing but text is written to it")]
fn written(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> String {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer).unwrap();
    String::from_utf8(writer.into_inner()).unwrap()
}

fn text(writer: &mut Xml, name: &str, content: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&xml_text(content))).map(drop)
}

fn response(
    writer: &mut Xml,
    order: &TestSamlOrder<'_>,
    codes: &[&str],
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let issued_at = instant(order.now);
    let destination = xml_text(order.acs_url);
    let mut element = writer.create_element("samlp:Response").with_attributes([
        ("xmlns:samlp", SAMLP),
        ("xmlns:saml", SAML),
        ("ID", order.response_id),
        ("Version", "2.0"),
        ("IssueInstant", &issued_at),
        ("Destination", &destination),
    ]);
    let request = order.in_response_to.map(xml_text);
    if let Some(request) = &request {
        element = element.with_attribute(("InResponseTo", request.as_str()));
    }
    element
        .write_inner_content(|writer| {
            text(writer, "saml:Issuer", order.issuer)?;
            writer.create_element("samlp:Status").write_inner_content(|writer| status(writer, codes))?;
            content(writer)
        })
        .map(drop)
}

/// Codes, each inside the one before.
fn status(writer: &mut Xml, codes: &[&str]) -> io::Result<()> {
    let Some((outer, inner)) = codes.split_first() else { return Ok(()) };
    let value = format!("{STATUS}{outer}");
    let element = writer.create_element("samlp:StatusCode").with_attribute(("Value", value.as_str()));
    if inner.is_empty() {
        element.write_empty().map(drop)
    } else {
        element.write_inner_content(|writer| status(writer, inner)).map(drop)
    }
}

fn assertion(writer: &mut Xml, order: &TestSamlOrder<'_>, person: &TestPerson) -> io::Result<()> {
    let now = instant(order.now);
    let until = instant(order.now + ASSERTION_LIFE);
    writer
        .create_element("saml:Assertion")
        .with_attributes([
            ("xmlns:saml", SAML),
            ("ID", order.assertion_id),
            ("Version", "2.0"),
            ("IssueInstant", &now),
        ])
        .write_inner_content(|writer| {
            text(writer, "saml:Issuer", order.issuer)?;
            subject(writer, order, person, &until)?;
            writer
                .create_element("saml:Conditions")
                .with_attributes([("NotBefore", now.as_str()), ("NotOnOrAfter", &until)])
                .write_inner_content(|writer| {
                    writer
                        .create_element("saml:AudienceRestriction")
                        .write_inner_content(|writer| text(writer, "saml:Audience", order.audience))
                        .map(drop)
                })?;
            writer
                .create_element("saml:AuthnStatement")
                .with_attributes([("AuthnInstant", now.as_str()), ("SessionIndex", order.assertion_id)])
                .write_inner_content(|writer| {
                    writer
                        .create_element("saml:AuthnContext")
                        .write_inner_content(|writer| {
                            text(writer, "saml:AuthnContextClassRef", UNSPECIFIED_CONTEXT)
                        })
                        .map(drop)
                })?;
            writer
                .create_element("saml:AttributeStatement")
                .write_inner_content(|writer| attributes(writer, person))
                .map(drop)
        })
        .map(drop)
}

fn subject(writer: &mut Xml, order: &TestSamlOrder<'_>, person: &TestPerson, until: &str) -> io::Result<()> {
    writer
        .create_element("saml:Subject")
        .write_inner_content(|writer| {
            let element = writer.create_element("saml:NameID").with_attribute(("Format", EMAIL));
            element.write_text_content(BytesText::new(person.email.as_str()))?;
            writer
                .create_element("saml:SubjectConfirmation")
                .with_attribute(("Method", BEARER))
                .write_inner_content(|writer| {
                    let recipient = xml_text(order.acs_url);
                    let mut element = writer
                        .create_element("saml:SubjectConfirmationData")
                        .with_attributes([("NotOnOrAfter", until), ("Recipient", &recipient)]);
                    let request = order.in_response_to.map(xml_text);
                    if let Some(request) = &request {
                        element = element.with_attribute(("InResponseTo", request.as_str()));
                    }
                    element.write_empty().map(drop)
                })
                .map(drop)
        })
        .map(drop)
}

/// The names that every connection understands unless its map says otherwise.
fn attributes(writer: &mut Xml, person: &TestPerson) -> io::Result<()> {
    let email = [person.email.as_str().to_owned()];
    let first_name = [person.first_name.clone()];
    let last_name = [person.last_name.clone()];
    let all: [(&str, &[String]); 4] =
        [("email", &email), ("firstName", &first_name), ("lastName", &last_name), ("groups", &person.groups)];
    for (name, values) in all {
        let values: Vec<_> = values.iter().filter(|value| !value.is_empty()).collect();
        // The schema wants at least one value.
        if values.is_empty() {
            continue;
        }
        writer
            .create_element("saml:Attribute")
            .with_attributes([("Name", name), ("NameFormat", BASIC)])
            .write_inner_content(|writer| {
                values.into_iter().try_for_each(|value| text(writer, "saml:AttributeValue", value))
            })?;
    }
    Ok(())
}

fn metadata(writer: &mut Xml, provider: &TestSamlProvider<'_>) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("md:EntityDescriptor")
        .with_attributes([("xmlns:md", MD), ("xmlns:ds", DS), ("entityID", &xml_text(provider.entity_id))])
        .write_inner_content(|writer| {
            writer
                .create_element("md:IDPSSODescriptor")
                .with_attributes([
                    ("WantAuthnRequestsSigned", "false"),
                    ("protocolSupportEnumeration", PROTOCOL),
                ])
                .write_inner_content(|writer| {
                    key_descriptor(writer, "signing", provider.certificate, &[])?;
                    writer.create_element("md:NameIDFormat").write_text_content(BytesText::new(EMAIL))?;
                    for binding in [HTTP_REDIRECT, HTTP_POST] {
                        writer
                            .create_element("md:SingleSignOnService")
                            .with_attributes([
                                ("Binding", binding),
                                ("Location", &xml_text(provider.sso_url)),
                            ])
                            .write_empty()?;
                    }
                    Ok(())
                })
                .map(drop)
        })
        .map(drop)
}
