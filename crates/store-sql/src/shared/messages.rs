//! Messages.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{Messages, StoreResult};
use vestibule_domain::message::Message;

use super::rows::MessageRow;
use super::schema::messages;
use super::unit::SqlUnitOfWork;

const TABLE: &str = "messages";

#[async_trait]
impl Messages for SqlUnitOfWork {
    async fn insert(&mut self, message: &Message) -> StoreResult<()> {
        let insert = diesel::insert_into(messages::table).values(MessageRow::from(message));
        self.run(TABLE, insert).await.map(drop)
    }

    async fn update(&mut self, message: &Message) -> StoreResult<bool> {
        let row = MessageRow::from(message);
        let found = messages::table
            .filter(messages::id.eq(row.id))
            .filter(messages::environment_id.eq(row.environment_id));
        let update = diesel::update(found).set((
            messages::kind.eq(row.kind),
            messages::state.eq(row.state),
            messages::state_at.eq(row.state_at),
        ));
        self.touch(TABLE, update).await
    }
}
