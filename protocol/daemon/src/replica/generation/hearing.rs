//! The hub's half: take back what an edge sends, decide what comes next, and serve the edge the run
//! of our feed that it needs.

use std::collections::{BTreeMap, BTreeSet};

use counterpart_protocol::documents::{Actor, ChangeHash};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, OrderId};
use counterpart_protocol::sync::{
    Batch, Exchange, FIRST_GENERATION, FeedHead, FeedId, GenerationTold, HearStep, Hello, RUNS_MAX,
    RunMet, RunSeen, SentBack, Whose, hear_step,
};

use super::super::Replica;
use super::super::answer::edge_holds;
use super::super::batches::own_head;
use super::super::feeds::{Direction, Stream, chain_at, head_of};
use super::super::identity::Identity;
use super::super::record::ReplicaFailed;
use super::super::sender::{Against, Sender};
use super::{HearTrouble, Hearing, state};
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

/// What an edge is served in one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Served {
    /// The run, and how far it goes.
    pub(in super::super) head: FeedHead,
    /// Who wrote it.
    pub(in super::super) actor: Actor,
    /// After which record.
    pub(in super::super) after: u64,
    /// How much of it the edge holds.
    pub(in super::super) held: u64,
    /// What is said of our generation.
    pub(in super::super) told: Option<GenerationTold>,
}

/// An edge at the hub, and both feeds with it.
#[derive(Debug, Clone, Copy)]
struct With {
    edge: EdgeNumber,
    me: Identity,
}

impl With {
    fn stream(&self, whose: Whose) -> Stream {
        let direction = match whose {
            Whose::Hubs => Direction::Out,
            Whose::Edges => Direction::In,
        };
        Stream {
            direction,
            peer: self.edge,
        }
    }

    fn generation(&self) -> u32 {
        self.me.writer.incarnation.0
    }
}

impl Replica {
    /// Decides what an edge is served: our newest run, or, while a restored hub has not everything
    /// back from it, what brings that nearer. A newer generation than ours, if the edge knows one,
    /// comes back as the error: then nothing is served.
    pub(in super::super) fn serve(
        &self,
        tx: &mut Tx,
        me: &Identity,
        edge: EdgeNumber,
        exchange: &Exchange,
    ) -> Result<Result<Served, u32>, ReplicaFailed> {
        let (with, hello) = (With { edge, me: *me }, &exchange.hello);
        let generation = with.generation();
        let met = hello.met.as_ref();
        let met_generation = met.map_or(FIRST_GENERATION, |met| met.generation);
        let hearing = state::hearing(tx, edge)?;
        let is_settled = match generation == FIRST_GENERATION {
            true => hello.down.feed.0 <= generation && met_generation <= generation,
            // It needs no comparing any more, and says so by naming no runs.
            false => {
                met.is_some_and(|met| met.generation == generation && met.runs.is_none())
                    && hearing.is_some_and(|hearing| hearing.is_heard())
            }
        };
        if is_settled {
            return Ok(Ok(self.serve_newest(tx, &with, hello, hearing)?));
        }
        let mut hearing = hearing.unwrap_or(Hearing {
            edge,
            heard_at_ms: None,
            taken: 0,
            trouble: None,
        });
        let parted = match &exchange.back {
            Some(back) if met_generation == generation => {
                self.take_back(tx, &with, hello, back, &mut hearing)?
            }
            Some(_) | None => None,
        };
        let step = match met.is_some_and(|met| met.generation == generation && met.runs.is_none()) {
            true => HearStep::Meet,
            false => hear_step(generation, met_generation, &seen(tx, &with, hello)?),
        };
        let step = parted.map_or(step, HearStep::Forked);
        self.act(tx, &with, hello, step, hearing)
    }

