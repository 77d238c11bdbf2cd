//! Tenant isolation: what belongs to another environment is not found, and not touched.

use vestibule_application::ports::store::{
    AuditFilter, ConnectionFilter, EventFilter, OrganizationFilter, StoreResult,
};
use vestibule_domain::address_code::AddressCode;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::connection::Connection;
use vestibule_domain::event::Event;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::message::{Message, MessageState};
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::portal_session::{PortalSession, Progress};
use vestibule_domain::webhook::{DeliveryState, EndpointState, WebhookDelivery, WebhookEndpoint};

use crate::fixtures::{self, consumed, external_id, name, verified};
use crate::samples::at_micros;
use crate::world::{World, done, later};

crate::cases![
    nothing_of_another_environment_is_found_in_a_unit_of_work,
    nothing_of_another_environment_is_found_by_queries,
    nothing_of_another_environment_is_changed,
    nothing_of_another_environment_is_removed,
];

/// Everything an environment can have, in the other environment.
struct Theirs {
    organization: Organization,
    domain: OrganizationDomain,
    contact: ItContact,
    link: PortalLink,
    session: PortalSession,
    code: AddressCode,
    connection: Connection,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    message: Message,
    key: ApiKey,
    event: Event,
    entry: AuditEntry,
}

impl Theirs {
    async fn given(world: &World) -> Self {
        let environment_id = world.abroad;
        let external = Some(external_id(&world.word()));
        let organization =
            Organization { environment_id, external_id: external.clone(), ..fixtures::organization(world) };
        let organization = world.given(organization).await;
        let link = PortalLink {
            external_user_id: Some(name("user_1")),
            ..fixtures::link(world, &organization, LinkKind::Setup)
        };
        let endpoint = WebhookEndpoint { environment_id, ..fixtures::endpoint(world) };
        let theirs = Self {
            domain: world.given_domain(&organization, "acme.example").await,
            contact: world.given_contact(&organization, "anna@acme.example").await,
            session: fixtures::session(world, &link),
            code: fixtures::code(world, &link, "anna@acme.example"),
            link,
            connection: Connection { external_id: external, ..fixtures::connection(world, &organization) },
            delivery: fixtures::delivery(world, &endpoint, world.id()),
            endpoint,
            message: fixtures::message(world, &organization),
            key: ApiKey { environment_id, ..fixtures::api_key(world) },
            event: world.given_event(fixtures::event(world, &organization)).await,
            entry: world
                .given_entry(AuditEntry {
                    organization_id: Some(organization.id),
                    ..fixtures::entry(world, environment_id)
                })
                .await,
            organization,
        };
        let mut work = world.begin().await;
        work.links().insert(&theirs.link).await.expect("a link is added");
        work.sessions().insert(&theirs.session).await.expect("a session is added");
        work.codes().insert(&theirs.code).await.expect("a code is added");
        work.connections().insert(&theirs.connection).await.expect("a connection is added");
        work.webhooks().insert_endpoint(&theirs.endpoint).await.expect("an endpoint is added");
        assert!(work.webhooks().insert_delivery(&theirs.delivery).await.expect("a delivery is added"));
        work.messages().insert(&theirs.message).await.expect("a message is added");
        work.accounts().insert_api_key(&theirs.key).await.expect("a key is added");
        work.commit().await.expect("a commit");
        theirs
    }

    /// Asserts that everything is as it was.
    async fn is_untouched(&self, world: &World) {
        let (theirs, of) = (world.abroad, self.organization.id);
        let mut work = world.begin().await;
        let found = work.organizations().find(theirs, of).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.organization));
        let found = work.organization_domains().lock(theirs, self.domain.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.domain));
        let found = work.it_contacts().find(theirs, of, self.contact.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.contact));
        let found = work.links().find(theirs, self.link.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.link));
        let found = work.sessions().lock_by_digest(&self.session.digest).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.session));
        let (link, address) = (self.link.id, &self.code.address);
        let found = work.codes().lock_newest(theirs, link, address).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.code));
        let found = work.connections().lock(theirs, self.connection.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.connection));
        let found = work.webhooks().lock_endpoint(theirs, self.endpoint.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.endpoint));
        let found = work.webhooks().lock_delivery(theirs, self.delivery.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.delivery));
        work.rollback().await.expect("taken back");
        let found = world.queries().message(theirs, self.message.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&self.message));
        let found = world.queries().api_credential(&self.key.digest).await.expect("a look-up");
        assert_eq!(found.map(|found| found.key).as_ref(), Some(&self.key));
    }
}

