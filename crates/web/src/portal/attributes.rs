//! Which attributes of the provider become which fields of a profile.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use serde::Deserialize;
use vestibule_application::change::Change;
use vestibule_application::usecases::map_attributes::{
    MapAttributes, MapAttributesCommand, MapAttributesError,
};
use vestibule_application::usecases::update_connection::AttributeMapChange;
use vestibule_catalog::{ProfileField, Provider};
use vestibule_domain::attribute_map::{ATTRIBUTE_NAME_BYTES_MAX, AttributeMap, AttributeMapError};
use vestibule_domain::connection::Connection;
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::role_mapping::RoleMapping;
use vestibule_words::{Piece, Text, text};

use super::Portal;
use super::answer::{page, see_other};
use super::failure::{Failure, FailureKind};
use super::view::attributes::AttributesPage;
use super::view::frame::{ErrorLink, Field, field_id};
use super::view::review::FactView;
use super::visitor::{CONNECTION, DONE, SetUp, Visitor};
use super::words::Notice;

/// Most rules for roles that are shown.
const ROLES_SHOWN_MAX: usize = 20;

/// A field that every profile has.
struct Standard {
    /// As the attribute map calls it.
    field: &'static str,
    /// As the catalogue calls it.
    known_as: ProfileField,
    label: fn() -> Text,
    held: fn(&AttributeMap) -> Option<&str>,
    change: fn(&mut AttributeMapChange) -> &mut Change<String>,
}

/// The fields that every profile has. Source: api/workos-wire-contract.md, section 8.2.
static STANDARD: [Standard; 6] = [
    Standard {
        field: "idp_id",
        known_as: ProfileField::IdpId,
        label: || text!("attributes-idp-id"),
        held: |map| map.idp_id.as_deref(),
        change: |change| &mut change.idp_id,
    },
    Standard {
        field: "email",
        known_as: ProfileField::Email,
        label: || text!("attributes-email"),
        held: |map| map.email.as_deref(),
        change: |change| &mut change.email,
    },
    Standard {
        field: "first_name",
        known_as: ProfileField::FirstName,
        label: || text!("attributes-first-name"),
        held: |map| map.first_name.as_deref(),
        change: |change| &mut change.first_name,
    },
    Standard {
        field: "last_name",
        known_as: ProfileField::LastName,
        label: || text!("attributes-last-name"),
        held: |map| map.last_name.as_deref(),
        change: |change| &mut change.last_name,
    },
    Standard {
        field: "groups",
        known_as: ProfileField::Groups,
        label: || text!("attributes-groups"),
        held: |map| map.groups.as_deref(),
        change: |change| &mut change.groups,
    },
    Standard {
        field: "name",
        known_as: ProfileField::DisplayName,
        label: || text!("attributes-name"),
        held: |map| map.name.as_deref(),
        change: |change| &mut change.name,
    },
];

impl Standard {
    /// The field's name in forms.
    fn key(&self) -> String {
        format!("attribute_{}", self.field)
    }

    /// What the catalogue says of it.
    fn row<'p>(&self, provider: &'p Provider) -> Option<&'p vestibule_catalog::AttributeMap> {
        provider.attribute_map.iter().find(|row| row.key == self.known_as)
    }

    /// What the provider's attribute is usually called. A name with a part that differs per
    /// customer is nothing to fill in.
    fn usual<'p>(&self, provider: &'p Provider) -> Option<&'p str> {
        let row = self.row(provider)?;
        Some(row.send_as.as_str()).filter(|name| !name.contains('{'))
    }
}

/// A custom attribute, and the name that the map has for it.
struct Custom<'a> {
    key: &'a str,
    label: &'a str,
    held: Option<&'a str>,
}

impl<'a> Custom<'a> {
    /// The name to begin with: while a connection is saved for the first time, that of the key.
    fn shown(&self, stage: Stage) -> Option<&'a str> {
        match (self.held, stage) {
            (None, Stage::FirstSave) => Some(self.key),
            (held, Stage::FirstSave | Stage::Later) => held,
        }
    }
}

/// A custom attribute's name in forms.
fn custom_key(key: &str) -> String {
    format!("custom:{key}")
}

/// What was typed into a form, by field.
pub(super) type Typed = BTreeMap<String, String>;

/// Whether the provider's usual names are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// They are, where nobody named another one: the connection is saved for the first time.
    FirstSave,
    /// They are shown as examples.
    Later,
}

/// The attribute names of a connection, as a form.
pub(super) struct AttributeForm<'a> {
    pub(super) provider: Option<&'a Provider>,
    /// What the environment's profiles carry besides.
    pub(super) custom: &'a CustomAttributes,
    pub(super) held: &'a AttributeMap,
    pub(super) stage: Stage,
}

/// What was typed, refused: the form with what is wrong in it.
pub(super) struct Refused(pub(super) Vec<Field>);

