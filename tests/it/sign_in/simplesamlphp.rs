//! SAML, with Debian's SimpleSAMLphp as the identity provider.

use super::*;
use base64::engine::general_purpose::STANDARD;
use vestibule_tests::simplesamlphp::SimpleSamlPhp;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_through_simplesamlphp_from_either_side_signed_and_encrypted() {
    let idp = SimpleSamlPhp::start().await;
    let builder = ServerBuilder::new("simplesamlphp").allow(&[idp.authority()]);
    let (server, vendor) = Vendor::with_service(&builder).await;
    let organization = acme(&vendor.api).await;
    let body = json!({
        "organization_id": organization,
        "connection_type": "SimpleSamlPhpSAML",
        "saml_options": { "idp_metadata_url": idp.metadata_url() },
    });
    let made = vendor.api.post("/connections", &body).await.expect(201);
    let connection = made["id"].as_str().unwrap();
    let metadata = format!("/sso/saml/{connection}/metadata");
    let anonymous = server.anonymous();
    idp.know(&anonymous.get(&metadata).await.body);
    let visitor = Visitor::new();
    let address = vendor.authorize_url(&[("connection", connection)]);

    let page = visitor.send(&visitor.open(&address).await).await;
    let first = vendor.profile(&page).await;
    assert_eq!(
        (&first["idp_id"], &first["email"]),
        (&json!("jane@acme.example"), &json!("jane@acme.example")),
        "{first}"
    );
    assert_eq!((&first["first_name"], &first["last_name"]), (&json!("Jane"), &json!("Doe-Żółć")));
    assert_eq!(first["groups"], json!(["Engineering", "Ops & Support"]));

    let text = String::from_utf8(anonymous.get(&metadata).await.body).unwrap();
    let sp = text.split("entityID=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let page = visitor.send(&visitor.open(&idp.start_url(sp)).await).await;
    let answer = vendor.exchange(&vendor.brought(&page)["code"]).await.expect(200);
    assert_eq!(answer["profile"], first);

    idp.switch_on("assertion-only");
    let page = visitor.send(&visitor.open(&address).await).await;
    assert_eq!(vendor.profile(&page).await, first);

    // From now on we sign, and the provider looks at that; it encrypts, and we open that.
    for pair in ["saml_sp_signing_cert", "saml_sp_encryption_certs"] {
        vendor.api.post(&format!("/connections/{connection}/{pair}"), &json!({})).await.expect(201);
    }
    idp.know(&anonymous.get(&metadata).await.body);
    idp.switch_on("encrypt");
    idp.switch_on("validate");
    let page = visitor.open(&address).await;
    let form = page.document.first_form().expect("the provider's form");
    let response = form.controls.iter().find(|(name, _)| name == "SAMLResponse").unwrap();
    let response = String::from_utf8(STANDARD.decode(&response.1).unwrap()).unwrap();
    assert!(response.contains("EncryptedAssertion") && !response.contains("jane@acme.example"), "{response}");
    assert_eq!(vendor.profile(&visitor.send(&page).await).await, first);
    let forged = visitor.ask_once(Method::GET, &address).await.header("location").to_owned();
    let forged = visitor.open(&forged.replace("&Signature=", "&Signature=AAAA")).await;
    assert_eq!(forged.answer.status, 500, "SimpleSAMLphp does look at the signature");
    server.assert_healthy().await;
}
