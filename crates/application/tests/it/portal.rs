//! The main job: mint, open, pick, review, save; and everything that must not be possible.

use time::Duration;
use vestibule_application::ports::store::Store;
use vestibule_application::usecases::begin_visit::{BeginVisit, BeginVisitCommand, BeginVisitError};
use vestibule_application::usecases::mint_link::{MintLinkCommand, MintLinkError};
use vestibule_application::usecases::pick_provider::{
    PickProvider, PickProviderCommand, PickProviderError, PickedProvider, Understood,
};
use vestibule_application::usecases::reach_step::{ReachStep, ReachStepCommand};
use vestibule_application::usecases::review_candidate::{
    ProviderData, ReviewCandidate, ReviewCandidateCommand, ReviewCandidateError,
};
use vestibule_application::usecases::revoke_link::{RevokeLink, RevokeLinkCommand, RevokeLinkError};
use vestibule_application::usecases::revoke_links_of_user::{RevokeLinksOfUser, RevokeLinksOfUserCommand};
use vestibule_application::usecases::save_connection::{
    SaveConnection, SaveConnectionCommand, SaveConnectionError,
};
use vestibule_application::usecases::update_connection::AttributeMapChange;
use vestibule_application::usecases::visit::VisitError;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::event::Fact;
use vestibule_domain::id::{Id, OrganizationId};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::{LinkKind, LinkState, LinkUnusable};
use vestibule_domain::portal_session::SessionOver;
use vestibule_domain::saml::{IdentityProvider, SsoBinding, SsoEndpoint};
use vestibule_domain::secret::{PortalToken, SecretDigest};
use vestibule_domain::text::Name;
use vestibule_domain::url::{EntityId, HttpsUrl};

use crate::support::Office;

pub(crate) fn okta() -> PickedProvider {
    PickedProvider {
        slug: "okta-saml".into(),
        connection_type: ConnectionType::OktaSaml,
        protocol: Protocol::Saml,
        name: Name::parse("Okta").unwrap(),
    }
}

fn idp(office: &Office) -> IdentityProvider {
    let now = office.ambient.now();
    IdentityProvider {
        entity_id: EntityId::parse("http://www.okta.com/exk1").unwrap(),
        sso: vec![SsoEndpoint {
            binding: SsoBinding::Redirect,
            url: HttpsUrl::parse("https://acme.okta.com/app/exk1/sso/saml").unwrap(),
        }],
        slo: Vec::new(),
        signing_certificates: vec![Certificate {
            der: vec![1],
            fingerprint: Fingerprint::of_der(&[1]),
            subject: "CN=acme".into(),
            issuer: "CN=acme".into(),
            not_before: now,
            not_after: now + Duration::days(3650),
            key: KeyKind::Rsa { bits: 2048 },
        }],
        name_id_formats: Vec::new(),
        wants_signed_requests: false,
        valid_until: None,
        sha1_only: false,
    }
}

impl Office {
    pub(crate) async fn begin(&self, token: &PortalToken) -> Result<SecretDigest, BeginVisitError> {
        let command = BeginVisitCommand { token: token.clone(), admin: None };
        let begun = self.run(BeginVisit { ambient: self.ambient.clone() }, command).await?;
        Ok(begun.token.digest())
    }

    pub(crate) async fn pick(
        &self,
        session: SecretDigest,
        provider: PickedProvider,
    ) -> Result<Connection, PickProviderError> {
        let case = PickProvider { ambient: self.ambient.clone() };
        self.run(
            case,
            PickProviderCommand { session, provider, understood: Understood::Forgotten, signing_key: None },
        )
        .await
    }

    pub(crate) async fn review(&self, session: SecretDigest) -> Result<String, ReviewCandidateError> {
        let case = ReviewCandidate { ambient: self.ambient.clone() };
        let data = ProviderData::Saml { idp: idp(self), metadata_url: None };
        Ok(self.run(case, ReviewCandidateCommand { session, data }).await?.revision)
    }

    pub(crate) async fn save(
        &self,
        session: SecretDigest,
        revision: &str,
    ) -> Result<Connection, SaveConnectionError> {
        self.save_as(session, revision, EmailAddress::parse("it@acme.example").ok()).await
    }

    pub(crate) async fn save_as(
        &self,
        session: SecretDigest,
        revision: &str,
        set_up_by: Option<EmailAddress>,
    ) -> Result<Connection, SaveConnectionError> {
        let command = SaveConnectionCommand {
            session,
            revision: revision.to_owned(),
            set_up_by,
            attributes: AttributeMapChange::default(),
            language: Language::De,
        };
        self.run(SaveConnection { ambient: self.ambient.clone() }, command).await
    }

    /// As far as the review page.
    pub(crate) async fn ready_to_save(&self, token: &PortalToken) -> (SecretDigest, String) {
        let session = self.begin(token).await.unwrap();
        self.pick(session, okta()).await.unwrap();
        let revision = self.review(session).await.unwrap();
        (session, revision)
    }
}

