//! Portal links: one type, three kinds; the kind is a policy row, not a set of ifs.

use time::Duration;

use crate::Instant;
use crate::email::EmailAddress;
use crate::environment::EnvironmentKind;
use crate::id::{EnvironmentId, OrganizationId, PortalLinkId};
use crate::intent::Intent;
use crate::redirect::LinkRedirects;
use crate::secret::SecretDigest;
use crate::text::Name;

/// The kinds of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// For an immediate redirect out of the vendor's app.
    Launch,
    /// For an invitation by mail or chat, until everything on it is set up.
    Setup,
    /// For an invitation by mail or chat, until the first save.
    Token,
}

/// What spends a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumption {
    /// Being opened.
    Opening,
    /// Every intent on it being configured.
    AllIntents,
    /// The first successful save.
    FirstSave,
}

/// What a link's sessions may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Set up what is not set up yet.
    SetUp,
    /// Also change and remove what is.
    SetUpAndManage,
}

impl Capability {
    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::SetUpAndManage => "set_up_and_manage",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::SetUp, Self::SetUpAndManage].into_iter().find(|capability| capability.as_str() == raw)
    }
}

/// Who can withdraw a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Only all links of one of the vendor's users together.
    ByExternalUser,
    /// Each by its id.
    ById,
}

/// How many live links of a kind an organization may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusivity {
    /// Any number.
    Shared,
    /// One.
    OnePerOrganization,
}

/// What distinguishes the kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkPolicy {
    /// Life of a link when its maker does not say.
    pub default_life: Duration,
    /// Longest life.
    pub longest_life: Duration,
    /// What spends it.
    pub consumption: Consumption,
    /// Who can withdraw it.
    pub revocation: Revocation,
    /// How many may live.
    pub exclusivity: Exclusivity,
    /// What its sessions may do.
    pub capability: Capability,
    /// Longest life of a session that it opens.
    pub session_life: Duration,
}

/// Shortest life that can be asked for. Source: api/authio-wire-contract.md, "One-time tokens".
pub const SHORTEST_LIFE: Duration = Duration::seconds(60);

/// Most intents on a link, and most admins that it names.
pub const LINK_ADMINS_MAX: usize = 20;

impl LinkKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Launch, Self::Setup, Self::Token];

    /// The policy of the kind. Source: DESIGN.md, "Portal link" (docs/architecture.md here).
    pub fn policy(self) -> LinkPolicy {
        match self {
            Self::Launch => LinkPolicy {
                default_life: Duration::minutes(5),
                longest_life: Duration::minutes(5),
                consumption: Consumption::Opening,
                revocation: Revocation::ByExternalUser,
                exclusivity: Exclusivity::Shared,
                capability: Capability::SetUpAndManage,
                session_life: Duration::hours(2),
            },
            Self::Setup => LinkPolicy {
                default_life: Duration::days(30),
                longest_life: Duration::days(30),
                consumption: Consumption::AllIntents,
                revocation: Revocation::ById,
                exclusivity: Exclusivity::OnePerOrganization,
                capability: Capability::SetUp,
                session_life: Duration::hours(12),
            },
            Self::Token => LinkPolicy {
                default_life: Duration::hours(24),
                longest_life: Duration::days(30),
                consumption: Consumption::FirstSave,
                revocation: Revocation::ById,
                exclusivity: Exclusivity::Shared,
                capability: Capability::SetUp,
                session_life: Duration::hours(12),
            },
        }
    }

    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Setup => "setup",
            Self::Token => "token",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw)
    }
}

