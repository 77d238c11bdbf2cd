//! Environments: the isolated spaces of a team.

use time::Duration;

use crate::Instant;
use crate::admission::AddressRule;
use crate::brand::{BrandColor, BrandImage, BrandPicture};
use crate::custom_attributes::CustomAttributes;
use crate::custom_host::CustomHosts;
use crate::email::EmailAddress;
use crate::id::{ClientId, EnvironmentId, TeamId};
use crate::intent::Intent;
use crate::readout::Readout;
use crate::redirect_uri::RedirectUri;
use crate::team::Team;
use crate::test_provider::TestProviderRule;
use crate::text::Name;
use crate::url::ReturnUrl;

/// What an environment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvironmentKind {
    /// Trying things out: loopback redirects are fine.
    Sandbox,
    /// Real customers.
    Production,
}

impl EnvironmentKind {
    /// The word in stores and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::Sandbox, Self::Production].into_iter().find(|kind| kind.as_str() == raw)
    }
}

/// Fewest days that attempts to sign in may be kept.
pub const SESSION_DAYS_MIN: u16 = 1;
/// Most days that attempts to sign in may be kept.
pub const SESSION_DAYS_MAX: u16 = 365;
/// How many days attempts to sign in are kept until somebody says otherwise.
pub const SESSION_DAYS_DEFAULT: u16 = 90;

/// The number of days is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be between {SESSION_DAYS_MIN} and {SESSION_DAYS_MAX} days")]
pub struct SessionDaysError;

/// Accepts [`SESSION_DAYS_MIN`] to [`SESSION_DAYS_MAX`] days.
///
/// # Errors
/// When it is fewer or more.
pub fn session_days(days: u16) -> Result<u16, SessionDaysError> {
    if (SESSION_DAYS_MIN..=SESSION_DAYS_MAX).contains(&days) { Ok(days) } else { Err(SessionDaysError) }
}

/// Attempts to sign in that were started before this are not kept any more.
pub fn sessions_kept_from(session_days: u16, now: Instant) -> Instant {
    now - Duration::days(session_days.into())
}

/// Most environments of a team.
pub const ENVIRONMENTS_MAX: usize = 50;

/// An isolated space of a team, with its own keys, redirects, branding and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its id; the one-time-token API calls it project.
    pub id: EnvironmentId,
    /// The team that owns it.
    pub team_id: TeamId,
    /// What it is for.
    pub kind: EnvironmentKind,
    /// Name for the team's people.
    pub name: Name,
    /// Public id that applications send when people sign in.
    pub client_id: ClientId,
    /// Where the portal sends people back to.
    pub redirects: PortalRedirects,
    /// Where sign-ins may send people back to; the first is the default.
    pub redirect_uris: Vec<RedirectUri>,
    /// How the portal presents itself.
    pub branding: Branding,
    /// Whether a connection needs a verified domain before it goes active.
    pub activation: ActivationRule,
    /// How many days attempts to sign in are kept, counted from their start;
    /// [`SESSION_DAYS_MIN`] to [`SESSION_DAYS_MAX`].
    pub session_days: u16,
    /// What is asked of admins whom a link does not name.
    pub addresses: AddressRule,
    /// What profiles carry besides what every profile has.
    pub custom_attributes: CustomAttributes,
    /// Hosts of the vendor's own.
    pub hosts: CustomHosts,
    /// Whether somebody switched the test identity provider off. Production has none either way: see
    /// [`Environment::test_provider()`].
    pub test_provider: TestProviderRule,
    /// When it was made.
    pub created_at: Instant,
}

impl Environment {
    /// A new environment of a team, in which nothing is set yet.
    pub fn new(
        (id, client_id): (EnvironmentId, ClientId),
        team: &Team,
        kind: EnvironmentKind,
        name: Name,
        now: Instant,
    ) -> Self {
        Self {
            id,
            team_id: team.id,
            kind,
            name,
            client_id,
            redirects: PortalRedirects::default(),
            redirect_uris: Vec::new(),
            // The customer knows the vendor, not the vendor's word for an environment.
            branding: Branding { product_name: Some(team.name.clone()), ..Branding::default() },
            activation: ActivationRule::default(),
            session_days: SESSION_DAYS_DEFAULT,
            addresses: AddressRule::default(),
            custom_attributes: CustomAttributes::default(),
            hosts: CustomHosts::default(),
            test_provider: TestProviderRule::default(),
            created_at: now,
        }
    }
}

