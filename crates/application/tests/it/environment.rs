//! Settings of an environment.

use vestibule_application::usecases::rename_environment::{
    RenameEnvironment, RenameEnvironmentCommand, RenameEnvironmentError,
};
use vestibule_application::usecases::set_address_rule::{SetAddressRule, SetAddressRuleCommand};
use vestibule_application::usecases::set_custom_attributes::{
    SetCustomAttributes, SetCustomAttributesCommand, SetCustomAttributesError,
};
use vestibule_application::usecases::set_redirect_uris::{SetRedirectUris, SetRedirectUrisCommand};
use vestibule_domain::admission::AddressRule;
use vestibule_domain::attribute_map::CUSTOM_ATTRIBUTES_MAX;
use vestibule_domain::audit::{AuditAction, AuditEntry};
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeError, CustomAttributeKey};
use vestibule_domain::environment::Environment;
use vestibule_domain::readout::FieldChange;
use vestibule_domain::text::Name;

use crate::support::Office;

fn key(raw: &str) -> CustomAttributeKey {
    CustomAttributeKey::parse(raw).unwrap()
}

fn attribute(raw: &str, label: &str) -> CustomAttribute {
    CustomAttribute { key: key(raw), label: Name::parse(label).unwrap() }
}

impl Office {
    async fn set(
        &self,
        remove: &[&str],
        define: &[CustomAttribute],
    ) -> Result<Environment, SetCustomAttributesError> {
        let command = SetCustomAttributesCommand {
            actor: self.caller.actor.clone(),
            environment_id: self.caller.environment_id(),
            remove: remove.iter().copied().map(key).collect(),
            define: define.to_vec(),
            made_from: None,
        };
        self.run(SetCustomAttributes { ambient: self.ambient.clone() }, command).await
    }

    async fn changes(&self) -> usize {
        self.trail().await.into_iter().filter(|action| *action == AuditAction::EnvironmentUpdated).count()
    }
}

#[tokio::test]
async fn custom_attributes_are_defined_renamed_and_taken_away() {
    let office = Office::open().await;
    let two = [attribute("department", "Department"), attribute("cost_center", "Cost center")];
    for _ in 0..2 {
        let set = office.set(&[], &two).await.unwrap();
        assert_eq!(set.custom_attributes.iter().collect::<Vec<_>>(), two.iter().collect::<Vec<_>>());
    }
    assert_eq!(office.changes().await, 1, "setting what is set is no change");
    let set = office.set(&["department"], &[attribute("cost_center", "Kostenstelle")]).await.unwrap();
    assert_eq!(set.custom_attributes.iter().collect::<Vec<_>>(), [&attribute("cost_center", "Kostenstelle")]);
    assert_eq!(office.changes().await, 2);
}

#[tokio::test]
async fn what_cannot_be_set_changes_nothing() {
    let office = Office::open().await;
    office.set(&[], &[attribute("department", "Department")]).await.unwrap();
    let gone = office.set(&["manager"], &[attribute("more", "More")]).await;
    assert!(matches!(gone, Err(SetCustomAttributesError::NotDefined(missing)) if missing == key("manager")));
    let many: Vec<_> = (0..CUSTOM_ATTRIBUTES_MAX).map(|n| attribute(&format!("k{n}"), "x")).collect();
    let full = office.set(&[], &many).await;
    assert!(matches!(full, Err(SetCustomAttributesError::Refused(CustomAttributeError::TooMany))));
    let set = office.set(&["department"], &many).await.unwrap();
    assert_eq!(set.custom_attributes.iter().count(), CUSTOM_ATTRIBUTES_MAX);

    let unknown = SetCustomAttributesCommand {
        actor: office.caller.actor.clone(),
        environment_id: office.ambient.id(office.ambient.now()),
        remove: Vec::new(),
        define: vec![attribute("department", "Department")],
        made_from: None,
    };
    let unknown = office.run(SetCustomAttributes { ambient: office.ambient.clone() }, unknown).await;
    assert!(matches!(unknown, Err(SetCustomAttributesError::Unknown)));
}

fn change(field: &str, before: Option<&str>, after: Option<&str>) -> FieldChange {
    FieldChange {
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    }
}

impl Office {
    /// What the newest change of the environment was.
    async fn last_change(&self) -> Vec<FieldChange> {
        let entries = self.entries().await;
        let of_it = |entry: &&AuditEntry| entry.action == AuditAction::EnvironmentUpdated;
        entries.iter().rfind(of_it).unwrap().changes.clone()
    }
}

#[tokio::test]
async fn the_trail_has_what_a_setting_was_and_became() {
    let office = Office::open().await;
    let (actor, environment_id) = (office.caller.actor.clone(), office.caller.environment_id());
    let before = office.caller.environment.name.to_string();
    let rename = RenameEnvironmentCommand {
        actor: actor.clone(),
        environment_id,
        name: Name::parse("Renamed").unwrap(),
        made_from: None,
    };
    office.run(RenameEnvironment { ambient: office.ambient.clone() }, rename.clone()).await.unwrap();
    assert_eq!(office.last_change().await, [change("name", Some(&before), Some("Renamed"))]);
    let stale = RenameEnvironmentCommand {
        name: Name::parse("Again").unwrap(),
        made_from: Some(office.caller.environment.called().revision()),
        ..rename
    };
    let refused = office.run(RenameEnvironment { ambient: office.ambient.clone() }, stale).await;
    assert!(matches!(refused, Err(RenameEnvironmentError::Overtaken(_))), "{refused:?}");

    let rule = match office.caller.environment.addresses {
        AddressRule::Stated => AddressRule::Confirmed,
        AddressRule::Confirmed => AddressRule::Stated,
    };
    let command = SetAddressRuleCommand { actor: actor.clone(), environment_id, addresses: rule };
    office.run(SetAddressRule { ambient: office.ambient.clone() }, command).await.unwrap();
    let [told] = &office.last_change().await[..] else { panic!("one change") };
    assert_eq!(told.field, "admin_addresses");
    assert!(told.before.is_some() && told.after.is_some() && told.before != told.after);

    office.set(&[], &[attribute("department", "Department")]).await.unwrap();
    office.set(&[], &[attribute("department", "Team")]).await.unwrap();
    let relabelled = change("custom_attribute.department", Some("Department"), Some("Team"));
    assert_eq!(office.last_change().await, [relabelled]);
    office.set(&["department"], &[]).await.unwrap();
    assert_eq!(office.last_change().await, [change("custom_attribute.department", Some("Team"), None)]);

    let uris = |register: &[&str], first: Option<&str>, remove: &[&str]| SetRedirectUrisCommand {
        actor: actor.clone(),
        environment_id,
        remove: remove.iter().map(ToString::to_string).collect(),
        register: register.iter().map(ToString::to_string).collect(),
        first: first.map(str::to_owned),
        made_from: None,
    };
    let [one, two] = ["https://a.example/cb", "https://b.example/cb"];
    let set = async |command| {
        office.run(SetRedirectUris { ambient: office.ambient.clone() }, command).await.unwrap();
        office.last_change().await
    };
    let added = change("redirect_uri", None, Some(one));
    assert!(set(uris(&[one, two], None, &[])).await.contains(&added));
    let default = change("default_redirect_uri", Some(one), Some(two));
    assert_eq!(set(uris(&[], Some(two), &[])).await, [default]);
    let gone = set(uris(&[], None, &[two])).await;
    assert_eq!(
        gone,
        [change("redirect_uri", Some(two), None), change("default_redirect_uri", Some(two), Some(one))]
    );
}