impl AttributeForm<'_> {
    fn usual(&self, standard: &Standard) -> Option<&str> {
        self.provider.and_then(|provider| standard.usual(provider))
    }

    /// The custom attributes: those of the environment, and what else the map has.
    fn custom(&self) -> impl Iterator<Item = Custom<'_>> {
        let held = &self.held.custom;
        let defined = self.custom.iter().map(|attribute| Custom {
            key: attribute.key.as_str(),
            label: attribute.label.as_str(),
            held: held.get(attribute.key.as_str()).map(String::as_str),
        });
        let others = held.iter().filter(|(key, _)| !self.custom.contains(key));
        defined.chain(others.map(|(key, name)| Custom { key, label: key, held: Some(name) }))
    }

    /// The usual name, if it is to be taken over.
    ///
    /// An id that the provider need not send is not: a name that is set is the only one that counts,
    /// and without the id nobody could sign in. The subject is the id then.
    fn taken_over(&self, standard: &Standard) -> Option<&str> {
        let row = self.provider.and_then(|provider| standard.row(provider));
        let is_spare_id = standard.known_as == ProfileField::IdpId && row.is_some_and(|row| !row.required);
        match ((standard.held)(self.held), self.stage) {
            (None, Stage::FirstSave) if is_spare_id => None,
            (None, Stage::FirstSave) => self.usual(standard),
            (None, Stage::Later) | (Some(_), _) => None,
        }
    }

    /// The fields, as they are or as they were typed.
    pub(super) fn fields(&self, typed: &Typed) -> Vec<Field> {
        let standard = STANDARD.iter().map(|standard| {
            let key = standard.key();
            let shown = (standard.held)(self.held).or_else(|| self.taken_over(standard)).unwrap_or_default();
            let value = typed.get(&key).map_or(shown, String::as_str);
            Field {
                value: value.to_owned(),
                optional: true,
                example: self.usual(standard).filter(|usual| *usual != value).map(str::to_owned),
                ..Field::plain(&key, (standard.label)(), "line")
            }
        });
        let custom = self.custom().enumerate().map(|(index, custom)| {
            let key = custom_key(custom.key);
            let value = typed.get(&key).map_or(custom.shown(self.stage).unwrap_or_default(), String::as_str);
            Field {
                // A key that the API wrote may hold what an id must not.
                id: field_id(&format!("custom-{index}")),
                value: value.to_owned(),
                optional: true,
                note: Some(text!("attributes-custom-note").into()),
                example: Some(custom.key).filter(|usual| *usual != value).map(str::to_owned),
                ..Field::plain(&key, Piece::Verbatim(custom.label.to_owned()), "line")
            }
        });
        standard.chain(custom).collect()
    }

    /// What a form changes.
    pub(super) fn change(&self, typed: &Typed) -> Result<AttributeMapChange, Refused> {
        let mut change = AttributeMapChange::default();
        for standard in &STANDARD {
            *(standard.change)(&mut change) = match (typed.get(&standard.key()), self.taken_over(standard)) {
                (Some(name), _) => named(name).map_or(Change::Reset, Change::Set),
                (None, Some(usual)) => Change::Set(usual.to_owned()),
                (None, None) => Change::Keep,
            };
        }
        let custom: BTreeMap<String, String> = self
            .custom()
            .filter_map(|custom| {
                let typed = typed.get(&custom_key(custom.key)).map(|name| named(name));
                let name = typed.unwrap_or_else(|| custom.shown(self.stage).map(str::to_owned))?;
                Some((custom.key.to_owned(), name))
            })
            .collect();
        if custom != self.held.custom {
            change.custom = Change::Set(custom);
        }
        match change.clone().apply(self.held.clone()) {
            Ok(_) => Ok(change),
            Err(error) => Err(self.refused(typed, &error)),
        }
    }

    /// The form with what is wrong said beside its field.
    pub(super) fn refused(&self, typed: &Typed, error: &AttributeMapError) -> Refused {
        let mut fields = self.fields(typed);
        let wrong = |value: &str| named(value).is_some_and(|name| !is_name(&name));
        // A form has no field for more custom attributes than are held.
        let AttributeMapError::Name { .. } = error else { return Refused(fields) };
        for field in fields.iter_mut().filter(|field| wrong(&field.value)) {
            field.error = Some(text!("attributes-wrong", bytes_max = ATTRIBUTE_NAME_BYTES_MAX).into());
        }
        Refused(fields)
    }

    /// What is mapped, to be read.
    pub(super) fn facts(&self) -> Vec<FactView> {
        let fact = |name: Piece, held: Option<&str>| FactView {
            name,
            value: held.map_or_else(|| text!("attributes-usual").into(), Piece::from),
            code: held.is_some(),
        };
        let standard =
            STANDARD.iter().map(|standard| fact((standard.label)().into(), (standard.held)(self.held)));
        let custom = self.custom().map(|Custom { label, held, .. }| FactView {
            value: held.map_or_else(|| text!("attributes-none").into(), Piece::from),
            ..fact(Piece::Verbatim(label.to_owned()), held)
        });
        standard.chain(custom).chain(self.roles()).collect()
    }

    /// Which groups give which roles, if any do. The vendor says so; nobody changes it here.
    fn roles(&self) -> Option<FactView> {
        let shown = shown_roles(&self.held.roles);
        let name = text!("attributes-roles").into();
        (!shown.is_empty()).then(|| FactView { name, value: shown.into(), code: true })
    }
}

