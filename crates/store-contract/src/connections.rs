//! Connections: one for each organization, with settings of either protocol.

use vestibule_application::ports::store::{Conflict, ConnectionFilter, ConnectionView};
use vestibule_domain::certificate::Fingerprint;
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::oidc::OidcSettings;
use vestibule_domain::organization::Organization;
use vestibule_domain::page::{Order, PageRequest};

use crate::fixtures::{self, domain_name, email, external_id, name};
use crate::paging::{every_page_is_right, limit};
use crate::samples::{self, HOSTILE, at_micros, hostile_name};
use crate::world::{World, done, refused};

crate::cases![
    a_draft_comes_back_as_it_was_added,
    a_saml_connection_with_everything_set_comes_back_as_it_was_added,
    an_oidc_connection_with_everything_set_comes_back_as_it_was_added,
    a_connection_comes_back_in_every_state_and_type,
    a_connection_with_megabytes_comes_back,
    an_unknown_connection_is_not_found,
    an_organization_has_one_connection,
    an_external_id_is_taken_once_in_an_environment,
    a_connection_needs_its_organization,
    a_connection_needs_an_organization_of_its_environment,
    a_changed_connection_comes_back_changed,
    a_change_conflicts_as_an_insert_does,
    a_removed_connection_is_gone_and_makes_room,
    a_connection_shows_the_domains_of_its_organization,
    connections_come_in_pages,
    connections_are_filtered,
];

async fn comes_back(world: &World, connection: &Connection) {
    let (environment, id) = (connection.environment_id, connection.id);
    let locked = done!(world, |work| work.connections().lock(environment, id));
    assert_eq!(locked.as_ref(), Some(connection));
    let organization = connection.organization_id;
    let locked = done!(world, |work| work.connections().lock_of_organization(environment, organization));
    assert_eq!(locked.as_ref(), Some(connection));
    if let Some(external_id) = &connection.external_id {
        let found = done!(world, |work| work.connections().find_by_external_id(environment, external_id));
        assert_eq!(found.as_ref(), Some(connection));
    }
    let seen = world.queries().connection(environment, id).await.expect("a look-up");
    assert_eq!(seen.map(|view| view.connection).as_ref(), Some(connection));
    let seen = world.queries().public_connection(id).await.expect("a look-up");
    assert_eq!(seen.as_ref(), Some(connection));
}

async fn insert(world: &World, connection: &Connection) {
    done!(world, |work| work.connections().insert(connection));
    comes_back(world, connection).await;
}

/// Everything optional set, but for the settings.
fn full(world: &World, organization: &Organization) -> Connection {
    Connection {
        connection_type: ConnectionType::OktaSaml,
        provider: Some(HOSTILE.into()),
        name: hostile_name(),
        external_id: Some(external_id(&format!("{} '\"\\", world.word()))),
        state: ConnectionState::Active,
        settings: ProtocolSettings::Saml(Box::new(samples::full_saml(world))),
        attribute_map: samples::full_attribute_map(),
        set_up_by: Some(email("anna@acme.example")),
        created_at: at_micros(1),
        updated_at: at_micros(999_999),
        ..fixtures::connection(world, organization)
    }
}

async fn a_draft_comes_back_as_it_was_added(world: World) {
    for protocol in [Protocol::Saml, Protocol::Oidc] {
        let organization = world.given_organization().await;
        let connection = Connection {
            settings: ProtocolSettings::empty(protocol),
            ..fixtures::connection(&world, &organization)
        };
        insert(&world, &connection).await;
    }
}

async fn a_saml_connection_with_everything_set_comes_back_as_it_was_added(world: World) {
    let organization = world.given_organization().await;
    insert(&world, &full(&world, &organization)).await;
}

async fn an_oidc_connection_with_everything_set_comes_back_as_it_was_added(world: World) {
    for client in [samples::full_oidc(), samples::bare_oidc()] {
        let organization = world.given_organization().await;
        let connection = Connection {
            connection_type: ConnectionType::OktaOidc,
            settings: ProtocolSettings::Oidc(Box::new(OidcSettings {
                client: Some(client),
                ..OidcSettings::default()
            })),
            ..full(&world, &organization)
        };
        insert(&world, &connection).await;
    }
}

