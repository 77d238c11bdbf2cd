//! Deliveries of an endpoint with their attempts.

use std::collections::HashMap;

use diesel::prelude::*;
use vestibule_application::ports::store::{DeliveryView, StoreResult};
use vestibule_domain::id::{EnvironmentId, WebhookDeliveryId, WebhookEndpointId};
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery};

use super::super::dialect::Db;
use super::keyset::keyset;
use super::queries::{SqlQueries, loaded};
use super::rows::{AttemptRow, DeliveryRow};
use super::schema::{webhook_attempts, webhook_deliveries};

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
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let query = webhook_attempts::table
            .filter(webhook_attempts::delivery_id.eq_any(ids))
            .order(webhook_attempts::id)
            .select(AttemptRow::as_select());
        let mut attempts: HashMap<_, Vec<_>> = HashMap::new();
        for row in loaded::<_, AttemptRow>("webhook_attempts", &mut conn, query).await? {
            let attempt = WebhookAttempt::try_from(row)?;
            attempts.entry(attempt.delivery_id).or_default().push(attempt);
        }
        let view = |row: DeliveryRow| {
            let delivery = WebhookDelivery::try_from(row)?;
            let attempts = attempts.remove(&delivery.id).unwrap_or_default();
            Ok(DeliveryView { delivery, attempts })
        };
        Ok(page.page(rows.into_iter().map(view).collect::<StoreResult<_>>()?))
    }
}
