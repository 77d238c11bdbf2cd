//! The catalogue as its users see it, on the files it ships and on files that are wrong.

mod files;
mod loader_rules;
mod picker;
mod setbacks;
mod traces;
mod walkthroughs;
