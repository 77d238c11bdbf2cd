//! What was done just now: said once, by the page that a form leads to.

use serde::Deserialize;

/// What was done just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// A link was withdrawn.
    LinkRevoked,
    /// A domain was added.
    DomainAdded,
    /// The vendor's word was taken for a domain.
    DomainVouched,
    /// A domain was removed.
    DomainDeleted,
    /// A connection was switched on.
    SwitchedOn,
    /// A connection was switched off.
    SwitchedOff,
    /// A connection was removed.
    ConnectionDeleted,
    /// A form was saved.
    Saved,
    /// An IT contact was added.
    ContactAdded,
    /// An IT contact was removed.
    ContactRemoved,
    /// An IT contact was mailed a link.
    Invited,
    /// A certificate of the provider is trusted.
    CertificateAdded,
    /// A certificate of the provider is not trusted any more.
    CertificateRemoved,
    /// The provider's metadata was read and changed something.
    MetadataChanged,
    /// The provider's metadata was read and says what is known.
    MetadataUnchanged,
    /// Requests are signed from now on.
    SigningBegun,
    /// Requests are signed no more.
    SigningEnded,
    /// The next certificate of ours was made.
    SigningPrepared,
    /// Requests are signed with the next certificate.
    SigningSwitched,
}

impl Done {
    const ALL: [Self; 19] = [
        Self::LinkRevoked,
        Self::DomainAdded,
        Self::DomainVouched,
        Self::DomainDeleted,
        Self::SwitchedOn,
        Self::SwitchedOff,
        Self::ConnectionDeleted,
        Self::Saved,
        Self::ContactAdded,
        Self::ContactRemoved,
        Self::Invited,
        Self::CertificateAdded,
        Self::CertificateRemoved,
        Self::MetadataChanged,
        Self::MetadataUnchanged,
        Self::SigningBegun,
        Self::SigningEnded,
        Self::SigningPrepared,
        Self::SigningSwitched,
    ];

    /// The word for it in addresses.
    fn as_str(self) -> &'static str {
        match self {
            Self::LinkRevoked => "link-revoked",
            Self::DomainAdded => "domain-added",
            Self::DomainVouched => "domain-vouched",
            Self::DomainDeleted => "domain-deleted",
            Self::SwitchedOn => "switched-on",
            Self::SwitchedOff => "switched-off",
            Self::ConnectionDeleted => "connection-deleted",
            Self::Saved => "saved",
            Self::ContactAdded => "contact-added",
            Self::ContactRemoved => "contact-removed",
            Self::Invited => "invited",
            Self::CertificateAdded => "certificate-added",
            Self::CertificateRemoved => "certificate-removed",
            Self::MetadataChanged => "metadata-changed",
            Self::MetadataUnchanged => "metadata-unchanged",
            Self::SigningBegun => "signing-begun",
            Self::SigningEnded => "signing-ended",
            Self::SigningPrepared => "signing-prepared",
            Self::SigningSwitched => "signing-switched",
        }
    }

    /// What the page says.
    fn words(self) -> &'static str {
        match self {
            Self::LinkRevoked => "The link was revoked. Whoever has it sees that it does not work any more.",
            Self::DomainAdded => "The domain was added. It counts once it is proven.",
            Self::DomainVouched => "The domain is verified by your word.",
            Self::DomainDeleted => "The domain was removed.",
            Self::SwitchedOn => "The connection is switched on.",
            Self::SwitchedOff => "The connection is switched off. What was set up stays.",
            Self::ConnectionDeleted => "The connection was deleted.",
            Self::Saved => "Saved.",
            Self::ContactAdded => "The contact was added.",
            Self::ContactRemoved => {
                "The contact was removed. An invitation of theirs does not work any more."
            }
            Self::Invited => "The invitation is on its way.",
            Self::CertificateAdded => "The certificate is trusted from now on.",
            Self::CertificateRemoved => "The certificate is not trusted any more.",
            Self::MetadataChanged => "The metadata was read. It changed the connection: see the audit trail.",
            Self::MetadataUnchanged => "The metadata was read. It says what is known already.",
            Self::SigningBegun => {
                "Requests are signed from now on. Give the provider the certificate below if it checks them."
            }
            Self::SigningEnded => "Requests are not signed any more.",
            Self::SigningPrepared => "The next certificate was made. Nothing is signed with it yet.",
            Self::SigningSwitched => "Requests are signed with the next certificate from now on.",
        }
    }

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
        Done::ALL.into_iter().find(|done| Some(done.as_str()) == self.done.as_deref()).map(Done::words)
    }
}
