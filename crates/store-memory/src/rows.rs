//! What identifies the rows of each table, and what they are looked up by.

use vestibule_domain::Instant;
use vestibule_domain::address_code::AddressCode;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::connection::Connection;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{
    AddressCodeId, ApiKeyId, AuditId, ClientId, ConnectionId, EnvironmentId, EventId, ItContactId, MemberId,
    MemberSessionId, MessageId, OrganizationDomainId, OrganizationId, PortalLinkId, PortalSessionId,
    ProfileId, SigningKeyId, SsoSessionId, TeamId, TeamInvitationId, WebhookAttemptId, WebhookDeliveryId,
    WebhookEndpointId,
};
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::message::Message;
use vestibule_domain::notice::Notice;
use vestibule_domain::organization::{ExternalId, Organization, Slug};
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::portal_link::{LinkKind, LinkState, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::SsoSession;
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::team::{Team, TeamInvitation};
use vestibule_domain::team_trail::TeamEntry;
use vestibule_domain::text::Name;
use vestibule_domain::url::WebhookUrl;
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookEndpoint};

use crate::table::{Row, Tenanted};

/// Tables that are looked up by key alone have this as their index, and no row under it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NoIndex {}

impl Row for Team {
    type Key = TeamId;
    type Index = NoIndex;
    fn key(&self) -> TeamId {
        self.id
    }
    fn indexes(&self) -> Vec<NoIndex> {
        Vec::new()
    }
}

/// What a member is looked up by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MemberIndex {
    Email(EmailAddress),
    Team(TeamId),
}

impl Row for Member {
    type Key = MemberId;
    type Index = MemberIndex;
    fn key(&self) -> MemberId {
        self.id
    }
    fn indexes(&self) -> Vec<MemberIndex> {
        vec![MemberIndex::Email(self.email.clone()), MemberIndex::Team(self.team_id)]
    }
}

/// What a member's visit is looked up by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MemberSessionIndex {
    Digest(SecretDigest),
    Member(MemberId),
}

impl Row for MemberSession {
    type Key = MemberSessionId;
    type Index = MemberSessionIndex;
    fn key(&self) -> MemberSessionId {
        self.id
    }
    fn indexes(&self) -> Vec<MemberSessionIndex> {
        vec![MemberSessionIndex::Digest(self.digest), MemberSessionIndex::Member(self.member_id)]
    }
}

/// The member whose password is set.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ResetIndex(pub(crate) MemberId);

impl Row for PasswordReset {
    type Key = SecretDigest;
    type Index = ResetIndex;
    fn key(&self) -> SecretDigest {
        self.digest
    }
    fn indexes(&self) -> Vec<ResetIndex> {
        vec![ResetIndex(self.member_id)]
    }
}

/// What an invitation to a team is looked up by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum InvitationIndex {
    Digest(SecretDigest),
    Team(TeamId),
    Email(TeamId, EmailAddress),
}

impl Row for TeamInvitation {
    type Key = TeamInvitationId;
    type Index = InvitationIndex;
    fn key(&self) -> TeamInvitationId {
        self.id
    }
    fn indexes(&self) -> Vec<InvitationIndex> {
        vec![
            InvitationIndex::Digest(self.digest),
            InvitationIndex::Team(self.team_id),
            InvitationIndex::Email(self.team_id, self.email.clone()),
        ]
    }
}

/// The team that an entry is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TeamTrailIndex(pub(crate) TeamId);

impl Row for TeamEntry {
    type Key = AuditId;
    type Index = TeamTrailIndex;
    fn key(&self) -> AuditId {
        self.id
    }
    fn indexes(&self) -> Vec<TeamTrailIndex> {
        vec![TeamTrailIndex(self.team_id)]
    }
}

/// What an environment is looked up by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EnvironmentIndex {
    Client(ClientId),
    Team(TeamId),
}