#[tokio::test]
async fn an_admin_turns_on_single_sign_on() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&minted.token).await;
    let saved = office.save(session, &revision).await.unwrap();
    assert_eq!(saved.state, ConnectionState::Active);
    assert_eq!(saved.set_up_by, EmailAddress::parse("it@acme.example").ok());

    let visit = office.visit(&session).await;
    assert!(matches!(visit.link.state, LinkState::Consumed { .. }));
    assert_eq!(visit.connection, Some(saved.clone()));
    let events = office.events().await;
    assert_eq!(events.len(), 1);
    assert!(matches!(&events[0].fact, Fact::ConnectionActivated(snapshot) if snapshot.id == saved.id));
    let trail = office.trail().await;
    let story = &trail[trail.len() - 5..];
    assert_eq!(
        story,
        [
            AuditAction::PortalTokenMinted,
            AuditAction::PortalTokenRendered,
            AuditAction::PortalProviderPicked,
            AuditAction::PortalTokenConsumed,
            AuditAction::ConnectionCreated,
        ]
    );
    let again = office.begin(&minted.token).await;
    assert!(matches!(again, Err(BeginVisitError::Unusable(LinkUnusable::Consumed))));
}

#[tokio::test]
async fn of_many_saves_with_one_token_one_wins_and_the_rest_leave_no_trace() {
    let office = std::sync::Arc::new(Office::open().await);
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let mut sessions = Vec::new();
    for _ in 0..16 {
        sessions.push(office.ready_to_save(&minted.token).await);
    }
    let before = office.trail().await.len();
    let mut saves = tokio::task::JoinSet::new();
    for (session, revision) in sessions {
        let office = office.clone();
        saves.spawn(async move { office.save(session, &revision).await });
    }
    let outcomes = saves.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert!(
            matches!(refused, Err(SaveConnectionError::Visit(VisitError::Link(LinkUnusable::Consumed)))),
            "{refused:?}"
        );
    }
    assert_eq!(office.events().await.len(), 1);
    assert_eq!(office.trail().await.len() - before, 2, "consumed and created");
}

#[tokio::test]
async fn what_is_saved_is_what_was_shown() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, shown) = office.ready_to_save(&minted.token).await;
    let newer = office.review(session).await.unwrap();
    assert!(matches!(office.save(session, &shown).await, Err(SaveConnectionError::Stale)));
    let visit = office.visit(&session).await;
    assert_eq!(visit.link.state, LinkState::Open, "a refused save spends nothing");
    assert!(office.save(session, &newer).await.is_ok());
}

#[tokio::test]
async fn changing_the_provider_keeps_our_addresses() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let session = office.begin(&minted.token).await.unwrap();
    let first = office.pick(session, okta()).await.unwrap();
    let oidc = PickedProvider {
        slug: "generic-oidc".into(),
        connection_type: ConnectionType::GenericOidc,
        protocol: Protocol::Oidc,
        name: Name::parse("Other").unwrap(),
    };
    let second = office.pick(session, oidc).await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(second.settings.protocol(), Protocol::Oidc);
}

#[tokio::test]
async fn a_setup_link_does_not_touch_a_working_connection() {
    let office = Office::open().await;
    let first = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&first.token).await;
    office.save(session, &revision).await.unwrap();
    let second = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let session = office.begin(&second.token).await.unwrap();
    assert!(matches!(office.pick(session, okta()).await, Err(PickProviderError::AlreadyConnected)));
    assert!(matches!(office.review(session).await, Err(ReviewCandidateError::AlreadyConnected)));
}

#[tokio::test]
async fn a_launch_link_opens_once_and_its_visit_may_change_what_works() {
    let office = Office::open().await;
    let launch = office.mint(office.order(LinkKind::Launch, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&launch.token).await;
    assert!(matches!(
        office.begin(&launch.token).await,
        Err(BeginVisitError::Unusable(LinkUnusable::Consumed))
    ));
    let saved = office.save(session, &revision).await.unwrap();
    let revision = office.review(session).await.unwrap();
    let again = office.save(session, &revision).await.unwrap();
    assert_eq!(again.id, saved.id);
    assert_eq!(office.events().await.len(), 1, "it was active before and after");
}

#[tokio::test]
async fn a_link_for_something_else_sets_up_no_sign_on() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Dsync])).await.unwrap();
    let session = office.begin(&minted.token).await.unwrap();
    let refused = office.pick(session, okta()).await;
    assert!(matches!(refused, Err(PickProviderError::Visit(VisitError::NotCovered))));
}

#[tokio::test]
async fn a_setup_link_waits_for_all_it_is_for() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Setup, &[Intent::Sso, Intent::Dsync])).await.unwrap();
    let (session, revision) = office.ready_to_save(&minted.token).await;
    office.save(session, &revision).await.unwrap();
    let visit = office.visit(&session).await;
    assert_eq!((visit.link.state, visit.link.completed), (LinkState::Open, vec![Intent::Sso]));
}

