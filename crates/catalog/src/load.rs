//! From a file to a provider: the rules of the schema, each with an error that names file and key.
//!
//! Rules on a single value (words, required texts, unknown keys) already
//! hold when a file has been read, see `schema`. Here are the rules between values.

use std::collections::HashSet;
use std::hash::Hash;

use crate::catalog::CatalogResult;
use crate::connection_type::ConnectionTypes;
use crate::error::CatalogError;
use crate::fields::{FieldKind, Group, Pattern, WeNeed};
use crate::keys::{FieldKey, OurValue};
use crate::markdown;
use crate::provider::{Protocol, Provider};
use crate::schema::{ProviderFile, SCHEMA_VERSION, StepTable};
use crate::search::Haystack;
use crate::steps::{EnterValue, Step};

/// The category, and folder, of identity providers.
const CATEGORY: &str = "sso";

/// The fields that replace SAML metadata, all together.
const SAML_MANUAL: [FieldKey; 3] = [FieldKey::IdpEntityId, FieldKey::IdpSsoUrl, FieldKey::IdpCertificate];

/// Whether the rules about patterns are tried: that takes compiling every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patterns {
    /// They are.
    Tried,
    /// A test has done so.
    Proven,
}

/// Parses the file at `path` (relative to the data folder).
pub(crate) fn provider(
    path: &str,
    text: &str,
    types: &ConnectionTypes,
    patterns: Patterns,
) -> CatalogResult<Provider> {
    let file: ProviderFile =
        toml::from_str(text).map_err(|error| CatalogError::from_toml(path, text, &error))?;
    Loader { path, patterns }.load(file, types)
}

/// Knows which file an error is about.
struct Loader<'a> {
    path: &'a str,
    patterns: Patterns,
}

