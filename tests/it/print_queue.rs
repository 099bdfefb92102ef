//! The print queue while the store server and the printer die at any moment: more than two thousand
//! short lives from seeds, on the product's own queue, worker and driver.
//!
//! A life queues receipts and ends in the middle: the server is killed, the printer's power or its
//! cable goes after some byte, its paper ends. Then everything comes back, a person looks at the
//! paper, and the books must be right: no sale has two receipts that are not marked, and none lacks
//! one without somebody having been told.

use std::path::Path;
use std::time::Duration;

use counterpart_daemon::clock::SystemClock;
use counterpart_daemon::db::{Db, DbError, DbOptions, Tx};
use counterpart_daemon::params;
use counterpart_daemon::shutdown::{Shutdown, Stage};
use counterpart_daemon::web::live::Live;
use counterpart_edge::context::RegisterSetup;
use counterpart_edge::devices::{
    CounterSetup, Devices, MIGRATIONS, NewPrintJob, PrintJob, PrintKind, PrintState, latest_jobs,
    settle,
};
use counterpart_hardware::{
    Barrier, PrinterConfig, PrinterSnapshot, Profile, Timeouts, VirtualPrinter,
    VirtualPrinterOptions,
};
use counterpart_paper::Document;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::sales::Settlement;
use counterpart_tests::chance::Chance;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use paper::{job_id, pieces, sale_of, whole};

mod paper;

const REGISTER: RegisterId = RegisterId(1);
/// Far beyond what anything here takes.
const AMPLE: Duration = Duration::from_secs(60);
/// Bytes after which something breaks: two receipts, and what ends a torn one, lie within them.
const BYTES_MAX: u64 = 700;

/// What breaks in a life, and after how many bytes, changes or lines.
#[derive(Debug, Clone, Copy)]
enum Break {
    /// The server dies with so many bytes at the printer; the rest is on its way.
    Killed(usize),
    /// The same, and the printer loses its power too.
    KilledInADarkShop(usize),
    /// The server dies after so many steps of its own.
    KilledAtStep(u32),
    /// The cable is out after so many bytes.
    Cut(usize),
    /// The printer's power is gone after so many bytes.
    Dark(usize),
    /// The roll ends after so many lines, and the server dies while it waits.
    NoPaper(u32),
    /// Nothing.
    Nothing,
}

/// A store server that can be killed: what runs on its threads is gone at once, what its database
/// holds is not.
struct Server {
    runtime: Runtime,
    devices: Devices,
    _stage: Stage,
}

/// A shop whose server dies and comes back.
struct Shop<'a> {
    db: &'a Db,
    /// Where the printer runs: it outlives the server.
    town: &'a Runtime,
    printer: VirtualPrinter,
    config: PrinterConfig,
    sales: u32,
}

impl Server {
    fn start(db: &Db, printer: &PrinterConfig) -> Self {
        let runtime = threads();
        let setup = RegisterSetup {
            id: REGISTER,
            name: "Register 1".to_owned(),
            scanner: None,
            printer: Some(printer.clone()),
            counter: CounterSetup::default(),
        };
        let devices = Devices::new(&[setup], None, SystemClock::shared(), Live::new(0));
        let stage = Shutdown::new().stage("devices", AMPLE);
        let started = runtime.block_on(devices.start(db, &stage));
        drop(started.unwrap());
        Self {
            runtime,
            devices,
            _stage: stage,
        }
    }

    fn kill(self) {
        self.runtime.shutdown_timeout(AMPLE);
    }
}

impl<'a> Shop<'a> {
    fn open(db: &'a Db, town: &'a Runtime, barrier: Barrier) -> Self {
        let printer = town
            .block_on(VirtualPrinter::spawn(VirtualPrinterOptions::default()))
            .unwrap();
        let profile = Profile {
            barrier,
            ..Profile::epson_80mm()
        };
        let mut config = PrinterConfig::new(printer.port_address(), profile);
        config.timeouts = Timeouts {
            connect: Duration::from_secs(20),
            answer: Duration::from_secs(20),
            progress: Duration::from_secs(5),
            poll: Duration::from_millis(2),
            idle_probe: AMPLE,
        };
        Self {
            db,
            town,
            printer,
            config,
            sales: 0,
        }
    }

    /// Sells once: its receipt is queued.
    fn sell(&mut self, server: &Server) {
        self.sales += 1;
        self.queue(server, PrintKind::Receipt, self.sales);
    }

