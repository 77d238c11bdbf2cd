//! Hosts of an environment.

use serde::{Deserialize, Serialize};
use vestibule_domain::Instant;
use vestibule_domain::custom_host::{CustomHost, CustomHosts, HostProblem, HostPurpose, HostState};
use vestibule_domain::domain_name::DomainName;

use super::text::T;
use super::{Stored, StoredError, plain};

#[derive(Serialize, Deserialize)]
struct HostForm {
    purpose: T<HostPurpose>,
    host: T<DomainName>,
    token: String,
    state: StateForm,
    added_at: T<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checked_at: Option<T<Instant>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateForm {
    Pending { problem: Option<T<HostProblem>> },
    Active { since: T<Instant>, misses: u8 },
    Failed { at: T<Instant>, problem: T<HostProblem> },
}

impl Stored for CustomHosts {
    fn to_stored(&self) -> String {
        let form = |host: &CustomHost| HostForm {
            purpose: T(host.purpose),
            host: T(host.host.clone()),
            token: host.token.clone(),
            state: match host.state {
                HostState::Pending { problem } => StateForm::Pending { problem: problem.map(T) },
                HostState::Active { since, misses } => StateForm::Active { since: T(since), misses },
                HostState::Failed { at, problem } => StateForm::Failed { at: T(at), problem: T(problem) },
            },
            added_at: T(host.added_at),
            checked_at: host.checked_at.map(T),
        };
        plain(&self.iter().map(form).collect::<Vec<_>>())
    }

    fn from_stored(document: &str) -> Result<Self, StoredError> {
        let forms: Vec<HostForm> = serde_json::from_str(document).map_err(|_| StoredError::Form)?;
        let host = |form: HostForm| CustomHost {
            purpose: form.purpose.0,
            host: form.host.0,
            token: form.token,
            state: match form.state {
                StateForm::Pending { problem } => HostState::Pending { problem: problem.map(|T(p)| p) },
                StateForm::Active { since, misses } => HostState::Active { since: since.0, misses },
                StateForm::Failed { at, problem } => HostState::Failed { at: at.0, problem: problem.0 },
            },
            added_at: form.added_at.0,
            checked_at: form.checked_at.map(|T(at)| at),
        };
        Ok(Self::from_stored(forms.into_iter().map(host).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, reread};
    use super::*;
    use serde_json::json;
    use time::macros::datetime;

    #[test]
    fn hosts_have_this_form() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let host = |purpose, state| CustomHost {
            purpose,
            host: DomainName::parse("portal.acme.example").unwrap(),
            token: "t".to_owned(),
            state,
            added_at: now,
            checked_at: None,
        };
        let hosts = CustomHosts::from_stored(vec![
            CustomHost {
                checked_at: Some(now),
                ..host(HostPurpose::Portal, HostState::Active { since: now, misses: 1 })
            },
            host(HostPurpose::Api, HostState::Pending { problem: None }),
            host(HostPurpose::Mail, HostState::Failed { at: now, problem: HostProblem::NoProof }),
        ]);
        let at = "2026-11-22T12:00:00Z";
        let document = json!([
            { "purpose": "portal", "host": "portal.acme.example", "token": "t",
              "state": { "active": { "since": at, "misses": 1 } }, "added_at": at, "checked_at": at },
            { "purpose": "api", "host": "portal.acme.example", "token": "t",
              "state": { "pending": { "problem": null } }, "added_at": at },
            { "purpose": "mail", "host": "portal.acme.example", "token": "t",
              "state": { "failed": { "at": at, "problem": "no_proof" } }, "added_at": at },
        ]);
        assert_eq!(kept(&hosts), document);
        assert_eq!(reread::<CustomHosts>(document), Ok(hosts));
        for wrong in [json!({}), json!([{ "purpose": "other" }])] {
            assert_eq!(reread::<CustomHosts>(wrong), Err(StoredError::Form));
        }
    }
}
