//! Pictures of every page of the portal and the dashboard, light and dark, on a phone and on a desktop:
//! `cargo xtask screenshots [FOLDER [LANGUAGE]]`.
#![expect(clippy::print_stdout, reason = "a program of the command line talks to its terminal")]

use std::path::PathBuf;

use vestibule_tests::browser::{Browser, LOOKS, Scripts, screenshots};
use vestibule_tests::desk::DeskTour;
use vestibule_tests::tour::Tour;

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(screenshots, PathBuf::from);
    let language = std::env::args().nth(2).unwrap_or_else(|| "en".to_owned());
    let tour = Tour::prepare(&language).await;
    let browser = Browser::start(Scripts::On).await;
    let mut pages = 0;
    tour.walk(&browser, async |browser, page| {
        browser.picture_into(&folder, page).await;
        pages += 1;
    })
    .await;
    let desk = DeskTour::prepare().await;
    let admin = Browser::start(Scripts::On).await;
    desk.walk(&browser, &admin, async |browser, page| {
        browser.picture_into(&folder, page).await;
        pages += 1;
    })
    .await;
    println!("{pages} pages in {} looks are in {}", LOOKS.len(), folder.display());
}
