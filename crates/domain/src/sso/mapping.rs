//! From what a provider says of a person to a profile, by the connection's attribute map.

use std::sync::Arc;

use crate::attribute_map::AttributeMap;
use crate::domain_name::DomainName;
use crate::email::EmailAddress;
use crate::organization::ProfileRule;
use crate::sso::asserted::Asserted;
use crate::sso::check::{Check, CheckName};
use crate::sso::failure::{Failure, FailureCode};
use crate::sso::profile::Person;

/// Longest id at the provider that is taken, in bytes.
pub const IDP_ID_BYTES_MAX: usize = 1024;

/// The format of a subject that is another one at every sign-in.
/// Source: SAML 2.0 core, section 8.3.8.
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

/// Names under which providers send what a map does not name, the most specific first.
///
/// Sources: the claim URIs of the OASIS IMI 1.0 profile, the attribute ids of inetOrgPerson
/// (RFC 2798) as eduPerson's SAML profile writes them, the SAML 2.0 subject identifier attributes
/// profile 1.0, OpenID Connect Core 1.0 section 5.1, and the names that the walkthroughs of the
/// catalogue ask for.
struct Usual;

impl Usual {
    /// Where the subject does not tell people apart.
    const IDP_ID: &[&str] = &[
        "idp_id",
        "id",
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
        "urn:oid:0.9.2342.19200300.100.1.1",
    ];
    const EMAIL: &[&str] = &[
        "email",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "mail",
        "Email",
        "emailAddress",
        "email_address",
        "user.email",
    ];
    const FIRST_NAME: &[&str] = &[
        "firstName",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        "urn:oid:2.5.4.42",
        "given_name",
        "givenName",
        "first_name",
        "FirstName",
        "user.firstName",
    ];
    const LAST_NAME: &[&str] = &[
        "lastName",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        "urn:oid:2.5.4.4",
        "family_name",
        "sn",
        "surname",
        "last_name",
        "LastName",
        "user.lastName",
    ];
    const NAME: &[&str] = &[
        "name",
        "displayName",
        "http://schemas.microsoft.com/identity/claims/displayname",
        "urn:oid:2.16.840.1.113730.3.1.241",
        "display_name",
    ];
    const GROUPS: &[&str] = &[
        "groups",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
        "http://schemas.xmlsoap.org/claims/Group",
        "memberOf",
        "group",
        "Groups",
    ];
}

