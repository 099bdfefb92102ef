//! Stories of two replicas: an edge that states facts and a hub that takes them in. This file is
//! loaded twice: as `postgres_tests` the hubs keep their data on PostgreSQL, as they may in life.

use std::sync::Arc;

use counterpart_postgres_cluster::Database;
use counterpart_protocol::facts::{Kind, NoticePosted};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{EdgeSession, Exchange, Reply, Step, WithHashes};
use counterpart_protocol::time::BusinessDate;
use tempfile::TempDir;

use super::{
    Answer, Place, Projected, Projection, ProjectionFailed, REPLICA_CAUGHT_UP_MIGRATION_SQL,
    REPLICA_COMPARED_MIGRATION_SQL, REPLICA_COMPARED_RUNS_MIGRATION_SQL,
    REPLICA_DAYS_MIGRATION_SQL, REPLICA_GENERATION_MIGRATION_SQL, REPLICA_LACKING_MIGRATION_SQL,
    REPLICA_MIGRATION_SQL, REPLICA_ORDERS_MIGRATION_SQL, REPLICA_PACKS_MIGRATION_SQL,
    REPLICA_RECOVERY_MIGRATION_SQL, REPLICA_SETTLED_MIGRATION_SQL, REPLICA_UNREAD_MIGRATION_SQL,
    REPLICA_VIEWS_MIGRATION_SQL, REPLICA_WHOLE_MIGRATION_SQL, Replica, ReplicaFailed,
};
use crate::clock::ManualClock;
use crate::db::{Db, DbError, DbOptions, DbPlace, Migration, Tx};
use crate::entropy::SeededEntropy;
use crate::params;

mod caught_up;
mod comparisons;
mod comparisons_whole;
mod days;
mod examine;
mod generation_troubles;
mod generations;
mod hostile;
mod lacking;
mod order_forged;
mod order_hostile;
mod order_processes;
mod order_seeded;
mod order_stories;
mod orders;
mod packing;
mod packing_rot;
mod recovery;
mod recovery_late;
mod recovery_orders;
mod seeded;
mod short;
mod stories;
mod upgrade;

const EDGE: EdgeNumber = EdgeNumber(7);
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "replica",
        sql: REPLICA_MIGRATION_SQL,
    },
    Migration {
        version: 3,
        name: "replica_orders",
        sql: REPLICA_ORDERS_MIGRATION_SQL,
    },
    Migration {
        version: 4,
        name: "view",
        sql: "CREATE TABLE notices (
            edge INTEGER NOT NULL, hlc INTEGER NOT NULL, fact_id BLOB PRIMARY KEY,
            text TEXT NOT NULL) STRICT",
    },
    Migration {
        version: 6,
        name: "replica_recovery",
        sql: REPLICA_RECOVERY_MIGRATION_SQL,
    },
    Migration {
        version: 7,
        name: "timelines",
        sql: "CREATE TABLE timelines (
            document TEXT NOT NULL, place INTEGER NOT NULL, line TEXT NOT NULL,
            PRIMARY KEY (document, place)) STRICT",
    },
    Migration {
        version: 8,
        name: "replica_days",
        sql: REPLICA_DAYS_MIGRATION_SQL,
    },
    Migration {
        version: 9,
        name: "replica_generation",
        sql: REPLICA_GENERATION_MIGRATION_SQL,
    },
    Migration {
        version: 10,
        name: "replica_caught_up",
        sql: REPLICA_CAUGHT_UP_MIGRATION_SQL,
    },
    Migration {
        version: 11,
        name: "replica_views",
        sql: REPLICA_VIEWS_MIGRATION_SQL,
    },
    Migration {
        version: 12,
        name: "replica_settled",
        sql: REPLICA_SETTLED_MIGRATION_SQL,
    },
    Migration {
        version: 13,
        name: "replica_compared",
        sql: REPLICA_COMPARED_MIGRATION_SQL,
    },
    Migration {
        version: 14,
        name: "replica_compared_runs",
        sql: REPLICA_COMPARED_RUNS_MIGRATION_SQL,
    },
    Migration {
        version: 15,
        name: "replica_unread",
        sql: REPLICA_UNREAD_MIGRATION_SQL,
    },
    Migration {
        version: 16,
        name: "replica_lacking",
        sql: REPLICA_LACKING_MIGRATION_SQL,
    },
    Migration {
        version: 17,
        name: "replica_packs",
        sql: REPLICA_PACKS_MIGRATION_SQL,
    },
    Migration {
        version: 18,
        name: "replica_whole",
        sql: REPLICA_WHOLE_MIGRATION_SQL,
    },
];

/// A view that lists notices, cannot use one that says `unusable`, has two bugs, and finds the
/// database busy at one.
struct Notices;

impl Projection for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::NoticePosted]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let notice: NoticePosted = projected.fact.read()?;
        let origin = projected.origin;
        tx.execute(
            "INSERT INTO notices (edge, hlc, fact_id, text) VALUES ($1, $2, $3, $4)",
            params![
                origin.writer.edge.0,
                i64::try_from(projected.fact.header.hlc.0).unwrap(),
                projected.fact.header.id.to_bytes(),
                &notice.text
            ],
        )?;
        match notice.text.as_str() {
            "panics" => panic!("a bug of the view"),
            "breaks a rule of the schema" => tx
                .execute("INSERT INTO notices SELECT * FROM notices", params![])
                .map(|_| ())
                .map_err(ProjectionFailed::from),
            "meets a busy database" => Err(ProjectionFailed::Db(DbError::Busy {
                reason: "too many commands wait",
            })),
            "unusable" => Err(ProjectionFailed::Content("says nothing usable".to_owned())),
            _ => Ok(()),
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        &["notices"]
    }
}

