//! A world: a store, two environments in it, and a source of ids and times that never repeat.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use time::Duration;
use time::macros::datetime;
use tokio::sync::{Mutex, MutexGuard};
use ulid::Ulid;
use vestibule_application::ports::store::{Queries, Store, StoreResult, UnitOfWork};
use vestibule_domain::Instant;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{EnvironmentId, Id, TeamId};
use vestibule_domain::secret::SecretDigest;

use crate::fixtures;

/// When every story begins.
pub(crate) const NOW: Instant = datetime!(2026-11-21 12:00:00 UTC);

/// The instant some seconds after [`NOW`].
pub(crate) fn later(seconds: i64) -> Instant {
    NOW + Duration::seconds(seconds)
}

/// What a case plays in: a store with two environments, `home` and `abroad`, of one team.
///
/// Cheap to clone, so that spawned tasks can have it too.
#[derive(Clone)]
pub struct World {
    store: Arc<dyn Store>,
    mint: Arc<Mint>,
    pub(crate) team: TeamId,
    pub(crate) home: EnvironmentId,
    pub(crate) abroad: EnvironmentId,
}

/// Makes ids that increase within a world and never meet another world's.
struct Mint {
    seed: u64,
    made: AtomicU64,
}

impl Mint {
    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    fn ulid(&self) -> Ulid {
        // The counter is the time part: ids are ordered as they were made, as real ones are. The
        // seed keeps worlds apart.
        let milliseconds = NOW.unix_timestamp().unsigned_abs() * 1_000 + self.next();
        Ulid::from_parts(milliseconds, u128::from(self.seed))
    }
}

impl World {
    /// A world in a store. Other worlds may be in it too.
    pub fn new(store: Arc<dyn Store>) -> Self {
        // The only source of chance that the standard library has.
        let mint = Mint { seed: RandomState::new().build_hasher().finish(), made: AtomicU64::new(0) };
        let team = TeamId::from_ulid(mint.ulid());
        let home = EnvironmentId::from_ulid(mint.ulid());
        let abroad = EnvironmentId::from_ulid(mint.ulid());
        Self { store, mint: Arc::new(mint), team, home, abroad }
    }

    /// The world with its team and environments in the store.
    pub(crate) async fn settled(self) -> Self {
        let mut work = self.begin().await;
        let team = fixtures::team(&self);
        work.accounts().insert_team(&team).await.expect("a team is added");
        for id in [self.home, self.abroad] {
            let environment = Environment { id, ..fixtures::environment(&self) };
            work.accounts().insert_environment(&environment).await.expect("an environment is added");
        }
        work.commit().await.expect("the world's beginning is committed");
        self
    }

    /// The store.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    pub(crate) async fn begin(&self) -> Box<dyn UnitOfWork> {
        self.store.begin().await.expect("a unit of work begins")
    }

    pub(crate) fn queries(&self) -> &dyn Queries {
        self.store.queries()
    }

    /// A new id, greater than all before.
    pub(crate) fn id<I: Id>(&self) -> I {
        I::from_ulid(self.mint.ulid())
    }

    /// A new id, as if it were made at that time.
    pub(crate) fn id_at<I: Id>(&self, at: Instant) -> I {
        let Mint { seed, made } = &*self.mint;
        let number = made.fetch_add(1, Ordering::Relaxed) % (1 << 16);
        let chance = u128::from(number) << 64 | u128::from(*seed);
        I::from_ulid(Ulid::from_parts(I::least_at(at).ulid().timestamp_ms(), chance))
    }

    /// A short lower-case word that nobody else in the database uses.
    pub(crate) fn word(&self) -> String {
        format!("w{:x}x{}", self.mint.seed, self.mint.next())
    }

    /// The digest of a secret that nobody else has.
    pub(crate) fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.word())
    }

    /// Has the jobs of the store for itself, without any that is due or will be.
    ///
    /// Workers take jobs of every environment, so cases about jobs go one after the other.
    pub(crate) async fn alone_with_jobs(&self) -> MutexGuard<'static, ()> {
        static ALONE: Mutex<()> = Mutex::const_new(());
        let guard = ALONE.lock().await;
        let end_of_time = datetime!(2200-01-01 0:00 UTC);
        loop {
            let left = self.store.jobs().claim(100, end_of_time).await.expect("jobs are claimed");
            if left.is_empty() {
                return guard;
            }
            for job in left {
                self.store.jobs().end(&job, &vestibule_domain::job::JobEnd::Done).await.expect("a job ends");
            }
        }
    }
}

/// Runs one call in a unit of work of its own, commits, and gives the call's answer.
macro_rules! done {
    ($world:expr, |$work:ident| $call:expr) => {{
        let mut $work = $world.begin().await;
        let answer = $call.await.expect(stringify!($call));
        $work.commit().await.expect("the unit of work is committed");
        answer
    }};
}
pub(crate) use done;

/// Runs one call that must conflict in a unit of work of its own, and gives the conflict.
macro_rules! refused {
    ($world:expr, |$work:ident| $call:expr) => {{
        let mut $work = $world.begin().await;
        let conflict = $crate::world::conflict($call.await);
        $work.rollback().await.expect("the unit of work is taken back");
        conflict
    }};
}
pub(crate) use refused;

/// Adds something that cannot be added in a unit of work of its own, and gives the conflict, told
/// by the call or by the commit.
macro_rules! refused_in_the_end {
    ($world:expr, |$work:ident| $call:expr) => {{
        let mut $work = $world.begin().await;
        match $call.await {
            Ok(()) => $crate::world::conflict($work.commit().await),
            refused => {
                $work.rollback().await.expect("the unit of work is taken back");
                $crate::world::conflict(refused)
            }
        }
    }};
}
pub(crate) use refused_in_the_end;

/// The conflict of a link that cannot be added, told by the call or by the commit.
pub(crate) async fn link_refused(
    world: &World,
    link: &vestibule_domain::portal_link::PortalLink,
) -> vestibule_application::ports::store::Conflict {
    refused_in_the_end!(world, |work| work.links().insert(link))
}

/// The conflict that a call ran into.
pub(crate) fn conflict<T: std::fmt::Debug>(
    answer: StoreResult<T>,
) -> vestibule_application::ports::store::Conflict {
    match answer {
        Err(vestibule_application::ports::store::StoreError::Conflict(conflict)) => conflict,
        other => panic!("a conflict was expected, not {other:?}"),
    }
}
