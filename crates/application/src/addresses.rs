//! Our own addresses: what people click and what identity providers are given.

use vestibule_domain::attention::Need;
use vestibule_domain::brand::{BrandImage, BrandPicture};
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::custom_host::HostPurpose;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::{ConnectionId, EnvironmentId};
use vestibule_domain::notice::Notice;
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::secret::{PasswordResetToken, PortalToken, TeamInvitationToken};
use vestibule_domain::sso::ticket::TestTicket;

/// Builds addresses below the deployment's public URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    public_url: String,
}

impl Addresses {
    /// Takes the public URL, without a slash at its end.
    pub fn new(public_url: &str) -> Self {
        Self { public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// The public URL.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The host of the public URL, without its port, if it is a name.
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.public_url.split_once("://")?;
        let host = rest.split(':').next().unwrap_or(rest);
        (!host.is_empty() && !host.starts_with('[')).then_some(host)
    }

    /// The address of a portal link. Secret: it holds the token.
    pub fn portal_link(&self, token: &PortalToken) -> String {
        format!("{}/portal?token={}", self.public_url, token.expose())
    }

    /// The same on the environment's own host, if it has one. Secret too.
    pub fn portal_link_of(&self, environment: &Environment, token: &PortalToken) -> String {
        match environment.hosts.active(HostPurpose::Portal) {
            Some(host) => format!("https://{host}/portal?token={}", token.expose()),
            None => self.portal_link(token),
        }
    }

    /// Where a picture of an environment is, below any host of the portal. Its name changes with it.
    pub fn picture_path(environment: EnvironmentId, which: BrandPicture, image: &BrandImage) -> String {
        format!("/portal/brand/{environment}/{}", which.file_name(image))
    }

    /// The same on the environment's own host, if it has one.
    pub fn picture_of(&self, environment: &Environment, which: BrandPicture, image: &BrandImage) -> String {
        let path = Self::picture_path(environment.id, which, image);
        match environment.hosts.active(HostPurpose::Portal) {
            Some(host) => format!("https://{host}{path}"),
            None => format!("{}{path}", self.public_url),
        }
    }

    /// Where a member chooses a new password. Secret: it holds the token.
    pub fn password_reset(&self, token: &PasswordResetToken) -> String {
        format!("{}/dashboard/reset/{}", self.public_url, token.expose())
    }

    /// Where an invitation to a team is taken up. Secret: it holds the token.
    pub fn team_invitation(&self, token: &TeamInvitationToken) -> String {
        format!("{}/dashboard/join/{}", self.public_url, token.expose())
    }

    /// Where members look after their accounts.
    pub fn account(&self) -> String {
        format!("{}/dashboard/account", self.public_url)
    }

    /// The page of the dashboard that shows what a digest about an environment tells of.
    pub fn needs(&self, environment: EnvironmentId, notice: Notice) -> String {
        let page = match notice {
            Notice::SetUpStuck => format!("/organizations?need={}", Need::SetUp.as_str()),
            Notice::WebhookUndelivered => "/webhooks".to_owned(),
            // The overview.
            Notice::ConnectionLive | Notice::CertificateExpiry => String::new(),
        };
        format!("{}/dashboard/{environment}{page}", self.public_url)
    }

    /// Where identity providers post SAML responses.
    pub fn acs_url(&self, connection: ConnectionId) -> String {
        format!("{}/sso/saml/{connection}/acs", self.public_url)
    }

    /// Our entity id towards the identity provider of a connection; the metadata document is there
    /// too, as SAML Metadata 2.0, section 4.1, suggests.
    pub fn sp_entity_id(&self, connection: ConnectionId) -> String {
        format!("{}/sso/saml/{connection}/metadata", self.public_url)
    }

    /// Our entity id for a connection, a migrated one included.
    pub fn entity_id_of(&self, connection: &Connection) -> String {
        match &connection.settings {
            ProtocolSettings::Saml(saml) => saml
                .sp_entity_id
                .as_ref()
                .map_or_else(|| self.sp_entity_id(connection.id), |id| id.as_str().to_owned()),
            ProtocolSettings::Oidc(_) => self.sp_entity_id(connection.id),
        }
    }

    /// The assertion consumer address of a connection, a migrated one included.
    pub fn acs_url_of(&self, connection: &Connection) -> String {
        match &connection.settings {
            ProtocolSettings::Saml(saml) => saml
                .acs_url
                .as_ref()
                .map_or_else(|| self.acs_url(connection.id), |url| url.as_str().to_owned()),
            ProtocolSettings::Oidc(_) => self.acs_url(connection.id),
        }
    }

    /// Where a browser begins a test that a program asked for. Secret: it holds the ticket.
    pub fn test_begin(&self, ticket: &TestTicket) -> String {
        format!("{}/sso/test?ticket={}", self.public_url, ticket.expose())
    }

    /// Where such a test ends when nothing else was asked for.
    pub fn test_ended(&self) -> String {
        format!("{}/sso/test/ended", self.public_url)
    }

    /// Where OpenID Connect providers send people back to.
    pub fn oidc_redirect_uri(&self) -> String {
        format!("{}/sso/oidc/callback", self.public_url)
    }

    /// Where a provider sends people of a registration back to: ours, or what a vendor brought along.
    pub fn redirect_uri_of(&self, client: &OidcClient) -> String {
        client.redirect_uri.as_ref().map_or_else(|| self.oidc_redirect_uri(), |uri| uri.as_str().to_owned())
    }

    /// Where the test identity provider is for a connection; all its addresses begin with it.
    pub fn test_provider(&self, connection: ConnectionId) -> String {
        format!("{}/test-idp/{connection}", self.public_url)
    }

    /// Where a sign-in through a connection starts when the identity provider is asked first.
    pub fn login_initiation_uri(&self, connection: ConnectionId) -> String {
        format!("{}/sso/login/{connection}", self.public_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_domain::secret::TOKEN_BYTES;

    #[test]
    fn a_slash_at_the_end_of_the_public_url_changes_nothing() {
        let token = PortalToken::from_random([0; TOKEN_BYTES]);
        for base in ["https://portal.example.com", "https://portal.example.com/"] {
            let link = Addresses::new(base).portal_link(&token);
            assert!(link.starts_with("https://portal.example.com/portal?token=vpt_"), "{link}");
        }
    }
}
