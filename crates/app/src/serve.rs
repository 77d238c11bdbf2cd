//! Serves until told to stop.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App as ActixApp, HttpServer};
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use vestibule_application::ports::ambient::Clock as _;
use vestibule_application::ports::store::Store;
use vestibule_domain::Instant;
use vestibule_secrets::SystemClock;
use vestibule_store_sql::{SchemaState, SqlStore};
use vestibule_web::Web;
use vestibule_web::app::App;

use crate::config::{Config, Database};
use crate::connections::http_workers;
use crate::{Failure, first_run, wiring, workers};

/// How long running requests may take after SIGTERM, in seconds.
const DRAIN_S: u64 = 30;

/// How long an idle connection is kept. Longer than proxies and clients keep theirs (a minute is
/// usual): whoever closes first must not be us, or a request on its way meets a closed door.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Serves.
pub(crate) async fn run(config: Config) -> Result<(), Failure> {
    // Bound first: an address in use is told before anything is written.
    let listener = TcpListener::bind(config.bind)
        .map_err(|error| Failure::other(&format!("cannot listen on {}", config.bind), &error))?;
    let bound = listener.local_addr().map_err(|error| Failure::other("cannot listen", &error))?;
    let ambient = wiring::ambient(&config, bound)?;
    let sql = wiring::connect(&config).await?;
    match (&config.database, config.migrate) {
        (Database::Sqlite { .. }, _) | (_, true) => bring_up_to_date(&sql, ambient.now()).await?,
        (Database::Postgres { .. }, false) => demand_current(&sql).await?,
    }
    let sql = Arc::new(sql);
    let store: Arc<dyn Store> = sql.clone();
    if matches!(config.database, Database::Sqlite { .. }) {
        first_run::welcome(&*store, &ambient).await?;
    }
    let worker = Arc::new(wiring::worker(&config, Arc::clone(&store), &ambient)?);
    let app = App::new(wiring::parts(&config, store, ambient)?);
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(workers::run(worker, stopped));
    serve(app, sql, config.database_connections.each_worker, (listener, bound)).await?;
    // Nothing arrives any more; what is in hand is finished.
    stop.send_replace(true);
    working.await.map_err(|error| Failure::other("the workers failed", &error))?;
    tracing::info!("stopped");
    Ok(())
}

async fn serve(
    app: App,
    sql: Arc<SqlStore>,
    connections_of_worker: usize,
    (listener, bound): (TcpListener, SocketAddr),
) -> Result<(), Failure> {
    let web = Web::new(app).map_err(|error| Failure::other("the pages are broken", &error))?;
    let server = HttpServer::new(move || {
        // Called on each worker's own thread and runtime.
        let web = web.on(Arc::new(sql.on(Handle::current(), connections_of_worker)));
        ActixApp::new().configure(move |config| {
            web.configure(config);
        })
    })
    .listen(listener)
    .map_err(|error| Failure::other("cannot listen", &error))?
    .workers(http_workers())
    .keep_alive(KEEP_ALIVE)
    .disable_signals()
    .shutdown_timeout(DRAIN_S)
    .run();
    let handle = server.handle();
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|error| Failure::other("no signals", &error))?;
    let mut interrupt =
        signal(SignalKind::interrupt()).map_err(|error| Failure::other("no signals", &error))?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        handle.stop(true).await;
    });
    tracing::info!(address = %bound, "listening");
    server.await.map_err(|error| Failure::other("serving failed", &error))
}

async fn bring_up_to_date(sql: &SqlStore, now: Instant) -> Result<(), Failure> {
    sql.migrate(now).await.map_err(|error| Failure::other("the schema cannot be brought up to date", &error))
}

async fn demand_current(sql: &SqlStore) -> Result<(), Failure> {
    match sql.schema_state().await.map_err(|error| Failure::other("the schema cannot be read", &error))? {
        SchemaState::Current => Ok(()),
        SchemaState::Behind { pending } => Err(Failure::Other(format!(
            "the database's schema is older than this program ({} migrations are missing): \
             run `vestibule migrate`, or serve with --migrate",
            pending.len()
        ))),
        SchemaState::Ahead => Err(Failure::Other("the database's schema is newer than this program".into())),
    }
}

/// Runs `migrate`.
pub(crate) async fn migrate(config: &Config) -> Result<(), Failure> {
    let sql = wiring::connect(config).await?;
    bring_up_to_date(&sql, SystemClock.now()).await?;
    tracing::info!("the schema is current");
    Ok(())
}
