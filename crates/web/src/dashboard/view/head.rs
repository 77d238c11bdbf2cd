//! What stands above every page of an organization.

use serde::Serialize;

use super::shell::NavView;
use crate::portal::HOSTILE;

/// The organization's name, and the ways to its pages.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OrganizationHead {
    /// Where the list of organizations is.
    pub list_href: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its pages.
    pub tabs: Vec<NavView>,
}

/// A page of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// How far the set-up is: single sign-on, links, domains.
    Overview,
    /// All about its connection.
    Connection,
    /// Its attempts to sign in.
    Sessions,
    /// Its IT contacts.
    Contacts,
    /// What the vendor says of it.
    Settings,
    /// Who did what to it.
    Trail,
}

impl Tab {
    const ALL: [Self; 6] =
        [Self::Overview, Self::Connection, Self::Sessions, Self::Contacts, Self::Settings, Self::Trail];

    fn label(self) -> &'static str {
        match self {
            Self::Overview => "Setup",
            Self::Connection => "Connection",
            Self::Sessions => "Sign-ins",
            Self::Contacts => "IT contacts",
            Self::Settings => "Details",
            Self::Trail => "Audit trail",
        }
    }

    /// Where it is, from where the organization is.
    pub(crate) fn href(self, organization: &str) -> String {
        match self {
            Self::Overview => organization.to_owned(),
            Self::Connection => format!("{organization}/connection"),
            Self::Sessions => format!("{organization}/sessions"),
            Self::Contacts => format!("{organization}/contacts"),
            Self::Settings => format!("{organization}/settings"),
            Self::Trail => format!("{organization}/trail"),
        }
    }
}

impl OrganizationHead {
    /// What stands above one of the pages. `href` is where the organization is.
    pub(crate) fn new(list_href: String, href: &str, id: String, name: String, present: Tab) -> Self {
        let tab = |of: Tab| NavView { label: of.label(), href: of.href(href), current: of == present };
        Self { list_href, id, name, tabs: Tab::ALL.map(tab).into() }
    }
}

/// For the samples of pages.
pub(crate) fn sample(present: Tab) -> OrganizationHead {
    let href = "/dashboard/e/organizations/o";
    let list_href = "/dashboard/e/organizations".to_owned();
    OrganizationHead::new(list_href, href, HOSTILE.to_owned(), HOSTILE.to_owned(), present)
}
