//! Opening a portal page, against a bare handler that answers the same bytes.

use super::{World, landing_page};
use crate::Outcome;
use crate::bare::{Answer, Bare};
use crate::http::{self, Connection};
use crate::load::{Requests, Until, drive};
use crate::postgres::Postgres;
use crate::report::{Pair, Row};
use crate::scale::Scale;
use crate::scratch::Scratch;
use crate::statements::LOOK_UP;

/// The least share of the bare rate.
const BUDGET: f64 = 0.5;

pub(super) async fn measure(
    scale: Scale,
    scratch: &Scratch,
    postgres: &Postgres,
    world: &World,
) -> Outcome<Vec<Row>> {
    println!("Opening pages …");
    let path = landing_page(&world.service, &world.tenant).await?;
    let request = http::get(&path, None);
    let mut connection = Connection::open(world.service.address).await?;
    let answer = connection.ask(&request).await?;
    if answer.status != 200 {
        return Err(format!("the landing page answered {}", answer.status).into());
    }
    let file = scratch.path().join("page.html");
    std::fs::write(&file, answer.body)?;
    let bytes = answer.body.len();
    let file = file.to_str().ok_or("the scratch folder's path is not text")?;
    let bare = Bare::start(&Answer { file, work: None })?;
    let database = postgres.connection_string(world.database);
    let asking = Bare::start(&Answer { file, work: Some((&database, LOOK_UP)) })?;
    let requests = Requests::new(vec![request], 200);
    let (mut rounds, mut bounds) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let answered = drive(bare.address, &requests, Until::round(scale)).await?.rate(scale.round);
        let opened = drive(world.service.address, &requests, Until::round(scale)).await?.rate(scale.round);
        let looked_up = drive(asking.address, &requests, Until::round(scale)).await?.rate(scale.round);
        rounds.push(Pair { measured: opened, against: answered });
        bounds.push(Pair { measured: looked_up, against: answered });
    }
    let what = format!("Opening a portal page of {bytes} bytes, against a bare handler");
    Ok(vec![
        Row::rate(&what, &rounds, BUDGET),
        Row::rate_without_budget("– its bound: the bare handler, looking the link up once", &bounds),
    ])
}
