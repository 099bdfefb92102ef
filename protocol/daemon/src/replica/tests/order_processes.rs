//! Several processes of one hub that write one order in one PostgreSQL database.

use std::thread;

use counterpart_postgres_cluster::Database;
use counterpart_protocol::ids::{EdgeNumber, OrderId};

use super::orders::{A, Store, Timelines, order, said, shown};
use super::{MIGRATIONS, place};
use crate::clock::ManualClock;
use crate::db::{Db, DbOptions, DbPlace, Tx};
use crate::entropy::SeededEntropy;
use crate::replica::{Answer, Replica, ReplicaFailed};

/// One process: its own connections, memory and randomness.
struct Process {
    db: Db,
    replica: Replica,
}

impl Process {
    fn start(database: &Database, seed: u64) -> Self {
        let place = DbPlace::Server(database.url().parse().unwrap());
        let clock = ManualClock::starting_at(1_763_890_000_000);
        let entropy = SeededEntropy::shared(seed);
        let process = Self {
            db: Db::open(DbOptions::new("test", place, 0x7e57, MIGRATIONS)).unwrap(),
            replica: Replica::new(clock, entropy, vec![Box::new(Timelines)]),
        };
        process.write(|replica, tx| Ok(replica.become_edge(tx, EdgeNumber::HUB)?));
        process
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> T {
        let replica = self.replica.clone();
        self.db
            .write_blocking(move |tx| work(&replica, tx))
            .unwrap()
    }

    fn state(&self, order: OrderId, text: &str) {
        let body = said(text);
        self.write(move |replica, tx| replica.record_order(tx, order, 1, place(), &body));
    }

    fn lines(&self, order: OrderId) -> Vec<String> {
        let facts = self.write(move |replica, tx| replica.order_facts(tx, order));
        facts.iter().map(shown).collect()
    }

    /// Lets a store exchange with this process until it has nothing left to say or hear.
    fn settle(&self, store: &mut Store) {
        for _ in 0..9 {
            let (exchange, edge) = (store.ask(), store.number);
            let answer = self.write(move |replica, tx| replica.answer(tx, edge, &exchange));
            let Answer::Reply(reply) = answer else {
                panic!("the hub refused: {answer:?}");
            };
            store.hear(&reply);
        }
    }
}

#[test]
fn each_process_goes_on_from_what_the_other_wrote() {
    let database = Database::create();
    let (one, two) = (Process::start(&database, 21), Process::start(&database, 22));
    let mut store = Store::new(A, 1);
    one.state(order(1), "placed");
    two.state(order(1), "allocated");
    one.write(|replica, tx| replica.share_order(tx, order(1), A));
    two.state(order(1), "custody");
    two.settle(&mut store);
    store.node.state(order(1), 1, "picked");
    one.settle(&mut store);
    two.state(order(1), "edited");
    one.state(order(1), "edited again");
    two.settle(&mut store);
    let told = [
        "0/1/1/1 placed",
        "0/1/2/1 allocated",
        "0/1/3/1 custody",
        "7/1/1/1 picked",
        "0/1/4/1 edited",
        "0/1/5/1 edited again",
    ];
    assert_eq!(one.lines(order(1)), told);
    assert_eq!(two.lines(order(1)), told);
    assert_eq!(store.node.lines(order(1)), told);
}

#[test]
fn processes_that_write_at_once_never_write_under_one_key() {
    const EACH: usize = 15;
    let database = Database::create();
    let processes = [21, 22, 23].map(|seed| Process::start(&database, seed));
    processes[0].write(|replica, tx| replica.share_order(tx, order(1), A));
    thread::scope(|scope| {
        for process in &processes {
            scope.spawn(|| {
                for round in 0..EACH {
                    process.state(order(1), &format!("event {round}"));
                    process.state(order(2), &format!("event {round}"));
                }
            });
        }
    });
    let mut store = Store::new(A, 1);
    processes[1].settle(&mut store);
    for process in &processes {
        let lines = process.lines(order(1));
        assert_eq!(lines.len(), 3 * EACH);
        // Each follows all that were there: the writer's sequence counts them all.
        for (seq, line) in (1..).zip(&lines) {
            assert!(line.starts_with(&format!("0/1/{seq}/1 ")), "{line}");
        }
        assert_eq!(lines, store.node.lines(order(1)));
        assert_eq!(process.lines(order(2)).len(), 3 * EACH);
    }
}