    /// Carries a step out.
    fn act(
        &self,
        tx: &mut Tx,
        with: &With,
        hello: &Hello,
        step: HearStep,
        mut hearing: Hearing,
    ) -> Result<Result<Served, u32>, ReplicaFailed> {
        let asks = match step {
            HearStep::Ask(at) => Some(at),
            _ => None,
        };
        match step {
            HearStep::Even => {
                hearing.heard_at_ms = hearing.heard_at_ms.or(Some(self.now_ms()));
                hearing.trouble = None;
                state::put_hearing(tx, &hearing)?;
                return Ok(Ok(self.serve_newest(tx, with, hello, Some(hearing))?));
            }
            HearStep::Outlived(newer) => {
                hearing.trouble = Some(HearTrouble::Outlived(newer));
                state::put_hearing(tx, &hearing)?;
                return Ok(Err(newer));
            }
            HearStep::Forked(at) => hearing.trouble = Some(HearTrouble::Forked(at.head.seq)),
            // It has something of ours or its own that we lack, whatever was heard before.
            HearStep::Ask(_) => (hearing.heard_at_ms, hearing.trouble) = (None, None),
            HearStep::Meet | HearStep::Give(_) => {}
        }
        state::put_hearing(tx, &hearing)?;
        let outbound = with.stream(Whose::Hubs);
        let feed = match step {
            HearStep::Give(feed) => feed,
            _ => hello.down.feed,
        };
        let row = head_of(tx, outbound, feed)?;
        let head = row.map_or(FeedHead::start(feed), |row| row.head);
        let after = match step {
            HearStep::Give(_) => named(hello, feed),
            // Nothing is sent before it has told what it knows.
            _ => head.seq,
        };
        Ok(Ok(Served {
            head,
            actor: row.map_or(with.me.actor, |row| row.actor),
            after,
            held: named(hello, feed).min(head.seq),
            told: Some(GenerationTold {
                generation: with.generation(),
                heard: false,
                asks,
                settled: Some(false),
            }),
        }))
    }

    /// Serves our newest run.
    fn serve_newest(
        &self,
        tx: &mut Tx,
        with: &With,
        hello: &Hello,
        hearing: Option<Hearing>,
    ) -> Result<Served, DbError> {
        let outbound = with.stream(Whose::Hubs);
        let head = own_head(tx, &with.me, outbound)?;
        let behind = behind(tx, outbound, head, hello.down)?;
        let known = hearing.and_then(|hearing| hearing.trouble);
        if behind.is_some() || known.is_some() {
            if let (Some(HearTrouble::Behind(seq)), None) = (behind, known) {
                tracing::error!(
                    edge.id = with.edge.0,
                    seq,
                    "an edge holds records of ours that we do not have: our data were put back to \
                     an older state"
                );
            }
            let hearing = hearing.unwrap_or(Hearing {
                edge: with.edge,
                heard_at_ms: None,
                taken: 0,
                trouble: None,
            });
            state::put_hearing(
                tx,
                &Hearing {
                    trouble: behind,
                    ..hearing
                },
            )?;
        }
        let generation = with.generation();
        let held = edge_holds(tx, outbound, head, hello.down)?;
        let settled = generation > FIRST_GENERATION && self.unheard(tx)?.is_empty();
        Ok(Served {
            head,
            actor: with.me.actor,
            after: held,
            held,
            told: (generation > FIRST_GENERATION).then_some(GenerationTold {
                generation,
                heard: true,
                asks: None,
                settled: Some(settled),
            }),
        })
    }

    /// Takes records back that a restored hub asked for. Returns the place if both differ there.
    fn take_back(
        &self,
        tx: &mut Tx,
        with: &With,
        hello: &Hello,
        back: &SentBack,
        hearing: &mut Hearing,
    ) -> Result<Option<RunMet>, ReplicaFailed> {
        let RunMet { whose, head: at } = back.at;
        let newest = match whose {
            Whose::Hubs => with.generation(),
            Whose::Edges => hello.incarnation.0,
        };
        let stream = with.stream(whose);
        let row = head_of(tx, stream, at.feed)?;
        let held = row.map_or(FeedHead::start(at.feed), |row| row.head);
        // What is late was for another place, and a newest run is nobody's to send back.
        if at.feed.0 >= newest || at.seq != held.seq {
            return Ok(None);
        }
        if at.chain != held.chain {
            return Ok(Some(back.at));
        }
        let Some(batch) = &back.batch else {
            return Ok(None);
        };
        let sender = Sender {
            peer: match whose {
                Whose::Hubs => EdgeNumber::HUB,
                Whose::Edges => with.edge,
            },
            stream,
            held,
            actor: row.map_or(back.actor, |row| row.actor),
            about: (whose == Whose::Hubs).then_some(with.edge),
            against: Against::SetAside(back.aside.as_deref().unwrap_or(&[])),
            me: with.me,
        };
        let taken = self.take_batch(tx, &sender, batch)?;
        if let Some(refused) = taken.refused {
            tracing::warn!(edge.id = with.edge.0, reason = %refused, "took nothing back");
            return Ok(None);
        }
        hearing.taken += taken.ack.held.seq - held.seq;
        if whose == Whose::Hubs {
            self.read_again(tx, with, batch)?;
        }
        Ok(None)
    }

