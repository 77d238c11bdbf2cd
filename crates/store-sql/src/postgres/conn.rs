//! A connection to PostgreSQL, direct or through a pooler.
//!
//! diesel-async brings a connection of its own, which names its prepared statements. Behind a
//! pooler in transaction mode a name may belong to another process's statement, and the wrong SQL
//! would run without an error. So this one has two ways: named statements on a direct connection,
//! where preparing once pays; unnamed ones otherwise, which travel as one message and belong to
//! nobody. It also sends BEGIN and COMMIT together with their neighbours, and keeps no session
//! state where a session may be somebody else's.

use std::any::TypeId;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel_async::{AsyncConnectionCore, SimpleAsyncConnection};
use futures_util::future::{BoxFuture, FutureExt as _, join};
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use tokio::task::AbortHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::fault::fault;
use super::request::{Form, Request, Text};
use super::row::PgRow;

/// Most statements that are kept prepared on a connection; later ones travel unnamed.
const STATEMENTS_MAX: usize = 250;

/// How long an answer may take, in seconds, before the server counts as lost. Above the server's
/// own limit for a statement, so that the server answers first if it is there.
const ANSWER_S_MAX: u64 = 20;

/// How statements reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatementNames {
    /// Prepared once under a name: for connections that are ours alone.
    Named,
    /// Sent whole each time: works behind any pooler.
    Unnamed,
}

/// Where a connection stands in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In none.
    Idle,
    /// BEGIN goes with the next statement.
    Wanted,
    /// The next statement is a transaction by itself.
    Single,
    /// In one.
    Open,
}

/// How the server plans a statement that it has prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Planning {
    /// It weighs the values against a plan for all of them, as it does by itself. Over a table with
    /// partitions that comes out for the values every time: planned for a value, a look-up by key has
    /// one partition, else all of them, of which its execution passes over all but one.
    Weighed,
    /// Once, for all values.
    Once,
}

/// What is wanted of the server's planning, and what it was told.
#[derive(Clone, Copy)]
struct Plans {
    wanted: Planning,
    /// None while nobody knows.
    told: Option<Planning>,
}

/// How a statement goes to the server.
enum Way<'r> {
    Named(Statement),
    Unnamed(&'r Text),
}

/// What speaks to the server, and the task that moves the bytes.
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) driver: AbortHandle,
}

/// Statements that are prepared, by their text; and those whose query says it by its type, by that.
#[derive(Default)]
struct Prepared {
    by_text: HashMap<String, Statement>,
    by_type: HashMap<TypeId, Statement>,
}

/// A connection to PostgreSQL.
pub(crate) struct PgConn {
    client: Client,
    driver: AbortHandle,
    names: StatementNames,
    prepared: Mutex<Prepared>,
    stage: Mutex<Stage>,
    plans: Mutex<Plans>,
    spoilt: AtomicBool,
}

impl PgConn {
    pub(super) fn new(Line { client, driver }: Line, names: StatementNames) -> Self {
        Self {
            client,
            driver,
            names,
            prepared: Mutex::default(),
            stage: Mutex::new(Stage::Idle),
            plans: Mutex::new(Plans { wanted: Planning::Weighed, told: Some(Planning::Weighed) }),
            spoilt: AtomicBool::new(false),
        }
    }

    #[cfg(test)]
    pub(super) fn names(&self) -> StatementNames {
        self.names
    }

    /// Whether the connection may serve somebody else.
    pub(super) fn is_reusable(&self) -> bool {
        !self.client.is_closed() && !self.spoilt.load(Ordering::Relaxed) && self.stage() == Stage::Idle
    }

    /// Opens a transaction with the next statement.
    pub(super) fn begin(&self) {
        self.set_stage(Stage::Wanted);
    }

    /// Lets the next statement be a transaction by itself, if it is the first of one: PostgreSQL
    /// makes it one when it comes without BEGIN.
    pub(super) fn decide_by_next(&self) {
        // Behind a pooler the limits of time come with BEGIN.
        if self.names == StatementNames::Named && self.stage() == Stage::Wanted {
            self.set_stage(Stage::Single);
        }
    }

