//! A statement on its way to the server: its text, the types of its parameters, their bytes.

use std::any::TypeId;

use diesel::pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder as _, QueryFragment, QueryId};
use diesel::result::{Error, QueryResult};
use std::error::Error as StdError;
use tokio_postgres::Statement;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// A statement with its parameters.
pub(super) struct Request {
    pub(super) form: Form,
    pub(super) binds: Vec<Bind>,
}

/// What a statement says.
pub(super) enum Form {
    /// It was prepared on this connection.
    Prepared(Statement),
    /// Its text, the types of its parameters, and the type of the query where that says the text.
    Text(Text),
}

/// The text of a statement.
pub(super) struct Text {
    pub(super) of: Option<TypeId>,
    pub(super) sql: String,
    pub(super) types: Vec<Type>,
}

impl Request {
    /// Takes a query apart. `prepared` finds the statement of a query by its type: its text is then
    /// not even written.
    pub(super) fn of<Q: QueryFragment<Pg> + QueryId>(
        query: &Q,
        prepared: impl FnOnce(TypeId) -> Option<Statement>,
    ) -> QueryResult<Self> {
        let mut collector = RawBytesBindCollector::<Pg>::new();
        query.collect_binds(&mut collector, &mut NoCustomTypes, &Pg)?;
        let binds = collector.binds.into_iter().map(Bind).collect();
        // A type says the whole text, unless something in it is made as it goes.
        let of = if query.is_safe_to_cache_prepared(&Pg)? { Q::query_id() } else { None };
        if let Some(statement) = of.and_then(prepared) {
            return Ok(Self { form: Form::Prepared(statement), binds });
        }
        let mut builder = PgQueryBuilder::default();
        query.to_sql(&mut builder, &Pg)?;
        let types = collector.metadata.iter().map(built_in).collect::<QueryResult<_>>()?;
        Ok(Self { form: Form::Text(Text { of, sql: builder.finish(), types }), binds })
    }
}

impl Text {
    /// Parameters with their types.
    pub(super) fn typed<'a>(&self, binds: &'a [Bind]) -> impl ExactSizeIterator<Item = (&'a Bind, Type)> {
        binds.iter().zip(self.types.iter().cloned())
    }
}

fn built_in(metadata: &PgTypeMetadata) -> QueryResult<Type> {
    let oid = metadata.oid().map_err(|error| Error::SerializationError(Box::new(error)))?;
    Type::from_oid(oid).ok_or_else(|| Error::SerializationError(format!("type {oid} is not built in").into()))
}

/// The schema uses no types of its own, so none is ever looked up.
struct NoCustomTypes;

impl PgMetadataLookup for NoCustomTypes {
    fn lookup_type(&mut self, _name: &str, _schema: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::new(0, 0)
    }
}

/// A parameter that diesel has put into PostgreSQL's binary form already.
#[derive(Debug)]
pub(super) struct Bind(Option<Vec<u8>>);

impl ToSql for Bind {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match &self.0 {
            Some(bytes) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }
}
