//! What surrounds every page of a signed-in member.

use serde::Serialize;
use vestibule_application::ports::store::{EnvironmentLine, MemberVisit};
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::member::MemberRole;

use crate::portal::HOSTILE;

/// The part of the dashboard that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Area {
    /// The environment at a glance.
    Overview,
    /// Customers.
    Organizations,
    /// Attempts to sign in.
    Sessions,
    /// What the vendor is told of.
    Events,
    /// Where they are told.
    Webhooks,
    /// API keys.
    Keys,
    /// What an environment is called, and its ids.
    General,
    /// Where sign-ins may lead.
    Redirects,
    /// With which accounts of their own people sign in.
    Providers,
    /// What profiles carry besides what every profile has.
    Attributes,
    /// Code to begin with.
    Snippets,
    /// Where the portal leads.
    Portal,
    /// How the portal looks.
    Branding,
    /// Hosts of the vendor's own.
    Hosts,
    /// Who did what.
    Trail,
}

/// The tabs, each with the areas behind it: the first is where it leads, and where there are several,
/// the page shows them as its sections.
const TABS: [(&str, &[Area]); 8] = [
    ("Overview", &[Area::Overview]),
    ("Organizations", &[Area::Organizations]),
    ("Sign-ins", &[Area::Sessions]),
    ("Events", &[Area::Events]),
    ("Webhooks", &[Area::Webhooks]),
    ("API keys", &[Area::Keys]),
    (
        "Settings",
        &[
            Area::General,
            Area::Redirects,
            Area::Portal,
            Area::Branding,
            Area::Hosts,
            Area::Providers,
            Area::Attributes,
            Area::Snippets,
        ],
    ),
    ("Audit trail", &[Area::Trail]),
];

impl Area {
    /// The last part of its address.
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Organizations => "organizations",
            Self::Sessions => "sessions",
            Self::Events => "events",
            Self::Webhooks => "webhooks",
            Self::Keys => "keys",
            Self::General => "settings",
            Self::Redirects => "redirects",
            Self::Providers => "providers",
            Self::Attributes => "attributes",
            Self::Snippets => "snippets",
            Self::Portal => "portal",
            Self::Branding => "branding",
            Self::Hosts => "hosts",
            Self::Trail => "trail",
        }
    }

    /// Its name among the sections of a tab.
    fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Organizations => "Organizations",
            Self::Sessions => "Sign-ins",
            Self::Events => "Events",
            Self::Webhooks => "Webhooks",
            Self::Keys => "API keys",
            Self::General => "Environment",
            Self::Redirects => "Redirects",
            Self::Providers => "Sign-in providers",
            Self::Attributes => "Attributes",
            Self::Snippets => "Snippets",
            Self::Portal => "Portal",
            Self::Branding => "Branding",
            Self::Hosts => "Custom domains",
            Self::Trail => "Audit trail",
        }
    }
}

/// What surrounds a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shell {
    /// The team's name.
    pub team: String,
    /// Who is signed in.
    pub member: String,
    /// Whether they are an admin of the team.
    pub admin: bool,
    /// The token of this session's forms.
    pub form_token: String,
    /// The theme's word.
    pub theme: &'static str,
    /// Where the page is.
    pub path: String,
    /// The environment that the page is about.
    pub environment: Option<EnvironmentView>,
    /// All environments of the team.
    pub environments: Vec<EnvironmentView>,
    /// The tabs of the dashboard.
    pub nav: Vec<NavView>,
    /// The sections of the present tab, where it has several.
    pub sections: Vec<NavView>,
}

/// An environment.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EnvironmentView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `sandbox` or `production`.
    pub kind: &'static str,
    /// Where its pages are.
    pub href: String,
    /// Whether the page is about it.
    pub current: bool,
}

/// A tab, or a section of one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct NavView {
    /// Its name.
    pub label: &'static str,
    /// Where it is.
    pub href: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// The tabs where areas have these addresses, and the sections of the tab with this area.
