//! The adapter through its port, on real documents and on hostile ones.

mod corpus;
mod okta;
mod support;
