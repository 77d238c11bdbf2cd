//! Messages to people: what they say, not how they look.

use crate::Instant;
use crate::address_code::ConfirmationCode;
use crate::certificate_watch::CertificateUse;
use crate::connection::DomainStanding;
use crate::domain_name::DomainName;
use crate::email::EmailAddress;
use crate::id::{EnvironmentId, MessageId, OrganizationId, PortalLinkId};
use crate::intent::Intent;
use crate::language::Language;
use crate::secret::Sealed;
use crate::step_sheet::StepSheet;
use crate::text::Name;
use crate::url::HttpsUrl;

/// A message as it waits in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The environment on whose behalf it is sent.
    pub environment_id: EnvironmentId,
    /// The organization it concerns; none of what is written to members about their accounts.
    pub organization_id: Option<OrganizationId>,
    /// Who gets it.
    pub to: EmailAddress,
    /// What it is about.
    pub kind: MessageKind,
    /// Where it stands.
    pub state: MessageState,
    /// When it was written.
    pub created_at: Instant,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// "Set up … for your organization": carries a portal link.
    Invitation {
        /// The link.
        link_id: PortalLinkId,
        /// The address of the link, token included, sealed under the message's id until it is
        /// sent, then erased: the token's plaintext exists nowhere else.
        sealed_url: Option<Sealed>,
        /// What the link is for.
        intents: Vec<Intent>,
        /// The language to write in.
        language: Language,
        /// When the link stops working.
        expires_at: Instant,
    },
    /// "Your code is …": proves the address it is sent to.
    Code {
        /// The link that is to be opened with it.
        link_id: PortalLinkId,
        /// The digits, sealed under the message's id until it is sent, then erased.
        sealed_code: Option<Sealed>,
        /// The language of the page that asked.
        language: Language,
        /// When the code stops working.
        expires_at: Instant,
    },
    /// "Single sign-on is on".
    Live(LiveNote),
    /// "Could you prepare this in the console?"
    Steps(StepsNote),
    /// "The signing certificate expires in 30 days".
    Expiry(ExpiryNote),
    /// "Choose a new password".
    PasswordReset {
        /// The address of the link, sealed under the message's id until it is sent, then erased.
        sealed_url: Option<Sealed>,
        /// When the link stops working.
        expires_at: Instant,
    },
    /// "Join the team".
    TeamInvitation {
        /// The address of the link, sealed under the message's id until it is sent, then erased.
        sealed_url: Option<Sealed>,
        /// Who invites.
        invited_by: String,
        /// When the link stops working.
        expires_at: Instant,
    },
    /// "Your password was changed".
    Account(AccountChange),
}

/// What changed about how a member signs in: they are told, in case it was not them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// The password.
    Password,
    /// The second factor was switched on.
    SecondFactorOn,
    /// The second factor was switched off, by them or by an admin.
    SecondFactorOff,
    /// A recovery code was used to sign in.
    RecoveryCodeUsed,
}

impl AccountChange {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Password, Self::SecondFactorOn, Self::SecondFactorOff, Self::RecoveryCodeUsed];

    /// The word in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RecoveryCodeUsed => "recovery_code_used",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == raw)
    }
}

/// What is told when a connection goes live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveNote {
    /// Who reads it.
    pub reader: LiveReader,
    /// The connection's name.
    pub connection_name: Name,
    /// Who set it up, if they said so.
    pub set_up_by: Option<EmailAddress>,
    /// Whether people can sign in already, or a domain has to be verified first.
    pub domains: DomainStanding,
    /// The language to write in.
    pub language: Language,
}

/// Who reads that a connection went live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveReader {
    /// The IT admin at the customer.
    Admin,
    /// The vendor's people, at their support address.
    Team,
    /// A member of the vendor's team who asked for it.
    Member,
}

/// What a colleague is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepsNote {
    /// Who asks, if they proved that the address is theirs: nobody writes in another one's name.
    pub from: Option<EmailAddress>,
    /// The steps.
    pub sheet: StepSheet,
    /// The language to write in; the steps are in their own.
    pub language: Language,
}

/// What is told when the certificates of a connection run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryNote {
    /// Who reads it.
    pub reader: LiveReader,
    /// The connection's name.
    pub connection_name: Name,
    /// What they are for.
    pub of: CertificateUse,
    /// When the certificate ends that lasts longest.
    pub expires_at: Instant,
    /// Where the provider's metadata is read every day, if it is; of our own certificates, where the
    /// provider finds our metadata.
    pub metadata_url: Option<HttpsUrl>,
    /// The link by which the reader renews the certificate.
    pub renewal: Option<RenewalLink>,
    /// The language to write in.
    pub language: Language,
}

/// A link in a message, to renew a certificate by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewalLink {
    /// Its address, sealed under the message's id until it is sent, then erased.
    pub sealed_url: Option<Sealed>,
    /// When it stops working.
    pub expires_at: Instant,
}

