//! The questions of the command line, the same at a store and at the hub.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

use clap::{Args, Subcommand};
use counterpart_protocol::ids::EdgeNumber;
use serde::Serialize;
use serde_json::Value;

use super::super::Replica;
use super::super::feeds::Direction;
use super::super::quarantine::Quarantined;
use super::super::record::ReplicaFailed;
use super::{InspectFailed, Named, ReadmitRefused, time};
use crate::db::{Db, DbError};

/// How many records in quarantine are listed.
const LISTED_MAX: u32 = 1_000;

/// What a person may ask of a replica.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Question {
    /// Checks every chain, hash, digest, document and view, and says where it breaks; ends with 0
    /// if everything holds, else with 1
    Verify {
        /// Answers with JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Shows the facts of a document as JSON: who, when, what, under which change
    Inspect {
        /// A journal's segment such as 7/1/0, or order/ and an order's id
        document: String,
    },
    /// Lists the feeds and how far they are held, or the records of one
    Feed(FeedAsked),
    /// Lists the records that were set aside because they could not be used, and why
    Quarantine {
        /// Answers with JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Lets a record that was set aside count after all, if it can be used now: after an upgrade,
    /// say. Nothing else may run on the data folder meanwhile
    Readmit {
        /// The number of the edge that sent it; 0 is the hub
        peer: u32,
        /// The run of its feed
        run: u32,
        /// Its number there
        seq: u64,
    },
}

/// Which records of which feed.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct FeedAsked {
    /// Lists the records exchanged with this edge; 0 is the hub. Without it, the feeds
    #[arg(long)]
    peer: Option<u32>,
    /// Those the peer wrote, instead of those written here
    #[arg(long, requires = "peer")]
    incoming: bool,
    /// The run of the feed [default: the newest]
    #[arg(long, requires = "peer")]
    run: Option<u32>,
    /// Begins after the record with this number
    #[arg(long, requires = "peer", default_value_t = 0)]
    after: u64,
    /// How many records at most
    #[arg(long, requires = "peer", default_value_t = 50)]
    count: u32,
    /// Answers with JSON, for programs
    #[arg(long)]
    json: bool,
}

/// An answer to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What to print.
    pub text: String,
    /// False if a check found something broken.
    pub is_well: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskFailed {
    /// The document.
    #[error(transparent)]
    Inspect(#[from] InspectFailed),
    /// The record that should count.
    #[error(transparent)]
    Readmit(#[from] ReadmitRefused),
    /// There is no such feed.
    #[error("there is no feed {0}: the command feed without --peer lists those there are")]
    NoFeed(String),
    /// The replica.
    #[error(transparent)]
    Replica(#[from] ReplicaFailed),
}

impl From<DbError> for AskFailed {
    fn from(error: DbError) -> Self {
        Self::Replica(error.into())
    }
}

impl Question {
    /// Tells whether the answer changes what is stored, so that a copy will not do.
    #[must_use]
    pub const fn changes(&self) -> bool {
        matches!(self, Self::Readmit { .. })
    }

    /// Answers from a database and the replica in it.
    ///
    /// # Errors
    ///
    /// [`AskFailed`]; nothing was changed.
    pub async fn ask(self, db: &Db, replica: &Replica) -> Result<Told, AskFailed> {
        let replica = replica.clone();
        match self {
            Self::Verify { json } => {
                let found = db.write(move |tx| replica.verify(tx)).await?;
                Ok(Told {
                    is_well: found.is_whole(),
                    ..told(&found, json)
                })
            }
            Self::Inspect { document } => {
                let shown = db.read(move |tx| replica.inspect(tx, &document)).await?;
                Ok(told(&shown, false))
            }
            Self::Feed(FeedAsked {
                peer: None, json, ..
            }) => {
                let feeds = db.read(move |tx| replica.feeds(tx)).await?;
                Ok(told_all(&feeds, json))
            }
            Self::Feed(asked) => records(db, replica, asked).await,
            Self::Quarantine { json } => {
                let aside = db
                    .read(move |tx| replica.quarantined(tx, LISTED_MAX))
                    .await?;
                Ok(match aside.is_empty() && !json {
                    true => Told::well("nothing was set aside".to_owned()),
                    false => told_all(&aside, json),
                })
            }
            Self::Readmit { peer, run, seq } => {
                let peer = EdgeNumber(peer);
                let readmitted = db.write(move |tx| replica.readmit(tx, peer, run, seq));
                Ok(told(&readmitted.await?.to_string(), false))
            }
        }
    }
}

async fn records(db: &Db, replica: Replica, asked: FeedAsked) -> Result<Told, AskFailed> {
    let FeedAsked {
        peer,
        incoming,
        run,
        after,
        count,
        json,
    } = asked;
    let peer = EdgeNumber(peer.unwrap_or(EdgeNumber::HUB.0));
    let direction = match incoming {
        true => Direction::In,
        false => Direction::Out,
    };
    let listed = db.read(move |tx| -> Result<_, AskFailed> {
        let feeds = replica.feeds(tx)?;
        let of_peer = feeds
            .iter()
            .filter(|feed| feed.direction == direction && feed.peer == peer.0)
            .filter(|feed| run.is_none_or(|run| feed.run == run));
        let Some(newest) = of_peer.map(|feed| feed.run).max() else {
            let way = if incoming { "from" } else { "to" };
            return Err(AskFailed::NoFeed(format!("{way} {}", peer.0)));
        };
        Ok(replica.records(tx, (direction, peer, newest), after, count)?)
    });
    Ok(told_all(&listed.await?, json))
}

impl Told {
    /// Prints it on standard output. A reader that has seen enough (`| head`) is no failure.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn print(&self) -> io::Result<()> {
        match writeln!(io::stdout().lock(), "{}", self.text) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed,
        }
    }

    const fn well(text: String) -> Self {
        Self {
            text,
            is_well: true,
        }
    }
}

fn told<T: Serialize + Display>(answer: &T, json: bool) -> Told {
    Told::well(match json {
        true => as_json(answer),
        false => answer.to_string(),
    })
}

fn told_all<T: Serialize + Display>(answers: &[T], json: bool) -> Told {
    if json {
        return Told::well(as_json(&answers));
    }
    let mut text = String::new();
    for answer in answers {
        writeln!(text, "{answer}").expect("a String takes every text");
    }
    Told::well(text.trim_end().to_owned())
}

fn as_json<T: Serialize>(answer: &T) -> String {
    let value: Value = serde_json::to_value(answer).expect("answers have texts for keys");
    format!("{value:#}")
}

impl Display for Quarantined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            direction,
            peer,
            feed,
            seq,
            reason,
            noticed_at_ms,
        } = self;
        let named = Named::of(*direction, *peer, *feed);
        write!(
            f,
            "{named}, record {seq}, {}: {reason}",
            time(*noticed_at_ms)
        )
    }
}
