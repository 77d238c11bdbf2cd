//! Who gets in: proof of an address by code, and coming back to where one was.

use std::sync::Arc;

use time::Duration;
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::store::Store;
use vestibule_application::usecases::begin_visit::{
    BeginVisit, BeginVisitCommand, BeginVisitError, BegunVisit,
};
use vestibule_application::usecases::confirm_address::{
    ConfirmAddress, ConfirmAddressCommand, ConfirmAddressError, Confirmation,
};
use vestibule_application::usecases::mint_link::{MintLinkCommand, MintedLink};
use vestibule_application::usecases::reach_step::{ReachStep, ReachStepCommand};
use vestibule_application::usecases::request_code::{RequestCode, RequestCodeCommand, RequestCodeError};
use vestibule_application::usecases::revoke_link::{RevokeLink, RevokeLinkCommand};
use vestibule_application::usecases::set_address_rule::{SetAddressRule, SetAddressRuleCommand};
use vestibule_application::usecases::visit::VisitError;
use vestibule_domain::address_code::{
    CODE_LIFE, CODE_TRIES_MAX, CODES_PER_HOUR_MAX, CodeRefused, ConfirmationCode, TooManyCodes,
};
use vestibule_domain::admission::{AddressRule, Admin};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::intent::Intent;
use vestibule_domain::job::{JobEnd, Task};
use vestibule_domain::language::Language;
use vestibule_domain::message::MessageKind;
use vestibule_domain::portal_link::{LinkKind, LinkState, LinkUnusable};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::{PortalToken, SecretDigest};

use crate::portal::okta;
use crate::support::Office;

fn email(raw: &str) -> EmailAddress {
    EmailAddress::parse(raw).unwrap()
}

/// Digits that no code of these tests has: the source of chance counts from a small number.
fn wrong() -> ConfirmationCode {
    ConfirmationCode::parse("999999").unwrap()
}

impl Office {
    /// A link that names admins.
    async fn named(&self, kind: LinkKind, admins: &[&str]) -> MintedLink {
        let admins = admins.iter().map(|raw| email(raw)).collect();
        self.mint(MintLinkCommand { admins, ..self.order(kind, &[Intent::Sso]) }).await.unwrap()
    }

    async fn ask(
        &self,
        token: &PortalToken,
        address: Option<&str>,
    ) -> Result<EmailAddress, RequestCodeError> {
        let case = RequestCode { ambient: self.ambient.clone() };
        let (token, address) = (token.clone(), address.map(email));
        self.run(case, RequestCodeCommand { token, address, language: Language::De }).await
    }

    async fn type_in(
        &self,
        token: &PortalToken,
        address: &str,
        code: ConfirmationCode,
    ) -> Result<Confirmation, ConfirmAddressError> {
        let case = ConfirmAddress { ambient: self.ambient.clone() };
        let (token, address) = (token.clone(), email(address));
        self.run(case, ConfirmAddressCommand { token, address, code }).await
    }

    async fn refused(&self, token: &PortalToken, address: &str, code: ConfirmationCode) -> CodeRefused {
        match self.type_in(token, address, code).await.unwrap() {
            Confirmation::Refused(refused) => refused,
            Confirmation::Begun(begun) => panic!("{begun:?}"),
        }
    }

    async fn let_in(&self, token: &PortalToken, address: &str, code: ConfirmationCode) -> BegunVisit {
        match self.type_in(token, address, code).await.unwrap() {
            Confirmation::Begun(begun) => *begun,
            Confirmation::Refused(refused) => panic!("{refused}"),
        }
    }

    /// The codes that wait to be mailed, with their addresses. Takes them off the list of jobs.
    async fn mailed(&self) -> Vec<(String, ConfirmationCode)> {
        let mut mailed = Vec::new();
        for job in self.store.jobs().claim(16, self.ambient.now()).await.unwrap() {
            let Task::SendMessage(id) = job.task else { panic!("{job:?}") };
            let message = self.store.queries().message(job.environment_id, id).await.unwrap().unwrap();
            let MessageKind::Code { sealed_code: Some(sealed), language, .. } = message.kind else {
                panic!("{message:?}")
            };
            assert_eq!(language, Language::De, "of the page that asked");
            let digits = self.ambient.vault.open(&SecretOf::Message(id).context(), &sealed).unwrap();
            let code = ConfirmationCode::parse(std::str::from_utf8(&digits).unwrap()).unwrap();
            mailed.push((message.to.to_string(), code));
            self.store.jobs().end(&job, &JobEnd::Done).await.unwrap();
        }
        mailed
    }

    async fn code_for(&self, token: &PortalToken, address: &str) -> ConfirmationCode {
        self.ask(token, Some(address)).await.unwrap();
        let (to, code) = self.mailed().await.pop().expect("a code is on its way");
        assert_eq!(to, address);
        code
    }