impl MessageKind {
    /// The same with its secret erased: what is kept of a message that went out or was given up.
    #[must_use]
    pub fn without_secret(self) -> Self {
        match self {
            Self::Invitation { link_id, sealed_url: _, intents, language, expires_at } => {
                Self::Invitation { link_id, sealed_url: None, intents, language, expires_at }
            }
            Self::Code { link_id, sealed_code: _, language, expires_at } => {
                Self::Code { link_id, sealed_code: None, language, expires_at }
            }
            Self::PasswordReset { sealed_url: _, expires_at } => {
                Self::PasswordReset { sealed_url: None, expires_at }
            }
            Self::TeamInvitation { sealed_url: _, invited_by, expires_at } => {
                Self::TeamInvitation { sealed_url: None, invited_by, expires_at }
            }
            Self::Expiry(note) => {
                let renewal = note.renewal.map(|link| RenewalLink { sealed_url: None, ..link });
                Self::Expiry(ExpiryNote { renewal, ..note })
            }
            open @ (Self::Live(_) | Self::Steps(_) | Self::Account(_)) => open,
        }
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// Waiting for a worker.
    Queued,
    /// Handed to the mail server.
    Sent {
        /// When.
        at: Instant,
    },
    /// Given up.
    Failed {
        /// When.
        at: Instant,
    },
}

/// A message with everything that its rendering needs.
#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    /// Its id; the `Message-ID` header is made from it.
    pub id: MessageId,
    /// Who gets it.
    pub to: EmailAddress,
    /// The vendor's name, as the environment shows it.
    pub sender_name: Name,
    /// The domain that it comes from, if the vendor has one of their own.
    pub from_domain: Option<DomainName>,
    /// Whom the reader may ask, if the vendor says so.
    pub support_email: Option<EmailAddress>,
    /// When it was written; the `Date` header.
    pub created_at: Instant,
    /// What it says.
    pub content: OutgoingContent,
}

impl OutgoingMessage {
    /// Who gets the answer of a reader: whoever asked them for something, or else the vendor.
    pub fn reply_to(&self) -> Option<&EmailAddress> {
        match &self.content {
            OutgoingContent::Steps { note: StepsNote { from: Some(from), .. }, .. } => Some(from),
            OutgoingContent::Steps { .. }
            | OutgoingContent::Invitation { .. }
            | OutgoingContent::Code { .. }
            | OutgoingContent::Live { .. }
            | OutgoingContent::Expiry { .. }
            | OutgoingContent::PasswordReset { .. }
            | OutgoingContent::TeamInvitation { .. }
            | OutgoingContent::Account { .. } => self.support_email.as_ref(),
        }
    }
}

/// What a message says.
#[derive(Clone)]
pub enum OutgoingContent {
    /// An invitation to the portal.
    Invitation {
        /// The organization's name.
        organization_name: Name,
        /// The link itself. Secret.
        url: String,
        /// What it is for; empty means everything.
        intents: Vec<Intent>,
        /// The language to write in.
        language: Language,
        /// When it stops working.
        expires_at: Instant,
    },
    /// A code that proves the address it is sent to.
    Code {
        /// The organization's name.
        organization_name: Name,
        /// The code. Secret.
        code: ConfirmationCode,
        /// The language to write in.
        language: Language,
        /// When it stops working.
        expires_at: Instant,
    },
    /// A connection went live.
    Live {
        /// The organization's name.
        organization_name: Name,
        /// What is told.
        note: LiveNote,
    },
    /// The steps of a walkthrough for a colleague.
    Steps {
        /// The organization's name.
        organization_name: Name,
        /// What is sent.
        note: StepsNote,
    },
    /// The certificates of a connection run out.
    Expiry {
        /// The organization's name.
        organization_name: Name,
        /// What is told.
        note: ExpiryNote,
        /// The address of the link to renew it by, if there is one. Secret.
        renewal_url: Option<String>,
    },
    /// A link to choose a new password.
    PasswordReset {
        /// The link itself. Secret.
        url: String,
        /// When it stops working.
        expires_at: Instant,
    },
    /// An invitation to a team.
    TeamInvitation {
        /// Who invites.
        invited_by: String,
        /// The link itself. Secret.
        url: String,
        /// When it stops working.
        expires_at: Instant,
    },
    /// What changed about how a member signs in.
    Account {
        /// What.
        change: AccountChange,
        /// Where the account is looked after.
        account_url: String,
    },
}

impl std::fmt::Debug for OutgoingContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invitation { intents, .. } => write!(f, "Invitation({intents:?}, …)"),
            Self::Code { .. } => f.write_str("Code(…)"),
            Self::Live { note, .. } => write!(f, "Live({:?}, …)", note.reader),
            Self::Steps { .. } => f.write_str("Steps(…)"),
            Self::Expiry { note, .. } => write!(f, "Expiry({:?}, …)", note.reader),
            Self::PasswordReset { .. } => f.write_str("PasswordReset(…)"),
            Self::TeamInvitation { .. } => f.write_str("TeamInvitation(…)"),
            Self::Account { change, .. } => write!(f, "Account({change:?})"),
        }
    }
}