impl Row for Environment {
    type Key = EnvironmentId;
    type Index = EnvironmentIndex;
    fn key(&self) -> EnvironmentId {
        self.id
    }
    fn indexes(&self) -> Vec<EnvironmentIndex> {
        vec![EnvironmentIndex::Client(self.client_id), EnvironmentIndex::Team(self.team_id)]
    }
}

/// A host that is used, and whose it is.
#[derive(Clone)]
pub(crate) struct LiveHost {
    pub(crate) host: DomainName,
    pub(crate) environment_id: EnvironmentId,
}

impl Row for LiveHost {
    type Key = DomainName;
    type Index = EnvironmentId;
    fn key(&self) -> DomainName {
        self.host.clone()
    }
    fn indexes(&self) -> Vec<EnvironmentId> {
        vec![self.environment_id]
    }
}

/// Until when the members of an environment's team were told of something.
#[derive(Clone)]
pub(crate) struct NoticeTold {
    pub(crate) environment_id: EnvironmentId,
    pub(crate) notice: Notice,
    pub(crate) until: Instant,
}

impl Row for NoticeTold {
    type Key = (EnvironmentId, Notice);
    type Index = NoIndex;
    fn key(&self) -> (EnvironmentId, Notice) {
        (self.environment_id, self.notice)
    }
    fn indexes(&self) -> Vec<NoIndex> {
        Vec::new()
    }
}

/// Rows of tenant data, their keys and their indexes.
macro_rules! tenanted {
    ($($row:ty: $key:ty, $index:ident {
        $($variant:ident($($field:ty),+),)+
    } = |$this:ident| $indexes:expr;)*) => {$(
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $index {
            $($variant($($field),+),)+
        }

        impl Row for $row {
            type Key = $key;
            type Index = $index;
            fn key(&self) -> $key {
                self.id
            }
            fn indexes(&self) -> Vec<$index> {
                let $this = self;
                let mut indexes = Vec::new();
                // Each entry is an index that the row always has, or may have.
                indexes.extend($indexes.into_iter().flatten());
                indexes
            }
        }

        impl Tenanted for $row {
            fn environment_id(&self) -> EnvironmentId {
                self.environment_id
            }
        }
    )*};
}