impl Loader<'_> {
    fn load(&self, file: ProviderFile, types: &ConnectionTypes) -> CatalogResult<Provider> {
        self.check_head(&file)?;
        self.check_given(&file)?;
        let connection_type = types.get(&file.slug, file.protocol)?;
        for field in &file.we_need {
            self.check_field(field)?;
        }
        if self.patterns == Patterns::Tried {
            self.check_patterns(&file)?;
        }
        self.check_unique("we_need", file.we_need.iter().map(|field| field.key))?;
        self.check_unique("attribute_map", file.attribute_map.iter().map(|row| row.key))?;
        self.check_unique("quirks", file.quirks.iter().map(|quirk| quirk.id.as_str()))?;
        self.check_protocol(&file)?;

        let given: HashSet<OurValue> =
            file.we_give.iter().map(|given| given.key).chain([OurValue::AppName]).collect();
        let mut steps = self.steps(file.steps, &given, &file.we_need)?;
        let we_need = match file.protocol {
            Protocol::Saml => complete_saml(file.we_need),
            Protocol::Oidc => file.we_need,
        };
        self.collect_what_is_left(&mut steps, &we_need)?;

        let names = [file.name.as_str(), file.slug.as_str()];
        let haystack = Haystack::new(
            names.into_iter().chain(file.vendor.as_deref()).chain(file.aliases.iter().map(String::as_str)),
        );
        Ok(Provider {
            slug: file.slug,
            name: file.name,
            vendor: file.vendor,
            aliases: file.aliases,
            protocol: file.protocol,
            priority: file.priority,
            console_url: file.console_url,
            console_path: file.console_path,
            admin_role: file.admin_role,
            scopes: file.scopes,
            token_endpoint_auth: file.token_endpoint_auth,
            confidence: file.confidence,
            confidence_reason: file.confidence_reason,
            checked_on: file.checked_on,
            unverified: file.unverified,
            sources: file.sources,
            see_also: file.see_also,
            connection_type,
            we_give: file.we_give,
            we_need,
            name_id: file.nameid,
            signing: file.signing,
            attribute_map: file.attribute_map,
            default_attributes: file.default_attributes,
            steps,
            quirks: file.quirks,
            renewal: file.renewal,
            traces: file.traces,
            haystack,
        })
    }

    fn check_head(&self, file: &ProviderFile) -> CatalogResult<()> {
        self.ensure(file.schema_version == SCHEMA_VERSION, "schema_version", || {
            format!("is {}, this release reads {SCHEMA_VERSION}", file.schema_version)
        })?;
        self.ensure(is_slug(&file.slug), "slug", || "may hold a-z, 0-9 and single dashes only".to_owned())?;
        self.ensure(file.category == CATEGORY, "category", || {
            format!("must be `{CATEGORY}`, as the folder")
        })?;
        let expected_path = format!("{CATEGORY}/{}.toml", file.slug);
        self.ensure(self.path == expected_path, "slug", || {
            format!("`{}` must equal the file's name", file.slug)
        })?;
        if let Some(url) = &file.console_url {
            self.ensure_https("console_url", url)?;
        }
        self.ensure(!file.sources.is_empty(), "sources", || "name at least one public page".to_owned())?;
        for source in &file.sources {
            self.ensure_https("sources.url", &source.url)?;
        }
        for url in &file.see_also {
            self.ensure_https("see_also", url)?;
        }
        self.ensure(file.checked_on_live_console == file.checked_on.is_some(), "checked_on", || {
            "goes together with checked_on_live_console = true".to_owned()
        })?;
        let day = file.checked_on.as_deref();
        self.ensure(day.is_none_or(is_iso_day), "checked_on", || "must be a day, YYYY-MM-DD".to_owned())
    }

    fn check_given(&self, file: &ProviderFile) -> CatalogResult<()> {
        let places = file.we_give.iter().map(|given| (given.key, &given.their_label, &given.where_));
        let mut seen = HashSet::new();
        for place in places {
            self.ensure(seen.insert(place), &format!("we_give.{}", place.0), || {
                format!("appears twice for `{}`", place.1)
            })?;
        }
        Ok(())
    }

    fn check_field(&self, field: &WeNeed) -> CatalogResult<()> {
        let key = |part: &str| format!("we_need.{}.{part}", field.key);
        if let Some(kind) = kind_of(field.key) {
            self.ensure(field.kind == kind, &key("kind"), || format!("must be {kind:?}"))?;
        }
        self.ensure(field.pattern.is_none() || field.example.is_some(), &key("example"), || {
            "a pattern needs an example".to_owned()
        })?;
        let is_select = field.kind == FieldKind::Select;
        self.ensure(is_select != field.options.is_empty(), &key("options"), || {
            "a select has options, and nothing else has".to_owned()
        })?;
        if let Some(default) = &field.default {
            let fits = match field.kind {
                FieldKind::Select => field.options.contains(default),
                kind => kind == FieldKind::Toggle,
            };
            self.ensure(fits, &key("default"), || format!("`{default}` is not among the options"))?;
        }
        self.ensure(!field.preferred || field.group == Group::IdpMetadata, &key("preferred"), || {
            "only a member of the group idp_metadata is preferred".to_owned()
        })
    }

    /// The rules about patterns: they compile, and fit what the file has for their values.
    fn check_patterns(&self, file: &ProviderFile) -> CatalogResult<()> {
        let entity_id = file.traces.as_ref().and_then(|traces| traces.entity_id.as_ref());
        if let Some(pattern) = entity_id {
            self.compiles(pattern, "traces.entity_id")?;
        }
        for field in &file.we_need {
            let key = |part: &str| format!("we_need.{}.{part}", field.key);
            let values =
                [("example", field.example.as_deref()), ("fixed_value", field.fixed_value.as_deref())];
            if let Some(pattern) = &field.pattern {
                self.compiles(pattern, &key("pattern"))?;
                for (part, value) in values {
                    self.ensure(value.is_none_or(|value| pattern.matches(value)), &key(part), || {
                        format!("does not match the pattern `{}`", pattern.as_str())
                    })?;
                }
            }
            for mistake in &field.mistakes {
                self.compiles(&mistake.pattern, &key("mistakes"))?;
                let contradicts =
                    values.iter().filter_map(|(_, value)| *value).any(|value| mistake.pattern.matches(value));
                self.ensure(!contradicts, &key("mistakes"), || {
                    format!("`{}` matches the field's own example", mistake.pattern.as_str())
                })?;
            }
        }
        Ok(())
    }

    fn compiles(&self, pattern: &Pattern, key: &str) -> CatalogResult<()> {
        match pattern.regex() {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(CatalogError::new(self.path, key, format!("pattern does not compile: {error}")))
            }
        }
    }

    fn check_protocol(&self, file: &ProviderFile) -> CatalogResult<()> {
        match file.protocol {
            Protocol::Saml => self.check_saml(file),
            Protocol::Oidc => self.check_oidc(file),
        }
    }

    fn check_saml(&self, file: &ProviderFile) -> CatalogResult<()> {
        self.ensure(file.nameid.is_some(), "nameid", || "a SAML provider needs this table".to_owned())?;
        self.ensure(file.signing.is_some(), "signing", || "a SAML provider needs this table".to_owned())?;
        self.ensure(file.scopes.is_empty(), "scopes", || "SAML has none".to_owned())?;
        let in_group = |group| file.we_need.iter().filter(move |field| field.group == group);

        for field in in_group(Group::IdpMetadata) {
            let is_metadata = matches!(field.kind, FieldKind::MetadataUrl | FieldKind::MetadataXml);
            self.ensure(is_metadata, &format!("we_need.{}.group", field.key), || {
                "only metadata belongs to the group idp_metadata".to_owned()
            })?;
        }
        let has_metadata = in_group(Group::IdpMetadata).next().is_some();
        if has_metadata {
            let preferred = in_group(Group::IdpMetadata).filter(|field| field.preferred).count();
            self.ensure(preferred == 1, "we_need.preferred", || {
                format!("exactly one member of idp_metadata is preferred, not {preferred}")
            })?;
        }

        let manual: HashSet<FieldKey> = in_group(Group::Manual).map(|field| field.key).collect();
        let is_whole = manual == HashSet::from(SAML_MANUAL);
        self.ensure(manual.is_empty() || is_whole, "we_need.group", || {
            "the group manual holds idp_entity_id, idp_sso_url and idp_certificate, all three".to_owned()
        })?;
        self.ensure(has_metadata || is_whole, "we_need", || {
            "a SAML provider needs the group idp_metadata or the group manual".to_owned()
        })
    }

    fn check_oidc(&self, file: &ProviderFile) -> CatalogResult<()> {
        self.ensure(file.nameid.is_none(), "nameid", || "OpenID Connect has none".to_owned())?;
        self.ensure(file.signing.is_none(), "signing", || "OpenID Connect has none".to_owned())?;
        self.ensure(file.scopes.iter().any(|scope| scope == "openid"), "scopes", || {
            "must hold `openid`".to_owned()
        })?;
        let requires = |key| file.we_need.iter().any(|field| field.key == key && field.required);
        for key in [FieldKey::Issuer, FieldKey::ClientId] {
            self.ensure(requires(key), "we_need", || {
                format!("an OpenID Connect provider needs a required `{key}`")
            })?;
        }
        // Without a secret we authenticate with a key whose certificate the admin uploads.
        let gives_certificate =
            file.we_give.iter().any(|given| given.key == OurValue::ClientPublicCertificate && given.required);
        self.ensure(requires(FieldKey::ClientSecret) || gives_certificate, "we_need", || {
            "an OpenID Connect provider needs a required `client_secret`, or is given \
             `client_public_certificate`"
                .to_owned()
        })?;
        let stray = file.we_need.iter().find(|field| field.group == Group::IdpMetadata);
        self.ensure(stray.is_none(), "we_need.group", || "OpenID Connect has no idp_metadata".to_owned())
    }

    fn steps(
        &self,
        tables: Vec<StepTable>,
        given: &HashSet<OurValue>,
        fields: &[WeNeed],
    ) -> CatalogResult<Vec<Step>> {
        let mut collected = HashSet::new();
        let mut steps = Vec::with_capacity(tables.len());
        for (index, table) in tables.into_iter().enumerate() {
            let key = |part: &str| format!("steps[{index}].{part}");
            for value in &table.copy {
                self.ensure(given.contains(value), &key("copy"), || format!("`{value}` is not in we_give"))?;
            }
            for row in &table.enter {
                if let EnterValue::Ref(value) = &row.value {
                    self.ensure(given.contains(value), &key("enter"), || {
                        format!("`{value}` is not in we_give")
                    })?;
                }
            }
            for wanted in &table.collect {
                let field = fields.iter().find(|field| field.key == *wanted);
                self.ensure(field.is_some(), &key("collect"), || format!("`{wanted}` is not in we_need"))?;
                let is_fixed = field.is_some_and(|field| field.fixed_value.is_some());
                self.ensure(!is_fixed, &key("collect"), || {
                    format!("`{wanted}` has a fixed value and is never asked for")
                })?;
                self.ensure(collected.insert(*wanted), &key("collect"), || {
                    format!("`{wanted}` is collected twice")
                })?;
            }
            let body = markdown::render(&table.body);
            steps.push(Step {
                title: table.title,
                body_html: body.html,
                body_text: body.text,
                copy: table.copy,
                enter: table.enter,
                collect: table.collect,
                when: table.when,
            });
        }
        Ok(steps)
    }

    /// Lets the last step ask for every required field that no step of the file asks for, since a
    /// form without it could not be finished. (Login.gov's discovery endpoint is such a field.)
    ///
    /// A file in which no step asks for anything required is a mistake.
    fn collect_what_is_left(&self, steps: &mut [Step], fields: &[WeNeed]) -> CatalogResult<()> {
        let collected: HashSet<FieldKey> = steps.iter().flat_map(|step| &step.collect).copied().collect();
        let in_group = |group| fields.iter().filter(move |field| field.group == group);
        let mut wanted: Vec<&WeNeed> = in_group(Group::None).filter(|field| field.must_be_asked()).collect();
        // One member of the metadata group is enough; without such a group it is the manual one.
        match in_group(Group::IdpMetadata).find(|field| field.preferred) {
            Some(preferred) if !in_group(Group::IdpMetadata).any(|field| collected.contains(&field.key)) => {
                wanted.push(preferred);
            }
            Some(_) => {}
            None => wanted.extend(in_group(Group::Manual).filter(|field| field.must_be_asked())),
        }
        let left: Vec<FieldKey> =
            wanted.iter().map(|field| field.key).filter(|key| !collected.contains(key)).collect();

        let asks_for_something = !collected.is_empty() && (wanted.is_empty() || left.len() < wanted.len());
        self.ensure(asks_for_something, "steps.collect", || "no step asks for a required field".to_owned())?;
        if let Some(last) = steps.last_mut() {
            last.collect.extend(left);
        }
        Ok(())
    }

    fn check_unique<T: Hash + Eq + std::fmt::Display + Copy>(
        &self,
        table: &str,
        keys: impl Iterator<Item = T>,
    ) -> CatalogResult<()> {
        let mut seen = HashSet::new();
        for key in keys {
            self.ensure(seen.insert(key), &format!("{table}.{key}"), || "appears twice".to_owned())?;
        }
        Ok(())
    }

    fn ensure_https(&self, key: &str, url: &str) -> CatalogResult<()> {
        let plain = url.starts_with("https://") && !url.contains(char::is_whitespace);
        self.ensure(plain, key, || format!("`{url}` is not an https address"))
    }

    fn ensure(&self, holds: bool, key: &str, reason: impl FnOnce() -> String) -> CatalogResult<()> {
        if holds { Ok(()) } else { Err(CatalogError::new(self.path, key, reason())) }
    }
}