async fn nothing_of_another_environment_is_found_in_a_unit_of_work(world: World) {
    let theirs = Theirs::given(&world).await;
    let (home, of) = (world.home, theirs.organization.id);
    let external = theirs.connection.external_id.as_ref().expect("an external id");
    let mut work = world.begin().await;
    assert_eq!(work.organizations().find(home, of).await.expect("an answer"), None);
    assert_eq!(work.organizations().lock(home, of).await.expect("an answer"), None);
    assert!(!work.organizations().slug_taken(home, &theirs.organization.slug).await.expect("an answer"));
    assert_eq!(work.organization_domains().lock(home, theirs.domain.id).await.expect("an answer"), None);
    assert_eq!(work.organization_domains().list(home, of).await.expect("an answer"), Vec::new());
    assert_eq!(work.it_contacts().find(home, of, theirs.contact.id).await.expect("an answer"), None);
    assert_eq!(work.links().find(home, theirs.link.id).await.expect("an answer"), None);
    assert_eq!(work.links().open_setup_link(home, of).await.expect("an answer"), None);
    let (link, address) = (theirs.link.id, &theirs.code.address);
    assert_eq!(work.sessions().furthest_of_link(home, link).await.expect("an answer"), None);
    assert_eq!(work.codes().lock_newest(home, link, address).await.expect("an answer"), None);
    assert!(work.codes().made_after(home, link, at_micros(-1)).await.expect("an answer").is_empty());
    assert_eq!(work.connections().lock(home, theirs.connection.id).await.expect("an answer"), None);
    assert_eq!(work.connections().lock_of_organization(home, of).await.expect("an answer"), None);
    assert_eq!(work.connections().find_by_external_id(home, external).await.expect("an answer"), None);
    assert_eq!(work.webhooks().lock_endpoint(home, theirs.endpoint.id).await.expect("an answer"), None);
    assert_eq!(work.webhooks().list_endpoints(home).await.expect("an answer"), Vec::new());
    assert_eq!(work.webhooks().lock_delivery(home, theirs.delivery.id).await.expect("an answer"), None);
    work.rollback().await.expect("taken back");
}

fn none<T: std::fmt::Debug + PartialEq>(answer: StoreResult<Option<T>>) {
    assert_eq!(answer.expect("an answer"), None);
}

fn empty<T: std::fmt::Debug + PartialEq>(answer: StoreResult<Page<T>>) {
    let page = Page { items: Vec::new(), has_previous: false, has_next: false };
    assert_eq!(answer.expect("an answer"), page);
}

async fn nothing_of_another_environment_is_found_by_queries(world: World) {
    let theirs = Theirs::given(&world).await;
    let (home, of, queries) = (world.home, theirs.organization.id, world.queries());
    let external = theirs.organization.external_id.as_ref().expect("an external id");
    none(queries.organization(home, of).await);
    none(queries.organization_by_external_id(home, external).await);
    none(queries.organization_domain(home, theirs.domain.id).await);
    none(queries.connection(home, theirs.connection.id).await);
    none(queries.event(home, theirs.event.id).await);
    none(queries.webhook_endpoint(home, theirs.endpoint.id).await);
    none(queries.webhook_delivery(home, theirs.delivery.id).await);
    none(queries.message(home, theirs.message.id).await);
    empty(queries.organizations(home, &OrganizationFilter::default(), PageRequest::default()).await);
    let domains = vec![theirs.domain.domain.clone()];
    let filter = OrganizationFilter { domains, ..Default::default() };
    empty(queries.organizations(home, &filter, PageRequest::default()).await);
    empty(queries.it_contacts(home, of, PageRequest::default()).await);
    empty(queries.connections(home, &ConnectionFilter::default(), PageRequest::default()).await);
    let filter = ConnectionFilter { organization_id: Some(of), ..Default::default() };
    empty(queries.connections(home, &filter, PageRequest::default()).await);
    empty(queries.events(home, &EventFilter::default(), PageRequest::default()).await);
    let filter = EventFilter { organization_id: Some(of), ..Default::default() };
    empty(queries.events(home, &filter, PageRequest::default()).await);
    empty(queries.audit_trail(home, &AuditFilter::default(), PageRequest::default()).await);
    let filter = AuditFilter { organization_id: Some(of), ..Default::default() };
    empty(queries.audit_trail(home, &filter, PageRequest::default()).await);
    empty(queries.webhook_endpoints(home, PageRequest::default()).await);
    empty(queries.webhook_deliveries(home, theirs.endpoint.id, PageRequest::default()).await);
    // The same questions find it where it is.
    let trail = queries.audit_trail(world.abroad, &filter, PageRequest::default()).await;
    assert_eq!(trail.expect("an answer").items, vec![theirs.entry]);
}