    /// Makes the edge a reader again of orders that were shared with it after the backup, and sends
    /// it what others wrote into them meanwhile.
    fn read_again(&self, tx: &mut Tx, with: &With, batch: &Batch) -> Result<(), ReplicaFailed> {
        let mut orders: BTreeMap<OrderId, BTreeSet<[u8; 32]>> = BTreeMap::new();
        for record in &batch.records {
            if let Ok(DocumentId::Order(order)) = record.document.parse() {
                let change = ChangeHash::of(&record.change);
                orders.entry(order).or_default().insert(change.0);
            }
        }
        if seeded::has(Bug::ReadersForgotten) {
            return Ok(());
        }
        for (order, changes) in orders {
            self.share_again(tx, &with.me, order, with.edge, &changes)?;
        }
        Ok(())
    }
}

/// Says whether an edge holds more or other records of our newest run than we have: then our data
/// are older than what it was told. A hello that is late never says more than we once had.
fn behind(
    tx: &mut Tx,
    outbound: Stream,
    head: FeedHead,
    says: FeedHead,
) -> Result<Option<HearTrouble>, DbError> {
    if says.feed != head.feed {
        return Ok(None);
    }
    let differs = match says.seq > head.seq {
        true => true,
        false => {
            chain_at(tx, outbound, says.feed, says.seq)?.is_some_and(|chain| chain != says.chain)
        }
    };
    Ok(differs.then_some(HearTrouble::Behind(says.seq)))
}

/// Returns how far an edge says it has one of our runs.
fn named(hello: &Hello, feed: FeedId) -> u64 {
    let named = hello.met.iter().flat_map(|met| met.runs.iter().flatten());
    let named = named
        .filter(|run| run.whose == Whose::Hubs)
        .map(|run| run.head)
        .chain([hello.down]);
    let mut of_feed = named.filter(|head| head.feed == feed);
    of_feed.next().map_or(0, |head| head.seq)
}

/// Puts together what both sides hold of every earlier run.
fn seen(tx: &mut Tx, with: &With, hello: &Hello) -> Result<Vec<RunSeen>, DbError> {
    let limit = u32::try_from(RUNS_MAX).expect("a hundred fits");
    let mut runs: BTreeMap<(Whose, FeedId), (FeedHead, FeedHead)> = BTreeMap::new();
    for (whose, before) in [
        (Whose::Hubs, with.generation()),
        (Whose::Edges, hello.incarnation.0),
    ] {
        for ours in state::runs_before(tx, with.stream(whose), before, limit)? {
            let start = FeedHead::start(ours.feed);
            runs.insert((whose, ours.feed), (ours, start));
        }
    }
    let named = hello.met.iter().flat_map(|met| met.runs.iter().flatten());
    let down = RunMet {
        whose: Whose::Hubs,
        head: hello.down,
    };
    let named = named.copied().chain([down]).take(2 * RUNS_MAX + 1);
    // Our newest run is compared elsewhere; an edge's is resumed where we say.
    let earlier = named.filter(|run| match run.whose {
        Whose::Hubs => run.head.feed.0 != with.generation() && run.head.seq > 0,
        Whose::Edges => run.head.feed.0 < hello.incarnation.0,
    });
    for run in earlier {
        let start = FeedHead::start(run.head.feed);
        let known = runs.entry((run.whose, run.head.feed));
        known.or_insert((start, start)).1 = run.head;
    }
    let mut seen = Vec::with_capacity(runs.len());
    for ((whose, feed), (ours, theirs)) in runs {
        // An edge's own earlier lives may differ while it recovers itself: it mends that.
        let agrees = match whose == Whose::Hubs && theirs.seq <= ours.seq {
            true => chain_at(tx, with.stream(whose), feed, theirs.seq)?
                .map(|chain| chain == theirs.chain),
            false => None,
        };
        seen.push(RunSeen {
            whose,
            ours,
            theirs,
            agrees,
        });
    }
    Ok(seen)
}
