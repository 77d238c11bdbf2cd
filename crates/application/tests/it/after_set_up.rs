//! After a set-up: who is told, which attributes fill which field, and steps for colleagues.

use vestibule_application::change::Change;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::map_attributes::{
    MapAttributes, MapAttributesCommand, MapAttributesError,
};
use vestibule_application::usecases::save_connection::{SaveConnection, SaveConnectionCommand};
use vestibule_application::usecases::send_steps::{SendSteps, SendStepsCommand, SendStepsError};
use vestibule_application::usecases::update_connection::AttributeMapChange;
use vestibule_application::usecases::visit::ManageError;
use vestibule_domain::attribute_map::{ATTRIBUTE_NAME_BYTES_MAX, AttributeMapError};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::connection::{Connection, DomainStanding};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::ActivationRule;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{LiveReader, Message, MessageKind};
use vestibule_domain::organization::ProfileRule;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::portal_session::SHEETS_SENT_MAX;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::step_sheet::StepSheet;

use crate::portal::okta;
use crate::support::Office;

fn email(raw: &str) -> EmailAddress {
    EmailAddress::parse(raw).unwrap()
}

impl Office {
    /// What waits to be mailed.
    async fn mail(&self) -> Vec<Message> {
        let mut mail = Vec::new();
        for job in self.store.jobs().claim(16, self.ambient.now()).await.unwrap() {
            if let Task::SendMessage(id) = job.task {
                mail.extend(self.store.queries().message(job.environment_id, id).await.unwrap());
            }
        }
        mail
    }

    /// Who is told that a connection went live: reader, address, language, whether it waits.
    async fn told(&self) -> Vec<(LiveReader, String, Language, DomainStanding)> {
        let live = |message: Message| match message.kind {
            MessageKind::Live(note) => {
                Some((note.reader, message.to.to_string(), note.language, note.domains))
            }
            MessageKind::Invitation { .. }
            | MessageKind::Code { .. }
            | MessageKind::Steps(_)
            | MessageKind::Expiry(_)
            | MessageKind::PasswordReset { .. }
            | MessageKind::TeamInvitation { .. }
            | MessageKind::Account(_)
            | MessageKind::Digest(_) => None,
        };
        self.mail().await.into_iter().filter_map(live).collect()
    }

    /// Gives the environment an address of its team, and the rule about domains.
    async fn configure(&self, support: &str, rule: ActivationRule) {
        let mut environment = (*self.caller.environment).clone();
        environment.branding.support_email = EmailAddress::parse(support).ok();
        environment.activation = rule;
        let mut work = self.store.begin().await.unwrap();
        work.accounts().update_environment(&environment).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn let_anybody_in(&self) {
        let environment = self.caller.environment_id();
        let mut work = self.store.begin().await.unwrap();
        let mut organization =
            work.organizations().find(environment, self.organization).await.unwrap().unwrap();
        organization.profiles = ProfileRule::AnyDomain;
        work.organizations().update(&organization).await.unwrap();
        work.commit().await.unwrap();
    }

    /// A connection that was just saved through a link of a kind, and the visit that saved it.
    async fn connected(&self, kind: LinkKind) -> (SecretDigest, Connection) {
        let minted = self.mint(self.order(kind, &[Intent::Sso])).await.unwrap();
        let (session, revision) = self.ready_to_save(&minted.token).await;
        let saved = self.save(session, &revision).await.unwrap();
        (session, saved)
    }

    async fn map(
        &self,
        session: SecretDigest,
        connection: ConnectionId,
        change: AttributeMapChange,
    ) -> Result<Connection, MapAttributesError> {
        let case = MapAttributes { ambient: self.ambient.clone() };
        self.run(case, MapAttributesCommand { session, connection, change }).await
    }

    async fn send_steps(&self, session: SecretDigest, to: &str) -> Result<(), SendStepsError> {
        let sheet = StepSheet {
            provider: "Okta".into(),
            console: None,
            menu: "Applications".into(),
            role: None,
            steps: Vec::new(),
        };
        let command = SendStepsCommand { session, to: email(to), sheet, language: Language::Fr };
        self.run(SendSteps { ambient: self.ambient.clone() }, command).await
    }
}

#[tokio::test]
async fn admin_and_team_are_told_once_when_a_connection_goes_live() {
    let office = Office::open().await;
    office.configure("team@initech.example", ActivationRule::Immediate).await;
    let (session, _) = office.connected(LinkKind::Launch).await;
    assert_eq!(
        office.told().await,
        [
            (LiveReader::Admin, "it@acme.example".into(), Language::De, DomainStanding::Unverified),
            (LiveReader::Team, "team@initech.example".into(), Language::En, DomainStanding::Unverified),
        ]
    );
    // The provider's data brought anew does not switch anything on.
    let revision = office.review(session).await.unwrap();
    office.save(session, &revision).await.unwrap();
    assert_eq!(office.told().await, []);
}

#[tokio::test]
async fn a_team_that_is_the_admin_is_told_once() {
    let office = Office::open().await;
    office.configure("it@acme.example", ActivationRule::Immediate).await;
    office.let_anybody_in().await;
    office.connected(LinkKind::Token).await;
    let told = office.told().await;
    assert_eq!(told, [(LiveReader::Admin, "it@acme.example".into(), Language::De, DomainStanding::Verified)]);
}

#[tokio::test]
async fn nobody_is_told_while_a_connection_waits_for_a_domain() {
    let office = Office::open().await;
    office.configure("team@initech.example", ActivationRule::VerifiedDomain).await;
    office.connected(LinkKind::Token).await;
    assert_eq!(office.told().await, []);
}

#[tokio::test]
async fn without_an_address_only_the_team_is_told() {
    let office = Office::open().await;
    office.configure("team@initech.example", ActivationRule::Immediate).await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&minted.token).await;
    office.save_as(session, &revision, None).await.unwrap();
    let readers: Vec<LiveReader> = office.told().await.into_iter().map(|told| told.0).collect();
    assert_eq!(readers, [LiveReader::Team]);
}

