//! Which attributes of a provider become which fields of a profile, and which groups give which roles.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use vestibule_application::change::Change;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::update_connection::{
    AttributeMapChange, MadeFrom, UpdateConnection, UpdateConnectionCommand, UpdateConnectionError,
};
use vestibule_catalog::{ProfileField, Provider};
use vestibule_domain::attribute_map::{ATTRIBUTE_NAME_BYTES_MAX, AttributeMap, AttributeMapError};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::Connection;
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::organization::Organization;
use vestibule_domain::readout::Revision;

use super::Dashboard;
use super::answer::{page, see_other};
use super::connection::find;
use super::done::{Done, Shown};
use super::failure::Failure;
use super::form::Sent;
use super::meanwhile::{Edited, Meanwhile, made_from};
use super::operator::{Operator, Signed};
use super::organization::{self, head};
use super::view::attribute_map::AttributeMapPage;
use super::view::head::Tab;
use super::view::shell::Area;
use crate::portal::{ErrorLink, Field, field_id};

/// A field that every profile has.
struct Standard {
    field: &'static str,
    label: &'static str,
    known_as: ProfileField,
    change: fn(&mut AttributeMapChange) -> &mut Change<String>,
}

/// The fields that every profile has. Source: api/workos-wire-contract.md, section 8.2.
static STANDARD: [Standard; 6] = [
    Standard {
        field: "attribute.idp_id",
        label: "Id at the provider",
        known_as: ProfileField::IdpId,
        change: |change| &mut change.idp_id,
    },
    Standard {
        field: "attribute.email",
        label: "E-mail address",
        known_as: ProfileField::Email,
        change: |change| &mut change.email,
    },
    Standard {
        field: "attribute.first_name",
        label: "First name",
        known_as: ProfileField::FirstName,
        change: |change| &mut change.first_name,
    },
    Standard {
        field: "attribute.last_name",
        label: "Last name",
        known_as: ProfileField::LastName,
        change: |change| &mut change.last_name,
    },
    Standard {
        field: "attribute.groups",
        label: "Groups",
        known_as: ProfileField::Groups,
        change: |change| &mut change.groups,
    },
    Standard {
        field: "attribute.name",
        label: "Full name",
        known_as: ProfileField::DisplayName,
        change: |change| &mut change.name,
    },
];

/// Before the key of a custom attribute, in forms and readouts.
const CUSTOM: &str = "attribute.custom.";
/// The field with the rules for roles, one on each line.
const GROUP_ROLES: &str = "group_roles";
/// The field with the role of everybody else.
const DEFAULT_ROLE: &str = "default_role";

/// What a form holds, by field as readouts call it; what is empty is not in it.
type Typed = BTreeMap<String, String>;

/// What the form offers.
struct Form<'a> {
    custom: &'a CustomAttributes,
    held: &'a AttributeMap,
    provider: Option<&'a Provider>,
}

