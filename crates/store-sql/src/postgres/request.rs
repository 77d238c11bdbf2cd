//! A statement on its way to the server: its text, the types of its parameters, their bytes.

use diesel::pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder as _, QueryFragment};
use diesel::result::{Error, QueryResult};
use std::error::Error as StdError;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// A statement with its parameters.
pub(crate) struct Request {
    pub(super) sql: String,
    pub(super) types: Vec<Type>,
    pub(super) binds: Vec<Bind>,
}

impl Request {
    /// Takes a query apart.
    pub(crate) fn of<Q: QueryFragment<Pg>>(query: &Q) -> QueryResult<Self> {
        let mut builder = PgQueryBuilder::default();
        query.to_sql(&mut builder, &Pg)?;
        let mut collector = RawBytesBindCollector::<Pg>::new();
        query.collect_binds(&mut collector, &mut NoCustomTypes, &Pg)?;
        let types = collector.metadata.iter().map(built_in).collect::<QueryResult<_>>()?;
        let binds = collector.binds.into_iter().map(Bind).collect();
        Ok(Self { sql: builder.finish(), types, binds })
    }

    /// The parameters with their types.
    pub(super) fn typed_binds(&self) -> impl ExactSizeIterator<Item = (&Bind, Type)> {
        self.binds.iter().zip(self.types.iter().cloned())
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
