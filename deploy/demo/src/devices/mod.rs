//! The page of virtual devices: the first page anybody sees, and the demo's hands.
//!
//! What it shows is read from the devices, the line and the store's own status; what it does, a
//! person could do to real devices. It sells nothing and knows no sale.

mod act;
mod goods;
mod hand;
mod http;
mod page;
mod paper;
mod readings;
mod shelf;
mod signer;
mod tools;
mod trouble;
mod watch;
mod wire;

pub use readings::{Reading, Readings};
pub use shelf::Shelf;
pub(crate) use shelf::Wanted;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::{Lang, Locale, Texts};
use counterpart_hardware::r#virtual::PaperState;
use counterpart_hardware::{PrinterSnapshot, VirtualSigner};
use jiff::tz::TimeZone;
use tokio::sync::watch as state;
use tokio_util::sync::CancellationToken;

use crate::line::Line;
use counterpart_hardware::VirtualCounter;

/// Reads that are remembered to be shown.
const READS_SHOWN: usize = 4;

/// Where a person goes from here, and what to type there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doors {
    /// The store's name.
    pub store: String,
    /// The address of the store's pages.
    pub store_url: String,
    /// The address of the register.
    pub register: String,
    /// The address of the hub's console.
    pub console: String,
    /// The address of its training store.
    pub training: String,
    /// The address of the store's status page.
    pub status: String,
    /// A member of staff and their PIN.
    pub member: (String, String),
    /// The console's operator and their password.
    pub operator: (String, String),
}

/// What the page is made of.
pub struct DeskParts {
    /// What is sold.
    pub shelf: Shelf,
    /// The devices.
    pub counter: VirtualCounter,
    /// The fiscal signer, where the store signs.
    pub signer: Option<VirtualSigner>,
    /// The line to the hub.
    pub line: Line,
    /// What the store says of itself.
    pub readings: state::Receiver<Readings>,
    /// Where to go from here.
    pub doors: Doors,
    /// What time it is.
    pub clock: SharedClock,
    /// The store's time zone.
    pub time_zone: TimeZone,
    /// Cancelled when the demo stops.
    pub stopping: CancellationToken,
}

/// The page's state; clones share it.
#[derive(Clone)]
pub struct Desk {
    parts: Arc<DeskParts>,
    live: Live,
    lang: Lang,
    reads: Arc<Mutex<VecDeque<Read>>>,
    set: Arc<Mutex<trouble::Set>>,
}

/// One code that went over the scanner's line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Read {
    at_ms: i64,
    what: String,
    code: String,
}

impl Desk {
    /// Puts the page together; `stage` owns the tasks that keep it fresh.
    pub fn new(parts: DeskParts, stage: &Stage) -> Self {
        let texts = Texts::new(&[]).expect("the kit's own texts are complete");
        let desk = Self {
            live: Live::new(parts.clock.now_ms()),
            lang: Lang::new(Arc::new(texts), Locale::En),
            reads: Arc::default(),
            set: Arc::default(),
            parts: Arc::new(parts),
        };
        watch::start(&desk, stage);
        desk
    }

    /// Returns everything the page answers.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    fn note_read(&self, what: &str, code: &str) {
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads.push_front(Read {
            at_ms: self.parts.clock.now_ms(),
            what: what.to_owned(),
            code: code.to_owned(),
        });
        reads.truncate(READS_SHOWN);
        drop(reads);
        self.live.publish(SCANNER);
    }

    /// Returns what was set on the printer and has not come true yet.
    fn set(&self, seen: &PrinterSnapshot) -> trouble::Set {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.paper_ends &= seen.paper != PaperState::Out;
        set.power_fails &= seen.powered;
        *set
    }

    fn change_set(&self, change: impl FnOnce(&mut trouble::Set)) {
        change(&mut self.set.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn reads(&self) -> Vec<Read> {
        let reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads.iter().cloned().collect()
    }
}

/// What changes on the page, by topic.
const SCANNER: &str = "scanner";
const PRINTER: &str = "printer";
const RECEIPTS: &str = "receipts";
const LINE: &str = "line";
const READINGS: &str = "readings";
const SIGNER: &str = "signer";
const TOOLS: &str = "tools";

#[cfg(test)]
mod tests;
