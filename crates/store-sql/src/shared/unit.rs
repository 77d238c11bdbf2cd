//! The unit of work: one transaction on one connection.

use std::mem::take;

use async_trait::async_trait;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::result::Error;
use diesel_async::RunQueryDsl;
use diesel_async::methods::LoadQuery;
use futures_util::future::BoxFuture;
use vestibule_application::ports::store::{
    AcceptedAssertions, Accounts, AddressCodes, Conflict, Connections, ItContacts, Members, Messages,
    OrganizationDomains, Organizations, Outbox, PortalLinks, PortalSessions, Profiles, Replays, SigningKeys,
    SsoSessions, StoreError, StoreResult, Teams, UnitOfWork, Webhooks,
};

use super::super::dialect::{self, Conn, Db, Guard};
use super::outbox::Kept;
use super::schema::{portal_links, sso_sessions};
use crate::fault::store_error;

/// A transaction. Dropped, it takes its connection with it, and the database takes it back.
pub(in super::super) struct SqlUnitOfWork {
    /// Taken by the end of the transaction.
    conn: Option<Guard>,
    pub(super) kept: Kept,
    /// A statement failed. PostgreSQL would take the rest back at the commit without a word.
    failed: bool,
}

impl SqlUnitOfWork {
    pub(in super::super) fn new(conn: Guard) -> Self {
        Self { conn: Some(conn), kept: Kept::default(), failed: false }
    }

    /// The error of a rule that was found broken by looking.
    pub(super) fn refused(&mut self, conflict: Conflict) -> StoreError {
        self.failed = true;
        StoreError::Conflict(conflict)
    }

    /// Has what follows planned once and for all, from the beginning of the transaction on.
    pub(in super::super) fn plan_once(&self) {
        if let Some(conn) = &self.conn {
            dialect::plan_once(conn);
        }
    }

    /// Runs a statement and says how many rows it touched.
    pub(super) fn run<'c, Q>(&'c mut self, table: &'static str, query: Q) -> BoxFuture<'c, StoreResult<usize>>
    where
        Q: QueryFragment<Db> + QueryId + Send + 'static,
    {
        let Self { conn: Some(conn), failed, kept } = self else { return ended() };
        let first = Kept {
            links: take(&mut kept.links),
            sso_sessions: take(&mut kept.sso_sessions),
            ..Kept::default()
        };
        Box::pin(async move {
            noted("(kept)", failed, insert(conn, first).await)?;
            noted(table, failed, query.execute(&mut **conn).await)
        })
    }

    /// Runs a statement and says whether it touched a row.
    pub(super) async fn touch<Q>(&mut self, table: &'static str, query: Q) -> StoreResult<bool>
    where
        Q: QueryFragment<Db> + QueryId + Send + 'static,
    {
        Ok(self.run(table, query).await? > 0)
    }

    /// The rows of a query.
    pub(in super::super) fn rows<'c, Q, Row>(
        &'c mut self,
        table: &'static str,
        query: Q,
    ) -> BoxFuture<'c, StoreResult<Vec<Row>>>
    where
        Q: LoadQuery<'static, Conn, Row> + Send + 'static,
        Row: Send + 'c,
    {
        let Self { conn: Some(conn), failed, kept } = self else { return ended() };
        let first = Kept {
            links: take(&mut kept.links),
            sso_sessions: take(&mut kept.sso_sessions),
            ..Kept::default()
        };
        Box::pin(async move {
            noted("(kept)", failed, insert(conn, first).await)?;
            noted(table, failed, query.load(&mut **conn).await)
        })
    }