/// The first rules by which groups give roles, how many more there are, and the default.
fn shown_roles(mapping: &RoleMapping) -> Vec<Piece> {
    let by_group = mapping.rules().iter().map(|rule| format!("{} → {}", rule.group, rule.role));
    let mut shown: Vec<Piece> = by_group.take(ROLES_SHOWN_MAX).map(Piece::from).collect();
    let more = mapping.rules().len().saturating_sub(ROLES_SHOWN_MAX);
    if more > 0 {
        shown.push(text!("session-more-values", count = more).into());
    }
    shown.extend(mapping.default_role().map(|role| Piece::from(format!("* → {role}"))));
    shown
}

/// A name that was typed, without white space around it; none if nothing is left.
fn named(raw: &str) -> Option<String> {
    Some(raw.trim()).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn is_name(name: &str) -> bool {
    AttributeMap { name: Some(name.to_owned()), ..AttributeMap::default() }.checked().is_ok()
}

/// What the summary of errors lists.
pub(super) fn errors(fields: &[Field]) -> Vec<ErrorLink> {
    let link = |field: &Field| Some(ErrorLink { field_id: field.id.clone(), text: field.error.clone()? });
    fields.iter().filter_map(link).collect()
}

/// The connection whose names are shown, if this visit may change them; or where to go instead.
fn changeable(visitor: &Visitor) -> Result<Result<&Connection, &'static str>, Failure> {
    if visitor.may_set_up()? == SetUp::Over {
        return Ok(Err(DONE));
    }
    Ok(visitor.complete().filter(|_| visitor.may_manage()).ok_or(CONNECTION))
}

fn form_of<'a>(portal: &'a Portal, visitor: &'a Visitor, connection: &'a Connection) -> AttributeForm<'a> {
    AttributeForm {
        provider: portal.app.guide(connection),
        custom: &visitor.visit.environment.custom_attributes,
        held: &connection.attribute_map,
        stage: Stage::Later,
    }
}

fn content(
    portal: &Portal,
    visitor: &Visitor,
    connection: &Connection,
    fields: Vec<Field>,
) -> AttributesPage {
    AttributesPage {
        frame: visitor.frame(),
        form_token: visitor.form_token(),
        provider: super::connection::provider_name(portal, connection),
        connection_id: connection.id.to_string(),
        errors: errors(&fields),
        fields,
    }
}

/// Shows the names.
pub(super) async fn show(portal: Data<Portal>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let connection = match changeable(&visitor)? {
        Ok(connection) => connection,
        Err(place) => return Ok(see_other(place)),
    };
    let fields = form_of(&portal, &visitor, connection).fields(&Typed::new());
    page(StatusCode::OK, &content(&portal, &visitor, connection, fields))
}

/// The form.
#[derive(Deserialize)]
pub(super) struct NamesForm {
    form_token: Option<String>,
    connection: String,
    #[serde(flatten)]
    typed: Typed,
}

/// Saves the names.
pub(super) async fn save(
    portal: Data<Portal>,
    visitor: Visitor,
    form: Form<NamesForm>,
) -> Result<HttpResponse, Failure> {
    visitor.check_form(form.form_token.as_deref())?;
    let shown: ConnectionId = form.connection.parse().map_err(|_| visitor.fail(FailureKind::Malformed))?;
    let Some(connection) = visitor.complete() else { return Err(visitor.fail(FailureKind::Overtaken)) };
    let names = form_of(&portal, &visitor, connection);
    let refuse = |Refused(fields): Refused| {
        page(StatusCode::UNPROCESSABLE_ENTITY, &content(&portal, &visitor, connection, fields))
    };
    let change = match names.change(&form.typed) {
        Ok(change) => change,
        Err(refused) => return refuse(refused),
    };
    let command = MapAttributesCommand { session: visitor.digest(), connection: shown, change };
    match portal.app.run(MapAttributes { ambient: portal.app.ambient.clone() }, command).await {
        Ok(_) => Ok(see_other(&format!("{CONNECTION}?notice={}", Notice::AttributesSaved.as_str()))),
        Err(MapAttributesError::Manage(error)) => Err(visitor.refused(error)),
        Err(MapAttributesError::AttributeMap(error)) => refuse(names.refused(&form.typed, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_domain::role_mapping::{GroupRole, RoleSlug};

    #[test]
    fn so_many_rules_for_roles_are_shown_and_the_others_counted() {
        let shown = |rules: usize| {
            let role = RoleSlug::parse("member").unwrap();
            let numbered = |n| GroupRole { group: format!("g{n}"), role: role.clone() };
            shown_roles(&RoleMapping::new((0..rules).map(numbered).collect(), None).unwrap()).len()
        };
        assert_eq!((shown(0), shown(ROLES_SHOWN_MAX)), (0, ROLES_SHOWN_MAX));
        // The rules, and a line that counts.
        assert_eq!(shown(ROLES_SHOWN_MAX + 2), ROLES_SHOWN_MAX + 1);
    }
}
