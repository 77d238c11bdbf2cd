//! One behavioural contract for every store.
//!
//! A store's test target is a `main` of a few lines with `harness = false`:
//!
//! ```no_run
//! # use std::process::ExitCode;
//! # use std::sync::Arc;
//! # use vestibule_application::ports::store::Store;
//! # use vestibule_store_contract::{self as store_contract, World};
//! # async fn fresh_store() -> Arc<dyn Store> { unimplemented!() }
//! fn main() -> ExitCode {
//!     store_contract::main("postgres", || async { World::new(fresh_store().await) })
//! }
//! ```
//!
//! Every promise in the comments of `ports/store.rs` is at least one case here. Each case has a
//! [`World`] of its own; worlds may share one database, so no case relies on an empty one.
//!
//! What belongs to one store only (migrations, pools, pragmas) is tested beside that store.

mod accounts;
mod admissions;
mod assertions;
mod codes;
mod connections;
mod contacts;
mod domains;
mod failing;
mod failures;
mod fixtures;
mod given;
mod history;
mod isolation;
mod jobs;
mod links;
mod members;
mod messages;
mod organization_lists;
mod organizations;
mod overview;
mod paging;
mod profiles;
mod races;
mod replays;
mod samples;
mod sessions;
mod sign_ins;
mod signing_keys;
mod social;
mod sso_lists;
mod sso_sessions;
mod teams;
mod units_of_work;
mod visibility;
mod webhooks;
mod world;

use std::process::ExitCode;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Trial};

pub use failing::FailingStore;
pub use world::World;

/// Longest run of one case. A case that runs longer waits for a lock that nobody will release.
const CASE_SECONDS_MAX: u64 = 120;

/// Threads of a case: races need at least two.
const CASE_THREADS: usize = 2;

/// One behaviour.
struct Case {
    module: &'static str,
    name: &'static str,
    run: fn(World) -> LocalBoxFuture<'static, ()>,
}

/// Fills a module's table of cases. The functions are private: one that is written and not listed
/// is dead code, and so an error.
macro_rules! cases {
    ($($name:ident,)+) => {
        pub(crate) const CASES: &[$crate::Case] = &[$($crate::Case {
            module: module_path!(),
            name: stringify!($name),
            run: |world| Box::pin($name(world)),
        }),+];
    };
}
pub(crate) use cases;

const MODULES: &[&[Case]] = &[
    accounts::CASES,
    assertions::CASES,
    codes::CASES,
    connections::CASES,
    contacts::CASES,
    domains::CASES,
    failures::CASES,
    history::CASES,
    isolation::CASES,
    jobs::CASES,
    links::CASES,
    members::CASES,
    messages::CASES,
    organization_lists::CASES,
    organizations::CASES,
    overview::CASES,
    profiles::CASES,
    races::CASES,
    replays::CASES,
    sessions::CASES,
    sign_ins::CASES,
    signing_keys::CASES,
    social::CASES,
    sso_lists::CASES,
    sso_sessions::CASES,
    teams::CASES,
    admissions::CASES,
    units_of_work::CASES,
    visibility::CASES,
    webhooks::CASES,
];

/// Runs the contract: `make` is asked for a world for each case, within the case's own runtime.
///
/// Takes the arguments of the standard test harness; cases are named `store::module::sentence`.
pub fn main<M, W>(store: &str, make: M) -> ExitCode
where
    M: Fn() -> W + Clone + Send + 'static,
    W: Future<Output = World>,
{
    let arguments = Arguments::from_args();
    let trials = MODULES
        .iter()
        .flat_map(|cases| cases.iter())
        .map(|case| {
            let module = case.module.rsplit("::").next().unwrap_or_default();
            let (run, make) = (case.run, make.clone());
            Trial::test(format!("{store}::{module}::{}", case.name), move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(CASE_THREADS)
                    .enable_all()
                    .build()?;
                let case = async { run(make().await.settled().await).await };
                runtime
                    .block_on(async {
                        tokio::time::timeout(Duration::from_secs(CASE_SECONDS_MAX), case).await
                    })
                    .map_err(|_| format!("no end after {CASE_SECONDS_MAX} seconds").into())
            })
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
