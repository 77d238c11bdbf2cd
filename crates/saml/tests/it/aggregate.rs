//! Choosing from documents with several providers.

use vestibule_application::ports::saml::{MetadataError, MetadataRead, ProviderChoice};
use vestibule_domain::url::EntityIdError;
use vestibule_saml::aggregate::DISPLAY_NAME_CHARS_MAX;

use crate::support::{OKTA, bytes, okta, read, read_chosen, read_one};

const ID: &str = "http://www.okta.com/exkdoocxa1VmjpXmX697";

/// The real document's entity under another id, with this put before its end.
fn entity(id: &str, addition: &str) -> String {
    let document = okta();
    let (_, entity) = document.split_once("?>").unwrap();
    entity.replacen(ID, id, 1).replacen(
        "</md:EntityDescriptor>",
        &format!("{addition}</md:EntityDescriptor>"),
        1,
    )
}

fn aggregate(entities: &[String]) -> Vec<u8> {
    let metadata = "urn:oasis:names:tc:SAML:2.0:metadata";
    let inner = entities.concat();
    format!("<m:EntitiesDescriptor xmlns:m='{metadata}'><m:EntitiesDescriptor>{inner}</m:EntitiesDescriptor></m:EntitiesDescriptor>")
        .into_bytes()
}

fn choices(entities: &[String]) -> Vec<ProviderChoice> {
    match read(&aggregate(entities)) {
        Ok(MetadataRead::Choose(choices)) => choices,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_provider_is_chosen_only_from_those_in_the_document() {
    let document = aggregate(&[entity("nest1", ""), entity(ID, "")]);
    assert_eq!(read_chosen(&document, ID), read_one(&bytes(OKTA)));
    assert_eq!(read_chosen(&document, "nest2"), Err(MetadataError::NotInDocument));
    assert_eq!(read_chosen(&document, "Nest1"), Err(MetadataError::NotInDocument));
    assert_eq!(read_chosen(&bytes(OKTA), ID), read_one(&bytes(OKTA)));
    assert_eq!(read_chosen(&bytes(OKTA), "nest1"), Err(MetadataError::NotInDocument));
}

#[test]
fn of_two_with_one_id_the_first_usable_is_read() {
    let broken = entity(ID, "").replace("SingleSignOnService", "Other");
    assert_eq!(read_chosen(&aggregate(&[broken.clone(), entity(ID, "")]), ID), read_one(&bytes(OKTA)));
    let without_key = entity(ID, "").replace("KeyDescriptor", "Other");
    assert_eq!(read_chosen(&aggregate(&[broken, without_key]), ID), Err(MetadataError::NoSsoEndpoint));
}

#[test]
fn what_cannot_be_named_cannot_be_chosen() {
    let ids: Vec<_> = choices(&[entity("a", ""), entity("", ""), entity("c", "")])
        .into_iter()
        .map(|choice| choice.entity_id.as_str().to_owned())
        .collect();
    assert_eq!(ids, ["a", "c"]);
    let nameless = aggregate(&[entity(" ", ""), entity("a&#10;b", "")]);
    assert_eq!(read(&nameless), Err(MetadataError::EntityId(EntityIdError::Empty)));
}

#[test]
fn the_name_for_people_is_the_best_that_the_document_has() {
    let organization = |names: &str| format!("<md:Organization>{names}</md:Organization>");
    let display = |lang: &str, name: &str| {
        format!("<md:OrganizationDisplayName xml:lang='{lang}'>{name}</md:OrganizationDisplayName>")
    };
    let shown = entity("e", &organization(&display("en", "Organization"))).replacen(
        "<md:KeyDescriptor",
        "<md:Extensions><u:UIInfo xmlns:u='urn:oasis:names:tc:SAML:metadata:ui'>\
         <u:DisplayName xml:lang='de'>Anmeldung</u:DisplayName>\
         <u:DisplayName xml:lang='en-GB'> Sign\n in </u:DisplayName></u:UIInfo></md:Extensions><md:KeyDescriptor",
        1,
    );
    let longest = "é".repeat(DISPLAY_NAME_CHARS_MAX);
    let cut = "é".repeat(DISPLAY_NAME_CHARS_MAX - 1) + "…";
    let cases = [
        (entity("a", ""), None),
        (
            entity("b", &organization(&(display("de", "Universität") + &display("en", "University")))),
            Some("University"),
        ),
        (
            entity("c", &organization(&(display("sv", "Högskola") + &display("fi", "Korkeakoulu")))),
            Some("Högskola"),
        ),
        (
            entity(
                "d",
                &organization(
                    "<md:OrganizationName>Only</md:OrganizationName><md:OrganizationDisplayName> </md:OrganizationDisplayName>",
                ),
            ),
            Some("Only"),
        ),
        (shown, Some("Sign in")),
        (entity("f", &organization(&display("en", &longest))), Some(longest.as_str())),
        (entity("g", &organization(&display("en", &format!("{longest}x")))), Some(cut.as_str())),
    ];
    let (entities, wanted): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let choices = choices(&entities);
    let names: Vec<_> = choices.iter().map(|choice| choice.display_name.as_deref()).collect();
    assert_eq!(names, wanted);
}

#[test]
fn every_choice_of_a_federation_has_a_name() {
    let Ok(MetadataRead::Choose(choices)) = read(&bytes("metadata/shibboleth/identitypython.swamid-1.0.xml"))
    else {
        panic!("a choice")
    };
    assert!(choices.iter().all(|choice| choice.display_name.is_some()));
    assert_eq!(choices[0].display_name.as_deref(), Some("ProtectNetwork"));
}
