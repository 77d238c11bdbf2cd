//! Races: many at once, one wins, nothing is lost.

use vestibule_application::ports::store::{Conflict, EventFilter, StoreError, StoreResult};
use vestibule_domain::connection::Connection;
use vestibule_domain::intent::Intent;
use vestibule_domain::organization::{Metadata, Organization};
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::PageRequest;
use vestibule_domain::portal_link::{LinkKind, LinkState, PortalLink};
use vestibule_domain::portal_session::{PortalSession, Progress};
use vestibule_domain::secret::Sealed;
use vestibule_domain::webhook::{WebhookDelivery, WebhookEndpoint};

use crate::fixtures::{self, consumed, verified};
use crate::links::stored;
use crate::world::{NOW, World, done, later};

crate::cases![
    only_one_of_many_consumers_wins,
    withdrawing_and_consuming_has_one_winner,
    one_of_many_setup_links_of_an_organization_is_added,
    one_of_many_connections_of_an_organization_is_added,
    a_locked_organization_is_changed_one_after_the_other,
    a_locked_domain_is_changed_one_after_the_other,
    a_locked_link_is_changed_one_after_the_other,
    a_locked_session_is_changed_one_after_the_other,
    a_locked_connection_is_changed_one_after_the_other,
    a_locked_connection_of_an_organization_is_changed_one_after_the_other,
    a_locked_endpoint_is_changed_one_after_the_other,
    a_locked_delivery_is_changed_one_after_the_other,
    a_domain_is_verified_by_one_of_many,
    one_of_many_deliveries_of_an_event_is_added,
    nothing_is_added_to_an_organization_that_is_being_removed,
];

/// Contenders of a race. More than a pool has connections.
pub(crate) const CONTENDERS: u32 = 16;

/// Runs all of them as tasks of their own and gives their outcomes in order.
pub(crate) async fn all<F>(contenders: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let tasks: Vec<_> = contenders.map(tokio::spawn).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.expect("the contender ends"));
    }
    outcomes
}

/// Runs a block in a unit of work that the block ends itself, again while the store is contended.
macro_rules! retried {
    ($world:expr, |$work:ident| $body:block) => {{
        let mut runs = 0;
        loop {
            runs += 1;
            let mut $work = $world.begin().await;
            let outcome: vestibule_application::ports::store::StoreResult<_> = async { $body }.await;
            match outcome {
                Err(vestibule_application::ports::store::StoreError::Contention)
                    if runs < $crate::races::CONTENDERS => {}
                outcome => break outcome,
            }
        }
    }};
}
pub(crate) use retried;

/// Asserts that one of many won and that all others were refused for the one right reason.
fn one_won<T: std::fmt::Debug>(outcomes: &[StoreResult<T>], reason: Conflict) -> usize {
    let mut winner = None;
    for (number, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Ok(_) => assert_eq!(winner.replace(number), None, "two won: {outcomes:?}"),
            Err(StoreError::Conflict(conflict)) => assert_eq!(*conflict, reason),
            Err(other) => panic!("{other:?}"),
        }
    }
    winner.expect("nobody won")
}

async fn only_one_of_many_consumers_wins(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let wins = all((1..=CONTENDERS).map(|seconds| {
        let (world, organization) = (world.clone(), organization.clone());
        let (digest, now) = (link.digest, later(i64::from(seconds)));
        async move {
            let outcome = retried!(world, |work| {
                let link = work.links().find_by_digest(&digest).await?.expect("the link");
                let won = work.links().advance(&consumed(&link, now), now).await?;
                if won {
                    work.outbox().append(fixtures::event(&world, &organization)).await?;
                    work.commit().await?;
                } else {
                    work.rollback().await?;
                }
                Ok(won)
            });
            outcome.expect("an answer")
        }
    }))
    .await;
    let winners: Vec<i64> = (1..).zip(&wins).filter_map(|(number, won)| won.then_some(number)).collect();
    assert_eq!(winners.len(), 1, "{wins:?}");
    assert_eq!(stored(&world, &link).await, Some(consumed(&link, later(winners[0]))));
    let events = world.queries().events(world.home, &EventFilter::default(), PageRequest::default()).await;
    assert_eq!(events.expect("a page").items.len(), 1);
}

async fn withdrawing_and_consuming_has_one_winner(world: World) {
    let organization = world.given_organization().await;
    for _ in 0..8 {
        let link = world.given_open_link(&organization, LinkKind::Token).await;
        let spent = consumed(&link, later(1));
        let wins = all([true, false].into_iter().map(|consume| {
            let (world, spent) = (world.clone(), spent.clone());
            async move {
                let outcome = retried!(world, |work| {
                    let won = if consume {
                        work.links().advance(&spent, later(1)).await?
                    } else {
                        work.links().revoke(spent.environment_id, spent.id, later(2)).await?
                    };
                    work.commit().await?;
                    Ok(won)
                });
                outcome.expect("an answer")
            }
        }))
        .await;
        let withdrawn = PortalLink { state: LinkState::Revoked { at: later(2) }, ..link.clone() };
        let expected = match wins[..] {
            [true, false] => spent,
            [false, true] => withdrawn,
            _ => panic!("not one winner: {wins:?}"),
        };
        assert_eq!(stored(&world, &link).await, Some(expected));
    }
}

