//! Work after the answer: claims jobs, runs them outside any transaction, writes down how they
//! ended.
//!
//! A job may run twice (a crash between doing and noting), so each is written to do nothing new
//! the second time, or to be told apart by its receiver: deliveries and messages carry their ids.

mod check_domain;
mod check_hosts;
mod dispatch;
mod expire_sign_in;
mod look_around;
mod message;
mod refresh_metadata;
mod watch_certificates;
mod webhook;

use std::sync::Arc;

use vestibule_domain::Instant;
use vestibule_domain::job::{Job, JobEnd, Task};
use vestibule_domain::webhook::RetrySchedule;

use crate::ambient::Ambient;
use crate::ports::dns::Dns;
use crate::ports::mail::Mailer;
use crate::ports::outbound::Outbound;
use crate::ports::saml::Saml;
use crate::ports::store::{Store, StoreError, StoreResult};
use crate::ports::webhook_format::WebhookFormat;
use crate::usecase;
use crate::usecases::certificate_care::AttendToConnections;
use crate::usecases::check_organization_domain::BeginSearches;
use crate::usecases::tell_of_needs::AttendToEnvironments;

/// Most jobs that a worker takes at once.
pub const BATCH_MAX: u16 = 16;

/// Most starts of a job that is neither a delivery nor there as long as what it is about, crashes
/// and failures counted.
pub const STARTS_MAX: u32 = 10;

/// Connections, domains or environments that are attended to in one unit of work.
const ATTENDED_MAX: u16 = 200;

/// Runs jobs.
pub struct Worker {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
    /// The way out for webhooks, and to metadata.
    pub outbound: Arc<dyn Outbound>,
    /// Looks up records.
    pub dns: Arc<dyn Dns>,
    /// Reads metadata.
    pub saml: Arc<dyn Saml>,
    /// The way out for messages.
    pub mailer: Arc<dyn Mailer>,
    /// How events become requests.
    pub format: Arc<dyn WebhookFormat>,
    /// When deliveries are tried again.
    pub schedule: RetrySchedule,
}

impl Worker {
    /// Claims what is due. The caller runs each job, at the same time if it likes.
    pub async fn claim(&self) -> StoreResult<Vec<Job>> {
        self.store.jobs().claim(BATCH_MAX, self.ambient.now()).await
    }

    /// Adds the jobs that stay as long as their connection to connections that lack them: those that
    /// were saved by a version without such jobs. Whoever does it at the same time, or again, adds
    /// nothing new.
    pub async fn attend_to_connections(&self) -> StoreResult<()> {
        let mut after = None;
        loop {
            let connections = self.store.queries().unwatched_connections(after, ATTENDED_MAX).await?;
            let Some(last) = connections.last() else { return Ok(()) };
            after = Some(last.id);
            let case = AttendToConnections { ambient: self.ambient.clone() };
            usecase::run(&*self.store, &case, connections).await?;
        }
    }

    /// Begins to look for the records of domains that were added by a version which did not. Whoever
    /// does it at the same time, or again, begins nothing twice.
    pub async fn attend_to_domains(&self) -> StoreResult<()> {
        loop {
            let domains = self.store.queries().unsought_domains(ATTENDED_MAX).await?;
            if domains.is_empty() {
                return Ok(());
            }
            let case = BeginSearches { ambient: self.ambient.clone() };
            usecase::run(&*self.store, &case, domains).await?;
        }
    }

    /// Adds the job that stays as long as its environment to environments that lack it: those made
    /// since the last time. Whoever does it at the same time, or again, adds nothing new.
    pub async fn attend_to_environments(&self) -> StoreResult<()> {
        let mut after = None;
        loop {
            let lacking = self.store.queries().unattended_environments(after, ATTENDED_MAX).await?;
            let Some(last) = lacking.last() else { return Ok(()) };
            after = Some(*last);
            let case = AttendToEnvironments { ambient: self.ambient.clone() };
            usecase::run(&*self.store, &case, lacking).await?;
        }
    }

    /// Runs one claimed job and writes down how it ended. Without its end written down, the job
    /// runs again after its lease.
    pub async fn run(&self, job: &Job) -> StoreResult<()> {
        let end = match self.perform(job).await {
            Ok(end) => end,
            Err(error) if job.starts >= STARTS_MAX && !job.task.recurs() => {
                JobEnd::GiveUp { reason: error.to_string() }
            }
            Err(error) => {
                tracing::warn!(job.id = %job.id, job.kind = job.task.kind(), error = %error, "a job failed");
                JobEnd::Retry { at: self.again_at(job.starts) }
            }
        };
        if let JobEnd::GiveUp { reason } = &end {
            tracing::error!(job.id = %job.id, job.kind = job.task.kind(), reason, "a job was given up");
        }
        self.store.jobs().end(job, &end).await
    }

    async fn perform(&self, job: &Job) -> Result<JobEnd, StoreError> {
        match job.task {
            Task::DispatchEvent(event) => dispatch::run(self, job, event).await,
            Task::DeliverWebhook(delivery) => webhook::run(self, job, delivery).await,
            Task::SendMessage(message) => message::run(self, job, message).await,
            Task::ExpireSignIn(session) => expire_sign_in::run(self, job, session).await,
            Task::RefreshMetadata(connection) => refresh_metadata::run(self, job, connection).await,
            Task::CheckHosts(environment) => check_hosts::run(self, job, environment).await,
            Task::CheckDomain(domain) => check_domain::run(self, job, domain).await,
            Task::LookAround(environment) => look_around::run(self, job, environment).await,
            Task::WatchCertificates(connection) => watch_certificates::run(self, job, connection).await,
        }
    }

    /// When to start a failed job again: 2, 4, 8, … seconds later, at most 15 minutes.
    fn again_at(&self, starts: u32) -> Instant {
        let wait_s = 2_i64.saturating_pow(starts.min(10)).min(900);
        self.ambient.now() + time::Duration::seconds(wait_s)
    }
}