    async fn come(&self, token: &PortalToken, said: Option<&str>) -> Result<BegunVisit, BeginVisitError> {
        let command = BeginVisitCommand { token: token.clone(), admin: said.map(email) };
        self.run(BeginVisit { ambient: self.ambient.clone() }, command).await
    }

    async fn reach(&self, session: SecretDigest, step: u16) {
        let case = ReachStep { ambient: self.ambient.clone() };
        self.run(case, ReachStepCommand { session, step }).await.unwrap();
    }

    async fn demand_proof(&self) {
        let command = SetAddressRuleCommand {
            actor: self.caller.actor.clone(),
            environment_id: self.caller.environment_id(),
            addresses: AddressRule::Confirmed,
        };
        for _ in 0..2 {
            let case = SetAddressRule { ambient: self.ambient.clone() };
            let set = self.run(case, command.clone()).await.unwrap();
            assert_eq!(set.addresses, AddressRule::Confirmed);
        }
        let changes = self.trail().await.into_iter().filter(|a| *a == AuditAction::EnvironmentUpdated);
        assert_eq!(changes.count(), 1, "setting what is set is no change");
    }
}

#[tokio::test]
async fn a_named_admin_proves_the_address_and_is_on_the_audit_trail() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let refused = office.come(&link.token, Some("it@acme.example")).await;
    assert!(matches!(refused, Err(BeginVisitError::Unproven)), "{refused:?}");

    assert_eq!(office.ask(&link.token, None).await.unwrap(), email("it@acme.example"));
    let (to, code) = office.mailed().await.pop().unwrap();
    assert_eq!(to, "it@acme.example");
    let begun = office.let_in(&link.token, "IT@acme.example", code).await;
    let at = office.ambient.now();
    assert_eq!(begun.session.admin, Some(Admin::Confirmed { email: email("it@acme.example"), at }));

    let session = begun.token.digest();
    office.pick(session, okta()).await.unwrap();
    let revision = office.review(session).await.unwrap();
    let saved = office.save(session, &revision).await.unwrap();
    assert_eq!(saved.set_up_by, Some(email("it@acme.example")));
    let trail = office.entries().await;
    let picked = trail.iter().find(|entry| entry.action == AuditAction::PortalProviderPicked).unwrap();
    assert_eq!(picked.actor.name.as_deref(), Some("it@acme.example"));
    let rendered = trail.iter().find(|entry| entry.action == AuditAction::PortalTokenRendered).unwrap();
    assert!(rendered.details.contains(&("address".into(), "confirmed".into())), "{rendered:?}");
}

#[tokio::test]
async fn an_address_that_is_not_named_gets_no_mail_and_learns_nothing() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Token, &["it@acme.example", "bob@acme.example"]).await;
    assert!(matches!(office.ask(&link.token, None).await, Err(RequestCodeError::WhichAddress)));
    let stranger = "eve@elsewhere.example";
    // The same answers as for an address that is named, to the last try and the last code.
    assert_eq!(office.ask(&link.token, Some(stranger)).await.unwrap(), email(stranger));
    assert!(office.mailed().await.is_empty());
    for address in [stranger, "bob@acme.example"] {
        if address != stranger {
            office.ask(&link.token, Some(address)).await.unwrap();
        }
        for left in (1..CODE_TRIES_MAX).rev() {
            let refused = office.refused(&link.token, address, wrong()).await;
            assert_eq!(refused, CodeRefused::Wrong { tries_left: left }, "{address}");
        }
        for _ in 0..2 {
            assert_eq!(office.refused(&link.token, address, wrong()).await, CodeRefused::TriedTooOften);
        }
    }
    for _ in 2..CODES_PER_HOUR_MAX {
        office.ask(&link.token, Some(stranger)).await.unwrap();
    }
    for address in [stranger, "it@acme.example"] {
        let refused = office.ask(&link.token, Some(address)).await;
        assert!(matches!(refused, Err(RequestCodeError::TooMany(_))), "{address}: {refused:?}");
    }
    let warned = office.trail().await.into_iter().filter(|a| *a == AuditAction::PortalCodeRefused).count();
    assert_eq!(warned, 2, "once for each code that was tried too often");
}

#[tokio::test]
async fn guessing_the_code_of_an_address_that_is_not_named_opens_nothing() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let stranger = "eve@elsewhere.example";
    office.ask(&link.token, Some(stranger)).await.unwrap();
    let mut work = office.store.begin().await.unwrap();
    let environment = office.caller.environment_id();
    let code = work.codes().lock_newest(environment, link.link.id, &email(stranger)).await.unwrap().unwrap();
    work.rollback().await.unwrap();
    let digits = office.ambient.vault.open(&SecretOf::AddressCode(code.id).context(), &code.sealed).unwrap();
    let guessed = ConfirmationCode::parse(std::str::from_utf8(&digits).unwrap()).unwrap();
    let refused = office.refused(&link.token, stranger, guessed).await;
    assert_eq!(refused, CodeRefused::Wrong { tries_left: CODE_TRIES_MAX - 1 });
}

