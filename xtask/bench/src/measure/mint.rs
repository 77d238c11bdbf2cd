//! Minting a link over HTTP, against one raw INSERT of its row.

use super::World;
use crate::bare::{Answer, Bare};
use crate::load::{Requests, Until, drive};
use crate::postgres::Postgres;
use crate::raw::Raw;
use crate::report::{Pair, Row};
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::statements::WRITE;
use crate::{Outcome, http};

/// The least share of the raw rate.
const BUDGET: f64 = 0.6;

pub(super) async fn measure(
    scale: Scale,
    scratch: &Scratch,
    postgres: &Postgres,
    world: &World,
) -> Outcome<Vec<Row>> {
    println!("Minting links, and inserting rows …");
    let mint = world.mint();
    // One link must be there for the raw rows to look like.
    drive(world.service.address, &mint, Until::Count(1)).await?;
    let organizations = world.scattered(scale.few - 1).collect();
    let like_links = Raw::like_links(postgres, world.database, organizations).await?;
    let least = Raw::least(postgres, world.database).await?;
    let file = scratch.path().join("link.json");
    std::fs::write(&file, "{}")?;
    let file = file.to_str().ok_or("the scratch folder's path is not text")?;
    let database = postgres.connection_string(world.database);
    let writing = Bare::start(&Answer { file, work: Some((&database, WRITE)) })?;
    let write = Requests::new(vec![http::get("/", None)], 200);
    let (mut of_row, mut of_least, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
    for run in (0_u32..).take(scale.rounds) {
        postgres.checkpoint().await?;
        let raw = like_links.drive(postgres, run, Until::round(scale)).await?.rate(scale.round);
        postgres.checkpoint().await?;
        let minted = drive(world.service.address, &mint, Until::round(scale)).await?.rate(scale.round);
        postgres.checkpoint().await?;
        let bare = least.drive(postgres, run, Until::round(scale)).await?.rate(scale.round);
        postgres.checkpoint().await?;
        let written = drive(writing.address, &write, Until::round(scale)).await?.rate(scale.round);
        bounds.push(Pair { measured: written, against: raw });
        of_row.push(Pair { measured: minted, against: raw });
        of_least.push(Pair { measured: minted, against: bare });
    }
    Ok(vec![
        Row::rate("Minting a link, against one raw INSERT of its row", &of_row, BUDGET),
        Row::rate_without_budget(
            "– its bound: a bare handler, writing the link and its audit entry in one round trip",
            &bounds,
        ),
        Row::rate_without_budget("– the same against an INSERT of three columns with one key", &of_least),
    ])
}
