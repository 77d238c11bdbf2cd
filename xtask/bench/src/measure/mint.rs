//! Minting a link over HTTP, against one raw INSERT of its row.

use super::World;
use crate::Outcome;
use crate::load::{Until, drive, median};
use crate::postgres::Postgres;
use crate::raw::Raw;
use crate::report::Row;
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
    let (mut minted, mut raw, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for run in (0_u32..).take(scale.rounds) {
        postgres.checkpoint().await?;
        let sample = like_links.drive(postgres, run, Until::round(scale)).await?;
        raw.push(sample.rate(scale.round));
        postgres.checkpoint().await?;
        let sample = drive(world.service.address, &mint, Until::round(scale)).await?;
        minted.push(sample.rate(scale.round));
        postgres.checkpoint().await?;
        let sample = least.drive(postgres, run, Until::round(scale)).await?;
        bare.push(sample.rate(scale.round));
    }
    let (minted, raw, bare) = (median(minted), median(raw), median(bare));
    Ok(vec![
        Row::rate("Minting a link, against one raw INSERT of its row", minted, raw, BUDGET),
        Row::note(
            "– the same against an INSERT of three columns with one key",
            format!("{minted:.0}/s of {bare:.0}/s = {:.0} %", minted / bare * 100.0),
        ),
    ])
}