/// The right to open the portal for one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalLink {
    /// Its id.
    pub id: PortalLinkId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization it is for.
    pub organization_id: OrganizationId,
    /// The kind.
    pub kind: LinkKind,
    /// What a presented token is looked up by.
    pub digest: SecretDigest,
    /// What it is for; empty means the portal's home.
    pub intents: Vec<Intent>,
    /// Which of the intents are configured.
    pub completed: Vec<Intent>,
    /// Its redirects.
    pub redirects: LinkRedirects,
    /// The admins it names; anybody who has it otherwise.
    pub admins: Vec<EmailAddress>,
    /// The vendor's user behind it.
    pub external_user_id: Option<Name>,
    /// The catalogue's entry to start with, if the vendor knows it.
    pub provider_hint: Option<String>,
    /// What became of it.
    pub state: LinkState,
    /// When it stops working.
    pub expires_at: Instant,
    /// When it was made.
    pub created_at: Instant,
}

/// What became of a link. That it expired is not a state: it follows from the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Nothing yet.
    Open,
    /// Spent.
    Consumed {
        /// When.
        at: Instant,
    },
    /// Withdrawn.
    Revoked {
        /// When.
        at: Instant,
    },
}

/// Why a link cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkUnusable {
    /// Spent.
    #[error("the link was already used")]
    Consumed,
    /// Past its time.
    #[error("the link has expired")]
    Expired,
    /// Withdrawn.
    #[error("the link was withdrawn")]
    Revoked,
}

/// Why a link cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefused {
    /// Less than [`SHORTEST_LIFE`] or more than the kind's longest.
    #[error("the life must be between {} and {} seconds", SHORTEST_LIFE.whole_seconds(), longest.whole_seconds())]
    Life {
        /// The kind's longest life.
        longest: Duration,
    },
    /// Too many admins.
    #[error("at most {LINK_ADMINS_MAX} addresses are taken")]
    TooManyAdmins,
    /// The kind takes a fixed number of intents.
    #[error("a link of this kind needs {0}")]
    Intents(&'static str),
    /// A launch link in production that leads nowhere back.
    #[error(
        "the environment has no default return URL, and production links need a way back; pass return_url, or set the default in the environment's portal settings"
    )]
    NoWayBack,
}

/// What a new link is made of.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Its id.
    pub id: PortalLinkId,
    /// The environment and its kind.
    pub environment: (EnvironmentId, EnvironmentKind),
    /// Whether the environment has a default return URL.
    pub way_back: WayBack,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The kind.
    pub kind: LinkKind,
    /// Digest of its token.
    pub digest: SecretDigest,
    /// What it is for.
    pub intents: Vec<Intent>,
    /// Its redirects.
    pub redirects: LinkRedirects,
    /// The admins it names.
    pub admins: Vec<EmailAddress>,
    /// The vendor's user behind it.
    pub external_user_id: Option<Name>,
    /// The catalogue's entry to start with.
    pub provider_hint: Option<String>,
    /// How long it lives; the kind's default otherwise.
    pub life: Option<Duration>,
    /// Now.
    pub now: Instant,
}

/// Whether an environment knows where to send people back to by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// It has a default return URL.
    Default,
    /// It has none.
    None,
}

impl PortalLink {
    /// Makes a link within its kind's policy.
    pub fn mint(new: NewLink) -> Result<Self, LinkRefused> {
        let policy = new.kind.policy();
        let life = new.life.unwrap_or(policy.default_life);
        if life < SHORTEST_LIFE || life > policy.longest_life {
            return Err(LinkRefused::Life { longest: policy.longest_life });
        }
        if new.admins.len() > LINK_ADMINS_MAX {
            return Err(LinkRefused::TooManyAdmins);
        }
        match (new.kind, new.intents.len()) {
            (LinkKind::Launch, 0 | 1) | (LinkKind::Token, 1) => {}
            (LinkKind::Setup, n) if n >= 1 => {}
            (LinkKind::Launch, _) => return Err(LinkRefused::Intents("at most one intent")),
            (LinkKind::Token, _) => return Err(LinkRefused::Intents("exactly one intent")),
            (LinkKind::Setup, _) => return Err(LinkRefused::Intents("at least one intent")),
        }
        let leads_back = new.redirects.return_url.is_some() || new.way_back == WayBack::Default;
        let (environment_id, environment) = new.environment;
        if new.kind == LinkKind::Launch && environment == EnvironmentKind::Production && !leads_back {
            return Err(LinkRefused::NoWayBack);
        }
        let mut intents = new.intents;
        intents.sort_unstable();
        intents.dedup();
        Ok(Self {
            id: new.id,
            environment_id,
            organization_id: new.organization_id,
            kind: new.kind,
            digest: new.digest,
            intents,
            completed: Vec::new(),
            redirects: new.redirects,
            admins: new.admins,
            external_user_id: new.external_user_id,
            provider_hint: new.provider_hint,
            state: LinkState::Open,
            expires_at: new.now + life,
            created_at: new.now,
        })
    }

