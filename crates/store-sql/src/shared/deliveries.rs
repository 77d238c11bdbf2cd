//! Deliveries of an endpoint with their attempts.

use std::collections::HashMap;

use diesel::prelude::*;
use vestibule_application::ports::store::{DeliveryView, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::id::{EnvironmentId, EventId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery};

use super::super::dialect::{Conn, Db};
use super::keyset::keyset;
use super::queries::{SqlQueries, loaded};
use super::rows::{AttemptRow, DeliveryRow};
use super::schema::{webhook_attempts, webhook_deliveries};
use crate::parse::{Table, instant};

impl SqlQueries {
    pub(super) async fn deliveries_page(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        page: PageRequest<WebhookDeliveryId>,
    ) -> StoreResult<Page<DeliveryView>> {
        let mut conn = self.conn().await?;
        let query = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint.to_string()))
            .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
            .select(DeliveryRow::as_select())
            .into_boxed::<Db>();
        let rows: Vec<DeliveryRow> =
            loaded("webhook_deliveries", &mut conn, keyset!(query, webhook_deliveries::id, page)).await?;
        Ok(page.page(views(&mut conn, rows).await?))
    }

    /// See [`vestibule_application::ports::store::Queries::delivery_view`].
    pub(super) async fn one_delivery(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        id: WebhookDeliveryId,
    ) -> StoreResult<Option<DeliveryView>> {
        let mut conn = self.conn().await?;
        let query = webhook_deliveries::table
            .filter(webhook_deliveries::id.eq(id.to_string()))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint.to_string()))
            .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
            .select(DeliveryRow::as_select());
        let rows: Vec<DeliveryRow> = loaded("webhook_deliveries", &mut conn, query).await?;
        Ok(views(&mut conn, rows).await?.pop())
    }

    /// See [`vestibule_application::ports::store::Queries::deliveries_of`].
    pub(super) async fn deliveries_of_events(
        &self,
        environment: EnvironmentId,
        events: &[EventId],
    ) -> StoreResult<Vec<WebhookDelivery>> {
        let events: Vec<String> = events.iter().map(ToString::to_string).collect();
        let query = webhook_deliveries::table
            .filter(webhook_deliveries::event_id.eq_any(events))
            .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
            .select(DeliveryRow::as_select());
        let rows: Vec<DeliveryRow> = loaded("webhook_deliveries", &mut *self.conn().await?, query).await?;
        rows.into_iter().map(WebhookDelivery::try_from).collect()
    }

    /// See [`vestibule_application::ports::store::Queries::given_up_deliveries`].
    pub(super) async fn deliveries_given_up(
        &self,
        environment: EnvironmentId,
        endpoint: WebhookEndpointId,
        since: Instant,
        most: u16,
    ) -> StoreResult<Vec<WebhookDeliveryId>> {
        let query = webhook_deliveries::table
            .filter(webhook_deliveries::environment_id.eq(environment.to_string()))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint.to_string()))
            .filter(webhook_deliveries::state.eq("given_up"))
            .filter(webhook_deliveries::created_at.ge(instant(since)))
            .order(webhook_deliveries::id)
            .limit(most.into())
            .select(webhook_deliveries::id);
        let rows: Vec<String> = loaded("webhook_deliveries", &mut *self.conn().await?, query).await?;
        rows.iter().map(|id| Table("webhook_deliveries").id("id", id)).collect()
    }
}

/// The deliveries of rows, with their attempts.
async fn views(conn: &mut Conn, rows: Vec<DeliveryRow>) -> StoreResult<Vec<DeliveryView>> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let query = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq_any(ids))
        .order(webhook_attempts::id)
        .select(AttemptRow::as_select());
    let mut attempts: HashMap<_, Vec<_>> = HashMap::new();
    for row in loaded::<_, AttemptRow>("webhook_attempts", conn, query).await? {
        let attempt = WebhookAttempt::try_from(row)?;
        attempts.entry(attempt.delivery_id).or_default().push(attempt);
    }
    let view = |row: DeliveryRow| {
        let delivery = WebhookDelivery::try_from(row)?;
        let attempts = attempts.remove(&delivery.id).unwrap_or_default();
        Ok(DeliveryView { delivery, attempts })
    };
    rows.into_iter().map(view).collect()
}
