//! Portal sessions.

use vestibule_application::ports::store::{Conflict, PortalVisit};
use vestibule_domain::admission::Admin;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::organization::Organization;
use vestibule_domain::portal_link::{Capability, LinkKind, PortalLink};
use vestibule_domain::portal_session::{Candidate, CandidateData, PortalSession, Progress};

use crate::fixtures::{self, email};
use crate::samples::{self, HOSTILE, at_micros, https};
use crate::world::{World, done, later, refused};

crate::cases![
    a_session_comes_back_as_it_was_added,
    a_session_with_everything_set_comes_back_as_it_was_added,
    an_unknown_session_is_not_found,
    a_session_needs_its_link,
    a_session_needs_a_link_of_its_environment,
    progress_comes_back_with_every_candidate,
    progress_can_be_cleared,
    progress_is_all_that_is_written,
    progress_of_a_missing_session_says_so,
    an_admin_who_only_said_so_comes_back_as_such,
    the_furthest_session_of_a_link_is_found,
    a_session_is_ended_once,
    all_sessions_of_a_link_are_ended,
    a_visit_shows_everything_of_its_organization,
    a_visit_shows_no_connection_where_there_is_none,
];

async fn given_link(world: &World) -> PortalLink {
    let organization = world.given_organization().await;
    world.given_open_link(&organization, LinkKind::Token).await
}

pub(crate) async fn stored(world: &World, session: &PortalSession) -> Option<PortalSession> {
    done!(world, |work| work.sessions().lock_by_digest(&session.digest))
}

async fn a_session_comes_back_as_it_was_added(world: World) {
    let link = given_link(&world).await;
    let session = world.given_session(&link).await;
    assert_eq!(stored(&world, &session).await, Some(session));
}

async fn a_session_with_everything_set_comes_back_as_it_was_added(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_link(samples::full_link(&world, &organization, LinkKind::Launch)).await;
    let session = PortalSession {
        capability: Capability::SetUpAndManage,
        intents: link.intents.clone(),
        progress: Progress {
            provider: Some("okta-saml".into()),
            step: u16::MAX,
            candidate: Some(Candidate {
                revision: HOSTILE.into(),
                data: CandidateData::Oidc(samples::full_oidc()),
            }),
            sheets_sent: u16::MAX,
        },
        progress_at: at_micros(123_456),
        admin: Some(Admin::Confirmed { email: email("jürgen+o'hara@acme.example"), at: at_micros(499_999) }),
        started_at: at_micros(1),
        expires_at: at_micros(999_999),
        ended_at: Some(at_micros(500_000)),
        ..fixtures::session(&world, &link)
    };
    done!(world, |work| work.sessions().insert(&session));
    assert_eq!(stored(&world, &session).await, Some(session));
}

async fn an_unknown_session_is_not_found(world: World) {
    let session = fixtures::session(&world, &given_link(&world).await);
    assert_eq!(stored(&world, &session).await, None);
    assert_eq!(world.queries().visit(&session.digest).await.expect("a look-up"), None);
    assert!(!done!(world, |work| work.sessions().end(world.home, session.id, later(1))));
}

async fn a_session_needs_its_link(world: World) {
    let missing = fixtures::link(&world, &world.given_organization().await, LinkKind::Token);
    let session = fixtures::session(&world, &missing);
    assert_eq!(refused!(world, |work| work.sessions().insert(&session)), Conflict::Reference);
}

async fn a_session_needs_a_link_of_its_environment(world: World) {
    let link = given_link(&world).await;
    let session = PortalSession { environment_id: world.abroad, ..fixtures::session(&world, &link) };
    assert_eq!(refused!(world, |work| work.sessions().insert(&session)), Conflict::Reference);
}

async fn progress_comes_back_with_every_candidate(world: World) {
    let link = given_link(&world).await;
    let before = world.given_session(&link).await;
    let candidates = [
        CandidateData::Saml { idp: samples::identity_provider(), metadata_url: None },
        CandidateData::Saml {
            idp: samples::identity_provider(),
            metadata_url: Some(https("https://idp.example/metadata")),
        },
        CandidateData::Oidc(samples::bare_oidc()),
        CandidateData::Oidc(samples::full_oidc()),
    ];
    for (step, data) in candidates.into_iter().enumerate() {
        let progress = Progress {
            provider: Some(HOSTILE.into()),
            step: u16::try_from(step).expect("a small number"),
            candidate: Some(Candidate { revision: world.word(), data }),
            sheets_sent: 1,
        };
        let after = PortalSession { progress, ..before.clone() };
        assert!(done!(world, |work| work.sessions().update_progress(&after)));
        assert_eq!(stored(&world, &before).await, Some(after));
    }
}

async fn progress_can_be_cleared(world: World) {
    let link = given_link(&world).await;
    let session = PortalSession {
        progress: Progress {
            provider: Some("okta".into()),
            step: 3,
            candidate: Some(Candidate {
                revision: "1".into(),
                data: CandidateData::Oidc(samples::bare_oidc()),
            }),
            sheets_sent: 1,
        },
        ..fixtures::session(&world, &link)
    };
    done!(world, |work| work.sessions().insert(&session));
    let cleared = PortalSession { progress: Progress::default(), ..session };
    assert!(done!(world, |work| work.sessions().update_progress(&cleared)));
    assert_eq!(stored(&world, &cleared).await, Some(cleared));
}

