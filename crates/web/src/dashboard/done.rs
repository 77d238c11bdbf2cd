//! What was done just now: said once, by the page that a form leads to.

use serde::Deserialize;

macro_rules! done {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $words:literal;)*) => {
        /// What was done just now.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Done {
            $($(#[$doc])* $variant,)*
        }

        impl Done {
            const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for it in addresses.
            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What the page says.
            fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }
        }
    };
}

done! {
    /// A link was withdrawn.
    LinkRevoked = "link-revoked",
        "The link was revoked. Whoever has it sees that it does not work any more.";
    /// A domain was added.
    DomainAdded = "domain-added", "The domain was added. It counts once it is proven.";
    /// The vendor's word was taken for a domain.
    DomainVouched = "domain-vouched", "The domain is verified by your word.";
    /// The record of a domain was found.
    DomainProven = "domain-proven", "The record is there: the domain is verified.";
    /// The record of a domain was looked for and not found.
    DomainUnproven = "domain-unproven",
        "We looked just now. The domain is not proven yet: what was found stands beside it.";
    /// The record of a domain was looked for a moment ago.
    DomainJustAsked = "domain-just-asked",
        "We looked a few seconds ago. Give DNS a moment before you look again.";
    /// A domain was removed.
    DomainDeleted = "domain-deleted", "The domain was removed.";
    /// A connection was switched on.
    SwitchedOn = "switched-on", "The connection is switched on.";
    /// A connection was switched off.
    SwitchedOff = "switched-off", "The connection is switched off. What was set up stays.";
    /// A connection was removed.
    ConnectionDeleted = "connection-deleted", "The connection was deleted.";
    /// A form was saved.
    Saved = "saved", "Saved.";
    /// An IT contact was added.
    ContactAdded = "contact-added", "The contact was added.";
    /// An IT contact was removed.
    ContactRemoved = "contact-removed",
        "The contact was removed. An invitation of theirs does not work any more.";
    /// An IT contact was mailed a link.
    Invited = "invited", "The invitation is on its way.";
    /// A certificate of the provider is trusted.
    CertificateAdded = "certificate-added", "The certificate is trusted from now on.";
    /// A certificate of the provider is not trusted any more.
    CertificateRemoved = "certificate-removed", "The certificate is not trusted any more.";
    /// The provider's metadata was read and changed something.
    MetadataChanged = "metadata-changed",
        "The metadata was read. It changed the connection: see the audit trail.";
    /// The provider's metadata was read and says what is known.
    MetadataUnchanged = "metadata-unchanged", "The metadata was read. It says what is known already.";
    /// Requests are signed from now on.
    SigningBegun = "signing-begun",
        "Requests are signed from now on. Give the provider the certificate below if it checks them.";
    /// Requests are signed no more.
    SigningEnded = "signing-ended", "Requests are not signed any more.";
    /// The next certificate of ours was made.
    SigningPrepared = "signing-prepared", "The next certificate was made. Nothing is signed with it yet.";
    /// Requests are signed with the next certificate.
    SigningSwitched = "signing-switched", "Requests are signed with the next certificate from now on.";
    /// Name and mails were saved.
    ProfileSaved = "profile", "Saved.";
    /// The password was changed.
    PasswordChanged = "password", "The password was changed. All your other visits have ended.";
    /// Visits were ended.
    VisitsEnded = "ended", "Ended.";
    /// The second factor was switched off.
    SecondFactorOff = "off", "The second factor is off.";
    /// An invitation was not sent again so soon.
    InvitedJustNow = "too-soon",
        "The invitation was sent a moment ago. Wait a minute before you send it again.";
    /// An invitation to the team was withdrawn.
    InvitationRevoked = "revoked", "The invitation was withdrawn.";
    /// What a member may do was changed.
    RoleChanged = "role", "The role was changed.";
    /// A member was removed.
    MemberRemoved = "removed", "The member was removed.";
    /// A member's second factor was taken away.
    SecondFactorReset = "factor", "The second factor was reset.";
    /// Name and support address of the team were saved.
    TeamSaved = "settings", "Saved.";
}

impl Done {
    /// Where a page says so.
    pub(super) fn after(self, href: &str) -> String {
        format!("{href}?done={}", self.as_str())
    }
}

/// What the address says besides.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shown {
    done: Option<String>,
}

impl Shown {
    /// What was done just now, in words.
    pub(super) fn words(&self) -> Option<&'static str> {
        let done = Done::ALL.iter().find(|done| Some(done.as_str()) == self.done.as_deref());
        done.map(|done| done.words())
    }
}
