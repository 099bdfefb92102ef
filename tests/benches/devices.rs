//! How long a scan takes from the wire to its event, how many jobs go through a print queue, and
//! what eight devices cost that do nothing: processor time and memory of their drivers and their
//! twins together.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use counterpart_daemon::clock::Stopwatch;
use counterpart_edge::devices::{NewPrintJob, PrintKind, PrintState, print_state};
use counterpart_hardware::{
    DeviceState, Display, DisplayConfig, DisplayDialect, KeyLayout, LabelConfig, LabelLink,
    Printer, PrinterConfig, Profile, Scale, ScaleConfig, ScaleProtocol, Scanner, ScannerConfig,
    ScannerEvent, VirtualDisplay, VirtualKeyScanner, VirtualLabelPrinter, VirtualPrinter,
    VirtualPrinterOptions, VirtualScale, VirtualScanner,
};
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::{PrintJobId, RegisterId};
use counterpart_tests::measure::{Table, Times, machine, per_second, rounds, shown};
use counterpart_tests::world::{Beginning, World};
use tokio::sync::mpsc::Receiver;

/// Scans of each kind, unless another number is asked for behind `--`.
const SCANS: usize = 2_000;
/// Print jobs: a busy day of one till.
const JOBS: usize = 500;
/// How long nothing is done.
const IDLE: Duration = Duration::from_secs(10);
const CODE: &str = "4006381333931";

async fn scanned(events: &mut Receiver<ScannerEvent>) {
    while let Some(event) = events.recv().await {
        if matches!(event, ScannerEvent::Scan(_)) {
            return;
        }
    }
    panic!("the scanner's task ended");
}

fn scanner_config(mut config: ScannerConfig) -> ScannerConfig {
    config.repeat_window = Duration::ZERO;
    config
}

async fn ready(scanner: &Scanner) {
    let mut state = scanner.state();
    let ready = state.wait_for(|state| *state == DeviceState::Ready).await;
    ready.expect("the scanner's task runs");
}

fn row(table: &mut Table, what: &str, times: &Times) {
    let [p50, p99, longest] = [50, 99, 100].map(|part| shown(times.percentile(part)));
    table.row([
        what.to_owned(),
        times.count().to_string(),
        p50,
        p99,
        longest,
    ]);
}

/// From the bytes on the wire to the event.
async fn scans(folder: &Path, count: usize) {
    let mut table = Table::of(&["scanner", "scans", "p50", "p99", "longest"]);
    let twin = VirtualScanner::plug_in(folder.join("line")).await;
    let twin = twin.expect("a terminal can be made");
    let config = scanner_config(ScannerConfig::new(twin.port_address()));
    let (scanner, mut events) = Scanner::spawn(config);
    ready(&scanner).await;
    let mut times = Times::new();
    for _ in 0..count {
        let watch = Stopwatch::start();
        twin.scan(CODE.as_bytes()).await.expect("it is plugged in");
        scanned(&mut events).await;
        times.took(watch.elapsed());
    }
    row(&mut table, "serial", &times);
    scanner.shutdown().await;
    let twin = VirtualKeyScanner::plug_in(folder.join("keys"), KeyLayout::Us).await;
    let twin = twin.expect("a pipe can be made");
    let (scanner, mut events) = Scanner::spawn(scanner_config(ScannerConfig::new(twin.address())));
    ready(&scanner).await;
    let mut times = Times::new();
    for _ in 0..count {
        let watch = Stopwatch::start();
        twin.scan(CODE).await.expect("it is plugged in");
        scanned(&mut events).await;
        times.took(watch.elapsed());
    }
    row(&mut table, "keys", &times);
    scanner.shutdown().await;
    println!("\n{}", table.markdown());
}

fn receipt() -> Document {
    let mut receipt = Document::new();
    receipt.styled("CORNER SHOP", Style::title()).rule();
    for piece in 1..=8 {
        receipt.columns(&format!("Oat milk 1 l, crate {piece}"), "1.29");
    }
    receipt.cut();
    receipt
}