async fn nothing_of_another_environment_is_changed(world: World) {
    let theirs = Theirs::given(&world).await;
    let (home, of, at) = (world.home, theirs.organization.id, later(1));
    let organization =
        Organization { environment_id: home, name: name("Ours now"), ..theirs.organization.clone() };
    let domain = OrganizationDomain { environment_id: home, ..verified(theirs.domain.clone()) };
    let link = PortalLink { environment_id: home, ..consumed(&theirs.link, at) };
    let progress = Progress { step: 9, ..Progress::default() };
    let session = PortalSession { environment_id: home, progress, ..theirs.session.clone() };
    let code = AddressCode { environment_id: home, wrong_tries: 5, ..theirs.code.clone() };
    let connection = Connection { environment_id: home, name: name("Ours now"), ..theirs.connection.clone() };
    let endpoint =
        WebhookEndpoint { environment_id: home, state: EndpointState::Disabled, ..theirs.endpoint.clone() };
    let delivery = WebhookDelivery {
        environment_id: home,
        state: DeliveryState::Delivered { at },
        ..theirs.delivery.clone()
    };
    let message =
        Message { environment_id: home, state: MessageState::Sent { at }, ..theirs.message.clone() };

    assert!(!done!(world, |work| work.organizations().update(&organization)));
    assert!(!done!(world, |work| work.organization_domains().update(&domain)));
    assert!(!done!(world, |work| work.links().advance(&link, at)));
    assert!(!done!(world, |work| work.links().revoke(home, theirs.link.id, at)));
    let ids = done!(world, |work| work.links().revoke_of_external_user(home, of, "user_1", at));
    assert_eq!(ids, Vec::new());
    assert!(!done!(world, |work| work.sessions().update_progress(&session)));
    assert!(!done!(world, |work| work.sessions().end(home, theirs.session.id, at)));
    done!(world, |work| work.sessions().end_of_link(home, theirs.link.id, at));
    assert!(!done!(world, |work| work.codes().update(&code)));
    assert!(!done!(world, |work| work.connections().update(&connection)));
    assert!(!done!(world, |work| work.webhooks().update_endpoint(&endpoint)));
    assert!(!done!(world, |work| work.webhooks().update_delivery(&delivery)));
    assert!(!done!(world, |work| work.messages().update(&message)));
    assert!(!done!(world, |work| work.accounts().revoke_api_key(home, theirs.key.id, at)));
    theirs.is_untouched(&world).await;
}

async fn nothing_of_another_environment_is_removed(world: World) {
    let theirs = Theirs::given(&world).await;
    let (home, of) = (world.home, theirs.organization.id);
    assert!(!done!(world, |work| work.organizations().delete(home, of)));
    assert!(!done!(world, |work| work.organization_domains().delete(home, theirs.domain.id)));
    assert!(!done!(world, |work| work.it_contacts().delete(home, of, theirs.contact.id)));
    assert!(!done!(world, |work| work.connections().delete(home, theirs.connection.id)));
    assert!(!done!(world, |work| work.webhooks().delete_endpoint(home, theirs.endpoint.id)));
    theirs.is_untouched(&world).await;
}