async fn one_of_many_setup_links_of_an_organization_is_added(world: World) {
    let organization = world.given_organization().await;
    let links: Vec<PortalLink> =
        (0..CONTENDERS).map(|_| fixtures::link(&world, &organization, LinkKind::Setup)).collect();
    let outcomes = all(links.clone().into_iter().map(|link| {
        let world = world.clone();
        async move {
            retried!(world, |work| {
                work.links().insert(&link).await?;
                work.commit().await
            })
        }
    }))
    .await;
    let winner = one_won(&outcomes, Conflict::LiveLink);
    let open = done!(world, |work| work.links().open_setup_link(world.home, organization.id));
    assert_eq!(open.as_ref(), links.get(winner));
}

async fn one_of_many_connections_of_an_organization_is_added(world: World) {
    let organization = world.given_organization().await;
    let connections: Vec<Connection> =
        (0..CONTENDERS).map(|_| fixtures::connection(&world, &organization)).collect();
    let outcomes = all(connections.clone().into_iter().map(|connection| {
        let world = world.clone();
        async move {
            retried!(world, |work| {
                work.connections().insert(&connection).await?;
                work.commit().await
            })
        }
    }))
    .await;
    let winner = one_won(&outcomes, Conflict::OrganizationConnection);
    let held = done!(world, |work| work.connections().lock_of_organization(world.home, organization.id));
    assert_eq!(held.as_ref(), connections.get(winner));
}

/// Lets many contenders lock a row, read a number in it and write the next one; none may be lost.
macro_rules! counts_up {
    ($world:expr, |$work:ident| lock $lock:expr, $row:ident => $next:expr, $update:expr) => {{
        let outcomes = all((0..CONTENDERS).map(|_| {
            let world = $world.clone();
            async move {
                retried!(world, |$work| {
                    let $row = $lock.await?.expect("the row");
                    let $row = $next;
                    assert!($update.await?, "the row is there");
                    $work.commit().await
                })
            }
        }))
        .await;
        for outcome in outcomes {
            outcome.expect("each contender changes the row");
        }
        let mut $work = $world.begin().await;
        let $row = $lock.await.expect("a look-up").expect("the row");
        $work.rollback().await.expect("taken back");
        $row
    }};
}

/// The number in a text, and the next.
fn next(text: &str) -> String {
    text.parse().map_or(1, |number: u32| number + 1).to_string()
}

async fn a_locked_organization_is_changed_one_after_the_other(world: World) {
    let Organization { id, environment_id: home, .. } = world.given_organization().await;
    let count = |row: &Organization| next(row.metadata.as_map().get("count").map_or("", String::as_str));
    let metadata = |count| Metadata::parse([("count".to_owned(), count)]).expect("metadata");
    let row = counts_up!(world, |work| lock work.organizations().lock(home, id),
        row => Organization { metadata: metadata(count(&row)), ..row },
        work.organizations().update(&row));
    assert_eq!(count(&row), (CONTENDERS + 1).to_string());
}

async fn a_locked_domain_is_changed_one_after_the_other(world: World) {
    let organization = world.given_organization().await;
    let OrganizationDomain { id, environment_id: home, .. } =
        world.given_domain(&organization, "acme.example").await;
    let row = counts_up!(world, |work| lock work.organization_domains().lock(home, id),
        row => OrganizationDomain { verification_token: next(&row.verification_token), ..row },
        work.organization_domains().update(&row));
    assert_eq!(row.verification_token, CONTENDERS.to_string());
}

async fn a_locked_link_is_changed_one_after_the_other(world: World) {
    let organization = world.given_organization().await;
    let PortalLink { id, environment_id: home, .. } =
        world.given_open_link(&organization, LinkKind::Setup).await;
    let row = counts_up!(world, |work| lock work.links().lock(home, id),
        row => PortalLink { completed: [row.completed, vec![Intent::Sso]].concat(), ..row },
        work.links().advance(&row, NOW));
    assert_eq!(row.completed.len(), usize::try_from(CONTENDERS).expect("a few"));
}

async fn a_locked_session_is_changed_one_after_the_other(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Setup).await;
    let digest = world.given_session(&link).await.digest;
    let row = counts_up!(world, |work| lock work.sessions().lock_by_digest(&digest),
        row => PortalSession { progress: Progress { step: row.progress.step + 1, ..row.progress }, ..row },
        work.sessions().update_progress(&row));
    assert_eq!(u32::from(row.progress.step), CONTENDERS);
}