    /// Whether the link works now. A withdrawn or spent link says so even after its time.
    pub fn usable(&self, now: Instant) -> Result<(), LinkUnusable> {
        match self.state {
            LinkState::Revoked { .. } => Err(LinkUnusable::Revoked),
            LinkState::Consumed { .. } => Err(LinkUnusable::Consumed),
            LinkState::Open if self.expires_at <= now => Err(LinkUnusable::Expired),
            LinkState::Open => Ok(()),
        }
    }

    /// Whether the link covers an intent: one of its own, or any if it opens the home.
    pub fn covers(&self, intent: Intent) -> bool {
        self.intents.is_empty() || self.intents.contains(&intent)
    }

    /// Whether an address is one of the admins that the link names.
    pub fn names(&self, address: &EmailAddress) -> bool {
        self.admins.contains(address)
    }

    /// The link after being opened: spent, if opening spends its kind.
    pub fn opened(self, now: Instant) -> Result<Self, LinkUnusable> {
        self.usable(now)?;
        Ok(self.after_opening(now))
    }

    /// The link after being opened with a code that was asked for at `asked_at`.
    ///
    /// A launch link lives for minutes, and mail takes some: what counts is that it worked when
    /// the code was asked for. Links that are meant for mail have to work still.
    pub fn opened_with_code(self, asked_at: Instant, now: Instant) -> Result<Self, LinkUnusable> {
        self.usable(self.judged_at(asked_at, now))?;
        Ok(self.after_opening(now))
    }

    /// As of when [`PortalLink::opened_with_code`] judges whether the link works.
    pub fn judged_at(&self, asked_at: Instant, now: Instant) -> Instant {
        match self.kind.policy().consumption {
            Consumption::Opening => asked_at,
            Consumption::AllIntents | Consumption::FirstSave => now,
        }
    }

    fn after_opening(self, now: Instant) -> Self {
        match self.kind.policy().consumption {
            Consumption::Opening => Self { state: LinkState::Consumed { at: now }, ..self },
            Consumption::AllIntents | Consumption::FirstSave => self,
        }
    }

    /// The link after a successful save for an intent: spent, if that was what its kind waits for.
    ///
    /// A launch link was spent by its opening; its sessions save under their own right.
    pub fn saved(self, intent: Intent, now: Instant) -> Result<Self, LinkUnusable> {
        let consumption = self.kind.policy().consumption;
        if consumption == Consumption::Opening {
            return Ok(self);
        }
        self.usable(now)?;
        let mut completed = self.completed.clone();
        if !completed.contains(&intent) {
            completed.push(intent);
            completed.sort_unstable();
        }
        let spent = match consumption {
            Consumption::Opening | Consumption::FirstSave => true,
            Consumption::AllIntents => self.intents.iter().all(|intent| completed.contains(intent)),
        };
        let state = if spent { LinkState::Consumed { at: now } } else { self.state };
        Ok(Self { completed, state, ..self })
    }

