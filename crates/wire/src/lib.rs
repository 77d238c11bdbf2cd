//! (being built)

pub mod stored;