async fn a_connection_comes_back_in_every_state_and_type(world: World) {
    let organization = world.given_organization().await;
    let connection = world.given_connection(&organization).await;
    for (number, connection_type) in ConnectionType::ALL.iter().copied().enumerate() {
        let state = ConnectionState::ALL[number % ConnectionState::ALL.len()];
        let changed = Connection { connection_type, state, ..connection.clone() };
        assert!(done!(world, |work| work.connections().update(&changed)));
        let seen = world.queries().public_connection(connection.id).await.expect("a look-up");
        assert_eq!(seen, Some(changed));
    }
}

async fn a_connection_with_megabytes_comes_back(world: World) {
    let organization = world.given_organization().await;
    let mut saml = samples::full_saml(&world);
    if let Some(idp) = &mut saml.idp {
        idp.name_id_formats.push(samples::megabyte());
        for held in &mut idp.signing_certificates {
            let der = vec![0xff; 256 * 1_024];
            held.certificate.fingerprint = Fingerprint::of_der(&der);
            held.certificate.der = der;
        }
    }
    let settings = ProtocolSettings::Saml(Box::new(saml));
    insert(&world, &Connection { settings, ..full(&world, &organization) }).await;
}

async fn an_unknown_connection_is_not_found(world: World) {
    let connection = full(&world, &world.given_organization().await);
    let (id, organization) = (connection.id, connection.organization_id);
    assert_eq!(done!(world, |work| work.connections().lock(world.home, id)), None);
    let found = done!(world, |work| work.connections().lock_of_organization(world.home, organization));
    assert_eq!(found, None);
    let external_id = connection.external_id.clone().expect("an external id");
    let found = done!(world, |work| work.connections().find_by_external_id(world.home, &external_id));
    assert_eq!(found, None);
    assert_eq!(world.queries().connection(world.home, id).await.expect("a look-up"), None);
    assert_eq!(world.queries().public_connection(id).await.expect("a look-up"), None);
    assert!(!done!(world, |work| work.connections().update(&connection)));
    assert!(!done!(world, |work| work.connections().delete(world.home, id)));
}

async fn an_organization_has_one_connection(world: World) {
    let organization = world.given_organization().await;
    let first = world.given_connection(&organization).await;
    let second = fixtures::connection(&world, &organization);
    let conflict = refused!(world, |work| work.connections().insert(&second));
    assert_eq!(conflict, Conflict::OrganizationConnection);
    comes_back(&world, &first).await;
}

async fn an_external_id_is_taken_once_in_an_environment(world: World) {
    let (ours, other) = (world.given_organization().await, world.given_organization().await);
    let foreign = world.given_foreign_organization().await;
    let first = full(&world, &ours);
    insert(&world, &first).await;
    let second = Connection { external_id: first.external_id.clone(), ..full(&world, &other) };
    let conflict = refused!(world, |work| work.connections().insert(&second));
    assert_eq!(conflict, Conflict::ConnectionExternalId);
    insert(&world, &Connection { external_id: first.external_id, ..full(&world, &foreign) }).await;
}

