//! The edge's half: meet a generation of the hub, say what it holds, and send back what is asked.

use counterpart_protocol::sync::{
    FIRST_GENERATION, HubMet, RUNS_MAX, Reply, RunMet, SentBack, Whose, WithHashes,
};

use super::super::Replica;
use super::super::exchange::{DOWN, UP};
use super::super::feeds::{Stream, head_of};
use super::super::identity::Identity;
use super::super::quarantine::verdicts_between;
use super::state::{self, HubKnown};
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

/// What a reply is to an edge that knows a generation of its hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Meeting {
    /// It is of a generation before the one we have met: nothing of it counts.
    Late,
    /// It is of the one we know, and asks nothing new.
    Same,
    /// The hub is another generation, or wants something else: talk on.
    News,
}

fn stream_of(whose: Whose) -> Stream {
    match whose {
        Whose::Hubs => DOWN,
        Whose::Edges => UP,
    }
}

/// Returns what our hello says of the hub's generations; nothing before there was a second one.
pub(in super::super) fn met(tx: &mut Tx, me: &Identity) -> Result<Option<HubMet>, DbError> {
    let Some(known) = state::hub(tx)? else {
        return Ok(None);
    };
    let runs = match known.heard {
        true => None,
        false => {
            let limit = u32::try_from(RUNS_MAX).expect("a hundred fits");
            let mut runs = Vec::new();
            for (whose, before) in [
                (Whose::Hubs, known.generation),
                (Whose::Edges, me.writer.incarnation.0),
            ] {
                let heads = state::runs_before(tx, stream_of(whose), before, limit)?;
                runs.extend(heads.into_iter().map(|head| RunMet { whose, head }));
            }
            Some(runs)
        }
    };
    Ok(Some(HubMet {
        generation: known.generation,
        runs,
    }))
}

impl Replica {
    /// Returns the records the hub asked for last, with the place as we have it.
    pub(in super::super) fn send_back(&self, tx: &mut Tx) -> Result<Option<SentBack>, DbError> {
        let Some(asked) = state::hub(tx)?.and_then(|known| known.asks) else {
            return Ok(None);
        };
        let (whose, feed, seq) = asked;
        let stream = stream_of(whose);
        let (Some(at), Some(row)) = (state::place(tx, stream, asked)?, head_of(tx, stream, feed)?)
        else {
            return Ok(None);
        };
        let batch = self.batch_after(tx, stream, feed, seq, WithHashes::Yes)?;
        let to = seq + batch.as_ref().map_or(0, |one| one.records.len() as u64);
        // What the hub said it judges itself; of ours it is told what it judged once.
        let aside = match whose {
            Whose::Edges => verdicts_between(tx, stream, feed, seq + 1, to)?,
            Whose::Hubs => Vec::new(),
        };
        Ok(Some(SentBack {
            at,
            actor: row.actor,
            batch,
            aside: (!aside.is_empty()).then_some(aside),
        }))
    }
}

impl Meeting {
    /// Takes note of the generation a reply is of and of what it asks.
    pub(in super::super) fn of(tx: &mut Tx, reply: &Reply) -> Result<Self, DbError> {
        let told = reply.welcome.generation;
        let generation = told.map_or(FIRST_GENERATION, |told| told.generation);
        let before = state::hub(tx)?;
        let known = before.map_or(FIRST_GENERATION, |known| known.generation);
        if generation < known && !seeded::has(Bug::OldHubBelieved) {
            return Ok(Self::Late);
        }
        let Some(told) = told.filter(|_| generation >= known) else {
            return Ok(Self::Same);
        };
        let now = HubKnown {
            generation,
            heard: told.heard,
            settled: told.is_settled(),
            asks: told
                .asks
                .map(|asks| (asks.whose, asks.head.feed, asks.head.seq)),
        };
        if before == Some(now) {
            return Ok(Self::Same);
        }
        state::put_hub(tx, &now)?;
        Ok(Self::News)
    }
}