/// What a connection needs, besides complete provider data, to go active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActivationRule {
    /// Nothing.
    #[default]
    Immediate,
    /// A verified domain of its organization; until then it waits as `validating`.
    VerifiedDomain,
}

/// Where the portal sends people back to, unless their link says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortalRedirects {
    /// "Back to app", and after set-up when nothing more specific exists.
    pub default_return_url: Option<ReturnUrl>,
    /// After set-up, by intent; at most one entry each.
    pub success_urls: Vec<(Intent, ReturnUrl)>,
}

impl PortalRedirects {
    /// Where set-up of an intent ends.
    pub fn success_url(&self, intent: Intent) -> Option<&ReturnUrl> {
        self.success_urls.iter().find(|(of, _)| *of == intent).map(|(_, url)| url)
    }

    /// What can change of them.
    pub fn readout(&self) -> Readout {
        let default = Readout::default()
            .with_some("default_return_url", self.default_return_url.as_ref().map(ReturnUrl::as_str));
        Intent::ALL.into_iter().fold(default, |readout, intent| {
            let url = self.success_url(intent).map(ReturnUrl::as_str);
            readout.with_some(format!("success_url.{}", intent.as_str()), url)
        })
    }
}

/// How the portal presents itself to the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    /// The product's name, shown in the portal and its messages; the environment's name otherwise.
    pub product_name: Option<Name>,
    /// Whom an IT admin may ask.
    pub support_email: Option<EmailAddress>,
    /// The colour of buttons and marks; text on it is chosen for contrast.
    pub color: Option<BrandColor>,
    /// Shown in place of the product's initial at the top of every page; the name stays beside it.
    pub logo: Option<BrandImage>,
    /// The logo where the page is dark; the other one otherwise.
    pub logo_dark: Option<BrandImage>,
    /// The picture for the tile in the provider's console, and for browsers unless there is another.
    pub icon: Option<BrandImage>,
    /// The browser's icon for the pages.
    pub favicon: Option<BrandImage>,
}

impl Branding {
    /// What can change of it. Of pictures it says the sides.
    pub fn readout(&self) -> Readout {
        let words = Readout::default()
            .with_some("product_name", self.product_name.as_ref())
            .with_some("support_email", self.support_email.as_ref())
            .with_some("color", self.color);
        let pictures = [
            ("logo", &self.logo),
            ("logo_dark", &self.logo_dark),
            ("icon", &self.icon),
            ("favicon", &self.favicon),
        ];
        pictures.into_iter().fold(words, |readout, (name, picture)| match picture {
            None => readout,
            Some(picture) => {
                let (width, height) = picture.sides_px();
                readout.with_marked(name, format_args!("{width} × {height}"), picture.as_png())
            }
        })
    }

    /// One of the pictures, if there is one.
    pub fn picture(&self, which: BrandPicture) -> Option<&BrandImage> {
        match which {
            BrandPicture::Logo => self.logo.as_ref(),
            BrandPicture::LogoDark => self.logo_dark.as_ref(),
            BrandPicture::Icon => self.icon.as_ref(),
            BrandPicture::Favicon => self.favicon.as_ref(),
        }
    }
}

impl Environment {
    /// What the team calls it.
    pub fn called(&self) -> Readout {
        Readout::default().with("name", &self.name)
    }

    /// What it is called and which rules it has, beside what is read out of its parts.
    pub fn readout(&self) -> Readout {
        let switched = |on| if on { "on" } else { "off" };
        self.called()
            .with("session_days", self.session_days)
            .with(
                "admin_addresses",
                match self.addresses {
                    AddressRule::Stated => "stated",
                    AddressRule::Confirmed => "confirmed",
                },
            )
            .with("test_provider", switched(self.test_provider == TestProviderRule::On))
    }

    /// What can change of where sign-ins may send people back to: one that is the default.
    pub fn default_redirect_uri(&self) -> Readout {
        Readout::default().with_some(
            "default_redirect_uri",
            RedirectUri::default_of(&self.redirect_uris).map(RedirectUri::as_str),
        )
    }

    /// The name the customer knows: the product's, or the environment's until that is set.
    pub fn display_name(&self) -> &Name {
        self.branding.product_name.as_ref().unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_kept_a_day_to_a_year() {
        for days in [SESSION_DAYS_MIN, SESSION_DAYS_DEFAULT, SESSION_DAYS_MAX] {
            assert_eq!(session_days(days), Ok(days));
        }
        for days in [SESSION_DAYS_MIN - 1, SESSION_DAYS_MAX + 1] {
            assert_eq!(session_days(days), Err(SessionDaysError));
        }
    }
}
