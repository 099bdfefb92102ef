//! The proof of completeness at the command line: what a store's business days prove.

use anyhow::bail;
use clap::Args;
use counterpart_daemon::clock::SystemClock;
use counterpart_daemon::db::{Db, Tx};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::replica::Told;
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::time::BusinessDate;

use super::examining::{Needs, with_database};
use crate::config::HubConfig;
use crate::days::{self, EdgeDay, ProofJson};
use crate::sync::edges;

/// Whose days are to be proved.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ProofAsked {
    /// The store's short name
    #[arg(long)]
    pub store: StoreId,
    /// The business day, such as 2026-11-23: ends with 0 only if it is sealed, countersigned and
    /// whole. Without it: the days of the store, and 1 if one of them lacks something
    #[arg(long)]
    pub day: Option<BusinessDate>,
    /// How many days at most, the newest
    #[arg(long, default_value_t = 60, conflicts_with = "day")]
    pub days: u32,
    /// Answers with JSON, for programs
    #[arg(long)]
    pub json: bool,
}

/// Proves a store's days, from the database or from a copy while a hub runs.
///
/// # Errors
///
/// When there is no such store here, and those of the database.
pub async fn prove(config: &HubConfig, asked: ProofAsked) -> anyhow::Result<Told> {
    with_database(config, Needs::ACopy, |db| answer(db, asked)).await
}

async fn answer(db: Db, asked: ProofAsked) -> anyhow::Result<Told> {
    let replica = super::replica(&SystemClock::shared(), &OsEntropy::shared());
    let (store, day, limit) = (asked.store.clone(), asked.day, asked.days);
    let read = db.read(move |tx: &mut Tx| {
        let known = edges::of_store(tx, &store)?;
        let edges: Vec<EdgeNumber> = known.iter().map(|edge| edge.number).collect();
        let days = match day {
            Some(day) => days::proof(&replica, tx, &edges, day)?,
            None => days::proof_of_days(&replica, tx, &edges, limit)?,
        };
        Ok::<_, counterpart_daemon::db::DbError>((edges, days))
    });
    let read = read.await;
    db.close().await;
    let (edges, days) = read?;
    if edges.is_empty() {
        bail!(
            "there is no store {} here that was ever enrolled: the console lists the stores",
            asked.store
        );
    }
    Ok(told(&asked, &days))
}

fn told(asked: &ProofAsked, days: &[EdgeDay]) -> Told {
    let is_well = match asked.day {
        Some(_) => !days.is_empty() && days.iter().all(EdgeDay::is_proven),
        None => days.iter().all(EdgeDay::is_whole),
    };
    let text = match (asked.json, asked.day) {
        (true, Some(day)) => json(&ProofJson::of(asked.store.as_str(), day, days)),
        (true, None) => json(&by_day(asked, days)),
        (false, _) => text(asked, days),
    };
    Told { text, is_well }
}

fn text(asked: &ProofAsked, days: &[EdgeDay]) -> String {
    match (days.is_empty(), asked.day) {
        (true, Some(day)) => {
            format!("{day}: nothing of this day has arrived, so nothing is proved")
        }
        (true, None) => "no day of this store has arrived".to_owned(),
        (false, _) => days::days_text(days),
    }
}

/// Puts the servers of one day together; the days come one after the other.
fn by_day(asked: &ProofAsked, days: &[EdgeDay]) -> Vec<ProofJson> {
    let one_day = days.chunk_by(|one, next| one.business_date == next.business_date);
    one_day
        .map(|day| ProofJson::of(asked.store.as_str(), day[0].business_date, day))
        .collect()
}

fn json(answer: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(answer).expect("answers have texts for keys");
    format!("{value:#}")
}
