//! What the vendor says of a customer: names, ids, notes, and whose sign-ins are taken.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use vestibule_application::change::Change;
use vestibule_application::ports::store::EnvironmentLine;
use vestibule_application::usecases::create_organization::WriteOrganizationError;
use vestibule_application::usecases::update_organization::{UpdateOrganization, UpdateOrganizationCommand};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization::{
    ExternalId, METADATA_KEY_CHARS_MAX, METADATA_KEYS_MAX, METADATA_VALUE_CHARS_MAX, Metadata, MetadataError,
    Organization, ProfileRule,
};
use vestibule_domain::text::Name;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::done::{Done, Shown};
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::meanwhile::{Edited, Meanwhile, made_from};
use super::operator::{Operator, Signed};
use super::organization::{find, head};
use super::organizations;
use super::view::head::Tab;
use super::view::organization_settings::{NoteView, OrganizationSettingsPage, RuleChoice};
use super::view::shell::Area;
use crate::portal::{ErrorLink, Field, field_id};

/// Empty rows for notes that a form has.
const SPARE_NOTES: usize = 3;

/// A note as a form has it.
#[derive(Default)]
struct Note {
    key: String,
    value: String,
    gone: bool,
    /// What is wrong with the key, and with the value.
    wrong: [Option<String>; 2],
}

/// The form as it is shown.
struct Typed {
    name: String,
    external_id: String,
    stripe_customer_id: String,
    profiles: ProfileRule,
    notes: Vec<Note>,
}

impl Typed {
    /// What is there.
    fn of(held: &Organization) -> Self {
        let note = |(key, value): (&String, &String)| Note {
            key: key.clone(),
            value: value.clone(),
            ..Note::default()
        };
        Self {
            name: held.name.to_string(),
            external_id: held.external_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
            stripe_customer_id: held.stripe_customer_id.as_ref().map(Name::to_string).unwrap_or_default(),
            profiles: held.profiles,
            notes: held.metadata.as_map().iter().map(note).collect(),
        }
    }

    /// What was sent.
    fn sent(form: &Sent) -> Result<Self, Failure> {
        let gone: Vec<usize> = form.all("note_remove").filter_map(|raw| raw.parse().ok()).collect();
        let pairs = form.all("note_key").zip(form.all("note_value")).enumerate();
        let note = |(number, (key, value)): (usize, (&str, &str))| Note {
            key: key.to_owned(),
            value: value.to_owned(),
            gone: gone.contains(&number),
            ..Note::default()
        };
        Ok(Self {
            name: form.one("name").to_owned(),
            external_id: form.one("external_id").to_owned(),
            stripe_customer_id: form.one("stripe_customer_id").to_owned(),
            profiles: ProfileRule::parse(form.one("profiles")).ok_or(Failure::Malformed)?,
            notes: pairs.map(note).collect(),
        })
    }

    /// The organization as it is wanted, or what is wrong.
    fn read(&mut self, held: &Organization, wrong: &mut Wrong) -> Option<Organization> {
        let name = wrong.take("name", Name::parse(&self.name));
        let external_id = match self.external_id.as_str() {
            "" => None,
            raw => wrong.take("external_id", ExternalId::parse(raw)),
        };
        let stripe_customer_id = match self.stripe_customer_id.as_str() {
            "" => None,
            raw => wrong.take("stripe_customer_id", Name::parse(raw)),
        };
        let metadata = self.read_notes(&held.metadata, wrong);
        let (Some(name), Some(metadata), true) = (name, metadata, wrong.is_empty()) else { return None };
        let profiles = self.profiles;
        Some(Organization { name, external_id, stripe_customer_id, metadata, profiles, ..held.clone() })
    }