#[tokio::test]
async fn only_the_newest_code_counts_and_it_counts_once() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Setup, &["it@acme.example", "bob@acme.example"]).await;
    let first = office.code_for(&link.token, "it@acme.example").await;
    let others = office.code_for(&link.token, "bob@acme.example").await;
    office.clock.advance(Duration::seconds(1));
    let second = office.code_for(&link.token, "it@acme.example").await;
    let refused = office.refused(&link.token, "it@acme.example", first).await;
    assert_eq!(refused, CodeRefused::Wrong { tries_left: CODE_TRIES_MAX - 1 });
    office.let_in(&link.token, "it@acme.example", second.clone()).await;
    assert_eq!(office.refused(&link.token, "it@acme.example", second).await, CodeRefused::Over);
    // What another admin asked for is theirs.
    assert!(matches!(
        office.refused(&link.token, "it@acme.example", others.clone()).await,
        CodeRefused::Over
    ));
    office.let_in(&link.token, "bob@acme.example", others).await;
}

#[tokio::test]
async fn a_code_of_another_link_opens_nothing() {
    let office = Office::open().await;
    let one = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let other = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let code = office.code_for(&one.token, "it@acme.example").await;
    assert_eq!(office.refused(&other.token, "it@acme.example", code).await, CodeRefused::Over);
}

#[tokio::test]
async fn a_code_works_for_ten_minutes() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let code = office.code_for(&link.token, "it@acme.example").await;
    office.clock.advance(CODE_LIFE);
    assert_eq!(office.refused(&link.token, "it@acme.example", code).await, CodeRefused::Over);
    let code = office.code_for(&link.token, "it@acme.example").await;
    office.clock.advance(CODE_LIFE - Duration::microseconds(1));
    office.let_in(&link.token, "it@acme.example", code).await;
}

#[tokio::test]
async fn a_link_makes_five_codes_an_hour_however_many_ask_at_once() {
    let office = Arc::new(Office::open().await);
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..CODES_PER_HOUR_MAX + 3 {
        let (office, token) = (office.clone(), link.token.clone());
        asking.spawn(async move { office.ask(&token, None).await });
    }
    let (made, refused): (Vec<_>, Vec<_>) = asking.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (CODES_PER_HOUR_MAX, 3));
    let again_at = office.ambient.now() + Duration::hours(1);
    for error in refused {
        assert!(
            matches!(error, Err(RequestCodeError::TooMany(TooManyCodes { again_at: at })) if at == again_at)
        );
    }
    assert_eq!(office.mailed().await.len(), CODES_PER_HOUR_MAX);
    let other = office.named(LinkKind::Token, &["it@acme.example"]).await;
    assert!(office.ask(&other.token, None).await.is_ok(), "each link for itself");
    office.clock.advance(Duration::hours(1));
    assert!(office.ask(&link.token, None).await.is_ok());
}

#[tokio::test]
async fn of_many_tries_at_once_five_are_counted_and_no_more_are_judged() {
    let office = Arc::new(Office::open().await);
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let code = office.code_for(&link.token, "it@acme.example").await;
    let mut guessing = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (office, token) = (office.clone(), link.token.clone());
        guessing.spawn(async move { office.refused(&token, "it@acme.example", wrong()).await });
    }
    let outcomes = guessing.join_all().await;
    let wrong = outcomes.iter().filter(|outcome| matches!(outcome, CodeRefused::Wrong { .. })).count();
    assert_eq!(wrong, usize::from(CODE_TRIES_MAX) - 1);
    assert_eq!(office.refused(&link.token, "it@acme.example", code).await, CodeRefused::TriedTooOften);
}

#[tokio::test]
async fn a_launch_link_is_spent_by_the_proof_and_not_by_asking_for_it() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Launch, &["it@acme.example"]).await;
    let life = link.link.expires_at - office.ambient.now();
    office.clock.advance(life - Duration::seconds(1));
    let code = office.code_for(&link.token, "it@acme.example").await;
    office.refused(&link.token, "it@acme.example", wrong()).await;
    // Mail takes its time: what counts is when the code was asked for.
    office.clock.advance(Duration::minutes(5));
    assert!(matches!(
        office.ask(&link.token, None).await,
        Err(RequestCodeError::Unusable(LinkUnusable::Expired))
    ));
    let begun = office.let_in(&link.token, "it@acme.example", code).await;
    let visit = office.visit(&begun.token.digest()).await;
    assert_eq!(visit.link.state, LinkState::Consumed { at: office.ambient.now() });
    let again = office.type_in(&link.token, "it@acme.example", wrong()).await;
    assert!(matches!(again, Err(ConfirmAddressError::Unusable(LinkUnusable::Consumed))), "{again:?}");
}