    /// Wants what whoever takes the connection out of the pool finds.
    pub(super) fn plan_as_usual(&self) {
        lock(&self.plans).wanted = Planning::Weighed;
    }

    /// Has what is asked from here on planned once and for all: for look-ups by key on the way of a
    /// sign-in. To plan them costs the server more than to carry them out.
    ///
    /// It goes with the next statement that begins a transaction. Within one it waits: taken back, a
    /// transaction takes back what was set in it.
    pub(super) fn plan_once(&self) {
        // Behind a pooler nothing is prepared, and what is set is somebody else's.
        if self.names == StatementNames::Named {
            lock(&self.plans).wanted = Planning::Once;
        }
    }

    /// A query, taken apart for this connection.
    pub(super) fn request<Q: QueryFragment<Pg> + QueryId>(&self, query: &Q) -> QueryResult<Request> {
        Request::of(query, |of| lock(&self.prepared).by_type.get(&of).cloned())
    }

    /// Commits, with the last statements on the way: one round trip.
    pub(super) async fn commit(&self, last: Vec<Request>) -> QueryResult<()> {
        // Preparing waits for an answer, so it has to be done before the first is sent: COMMIT
        // must not overtake what it commits.
        let mut ready = Vec::with_capacity(last.len());
        for request in &last {
            ready.push((self.answer(self.way(request)).await?, request));
        }
        let mut sent: Vec<BoxFuture<'_, QueryResult<()>>> = Vec::with_capacity(last.len() + 2);
        match (self.stage(), ready.as_slice()) {
            (Stage::Idle, _) => return Err(Error::NotInTransaction),
            (Stage::Wanted | Stage::Single, []) => {
                self.set_stage(Stage::Idle);
                return Ok(());
            }
            (Stage::Wanted | Stage::Single, [(way, request)]) if self.names == StatementNames::Named => {
                // PostgreSQL makes it a transaction by itself. Should nobody wait for the answer, the
                // connection is in doubt.
                self.set_stage(Stage::Open);
                let done = self.answer(self.execute_by(way, request)).await;
                if !self.spoilt.load(Ordering::Relaxed) {
                    self.set_stage(Stage::Idle);
                }
                return done.map(drop);
            }
            (Stage::Wanted | Stage::Single, _) => {
                self.set_stage(Stage::Open);
                sent.push(Box::pin(self.simple(self.begin_sql())));
            }
            (Stage::Open, _) => {}
        }
        for (way, request) in &ready {
            sent.push(Box::pin(async { self.execute_by(way, request).await.map(drop) }));
        }
        let waiting = under_way(sent)?;
        let ended = async { Ok(join(all(waiting), self.simple("COMMIT")).await) };
        let (written, ended) = self.answer(ended).await?;
        // COMMIT takes a failed transaction back, so its answer leaves the connection as new.
        if ended.is_ok() {
            self.set_stage(Stage::Idle);
        }
        written.and(ended)
    }

    /// Takes the transaction back.
    pub(super) async fn rollback(&self) -> QueryResult<()> {
        if self.stage() == Stage::Open {
            self.answer(self.simple("ROLLBACK")).await?;
        }
        self.set_stage(Stage::Idle);
        Ok(())
    }

