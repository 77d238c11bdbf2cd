//! Webhook endpoints, deliveries and attempts.

use async_trait::async_trait;
use diesel::prelude::*;
use vestibule_application::ports::store::{Conflict, StoreResult, Webhooks};
use vestibule_domain::id::{EnvironmentId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookEndpoint};

use super::super::dialect::{locked, referred};
use super::rows::{AttemptRow, DeliveryRow, EndpointRow};
use super::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints};
use super::unit::SqlUnitOfWork;

const ENDPOINTS: &str = "webhook_endpoints";
const DELIVERIES: &str = "webhook_deliveries";
const ATTEMPTS: &str = "webhook_attempts";

#[diesel::dsl::auto_type(no_type_alias)]
fn endpoint_by_id(environment: EnvironmentId, id: WebhookEndpointId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    webhook_endpoints::table
        .filter(webhook_endpoints::id.eq(id))
        .filter(webhook_endpoints::environment_id.eq(environment))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn delivery_by_id(environment: EnvironmentId, id: WebhookDeliveryId) -> _ {
    let (environment, id): (String, String) = (environment.to_string(), id.to_string());
    webhook_deliveries::table
        .filter(webhook_deliveries::id.eq(id))
        .filter(webhook_deliveries::environment_id.eq(environment))
}

#[async_trait]
impl Webhooks for SqlUnitOfWork {
    async fn insert_endpoint(&mut self, endpoint: &WebhookEndpoint) -> StoreResult<()> {
        let insert = diesel::insert_into(webhook_endpoints::table).values(EndpointRow::from(endpoint));
        self.run(ENDPOINTS, insert).await.map(drop)
    }

    async fn lock_endpoint(
        &mut self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<Option<WebhookEndpoint>> {
        let query = endpoint_by_id(environment, id).select(EndpointRow::as_select());
        self.one(ENDPOINTS, locked!(query)).await
    }

    async fn update_endpoint(&mut self, endpoint: &WebhookEndpoint) -> StoreResult<bool> {
        let found = endpoint_by_id(endpoint.environment_id, endpoint.id);
        self.touch(ENDPOINTS, diesel::update(found).set(EndpointRow::from(endpoint))).await
    }

    async fn delete_endpoint(
        &mut self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<bool> {
        // Attempts have no foreign key: PostgreSQL partitions deliveries by another column than
        // the one they refer to.
        let deliveries = webhook_deliveries::table
            .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
            .filter(webhook_deliveries::endpoint_id.eq(id.to_string()))
            .select(webhook_deliveries::id);
        let attempts = webhook_attempts::table.filter(webhook_attempts::delivery_id.eq_any(deliveries));
        self.run(ATTEMPTS, diesel::delete(attempts)).await?;
        self.touch(ENDPOINTS, diesel::delete(endpoint_by_id(environment, id))).await
    }

    async fn list_endpoints(&mut self, environment: EnvironmentId) -> StoreResult<Vec<WebhookEndpoint>> {
        let query = webhook_endpoints::table
            .filter(webhook_endpoints::environment_id.eq(environment.to_string()))
            .order(webhook_endpoints::id)
            .select(EndpointRow::as_select());
        self.all(ENDPOINTS, query).await
    }

    async fn insert_delivery(&mut self, delivery: &WebhookDelivery) -> StoreResult<bool> {
        let insert = diesel::insert_into(webhook_deliveries::table)
            .values(DeliveryRow::from(delivery))
            .on_conflict((webhook_deliveries::event_id, webhook_deliveries::endpoint_id))
            .do_nothing();
        self.touch(DELIVERIES, insert).await
    }

    async fn lock_delivery(
        &mut self,
        environment: EnvironmentId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<WebhookDelivery>> {
        let query = delivery_by_id(environment, id).select(DeliveryRow::as_select());
        self.one(DELIVERIES, locked!(query)).await
    }

    async fn update_delivery(&mut self, delivery: &WebhookDelivery) -> StoreResult<bool> {
        let row = DeliveryRow::from(delivery);
        let update = diesel::update(delivery_by_id(delivery.environment_id, delivery.id)).set((
            webhook_deliveries::state.eq(row.state),
            webhook_deliveries::state_at.eq(row.state_at),
            webhook_deliveries::tries.eq(row.tries),
        ));
        self.touch(DELIVERIES, update).await
    }

    async fn insert_attempt(&mut self, attempt: &WebhookAttempt) -> StoreResult<()> {
        // What a foreign key would do, see `delete_endpoint`.
        let delivery = delivery_by_id(attempt.environment_id, attempt.delivery_id);
        let delivery = referred!(delivery.select(webhook_deliveries::id));
        let delivery: Vec<String> = self.rows(DELIVERIES, delivery).await?;
        if delivery.is_empty() {
            return Err(self.refused(Conflict::Reference));
        }
        let insert = diesel::insert_into(webhook_attempts::table).values(AttemptRow::from(attempt));
        self.run(ATTEMPTS, insert).await.map(drop)
    }
}
