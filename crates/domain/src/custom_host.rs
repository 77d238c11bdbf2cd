//! Hosts of the vendor's own: where the portal and the API are reached, and where mail comes from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;

use crate::Instant;
use crate::domain_name::DomainName;
use crate::secret::TOKEN_BYTES;

/// What stands before a host in the name of the record that proves it.
pub const PROOF_LABEL: &str = "_vestibule";

/// What the record that proves a host says before its token.
const PROOF_PREFIX: &str = "vestibule-domain-verification=";

/// How long the records of a new host are waited for.
pub const HOST_WAIT: Duration = Duration::days(7);

/// How many checks in a row may miss the records of a host before it is used no more.
pub const HOST_MISSES_MAX: u8 = 3;

/// How long after one check of a host that waits the next one comes.
const WAITING_CHECK_EVERY: Duration = Duration::minutes(10);

/// How long after one check of all hosts the next one comes.
const CHECK_EVERY: Duration = Duration::hours(6);

/// What a host is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPurpose {
    /// Links to the portal lead there.
    Portal,
    /// Programs call the API there.
    Api,
    /// Messages come from there.
    Mail,
}

impl HostPurpose {
    /// All purposes.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Api, Self::Mail];

    /// The word in stores and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Api => "api",
            Self::Mail => "mail",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == raw)
    }

    /// Whether browsers and programs come to the host, so that its name has to lead to us.
    pub fn is_visited(self) -> bool {
        match self {
            Self::Portal | Self::Api => true,
            Self::Mail => false,
        }
    }
}

/// A host of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomHost {
    /// What it is for.
    pub purpose: HostPurpose,
    /// Its name.
    pub host: DomainName,
    /// What proves that it is the vendor's. Not a secret: it is published in DNS.
    pub token: String,
    /// Where it stands.
    pub state: HostState,
    /// When it was added.
    pub added_at: Instant,
    /// When its records were last looked up.
    pub checked_at: Option<Instant>,
}

/// Where a host stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostState {
    /// Its records are waited for.
    Pending {
        /// What the last check lacked.
        problem: Option<HostProblem>,
    },
    /// It is used.
    Active {
        /// Since when.
        since: Instant,
        /// Checks in a row that missed its records.
        misses: u8,
    },
    /// Its records did not come, or went away. It is not used and not looked at by itself.
    Failed {
        /// When.
        at: Instant,
        /// What was lacking.
        problem: HostProblem,
    },
}

/// What a host lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostProblem {
    /// The record that proves it.
    NoProof,
    /// The record that leads to us.
    NoAlias,
    /// An answer of its name servers.
    NoAnswer,
    /// Another environment uses it.
    Taken,
}

impl HostProblem {
    /// All problems.
    pub const ALL: [Self; 4] = [Self::NoProof, Self::NoAlias, Self::NoAnswer, Self::Taken];

    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoProof => "no_proof",
            Self::NoAlias => "no_alias",
            Self::NoAnswer => "no_answer",
            Self::Taken => "taken",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.as_str() == raw)
    }
}

impl CustomHost {
    /// A new host, whose token is made of random bytes.
    pub fn new(purpose: HostPurpose, host: DomainName, random: [u8; TOKEN_BYTES], now: Instant) -> Self {
        let token = URL_SAFE_NO_PAD.encode(random);
        let state = HostState::Pending { problem: None };
        Self { purpose, host, token, state, added_at: now, checked_at: None }
    }

    /// Whether it is used.
    pub fn is_active(&self) -> bool {
        matches!(self.state, HostState::Active { .. })
    }

    /// The name of the record that proves it.
    pub fn proof_name(&self) -> String {
        format!("{PROOF_LABEL}.{}", self.host)
    }

    /// What the record that proves it says.
    pub fn proof_text(&self) -> String {
        format!("{PROOF_PREFIX}{}", self.token)
    }

    /// The host after a check: with what was lacking, or with everything there.
    pub fn checked(self, found: Result<(), HostProblem>, now: Instant) -> Self {
        let state = match (self.state, found) {
            (HostState::Active { since, .. }, Ok(())) => HostState::Active { since, misses: 0 },
            // Name servers that do not answer say nothing about the records.
            (active @ HostState::Active { .. }, Err(HostProblem::NoAnswer)) => active,
            (HostState::Active { since, misses }, Err(problem)) => {
                let misses = misses.saturating_add(1);
                if misses >= HOST_MISSES_MAX {
                    HostState::Failed { at: now, problem }
                } else {
                    HostState::Active { since, misses }
                }
            }
            (HostState::Pending { .. } | HostState::Failed { .. }, Ok(())) => {
                HostState::Active { since: now, misses: 0 }
            }
            (HostState::Pending { .. }, Err(problem)) if now - self.added_at < HOST_WAIT => {
                HostState::Pending { problem: Some(problem) }
            }
            (HostState::Pending { .. }, Err(problem)) => HostState::Failed { at: now, problem },
            (HostState::Failed { at, .. }, Err(problem)) => HostState::Failed { at, problem },
        };
        Self { state, checked_at: Some(now), ..self }
    }
}

