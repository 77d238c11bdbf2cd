//! Messages.

use vestibule_application::ports::store::Conflict;
use vestibule_domain::certificate_watch::CertificateUse;
use vestibule_domain::connection::DomainStanding;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::message::{
    AccountChange, ExpiryNote, LiveNote, LiveReader, Message, MessageKind, MessageState, RenewalLink,
    StepsNote,
};
use vestibule_domain::organization::Organization;
use vestibule_domain::step_sheet::{SheetEntry, SheetStep, StepSheet};

use crate::fixtures::{self, email};
use crate::samples::{HOSTILE, at_micros, https, sealed};
use crate::world::{World, done, refused};

crate::cases![
    a_message_comes_back_as_it_was_added,
    an_unknown_message_is_not_found,
    a_message_needs_its_organization,
    a_message_about_an_account_concerns_no_organization,
    a_message_needs_an_organization_of_its_environment,
    a_change_writes_kind_and_state_only,
];

async fn stored(world: &World, message: &Message) -> Option<Message> {
    world.queries().message(message.environment_id, message.id).await.expect("a look-up")
}

fn full(world: &World, organization: &Organization) -> Message {
    Message {
        to: email("jürgen+o'hara@acme.example"),
        kind: MessageKind::Invitation {
            link_id: world.id(),
            sealed_url: Some(sealed()),
            intents: Intent::ALL.to_vec(),
            language: Language::Ja,
            expires_at: at_micros(999_999),
        },
        created_at: at_micros(1),
        ..fixtures::message(world, organization)
    }
}

fn code(world: &World, organization: &Organization) -> Message {
    Message {
        kind: MessageKind::Code {
            link_id: world.id(),
            sealed_code: Some(sealed()),
            language: Language::Ja,
            expires_at: at_micros(1),
        },
        ..fixtures::message(world, organization)
    }
}

fn live(world: &World, organization: &Organization) -> Message {
    let note = LiveNote {
        reader: LiveReader::Team,
        connection_name: organization.name.clone(),
        set_up_by: Some(email("jürgen+o'hara@acme.example")),
        domains: DomainStanding::Unverified,
        language: Language::Ja,
    };
    Message { kind: MessageKind::Live(note), ..fixtures::message(world, organization) }
}

fn expiry(world: &World, organization: &Organization) -> Message {
    let note = ExpiryNote {
        reader: LiveReader::Admin,
        connection_name: organization.name.clone(),
        of: CertificateUse::RequestSigning,
        expires_at: at_micros(999_999),
        metadata_url: Some(https("https://idp.example/metadata?tenant=a%2Fb")),
        renewal: Some(RenewalLink { sealed_url: Some(sealed()), expires_at: at_micros(1) }),
        language: Language::Fr,
    };
    Message { kind: MessageKind::Expiry(note), ..fixtures::message(world, organization) }
}

fn steps(world: &World, organization: &Organization) -> Message {
    let entry = || SheetEntry { name: HOSTILE.into(), value: HOSTILE.into() };
    let step = SheetStep {
        title: HOSTILE.into(),
        when: Some(HOSTILE.into()),
        body: HOSTILE.into(),
        entries: vec![entry(), entry()],
        values: vec![entry()],
        brings: Vec::new(),
    };
    let sheet = StepSheet {
        provider: HOSTILE.into(),
        console: Some(HOSTILE.into()),
        menu: HOSTILE.into(),
        role: None,
        steps: vec![step],
    };
    let note = StepsNote { from: None, sheet, language: Language::Fr };
    Message { kind: MessageKind::Steps(note), ..fixtures::message(world, organization) }
}

async fn a_message_comes_back_as_it_was_added(world: World) {
    let organization = world.given_organization().await;
    let states = [
        MessageState::Queued,
        MessageState::Sent { at: at_micros(499_999) },
        MessageState::Failed { at: at_micros(500_000) },
    ];
    for state in states {
        for message in [
            fixtures::message(&world, &organization),
            full(&world, &organization),
            code(&world, &organization),
            live(&world, &organization),
            steps(&world, &organization),
            expiry(&world, &organization),
        ] {
            let message = Message { state, ..message };
            done!(world, |work| work.messages().insert(&message));
            assert_eq!(stored(&world, &message).await, Some(message));
        }
    }
}

async fn an_unknown_message_is_not_found(world: World) {
    let message = fixtures::message(&world, &world.given_organization().await);
    assert_eq!(stored(&world, &message).await, None);
    assert!(!done!(world, |work| work.messages().update(&message)));
    assert_eq!(stored(&world, &message).await, None);
}

async fn a_message_needs_its_organization(world: World) {
    let message = fixtures::message(&world, &fixtures::organization(&world));
    assert_eq!(refused!(world, |work| work.messages().insert(&message)), Conflict::Reference);
}

async fn a_message_needs_an_organization_of_its_environment(world: World) {
    let organization = world.given_organization().await;
    let message = Message { environment_id: world.abroad, ..fixtures::message(&world, &organization) };
    assert_eq!(refused!(world, |work| work.messages().insert(&message)), Conflict::Reference);
}

async fn a_change_writes_kind_and_state_only(world: World) {
    let organization = world.given_organization().await;
    let before = full(&world, &organization);
    let bystander = full(&world, &organization);
    done!(world, |work| work.messages().insert(&before));
    done!(world, |work| work.messages().insert(&bystander));
    let kind = before.kind.clone().without_secret();
    let state = MessageState::Sent { at: at_micros(999_999) };
    let to: EmailAddress = email("somebody@else.example");
    let altered = Message { kind: kind.clone(), state, to, created_at: at_micros(5), ..before.clone() };
    assert!(done!(world, |work| work.messages().update(&altered)));
    assert_eq!(stored(&world, &before).await, Some(Message { kind, state, ..before }));
    assert_eq!(stored(&world, &bystander).await, Some(bystander));
}

async fn a_message_about_an_account_concerns_no_organization(world: World) {
    let organization = world.given_organization().await;
    let kinds = [
        MessageKind::PasswordReset { sealed_url: Some(sealed()), expires_at: at_micros(1) },
        MessageKind::TeamInvitation {
            sealed_url: Some(sealed()),
            invited_by: HOSTILE.to_owned(),
            expires_at: at_micros(1),
        },
        MessageKind::Account(AccountChange::SecondFactorOff),
    ];
    for kind in kinds {
        let message = Message { organization_id: None, kind, ..fixtures::message(&world, &organization) };
        done!(world, |work| work.messages().insert(&message));
        assert_eq!(stored(&world, &message).await, Some(message));
    }
}