    fn queue(&self, server: &Server, kind: PrintKind, sale: u32) {
        let mut document = Document::new();
        if kind == PrintKind::Copy {
            document.text("COPY");
        }
        document
            .text(&format!("SALE {sale:04}"))
            .columns("Oat milk", "2.49")
            .text("₹")
            .text(&format!("END {sale:04}"))
            .cut();
        let devices = server.devices.clone();
        let job_id = job_id(kind, sale);
        let queued = self.db.write_blocking(move |tx| {
            let job = NewPrintJob {
                job_id,
                register: REGISTER,
                kind,
                sale_id: None,
                document: &document,
                open_drawer: None,
            };
            devices.queue_print(tx, &job)
        });
        queued.unwrap();
    }

    fn jobs(&self) -> Vec<PrintJob> {
        let jobs = self.db.read_blocking(|tx| latest_jobs(tx, 50));
        jobs.unwrap()
    }

    /// Waits until no receipt waits or is on its way, or until `reached` holds; `steps` counts what
    /// the server did. The printer or the server tell when to look again.
    fn wait(&self, server: &Server, reached: impl Fn(&PrinterSnapshot, u32) -> bool) {
        let (mut told, mut seen) = (server.devices.changes(), self.printer.changes());
        let first = *told.borrow();
        let waiting = async {
            loop {
                let steps = u32::try_from(*told.borrow_and_update() - first).unwrap();
                seen.mark_unchanged();
                let done = self.jobs().iter().all(|job| has_ended(job.state));
                if done || reached(&self.printer.snapshot(), steps) {
                    return;
                }
                changed(&mut told, &mut seen).await;
            }
        };
        let waited = self
            .town
            .block_on(async { tokio::time::timeout(AMPLE, waiting).await });
        waited.expect("the queue moves or something breaks");
    }

    /// One life that ends as `how` says, and the shop as it is afterwards.
    fn live(&mut self, how: Break) {
        let server = Server::start(self.db, &self.config);
        match how {
            Break::Killed(bytes) | Break::KilledInADarkShop(bytes) => {
                self.printer.stall_after(bytes);
            }
            Break::Cut(bytes) => self.printer.drop_connection_after(bytes),
            Break::Dark(bytes) => self.printer.lose_power_after(bytes),
            Break::NoPaper(lines) => self.printer.end_paper_after(lines),
            Break::KilledAtStep(_) | Break::Nothing => {}
        }
        self.sell(&server);
        self.sell(&server);
        self.wait(&server, |seen, steps| match how {
            Break::Killed(_) | Break::KilledInADarkShop(_) => seen.stalled,
            Break::KilledAtStep(step) => steps >= step,
            Break::Dark(_) => !seen.powered,
            Break::NoPaper(_) => seen.is_offline(),
            Break::Cut(_) | Break::Nothing => false,
        });
        server.kill();
        if let Break::KilledInADarkShop(_) = how {
            self.printer.power_off();
        }
        self.mend();
    }

    /// Power, paper and cable are there again, and no fault is to come.
    fn mend(&self) {
        self.printer.lose_power_after(usize::MAX);
        self.printer.stall_after(usize::MAX);
        self.printer.drop_connection_after(usize::MAX);
        self.printer.end_paper_after(u32::MAX);
        self.printer.power_on();
        self.printer.resume();
        self.printer.refill();
    }

    /// A person says of each receipt in doubt what lies on the counter; what is not whole is
    /// printed again, as a copy.
    fn settle(&self, server: &Server) {
        let still = self
            .printer
            .until(|seen| seen.buffered == 0 && !seen.connected);
        let looked = self
            .town
            .block_on(async { tokio::time::timeout(AMPLE, still).await });
        let paper = looked.expect("the printer comes to rest");
        for job in self.jobs().into_iter().filter(PrintJob::is_unsettled) {
            let sale = sale_of(&job);
            let word = match whole(&paper, sale, job.kind) {
                true => Settlement::Printed,
                false => Settlement::Reprinted,
            };
            let said = self
                .db
                .write_blocking(move |tx: &mut Tx| settle(tx, job.job_id, word, 0));
            assert!(said.unwrap(), "{sale} was in doubt");
            if word == Settlement::Reprinted {
                self.queue(server, PrintKind::Copy, sale);
            }
        }
    }

