//! Which steps share a page: one stretch of work in a console.

use std::ops::RangeInclusive;

use vestibule_catalog::Provider;

/// Most steps on a page: more would be a wall of text beside the console.
const STEPS_ON_PAGE_MAX: usize = 4;

/// The address of a step, from 0; one that is not the first of its page stands further down there.
pub(in super::super) fn step_href(provider: &Provider, step: usize) -> String {
    let number = step + 1;
    if *of(provider, step).start() == step {
        page_href(step)
    } else {
        format!("{}#step-{number}", page_href(step))
    }
}

/// The address of the page with a step, from 0, where the page begins.
pub(in super::super) fn page_href(step: usize) -> String {
    format!("/portal/sso/steps/{}", step + 1)
}

/// The steps on the page of a step, from 0: from where something was last brought back up to where
/// that happens next, in even parts if these are many.
pub(super) fn of(provider: &Provider, step: usize) -> RangeInclusive<usize> {
    let brings = |index: &usize| provider.steps.get(*index).is_some_and(|step| !step.collect.is_empty());
    let start = (0..step).rev().find(brings).map_or(0, |before| before + 1);
    let end = (step..provider.steps.len()).find(brings).unwrap_or(provider.steps.len().saturating_sub(1));
    let count = end.saturating_sub(start) + 1;
    let on_page = count.div_ceil(count.div_ceil(STEPS_ON_PAGE_MAX));
    let first = start + (step - start) / on_page * on_page;
    first..=(first + on_page - 1).min(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_catalog::Catalog;

    /// The pages of a walkthrough, as step numbers.
    fn pages(provider: &Provider) -> Vec<(usize, usize)> {
        let mut pages: Vec<_> = (0..provider.steps.len())
            .map(|step| of(provider, step))
            .map(|page| (page.start() + 1, page.end() + 1))
            .collect();
        pages.dedup();
        pages
    }

    #[test]
    fn a_page_goes_on_until_something_is_brought_back() {
        let catalog = Catalog::embedded().unwrap();
        let of = |slug| pages(catalog.find(slug).unwrap());
        assert_eq!(of("okta-saml"), [(1, 4), (5, 7)]);
        assert_eq!(of("okta-oidc"), [(1, 3), (4, 4)]);
        assert_eq!(of("entra-id-oidc"), [(1, 2), (3, 4), (5, 5)]);
        assert_eq!(of("google-workspace-saml"), [(1, 2), (3, 5)]);
        assert_eq!(of("auth0-saml"), [(1, 3), (4, 5)]);
        assert_eq!(of("keycloak-oidc"), [(1, 4)]);
    }

    #[test]
    fn pages_of_every_walkthrough_have_each_step_once_and_ask_at_their_end() {
        for provider in Catalog::embedded().unwrap().providers() {
            let pages = pages(provider);
            let mut next = 1;
            for (first, last) in &pages {
                assert_eq!(*first, next, "{}: {pages:?}", provider.slug);
                assert!((*first..=*last).count() <= STEPS_ON_PAGE_MAX, "{}: {pages:?}", provider.slug);
                let asks = |number: usize| !provider.steps[number - 1].collect.is_empty();
                assert!((*first..*last).all(|number| !asks(number)), "{}: {pages:?}", provider.slug);
                next = last + 1;
            }
            assert_eq!(next, provider.steps.len() + 1, "{}: {pages:?}", provider.slug);
        }
    }

    #[test]
    fn the_address_of_a_step_that_begins_no_page_leads_down_to_it() {
        let catalog = Catalog::embedded().unwrap();
        let okta = catalog.find("okta-saml").unwrap();
        let hrefs: Vec<String> = [0, 2, 4, 6].map(|step| step_href(okta, step)).into();
        assert_eq!(
            hrefs,
            [
                "/portal/sso/steps/1",
                "/portal/sso/steps/3#step-3",
                "/portal/sso/steps/5",
                "/portal/sso/steps/7#step-7",
            ]
        );
    }
}
