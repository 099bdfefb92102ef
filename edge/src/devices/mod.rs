//! The devices of this store's registers: scanners, printers, drawers, each behind its own task.
//!
//! ```text
//! queue_print(tx) ─┬► print_jobs ─► one worker a printer ─► printer
//! queue_label(tx) ─┘
//!                    queued → sending → sent → confirmed
//!                       ▲   │              ├──► uncertain   ink may be out: a person settles it
//!                       └───┘              └──► failed      no ink, and no longer tried
//!                    no ink yet: waits for the printer
//! scanner ─► heard ─► app.rs ─► the sales slice
//! ```
//! It knows no sale and no product. A job past its first ink is never sent again by itself; a
//! drawer kick is no part of a job, expires after ten seconds and is never replayed.

mod counter;
mod crew;
mod drawers;
mod job;
mod labels;
mod press;
mod queue;
mod rerouting;
mod scanners;
mod sentences;
mod setup;
mod standing;
mod status;
mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::db::{Db, DbError, Migration, Tx};
use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::web::live::Live;
use counterpart_hardware::encode;
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::RegisterId;
use tokio::sync::{Mutex, Notify, mpsc, watch};

pub use counter::{CounterFailed, DeviceRole, WEIGH_LIMIT};
pub use drawers::{DrawerOpening, openings};
pub use job::{DrawerCause, DrawerWish, NewPrintJob, PrintJob, PrintKind, PrintState};
pub use labels::{NewLabelJob, label_jobs};
pub use queue::{
    jobs_of_sale, latest_jobs, print_job, print_state, purge_older, settle, uncertain_jobs,
    waiting_papers,
};
pub use rerouting::Rerouted;
pub use scanners::{Heard, ScannerHeard};
pub use setup::{CounterSetup, LabelUse, LabelUses, RegisterSetup, SettingsAgain};
pub use standing::SetUpRefused;
pub use status::{DeviceHealth, DeviceStatus, PastTrouble, RegisterDevices};
pub use worker::Progress;

use drawers::Drawer;
use queue::Stored;
use standing::{Outside, Standing};
use status::Board;

/// The tables of this part of the spine.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 4,
        name: "devices",
        sql: include_str!("../../migrations/0004_devices.sql"),
    },
    Migration {
        version: 16,
        name: "drawer_openings",
        sql: include_str!("../../migrations/0016_drawer_openings.sql"),
    },
    Migration {
        version: 65,
        name: "invoice_prints",
        sql: include_str!("../../migrations/0065_invoice_prints.sql"),
    },
    Migration {
        version: 120,
        name: "label_prints",
        sql: include_str!("../../migrations/0120_label_prints.sql"),
    },
    Migration {
        version: 193,
        name: "stored_prints",
        sql: include_str!("../../migrations/0193_stored_prints.sql"),
    },
];

/// Scans and kicks that may wait; a person makes a few a second.
const WAITING_MAX: usize = 64;

/// Returns the topic that is published when a device of `register` or a print job of it changes.
#[must_use]
pub fn topic(register: RegisterId) -> String {
    format!("devices/{register}")
}

/// The devices of every register; clones share them.
#[derive(Clone)]
pub struct Devices {
    inner: Arc<Inner>,
}

struct Inner {
    registers: BTreeMap<RegisterId, Register>,
    /// What the devices work for, once they are started.
    outside: OnceLock<Outside>,
    /// Held by whoever sets devices up anew: one at a time.
    setting_up: Mutex<()>,
    mark: Option<&'static str>,
    board: Board,
    clock: SharedClock,
    live: Live,
}

struct Register {
    /// What stands there now; exchanged as a whole when it is set up anew.
    standing: RwLock<Arc<Standing>>,
    /// Wakes the receipt printer's worker: a job was queued.
    woken: Arc<Notify>,
    /// Wakes the label printer's.
    labels_woken: Arc<Notify>,
    drawer: Drawer,
}

