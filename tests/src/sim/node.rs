//! One machine of the world: its disk, its database, its replica, its clock.
//!
//! The database is the product's writer without its threads, on the model's disk; the views are
//! those of the slices for sales, stock and rights, at a store or at the hub.

use std::path::Path;
use std::sync::Arc;

use counterpart_daemon::clock::ManualClock;
use counterpart_daemon::db::{DbError, Migration, Solo, Tx};
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::replica::{
    Projection, REPLICA_CAUGHT_UP_MIGRATION_SQL, REPLICA_COMPARED_MIGRATION_SQL,
    REPLICA_COMPARED_RUNS_MIGRATION_SQL, REPLICA_DAYS_MIGRATION_SQL,
    REPLICA_GENERATION_MIGRATION_SQL, REPLICA_LACKING_MIGRATION_SQL, REPLICA_MIGRATION_SQL,
    REPLICA_ORDERS_MIGRATION_SQL, REPLICA_PACKS_MIGRATION_SQL, REPLICA_RECOVERY_MIGRATION_SQL,
    REPLICA_SETTLED_MIGRATION_SQL, REPLICA_UNREAD_MIGRATION_SQL, REPLICA_VIEWS_MIGRATION_SQL,
    REPLICA_WHOLE_MIGRATION_SQL, Replica, ReplicaFailed,
};
use counterpart_daemon::web::live::Live;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::EdgeSession;

use super::dice::Dice;
use super::disk::Disk;
use super::skew::Program;
use super::vfs::{VFS, path_of, register, with_disk};

/// Pages after which the log is copied into the file: few, so that every run has checkpoints.
const CHECKPOINT_PAGES: i64 = 60;
const APPLICATION_ID: u32 = 0x4370_5369;
/// When the world begins: 2025-11-23T09:26:40Z.
pub const BEGIN_MS: i64 = 1_763_890_000_000;

/// The two schemas are versions of the product's own, numbered so that they ascend.
const fn table(version: u32, name: &'static str, sql: &'static str) -> Migration {
    Migration { version, name, sql }
}

const HUB: &[Migration] = &[
    table(1, "replica", REPLICA_MIGRATION_SQL),
    table(
        5,
        "stores",
        include_str!("../../../hub/migrations/0005_stores.sql"),
    ),
    table(
        6,
        "sales",
        include_str!("../../../hub/migrations/0006_sales.sql"),
    ),
    table(
        7,
        "stock",
        include_str!("../../../hub/migrations/0007_stock.sql"),
    ),
    table(10, "replica_orders", REPLICA_ORDERS_MIGRATION_SQL),
    table(
        30,
        "stock_by_fact",
        include_str!("../../../hub/migrations/0030_stock_by_fact.sql"),
    ),
    table(
        31,
        "rights",
        include_str!("../../../hub/migrations/0031_rights.sql"),
    ),
    table(
        76,
        "legal_entities",
        include_str!("../../../hub/migrations/0076_legal_entities.sql"),
    ),
    table(
        77,
        "unsigned_receipts",
        include_str!("../../../hub/migrations/0077_unsigned_receipts.sql"),
    ),
    table(80, "replica_days", REPLICA_DAYS_MIGRATION_SQL),
    table(86, "replica_recovery", REPLICA_RECOVERY_MIGRATION_SQL),
    table(
        91,
        "returns",
        include_str!("../../../hub/migrations/0091_returns.sql"),
    ),
    table(95, "replica_generation", REPLICA_GENERATION_MIGRATION_SQL),
    table(106, "replica_views", REPLICA_VIEWS_MIGRATION_SQL),
    table(
        110,
        "card_tenders",
        include_str!("../../../hub/migrations/0110_card_tenders.sql"),
    ),
    table(
        120,
        "rounding",
        include_str!("../../../hub/migrations/0120_rounding.sql"),
    ),
    table(150, "replica_unread", REPLICA_UNREAD_MIGRATION_SQL),
    table(160, "replica_lacking", REPLICA_LACKING_MIGRATION_SQL),
    table(180, "replica_packs", REPLICA_PACKS_MIGRATION_SQL),
    table(
        202,
        "sold_to",
        include_str!("../../../hub/migrations/0202_sold_to.sql"),
    ),
    table(
        231,
        "sale_taxes",
        include_str!("../../../hub/migrations/0231_sale_taxes.sql"),
    ),
];