    async fn rows(&self, request: Request) -> QueryResult<BoxStream<'static, QueryResult<PgRow>>> {
        let rows = async {
            let rows = match self.way(&request).await? {
                Way::Named(statement) => self.client.query_raw(&statement, &request.binds).await,
                Way::Unnamed(text) => {
                    self.client.query_typed_raw(&text.sql, text.typed(&request.binds)).await
                }
            };
            // Collected here, so that the limit of time covers the whole answer.
            let rows = rows.map_err(|error| self.fault(error))?;
            rows.map_ok(PgRow::new).map_err(|error| self.fault(error)).try_collect::<Vec<_>>().await
        };
        let rows = self.in_transaction(rows).await?;
        Ok(futures_util::stream::iter(rows.into_iter().map(Ok)).boxed())
    }

    async fn execute(&self, request: Request) -> QueryResult<usize> {
        self.in_transaction(async { self.execute_by(&self.way(&request).await?, &request).await }).await
    }

    async fn execute_by(&self, way: &Way<'_>, request: &Request) -> QueryResult<usize> {
        let count = match way {
            Way::Named(statement) => self.client.execute_raw(statement, &request.binds).await,
            Way::Unnamed(text) => {
                let binds: Vec<_> =
                    text.typed(&request.binds).map(|(bind, ty)| (bind as &(dyn ToSql + Sync), ty)).collect();
                self.client.execute_typed(&text.sql, &binds).await
            }
        };
        let count = count.map_err(|error| self.fault(error))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Runs a request, with BEGIN before it if a transaction is wanted.
    async fn in_transaction<T>(&self, request: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
        match self.stage() {
            Stage::Open => self.answer(request).await,
            Stage::Idle => self.answer(self.planned(request)).await,
            Stage::Single => {
                let answer = self.answer(self.planned(request)).await;
                // Whatever comes now is another transaction.
                self.set_stage(Stage::Wanted);
                answer
            }
            Stage::Wanted => {
                self.set_stage(Stage::Open);
                self.answer(self.planned(async {
                    // Polled in this order, so BEGIN is on its way before anything of the request is.
                    let (begun, answer) = join(self.simple(self.begin_sql()), request).await;
                    begun.and(answer)
                }))
                .await
            }
        }
    }

    /// Runs a request outside of a transaction, and tells the server before it how to plan, if that
    /// changes.
    async fn planned<T>(&self, request: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
        let wanted = {
            let mut plans = lock(&self.plans);
            if plans.told == Some(plans.wanted) {
                None
            } else {
                // Should nobody wait for the answer, it is told anew.
                plans.told = None;
                Some(plans.wanted)
            }
        };
        let Some(wanted) = wanted else { return request.await };
        // In this order, as above.
        let (told, answer) = join(self.simple(wanted.sql()), request).await;
        told?;
        lock(&self.plans).told = Some(wanted);
        answer
    }

    /// How a request goes: it is prepared, unless it travels unnamed.
    async fn way<'r>(&self, request: &'r Request) -> QueryResult<Way<'r>> {
        let text = match &request.form {
            Form::Prepared(statement) => return Ok(Way::Named(statement.clone())),
            Form::Text(text) => text,
        };
        if self.names == StatementNames::Unnamed {
            return Ok(Way::Unnamed(text));
        }
        {
            let prepared = lock(&self.prepared);
            if let Some(statement) = prepared.by_text.get(&text.sql) {
                return Ok(Way::Named(statement.clone()));
            }
            if prepared.by_text.len() >= STATEMENTS_MAX {
                return Ok(Way::Unnamed(text));
            }
        }
        let statement = self.client.prepare_typed(&text.sql, &text.types).await;
        let statement = statement.map_err(|error| self.fault(error))?;
        let mut prepared = lock(&self.prepared);
        prepared.by_text.insert(text.sql.clone(), statement.clone());
        if let Some(of) = text.of {
            prepared.by_type.insert(of, statement.clone());
        }
        Ok(Way::Named(statement))
    }

    async fn simple(&self, sql: &str) -> QueryResult<()> {
        self.client.batch_execute(sql).await.map_err(|error| self.fault(error))
    }

    /// BEGIN, with the limits that a direct connection has from its start. Behind a pooler they
    /// must not outlive the transaction.
    fn begin_sql(&self) -> &'static str {
        match self.names {
            StatementNames::Named => "BEGIN",
            StatementNames::Unnamed => {
                "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '15s'; \
                 SET LOCAL idle_in_transaction_session_timeout = '60s'"
            }
        }
    }

    async fn answer<T>(&self, request: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
        let limit = Duration::from_secs(ANSWER_S_MAX);
        if let Ok(answer) = tokio::time::timeout(limit, request).await {
            return answer;
        }
        self.spoilt.store(true, Ordering::Relaxed);
        let message = format!("no answer within {ANSWER_S_MAX} s");
        Err(Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new(message)))
    }

    fn fault(&self, error: tokio_postgres::Error) -> Error {
        let (error, spoils) = fault(error);
        if spoils {
            self.spoilt.store(true, Ordering::Relaxed);
        }
        error
    }

    fn stage(&self) -> Stage {
        *lock(&self.stage)
    }

    fn set_stage(&self, stage: Stage) {
        *lock(&self.stage) = stage;
    }
}