/// Gives a SAML provider the fields its file leaves out: the metadata as a document where there is
/// an address, and the three that are typed by hand. A certificate that a file lists outside any
/// group (`ClassLink`'s) is the one to type, with its own label.
fn complete_saml(mut fields: Vec<WeNeed>) -> Vec<WeNeed> {
    let has_metadata = fields.iter().any(|field| field.group == Group::IdpMetadata);
    let document = has_metadata.then_some(FieldKey::IdpMetadataXml);
    for key in document.into_iter().chain(SAML_MANUAL) {
        match fields.iter_mut().find(|field| field.key == key) {
            None => fields.extend(WeNeed::neutral(key)),
            Some(field) if field.group == Group::None => {
                field.group = Group::Manual;
                field.required = true;
            }
            Some(_) => {}
        }
    }
    fields
}

/// What a field has to hold, where its meaning leaves no choice: a secret under another kind would
/// be shown again after saving.
fn kind_of(key: FieldKey) -> Option<FieldKind> {
    match key {
        FieldKey::IdpMetadataUrl => Some(FieldKind::MetadataUrl),
        FieldKey::IdpMetadataXml => Some(FieldKind::MetadataXml),
        FieldKey::IdpCertificate => Some(FieldKind::Certificate),
        FieldKey::ClientSecret => Some(FieldKind::Secret),
        _ => None,
    }
}

fn is_slug(slug: &str) -> bool {
    slug.split('-')
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

/// Whether a text has the form of a day; the calendar is not consulted.
fn is_iso_day(day: &str) -> bool {
    let bytes = day.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