impl Form<'_> {
    /// Keys and labels of custom attributes: the environment's, and what else the map has.
    fn custom(&self) -> Vec<(String, String)> {
        let defined = self.custom.iter();
        let defined = defined.map(|held| (held.key.as_str().to_owned(), held.label.to_string()));
        let others = self.held.custom.keys().filter(|key| !self.custom.contains(key));
        defined.chain(others.map(|key| (key.clone(), key.clone()))).collect()
    }

    /// What was sent.
    fn sent(&self, form: &Sent) -> Typed {
        let standard = STANDARD.iter().map(|standard| standard.field.to_owned());
        let custom = self.custom().into_iter().map(|(key, _)| format!("{CUSTOM}{key}"));
        let roles = [GROUP_ROLES, DEFAULT_ROLE].map(str::to_owned);
        let names = standard.chain(custom).chain(roles);
        let typed = names.map(|name| {
            let value = form.one(&name).to_owned();
            (name, value)
        });
        typed.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// What is there.
    fn held(&self) -> Typed {
        self.held.readout().iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect()
    }

    /// What the form makes of the map: all of it is in the form.
    fn change(typed: &Typed) -> Result<AttributeMapChange, String> {
        let set = |field: &str| typed.get(field).cloned().map_or(Change::Reset, Change::Set);
        let mut change = AttributeMapChange::default();
        for standard in &STANDARD {
            *(standard.change)(&mut change) = set(standard.field);
        }
        let custom = typed.iter().filter_map(|(field, name)| Some((field.strip_prefix(CUSTOM)?, name)));
        change.custom = Change::Set(custom.map(|(key, name)| (key.to_owned(), name.clone())).collect());
        let lines = typed.get(GROUP_ROLES).map(String::as_str).unwrap_or_default().lines();
        let lines = lines.map(str::trim).filter(|line| !line.is_empty());
        // A group may have `=` in its name, a role has none.
        let rule = |line: &str| {
            let (group, role) =
                line.rsplit_once('=').ok_or_else(|| line.chars().take(40).collect::<String>())?;
            Ok((group.trim().to_owned(), role.trim().to_owned()))
        };
        change.group_roles = Change::Set(lines.map(rule).collect::<Result<_, String>>()?);
        change.default_role = set(DEFAULT_ROLE);
        Ok(change)
    }

    /// The fields, and what is wrong with them.
    fn fields(&self, typed: &Typed, wrong: &BTreeMap<String, String>) -> (Vec<Field>, Vec<ErrorLink>) {
        let value = |field: &str| typed.get(field).cloned().unwrap_or_default();
        let usual = |known_as: ProfileField| {
            let row = self.provider?.attribute_map.iter().find(|row| row.key == known_as)?;
            Some(row.send_as.clone()).filter(|name| !name.contains('{'))
        };
        let standard = STANDARD.iter().map(|standard| Field {
            value: value(standard.field),
            optional: true,
            example: usual(standard.known_as),
            ..Field::plain(standard.field, standard.label, "line")
        });
        let custom = self.custom().into_iter().enumerate().map(|(number, (key, label))| {
            let field = format!("{CUSTOM}{key}");
            Field {
                // A key that the API wrote may hold what an id must not.
                id: field_id(&format!("custom-{number}")),
                value: value(&field),
                optional: true,
                note: Some(format!("Custom attribute {key}").into()),
                ..Field::plain(&field, label, "line")
            }
        });
        let roles = [
            Field {
                value: value(GROUP_ROLES),
                optional: true,
                note: Some(
                    "One rule on each line: the group as the provider sends it, =, and the role. Whoever is \
                     in several has all their roles, in this order."
                        .into(),
                ),
                example: Some("Engineering = member".to_owned()),
                ..Field::plain(GROUP_ROLES, "Roles by group", "area")
            },
            Field {
                value: value(DEFAULT_ROLE),
                optional: true,
                note: Some("Of whoever is in no such group.".into()),
                ..Field::plain(DEFAULT_ROLE, "Default role", "line")
            },
        ];
        let mut errors = Vec::new();
        let mut fields: Vec<_> = standard.chain(custom).chain(roles).collect();
        for field in &mut fields {
            if let Some(error) = wrong.get(&field.key) {
                field.error = Some(error.clone().into());
                errors.push(ErrorLink { field_id: field.id.clone(), text: error.clone().into() });
            }
        }
        (fields, errors)
    }
}

/// What a refusal is about, by field.
fn refused(typed: &Typed, error: &AttributeMapError) -> BTreeMap<String, String> {
    match error {
        AttributeMapError::Name { .. } => {
            let is_name = |name: &str| {
                AttributeMap { name: Some(name.to_owned()), ..AttributeMap::default() }.checked().is_ok()
            };
            let why = format!("An attribute's name must be 1 to {ATTRIBUTE_NAME_BYTES_MAX} bytes long.");
            let names = typed.iter().filter(|(field, _)| field.starts_with("attribute."));
            names.filter(|(_, name)| !is_name(name)).map(|(field, _)| (field.clone(), why.clone())).collect()
        }
        AttributeMapError::TooMany => [(GROUP_ROLES.to_owned(), error.to_string())].into(),
        AttributeMapError::Roles(why) => {
            let role = typed.get(DEFAULT_ROLE);
            let role = role.map(|role| vestibule_domain::role_mapping::RoleSlug::parse(role));
            let field = if matches!(role, Some(Err(_))) { DEFAULT_ROLE } else { GROUP_ROLES };
            [(field.to_owned(), format!("{why}."))].into()
        }
    }
}

/// What people call what is read out.
fn label(field: &str) -> String {
    let standard = STANDARD.iter().find(|standard| standard.field == field);
    match (standard, field) {
        (Some(standard), _) => standard.label.to_owned(),
        (None, GROUP_ROLES) => "Roles by group".to_owned(),
        (None, DEFAULT_ROLE) => "Default role".to_owned(),
        (None, other) => other.strip_prefix(CUSTOM).unwrap_or(other).to_owned(),
    }
}

/// What the page is about.
struct Place<'a> {
    environment: &'a EnvironmentLine,
    organization: Organization,
    connection: Connection,
    custom: CustomAttributes,
}

impl<'a> Place<'a> {
    async fn find(
        dashboard: &Dashboard,
        operator: &'a Operator,
        path: &(String, String),
    ) -> Result<Self, Failure> {
        let (environment, id) = operator.place(&path.0, &path.1)?;
        let connection = find(dashboard, environment, id).await?;
        let organization =
            organization::find(dashboard, environment, connection.organization_id).await?.organization;
        let whole = dashboard.app.store.queries().environment(environment.id).await?;
        let custom = whole.ok_or(Failure::NotFound)?.custom_attributes;
        Ok(Self { environment, organization, connection, custom })
    }

