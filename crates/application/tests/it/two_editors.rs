//! Two people who change the same thing, what the audit trail says of a change, and links made anew.

use vestibule_application::change::Change;
use vestibule_application::usecases::create_organization::WriteOrganizationError;
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand, MintedLink};
use vestibule_application::usecases::regenerate_link::{
    RegenerateLink, RegenerateLinkCommand, RegenerateLinkError,
};
use vestibule_application::usecases::update_organization::{UpdateOrganization, UpdateOrganizationCommand};
use vestibule_domain::audit::{AuditAction, Origin};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::organization::{Metadata, ProfileRule};
use vestibule_domain::portal_link::{LinkKind, LinkUnusable};
use vestibule_domain::readout::{FieldChange, Overtaken};
use vestibule_domain::redirect::LinkRedirects;

use crate::world::{World, name};

fn rename(world: &World, to: &str) -> UpdateOrganizationCommand {
    UpdateOrganizationCommand {
        caller: world.caller.clone(),
        organization_id: world.organization.id,
        name: Some(name(to)),
        domains: None,
        profiles: None,
        metadata: Change::Keep,
        external_id: Change::Keep,
        stripe_customer_id: Change::Keep,
        made_from: Some(world.organization.readout().revision()),
    }
}

fn update(world: &World) -> UpdateOrganization {
    UpdateOrganization { ambient: world.ambient.clone() }
}

#[tokio::test]
async fn the_later_of_two_editors_is_told_what_is_there_now_and_nothing_is_lost() {
    let world = World::new().await;
    let first = world.run(update(&world), rename(&world, "First")).await.unwrap();
    let refused = world.run(update(&world), rename(&world, "Second")).await;
    let Err(WriteOrganizationError::Overtaken(Overtaken { now })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(now, first.organization.readout());
    assert_eq!(world.audited(AuditAction::OrganizationUpdated).await.len(), 1);
    let anyway = UpdateOrganizationCommand { made_from: Some(now.revision()), ..rename(&world, "Second") };
    assert_eq!(world.run(update(&world), anyway).await.unwrap().organization.name, name("Second"));
    let program = UpdateOrganizationCommand { made_from: None, ..rename(&world, "Third") };
    assert!(world.run(update(&world), program).await.is_ok(), "who names nothing means what is there");
}

#[tokio::test]
async fn the_audit_trail_has_what_was_before_and_after_and_where_it_came_from() {
    let world = World::new().await;
    let notes = Metadata::parse([("tier".to_owned(), "gold".to_owned())]).unwrap();
    let origin = Origin { ip_address: Some("192.0.2.7".to_owned()), user_agent: None };
    let command = UpdateOrganizationCommand {
        caller: world.caller.clone().acting_from(origin.clone()),
        profiles: Some(ProfileRule::AnyDomain),
        metadata: Change::Set(world.organization.metadata.change_to(&notes)),
        ..rename(&world, "Acme Corp")
    };
    world.run(update(&world), command).await.unwrap();
    let change = |field: &str, before: Option<&str>, after: &str| FieldChange {
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: Some(after.to_owned()),
    };
    let entry = world.audited(AuditAction::OrganizationUpdated).await.remove(0);
    assert_eq!(
        entry.changes,
        [
            change("name", Some("Acme"), "Acme Corp"),
            change("profiles", Some("verified_domains"), "any_domain"),
            change("metadata.tier", None, "gold"),
        ]
    );
    assert_eq!(entry.actor.origin, Some(origin));
    let told = world.events().await;
    assert!(told.iter().all(|event| event.actor.origin.is_none()), "receivers are not told from where");
}

async fn minted(world: &World) -> MintedLink {
    let command = MintLinkCommand {
        caller: world.caller.clone(),
        organization_id: world.organization.id,
        kind: LinkKind::Setup,
        intents: vec![Intent::Sso],
        redirects: LinkRedirects::default(),
        admins: vec![EmailAddress::parse("it@acme.example").unwrap()],
        mail_to: Vec::new(),
        language: Language::En,
        external_user_id: None,
        provider_hint: None,
        life: None,
    };
    world.run(MintLink { ambient: world.ambient.clone() }, command).await.unwrap()
}

fn anew(world: &World, link: &MintedLink) -> RegenerateLinkCommand {
    RegenerateLinkCommand {
        caller: world.caller.clone(),
        organization_id: world.organization.id,
        link_id: link.link.id,
        language: Language::De,
    }
}

#[tokio::test]
async fn a_link_made_anew_is_for_the_same_and_the_old_one_works_no_more() {
    let world = World::new().await;
    let old = minted(&world).await;
    let case = || RegenerateLink { ambient: world.ambient.clone() };
    let new = world.run(case(), anew(&world, &old)).await.unwrap();
    assert_eq!((&new.link.intents, &new.link.admins), (&old.link.intents, &old.link.admins));
    assert_ne!(new.token.digest(), old.token.digest());
    let again = world.run(case(), anew(&world, &old)).await;
    assert!(matches!(again, Err(RegenerateLinkError::Unusable(LinkUnusable::Revoked))), "{again:?}");
    let elsewhere =
        RegenerateLinkCommand { organization_id: world.another_organization().await, ..anew(&world, &new) };
    let elsewhere = world.run(case(), elsewhere).await;
    assert!(matches!(elsewhere, Err(RegenerateLinkError::Unknown)), "{elsewhere:?}");
    let strange = RegenerateLinkCommand { caller: world.stranger(), ..anew(&world, &new) };
    let strange = world.run(case(), strange).await;
    assert!(matches!(strange, Err(RegenerateLinkError::Unknown)), "{strange:?}");
    assert_eq!(world.audited(AuditAction::PortalTokenRevoked).await.len(), 1);
    assert_eq!(world.audited(AuditAction::PortalTokenMinted).await.len(), 2);
}