fn store_tables() -> Vec<Migration> {
    let mut tables = vec![
        table(1, "replica", REPLICA_MIGRATION_SQL),
        table(14, "replica_orders", REPLICA_ORDERS_MIGRATION_SQL),
        table(71, "replica_days", REPLICA_DAYS_MIGRATION_SQL),
        table(75, "replica_recovery", REPLICA_RECOVERY_MIGRATION_SQL),
        table(76, "replica_generation", REPLICA_GENERATION_MIGRATION_SQL),
        table(105, "replica_caught_up", REPLICA_CAUGHT_UP_MIGRATION_SQL),
        table(106, "replica_views", REPLICA_VIEWS_MIGRATION_SQL),
        table(140, "replica_settled", REPLICA_SETTLED_MIGRATION_SQL),
        table(180, "replica_compared", REPLICA_COMPARED_MIGRATION_SQL),
        table(
            200,
            "replica_compared_runs",
            REPLICA_COMPARED_RUNS_MIGRATION_SQL,
        ),
        table(201, "replica_unread", REPLICA_UNREAD_MIGRATION_SQL),
        table(210, "replica_lacking", REPLICA_LACKING_MIGRATION_SQL),
        table(250, "replica_packs", REPLICA_PACKS_MIGRATION_SQL),
        table(251, "replica_whole", REPLICA_WHOLE_MIGRATION_SQL),
    ];
    let slices = [
        counterpart_edge::sales::MIGRATIONS,
        counterpart_edge::stock::MIGRATIONS,
        counterpart_edge::rights::MIGRATIONS,
    ];
    tables.extend(slices.iter().flat_map(|slice| slice.iter().copied()));
    tables.sort_by_key(|table| table.version);
    tables
}

fn views(edge: EdgeNumber) -> Vec<Box<dyn Projection>> {
    let mut views;
    if edge == EdgeNumber::HUB {
        views = counterpart_hub::sales::projections();
        views.extend(counterpart_hub::stock::projections());
        views.extend(counterpart_hub::rights::projections());
    } else {
        let live = Live::new(BEGIN_MS);
        views = counterpart_edge::sales::projections();
        views.extend(counterpart_edge::stock::projections());
        views.extend(counterpart_edge::rights::projections(&live));
    }
    views
}

/// How a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is killed; the machine runs on.
    Killed,
    /// The machine loses its power.
    PowerCut,
}

/// A store or the hub.
pub struct Node {
    /// Who it is.
    pub edge: EdgeNumber,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// A store's half of the session; the hub has none.
    pub session: EdgeSession,
    machine: u32,
    seed: u64,
    /// Those that take turns on its disk: a store has one.
    processes: Vec<Process>,
    turn: usize,
    database: Option<Solo>,
}

/// A program that runs on the node's data.
struct Process {
    replica: Replica,
    program: Program,
    /// How often it was exchanged.
    starts: u64,
    /// Whether it has done what a program does first since it was started.
    has_started: bool,
}

impl Node {
    /// Returns a node on an empty disk of machine `machine`, started, with a program for each
    /// process.
    ///
    /// # Panics
    ///
    /// When a sound disk does not take the tables: a bug of the simulator.
    #[must_use]
    pub fn new(edge: EdgeNumber, machine: u32, seed: u64, programs: &[Program]) -> Self {
        register();
        with_disk(machine, |disk| *disk = Disk::default());
        let mut node = Self {
            edge,
            clock: ManualClock::starting_at(BEGIN_MS),
            session: EdgeSession::new(0),
            machine,
            seed,
            processes: Vec::new(),
            turn: 0,
            database: None,
        };
        for (process, program) in programs.iter().enumerate() {
            let replica = node.replica_of(process, *program);
            node.processes.push(Process {
                replica,
                program: *program,
                starts: 0,
                has_started: false,
            });
        }
        node.start().expect("an empty disk takes the tables");
        node
    }

