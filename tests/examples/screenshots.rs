//! Pictures of every page of the portal, light and dark, on a phone and on a desktop:
//! `cargo xtask screenshots [FOLDER]`.
#![expect(clippy::print_stdout, reason = "a program of the command line talks to its terminal")]

use std::path::PathBuf;

use vestibule_tests::browser::{Browser, LOOKS, Scripts, screenshots};
use vestibule_tests::tour::Tour;

/// The language of the pictures.
const LANGUAGE: &str = "en";

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(screenshots, PathBuf::from);
    let tour = Tour::prepare(LANGUAGE).await;
    let browser = Browser::start(Scripts::On).await;
    let mut pages = 0;
    tour.walk(&browser, async |browser, page| {
        browser.picture_into(&folder, page).await;
        pages += 1;
    })
    .await;
    println!("{pages} pages in {} looks are in {}", LOOKS.len(), folder.display());
}
