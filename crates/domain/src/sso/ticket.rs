//! Tickets: a program asks for a test, and a browser begins it at an address that works once.

use crate::sso::authorization::AuthorizationCode;

/// The secret in the address where a test begins. Of the form of a code, since it does the same: it
/// names its attempt, and proves itself by what only its digest is kept of. As a code it is worth
/// nothing: an attempt that waits for a browser has none.
pub type TestTicket = AuthorizationCode;
