//! Organization domains: mail domains with their proof of ownership.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;

use crate::Instant;
use crate::custom_host::PROOF_LABEL;
use crate::domain_name::DomainName;
use crate::id::{EnvironmentId, OrganizationDomainId, OrganizationId};
use crate::secret::TOKEN_BYTES;

/// What the record that proves a domain says before its token.
///
/// Source: WorkOS-compatible contract, section 6.
const RECORD_PREFIX: &str = "verification_token=";

/// How long the record of a domain is waited for.
///
/// Source: WorkOS-compatible contract, section 6.
pub const PROOF_WAIT: Duration = Duration::days(30);

/// How long after name servers were asked about a domain they are not asked again, whoever wants it.
pub const ASK_APART: Duration = Duration::seconds(10);

/// Shortest and longest time between two looks that nobody asks for.
const LOOK_APART: [Duration; 2] = [Duration::minutes(1), Duration::hours(12)];

/// What part of the time that was waited already is waited until the next look.
const LOOK_GROWTH: i32 = 4;

/// A mail domain of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationDomain {
    /// Its id.
    pub id: OrganizationDomainId,
    /// The environment it lives in.
    pub environment_id: EnvironmentId,
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// The domain.
    pub domain: DomainName,
    /// How far the proof is.
    pub state: DomainState,
    /// What the TXT record has to say. Not a secret: it is published in DNS.
    pub verification_token: String,
    /// How its record is looked for.
    pub search: ProofSearch,
    /// When it was added.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// How far the proof of a domain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainState {
    /// Waiting for the DNS record.
    Pending,
    /// Proven.
    Verified {
        /// When.
        at: Instant,
        /// How.
        by: Proof,
    },
    /// Not proven in time.
    Failed {
        /// When it was given up.
        at: Instant,
        /// Why.
        why: DomainFailure,
    },
}

/// Why a domain is not waited for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainFailure {
    /// Its record did not come within [`PROOF_WAIT`].
    Expired,
    /// Another organization of the environment has it verified.
    Taken,
}

impl DomainFailure {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Expired, Self::Taken];

    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Taken => "taken",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == raw)
    }
}

/// How the record of a domain is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofSearch {
    /// Since when.
    pub since: Instant,
    /// When name servers were last asked.
    pub asked_at: Option<Instant>,
    /// What they said, if that was not the record.
    pub found: Option<Finding>,
}

impl ProofSearch {
    /// One that begins.
    pub fn begun(since: Instant) -> Self {
        Self { since, asked_at: None, found: None }
    }

    /// When to look next: the longer it was waited, the later; the last time at the end.
    pub fn next_look(&self, now: Instant) -> Instant {
        let [shortest, longest] = LOOK_APART;
        let apart = ((now - self.since) / LOOK_GROWTH).clamp(shortest, longest);
        (now + apart).min(self.since + PROOF_WAIT).max(now + shortest)
    }
}

/// What name servers said of a domain, if that was not its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There is no such name.
    NoSuchName,
    /// The name has no TXT record.
    NoTexts,
    /// It has TXT records that say something else.
    OtherTexts(FoundTexts),
    /// Nothing, or an error.
    NoAnswer,
}

/// Most texts of other records that are kept.
pub const FOUND_TEXTS_MAX: usize = 10;

/// Most characters that are kept of a text.
pub const FOUND_TEXT_CHARS_MAX: usize = 200;

/// Texts of TXT records, as far as they are kept to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTexts {
    /// The first of them, [`FOUND_TEXTS_MAX`] at most.
    pub texts: Vec<String>,
    /// How many there are besides.
    pub more: u32,
}

impl FoundTexts {
    /// Keeps what can be shown, those that look like our record first.
    pub fn keep(mut found: Vec<String>) -> Self {
        found.sort_by_key(|text| !text.contains(RECORD_PREFIX));
        let more = found.len().saturating_sub(FOUND_TEXTS_MAX);
        let texts = found.iter().take(FOUND_TEXTS_MAX).map(|text| kept(text)).collect();
        Self { texts, more: u32::try_from(more).unwrap_or(u32::MAX) }
    }
}

/// A text without what cannot be shown, and shortened.
fn kept(text: &str) -> String {
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut kept: String = text.chars().take(FOUND_TEXT_CHARS_MAX).map(shown).collect();
    if text.chars().nth(FOUND_TEXT_CHARS_MAX).is_some() {
        kept.push('…');
    }
    kept
}

/// Why name servers are not asked about a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// It is proven.
    Verified,
    /// They were, less than [`ASK_APART`] ago.
    JustNow,
}

/// How a domain was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a TXT record.
    Dns,
    /// By the vendor's word.
    Manual,
}

/// How a domain is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DomainClaim {
    /// To be proven by DNS.
    #[default]
    Pending,
    /// The vendor vouches for it.
    Verified,
}

/// A domain as it is claimed for an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDomain {
    /// The domain.
    pub domain: DomainName,
    /// How it is added.
    pub claim: DomainClaim,
}

