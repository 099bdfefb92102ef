//! A hub, a store and the line between them in one process: real sockets and files, an injected
//! clock, hands on all that can go wrong. What needs a program to die: [`crate::installation`].

mod line;
mod setup;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::clock::{Clock, ManualClock, SystemClock};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_demo::line::Line;
use counterpart_edge::{Edge, EdgeError, RunningEdge};
use counterpart_hardware::{PrintSpeed, VirtualCounter};
use counterpart_hardware::{VirtualSigner, VirtualSignerOptions};
use counterpart_hub::{Hub, RunningHub};
use counterpart_postgres_cluster::Database;
use serde_json::Value;
use tempfile::TempDir;

use crate::console::Console;
use crate::engine::Engine;
use crate::goods::{self, Good};
use crate::shop::Till;
use crate::{wait, whole};

/// The one store of a world.
pub const STORE: &str = "ghent-1";
/// The PIN of the person who sells.
pub const PIN: &str = "4711";
/// The float the tills are opened with.
pub const FLOAT_MINOR: i64 = 10_000;

/// How a world begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    /// How many goods the catalogue has, beside the one without a price.
    pub goods: u32,
    /// How many registers the store has.
    pub registers: u16,
    /// How fast their printers print.
    pub print_speed: PrintSpeed,
    /// What the hub keeps its data in.
    pub engine: Engine,
    /// How long a scanner may pause inside a code. A shop's 50 ms are too short for a busy machine
    /// on which a story sends thousands.
    pub scanner_gap: Duration,
    /// Whether there is a training store beside the shop.
    pub training: Training,
}

/// Whether there is a training store beside the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Training {
    /// There is none.
    #[default]
    None,
    /// There is one, on any free port.
    Beside,
}

impl Default for Beginning {
    /// Forty goods, one register, a printer that prints at once, the hub on a file.
    fn default() -> Self {
        Self {
            goods: 40,
            registers: 1,
            print_speed: PrintSpeed::AtOnce,
            engine: Engine::Sqlite,
            scanner_gap: Duration::from_millis(50),
            training: Training::None,
        }
    }
}

/// A hub, a store and what lies between them.
pub struct World {
    hub: Option<RunningHub>,
    edge: Option<RunningEdge>,
    /// The line from the store to its hub.
    pub line: Line,
    counters: Vec<VirtualCounter>,
    signer: Option<VirtualSigner>,
    /// Both daemons' clock; it begins at the machine's time and stands still until it is moved.
    pub clock: Arc<ManualClock>,
    /// What is sold here.
    pub goods: Vec<Good>,
    folder: TempDir,
    database: Option<Database>,
    scanner_gap: Duration,
    training: Training,
}

impl World {
    /// Starts a hub, founds a store, enrols its edge and starts it; the till can be opened then.
    ///
    /// # Panics
    ///
    /// When anything of this fails.
    pub async fn begin(beginning: Beginning) -> Self {
        let mut world = Self::before_the_store(beginning).await;
        let code = world.found().await;
        world.enrol(&code).await.expect("a fresh code enrols");
        world.start_edge().await;
        world.can_sell().await;
        world
    }