#[tokio::test]
async fn a_withdrawn_link_makes_and_takes_no_codes() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await;
    let code = office.code_for(&link.token, "it@acme.example").await;
    let command = RevokeLinkCommand { caller: office.caller.clone(), link_id: link.link.id };
    office.run(RevokeLink { ambient: office.ambient.clone() }, command).await.unwrap();
    assert!(matches!(
        office.ask(&link.token, None).await,
        Err(RequestCodeError::Unusable(LinkUnusable::Revoked))
    ));
    let refused = office.type_in(&link.token, "it@acme.example", code).await;
    assert!(matches!(refused, Err(ConfirmAddressError::Unusable(LinkUnusable::Revoked))));
}

#[tokio::test]
async fn without_names_the_first_opener_may_say_who_they_are() {
    let office = Office::open().await;
    let link = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    assert!(matches!(
        office.ask(&link.token, Some("it@acme.example")).await,
        Err(RequestCodeError::NotAsked)
    ));
    assert_eq!(office.come(&link.token, None).await.unwrap().session.admin, None);
    let begun = office.come(&link.token, Some("it@acme.example")).await.unwrap();
    assert_eq!(begun.session.admin, Some(Admin::Stated(email("it@acme.example"))));
}

#[tokio::test]
async fn an_environment_may_demand_that_addresses_are_proven() {
    let office = Office::open().await;
    office.demand_proof().await;
    let link = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    for said in [None, Some("it@acme.example")] {
        assert!(matches!(office.come(&link.token, said).await, Err(BeginVisitError::Unproven)));
    }
    assert!(matches!(office.ask(&link.token, None).await, Err(RequestCodeError::WhichAddress)));
    let code = office.code_for(&link.token, "it@acme.example").await;
    office.let_in(&link.token, "it@acme.example", code).await;
    // Whoever comes from the vendor's own app was signed in there.
    let launch = office.mint(office.order(LinkKind::Launch, &[Intent::Sso])).await.unwrap();
    assert!(office.come(&launch.token, None).await.is_ok());
}

#[tokio::test]
async fn a_visit_from_before_links_asked_for_a_proof_may_do_nothing() {
    let office = Office::open().await;
    let link = office.named(LinkKind::Token, &["it@acme.example"]).await.link;
    let (id, digest) = (office.ambient.id(office.ambient.now()), SecretDigest::of("vps_old"));
    let session = PortalSession::start(id, &link, digest, None, office.ambient.now());
    let mut work = office.store.begin().await.unwrap();
    work.sessions().insert(&session).await.unwrap();
    work.commit().await.unwrap();
    let refused = office.pick(digest, okta()).await.unwrap_err();
    assert!(format!("{refused:?}").contains(&format!("{:?}", VisitError::Unknown)), "{refused:?}");
}

#[tokio::test]
async fn opening_a_link_again_goes_on_where_the_furthest_visit_is() {
    let office = Office::open().await;
    let link = office.mint(office.order(LinkKind::Setup, &[Intent::Sso])).await.unwrap();
    let first = office.come(&link.token, None).await.unwrap().token.digest();
    office.pick(first, okta()).await.unwrap();
    office.clock.advance(Duration::seconds(1));
    office.reach(first, 2).await;
    let second = office.come(&link.token, None).await.unwrap();
    assert_eq!(second.session.progress, office.visit(&first).await.session.progress);
    assert_eq!(second.session.progress.step, 2);
    // Back at the first device, and on again from a third: what was understood comes along.
    office.clock.advance(Duration::seconds(1));
    office.reach(first, 4).await;
    let revision = office.review(first).await.unwrap();
    office.clock.advance(Duration::hours(13));
    let third = office.come(&link.token, None).await.unwrap();
    assert_eq!(third.session.progress.step, 4);
    assert_eq!(third.session.progress.candidate.as_ref().map(|c| &c.revision), Some(&revision));
    office.save(third.token.digest(), &revision).await.unwrap();
}

#[tokio::test]
async fn what_was_done_through_another_link_is_not_taken_over() {
    let office = Office::open().await;
    let one = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let session = office.come(&one.token, None).await.unwrap().token.digest();
    office.pick(session, okta()).await.unwrap();
    office.reach(session, 3).await;
    let other = office.mint(office.order(LinkKind::Token, &[Intent::Sso])).await.unwrap();
    let begun = office.come(&other.token, None).await.unwrap();
    assert_eq!((begun.session.progress.provider, begun.session.progress.step), (None, 0));
}
