//! Minting a link over HTTP, against one raw INSERT of its row.

use super::World;
use crate::Outcome;
use crate::load::{Until, drive};
use crate::postgres::Postgres;
use crate::raw::Raw;
use crate::report::{Pair, Row};
use crate::scale::Scale;

/// The least share of the raw rate.
const BUDGET: f64 = 0.6;

pub(super) async fn measure(scale: Scale, postgres: &Postgres, world: &World) -> Outcome<Vec<Row>> {
    println!("Minting links, and inserting rows …");
    let mint = world.mint();
    // One link must be there for the raw rows to look like.
    drive(world.service.address, &mint, Until::Count(1)).await?;
    let organizations = world.scattered(scale.few - 1).collect();
    let like_links = Raw::like_links(postgres, world.database, organizations).await?;
    let least = Raw::least(postgres, world.database).await?;
    let (mut of_row, mut of_least) = (Vec::new(), Vec::new());
    for run in (0_u32..).take(scale.rounds) {
        postgres.checkpoint().await?;
        let raw = like_links.drive(postgres, run, Until::round(scale)).await?.rate(scale.round);
        postgres.checkpoint().await?;
        let minted = drive(world.service.address, &mint, Until::round(scale)).await?.rate(scale.round);
        postgres.checkpoint().await?;
        let bare = least.drive(postgres, run, Until::round(scale)).await?.rate(scale.round);
        of_row.push(Pair { measured: minted, against: raw });
        of_least.push(Pair { measured: minted, against: bare });
    }
    Ok(vec![
        Row::rate("Minting a link, against one raw INSERT of its row", &of_row, BUDGET),
        Row::rate_without_budget("– the same against an INSERT of three columns with one key", &of_least),
    ])
}
