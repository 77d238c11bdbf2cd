//! The documents that are made from code and kept in `docs/`, where they can be read and reviewed.
//!
//! `cargo xtask generate` writes them. That they are current is a test, so that it is checked by the
//! same build as everything else.

use std::path::PathBuf;
use std::process::ExitCode;

use vestibule_catalog::{Catalog, CatalogError};

/// The documents: where each is kept, from the root, and what it says.
fn documents() -> Result<[(&'static str, String); 2], CatalogError> {
    Ok([
        ("docs/providers.md", vestibule_catalog::docs_page(&Catalog::embedded()?)),
        ("docs/openapi.json", vestibule_web::openapi_document() + "\n"),
    ])
}

fn kept_at(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn write_all() -> Result<(), Box<dyn std::error::Error>> {
    for (path, text) in documents()? {
        std::fs::write(kept_at(path), text)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match write_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told when this fails.
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{error}\n"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_in_the_repository_are_what_the_code_makes() {
        for (path, made) in documents().unwrap() {
            let kept = std::fs::read_to_string(kept_at(path)).unwrap_or_default();
            assert!(kept == made, "{path} is stale: run `cargo xtask generate` and commit it");
        }
    }
}
