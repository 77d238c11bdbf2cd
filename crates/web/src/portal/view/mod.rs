//! Contexts of the portal's templates: what a page shows, already in words and in the order in
//! which it is shown. They know nothing of requests and stores.

pub(crate) mod arrival;
pub(crate) mod attributes;
pub(crate) mod code;
pub(crate) mod connection;
pub(crate) mod drawing;
pub(crate) mod frame;
pub(crate) mod guide;
pub(crate) mod home;
pub(crate) mod picker;
pub(crate) mod renewal;
pub(crate) mod review;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod walkthrough;

#[cfg(test)]
mod tests;

/// Text that no page may let through as markup, for samples.
pub(crate) const HOSTILE: &str = "\"><script>alert('x')</script><b onclick=x>&amp;{{ frame }}\u{202e}";
