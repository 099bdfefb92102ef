//! Random histories from a seed: facts on both sides, messages lost, repeated and late, commands
//! rolled back, processes restarted. A failure names its seed.

use std::collections::VecDeque;

use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{EdgeSession, Exchange, Reply, Step};

use super::{EDGE, Pair, place, texts};
use crate::entropy::{Entropy, SeededEntropy};
use crate::replica::ReplicaFailed;

/// How many histories are run, of how many events each.
const SEEDS: u64 = 12;
const EVENTS: usize = 120;

/// A pair, the messages on their way, and an oracle: plain lists of what was acknowledged.
struct History {
    pair: Pair,
    chance: SeededEntropy,
    asked: VecDeque<Exchange>,
    replied: VecDeque<Reply>,
    stated_up: Vec<String>,
    stated_down: Vec<String>,
}

impl History {
    fn new(seed: u64) -> Self {
        Self {
            pair: Pair::new(),
            chance: SeededEntropy::new(seed),
            asked: VecDeque::new(),
            replied: VecDeque::new(),
            stated_up: Vec::new(),
            stated_down: Vec::new(),
        }
    }

    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 2];
        self.chance.fill(&mut bytes);
        usize::from(u16::from_be_bytes(bytes)) % limit
    }

    fn step(&mut self, event: usize) {
        match self.below(100) {
            0..30 => {
                let text = format!("up {event}");
                self.pair.edge.say(EdgeNumber::HUB, &text);
                self.stated_up.push(text);
            }
            30..38 => {
                let text = format!("down {event}");
                self.pair.hub.say(EDGE, &text);
                self.stated_down.push(text);
            }
            38..43 => self.undo_a_command(),
            43..65 => {
                if let Step::Exchange {
                    after_seq,
                    with_hashes,
                } = self.pair.session.exchange()
                {
                    let exchange = self.pair.ask(after_seq, with_hashes);
                    self.asked.push_back(exchange);
                }
            }
            65..80 => self.deliver_asked(),
            80..95 => self.deliver_replied(),
            95..98 => {
                self.pair.edge.restart();
                self.pair.session = EdgeSession::new(0);
            }
            _ => self.pair.hub.restart(),
        }
    }

    /// Delivers any of the asked exchanges, which may then be lost, kept for a repeat, or gone.
    fn deliver_asked(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let at = self.below(self.asked.len());
        let exchange = self.asked[at].clone();
        if self.below(4) > 0 {
            self.asked.remove(at);
        }
        let reply = self.pair.answer(exchange);
        if self.below(4) > 0 {
            self.replied.push_back(reply);
        }
    }

    fn deliver_replied(&mut self) {
        if self.replied.is_empty() {
            return;
        }
        let at = self.below(self.replied.len());
        let reply = self.replied[at].clone();
        if self.below(4) > 0 {
            self.replied.remove(at);
        }
        assert_ne!(
            self.pair.hear(&reply),
            Step::Stop,
            "an honest reply stopped the session"
        );
    }

    fn undo_a_command(&self) {
        let undone = self.pair.edge.try_write(|replica, tx| {
            let notice = NoticePosted {
                text: "undone".to_owned(),
                until_ms: None,
            };
            replica.record(tx, EdgeNumber::HUB, place(), &notice)?;
            Err::<(), _>(ReplicaFailed::NoIdentity)
        });
        assert!(undone.is_err());
    }
}

#[test]
fn no_history_loses_doubles_or_reorders_a_fact() {
    for seed in 0..SEEDS {
        let mut history = History::new(seed);
        for event in 0..EVENTS {
            history.step(event);
        }
        history.pair.settle();
        let pair = &history.pair;
        assert_eq!(texts(&pair.hub, EDGE), history.stated_up, "seed {seed}");
        assert_eq!(
            texts(&pair.edge, EdgeNumber::HUB),
            history.stated_down,
            "seed {seed}"
        );
        assert_eq!(pair.edge.notices(), pair.hub.notices(), "seed {seed}");
        assert_eq!(pair.edge.waiting(), 0, "seed {seed}");
    }
}
