//! The portal as a browser meets it: pages are read, forms are filled and sent.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare has failed it")]

mod after_set_up;
mod arriving;
mod branding;
mod bringing;
mod browser;
mod guarding;
mod idp;
mod managing;
mod picking;
mod proving;
mod renewing;
mod setting_up;
mod speaking;
mod testing;
mod trying;
mod trying_out;
mod world;
mod wrong_inputs;