    /// Starts a hub and lays the line; there is no store yet.
    ///
    /// # Panics
    ///
    /// When anything of this fails.
    pub async fn before_the_store(beginning: Beginning) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let line = Line::open(setup::anywhere(), setup::anywhere())
            .await
            .expect("a port is free");
        let mut counters = Vec::new();
        for register in 1..=beginning.registers {
            let counter =
                VirtualCounter::set_up(folder.path(), register, beginning.print_speed).await;
            counters.push(counter.expect("a virtual counter can be set up"));
        }
        let mut world = Self {
            hub: None,
            edge: None,
            line,
            counters,
            signer: None,
            clock: ManualClock::starting_at(SystemClock.now_ms()),
            goods: goods::shelf(beginning.goods),
            folder,
            database: beginning.engine.database(),
            scanner_gap: beginning.scanner_gap,
            training: beginning.training,
        };
        world.start_hub().await;
        world
    }

    /// Adds the store, its people and its catalogue at the hub, and returns a code to enrol by.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    pub async fn found(&self) -> String {
        found(&self.console().await, &self.goods).await
    }

    /// Enrols the store's edge by a code.
    ///
    /// # Errors
    ///
    /// Those of the edge.
    pub async fn enrol(&self, code: &str) -> Result<(), EdgeError> {
        let hub = format!("https://127.0.0.1:{}", self.hub().public_address().port());
        counterpart_edge::enrol(&self.edge_config(), &hub, code).await?;
        Ok(())
    }

    /// Starts the store's edge, which must not run.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn start_edge(&mut self) {
        assert!(self.edge.is_none(), "the edge runs already");
        let edge = Edge::start(self.edge_config()).await;
        self.edge = Some(edge.unwrap_or_else(|error| panic!("the edge does not start: {error}")));
    }

    /// Stops the store's edge in order.
    ///
    /// # Panics
    ///
    /// When something of it had to be cut off.
    pub async fn stop_edge(&mut self) {
        let edge = self.edge.take().expect("the edge runs");
        let report = edge.shutdown().await;
        assert!(
            report.cut_off.is_empty(),
            "did not stop: {:?}",
            report.cut_off
        );
    }

    /// Starts the hub, which must not run, and leads the line to it.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn start_hub(&mut self) {
        assert!(self.hub.is_none(), "the hub runs already");
        let hub = Hub::start_with(self.hub_config(), self.clock.clone(), OsEntropy::shared()).await;
        let hub = hub.unwrap_or_else(|error| panic!("the hub does not start: {error}"));
        self.lead_line_to(hub.sync_address());
        self.hub = Some(hub);
    }

    /// Stops the hub in order.
    ///
    /// # Panics
    ///
    /// When something of it had to be cut off.
    pub async fn stop_hub(&mut self) {
        let hub = self.hub.take().expect("the hub runs");
        let report = hub.shutdown().await;
        assert!(
            report.cut_off.is_empty(),
            "did not stop: {:?}",
            report.cut_off
        );
    }

    /// Waits until the store has its catalogue and its people.
    ///
    /// # Panics
    ///
    /// When they never come.
    pub async fn can_sell(&self) {
        can_sell(&self.edge().url()).await;
    }

    /// Signs the person who sells in at a register.
    ///
    /// # Panics
    ///
    /// When the edge refuses.
    pub async fn sign_in(&self, register: u16) -> Till {
        let till = Till::sign_in(&self.edge().url(), register, PIN).await;
        till.unwrap_or_else(|error| panic!("cannot sign in: {error}"))
    }

    /// Signs the person who sells in at a register and opens its till.
    ///
    /// # Panics
    ///
    /// When the edge refuses.
    pub async fn open_till(&self, register: u16) -> Till {
        let till = self.sign_in(register).await;
        let opened = till.open(FLOAT_MINOR).await;
        opened.unwrap_or_else(|error| panic!("the till does not open: {error}"));
        till
    }

    /// Signs the first operator in at the hub's console.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    pub async fn console(&self) -> Console {
        let url = self
            .hub()
            .loopback_url()
            .expect("the console is served on loopback");
        let console = Console::sign_in(&url).await;
        console.unwrap_or_else(|error| panic!("cannot sign in at the hub: {error}"))
    }

    /// Returns the running hub.
    ///
    /// # Panics
    ///
    /// When it was stopped.
    #[must_use]
    pub fn hub(&self) -> &RunningHub {
        self.hub.as_ref().expect("the hub runs")
    }

    /// Returns the running edge.
    ///
    /// # Panics
    ///
    /// When it was stopped or not started yet.
    #[must_use]
    pub fn edge(&self) -> &RunningEdge {
        self.edge.as_ref().expect("the edge runs")
    }

    /// Returns the counter of a register, which are counted from 1.
    ///
    /// # Panics
    ///
    /// When the store has no such register.
    #[must_use]
    pub fn counter(&self, register: u16) -> &VirtualCounter {
        &self.counters[usize::from(register) - 1]
    }

    /// Gives the store a fiscal signer, as if its country wanted one: from its next start on a
    /// receipt waits for a signature.
    ///
    /// # Panics
    ///
    /// When the virtual signer cannot be set up.
    pub async fn with_signer(&mut self) -> VirtualSigner {
        let clock = self.clock.clone();
        let options = VirtualSignerOptions {
            listen: setup::anywhere(),
            folder: self.folder.path().join("signer"),
            secret: [7; 32],
            time: Arc::new(move || clock.now_ms()),
        };
        let signer = VirtualSigner::spawn(options).await;
        let signer = signer.expect("a virtual signer can be set up");
        self.signer = Some(signer.clone());
        signer
    }

    /// Returns what the edge says of itself.
    ///
    /// # Panics
    ///
    /// When it does not answer.
    pub async fn status(&self) -> Value {
        status(&self.edge().url()).await
    }

    /// Returns the folder of the edge's data.
    #[must_use]
    pub fn edge_folder(&self) -> PathBuf {
        self.folder.path().join("edge")
    }

    /// Returns the folder of the hub's data.
    #[must_use]
    pub fn hub_folder(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    /// Returns a folder that lives as long as the world.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops both daemons in order and expects what they hold to be whole.
    pub async fn end(mut self) {
        if self.edge.is_some() {
            self.stop_edge().await;
        }
        if self.hub.is_some() {
            self.stop_hub().await;
        }
        whole::edge(&self.edge_config()).await;
        whole::hub(&self.hub_config()).await;
    }
}

/// Adds the store, its people and its catalogue at a hub, and returns a code to enrol by.
///
/// # Panics
///
/// When the hub refuses.
pub async fn found(console: &Console, goods: &[Good]) -> String {
    let added = console.add_store(STORE).await;
    added.unwrap_or_else(|error| panic!("the store is not added: {error}"));
    for member in [("Robin", "manager", PIN), ("Sam", "associate", "2580")] {
        let added = console.add_member(STORE, member).await;
        added.unwrap_or_else(|error| panic!("{} is not added: {error}", member.0));
    }
    let mut all = goods.to_vec();
    all.push(goods::unpriced());
    console.publish_catalog(goods::csv(&all)).await;
    let code = console.enrolment_code(STORE).await;
    code.unwrap_or_else(|error| panic!("there is no code: {error}"))
}

/// Waits until the store edge at `base` has its catalogue and its people.
///
/// # Panics
///
/// When they never come.
pub async fn can_sell(base: &str) {
    wait::until_seen(
        "the store to have a catalogue and people",
        || status(base),
        |status| {
            let held = status["reference"].as_array();
            let has = |kind: &str| {
                let mut all = held.into_iter().flatten();
                all.any(|held| held["kind"] == kind && held["version"].is_u64())
            };
            has("catalog") && has("roster")
        },
    )
    .await;
}

/// Returns what the store edge at `base` says of itself.
///
/// # Panics
///
/// When it does not answer.
pub async fn status(base: &str) -> Value {
    let status = crate::caller::Caller::of(base).ask("/v1/status").await;
    status.unwrap_or_else(|error| panic!("the edge does not say how it is: {error}"))
}