fn navigation(present: Area, href: impl Fn(Area) -> String) -> (Vec<NavView>, Vec<NavView>) {
    let mut tabs = Vec::with_capacity(TABS.len());
    let mut sections = Vec::new();
    for (label, areas) in TABS {
        let current = areas.contains(&present);
        tabs.extend(areas.first().map(|first| NavView { label, href: href(*first), current }));
        if current && areas.len() > 1 {
            let section =
                |area: &Area| NavView { label: area.label(), href: href(*area), current: *area == present };
            sections = areas.iter().map(section).collect();
        }
    }
    (tabs, sections)
}

/// Where an area of an environment is.
pub(crate) fn area_href(environment: EnvironmentId, area: Area) -> String {
    format!("/dashboard/{environment}/{}", area.path())
}

/// A page outside environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The member's own account.
    Account,
    /// The team.
    Team,
    /// The team's environments.
    Environments,
    /// What happened to the team's people. Admins see it.
    TeamTrail,
}

impl Place {
    fn nav(self, role: MemberRole) -> Vec<NavView> {
        let all = [
            ("Account", "/dashboard/account", Self::Account),
            ("Team", "/dashboard/team", Self::Team),
            ("Environments", "/dashboard/environments", Self::Environments),
            ("Audit trail of the team", "/dashboard/team/trail", Self::TeamTrail),
        ];
        let shown = all.into_iter().filter(|(_, _, of)| role == MemberRole::Admin || *of != Self::TeamTrail);
        shown.map(|(label, href, of)| NavView { label, href: href.to_owned(), current: of == self }).collect()
    }
}

impl Shell {
    /// What surrounds a page outside environments.
    pub(crate) fn outside(
        visit: &MemberVisit,
        place: Place,
        form_token: String,
        theme: &'static str,
        path: &str,
    ) -> Self {
        let bare = Self::new(visit, None, Area::Organizations, form_token, theme, path);
        Self { nav: place.nav(visit.member.role), ..bare }
    }

    /// What surrounds a page of a visit.
    pub(crate) fn new(
        visit: &MemberVisit,
        environment: Option<EnvironmentId>,
        area: Area,
        form_token: String,
        theme: &'static str,
        path: &str,
    ) -> Self {
        let view = |line: &EnvironmentLine| EnvironmentView {
            id: line.id.to_string(),
            name: line.name.to_string(),
            kind: line.kind.as_str(),
            href: format!("/dashboard/{}", line.id),
            current: Some(line.id) == environment,
        };
        let environments: Vec<_> = visit.environments.iter().map(view).collect();
        let (nav, sections) = match environment {
            Some(id) => navigation(area, |of| area_href(id, of)),
            None => Default::default(),
        };
        Self {
            team: visit.team.name.to_string(),
            member: visit.member.display_name().to_owned(),
            admin: visit.member.role == MemberRole::Admin,
            form_token,
            theme,
            path: path.to_owned(),
            environment: environments.iter().find(|environment| environment.current).cloned(),
            nav,
            sections,
            environments,
        }
    }
}

/// Shells for the samples of pages.
pub(crate) fn samples() -> [Shell; 2] {
    let environment = |name: &str, kind: EnvironmentKind, current| EnvironmentView {
        id: "environment_01J9ZQK3V0000000000000000A".to_owned(),
        name: name.to_owned(),
        kind: kind.as_str(),
        href: "/dashboard/environment_01J9ZQK3V0000000000000000A".to_owned(),
        current,
    };
    let (nav, _) = navigation(Area::Organizations, |area| format!("/dashboard/e/{}", area.path()));
    let shell = |text: &str, kind| Shell {
        team: text.to_owned(),
        member: text.to_owned(),
        admin: true,
        form_token: text.to_owned(),
        theme: "system",
        path: "/dashboard".to_owned(),
        environment: Some(environment(text, kind, true)),
        environments: vec![
            environment(text, kind, true),
            environment("Other", EnvironmentKind::Production, false),
        ],
        nav: nav.clone(),
        sections: nav.clone(),
    };
    [shell("Acme", EnvironmentKind::Sandbox), shell(HOSTILE, EnvironmentKind::Production)]
}
