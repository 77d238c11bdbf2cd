//! The store contract, kept by the memory store.

use std::process::ExitCode;
use std::sync::Arc;

use vestibule_store_contract::{self as store_contract, World};
use vestibule_store_memory::MemoryStore;

fn main() -> ExitCode {
    store_contract::main("memory", || async { World::new(Arc::new(MemoryStore::new())) })
}