async fn a_locked_connection_is_changed_one_after_the_other(world: World) {
    let organization = world.given_organization().await;
    let Connection { id, environment_id: home, .. } = world.given_connection(&organization).await;
    let row = counts_up!(world, |work| lock work.connections().lock(home, id),
        row => Connection { provider: Some(next(row.provider.as_deref().unwrap_or_default())), ..row },
        work.connections().update(&row));
    assert_eq!(row.provider, Some(CONTENDERS.to_string()));
}

async fn a_locked_connection_of_an_organization_is_changed_one_after_the_other(world: World) {
    let organization = world.given_organization().await;
    let Connection { organization_id: id, environment_id: home, .. } =
        world.given_connection(&organization).await;
    let row = counts_up!(world, |work| lock work.connections().lock_of_organization(home, id),
        row => Connection { provider: Some(next(row.provider.as_deref().unwrap_or_default())), ..row },
        work.connections().update(&row));
    assert_eq!(row.provider, Some(CONTENDERS.to_string()));
}

async fn a_locked_endpoint_is_changed_one_after_the_other(world: World) {
    let endpoint = WebhookEndpoint { secret: Sealed::from_bytes(vec![0]), ..fixtures::endpoint(&world) };
    done!(world, |work| work.webhooks().insert_endpoint(&endpoint));
    let (home, id) = (endpoint.environment_id, endpoint.id);
    let count = |row: &WebhookEndpoint| u32::from(row.secret.as_bytes()[0]);
    let row = counts_up!(world, |work| lock work.webhooks().lock_endpoint(home, id),
        row => WebhookEndpoint { secret: Sealed::from_bytes(vec![row.secret.as_bytes()[0] + 1]), ..row },
        work.webhooks().update_endpoint(&row));
    assert_eq!(count(&row), CONTENDERS);
}

async fn a_locked_delivery_is_changed_one_after_the_other(world: World) {
    let endpoint = world.given_endpoint().await;
    let WebhookDelivery { id, environment_id: home, .. } = world.given_delivery(&endpoint).await;
    let row = counts_up!(world, |work| lock work.webhooks().lock_delivery(home, id),
        row => WebhookDelivery { tries: row.tries + 1, ..row },
        work.webhooks().update_delivery(&row));
    assert_eq!(u32::from(row.tries), CONTENDERS);
}

async fn a_domain_is_verified_by_one_of_many(world: World) {
    let mut waiting = Vec::new();
    for _ in 0..CONTENDERS {
        let organization = world.given_organization().await;
        waiting.push(world.given_domain(&organization, "acme.example").await);
    }
    let outcomes = all(waiting.clone().into_iter().map(|domain| {
        let world = world.clone();
        async move {
            retried!(world, |work| {
                assert!(work.organization_domains().update(&verified(domain.clone())).await?);
                work.commit().await
            })
        }
    }))
    .await;
    let winner = one_won(&outcomes, Conflict::OrganizationDomain);
    for (number, domain) in waiting.iter().enumerate() {
        let seen = world.queries().organization_domain(world.home, domain.id).await.expect("a look-up");
        assert_eq!(seen.map(|domain| domain.is_verified()), Some(number == winner));
    }
}

async fn one_of_many_deliveries_of_an_event_is_added(world: World) {
    let endpoint = world.given_endpoint().await;
    let event = world.id();
    let added = all((0..CONTENDERS).map(|_| {
        let world = world.clone();
        let delivery = fixtures::delivery(&world, &endpoint, event);
        async move {
            let outcome = retried!(world, |work| {
                let added = work.webhooks().insert_delivery(&delivery).await?;
                work.commit().await?;
                Ok(added)
            });
            outcome.expect("an answer")
        }
    }))
    .await;
    assert_eq!(added.iter().filter(|added| **added).count(), 1, "{added:?}");
    let listed = world.queries().webhook_deliveries(world.home, endpoint.id, PageRequest::default()).await;
    assert_eq!(listed.expect("a list").items.len(), 1);
}

async fn nothing_is_added_to_an_organization_that_is_being_removed(world: World) {
    let organization = world.given_organization().await;
    let (home, id) = (world.home, organization.id);
    let removal = tokio::spawn({
        let world = world.clone();
        async move {
            retried!(world, |work| {
                assert!(work.organizations().delete(home, id).await?);
                work.commit().await
            })
        }
    });
    let outcomes = all((0..CONTENDERS).map(|number| {
        let world = world.clone();
        let domain = fixtures::domain(&world, &organization, &format!("n{number}.example"));
        async move {
            retried!(world, |work| {
                work.organization_domains().insert(&domain).await?;
                work.commit().await
            })
        }
    }))
    .await;
    removal.await.expect("the removal ends").expect("the organization is removed");
    for outcome in outcomes {
        assert!(matches!(outcome, Ok(()) | Err(StoreError::Conflict(Conflict::Reference))), "{outcome:?}");
    }
    let left = done!(world, |work| work.organization_domains().list(home, id));
    assert_eq!(left, Vec::new());
}
