//! Webhook endpoints, and the deliveries of events to them.

use async_trait::async_trait;
use vestibule_domain::id::{EnvironmentId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookEndpoint};

use super::StoreResult;

/// A delivery with its attempts, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryView {
    /// The delivery.
    pub delivery: WebhookDelivery,
    /// Its attempts.
    pub attempts: Vec<WebhookAttempt>,
}

/// Webhook endpoints and deliveries.
#[async_trait]
pub trait Webhooks: Send {
    /// Adds an endpoint; [`Conflict::WebhookUrl`](super::Conflict::WebhookUrl).
    async fn insert_endpoint(&mut self, endpoint: &WebhookEndpoint) -> StoreResult<()>;
    /// Finds an endpoint and keeps others from changing it.
    async fn lock_endpoint(
        &mut self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<Option<WebhookEndpoint>>;
    /// Writes a changed endpoint; [`Conflict::WebhookUrl`](super::Conflict::WebhookUrl). False if it is gone.
    async fn update_endpoint(&mut self, endpoint: &WebhookEndpoint) -> StoreResult<bool>;
    /// Removes an endpoint with its deliveries and their attempts. False if it is gone.
    async fn delete_endpoint(
        &mut self,
        environment: EnvironmentId,
        id: WebhookEndpointId,
    ) -> StoreResult<bool>;
    /// All endpoints of an environment, oldest first.
    async fn list_endpoints(&mut self, environment: EnvironmentId) -> StoreResult<Vec<WebhookEndpoint>>;
    /// Adds a delivery unless its event has one to that endpoint. False if it has, which is no
    /// failure. [`Conflict::Reference`](super::Conflict::Reference) without its endpoint; the event is not looked up.
    async fn insert_delivery(&mut self, delivery: &WebhookDelivery) -> StoreResult<bool>;
    /// Finds a delivery and keeps others from changing it.
    async fn lock_delivery(
        &mut self,
        environment: EnvironmentId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<WebhookDelivery>>;
    /// Writes state and tries of a delivery, and nothing else of it. False if it is gone.
    async fn update_delivery(&mut self, delivery: &WebhookDelivery) -> StoreResult<bool>;
    /// Adds an attempt; [`Conflict::Reference`](super::Conflict::Reference) without its delivery.
    async fn insert_attempt(&mut self, attempt: &WebhookAttempt) -> StoreResult<()>;
}
