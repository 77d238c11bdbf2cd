//! Prints one of the documents that are made from code: `cargo xtask generate` keeps them.

use std::io::Write;
use std::process::ExitCode;

use vestibule_catalog::Catalog;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    match document(&name) {
        Ok(text) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(why) => {
            // Nobody is left to be told when this fails.
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::FAILURE
        }
    }
}

fn document(name: &str) -> Result<String, String> {
    match name {
        "providers" => {
            let catalog = Catalog::embedded().map_err(|error| error.to_string())?;
            Ok(vestibule_catalog::docs_page(&catalog))
        }
        _ => Err(format!("there is no document `{name}`")),
    }
}
