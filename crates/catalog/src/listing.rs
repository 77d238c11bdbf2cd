//! The page of the documentation that lists the providers.

use std::fmt::Write as _;

use crate::catalog::Catalog;
use crate::provider::Provider;

/// The Markdown of `docs/providers.md`: every provider with what is known about its facts.
///
/// The same catalogue always gives the same text, so that a check can compare it with the file.
pub fn docs_page(catalog: &Catalog) -> String {
    let providers = catalog.providers();
    let mut page = format!(
        "<!-- Generated from crates/catalog/data; edit the files there. -->\n\
         # Identity providers\n\n\
         {} walkthroughs for {} products, in the order of the picker. A statement that is not verified is \
         never shown as a fact; the files list them. Checked means that somebody walked through the steps \
         in a live console, and when.\n\n\
         | Provider | Slug | Protocol | Connection type | Confidence | Not verified | Checked |\n\
         |---|---|---|---|---|---:|---|\n",
        providers.len(),
        catalog.cards().len(),
    );
    for provider in providers {
        write_row(&mut page, provider);
    }
    page
}

fn write_row(page: &mut String, provider: &Provider) {
    let written = writeln!(
        page,
        "| {} | `{}` | {} | `{}` | {} | {} | {} |",
        provider.name.replace('|', "\\|"),
        provider.slug,
        provider.protocol.title(),
        provider.connection_type,
        provider.confidence.as_str(),
        provider.unverified.len(),
        provider.checked_on.as_deref().unwrap_or("no"),
    );
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}
