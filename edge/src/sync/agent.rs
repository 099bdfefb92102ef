//! The agent: drives the session with the hub, one exchange at a time, while the edge runs.
//!
//! What to say next is the session's decision and what was said is the replica's; nothing about
//! "still to send" lives here, so a restart anywhere loses nothing.

use std::time::Duration;

use counterpart_daemon::db::DbError;
use counterpart_daemon::entropy::random_bytes;
use counterpart_daemon::replica::{FeedWatch, Heard, Recovering, ReplicaFailed, UpState};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    EdgeSession, FeedHead, Phase, Reply, ShortTalk, Step, Trouble, WithHashes,
};
use tokio_util::sync::CancellationToken;

use super::client::{HubClient, Woken};
use super::comparing::Comparing;
use super::link::Standing;
use super::trouble::HubTrouble;
use crate::context::Context;
use crate::web::STATUS_TOPIC;

/// How long facts gather before they leave together: a live change leaves within 50 ms.
const GATHER: Duration = Duration::from_millis(50);
/// The least time between two wake-up calls that brought nothing.
const PAUSE: Duration = Duration::from_millis(250);
/// How often an idle edge exchanges anyway, so that both sides know how far the clocks are apart
/// and when they last spoke.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// How often an edge the hub will not go on with asks again: a person may have helped there.
const ASKS_AGAIN: Duration = Duration::from_secs(600);

/// What one turn of the agent did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What comes next.
    pub next: Step,
    /// How many of our records went out.
    pub sent: usize,
    /// How many of the hub's came in.
    pub received: usize,
    /// Why it came to nothing.
    pub trouble: Option<HubTrouble>,
}

/// The agent of one edge.
pub struct Agent {
    context: Context,
    hub: HubClient,
    session: EdgeSession,
    /// How far we hold the hub's feed, by its last answer.
    held: Option<FeedHead>,
    /// Whether the hub reads exchanges in short.
    talk: ShortTalk,
    comparing: Comparing,
}

impl Agent {
    /// Makes the agent; nothing is said before [`Agent::run_once`].
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn new(context: Context, hub: HubClient) -> Result<Self, DbError> {
        context
            .link()
            .certificate_ends(hub.certificate_ends_at_ms());
        let session = session(&context).await?;
        Ok(Self {
            context,
            hub,
            session,
            held: None,
            talk: ShortTalk::default(),
            comparing: Comparing::default(),
        })
    }

