//! What the end to end tests stand on: the real binary as a process, and the parties around it —
//! webhook receivers, identity providers' metadata servers, a mail server, browsers, databases,
//! the real SDKs.
//!
//! Nothing here knows the inside of the service: everything goes over HTTP, standard output,
//! signals and files, as for the people who run it.
#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up must fail the test at once")]
#![expect(clippy::missing_panics_doc, reason = "every helper of a test panics when its scene breaks")]
#![expect(clippy::expect_used, reason = "as for unwrap, with the reason said")]

pub mod admin;
pub mod api;
pub mod authenticator;
pub mod axe;
pub mod binary;
pub mod browser;
pub mod data;
pub mod desk;
pub mod folder;
pub mod html;
pub mod http;
pub mod idp;
pub mod keyboard;
pub mod mailed;
pub mod name_server;
pub mod oidc_idp;
pub mod peer;
pub mod receiver;
pub mod saml_idp;
pub mod sdk;
pub mod server;
pub mod simplesamlphp;
pub mod smtp;
pub mod tour;
pub mod vendor;
pub mod visitor;
pub mod wait;

pub use api::{Answer, Api};
pub use folder::Folder;
pub use server::{Bootstrapped, Server, ServerBuilder};
pub use vendor::Vendor;