    /// What must be true whatever broke.
    fn check(&self) {
        let paper = self.printer.snapshot();
        let jobs = self.jobs();
        for sale in 1..=self.sales {
            let originals = pieces(&paper, sale, PrintKind::Receipt);
            assert!(
                originals <= 1,
                "sale {sale} has {originals} unmarked receipts"
            );
            let find = |kind| jobs.iter().find(|job| job.job_id == job_id(kind, sale));
            let original = find(PrintKind::Receipt).expect("what was queued is known");
            let is_whole = |kind| whole(&paper, sale, kind);
            match (original.state, original.settlement) {
                (PrintState::Confirmed, None)
                | (PrintState::Uncertain, Some(Settlement::Printed)) => {
                    assert!(is_whole(PrintKind::Receipt), "sale {sale} has no receipt");
                }
                (PrintState::Uncertain, Some(Settlement::Reprinted)) => {
                    let copy = find(PrintKind::Copy).expect("a copy was queued");
                    assert_eq!(copy.state, PrintState::Confirmed, "the copy of sale {sale}");
                    assert!(is_whole(PrintKind::Copy), "sale {sale} has no copy");
                }
                other => panic!("sale {sale} was lost: {other:?}"),
            }
        }
        for piece in &paper.receipts {
            let sales = piece.text.matches("SALE").count() + piece.text.matches("END").count();
            assert!(
                sales <= 2,
                "two receipts on one piece of paper:\n{}",
                piece.text
            );
        }
    }
}

fn has_ended(state: PrintState) -> bool {
    match state {
        PrintState::Queued | PrintState::Sending => false,
        // With a barrier, taken is not the end.
        PrintState::Sent => false,
        PrintState::Confirmed | PrintState::Uncertain | PrintState::Failed => true,
    }
}

async fn changed(told: &mut watch::Receiver<u64>, seen: &mut watch::Receiver<u64>) {
    tokio::select! {
        change = told.changed() => change.unwrap(),
        change = seen.changed() => change.unwrap(),
    }
}

fn threads() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

fn any_break(chance: &mut Chance) -> Break {
    let bytes = usize::try_from(chance.between(1, BYTES_MAX)).unwrap();
    match chance.below(12) {
        0..=2 => Break::Killed(bytes),
        3..=4 => Break::KilledInADarkShop(bytes),
        5..=6 => Break::KilledAtStep(u32::try_from(chance.between(1, 12)).unwrap()),
        7..=8 => Break::Cut(bytes),
        9..=10 => Break::Dark(bytes),
        11 if chance.happens(50) => Break::Nothing,
        _ => Break::NoPaper(u32::try_from(chance.between(1, 7)).unwrap()),
    }
}

/// Where nothing survives the machine: a killed process loses nothing that is written there.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        TempDir::new_in(memory).unwrap()
    } else {
        TempDir::new().unwrap()
    }
}

fn storm(story: &'static str, seeds: std::ops::Range<u64>) {
    let folder = folder();
    let mut options = DbOptions::new("edge", folder.path().join("e.db"), 0x5053, MIGRATIONS);
    (options.reserve_bytes, options.readers) = (0, 1);
    let (db, town) = (Db::open(options).unwrap(), threads());
    for seed in seeds {
        let mut chance = Chance::of(story, seed);
        let barrier = *chance.one_of(&[Barrier::ProcessId, Barrier::InOrderStatus]);
        let emptied = db.write_blocking(|tx| tx.execute("DELETE FROM print_jobs", params![]));
        emptied.unwrap_or_else(|error: DbError| panic!("{error}"));
        let mut shop = Shop::open(&db, &town, barrier);
        for _ in 0..chance.between(1, 2) {
            shop.live(any_break(&mut chance));
        }
        let server = Server::start(shop.db, &shop.config);
        shop.wait(&server, |_, _| false);
        shop.settle(&server);
        // What was settled as not printed is printed as a copy now.
        shop.wait(&server, |_, _| false);
        server.kill();
        shop.check();
        town.block_on(shop.printer.shutdown());
    }
    db.close_blocking();
}

#[test]
fn no_receipt_is_doubled_or_lost_in_silence_whatever_dies_1() {
    storm("print queue", 0..512);
}

#[test]
fn no_receipt_is_doubled_or_lost_in_silence_whatever_dies_2() {
    storm("print queue", 512..1_024);
}

#[test]
fn no_receipt_is_doubled_or_lost_in_silence_whatever_dies_3() {
    storm("print queue", 1_024..1_536);
}

#[test]
fn no_receipt_is_doubled_or_lost_in_silence_whatever_dies_4() {
    storm("print queue", 1_536..2_052);
}
