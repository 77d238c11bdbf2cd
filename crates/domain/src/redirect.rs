//! Where the portal sends people when they are done.

use crate::environment::PortalRedirects;
use crate::intent::Intent;
use crate::url::ReturnUrl;

/// How a visit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The set-up of this intent is completed.
    Completed(Intent),
    /// "Back to app" without completing.
    Left,
}

/// The redirects of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkRedirects {
    /// Where "Back to app" leads.
    pub return_url: Option<ReturnUrl>,
    /// Where a completed set-up leads.
    pub success_url: Option<ReturnUrl>,
}

/// The address for an outcome, first that exists; with none the portal stays and says that the
/// page can be closed. Source: DESIGN.md, "Redirect resolution" (docs/architecture.md here).
pub fn resolve<'a>(
    link: &'a LinkRedirects,
    environment: &'a PortalRedirects,
    outcome: Outcome,
) -> Option<&'a ReturnUrl> {
    let default = environment.default_return_url.as_ref();
    match outcome {
        Outcome::Completed(intent) => link
            .success_url
            .as_ref()
            .or(link.return_url.as_ref())
            .or_else(|| environment.success_url(intent))
            .or(default),
        Outcome::Left => link.return_url.as_ref().or(default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::EnvironmentKind;

    #[test]
    fn the_first_that_exists_is_taken() {
        let url = |name: &str| {
            ReturnUrl::parse(&format!("https://{name}.example/"), EnvironmentKind::Production).ok()
        };
        // (link success, link return, environment success for sso, environment default) → completed, left
        let table = [
            (0b1111, Some("link-success"), Some("link-return")),
            (0b0111, Some("link-return"), Some("link-return")),
            (0b0011, Some("env-success"), Some("env-default")),
            (0b0001, Some("env-default"), Some("env-default")),
            (0b0010, Some("env-success"), None),
            (0b1000, Some("link-success"), None),
            (0b1001, Some("link-success"), Some("env-default")),
            (0b1010, Some("link-success"), None),
            (0b0100, Some("link-return"), Some("link-return")),
            (0b0000, None, None),
        ];
        for (bits, completed, left) in table {
            let set = |bit: u8, name: &str| if bits & bit != 0 { url(name) } else { None };
            let link = LinkRedirects {
                success_url: set(0b1000, "link-success"),
                return_url: set(0b0100, "link-return"),
            };
            let environment = PortalRedirects {
                success_urls: set(0b0010, "env-success").map(|u| (Intent::Sso, u)).into_iter().collect(),
                default_return_url: set(0b0001, "env-default"),
            };
            let got = |outcome| resolve(&link, &environment, outcome).cloned();
            assert_eq!(got(Outcome::Completed(Intent::Sso)), completed.and_then(url), "{bits:04b}");
            assert_eq!(got(Outcome::Left), left.and_then(url), "{bits:04b}");
        }
    }

    #[test]
    fn another_intents_success_url_is_not_taken() {
        let url = ReturnUrl::parse("https://a.example/", EnvironmentKind::Production).unwrap();
        let environment =
            PortalRedirects { success_urls: vec![(Intent::Dsync, url)], default_return_url: None };
        assert_eq!(resolve(&LinkRedirects::default(), &environment, Outcome::Completed(Intent::Sso)), None);
    }
}