#[tokio::test]
async fn a_save_that_is_refused_tells_nobody() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, _) = office.ready_to_save(&minted.token).await;
    office.save(session, "another").await.unwrap_err();
    assert!(office.mail().await.is_empty());
}

#[tokio::test]
async fn attribute_names_are_saved_with_the_connection_and_changed_later() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Launch, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&minted.token).await;
    let attributes =
        AttributeMapChange { email: Change::Set("mail".into()), ..AttributeMapChange::default() };
    let command =
        SaveConnectionCommand { session, revision, set_up_by: None, attributes, language: Language::En };
    let saved = office.run(SaveConnection { ambient: office.ambient.clone() }, command).await.unwrap();
    assert_eq!(saved.attribute_map.email.as_deref(), Some("mail"));

    let (events, trail) = (office.events().await.len(), office.trail().await.len());
    let change = AttributeMapChange {
        email: Change::Reset,
        groups: Change::Set("roles".into()),
        ..AttributeMapChange::default()
    };
    let changed = office.map(session, saved.id, change.clone()).await.unwrap();
    assert_eq!((changed.attribute_map.email, changed.attribute_map.groups), (None, Some("roles".into())));
    assert_eq!(office.trail().await[trail..], [AuditAction::ConnectionUpdated]);
    // The contract has no event for a connection that changed and stays what it is.
    assert_eq!(office.events().await.len(), events);
    // Once more changes nothing, and nothing is written down.
    office.map(session, saved.id, change).await.unwrap();
    assert_eq!(office.trail().await.len(), trail + 1);
}

#[tokio::test]
async fn attribute_names_are_changed_by_whoever_may_and_within_their_limits() {
    let office = Office::open().await;
    let (session, connection) = office.connected(LinkKind::Launch).await;
    let long =
        |n: usize| AttributeMapChange { name: Change::Set("x".repeat(n)), ..AttributeMapChange::default() };
    office.map(session, connection.id, long(ATTRIBUTE_NAME_BYTES_MAX)).await.unwrap();
    let refused = office.map(session, connection.id, long(ATTRIBUTE_NAME_BYTES_MAX + 1)).await;
    assert!(matches!(refused, Err(MapAttributesError::AttributeMap(AttributeMapError::Name { .. }))));
    let other = office.map(session, office.ambient.id(office.ambient.now()), long(1)).await;
    assert!(matches!(other, Err(MapAttributesError::Manage(ManageError::NoSuchConnection))));
    // A link for setting up changes nothing that exists.
    let minted = office.mint(office.order(LinkKind::Setup, &[Intent::Sso])).await.unwrap();
    let session = office.begin(&minted.token).await.unwrap();
    let refused = office.map(session, connection.id, long(1)).await;
    assert!(matches!(refused, Err(MapAttributesError::Manage(ManageError::NotAllowed))));
}

#[tokio::test]
async fn a_colleague_gets_the_steps_so_often_and_not_once_more() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Setup, &[Intent::Sso])).await.unwrap();
    let session = office.begin(&minted.token).await.unwrap();
    office.pick(session, okta()).await.unwrap();
    for _ in 0..SHEETS_SENT_MAX {
        office.send_steps(session, "bob@acme.example").await.unwrap();
    }
    let refused = office.send_steps(session, "bob@acme.example").await;
    assert!(matches!(refused, Err(SendStepsError::TooMany(_))));
    // Coming back through the link does not help: it goes on where it was.
    let again = office.begin(&minted.token).await.unwrap();
    let refused = office.send_steps(again, "bob@acme.example").await;
    assert!(matches!(refused, Err(SendStepsError::TooMany(_))));

    let mail = office.mail().await;
    assert_eq!(mail.len(), usize::from(SHEETS_SENT_MAX));
    for message in mail {
        assert_eq!(message.to, email("bob@acme.example"));
        let MessageKind::Steps(note) = message.kind else { panic!("something else was sent") };
        assert_eq!((note.language, note.from), (Language::Fr, None));
    }
    let entries = office.entries().await;
    let sent: Vec<_> = entries.iter().filter(|entry| entry.action == AuditAction::PortalStepsSent).collect();
    assert_eq!(sent.len(), usize::from(SHEETS_SENT_MAX));
    assert!(sent[0].details.contains(&("email".into(), "bob@acme.example".into())));
}

#[tokio::test]
async fn a_visit_that_may_not_set_up_sends_no_steps() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Setup, &[Intent::Dsync])).await.unwrap();
    let session = office.begin(&minted.token).await.unwrap();
    assert!(matches!(office.send_steps(session, "bob@acme.example").await, Err(SendStepsError::Visit(_))));
    assert!(office.mail().await.is_empty());
}
