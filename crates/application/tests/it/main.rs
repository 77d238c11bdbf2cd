//! The use cases over the in-memory store.

mod portal;
mod support;