    fn read_notes(&mut self, held: &Metadata, wrong: &mut Wrong) -> Option<Metadata> {
        let mut wanted = BTreeMap::new();
        let mut all_right = true;
        for note in &mut self.notes {
            let Note { key, value, gone, wrong } = note;
            if *gone || key.is_empty() && value.is_empty() {
                continue;
            }
            match Metadata::parse([(key.clone(), value.clone())]) {
                Ok(_) if wanted.contains_key(key) => wrong[0] = Some("Key is there twice.".to_owned()),
                Ok(_) => {}
                Err(MetadataError::Key { .. } | MetadataError::TooManyKeys) => {
                    wrong[0] =
                        Some(format!("Key must be 1 to {METADATA_KEY_CHARS_MAX} ASCII characters long."));
                }
                Err(MetadataError::Value { .. }) => {
                    wrong[1] =
                        Some(format!("Value must be at most {METADATA_VALUE_CHARS_MAX} characters long."));
                }
            }
            all_right &= wrong.iter().all(Option::is_none);
            // Fields have no place for line breaks and white space around a value: one that was not
            // touched stays as it was.
            let untouched = held.as_map().get(key).filter(|held| one_line(held) == *value);
            wanted.insert(key.clone(), untouched.unwrap_or(value).clone());
        }
        match Metadata::parse(wanted) {
            Ok(metadata) => Some(metadata).filter(|_| all_right),
            Err(MetadataError::TooManyKeys) => {
                wrong.note("notes", format_args!("must have at most {METADATA_KEYS_MAX} keys"));
                None
            }
            // Said beside the note.
            Err(MetadataError::Key { .. } | MetadataError::Value { .. }) => None,
        }
    }

    fn fields(&self) -> [Field; 4] {
        [
            Field { value: self.name.clone(), ..Field::plain("name", "Name", "line") },
            Field {
                value: self.external_id.clone(),
                optional: true,
                note: Some("Your own id for the organization, by which the API finds it.".into()),
                ..Field::plain("external_id", "External id", "line")
            },
            Field {
                value: self.stripe_customer_id.clone(),
                optional: true,
                ..Field::plain("stripe_customer_id", "Stripe customer id", "line")
            },
            Field::plain("notes", "Metadata", "line"),
        ]
    }

    /// The notes and empty rows for more, and what is wrong with any.
    fn notes(&self) -> (Vec<NoteView>, Vec<ErrorLink>) {
        let mut errors = Vec::new();
        let spare: Vec<_> = (0..SPARE_NOTES).map(|_| Note::default()).collect();
        let filled = self.notes.iter().filter(|note| !note.key.is_empty() || !note.value.is_empty());
        let mut view = |(number, note): (usize, &Note)| {
            let mut field = |part: usize, key: &str, label: &str, value: &str| {
                let error = note.wrong.get(part).cloned().flatten();
                let id = field_id(&format!("{key}-{number}"));
                if let Some(error) = &error {
                    errors.push(ErrorLink { field_id: id.clone(), text: error.clone().into() });
                }
                Field {
                    id,
                    value: value.to_owned(),
                    error: error.map(Into::into),
                    ..Field::plain(key, format!("{label} {}", number + 1), "line")
                }
            };
            NoteView {
                number,
                key: field(0, "note_key", "Key", &note.key),
                value: field(1, "note_value", "Value", &note.value),
                held: !note.key.is_empty(),
                gone: note.gone,
            }
        };
        let views = filled.chain(&spare).enumerate().map(&mut view).collect();
        (views, errors)
    }
}

/// A value as a field of one line sends it back.
fn one_line(value: &str) -> String {
    value.replace(['\r', '\n'], "").trim().to_owned()
}

/// What people call what is read out.
fn label(field: &str) -> String {
    match field {
        "name" => "Name".to_owned(),
        "external_id" => "External id".to_owned(),
        "stripe_customer_id" => "Stripe customer id".to_owned(),
        "profiles" => "Who can sign in".to_owned(),
        other => other.strip_prefix("metadata.").map_or(other, |key| key).to_owned(),
    }
}

/// How the form is shown.
struct State {
    status: StatusCode,
    typed: Typed,
    wrong: Wrong,
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
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, id).await?.organization;
    let state = State {
        status: StatusCode::OK,
        typed: Typed::of(&held),
        wrong: Wrong::default(),
        notice: shown.words(),
        meanwhile: None,
    };
    render(&operator, environment, &held, state)
}