tenanted! {
    ApiKey: ApiKeyId, ApiKeyIndex {
        Environment(EnvironmentId),
        Digest(SecretDigest),
    } = |key| [
        Some(ApiKeyIndex::Environment(key.environment_id)),
        Some(ApiKeyIndex::Digest(key.digest)),
    ];

    Organization: OrganizationId, OrganizationIndex {
        Environment(EnvironmentId),
        Slug(EnvironmentId, Slug),
        ExternalId(EnvironmentId, ExternalId),
        StripeCustomer(EnvironmentId, Name),
    } = |row| {
        let environment = row.environment_id;
        [
            Some(OrganizationIndex::Environment(environment)),
            Some(OrganizationIndex::Slug(environment, row.slug.clone())),
            row.external_id.clone().map(|id| OrganizationIndex::ExternalId(environment, id)),
            row.stripe_customer_id.clone().map(|id| OrganizationIndex::StripeCustomer(environment, id)),
        ]
    };

    OrganizationDomain: OrganizationDomainId, DomainIndex {
        Organization(OrganizationId),
        Domain(EnvironmentId, DomainName),
    } = |row| [
        Some(DomainIndex::Organization(row.organization_id)),
        Some(DomainIndex::Domain(row.environment_id, row.domain.clone())),
    ];

    ItContact: ItContactId, ContactIndex {
        Organization(OrganizationId),
        Email(OrganizationId, EmailAddress),
    } = |row| [
        Some(ContactIndex::Organization(row.organization_id)),
        Some(ContactIndex::Email(row.organization_id, row.email.clone())),
    ];

    PortalLink: PortalLinkId, LinkIndex {
        Organization(OrganizationId),
        Digest(SecretDigest),
        OpenSetup(OrganizationId),
        ExternalUser(OrganizationId, String),
    } = |row| [
        Some(LinkIndex::Organization(row.organization_id)),
        Some(LinkIndex::Digest(row.digest)),
        (row.kind == LinkKind::Setup && row.state == LinkState::Open)
            .then_some(LinkIndex::OpenSetup(row.organization_id)),
        row.external_user_id
            .as_ref()
            .map(|user| LinkIndex::ExternalUser(row.organization_id, user.as_str().to_owned())),
    ];

    PortalSession: PortalSessionId, SessionIndex {
        Organization(OrganizationId),
        Digest(SecretDigest),
        Link(PortalLinkId),
    } = |row| [
        Some(SessionIndex::Organization(row.organization_id)),
        Some(SessionIndex::Digest(row.digest)),
        Some(SessionIndex::Link(row.link_id)),
    ];

    AddressCode: AddressCodeId, CodeIndex {
        Organization(OrganizationId),
        Link(PortalLinkId),
    } = |row| [
        Some(CodeIndex::Organization(row.organization_id)),
        Some(CodeIndex::Link(row.link_id)),
    ];

    Connection: ConnectionId, ConnectionIndex {
        Environment(EnvironmentId),
        Organization(OrganizationId),
        ExternalId(EnvironmentId, ExternalId),
    } = |row| [
        Some(ConnectionIndex::Environment(row.environment_id)),
        Some(ConnectionIndex::Organization(row.organization_id)),
        row.external_id.clone().map(|id| ConnectionIndex::ExternalId(row.environment_id, id)),
    ];

    SsoSession: SsoSessionId, SsoSessionIndex {
        Environment(EnvironmentId),
        Connection(ConnectionId),
    } = |row| [
        Some(SsoSessionIndex::Environment(row.environment_id)),
        Some(SsoSessionIndex::Connection(row.connection_id)),
    ];

    Profile: ProfileId, ProfileIndex {
        Connection(ConnectionId),
        Person(ConnectionId, String),
    } = |row| [
        Some(ProfileIndex::Connection(row.connection_id)),
        Some(ProfileIndex::Person(row.connection_id, row.person.idp_id.clone())),
    ];

    SocialConnection: ConnectionId, SocialIndex {
        Environment(EnvironmentId),
        Provider(EnvironmentId, SocialProvider),
    } = |row| [
        Some(SocialIndex::Environment(row.environment_id)),
        Some(SocialIndex::Provider(row.environment_id, row.provider)),
    ];

    SigningKey: SigningKeyId, SigningKeyIndex {
        Environment(EnvironmentId),
    } = |row| [Some(SigningKeyIndex::Environment(row.environment_id))];

    WebhookEndpoint: WebhookEndpointId, EndpointIndex {
        Environment(EnvironmentId),
        Url(EnvironmentId, WebhookUrl),
    } = |row| [
        Some(EndpointIndex::Environment(row.environment_id)),
        Some(EndpointIndex::Url(row.environment_id, row.url.clone())),
    ];

    WebhookDelivery: WebhookDeliveryId, DeliveryIndex {
        Endpoint(WebhookEndpointId),
        Event(WebhookEndpointId, EventId),
        OfEvent(EventId),
    } = |row| [
        Some(DeliveryIndex::OfEvent(row.event_id)),
        Some(DeliveryIndex::Endpoint(row.endpoint_id)),
        Some(DeliveryIndex::Event(row.endpoint_id, row.event_id)),
    ];

    WebhookAttempt: WebhookAttemptId, AttemptIndex {
        Delivery(WebhookDeliveryId),
    } = |row| [Some(AttemptIndex::Delivery(row.delivery_id))];

    Message: MessageId, MessageIndex {
        Organization(OrganizationId),
    } = |row| [row.organization_id.map(MessageIndex::Organization)];
}
