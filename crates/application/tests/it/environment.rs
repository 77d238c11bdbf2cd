//! Settings of an environment.

use vestibule_application::usecases::set_custom_attributes::{
    SetCustomAttributes, SetCustomAttributesCommand, SetCustomAttributesError,
};
use vestibule_domain::attribute_map::CUSTOM_ATTRIBUTES_MAX;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeError, CustomAttributeKey};
use vestibule_domain::environment::Environment;
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
    };
    let unknown = office.run(SetCustomAttributes { ambient: office.ambient.clone() }, unknown).await;
    assert!(matches!(unknown, Err(SetCustomAttributesError::Unknown)));
}
