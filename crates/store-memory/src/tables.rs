//! All tables, named once.

use vestibule_application::ports::store::AcceptedAssertion;
use vestibule_domain::address_code::AddressCode;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::connection::Connection;
use vestibule_domain::environment::Environment;
use vestibule_domain::event::Event;
use vestibule_domain::it_contact::ItContact;
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::message::Message;
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::portal_link::PortalLink;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::social::SocialConnection;
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::SsoSession;
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::team::{Team, TeamInvitation};
use vestibule_domain::team_trail::TeamEntry;
use vestibule_domain::webhook::{WebhookAttempt, WebhookDelivery, WebhookEndpoint};

use crate::jobs::StoredJob;
use crate::outbox::Placed;
use crate::overview::SetUp;
use crate::replays::Replay;
use crate::rows::{LiveHost, NoticeTold};
use crate::table::Table;

macro_rules! tables {
    ($($name:ident: $row:ty,)*) => {
        /// Everything that is kept.
        #[derive(Default)]
        pub(crate) struct Tables {
            $(pub(crate) $name: Table<$row>,)*
        }

        impl Tables {
            /// Copies what was written since the last commit into the tables that others see.
            pub(crate) fn publish(&mut self, seen: &mut Self) {
                $(self.$name.publish(&mut seen.$name);)*
            }

            /// Puts back what was at the last commit.
            pub(crate) fn undo(&mut self) {
                $(self.$name.undo();)*
            }
        }
    };
}

tables! {
    teams: Team,
    members: Member,
    member_sessions: MemberSession,
    password_resets: PasswordReset,
    team_invitations: TeamInvitation,
    team_trail: TeamEntry,
    environments: Environment,
    live_hosts: LiveHost,
    notices_told: NoticeTold,
    api_keys: ApiKey,
    organizations: Organization,
    domains: OrganizationDomain,
    contacts: ItContact,
    links: PortalLink,
    sessions: PortalSession,
    codes: AddressCode,
    connections: Connection,
    social: SocialConnection,
    sso_sessions: SsoSession,
    profiles: Profile,
    assertions: AcceptedAssertion,
    signing_keys: SigningKey,
    endpoints: WebhookEndpoint,
    deliveries: WebhookDelivery,
    attempts: WebhookAttempt,
    messages: Message,
    events: Placed<Event>,
    audit_trail: Placed<AuditEntry>,
    jobs: StoredJob,
    replays: Replay,
    set_ups: SetUp,
}