/// Applies a map; answers with the person, or why there is none, and with what was checked.
///
/// A name that the map gives is the only one that counts for its field. The id at the provider is
/// the subject unless the map says otherwise; the address may be the subject too, if it is one. A
/// transient subject is no id, since nobody would be known again by it: an attribute with a usual
/// name stands in, or else the address in lower case.
pub fn person(asserted: impl Into<Arc<Asserted>>, map: &AttributeMap) -> (Check, Result<Person, Failure>) {
    let asserted = asserted.into();
    let one = |mapped: &Option<String>, usual: &[&str]| -> Option<String> {
        let found = match mapped {
            Some(name) => asserted.first(name),
            None => usual.iter().find_map(|name| asserted.first(name)),
        };
        found.map(str::to_owned)
    };
    let email = one(&map.email, Usual::EMAIL).or_else(|| {
        let subject = map.email.is_none().then(|| asserted.subject.trim().to_owned());
        subject.filter(|subject| EmailAddress::parse(subject).is_ok())
    });
    let transient = asserted.subject_format.as_deref() == Some(TRANSIENT);
    let idp_id = match &map.idp_id {
        None if transient => {
            one(&None, Usual::IDP_ID).or_else(|| email.as_deref().map(|email| email.trim().to_lowercase()))
        }
        None => Some(asserted.subject.trim().to_owned()).filter(|subject| !subject.is_empty()),
        mapped => one(mapped, &[]),
    };
    let came = || {
        let names: Vec<_> = asserted.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        if names.is_empty() { "no attributes".to_owned() } else { names.join(", ") }
    };
    let refuse = |expected: String, received: String, message: String| {
        let failure = Failure { code: FailureCode::InvalidAttributes, check: CheckName::Attributes, message };
        (Check::failed(CheckName::Attributes, expected, received), Err(failure))
    };
    let Some(idp_id) = idp_id else {
        let wanted = map.idp_id.as_deref().unwrap_or(if transient { "email" } else { "the subject" });
        let message = format!("The id of the person is missing: `{wanted}` did not come.");
        return refuse(wanted.to_owned(), came(), message);
    };
    if idp_id.len() > IDP_ID_BYTES_MAX {
        let message = format!("The id of the person is longer than {IDP_ID_BYTES_MAX} bytes.");
        return refuse(
            format!("at most {IDP_ID_BYTES_MAX} bytes"),
            format!("{} bytes", idp_id.len()),
            message,
        );
    }
    let Some(email) = email else {
        let wanted = map.email.as_deref().unwrap_or(Usual::EMAIL[0]);
        let message = format!("The e-mail address is missing: `{wanted}` did not come.");
        return refuse(wanted.to_owned(), came(), message);
    };
    if EmailAddress::parse(&email).is_err() {
        let message = "What came as the e-mail address is none.".to_owned();
        return refuse("an e-mail address such as name@example.com".to_owned(), email, message);
    }
    let groups = match &map.groups {
        Some(name) => asserted.values(name),
        None => Usual::GROUPS.iter().find_map(|name| asserted.values(name)),
    };
    let groups = groups.unwrap_or_default().to_vec();
    let custom =
        map.custom.iter().filter_map(|(key, name)| Some((key.clone(), asserted.values(name)?.to_vec())));
    let check = Check::passed(CheckName::Attributes, came());
    let person = Person {
        idp_id,
        first_name: one(&map.first_name, Usual::FIRST_NAME),
        last_name: one(&map.last_name, Usual::LAST_NAME),
        name: one(&map.name, Usual::NAME),
        roles: map.roles.roles_of(&groups),
        groups,
        custom: custom.collect(),
        email,
        raw: asserted,
    };
    (check, Ok(person))
}