/// From jobs in the database to paper, by a printer that prints at once and says so.
async fn queue(count: usize) {
    let world = World::begin(Beginning::default()).await;
    let context = world.edge().context().clone();
    let register = RegisterId(1);
    let mut last = None;
    let watch = Stopwatch::start();
    for _ in 0..count {
        let (at_ms, random) = context.new_ulid();
        let job_id = PrintJobId::from_parts(at_ms, random);
        let within = context.clone();
        let queued = context.db().write(move |tx| {
            let job = NewPrintJob {
                job_id,
                register,
                kind: PrintKind::Report,
                sale_id: None,
                document: &receipt(),
                open_drawer: None,
            };
            within.devices().queue_print(tx, &job)
        });
        queued.await.expect("a job can be stored");
        last = Some(job_id);
    }
    let stored = watch.elapsed();
    let last = last.expect("there is at least one");
    let mut changes = context.devices().changes();
    loop {
        changes.mark_unchanged();
        let read = context.db().read(move |tx| print_state(tx, last)).await;
        if read.expect("the queue can be read") == Some(PrintState::Confirmed) {
            break;
        }
        changes.changed().await.expect("the devices go on");
    }
    let printed = watch.elapsed();
    let mut table = Table::of(&["jobs", "stored", "stored and on paper"]);
    table.row([
        count.to_string(),
        per_second(count, stored),
        per_second(count, printed),
    ]);
    println!("\n{}", table.markdown());
    world.end().await;
}

/// What this process has used of its processors, in milliseconds, and holds in memory, in KiB.
fn used() -> (u64, u64) {
    let read = |file: &str| std::fs::read_to_string(file).expect("Linux tells of every process");
    let stat = read("/proc/self/stat");
    // Behind the name, which may hold blanks: fields 14 and 15 of proc(5), in ticks of 10 ms.
    let fields = stat.rsplit_once(')').expect("it has a name").1;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    let status = read("/proc/self/status");
    let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let held = held.and_then(|line| line.split_whitespace().next()?.parse().ok());
    (ticks * 10, held.expect("it holds memory"))
}

/// Two scanners on lines, two among the keys, a scale, a display, two printers: all idle.
async fn idle(folder: &Path) {
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (_, before_kib) = used();
    let mut lines = Vec::new();
    for name in ["line-1", "line-2"] {
        let twin = VirtualScanner::plug_in(folder.join(name)).await;
        let twin = twin.expect("a terminal can be made");
        lines.push((
            Scanner::spawn(ScannerConfig::new(twin.port_address())),
            twin,
        ));
    }
    let mut keys = Vec::new();
    for name in ["keys-1", "keys-2"] {
        let twin = VirtualKeyScanner::plug_in(folder.join(name), KeyLayout::Us).await;
        let twin = twin.expect("a pipe can be made");
        keys.push((Scanner::spawn(ScannerConfig::new(twin.address())), twin));
    }
    let protocol = ScaleProtocol::Toledo8217;
    let plate = VirtualScale::plug_in(folder.join("scale"), protocol).await;
    let plate = plate.expect("a terminal can be made");
    let scale = Scale::spawn(ScaleConfig::new(plate.port_address(), protocol));
    let pole = VirtualDisplay::plug_in(folder.join("display"), DisplayDialect::Epson).await;
    let pole = pole.expect("a terminal can be made");
    let display = Display::spawn(DisplayConfig::new(
        pole.port_address(),
        DisplayDialect::Epson,
    ));
    let paper = VirtualPrinter::spawn(VirtualPrinterOptions::default()).await;
    let paper = paper.expect("a port is free");
    let profile = Profile::epson_80mm();
    let printer = Printer::spawn(PrinterConfig::new(paper.port_address(), profile));
    let roll = VirtualLabelPrinter::spawn(here)
        .await
        .expect("a port is free");
    let labels = LabelLink::new(LabelConfig::new(roll.port_address()));
    labels.probe().await;
    for ((scanner, _events), _twin) in &lines {
        ready(scanner).await;
    }
    for ((scanner, _events), _twin) in &keys {
        ready(scanner).await;
    }
    let (begun_ms, _) = used();
    tokio::time::sleep(IDLE).await;
    let (ended_ms, held_kib) = used();
    let mut table = Table::of(&["devices", "for", "processor", "memory more"]);
    table.row([
        "8, drivers and twins".to_owned(),
        shown(IDLE),
        format!("{} ms", ended_ms - begun_ms),
        format!("{} KiB", held_kib.saturating_sub(before_kib)),
    ]);
    println!("\n{}", table.markdown());
    scale.shutdown().await;
    display.shutdown().await;
    printer.shutdown().await;
    paper.shutdown().await;
    roll.shutdown().await;
}

#[tokio::main]
async fn main() {
    println!("\ndevices: {}", machine());
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    idle(folder.path()).await;
    scans(folder.path(), rounds(SCANS)).await;
    queue(rounds(JOBS).min(JOBS)).await;
}