/// Most domains of an organization.
pub const ORGANIZATION_DOMAINS_MAX: usize = 100;

impl OrganizationDomain {
    /// Adds a claimed domain to an organization, with fresh random bytes for its proof.
    pub fn claimed(
        id: OrganizationDomainId,
        organization: (EnvironmentId, OrganizationId),
        claimed: ClaimedDomain,
        random: [u8; TOKEN_BYTES],
        now: Instant,
    ) -> Self {
        let state = match claimed.claim {
            DomainClaim::Pending => DomainState::Pending,
            DomainClaim::Verified => DomainState::Verified { at: now, by: Proof::Manual },
        };
        Self {
            id,
            environment_id: organization.0,
            organization_id: organization.1,
            domain: claimed.domain,
            state,
            verification_token: URL_SAFE_NO_PAD.encode(random),
            search: ProofSearch::begun(now),
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether addresses in the domain count as the organization's.
    pub fn is_verified(&self) -> bool {
        matches!(self.state, DomainState::Verified { .. })
    }

    /// Whether its record is waited for.
    pub fn is_sought(&self) -> bool {
        matches!(self.state, DomainState::Pending)
    }

    /// The names that its record may have, the usual one first. The other is for domains whose own
    /// name takes no TXT record.
    pub fn record_names(&self) -> [String; 2] {
        [self.domain.to_string(), format!("{PROOF_LABEL}.{}", self.domain)]
    }

    /// What its record says.
    pub fn record_text(&self) -> String {
        format!("{RECORD_PREFIX}{}", self.verification_token)
    }

    /// Accepts the vendor's word for the domain. `None` if it is proven already.
    pub fn vouched(self, now: Instant) -> Option<Self> {
        if self.is_verified() {
            return None;
        }
        Some(self.verified(Proof::Manual, now))
    }

    /// Notes that name servers are about to be asked. A domain that failed is waited for again.
    ///
    /// # Errors
    /// When they need not be asked, or not yet.
    pub fn asked(self, now: Instant) -> Result<Self, NotAsked> {
        match self.state {
            DomainState::Verified { .. } => Err(NotAsked::Verified),
            _ if self.search.asked_at.is_some_and(|at| now - at < ASK_APART) => Err(NotAsked::JustNow),
            DomainState::Pending => {
                Ok(Self { search: ProofSearch { asked_at: Some(now), ..self.search }, ..self })
            }
            DomainState::Failed { .. } => Ok(Self {
                state: DomainState::Pending,
                search: ProofSearch { asked_at: Some(now), ..ProofSearch::begun(now) },
                updated_at: now,
                ..self
            }),
        }
    }

    /// The domain after name servers said that its record is there, or what they said instead. One
    /// that is not waited for any more stays as it is.
    pub fn checked(self, found: Result<(), Finding>, now: Instant) -> Self {
        match found {
            _ if !self.is_sought() => self,
            Ok(()) => self.verified(Proof::Dns, now),
            Err(finding) => {
                let late = now - self.search.since >= PROOF_WAIT;
                let noted = Self { search: ProofSearch { found: Some(finding), ..self.search }, ..self };
                if late { noted.failed(DomainFailure::Expired, now) } else { noted }
            }
        }
    }

    /// The domain after another organization was found to have it verified. One that is not waited
    /// for any more stays as it is.
    pub fn taken(self, now: Instant) -> Self {
        if self.is_sought() { self.failed(DomainFailure::Taken, now) } else { self }
    }

    fn verified(self, by: Proof, now: Instant) -> Self {
        let search = ProofSearch { found: None, ..self.search };
        Self { state: DomainState::Verified { at: now, by }, search, updated_at: now, ..self }
    }

    fn failed(self, why: DomainFailure, now: Instant) -> Self {
        Self { state: DomainState::Failed { at: now, why }, updated_at: now, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use ulid::Ulid;

    use crate::id::Id as _;

    const START: Instant = datetime!(2026-11-22 12:00 UTC);

    fn domain() -> OrganizationDomain {
        let ulid = Ulid::from_parts(1, 2);
        let claimed =
            ClaimedDomain { domain: DomainName::parse("acme.example").unwrap(), claim: DomainClaim::Pending };
        let organization = (EnvironmentId::from_ulid(ulid), OrganizationId::from_ulid(ulid));
        let id = OrganizationDomainId::from_ulid(ulid);
        OrganizationDomain::claimed(id, organization, claimed, [7; TOKEN_BYTES], START)
    }

    #[test]
    fn a_record_says_its_token_at_one_of_two_names() {
        assert_eq!(domain().record_names(), ["acme.example", "_vestibule.acme.example"]);
        assert!(domain().record_text().starts_with("verification_token=BwcH"));
    }

    #[test]
    fn a_record_that_is_there_proves_a_domain_and_what_was_found_before_is_forgotten() {
        let waiting = domain().checked(Err(Finding::NoTexts), START);
        assert_eq!((waiting.state, &waiting.search.found), (DomainState::Pending, &Some(Finding::NoTexts)));
        assert_eq!(waiting.updated_at, START, "a look changes nothing that anybody needs to hear of");
        let at = START + Duration::HOUR;
        let proven = waiting.checked(Ok(()), at);
        assert_eq!(proven.state, DomainState::Verified { at, by: Proof::Dns });
        assert_eq!((proven.updated_at, &proven.search.found), (at, &None));
        assert_eq!(proven.clone().checked(Err(Finding::NoTexts), at), proven, "proven is proven");
        assert_eq!(proven.clone().taken(at), proven);
        assert_eq!(proven.asked(at + Duration::DAY), Err(NotAsked::Verified));
    }

    #[test]
    fn a_record_is_waited_for_so_long_and_no_longer() {
        let at = |now| domain().checked(Err(Finding::NoAnswer), now).state;
        let end = START + PROOF_WAIT;
        assert_eq!(at(end - Duration::MICROSECOND), DomainState::Pending);
        assert_eq!(at(end), DomainState::Failed { at: end, why: DomainFailure::Expired });
        assert!(domain().checked(Ok(()), end).is_verified(), "a record that is there counts to the last");
    }

    #[test]
    fn name_servers_are_not_asked_again_at_once() {
        let asked = domain().asked(START).unwrap();
        assert_eq!(asked.search.asked_at, Some(START));
        let again = |now| asked.clone().asked(now).map(drop);
        assert_eq!(again(START + ASK_APART - Duration::MICROSECOND), Err(NotAsked::JustNow));
        assert_eq!(again(START + ASK_APART), Ok(()));
    }

    #[test]
    fn a_domain_that_failed_is_waited_for_again_from_then_on() {
        let failed = domain().taken(START);
        assert_eq!(failed.state, DomainState::Failed { at: START, why: DomainFailure::Taken });
        assert_eq!(failed.clone().checked(Ok(()), START), failed, "nobody waits for it");
        let now = START + PROOF_WAIT * 2;
        let again = failed.asked(now).unwrap();
        assert_eq!((again.state, again.search.since), (DomainState::Pending, now));
        assert_eq!(again.verification_token, domain().verification_token, "the record may be there already");
        assert!(again.checked(Err(Finding::NoTexts), now).is_sought());
    }

    #[test]
    fn looks_come_at_growing_distances_and_the_last_one_at_the_end() {
        let search = ProofSearch::begun(START);
        let after = |waited| search.next_look(START + waited) - START - waited;
        assert_eq!(after(Duration::ZERO), Duration::minutes(1));
        assert_eq!(after(Duration::minutes(4)), Duration::minutes(1));
        assert_eq!(after(Duration::hours(4)), Duration::HOUR);
        assert_eq!(after(Duration::days(2)), Duration::hours(12));
        assert_eq!(after(Duration::days(20)), Duration::hours(12));
        assert_eq!(search.next_look(START + PROOF_WAIT - Duration::HOUR), START + PROOF_WAIT);
        assert_eq!(after(PROOF_WAIT), Duration::minutes(1), "whoever is late does not hurry");
        let (mut now, mut looks) = (START, 0);
        while now < START + PROOF_WAIT {
            (now, looks) = (search.next_look(now), looks + 1);
        }
        assert!((50..150).contains(&looks), "{looks}");
    }

    #[test]
    fn of_what_was_found_so_much_is_kept_and_no_more() {
        let texts = |n: usize| (0..n).map(|n| format!("v=spf{n}")).collect::<Vec<_>>();
        let kept = |n| FoundTexts::keep(texts(n));
        assert_eq!((kept(FOUND_TEXTS_MAX).texts.len(), kept(FOUND_TEXTS_MAX).more), (FOUND_TEXTS_MAX, 0));
        assert_eq!(
            (kept(FOUND_TEXTS_MAX + 1).texts.len(), kept(FOUND_TEXTS_MAX + 1).more),
            (FOUND_TEXTS_MAX, 1)
        );
        let mut many = texts(FOUND_TEXTS_MAX);
        many.push("verification_token=old".to_owned());
        assert_eq!(FoundTexts::keep(many).texts[0], "verification_token=old", "what is near comes first");
        let text = |chars| FoundTexts::keep(vec!["ä".repeat(chars)]).texts[0].chars().count();
        assert_eq!(text(FOUND_TEXT_CHARS_MAX), FOUND_TEXT_CHARS_MAX);
        assert!(FoundTexts::keep(vec!["ä".repeat(FOUND_TEXT_CHARS_MAX + 1)]).texts[0].ends_with("ä…"));
        assert_eq!(FoundTexts::keep(vec!["a\u{0}b\n".to_owned()]).texts, ["a\u{fffd}b\u{fffd}"]);
    }

    #[test]
    fn words_survive() {
        for why in DomainFailure::ALL {
            assert_eq!(DomainFailure::parse(why.as_str()), Some(why));
        }
    }
}