async fn progress_is_all_that_is_written(world: World) {
    let link = given_link(&world).await;
    let before = world.given_session(&link).await;
    let bystander = world.given_session(&link).await;
    let progress = Progress { provider: Some("okta".into()), step: 2, ..Progress::default() };
    let altered = PortalSession {
        progress: progress.clone(),
        progress_at: later(7),
        admin: Some(Admin::Stated(email("anna@acme.example"))),
        capability: Capability::SetUpAndManage,
        expires_at: later(9_999),
        ended_at: Some(later(1)),
        ..before.clone()
    };
    assert!(done!(world, |work| work.sessions().update_progress(&altered)));
    assert_eq!(
        stored(&world, &before).await,
        Some(PortalSession { progress, progress_at: later(7), ..before })
    );
    assert_eq!(stored(&world, &bystander).await, Some(bystander));
}

async fn progress_of_a_missing_session_says_so(world: World) {
    let session = fixtures::session(&world, &given_link(&world).await);
    assert!(!done!(world, |work| work.sessions().update_progress(&session)));
    assert_eq!(stored(&world, &session).await, None);
}

async fn an_admin_who_only_said_so_comes_back_as_such(world: World) {
    let link = given_link(&world).await;
    let admin = Some(Admin::Stated(email("anna@acme.example")));
    let session = PortalSession { admin, ..fixtures::session(&world, &link) };
    done!(world, |work| work.sessions().insert(&session));
    assert_eq!(stored(&world, &session).await, Some(session));
}

async fn the_furthest_session_of_a_link_is_found(world: World) {
    let link = given_link(&world).await;
    let furthest = || async { done!(world, |work| work.sessions().furthest_of_link(world.home, link.id)) };
    assert_eq!(furthest().await, None);
    let first = world.given_session(&link).await;
    let second = world.given_session(&link).await;
    world.given_session(&given_link(&world).await).await;
    assert_eq!(furthest().await.as_ref(), Some(&second), "of equals the one that began last");
    let progress = Progress { provider: Some("okta".into()), step: 2, ..Progress::default() };
    let first = PortalSession { progress, progress_at: at_micros(1), ..first };
    assert!(done!(world, |work| work.sessions().update_progress(&first)));
    assert_eq!(furthest().await.as_ref(), Some(&first));
    assert!(done!(world, |work| work.sessions().end(world.home, first.id, later(1))));
    let ended = PortalSession { ended_at: Some(later(1)), ..first };
    assert_eq!(furthest().await, Some(ended), "an ended one counts too");
}

async fn a_session_is_ended_once(world: World) {
    let link = given_link(&world).await;
    let session = world.given_session(&link).await;
    let bystander = world.given_session(&link).await;
    let at = at_micros(999_999);
    assert!(done!(world, |work| work.sessions().end(world.home, session.id, at)));
    assert!(!done!(world, |work| work.sessions().end(world.home, session.id, later(5))));
    let ended = PortalSession { ended_at: Some(at), ..session };
    assert_eq!(stored(&world, &ended).await, Some(ended));
    assert_eq!(stored(&world, &bystander).await, Some(bystander));
}

async fn all_sessions_of_a_link_are_ended(world: World) {
    let link = given_link(&world).await;
    let other = given_link(&world).await;
    let early = world.given_session(&link).await;
    assert!(done!(world, |work| work.sessions().end(world.home, early.id, later(1))));
    let open = [world.given_session(&link).await, world.given_session(&link).await];
    let bystander = world.given_session(&other).await;
    done!(world, |work| work.sessions().end_of_link(world.home, link.id, later(2)));
    for session in open {
        let ended = PortalSession { ended_at: Some(later(2)), ..session };
        assert_eq!(stored(&world, &ended).await, Some(ended));
    }
    assert_eq!(stored(&world, &early).await.and_then(|early| early.ended_at), Some(later(1)));
    assert_eq!(stored(&world, &bystander).await, Some(bystander));
}

async fn environment(world: &World, id: EnvironmentId) -> vestibule_domain::environment::Environment {
    world.queries().environment(id).await.expect("a look-up").expect("an environment")
}

async fn a_visit_shows_everything_of_its_organization(world: World) {
    let organization: Organization = world.given(samples::full_organization(&world)).await;
    let domains = vec![
        world.given_domain(&organization, "b.example").await,
        world.given_domain(&organization, "a.example").await,
    ];
    let connection = world.given_connection(&organization).await;
    let link = world.given_link(samples::full_link(&world, &organization, LinkKind::Setup)).await;
    let session = world.given_session(&link).await;
    let environment = environment(&world, world.home).await;
    // Neighbours whose things must not get in.
    let other = world.given_organization().await;
    world.given_domain(&other, "c.example").await;
    world.given_connection(&other).await;

    let visit = world.queries().visit(&session.digest).await.expect("a look-up");

    let connection = Some(connection);
    assert_eq!(visit, Some(PortalVisit { session, link, environment, organization, connection, domains }));
}

async fn a_visit_shows_no_connection_where_there_is_none(world: World) {
    let link = given_link(&world).await;
    let session = world.given_session(&link).await;
    // An ended visit is shown too: the page says so.
    assert!(done!(world, |work| work.sessions().end(world.home, session.id, later(1))));
    let visit = world.queries().visit(&session.digest).await.expect("a look-up").expect("a visit");
    assert_eq!((visit.connection, visit.domains), (None, Vec::new()));
    assert_eq!(visit.session.ended_at, Some(later(1)));
}