#[tokio::test]
async fn an_organization_has_one_live_setup_link() {
    let office = Office::open().await;
    let order = || office.order(LinkKind::Setup, &[Intent::Sso]);
    let first = office.mint(order()).await.unwrap();
    assert!(matches!(office.mint(order()).await, Err(MintLinkError::LiveLinkExists)));
    office.clock.advance(Duration::days(30));
    let second = office.mint(order()).await.expect("the first one expired");
    let refused = office.begin(&first.token).await;
    assert!(matches!(refused, Err(BeginVisitError::Unusable(LinkUnusable::Revoked))));
    assert!(office.begin(&second.token).await.is_ok());
}

#[tokio::test]
async fn withdrawing_a_link_ends_its_visits() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&minted.token).await;
    let revoke = || {
        let case = RevokeLink { ambient: office.ambient.clone() };
        office.run(case, RevokeLinkCommand { caller: office.caller.clone(), link_id: minted.link.id })
    };
    revoke().await.unwrap();
    let refused = office.save(session, &revision).await;
    assert!(matches!(refused, Err(SaveConnectionError::Visit(VisitError::Link(LinkUnusable::Revoked)))));
    assert!(office.visit(&session).await.session.ended_at.is_some());
    assert!(matches!(revoke().await, Err(RevokeLinkError::Unusable(LinkUnusable::Revoked))));
}

#[tokio::test]
async fn a_launch_link_is_withdrawn_by_its_user_and_not_by_its_id() {
    let office = Office::open().await;
    let user = Name::parse("user_1").unwrap();
    let order = MintLinkCommand {
        external_user_id: Some(user.clone()),
        ..office.order(LinkKind::Launch, &[Intent::Sso])
    };
    let opened = office.mint(order.clone()).await.unwrap();
    let unopened = office.mint(order).await.unwrap();
    let session = office.begin(&opened.token).await.unwrap();
    let case = RevokeLink { ambient: office.ambient.clone() };
    let by_id = RevokeLinkCommand { caller: office.caller.clone(), link_id: unopened.link.id };
    assert!(matches!(office.run(case, by_id).await, Err(RevokeLinkError::Unknown)));
    let case = RevokeLinksOfUser { ambient: office.ambient.clone() };
    let command = RevokeLinksOfUserCommand {
        caller: office.caller.clone(),
        organization_id: office.organization,
        external_user_id: user,
    };
    office.run(case, command).await.unwrap();
    let refused = office.begin(&unopened.token).await;
    assert!(matches!(refused, Err(BeginVisitError::Unusable(LinkUnusable::Revoked))));
    let refused = office.pick(session, okta()).await;
    assert!(matches!(refused, Err(PickProviderError::Visit(VisitError::Over(SessionOver::Ended)))));
}

#[tokio::test]
async fn an_expired_link_ends_what_its_visit_may_do() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let (session, revision) = office.ready_to_save(&minted.token).await;
    office.clock.advance(Duration::hours(24));
    let refused = office.save(session, &revision).await;
    assert!(matches!(refused, Err(SaveConnectionError::Visit(VisitError::Link(LinkUnusable::Expired)))));
}

#[tokio::test]
async fn no_link_for_an_organization_that_is_not_there() {
    let office = Office::open().await;
    let mut order = office.order(LinkKind::Token, &[Intent::Sso]);
    order.organization_id = OrganizationId::from_ulid(order.organization_id.ulid().increment().unwrap());
    assert!(matches!(office.mint(order).await, Err(MintLinkError::UnknownOrganization)));
}

#[tokio::test]
async fn an_invitation_holds_its_link_sealed() {
    let office = Office::open().await;
    let mail_to = vec![EmailAddress::parse("it@acme.example").unwrap()];
    let order = MintLinkCommand { mail_to, ..office.order(LinkKind::Token, &[Intent::Sso]) };
    let minted = office.mint(order).await.unwrap();
    let jobs = office.store.jobs().claim(10, office.ambient.now()).await.unwrap();
    assert_eq!(jobs.len(), 1);
    let printed = format!("{jobs:?} {:?}", minted.link);
    assert!(!printed.contains(minted.token.expose()));
}

#[tokio::test]
async fn coming_back_continues_at_the_step() {
    let office = Office::open().await;
    let minted = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let session = office.begin(&minted.token).await.unwrap();
    office.pick(session, okta()).await.unwrap();
    let reach =
        |step| office.run(ReachStep { ambient: office.ambient.clone() }, ReachStepCommand { session, step });
    reach(3).await.unwrap();
    reach(3).await.unwrap();
    office.pick(session, okta()).await.unwrap();
    assert_eq!(office.visit(&session).await.session.progress.step, 3);
    let steps = office.trail().await.into_iter().filter(|a| *a == AuditAction::PortalStepReached).count();
    assert_eq!(steps, 1, "staying at a step is not news");
}