    /// The values of a query.
    pub(super) async fn all<Q, Row, T>(&mut self, table: &'static str, query: Q) -> StoreResult<Vec<T>>
    where
        Q: LoadQuery<'static, Conn, Row> + Send + 'static,
        Row: Send,
        T: TryFrom<Row, Error = StoreError>,
    {
        self.rows(table, query).await?.into_iter().map(T::try_from).collect()
    }

    /// The one value of a query, if there is any.
    pub(super) async fn one<Q, Row, T>(&mut self, table: &'static str, query: Q) -> StoreResult<Option<T>>
    where
        Q: LoadQuery<'static, Conn, Row> + Send + 'static,
        Row: Send,
        T: TryFrom<Row, Error = StoreError>,
    {
        self.rows(table, query).await?.pop().map(T::try_from).transpose()
    }
}

/// Writes links and attempts that were kept back, before a statement that may want to see them.
async fn insert(conn: &mut Conn, first: Kept) -> Result<(), Error> {
    for link in first.links {
        diesel::insert_into(portal_links::table).values(link).execute(conn).await?;
    }
    for attempt in first.sso_sessions {
        diesel::insert_into(sso_sessions::table).values(attempt).execute(conn).await?;
    }
    Ok(())
}

/// The store's outcome of a statement; a failure is remembered.
fn noted<T>(table: &'static str, failed: &mut bool, outcome: Result<T, Error>) -> StoreResult<T> {
    outcome.map_err(|error| {
        *failed = true;
        store_error(table, error)
    })
}

/// Only `commit` and `rollback` take the connection, and they take the unit of work with it.
fn ended<'c, T: Send + 'c>() -> BoxFuture<'c, StoreResult<T>> {
    Box::pin(async { Err(store_error("(ended)", Error::NotInTransaction)) })
}

#[async_trait]
impl UnitOfWork for SqlUnitOfWork {
    fn accounts(&mut self) -> &mut dyn Accounts {
        self
    }
    fn members(&mut self) -> &mut dyn Members {
        self
    }
    fn teams(&mut self) -> &mut dyn Teams {
        self
    }
    fn organizations(&mut self) -> &mut dyn Organizations {
        self
    }
    fn organization_domains(&mut self) -> &mut dyn OrganizationDomains {
        self
    }
    fn it_contacts(&mut self) -> &mut dyn ItContacts {
        self
    }
    fn links(&mut self) -> &mut dyn PortalLinks {
        self
    }
    fn sessions(&mut self) -> &mut dyn PortalSessions {
        self
    }
    fn codes(&mut self) -> &mut dyn AddressCodes {
        self
    }
    fn connections(&mut self) -> &mut dyn Connections {
        self
    }
    fn sso_sessions(&mut self) -> &mut dyn SsoSessions {
        self
    }
    fn profiles(&mut self) -> &mut dyn Profiles {
        self
    }
    fn assertions(&mut self) -> &mut dyn AcceptedAssertions {
        self
    }
    fn signing_keys(&mut self) -> &mut dyn SigningKeys {
        self
    }
    fn webhooks(&mut self) -> &mut dyn Webhooks {
        self
    }
    fn messages(&mut self) -> &mut dyn Messages {
        self
    }
    fn outbox(&mut self) -> &mut dyn Outbox {
        self
    }
    fn replays(&mut self) -> &mut dyn Replays {
        self
    }

    fn decide_by_next(&mut self) {
        if let Self { conn: Some(conn), failed: false, kept } = self
            && kept.is_empty()
        {
            dialect::decide_by_next(conn);
        }
    }

    async fn commit(mut self: Box<Self>) -> StoreResult<()> {
        if self.failed {
            self.rollback().await?;
            return Err(StoreError::Backend("a statement of this unit of work has failed".into()));
        }
        let kept = std::mem::take(&mut self.kept);
        let outcome = match self.conn.take() {
            Some(conn) => dialect::commit(conn, kept).await,
            None => Err(Error::NotInTransaction),
        };
        outcome.map_err(|error| store_error("(commit)", error))
    }

    async fn rollback(mut self: Box<Self>) -> StoreResult<()> {
        match self.conn.take() {
            Some(conn) => dialect::rollback(conn).await.map_err(|error| store_error("(rollback)", error)),
            None => Ok(()),
        }
    }
}

impl Drop for SqlUnitOfWork {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            dialect::discard(conn);
        }
    }
}