/// Whether an organization with these verified domains takes a person, by the domain of their address.
pub fn admitted<'d>(
    email: &str,
    rule: ProfileRule,
    verified: impl Iterator<Item = &'d DomainName>,
) -> (Check, Result<(), Failure>) {
    let host = email.trim().rsplit('@').next().unwrap_or_default().to_lowercase();
    let verified: Vec<_> = verified.map(DomainName::as_str).collect();
    if rule == ProfileRule::AnyDomain || verified.contains(&host.as_str()) {
        return (Check::passed(CheckName::Domain, host), Ok(()));
    }
    let expected = if verified.is_empty() {
        "a verified domain; there is none yet".to_owned()
    } else {
        verified.join(", ")
    };
    let failure = Failure {
        code: FailureCode::ProfileNotAllowedOutsideOrganization,
        check: CheckName::Domain,
        message: format!("The address lies in {host}, which is no verified domain of the organization."),
    };
    (Check::failed(CheckName::Domain, expected, host), Err(failure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sso::asserted::AssertedAttribute;

    fn said(subject: &str, attributes: &[(&str, &[&str])]) -> Asserted {
        Asserted {
            subject: subject.into(),
            subject_format: None,
            session_index: None,
            attributes: attributes
                .iter()
                .map(|(name, values)| AssertedAttribute {
                    name: (*name).into(),
                    friendly_name: None,
                    values: values.iter().map(|value| (*value).to_owned()).collect(),
                })
                .collect(),
        }
    }

    #[test]
    fn usual_names_are_understood_without_a_map() {
        for names in [
            ["email", "firstName", "lastName", "groups"],
            [
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
                "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
            ],
            ["urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:2.5.4.42", "urn:oid:2.5.4.4", "memberOf"],
            ["email", "given_name", "family_name", "groups"],
        ] {
            let asserted = said(
                "id-1",
                &[
                    (names[0], &["Ada@Example.com"]),
                    (names[1], &["Ada"]),
                    (names[2], &["Byron"]),
                    (names[3], &["a", "b"]),
                ],
            );
            let (check, found) = person(asserted, &AttributeMap::default());
            let found = found.unwrap();
            assert_eq!(check.name, CheckName::Attributes);
            assert_eq!(
                (found.idp_id.as_str(), found.email.as_str(), found.first_name.as_deref()),
                ("id-1", "Ada@Example.com", Some("Ada"))
            );
            assert_eq!((found.last_name.as_deref(), found.groups.len()), (Some("Byron"), 2));
        }
    }

    #[test]
    fn a_name_of_the_map_is_the_only_one_that_counts() {
        let map = AttributeMap {
            email: Some("work".into()),
            idp_id: Some("number".into()),
            custom: [("team".to_owned(), "ou".to_owned())].into(),
            ..AttributeMap::default()
        };
        let asserted = said("x", &[("email", &["a@x.com"]), ("number", &["7"]), ("ou", &["R", "D"])]);
        let (check, missing) = person(asserted, &map);
        let failure = missing.unwrap_err();
        assert_eq!(failure.code, FailureCode::InvalidAttributes);
        assert_eq!(check.expected.as_deref(), Some("work"));
        assert_eq!(check.received.as_deref(), Some("email, number, ou"));
        let asserted = said("x", &[("work", &[" ", "a@x.com"]), ("number", &["7"]), ("ou", &["R", "D"])]);
        let found = person(asserted, &map).1.unwrap();
        assert_eq!((found.idp_id.as_str(), found.email.as_str()), ("7", "a@x.com"));
        assert_eq!(found.custom["team"], ["R", "D"]);
    }

    #[test]
    fn the_subject_may_be_the_address_if_it_is_one() {
        let map = AttributeMap::default();
        assert_eq!(person(said("ada@example.com", &[]), &map).1.unwrap().email, "ada@example.com");
        assert!(person(said("ada", &[]), &map).1.is_err());
        assert!(person(said("ada", &[("email", &["no address"])]), &map).1.is_err());
        assert!(person(said(" ", &[("email", &["a@x.com"])]), &map).1.is_err());
    }

    #[test]
    fn a_transient_subject_is_nobodys_id() {
        let known = |subject: &str, attributes: &[(&str, &[&str])], map: &AttributeMap| {
            let subject_format = Some(TRANSIENT.to_owned());
            person(Asserted { subject_format, ..said(subject, attributes) }, map)
        };
        let map = AttributeMap::default();
        let mail: (&str, &[&str]) = ("mail", &["Ada@Example.com"]);
        let uid: (&str, &[&str]) = ("urn:oid:0.9.2342.19200300.100.1.1", &["ada"]);
        let id = |attributes: &[(&str, &[&str])]| known("_1f", attributes, &map).1.unwrap().idp_id;
        assert_eq!(id(&[mail]), "ada@example.com");
        assert_eq!(id(&[mail, uid]), "ada");
        assert_eq!(id(&[uid, mail, ("id", &["7"])]), "7", "the most specific first");
        let (check, nobody) = known("_1f", &[], &map);
        assert_eq!(nobody.unwrap_err().code, FailureCode::InvalidAttributes);
        assert_eq!(check.expected.as_deref(), Some("email"));
        // What the map says counts, and a subject that stays is the id as ever.
        let mapped = AttributeMap { idp_id: Some("number".into()), ..AttributeMap::default() };
        assert!(known("_1f", &[mail, uid], &mapped).1.is_err());
        assert_eq!(person(said("_1f", &[mail, uid]), &map).1.unwrap().idp_id, "_1f");
    }

    #[test]
    fn ids_have_a_longest() {
        let of =
            |n: usize| person(said(&"i".repeat(n), &[("email", &["a@x.com"])]), &AttributeMap::default()).1;
        assert!(of(IDP_ID_BYTES_MAX).is_ok());
        assert_eq!(of(IDP_ID_BYTES_MAX + 1).unwrap_err().code, FailureCode::InvalidAttributes);
    }
}
