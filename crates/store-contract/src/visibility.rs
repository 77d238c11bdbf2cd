//! The order in which events and the audit trail become visible, however units of work overlap:
//! nothing ever appears behind a cursor that was handed out.

use std::time::Duration as Wait;

use tokio::sync::oneshot;
use vestibule_application::ports::store::{AuditFilter, EventFilter, UnitOfWork};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::event::Event;
use vestibule_domain::id::{AuditId, EventId};
use vestibule_domain::page::{Cursor, Order, Page, PageRequest};

use crate::fixtures;
use crate::paging::limit;
use crate::races::{all, retried};
use crate::world::World;

crate::cases![
    an_event_committed_late_appears_after_the_cursor,
    an_entry_committed_late_appears_after_the_cursor,
    a_reader_that_follows_misses_nothing,
];

/// How long a unit of work may take to begin, write and commit beside an open one. A store that
/// runs units of work one after the other takes for ever, and keeps the promise by that alone.
const BESIDE: Wait = Wait::from_millis(500);

/// What is listed in the order of becoming visible.
trait Listed: Sized {
    type Id: Copy;
    fn made(world: &World) -> Self;
    fn id(&self) -> Self::Id;
    async fn add(self, work: &mut dyn UnitOfWork);
    async fn page(world: &World, page: PageRequest<Self::Id>) -> Page<Self>;
}

impl Listed for Event {
    type Id = EventId;
    fn made(world: &World) -> Self {
        fixtures::event(world, &fixtures::organization(world))
    }
    fn id(&self) -> EventId {
        self.id
    }
    async fn add(self, work: &mut dyn UnitOfWork) {
        work.outbox().append(self).await.expect("an event is added");
    }
    async fn page(world: &World, page: PageRequest<EventId>) -> Page<Self> {
        world.queries().events(world.home, &EventFilter::default(), page).await.expect("a page")
    }
}

impl Listed for AuditEntry {
    type Id = AuditId;
    fn made(world: &World) -> Self {
        fixtures::entry(world, world.home)
    }
    fn id(&self) -> AuditId {
        self.id
    }
    async fn add(self, work: &mut dyn UnitOfWork) {
        work.outbox().record(self).await.expect("an entry is added");
    }
    async fn page(world: &World, page: PageRequest<AuditId>) -> Page<Self> {
        world.queries().audit_trail(world.home, &AuditFilter::default(), page).await.expect("a page")
    }
}

/// Everything after an item, oldest first.
async fn after<T: Listed>(world: &World, item: Option<T::Id>) -> Vec<T> {
    let cursor = item.map(Cursor::After);
    T::page(world, PageRequest { limit: limit(100), order: Order::Ascending, cursor }).await.items
}

async fn write<T: Listed>(world: &World, item: T) {
    let mut work = world.begin().await;
    item.add(&mut *work).await;
    work.commit().await.expect("a commit");
}

async fn an_event_committed_late_appears_after_the_cursor(world: World) {
    one_committed_late_appears_after_the_cursor::<Event>(&world).await;
}

async fn an_entry_committed_late_appears_after_the_cursor(world: World) {
    one_committed_late_appears_after_the_cursor::<AuditEntry>(&world).await;
}

async fn one_committed_late_appears_after_the_cursor<T>(world: &World)
where
    T: Listed<Id: PartialEq + std::fmt::Debug>,
{
    let start = T::made(world);
    let start_id = start.id();
    write(world, start).await;
    // The slow one is made first, so that its id sorts before the quick one's.
    let (slow, quick) = (T::made(world), T::made(world));
    let (slow_id, quick_id) = (slow.id(), quick.id());
    let (opened, is_open) = oneshot::channel();
    let (release, released) = oneshot::channel();
    let slow = async {
        let mut work = world.begin().await;
        slow.add(&mut *work).await;
        opened.send(()).expect("the reader waits");
        released.await.expect("the reader is done");
        work.commit().await.expect("a commit");
    };
    let reader = async {
        is_open.await.expect("the slow one is open");
        let mut quick = Box::pin(write(world, quick));
        let beside = tokio::time::timeout(BESIDE, &mut quick).await.is_ok();
        let seen: Vec<T::Id> = after(world, Some(start_id)).await.iter().map(T::id).collect();
        assert_eq!(seen, if beside { vec![quick_id] } else { Vec::new() });
        let cursor = seen.last().copied().unwrap_or(start_id);
        release.send(()).expect("the slow one waits");
        if !beside {
            quick.await;
        }
        (cursor, beside)
    };
    let ((), (cursor, beside)) = tokio::join!(slow, reader);
    let late: Vec<T::Id> = after(world, Some(cursor)).await.iter().map(T::id).collect();
    assert_eq!(late, if beside { vec![slow_id] } else { vec![slow_id, quick_id] });
}

async fn a_reader_that_follows_misses_nothing(world: World) {
    const WRITERS: u32 = 8;
    const EACH: u32 = 12;
    let reader = tokio::spawn({
        let world = world.clone();
        async move {
            let mut seen: Vec<EventId> = Vec::new();
            while seen.len() < (WRITERS * EACH) as usize {
                let cursor = seen.last().copied().map(Cursor::After);
                let page = PageRequest { limit: limit(5), order: Order::Ascending, cursor };
                let page = Event::page(&world, page).await;
                seen.extend(page.items.iter().map(|event| event.id));
                tokio::task::yield_now().await;
            }
            seen
        }
    });
    let written = all((0..WRITERS).map(|_| {
        let world = world.clone();
        async move {
            for _ in 0..EACH {
                let event = Event::made(&world);
                let outcome = retried!(world, |work| {
                    work.outbox().append(event.clone()).await?;
                    work.commit().await
                });
                outcome.expect("a commit");
            }
        }
    }))
    .await;
    assert_eq!(written.len(), WRITERS as usize);
    let seen = tokio::time::timeout(Wait::from_secs(10), reader).await;
    let seen = seen.expect("the reader missed an event").expect("the reader ends");
    let listed: Vec<EventId> = after::<Event>(&world, None).await.iter().map(|event| event.id).collect();
    assert_eq!(seen, listed);
}
