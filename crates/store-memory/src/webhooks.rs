//! Webhook endpoints, deliveries and attempts.

use async_trait::async_trait;
use vestibule_application::ports::store::{Conflict, StoreResult, Webhooks};
use vestibule_domain::id::{EnvironmentId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookEndpoint};

use crate::rows::{AttemptIndex, DeliveryIndex, EndpointIndex};
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

impl MemoryUnitOfWork {
    fn url_taken(&self, new: &WebhookEndpoint) -> bool {
        let url = EndpointIndex::Url(new.environment_id, new.url.clone());
        self.tables.endpoints.taken(&url, &new.id)
    }
}

#[async_trait]
impl Webhooks for MemoryUnitOfWork {
    async fn insert_endpoint(&mut self, endpoint: &WebhookEndpoint) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.endpoints.contains(&endpoint.id), Conflict::Other),
            (!tables.environments.contains(&endpoint.environment_id), Conflict::Reference),
            (self.url_taken(endpoint), Conflict::WebhookUrl),
        ]))?;
        self.tables.endpoints.put(endpoint.clone());
        Ok(())
    }

    async fn lock_endpoint(
        &mut self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<Option<WebhookEndpoint>> {
        Ok(self.tables.endpoints.find(environment, &id).cloned())
    }

    async fn update_endpoint(&mut self, endpoint: &WebhookEndpoint) -> StoreResult<bool> {
        if self.tables.endpoints.find(endpoint.environment_id, &endpoint.id).is_none() {
            return Ok(false);
        }
        self.admit(first_of([(self.url_taken(endpoint), Conflict::WebhookUrl)]))?;
        self.tables.endpoints.put(endpoint.clone());
        Ok(true)
    }

    async fn delete_endpoint(
        &mut self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<bool> {
        let tables = &mut *self.tables;
        if !tables.endpoints.remove_of(environment, &id) {
            return Ok(false);
        }
        for delivery in tables.deliveries.keys(&DeliveryIndex::Endpoint(id)).into_iter().flatten() {
            tables.attempts.remove_by(&AttemptIndex::Delivery(*delivery));
        }
        tables.deliveries.remove_by(&DeliveryIndex::Endpoint(id));
        Ok(true)
    }

    async fn list_endpoints(&mut self, environment: EnvironmentId) -> StoreResult<Vec<WebhookEndpoint>> {
        Ok(self.tables.endpoints.by(&EndpointIndex::Environment(environment)).cloned().collect())
    }

    async fn insert_delivery(&mut self, delivery: &WebhookDelivery) -> StoreResult<bool> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.deliveries.contains(&delivery.id), Conflict::Other),
            (
                tables.endpoints.find(delivery.environment_id, &delivery.endpoint_id).is_none(),
                Conflict::Reference,
            ),
        ]))?;
        let pair = DeliveryIndex::Event(delivery.endpoint_id, delivery.event_id);
        if self.tables.deliveries.one(&pair).is_some() {
            return Ok(false);
        }
        self.tables.deliveries.put(delivery.clone());
        Ok(true)
    }

    async fn lock_delivery(
        &mut self,
        environment: EnvironmentId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<WebhookDelivery>> {
        Ok(self.tables.deliveries.find(environment, &id).cloned())
    }

    async fn update_delivery(&mut self, delivery: &WebhookDelivery) -> StoreResult<bool> {
        Ok(self.tables.deliveries.change(delivery.environment_id, &delivery.id, |held| {
            held.state = delivery.state;
            held.tries = delivery.tries;
        }))
    }

    async fn insert_attempt(&mut self, attempt: &WebhookAttempt) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.attempts.contains(&attempt.id), Conflict::Other),
            (
                tables.deliveries.find(attempt.environment_id, &attempt.delivery_id).is_none(),
                Conflict::Reference,
            ),
        ]))?;
        self.tables.attempts.put(attempt.clone());
        Ok(())
    }
}