impl Register {
    /// Returns what stands there now; a caller keeps one answer for one piece of work.
    fn standing(&self) -> Arc<Standing> {
        // It is exchanged in one step: whoever panicked left a whole one behind.
        Arc::clone(&self.standing.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Devices {
    /// Makes the devices of these registers; nothing is opened before [`Devices::start`].
    #[must_use]
    pub fn new(
        registers: &[RegisterSetup],
        mark: Option<&'static str>,
        clock: SharedClock,
        live: Live,
    ) -> Self {
        let board = Board::new(registers, live.clone(), clock.clone());
        let registers = registers
            .iter()
            .map(|setup| {
                let register = Register {
                    standing: RwLock::new(Arc::new(Standing::new(setup.clone()))),
                    woken: Arc::new(Notify::new()),
                    labels_woken: Arc::new(Notify::new()),
                    drawer: Drawer::default(),
                };
                (setup.id, register)
            })
            .collect();
        Self {
            inner: Arc::new(Inner {
                registers,
                outside: OnceLock::new(),
                setting_up: Mutex::new(()),
                mark,
                board,
                clock,
                live,
            }),
        }
    }

    /// Opens every device; their tasks belong to `stage` and end with it, after the receipt that is
    /// being printed. Returns where scans come out; when nobody takes them, scanners wait. Once.
    ///
    /// # Errors
    ///
    /// Those of the database: what the last run left behind is read first.
    pub async fn start(
        &self,
        db: &Db,
        stage: &Stage,
    ) -> Result<mpsc::Receiver<ScannerHeard>, DbError> {
        let (scans, heard) = mpsc::channel(WAITING_MAX);
        let outside = Outside {
            db: db.clone(),
            stage: stage.clone(),
            scans,
        };
        let outside = self.inner.outside.get_or_init(|| outside);
        for id in self.inner.registers.keys() {
            self.open(*id, outside).await?;
        }
        Ok(heard)
    }

    /// Returns the till positions as they are set up, by ascending number.
    #[must_use]
    pub fn registers(&self) -> Vec<Arc<RegisterSetup>> {
        let registers = self.inner.registers.values();
        registers
            .map(|register| register.standing().setup.clone())
            .collect()
    }

    /// Returns how the till position with this number is set up, if the store has it.
    #[must_use]
    pub fn register(&self, id: RegisterId) -> Option<Arc<RegisterSetup>> {
        let register = self.inner.registers.get(&id)?;
        Some(register.standing().setup.clone())
    }

    /// Returns a document below the shop's logo, as the printer of `register` prints what customers
    /// take along; without a printer or a logo as it is.
    #[must_use]
    pub fn headed(&self, register: RegisterId, document: Document) -> Document {
        let setup = self.register(register);
        match setup.as_ref().and_then(|setup| setup.printer.as_ref()) {
            Some(printer) => printer.headed(&self.marked(&document)),
            None => self.marked(&document),
        }
    }

    /// Returns a paper below the mark all papers of this store bear, if they bear one.
    fn marked(&self, document: &Document) -> Document {
        let mut marked = Document::new();
        if let Some(mark) = self.inner.mark {
            marked.styled(mark, Style::title()).double_rule();
        }
        marked.append(document);
        marked
    }

    /// Stores a print job in the caller's transaction; once that is durable the printer's worker is
    /// woken, and the drawer is asked to open if the job says so. A register without a printer
    /// keeps the job as failed, with a sentence that says so.
    ///
    /// # Errors
    ///
    /// Those of the database; a job id that is there already is [`DbError::Constraint`].
    pub fn queue_print(&self, tx: &mut Tx, job: &NewPrintJob<'_>) -> Result<(), DbError> {
        let register = self.inner.registers.get(&job.register);
        let setup = register.map(|register| register.standing().setup.clone());
        let printer = setup.as_ref().and_then(|setup| setup.printer.as_ref());
        let now_ms = self.inner.clock.now_ms();
        let stored = |bytes, first_ink| Stored {
            job_id: job.job_id,
            register: job.register,
            kind: job.kind,
            sale_id: job.sale_id,
            about: None,
            bytes,
            first_ink,
        };
        let Some((register, printer)) = register.zip(printer) else {
            let reason = sentences::no_printer(job.register);
            return queue::put(tx, &stored(&[], 0), Some(&reason), now_ms);
        };
        let document = self.marked(job.document);
        let encoded = if job.kind.is_a_customer_s() {
            encode(&printer.headed(&document), &printer.profile)
        } else {
            encode(&document, &printer.profile)
        };
        if !encoded.substitutions.is_empty() {
            tracing::info!(
                register.id = job.register.0,
                characters = encoded.substitutions.len(),
                "a receipt has characters its printer lacks; they are printed as ?"
            );
        }
        queue::put(tx, &stored(&encoded.bytes, encoded.first_ink), None, now_ms)?;
        self.wake(tx, job.register, &register.woken);
        if let Some(wish) = job.open_drawer {
            self.open_drawer(tx, job.register, wish)?;
        }
        Ok(())
    }

    /// Notes in the caller's transaction that the drawer of `register` is to open, and asks for it
    /// once that is durable: within ten seconds or never. Without a printer there is no way to the
    /// drawer, and that is noted at once.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn open_drawer(
        &self,
        tx: &mut Tx,
        register: RegisterId,
        wish: DrawerWish,
    ) -> Result<(), DbError> {
        let opening = drawers::put_opening(tx, register, wish, self.inner.clock.now_ms())?;
        let found = self.inner.registers.get(&register);
        let Some(found) = found.filter(|found| found.standing().setup.printer.is_some()) else {
            return drawers::note_outcome(tx, opening, &sentences::no_drawer(register));
        };
        let drawer = found.drawer.clone();
        tx.on_commit(Box::new(move || drawer.ask(opening)));
        Ok(())
    }

    /// Wakes a worker and the pages once what the caller wrote is durable.
    fn wake(&self, tx: &mut Tx, register: RegisterId, woken: &Arc<Notify>) {
        let woken = Arc::clone(woken);
        let (live, topic) = (self.inner.live.clone(), topic(register));
        tx.on_commit(Box::new(move || {
            woken.notify_one();
            live.publish(topic);
        }));
    }

    /// Returns how the devices of `register` are, if there is such a register.
    #[must_use]
    pub fn of(&self, register: RegisterId) -> Option<RegisterDevices> {
        self.inner.board.of(register)
    }

    /// Returns how the devices of every register are.
    #[must_use]
    pub fn all(&self) -> Vec<RegisterDevices> {
        self.inner.board.all()
    }

    /// Returns a number that grows with every change of a device or a print job, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.board.changes()
    }
}
