//! Whatever is killed at whatever moment, a day of sales, orders, picks and handovers ends with
//! every acknowledged thing there once, at the store and at the hub.
//!
//! Programs are killed with `kill -9` in the middle of commands; who asked asks again, under the
//! same key, as tills and channels do.

use std::net::SocketAddr;
use std::time::Duration;

use counterpart_tests::chance::Chance;
use counterpart_tests::goods::Good;
use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::process::{Program, Running};
use counterpart_tests::shop::{Patience, Till};
use counterpart_tests::wait;
use counterpart_tests::world::STORE;

const STEPS: usize = 36;
/// Steps in a hundred in which something is killed.
const KILL_PERCENT: u64 = 40;
/// The longest time from the beginning of such a step to the kill, in microseconds: most steps take
/// less on a quiet machine, so that kills fall into every command and between them.
const KILL_WITHIN_MICROS: u64 = 80_000;
const PIECES: i64 = 60;

/// A program that is killed and started again.
pub(crate) struct Machine {
    /// How it is started.
    pub(crate) program: Program,
    /// It, while it runs.
    pub(crate) running: Option<Running>,
    /// Where it takes edges, if it is a hub.
    pub(crate) sync: Option<SocketAddr>,
}

impl Machine {
    async fn loses_power(&mut self, after: Duration) {
        // Not a wait for anything: this is the moment chance has chosen.
        tokio::time::sleep(after).await;
        self.running.take().unwrap().kill();
        self.running = Some(self.program.start().await);
    }
}

/// An order as its customer knows it.
struct Placed {
    order_id: String,
    digits: String,
    good: usize,
}

/// Everybody's day.
struct Day {
    goods: Vec<Good>,
    till: Till,
    desk: Desk,
    channel: Channel,
    oracle: Oracle,
    placed: Vec<Placed>,
    staged: Vec<Placed>,
    references: usize,
}

impl Day {
    async fn begin(installed: &Installation, other_hubs: &[&str]) -> Self {
        let till = installed.open_till().await;
        let till = till.with_patience(Patience::UntilAnswered);
        let goods = installed.goods.clone();
        let mut oracle = Oracle::new();
        let delivery: Vec<(&Good, i64)> = goods.iter().map(|good| (good, PIECES)).collect();
        till.receive(&mut oracle, &delivery).await;
        let channel = Channel::of(&installed.console().await).patient(other_hubs);
        for good in &goods {
            let promised = || channel.available(good);
            wait::until_seen("rights to reach the hub", promised, |units| *units > 10).await;
        }
        Self {
            desk: Desk::of(&till),
            goods,
            till,
            channel,
            oracle,
            placed: Vec::new(),
            staged: Vec::new(),
            references: 0,
        }
    }

    /// Does one thing that chance has chosen: `what` is below 100, `good` one of the goods.
    async fn step(&mut self, what: u64, good: usize) {
        match what {
            0..35 => {
                let basket = [(&self.goods[good], 1)];
                self.till.sell(&mut self.oracle, &basket).await;
            }
            35..65 => self.place(good).await,
            65..85 => self.prepare().await,
            _ => self.hand_over().await,
        }
    }

    async fn place(&mut self, good: usize) {
        self.references += 1;
        let reference = format!("W-{}", self.references);
        let draft = Channel::draft(&reference, STORE, &[(&self.goods[good], 1)]);
        let order_id = self.channel.place(&draft).await.unwrap();
        let told = self.channel.told(&order_id).await;
        self.placed.push(Placed {
            order_id,
            digits: told.digits,
            good,
        });
    }

    async fn prepare(&mut self) {
        let Some(order) = self.placed.pop() else {
            return;
        };
        let pickup = self.desk.has(&order.order_id, "to_do").await;
        let goods = [(&self.goods[order.good], 1)];
        self.desk.prepare(&pickup, &goods, "A-1").await;
        self.staged.push(order);
    }

    async fn hand_over(&mut self) {
        let Some(order) = self.staged.pop() else {
            return;
        };
        let pickup = self.desk.has(&order.order_id, "ready").await;
        let digits = &order.digits;
        let handed = self.desk.hand_over_to_digits(&pickup, digits).await;
        handed.unwrap_or_else(|error| panic!("it is not handed over: {error}"));
        let pieces = vec![(self.goods[order.good].sku.clone(), 1)];
        self.oracle.handed_over(&order.order_id, pieces);
        let again = self.desk.hand_over_to_digits(&pickup, digits).await;
        let again = again.unwrap_err().problem();
        assert!(again.kind.ends_with(":handed_over_already"), "{again:?}");
    }

    /// Finishes every order, and looks whether everything is there once.
    async fn ends(mut self, installed: &Installation) {
        while !self.placed.is_empty() {
            self.prepare().await;
        }
        while !self.staged.is_empty() {
            self.hand_over().await;
        }
        self.oracle
            .agrees_with("the edge", &self.till.seen(&self.oracle).await);
        self.oracle.receipts_are_gap_free();
        let console = installed.console().await;
        console.has_everything(STORE, &self.oracle).await;
        let captured = self.channel.captured().await;
        assert_eq!(captured.len(), self.references, "{captured:?}");
        assert!(captured.values().all(|times| *times == 1), "{captured:?}");
    }
}

/// A day in which chance kills one of `machines` again and again. With several hubs the line leads
/// to one that lives, as a name or a balancer does.
pub(crate) async fn a_day_of_kills(
    installed: &Installation,
    machines: &mut [Machine],
    other_hubs: &[&str],
    mut chance: Chance,
) {
    let mut day = Day::begin(installed, other_hubs).await;
    let mut kills = 0;
    for _ in 0..STEPS {
        let what = chance.below(100);
        let good = usize::try_from(chance.below(3)).unwrap();
        if !chance.happens(KILL_PERCENT) {
            day.step(what, good).await;
            continue;
        }
        kills += 1;
        let count = u64::try_from(machines.len()).unwrap();
        let victim = usize::try_from(chance.below(count)).unwrap();
        let after = Duration::from_micros(chance.below(KILL_WITHIN_MICROS));
        let lives = (0..machines.len()).filter(|at| *at != victim);
        let leads_to = lives.filter_map(|at| machines[at].sync).next();
        let killing = async {
            machines[victim].loses_power(after).await;
        };
        // The store hears of it by the connection that breaks, and meets the other hub then.
        if let Some(sync) = leads_to {
            installed.line.lead_to(sync);
        }
        tokio::join!(day.step(what, good), killing);
    }
    assert!(kills > STEPS / 5, "only {kills} kills");
    day.ends(installed).await;
    installed.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_at_whatever_moment_everything_is_there_once_in_the_end() {
    let (installed, hub, edge) = Installation::begin_on(crate::ENGINE.database(), 3).await;
    let mut machines = [
        Machine {
            program: installed.hub.clone(),
            running: Some(hub),
            sync: Some(installed.hub_sync()),
        },
        Machine {
            program: installed.edge.clone(),
            running: Some(edge),
            sync: None,
        },
    ];
    let chance = Chance::of("everything is restarted", 11);
    a_day_of_kills(&installed, &mut machines, &[], chance).await;
    for machine in machines {
        assert!(machine.running.unwrap().stop().await.success());
    }
}