    /// The link withdrawn. An expired one can still be withdrawn; a spent one cannot.
    pub fn revoked(self, now: Instant) -> Result<Self, LinkUnusable> {
        match self.state {
            LinkState::Open => Ok(Self { state: LinkState::Revoked { at: now }, ..self }),
            LinkState::Consumed { .. } => Err(LinkUnusable::Consumed),
            LinkState::Revoked { .. } => Err(LinkUnusable::Revoked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);

    fn new(kind: LinkKind, intents: &[Intent]) -> NewLink {
        NewLink {
            id: PortalLinkId::from_ulid(Ulid::from_parts(1, 1)),
            environment: (EnvironmentId::from_ulid(Ulid::from_parts(1, 2)), EnvironmentKind::Sandbox),
            way_back: WayBack::None,
            organization_id: OrganizationId::from_ulid(Ulid::from_parts(1, 3)),
            kind,
            digest: SecretDigest::of("x"),
            intents: intents.to_vec(),
            redirects: LinkRedirects::default(),
            admins: Vec::new(),
            external_user_id: None,
            provider_hint: None,
            life: None,
            now: NOW,
        }
    }

    fn link(kind: LinkKind, intents: &[Intent]) -> PortalLink {
        PortalLink::mint(new(kind, intents)).unwrap()
    }

    #[test]
    fn each_kind_lives_as_its_policy_says() {
        for (kind, minutes, longest) in
            [(LinkKind::Launch, 5, 5), (LinkKind::Setup, 43_200, 43_200), (LinkKind::Token, 1_440, 43_200)]
        {
            assert_eq!(link(kind, &[Intent::Sso]).expires_at, NOW + Duration::minutes(minutes), "{kind:?}");
            let with =
                |life| PortalLink::mint(NewLink { life: Some(life), ..new(kind, &[Intent::Sso]) }).map(drop);
            assert_eq!(with(Duration::minutes(longest)), Ok(()));
            let refused = Err(LinkRefused::Life { longest: Duration::minutes(longest) });
            assert_eq!(with(Duration::minutes(longest) + Duration::seconds(1)), refused);
            assert_eq!(with(SHORTEST_LIFE), Ok(()));
            assert_eq!(with(SHORTEST_LIFE - Duration::seconds(1)), refused);
        }
    }

    #[test]
    fn each_kind_takes_its_number_of_intents() {
        let two = [Intent::Sso, Intent::Dsync];
        let ok = |kind, intents: &[Intent]| PortalLink::mint(new(kind, intents)).is_ok();
        assert!(ok(LinkKind::Launch, &[]) && ok(LinkKind::Launch, &two[..1]) && !ok(LinkKind::Launch, &two));
        assert!(!ok(LinkKind::Setup, &[]) && ok(LinkKind::Setup, &two[..1]) && ok(LinkKind::Setup, &two));
        assert!(!ok(LinkKind::Token, &[]) && ok(LinkKind::Token, &two[..1]) && !ok(LinkKind::Token, &two));
    }

    #[test]
    fn a_link_names_at_most_twenty_admins() {
        let with = |n: usize| {
            let admins = (0..n).map(|i| EmailAddress::parse(&format!("a{i}@b.example")).unwrap()).collect();
            PortalLink::mint(NewLink { admins, ..new(LinkKind::Token, &[Intent::Sso]) }).map(drop)
        };
        assert_eq!(with(LINK_ADMINS_MAX), Ok(()));
        assert_eq!(with(LINK_ADMINS_MAX + 1), Err(LinkRefused::TooManyAdmins));
    }

    #[test]
    fn a_production_launch_link_leads_back() {
        let production = |kind, way_back| {
            let base = new(kind, &[Intent::Sso]);
            PortalLink::mint(NewLink {
                environment: (base.environment.0, EnvironmentKind::Production),
                way_back,
                ..base
            })
            .map(drop)
        };
        assert_eq!(production(LinkKind::Launch, WayBack::None), Err(LinkRefused::NoWayBack));
        assert_eq!(production(LinkKind::Launch, WayBack::Default), Ok(()));
        assert_eq!(production(LinkKind::Token, WayBack::None), Ok(()));
    }

    #[test]
    fn a_link_works_until_the_instant_it_expires() {
        let link = link(LinkKind::Token, &[Intent::Sso]);
        assert_eq!(link.usable(link.expires_at - Duration::microseconds(1)), Ok(()));
        assert_eq!(link.usable(link.expires_at), Err(LinkUnusable::Expired));
    }

    #[test]
    fn opening_spends_only_launch_links() {
        for (kind, state) in [
            (LinkKind::Launch, LinkState::Consumed { at: NOW }),
            (LinkKind::Setup, LinkState::Open),
            (LinkKind::Token, LinkState::Open),
        ] {
            assert_eq!(link(kind, &[Intent::Sso]).opened(NOW).unwrap().state, state, "{kind:?}");
        }
    }

    #[test]
    fn a_launch_link_may_expire_while_its_code_is_on_the_way() {
        let late = |kind| {
            let link = link(kind, &[Intent::Sso]);
            let (asked_at, now) = (link.expires_at - Duration::seconds(1), link.expires_at);
            link.opened_with_code(asked_at, now).map(|link| link.state)
        };
        let now = link(LinkKind::Launch, &[Intent::Sso]).expires_at;
        assert_eq!(late(LinkKind::Launch), Ok(LinkState::Consumed { at: now }));
        assert_eq!(late(LinkKind::Token), Err(LinkUnusable::Expired));
        assert_eq!(late(LinkKind::Setup), Err(LinkUnusable::Expired));
        let launch = link(LinkKind::Launch, &[Intent::Sso]);
        assert_eq!(launch.clone().opened_with_code(now, now).map(drop), Err(LinkUnusable::Expired));
        let revoked = launch.revoked(NOW).unwrap();
        assert_eq!(revoked.opened_with_code(NOW, NOW).map(drop), Err(LinkUnusable::Revoked));
    }

    #[test]
    fn the_first_save_spends_a_token_link() {
        let spent = link(LinkKind::Token, &[Intent::Sso]).saved(Intent::Sso, NOW).unwrap();
        assert_eq!(spent.state, LinkState::Consumed { at: NOW });
        assert_eq!(spent.clone().saved(Intent::Sso, NOW), Err(LinkUnusable::Consumed));
        assert_eq!(spent.clone().opened(NOW), Err(LinkUnusable::Consumed));
        assert_eq!(spent.revoked(NOW), Err(LinkUnusable::Consumed));
    }

    #[test]
    fn a_setup_link_is_spent_when_all_its_intents_are_done() {
        let link = link(LinkKind::Setup, &[Intent::Dsync, Intent::Sso]);
        let half = link.saved(Intent::Sso, NOW).unwrap();
        assert_eq!(half.state, LinkState::Open);
        let again = half.saved(Intent::Sso, NOW).unwrap();
        assert_eq!(again.state, LinkState::Open);
        assert_eq!(again.saved(Intent::Dsync, NOW).unwrap().state, LinkState::Consumed { at: NOW });
    }

    #[test]
    fn a_withdrawn_link_stays_withdrawn() {
        let revoked = link(LinkKind::Token, &[Intent::Sso]).revoked(NOW).unwrap();
        assert_eq!(revoked.usable(revoked.expires_at), Err(LinkUnusable::Revoked));
        assert_eq!(revoked.clone().saved(Intent::Sso, NOW), Err(LinkUnusable::Revoked));
        assert_eq!(revoked.revoked(NOW), Err(LinkUnusable::Revoked));
    }

    #[test]
    fn a_link_without_intent_covers_everything() {
        assert!(link(LinkKind::Launch, &[]).covers(Intent::LogStreams));
        assert!(!link(LinkKind::Launch, &[Intent::Sso]).covers(Intent::Dsync));
    }
}