    /// Speaks with the hub until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut local = self.context.replica().watch_feed(EdgeNumber::HUB);
        let mut next = self.session.exchange();
        loop {
            if matches!(next, Step::Exchange { .. }) {
                // What is written from here on is news after this exchange.
                local.mark_unchanged();
            }
            let turn = self.follow(next, &mut local);
            match stop.run_until_cancelled(turn).await {
                Some(step) => next = step,
                None => return,
            }
        }
    }

    /// Makes one exchange and takes its answer in.
    pub async fn run_once(&mut self) -> Progress {
        let Step::Exchange {
            after_seq,
            with_hashes,
        } = self.session.exchange()
        else {
            return progress(Step::Stop, None);
        };
        match self.recover().await {
            Ok(Some(next)) => return progress(next, None),
            Ok(None) => {}
            Err(trouble) => return progress(self.failed(&trouble), Some(trouble)),
        }
        match self.exchange(after_seq, with_hashes).await {
            Ok((heard, sent)) => {
                metrics::counter!("counterpart_sync_exchanges_total").increment(1);
                self.note(&heard);
                self.tell_forked().await;
                // Records are compared one question at a time, and only when nothing waits.
                let next = match heard.step {
                    Step::Listen => match self.comparing.ask(&self.context, &self.hub).await {
                        true => self.session.exchange(),
                        false => Step::Listen,
                    },
                    step => step,
                };
                Progress {
                    next,
                    sent,
                    received: heard.received,
                    trouble: None,
                }
            }
            Err(trouble) => {
                let next = self.failed(&trouble);
                progress(next, Some(trouble))
            }
        }
    }

    async fn follow(&mut self, step: Step, local: &mut FeedWatch) -> Step {
        match step {
            Step::Exchange { .. } => self.run_once().await.next,
            Step::Listen => self.listen(local).await,
            Step::Wait { ms } => {
                self.pause(Duration::from_millis(ms)).await;
                self.session.exchange()
            }
            Step::Stop => {
                self.pause(ASKS_AGAIN).await;
                match session(&self.context).await {
                    Ok(session) => self.session = session,
                    Err(error) => {
                        tracing::error!(error = %error, "could not read how far the hub is");
                    }
                }
                self.session.exchange()
            }
        }
    }

    /// Waits so long, or until somebody wants the hub asked now.
    async fn pause(&self, long: Duration) {
        tokio::select! {
            () = tokio::time::sleep(long) => {}
            () = self.context.link().asked() => {}
        }
    }

    async fn exchange(
        &mut self,
        after_seq: u64,
        with_hashes: WithHashes,
    ) -> Result<(Heard, usize), HubTrouble> {
        let replica = self.context.replica().clone();
        let short = self.talk.may();
        let asked = self.context.db().write(move |tx| {
            // The hello names our feed, which the first one begins: that is a write.
            let exchange = replica.ask(tx, after_seq, with_hashes)?;
            let before = match short {
                true => replica.told_before(tx, &exchange)?,
                false => Vec::new(),
            };
            Ok((exchange, before))
        });
        let (exchange, before) = asked.await.map_err(own)?;
        let sent = exchange.up.as_ref().map_or(0, |batch| batch.records.len());
        let talk = &mut self.talk;
        let reply = self.hub.exchange(&exchange, &before, talk).await?;
        let heard = self.hear(reply).await?;
        Ok((heard, sent))
    }

    /// Takes an answer in: the hub's records, its word on ours, and the session's next step.
    async fn hear(&mut self, reply: Reply) -> Result<Heard, HubTrouble> {
        self.held = Some(reply.welcome.down);
        let replica = self.context.replica().clone();
        let live = self.context.live().clone();
        let mut session = self.session.clone();
        let heard = self.context.db().write(move |tx| {
            let heard = replica.hear(tx, &mut session, &reply)?;
            // What waits has become less, and the hub was seen.
            tx.on_commit(Box::new(move || live.publish(STATUS_TOPIC)));
            Ok((heard, session))
        });
        let (heard, session) = heard.await.map_err(own)?;
        self.session = session;
        Ok(heard)
    }

    /// While this store's new life recovers: asks the hub once for what earlier lives told, and
    /// returns what comes next. Nothing is exchanged before everything is back.
    async fn recover(&mut self) -> Result<Option<Step>, HubTrouble> {
        let replica = self.context.replica().clone();
        let read = self.context.db().read(move |tx| replica.ask_recovery(tx));
        let Some(asked) = read.await.map_err(own)? else {
            return Ok(None);
        };
        let told = self.hub.recover(&asked).await?;
        let (replica, place) = (
            self.context.replica().clone(),
            self.context.place(None, None),
        );
        let live = self.context.live().clone();
        let heard = self.context.db().write(move |tx| {
            tx.on_commit(Box::new(move || live.publish(STATUS_TOPIC)));
            replica.hear_recovery(tx, place, &told)
        });
        match heard.await.map_err(own)? {
            Recovering::More => Ok(Some(self.session.exchange())),
            Recovering::Ended => {
                tracing::info!("the records of earlier lives are back: promises go on");
                Ok(None)
            }
            Recovering::Renamed(life) => {
                tracing::warn!(%life, "the hub knew this life's number: it goes on under another");
                Ok(Some(self.session.exchange()))
            }
            // What it sold is told all the same, and the hub's answer to that says that it is over.
            Recovering::Fenced(_) => Ok(None),
            Recovering::Ignored => Err(HubTrouble::NoHub(
                "it answered another question than was asked".to_owned(),
            )),
            Recovering::Refused(reason) => Err(HubTrouble::NoHub(format!(
                "the records it handed back cannot be taken: {reason}"
            ))),
        }
    }

    /// Tells the hub that this store found itself behind its own past, so that its console shows
    /// it. The hub's answer is the refusal that is known already.
    async fn tell_forked(&self) {
        let Phase::Stopped(Trouble::Forked(held_seq)) = self.session.phase() else {
            return;
        };
        let (replica, held_seq) = (self.context.replica().clone(), *held_seq);
        let asked = self
            .context
            .db()
            .write(move |tx| replica.ask_as_forked(tx, held_seq));
        match asked.await {
            Ok(exchange) => {
                let whole = &mut ShortTalk::default();
                let told = self.hub.exchange(&exchange, &[], whole).await;
                if let Ok(_) | Err(HubTrouble::Refused(_)) = told {
                    tracing::warn!(held_seq, "told the hub that this store lost its past");
                }
            }
            Err(error) => tracing::error!(error = %error, "could not say what was found"),
        }
    }

    /// Tells the pages what an answered exchange found.
    fn note(&self, heard: &Heard) {
        match self.session.phase() {
            Phase::Stopped(trouble) => {
                let trouble = HubTrouble::Refused(trouble.to_string());
                self.context.link().lost(Standing::Stopped, &trouble);
            }
            Phase::Starting | Phase::Connected | Phase::Alone { .. } => {
                let now_ms = self.context.now_ms();
                self.context
                    .link()
                    .connected(now_ms, heard.clock_off_ms, heard.received);
            }
        }
    }

    fn failed(&mut self, trouble: &HubTrouble) -> Step {
        metrics::counter!("counterpart_sync_failures_total").increment(1);
        if let HubTrouble::Refused(sentence) = trouble {
            self.context.link().lost(Standing::Stopped, trouble);
            return self.session.refused(sentence);
        }
        self.context.link().lost(Standing::Alone, trouble);
        let random = u64::from_be_bytes(random_bytes(self.context.entropy().as_ref()));
        self.session.failed(random, trouble.retry_after_ms())
    }

    /// Waits for a local fact, the hub's news or the heartbeat.
    async fn listen(&mut self, local: &mut FeedWatch) -> Step {
        let Some(held) = self.held else {
            return self.session.exchange();
        };
        let heartbeat = tokio::time::sleep(HEARTBEAT);
        tokio::pin!(heartbeat);
        loop {
            tokio::select! {
                changed = local.changed() => {
                    if changed.is_ok() {
                        tokio::time::sleep(GATHER).await;
                    }
                    return self.session.exchange();
                }
                () = &mut heartbeat => return self.session.exchange(),
                woken = self.hub.wake(held) => match woken {
                    Ok(Woken::News) => return self.session.exchange(),
                    // A hub that answers at once must not be asked without pause.
                    Ok(Woken::Quiet) => tokio::time::sleep(PAUSE).await,
                    Err(trouble) => return self.failed(&trouble),
                },
            }
        }
    }
}