impl Planning {
    /// Source: PostgreSQL, "Query Planning", `plan_cache_mode`.
    fn sql(self) -> &'static str {
        match self {
            Self::Weighed => "SET plan_cache_mode = auto",
            Self::Once => "SET plan_cache_mode = force_generic_plan",
        }
    }
}

impl Drop for PgConn {
    /// A connection in doubt is cut off. Left to itself it would wait for the answers it is still
    /// owed, and a pooler whose server comes back would carry out what was given up long ago.
    fn drop(&mut self) {
        if !self.is_reusable() {
            self.driver.abort();
        }
    }
}

/// Sends requests in their order without waiting between them.
///
/// A request of tokio-postgres is on its way once its future was polled. One that fails before it
/// is sent keeps the later ones from being sent.
fn under_way(
    requests: Vec<BoxFuture<'_, QueryResult<()>>>,
) -> QueryResult<Vec<BoxFuture<'_, QueryResult<()>>>> {
    let mut waiting = Vec::with_capacity(requests.len());
    for mut request in requests {
        match request.as_mut().now_or_never() {
            Some(answer) => answer?,
            None => waiting.push(request),
        }
    }
    Ok(waiting)
}

/// Takes every answer, and gives the first failure.
async fn all(waiting: Vec<BoxFuture<'_, QueryResult<()>>>) -> QueryResult<()> {
    let mut outcome = Ok(());
    for request in waiting {
        outcome = outcome.and(request.await);
    }
    outcome
}

/// The data behind these locks is whole after any panic: one assignment or one insertion.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl SimpleAsyncConnection for PgConn {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.answer(self.simple(query)).await
    }
}

impl SimpleAsyncConnection for &PgConn {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.answer(self.simple(query)).await
    }
}

macro_rules! runs_queries {
    ($life:lifetime, $type:ty, $conn:lifetime) => {
        type LoadFuture<'conn, 'query> = BoxFuture<$conn, QueryResult<Self::Stream<'conn, 'query>>>;
        type ExecuteFuture<'conn, 'query> = BoxFuture<$conn, QueryResult<usize>>;
        type Stream<'conn, 'query> = BoxStream<'static, QueryResult<PgRow>>;
        type Row<'conn, 'query> = PgRow;
        type Backend = Pg;

        fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
        where
            T: AsQuery + 'query,
            T::Query: QueryFragment<Pg> + QueryId + 'query,
        {
            let this: &$conn PgConn = self;
            let request = this.request(&source.as_query());
            Box::pin(async move { this.rows(request?).await })
        }

        fn execute_returning_count<'conn, 'query, T>(
            &'conn mut self,
            source: T,
        ) -> Self::ExecuteFuture<'conn, 'query>
        where
            T: QueryFragment<Pg> + QueryId + 'query,
        {
            let this: &$conn PgConn = self;
            let request = this.request(&source);
            Box::pin(async move { this.execute(request?).await })
        }
    };
}

impl AsyncConnectionCore for PgConn {
    runs_queries!('conn, PgConn, 'conn);
}

/// Through a shared reference several queries can be on their way at once.
impl<'a> AsyncConnectionCore for &'a PgConn {
    runs_queries!('a, &'a PgConn, 'a);
}