/// Saves it.
pub(super) async fn save(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (environment, id): (_, OrganizationId) = operator.place(&path.0, &path.1)?;
    let held = find(&dashboard, environment, id).await?.organization;
    let mut typed = Typed::sent(&form)?;
    let mut wrong = Wrong::default();
    let mut meanwhile = None;
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let revision = made_from(&form)?;
    if let Some(wanted) = typed.read(&held, &mut wrong) {
        let command = UpdateOrganizationCommand {
            caller: operator.caller(&dashboard, environment.id).await?,
            organization_id: id,
            name: Some(wanted.name.clone()),
            domains: None,
            profiles: Some(wanted.profiles),
            metadata: Change::Set(held.metadata.change_to(&wanted.metadata)),
            external_id: wanted.external_id.clone().map_or(Change::Reset, Change::Set),
            stripe_customer_id: wanted.stripe_customer_id.clone().map_or(Change::Reset, Change::Set),
            made_from: Some(revision),
        };
        let saved =
            || see_other(&Done::Saved.after(&Tab::Settings.href(&organizations::href(environment.id, id))));
        match dashboard.app.run(UpdateOrganization { ambient: dashboard.app.ambient.clone() }, command).await
        {
            Ok(_) => return Ok(saved()),
            Err(WriteOrganizationError::Unknown) => return Err(Failure::NotFound),
            Err(WriteOrganizationError::Overtaken(overtaken)) => {
                let Some(told) = Meanwhile::of(&overtaken, &wanted.readout(), label) else {
                    return Ok(saved());
                };
                let action = AuditAction::OrganizationUpdated;
                meanwhile = Some(told.told(&dashboard, environment, Edited::of(id, action, id)).await?);
                status = StatusCode::CONFLICT;
            }
            Err(WriteOrganizationError::ExternalIdInUse) => {
                wrong.note("external_id", "is in use by another organization");
            }
            Err(WriteOrganizationError::StripeCustomerIdInUse) => {
                wrong.note("stripe_customer_id", "is in use by another organization");
            }
            Err(WriteOrganizationError::Store(error)) => return Err(error.into()),
            // The form has neither, and the notes were read before.
            Err(
                error @ (WriteOrganizationError::SlugInUse
                | WriteOrganizationError::DomainInUse
                | WriteOrganizationError::Metadata(_)),
            ) => return Err(Failure::internal(error)),
        }
    }
    let state = State { status, typed, wrong, notice: None, meanwhile };
    // A form with a mistake is still made from what it was made from.
    let made_from = state.meanwhile.as_ref().map_or(revision, |told| told.revision);
    render_from(&operator, environment, &held, state, &made_from.to_string())
}

fn render(
    operator: &Operator,
    environment: &EnvironmentLine,
    held: &Organization,
    state: State,
) -> Result<HttpResponse, Failure> {
    render_from(operator, environment, held, state, &held.readout().revision().to_string())
}

fn render_from(
    operator: &Operator,
    environment: &EnvironmentLine,
    held: &Organization,
    state: State,
    made_from: &str,
) -> Result<HttpResponse, Failure> {
    let State { status, typed, wrong, notice, meanwhile } = state;
    let ([name, external_id, stripe, _], mut errors) = wrong.onto(typed.fields());
    let (notes, wrong_notes) = typed.notes();
    errors.extend(wrong_notes);
    let href = organizations::href(environment.id, held.id);
    let rule = |rule: ProfileRule| RuleChoice {
        value: rule.as_str(),
        label: match rule {
            ProfileRule::VerifiedDomains => "Only people with an address in one of its verified domains",
            ProfileRule::AnyDomain => "Anybody its identity provider vouches for, whatever their domain",
        },
        chosen: rule == typed.profiles,
    };
    let content = OrganizationSettingsPage {
        shell: operator.shell(environment, Area::Organizations),
        head: head(environment, held, Tab::Settings),
        href: Tab::Settings.href(&href),
        delete_href: format!("{href}/delete"),
        id: held.id.to_string(),
        created_at: Moment::of(held.created_at),
        updated_at: Moment::of(held.updated_at),
        notice,
        errors,
        meanwhile: meanwhile.map(Meanwhile::into_view),
        made_from: made_from.to_owned(),
        fields: vec![name, external_id, stripe],
        rules: ProfileRule::ALL.map(rule).into(),
        notes,
    };
    page(status, &content)
}