/// Tells the pages and the gauge whenever a fact was written or the hub answered, so that the count
/// of what waits is true.
pub async fn publish_waiting(context: Context, stop: CancellationToken) {
    let mut local = context.replica().watch_feed(EdgeNumber::HUB);
    let mut links = context.link().changes();
    let mut waiting = 0;
    loop {
        waiting = waiting_now(&context, waiting).await;
        metrics::gauge!("counterpart_sync_waiting_records").set(f64::from(waiting));
        let woken = async {
            tokio::select! {
                changed = local.changed() => changed.is_ok(),
                changed = links.changed() => changed.is_ok(),
            }
        };
        match stop.run_until_cancelled(woken).await {
            Some(true) => context.live().publish(STATUS_TOPIC),
            Some(false) | None => return,
        }
    }
}

async fn session(context: &Context) -> Result<EdgeSession, DbError> {
    Ok(EdgeSession::new(up_state(context).await?.acked_seq))
}

async fn up_state(context: &Context) -> Result<UpState, DbError> {
    let replica = context.replica().clone();
    let read = context
        .db()
        .read(move |tx| replica.up_state(tx, EdgeNumber::HUB));
    read.await
}

/// Returns how many records wait to be sent; while the database does not answer that is as many as
/// were known `before`, since 0 would say that everything is sent.
async fn waiting_now(context: &Context, before: u32) -> u32 {
    match up_state(context).await {
        Ok(up) => u32::try_from(up.waiting()).unwrap_or(u32::MAX),
        Err(error) => {
            tracing::warn!(error = %error, "could not count what waits for the hub");
            before
        }
    }
}

fn own(failed: ReplicaFailed) -> HubTrouble {
    tracing::error!(error = %failed, "could not prepare or take an exchange");
    HubTrouble::Own(failed.to_string())
}

fn progress(next: Step, trouble: Option<HubTrouble>) -> Progress {
    Progress {
        next,
        sent: 0,
        received: 0,
        trouble,
    }
}