/// The same view in a newer version, which can use every notice.
struct Taught(Notices);

impl Projection for Taught {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn kinds(&self) -> &'static [Kind] {
        self.0.kinds()
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        match self.0.project(tx, projected) {
            Ok(()) | Err(ProjectionFailed::Content(_)) => Ok(()),
            Err(failed) => Err(failed),
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        self.0.tables()
    }
}

/// One node with its own file.
struct Node {
    db: Db,
    replica: Replica,
    clock: Arc<ManualClock>,
    home: Home,
}

/// Where a node's data is: a folder, or a hub's database on a server.
enum Home {
    Folder(TempDir),
    Server(Database),
}

impl Home {
    fn of(edge: EdgeNumber) -> Self {
        match edge == EdgeNumber::HUB && module_path!().contains("postgres") {
            true => Self::Server(Database::create()),
            false => Self::Folder(TempDir::new().unwrap()),
        }
    }

    fn open(&self) -> Db {
        let place = match self {
            Self::Folder(folder) => DbPlace::File(folder.path().join("n.db")),
            Self::Server(database) => DbPlace::Server(database.url().parse().unwrap()),
        };
        let mut options = DbOptions::new("test", place, 0x7e57, MIGRATIONS);
        options.reserve_bytes = 0;
        Db::open(options).unwrap()
    }
}

impl Node {
    fn new(edge: EdgeNumber, seed: u64) -> Self {
        let home = Home::of(edge);
        let clock = ManualClock::starting_at(1_763_890_000_000);
        let db = home.open();
        let entropy = SeededEntropy::shared(seed);
        let replica = Replica::new(
            clock.clone(),
            entropy,
            vec![Box::new(Notices), Box::new(orders::Timelines)],
        );
        let node = Self {
            db,
            replica,
            clock,
            home,
        };
        node.write(move |replica, tx| replica.become_edge(tx, edge).map_err(ReplicaFailed::from));
        node
    }

    /// Stops the process and starts it again on the same file.
    fn restart(&mut self) {
        self.db.close_blocking();
        self.db = self.home.open();
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> T {
        self.try_write(work).unwrap()
    }

    fn try_write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> Result<T, ReplicaFailed> {
        let replica = self.replica.clone();
        self.db.write_blocking(move |tx| work(&replica, tx))
    }

    fn say(&self, peer: EdgeNumber, text: &str) {
        let notice = NoticePosted {
            text: text.to_owned(),
            until_ms: None,
        };
        self.write(move |replica, tx| replica.record(tx, peer, place(), &notice));
    }

    fn notices(&self) -> Vec<(u32, String)> {
        self.write(|_, tx| {
            let rows = tx.query_all(
                "SELECT edge, text FROM notices ORDER BY edge, hlc, fact_id",
                params![],
            )?;
            Ok(rows
                .iter()
                .map(|row| (row.read(0).unwrap(), row.read(1).unwrap()))
                .collect())
        })
    }

    fn waiting(&self) -> u64 {
        self.write(|replica, tx| Ok(replica.up_state(tx, EdgeNumber::HUB)?.waiting()))
    }
}

fn place() -> Place {
    let business_date = BusinessDate::from_days(20_780).unwrap();
    Place {
        business_date,
        register: None,
        staff: None,
    }
}

/// An edge, its hub and the edge's session.
struct Pair {
    edge: Node,
    hub: Node,
    session: EdgeSession,
}

impl Pair {
    fn new() -> Self {
        let (edge, hub) = (Node::new(EDGE, 1), Node::new(EdgeNumber::HUB, 2));
        Self {
            edge,
            hub,
            session: EdgeSession::new(0),
        }
    }

    fn ask(&self, after_seq: u64, with_hashes: WithHashes) -> Exchange {
        self.edge
            .write(move |replica, tx| replica.ask(tx, after_seq, with_hashes))
    }

    fn answer(&self, exchange: Exchange) -> Reply {
        match self
            .hub
            .write(move |replica, tx| replica.answer(tx, EDGE, &exchange))
        {
            Answer::Reply(reply) => reply,
            other => panic!("the hub refused: {other:?}"),
        }
    }

    fn hear(&mut self, reply: &Reply) -> Step {
        let (reply, mut session) = (reply.clone(), self.session.clone());
        let (heard, session) = self.edge.write(move |replica, tx| {
            let heard = replica.hear(tx, &mut session, &reply)?;
            Ok((heard, session))
        });
        self.session = session;
        heard.step
    }

    /// Exchanges until there is nothing left to say, and returns how many round trips it took.
    fn settle(&mut self) -> usize {
        for trips in 1..200 {
            let Step::Exchange {
                after_seq,
                with_hashes,
            } = self.session.exchange()
            else {
                panic!("the session stopped: {:?}", self.session.phase());
            };
            let reply = self.answer(self.ask(after_seq, with_hashes));
            if self.hear(&reply) == Step::Listen {
                return trips;
            }
        }
        panic!("the pair does not settle");
    }
}

fn texts(node: &Node, edge: EdgeNumber) -> Vec<String> {
    node.notices()
        .into_iter()
        .filter(|(at, _)| *at == edge.0)
        .map(|(_, text)| text)
        .collect()
}