async fn a_connection_needs_its_organization(world: World) {
    let connection = fixtures::connection(&world, &fixtures::organization(&world));
    let conflict = refused!(world, |work| work.connections().insert(&connection));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_connection_needs_an_organization_of_its_environment(world: World) {
    let organization = world.given_organization().await;
    let as_foreign = Organization { environment_id: world.abroad, ..organization };
    let connection = fixtures::connection(&world, &as_foreign);
    let conflict = refused!(world, |work| work.connections().insert(&connection));
    assert_eq!(conflict, Conflict::Reference);
}

async fn a_changed_connection_comes_back_changed(world: World) {
    let organization = world.given_organization().await;
    let before = world.given_connection(&organization).await;
    let bystander = world.given_connection(&world.given_organization().await).await;
    let after = Connection { id: before.id, created_at: before.created_at, ..full(&world, &organization) };
    assert!(done!(world, |work| work.connections().update(&after)));
    comes_back(&world, &after).await;
    assert!(done!(world, |work| work.connections().update(&before)));
    comes_back(&world, &before).await;
    comes_back(&world, &bystander).await;
}

async fn a_change_conflicts_as_an_insert_does(world: World) {
    let taken = full(&world, &world.given_organization().await);
    insert(&world, &taken).await;
    let ours = full(&world, &world.given_organization().await);
    insert(&world, &ours).await;
    let change = Connection { external_id: taken.external_id, ..ours.clone() };
    let conflict = refused!(world, |work| work.connections().update(&change));
    assert_eq!(conflict, Conflict::ConnectionExternalId);
    comes_back(&world, &ours).await;
}

async fn a_removed_connection_is_gone_and_makes_room(world: World) {
    let organization = world.given_organization().await;
    let connection = full(&world, &organization);
    insert(&world, &connection).await;
    assert!(done!(world, |work| work.connections().delete(world.home, connection.id)));
    assert!(!done!(world, |work| work.connections().delete(world.home, connection.id)));
    assert!(!done!(world, |work| work.connections().update(&connection)));
    assert_eq!(world.queries().public_connection(connection.id).await.expect("a look-up"), None);
    insert(&world, &Connection { id: world.id(), ..connection }).await;
}

async fn a_connection_shows_the_domains_of_its_organization(world: World) {
    let organization = world.given_organization().await;
    let domains = vec![
        world.given_domain(&organization, "b.example").await,
        world.given_domain(&organization, "a.example").await,
    ];
    world.given_domain(&world.given_organization().await, "c.example").await;
    let connection = world.given_connection(&organization).await;
    let seen = world.queries().connection(world.home, connection.id).await.expect("a look-up");
    assert_eq!(seen, Some(ConnectionView { connection, domains }));
}

async fn connections_come_in_pages(world: World) {
    let mut views = Vec::new();
    for number in 0..6 {
        let organization = world.given_organization().await;
        let domains = vec![world.given_domain(&organization, &format!("n{number}.example")).await];
        let connection = world.given_connection(&organization).await;
        views.push(ConnectionView { connection, domains });
        world.given_connection(&world.given_foreign_organization().await).await;
    }
    let all = ConnectionFilter::default();
    every_page_is_right(
        &views,
        |view| view.connection.id,
        async |page| world.queries().connections(world.home, &all, page).await.expect("a page"),
    )
    .await;
}

async fn connections_are_filtered(world: World) {
    let mut connections = Vec::new();
    for (text, connection_type, domain) in [
        ("Ärzte SSO", ConnectionType::OktaSaml, "a.example"),
        ("100% Cotton", ConnectionType::OktaSaml, "b.example"),
        ("1000 Things", ConnectionType::AzureSaml, "b.example"),
        ("ärzte two", ConnectionType::OktaOidc, "a.example"),
    ] {
        let organization = world.given_organization().await;
        world.given_domain(&organization, domain).await;
        let connection =
            Connection { name: name(text), connection_type, ..fixtures::connection(&world, &organization) };
        insert(&world, &connection).await;
        connections.push(connection);
    }
    let all = ConnectionFilter::default;
    let typed = |wanted| ConnectionFilter { connection_type: Some(wanted), ..all() };
    let at = |domain: &str| ConnectionFilter { domain: Some(domain_name(domain)), ..all() };
    let begins = |text: &str| ConnectionFilter { search: Some(text.into()), ..all() };
    let of = |number: usize| ConnectionFilter {
        organization_id: Some(connections[number].organization_id),
        ..all()
    };
    let cases: Vec<(ConnectionFilter, &[usize])> = vec![
        (all(), &[0, 1, 2, 3]),
        (typed(ConnectionType::OktaSaml), &[0, 1]),
        (typed(ConnectionType::Pending), &[]),
        (at("b.example"), &[1, 2]),
        (at("c.example"), &[]),
        (begins("ÄRZTE"), &[0, 3]),
        (begins("100%"), &[1]),
        (begins("100"), &[1, 2]),
        (of(2), &[2]),
        (ConnectionFilter { organization_id: Some(world.id()), ..all() }, &[]),
        (ConnectionFilter { search: Some("ärz".into()), ..typed(ConnectionType::OktaOidc) }, &[3]),
        (ConnectionFilter { domain: domain_name("a.example").into(), ..of(1) }, &[]),
        (
            ConnectionFilter {
                connection_type: Some(ConnectionType::AzureSaml),
                domain: Some::<DomainName>(domain_name("b.example")),
                search: Some("1000 t".into()),
                ..of(2)
            },
            &[2],
        ),
    ];
    for (filter, expected) in cases {
        let page = PageRequest { limit: limit(100), order: Order::Ascending, cursor: None };
        let page = world.queries().connections(world.home, &filter, page).await.expect("a page");
        let found: Vec<_> = page.items.into_iter().map(|view| view.connection.id).collect();
        let expected: Vec<_> = expected.iter().map(|number| connections[*number].id).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}