    fn form<'s>(&'s self, dashboard: &'s Dashboard) -> Form<'s> {
        let (custom, held) = (&self.custom, &self.connection.attribute_map);
        Form { custom, held, provider: dashboard.app.guide(&self.connection) }
    }

    fn href(&self) -> String {
        format!("/dashboard/{}/connections/{}/attributes", self.environment.id, self.connection.id)
    }
}

/// How the form is shown.
struct State {
    status: StatusCode,
    typed: Typed,
    wrong: BTreeMap<String, String>,
    made_from: Revision,
    notice: Option<&'static str>,
    meanwhile: Option<Meanwhile>,
}

/// Shows the form.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    shown: Query<Shown>,
) -> Result<HttpResponse, Failure> {
    let place = Place::find(&dashboard, &operator, &path).await?;
    let state = State {
        status: StatusCode::OK,
        typed: place.form(&dashboard).held(),
        wrong: BTreeMap::new(),
        made_from: place.connection.attribute_map.readout().revision(),
        notice: shown.words(),
        meanwhile: None,
    };
    render(&dashboard, &operator, &place, state)
}

/// Saves it.
pub(super) async fn save(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let place = Place::find(&dashboard, &operator, &path).await?;
    let typed = place.form(&dashboard).sent(&form);
    let mut state = State {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        typed,
        wrong: BTreeMap::new(),
        made_from: made_from(&form)?,
        notice: None,
        meanwhile: None,
    };
    let change = match Form::change(&state.typed) {
        Ok(change) => change,
        Err(line) => {
            state.wrong.insert(GROUP_ROLES.to_owned(), format!("“{line}” must have the form group = role."));
            return render(&dashboard, &operator, &place, state);
        }
    };
    let wanted = match change.clone().apply(place.connection.attribute_map.clone()) {
        Ok(wanted) => wanted,
        Err(error) => {
            state.wrong = refused(&state.typed, &error);
            return render(&dashboard, &operator, &place, state);
        }
    };
    let saved = || Ok(see_other(&Done::Saved.after(&place.href())));
    let command = UpdateConnectionCommand {
        caller: operator.caller(&dashboard, place.environment.id).await?,
        connection_id: place.connection.id,
        connection_type: None,
        name: Change::Keep,
        external_id: Change::Keep,
        attribute_map: change,
        options: None,
        made_from: Some(MadeFrom::AttributeMap(state.made_from)),
    };
    match dashboard.app.run(UpdateConnection { ambient: dashboard.app.ambient.clone() }, command).await {
        Ok(_) => saved(),
        Err(UpdateConnectionError::Unknown) => Err(Failure::NotFound),
        Err(UpdateConnectionError::Overtaken(overtaken)) => {
            let Some(told) = Meanwhile::of(&overtaken, &wanted.readout(), label) else { return saved() };
            let action = AuditAction::ConnectionUpdated;
            let edited = Edited::of(place.organization.id, action, place.connection.id);
            state.made_from = told.revision;
            state.meanwhile = Some(told.told(&dashboard, place.environment, edited).await?);
            state.status = StatusCode::CONFLICT;
            render(&dashboard, &operator, &place, state)
        }
        Err(UpdateConnectionError::AttributeMap(error)) => {
            state.wrong = refused(&state.typed, &error);
            render(&dashboard, &operator, &place, state)
        }
        Err(UpdateConnectionError::Store(error)) => Err(error.into()),
        // Nothing else of the connection changes.
        Err(
            error @ (UpdateConnectionError::TypeNotUpdatable
            | UpdateConnectionError::ExternalIdInUse
            | UpdateConnectionError::Refused(_)
            | UpdateConnectionError::IncompleteRegistration
            | UpdateConnectionError::Oidc(_)
            | UpdateConnectionError::Keys(_)),
        ) => Err(Failure::internal(error)),
    }
}

fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    place: &Place<'_>,
    state: State,
) -> Result<HttpResponse, Failure> {
    let State { status, typed, wrong, made_from, notice, meanwhile } = state;
    let (fields, errors) = place.form(dashboard).fields(&typed, &wrong);
    let organization = super::organizations::href(place.environment.id, place.organization.id);
    let content = AttributeMapPage {
        shell: operator.shell(place.environment, Area::Organizations),
        head: head(place.environment, &place.organization, Tab::Connection),
        href: place.href(),
        back_href: Tab::Connection.href(&organization),
        notice,
        errors,
        meanwhile: meanwhile.map(Meanwhile::into_view),
        made_from: made_from.to_string(),
        fields,
    };
    page(status, &content)
}
