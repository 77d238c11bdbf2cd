//! Who is let in by a link, and what they are asked for before they see anything.

use crate::Instant;
use crate::email::EmailAddress;
use crate::portal_link::{Consumption, PortalLink};

/// What an environment asks of admins whom a link does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressRule {
    /// They may say who they are.
    #[default]
    Stated,
    /// They give an address and prove it by a code.
    Confirmed,
}

/// What is asked of whoever opens a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// One of the addresses that the link names, proven by a code.
    Named,
    /// Any address, proven by a code.
    Confirmed,
    /// An address, if they like.
    Stated,
    /// Nothing: the app they come from has signed them in.
    SignedIn,
}

impl Admission {
    /// What a link asks for in an environment with a rule.
    pub fn of(link: &PortalLink, rule: AddressRule) -> Self {
        match (link.kind.policy().consumption, rule) {
            _ if !link.admins.is_empty() => Self::Named,
            (Consumption::Opening, _) => Self::SignedIn,
            (Consumption::AllIntents | Consumption::FirstSave, AddressRule::Confirmed) => Self::Confirmed,
            (Consumption::AllIntents | Consumption::FirstSave, AddressRule::Stated) => Self::Stated,
        }
    }

    /// Whether somebody may come in.
    pub fn admits(self, link: &PortalLink, admin: Option<&Admin>) -> bool {
        match (self, admin) {
            (Self::Named, Some(Admin::Confirmed { email, .. })) => link.names(email),
            (Self::Confirmed, Some(Admin::Confirmed { .. })) | (Self::Stated | Self::SignedIn, _) => true,
            (Self::Named | Self::Confirmed, _) => false,
        }
    }
}

/// The admin in a visit, as far as known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admin {
    /// They say that this is their address.
    Stated(EmailAddress),
    /// They proved that it is.
    Confirmed {
        /// The address.
        email: EmailAddress,
        /// When they proved it.
        at: Instant,
    },
}

impl Admin {
    /// The address.
    pub fn email(&self) -> &EmailAddress {
        match self {
            Self::Stated(email) | Self::Confirmed { email, .. } => email,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::EnvironmentKind;
    use crate::id::{EnvironmentId, Id, OrganizationId, PortalLinkId};
    use crate::intent::Intent;
    use crate::portal_link::{LinkKind, NewLink, WayBack};
    use crate::redirect::LinkRedirects;
    use crate::secret::SecretDigest;
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);

    fn email(raw: &str) -> EmailAddress {
        EmailAddress::parse(raw).unwrap()
    }

    fn link(kind: LinkKind, admins: &[&str]) -> PortalLink {
        PortalLink::mint(NewLink {
            id: PortalLinkId::from_ulid(Ulid::from_parts(1, 1)),
            environment: (EnvironmentId::from_ulid(Ulid::from_parts(1, 2)), EnvironmentKind::Sandbox),
            way_back: WayBack::None,
            organization_id: OrganizationId::from_ulid(Ulid::from_parts(1, 3)),
            kind,
            digest: SecretDigest::of("x"),
            intents: vec![Intent::Sso],
            redirects: LinkRedirects::default(),
            admins: admins.iter().map(|raw| email(raw)).collect(),
            external_user_id: None,
            provider_hint: None,
            life: None,
            now: NOW,
        })
        .unwrap()
    }

    #[test]
    fn what_is_asked_follows_from_link_and_environment() {
        use AddressRule::{Confirmed, Stated};
        for (kind, admins, rule, asked) in [
            (LinkKind::Launch, &[][..], Stated, Admission::SignedIn),
            (LinkKind::Launch, &[], Confirmed, Admission::SignedIn),
            (LinkKind::Launch, &["it@acme.example"], Stated, Admission::Named),
            (LinkKind::Setup, &[], Stated, Admission::Stated),
            (LinkKind::Setup, &[], Confirmed, Admission::Confirmed),
            (LinkKind::Setup, &["it@acme.example"], Confirmed, Admission::Named),
            (LinkKind::Token, &[], Stated, Admission::Stated),
            (LinkKind::Token, &[], Confirmed, Admission::Confirmed),
            (LinkKind::Token, &["it@acme.example", "b@acme.example"], Stated, Admission::Named),
        ] {
            assert_eq!(Admission::of(&link(kind, admins), rule), asked, "{kind:?} {admins:?} {rule:?}");
        }
    }

    #[test]
    fn a_link_that_names_admins_admits_only_who_proved_to_be_one() {
        let link = link(LinkKind::Token, &["it@acme.example"]);
        let confirmed = |raw| Admin::Confirmed { email: email(raw), at: NOW };
        let admits = |admin: Option<Admin>| Admission::Named.admits(&link, admin.as_ref());
        assert!(admits(Some(confirmed("IT@acme.example"))));
        assert!(!admits(Some(confirmed("other@acme.example"))));
        assert!(!admits(Some(Admin::Stated(email("it@acme.example")))));
        assert!(!admits(None));
    }

    #[test]
    fn without_names_a_proof_is_needed_only_where_it_is_asked_for() {
        let link = link(LinkKind::Token, &[]);
        let stated = Admin::Stated(email("a@b.example"));
        let confirmed = Admin::Confirmed { email: email("a@b.example"), at: NOW };
        assert!(Admission::Confirmed.admits(&link, Some(&confirmed)));
        assert!(
            !Admission::Confirmed.admits(&link, Some(&stated)) && !Admission::Confirmed.admits(&link, None)
        );
        assert!(Admission::Stated.admits(&link, Some(&stated)) && Admission::Stated.admits(&link, None));
        assert!(Admission::SignedIn.admits(&link, None));
    }
}