/// The hosts of an environment: at most one for each purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomHosts(Vec<CustomHost>);

impl CustomHosts {
    /// Rebuilds the hosts from a store's row.
    pub fn from_stored(hosts: Vec<CustomHost>) -> Self {
        Self(hosts)
    }

    /// All of them, by purpose.
    pub fn iter(&self) -> impl Iterator<Item = &CustomHost> {
        self.0.iter()
    }

    /// The host of a purpose.
    pub fn get(&self, purpose: HostPurpose) -> Option<&CustomHost> {
        self.0.iter().find(|host| host.purpose == purpose)
    }

    /// The name that is used for a purpose, if it is not ours.
    pub fn active(&self, purpose: HostPurpose) -> Option<&DomainName> {
        self.get(purpose).filter(|host| host.is_active()).map(|host| &host.host)
    }

    /// Whether a name is used for any purpose.
    pub fn uses(&self, host: &DomainName) -> bool {
        self.0.iter().any(|held| held.is_active() && held.host == *host)
    }

    /// Puts a host in the place of the one with its purpose.
    pub fn put(&mut self, host: CustomHost) {
        self.remove(host.purpose);
        self.0.push(host);
        self.0.sort_by_key(|host| host.purpose);
    }

    /// Takes the host of a purpose away.
    pub fn remove(&mut self, purpose: HostPurpose) -> Option<CustomHost> {
        let place = self.0.iter().position(|host| host.purpose == purpose)?;
        Some(self.0.remove(place))
    }

    /// When to look at them again; far off where nothing has to be looked at.
    pub fn next_check(&self, now: Instant) -> Instant {
        let waits = self.0.iter().any(|host| matches!(host.state, HostState::Pending { .. }));
        now + if waits { WAITING_CHECK_EVERY } else { CHECK_EVERY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const START: Instant = datetime!(2026-11-22 12:00 UTC);

    fn host() -> CustomHost {
        let name = DomainName::parse("portal.acme.example").unwrap();
        CustomHost::new(HostPurpose::Portal, name, [7; TOKEN_BYTES], START)
    }

    fn active() -> CustomHost {
        host().checked(Ok(()), START)
    }

    #[test]
    fn a_host_is_used_once_its_records_are_there() {
        let waiting = host().checked(Err(HostProblem::NoProof), START + Duration::HOUR);
        assert_eq!(waiting.state, HostState::Pending { problem: Some(HostProblem::NoProof) });
        let now = START + Duration::hours(2);
        let used = waiting.checked(Ok(()), now);
        assert_eq!(used.state, HostState::Active { since: now, misses: 0 });
        assert_eq!(used.proof_name(), "_vestibule.portal.acme.example");
        assert!(used.proof_text().starts_with("vestibule-domain-verification=BwcH"));
    }

    #[test]
    fn records_are_waited_for_so_long_and_no_longer() {
        let at = |now| host().checked(Err(HostProblem::NoAlias), now).state;
        assert!(matches!(at(START + HOST_WAIT - Duration::MICROSECOND), HostState::Pending { .. }));
        let end = START + HOST_WAIT;
        assert_eq!(at(end), HostState::Failed { at: end, problem: HostProblem::NoAlias });
        let failed = host().checked(Err(HostProblem::NoAlias), end);
        assert!(failed.checked(Ok(()), end).is_active(), "whoever asks again is looked at again");
    }

    #[test]
    fn an_active_host_survives_misses_up_to_the_last() {
        let mut host = active();
        for _ in 1..HOST_MISSES_MAX {
            host = host.checked(Err(HostProblem::NoAlias), START);
            assert!(host.is_active());
        }
        let back = host.clone().checked(Ok(()), START);
        assert_eq!(back.state, HostState::Active { since: START, misses: 0 });
        let unanswered = host.clone().checked(Err(HostProblem::NoAnswer), START);
        assert_eq!(unanswered.state, host.state, "silence is no miss");
        assert!(!host.checked(Err(HostProblem::NoAlias), START).is_active());
    }

    #[test]
    fn an_environment_has_one_host_for_each_purpose() {
        let mut hosts = CustomHosts::default();
        hosts.put(host());
        assert_eq!((hosts.active(HostPurpose::Portal), hosts.uses(&host().host)), (None, false));
        let waits = hosts.next_check(START) - START;
        hosts.put(active());
        assert_eq!(hosts.iter().count(), 1);
        assert_eq!(hosts.active(HostPurpose::Portal), Some(&host().host));
        assert!(hosts.uses(&host().host) && hosts.active(HostPurpose::Api).is_none());
        assert!(hosts.next_check(START) - START > waits);
        assert!(hosts.remove(HostPurpose::Portal).is_some() && hosts.remove(HostPurpose::Portal).is_none());
    }

    #[test]
    fn words_survive() {
        for purpose in HostPurpose::ALL {
            assert_eq!(HostPurpose::parse(purpose.as_str()), Some(purpose));
        }
        for problem in HostProblem::ALL {
            assert_eq!(HostProblem::parse(problem.as_str()), Some(problem));
        }
    }
}