    fn replica_of(&self, process: usize, program: Program) -> Replica {
        let mixed = u64::from(self.machine) << 48 ^ (process as u64) << 40;
        let entropy = SeededEntropy::shared(self.seed ^ mixed ^ self.entropies());
        let replica = Replica::new(self.clock.clone(), entropy, views(self.edge));
        replica.without_kinds(program.unknown(self.edge))
    }

    /// A program that starts again draws other ids.
    fn entropies(&self) -> u64 {
        self.processes
            .iter()
            .map(|process| process.starts << 32)
            .sum()
    }

    /// Opens the database, as a process does when it starts, unless it is open; and does what each
    /// program does first.
    ///
    /// # Errors
    ///
    /// Those of the database, when the disk fails meanwhile.
    pub fn start(&mut self) -> Result<(), ReplicaFailed> {
        if self.database.is_none() {
            let path = path_of(self.machine);
            let tables = match self.edge {
                EdgeNumber::HUB => HUB.to_vec(),
                _ => store_tables(),
            };
            let opened = Solo::open(
                VFS,
                Path::new(&path),
                APPLICATION_ID,
                &tables,
                CHECKPOINT_PAGES,
                BEGIN_MS,
            )?;
            self.database = Some(opened);
            self.session = EdgeSession::new(0);
            for process in &mut self.processes {
                process.has_started = false;
            }
        }
        let (edge, turn) = (self.edge, self.turn);
        for process in 0..self.processes.len() {
            if !self.processes[process].has_started {
                self.turn = process;
                let begun = self.write(move |replica, tx| {
                    replica.become_edge(tx, edge)?;
                    replica.refold(tx).map(drop)
                });
                self.turn = turn;
                begun?;
                self.processes[process].has_started = true;
            }
        }
        Ok(())
    }

    /// Lets another of its processes work from now on.
    pub fn turn_to(&mut self, process: usize) {
        self.turn = process % self.processes.len();
    }

    /// Lets the next of its processes work.
    pub fn next_turn(&mut self) {
        self.turn_to(self.turn + 1);
    }

    /// Returns which programs run.
    #[must_use]
    pub fn programs(&self) -> Vec<Program> {
        self.processes.iter().map(|one| one.program).collect()
    }

    /// Ends one process in peace and starts `program` in its place once the node does something.
    pub fn exchange(&mut self, process: usize, program: Program) {
        let process = process % self.processes.len();
        self.processes[process].starts += 1;
        let replica = self.replica_of(process, program);
        let one = &mut self.processes[process];
        (one.replica, one.program, one.has_started) = (replica, program, false);
        if let Some(database) = &mut self.database {
            database.forget(process);
        }
        self.session = EdgeSession::new(0);
    }

    /// Ends the process, in the middle of whatever the disk was doing.
    pub fn end(&mut self, end: End, dice: &mut Dice) {
        // The power goes first: what SQLite does on closing must not reach the disk.
        with_disk(self.machine, Disk::lose_power);
        self.database = None;
        with_disk(self.machine, |disk| match end {
            End::Killed => disk.killed(),
            End::PowerCut => disk.power_cut(dice),
        });
    }

    /// Tells whether its process runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.database.is_some()
    }

    /// Runs a command in a transaction.
    ///
    /// # Errors
    ///
    /// Whatever it returns; [`DbError::Closed`] while the process does not run.
    pub fn write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> Result<T, ReplicaFailed> {
        let replica = self.processes[self.turn].replica.clone();
        match &mut self.database {
            Some(database) => {
                database.turn_to(self.turn);
                database.write(move |tx| work(&replica, tx))
            }
            None => Err(DbError::Closed.into()),
        }
    }

    /// Runs something on the disk.
    pub fn disk<T>(&self, work: impl FnOnce(&mut Disk) -> T) -> T {
        with_disk(self.machine, work)
    }

    /// Returns an image of the disk, as a backup of a stopped machine is one.
    #[must_use]
    pub fn image(&self) -> Disk {
        self.disk(|disk| disk.clone())
    }

    /// Puts an older image in the disk's place; the process has to be started again.
    pub fn restore(&mut self, image: &Disk) {
        self.disk(Disk::lose_power);
        self.database = None;
        self.disk(|disk| {
            *disk = image.clone();
            disk.killed();
        });
    }
}
