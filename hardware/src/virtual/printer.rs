//! A receipt printer on a TCP port: one client at a time, as the devices are.
//!
//! Faults are set on the handle; what came out is seen in its snapshot.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use counterpart_paper::Paper;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::machine::Machine;
use super::platen::PaperEnd;
use super::plug;
use super::snapshot::{Answers, PaperState, PrinterSnapshot};
use crate::port::PortAddress;

/// How a virtual printer is made.
#[derive(Debug, Clone, Copy)]
pub struct VirtualPrinterOptions {
    /// Where it listens; port 0 for any free one.
    pub listen: SocketAddr,
    /// Its paper.
    pub paper: Paper,
    /// How a receipt comes off.
    pub end: PaperEnd,
    /// How long a line takes; 17 ms is 250 mm/s, zero is at once.
    pub line_time: Duration,
    /// Its receive buffer in bytes; 4096 in a TM-T20III.
    pub buffer_bytes: usize,
    /// What it answers.
    pub answers: Answers,
}

/// A handle on a virtual printer; cheap to clone. The printer goes on until
/// [`VirtualPrinter::shutdown`] or the last handle is dropped.
#[derive(Debug, Clone)]
pub struct VirtualPrinter {
    shared: Arc<Shared>,
    _last_handle: Arc<tokio_util::sync::DropGuard>,
}

#[derive(Debug)]
pub(super) struct Shared {
    machine: Mutex<Machine>,
    pub(super) touched: Notify,
    revision: watch::Sender<u64>,
    pub(super) address: SocketAddr,
    pub(super) closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Default for VirtualPrinterOptions {
    /// An 80 mm printer with a cutter that prints at once and answers everything.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            paper: Paper::MM80,
            end: PaperEnd::Cutter,
            line_time: Duration::ZERO,
            buffer_bytes: 4096,
            answers: Answers::All,
        }
    }
}

impl VirtualPrinter {
    /// Switches a printer on; needs a runtime.
    ///
    /// # Errors
    /// The system's, when the address cannot be listened on.
    pub async fn spawn(options: VirtualPrinterOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let closing = CancellationToken::new();
        let shared = Arc::new(Shared {
            machine: Mutex::new(Machine::new(options)),
            touched: Notify::new(),
            revision: watch::Sender::new(0),
            address,
            closing: closing.clone(),
            task: Mutex::new(None),
        });
        let task = tokio::spawn(plug::run(Arc::clone(&shared), listener, options.line_time));
        *shared.task.lock().expect("nobody panics holding it") = Some(task);
        Ok(Self {
            shared,
            _last_handle: Arc::new(closing.drop_guard()),
        })
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Returns its address as an installer would write it.
    pub fn port_address(&self) -> PortAddress {
        let address = self.shared.address;
        PortAddress::Tcp {
            host: address.ip().to_string(),
            port: address.port(),
        }
    }

    /// Returns everything to be seen on it now.
    pub fn snapshot(&self) -> PrinterSnapshot {
        self.shared.machine().snapshot()
    }

    /// Returns a number that grows with every change, to wait on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    /// Waits until `reached` holds and returns what is then seen; the caller sets the deadline.
    pub async fn until(&self, reached: impl Fn(&PrinterSnapshot) -> bool) -> PrinterSnapshot {
        let mut changes = self.changes();
        loop {
            let seen = self.snapshot();
            if reached(&seen) {
                return seen;
            }
            changes
                .changed()
                .await
                .expect("this handle keeps the sender");
        }
    }

    /// Takes the roll out.
    pub fn remove_paper(&self) {
        self.touch(|machine| machine.set_paper(PaperState::Out));
    }

    /// Lets the roll end after so many more lines.
    pub fn end_paper_after(&self, lines: u32) {
        self.touch(|machine| machine.end_paper_after(lines));
    }

    /// Lets the roll come near its end.
    pub fn thin_paper(&self) {
        self.touch(|machine| machine.set_paper(PaperState::NearEnd));
    }

    /// Puts a new roll in; what waits in the buffer is printed.
    pub fn refill(&self) {
        self.touch(|machine| machine.set_paper(PaperState::Present));
    }

    /// Opens the cover.
    pub fn open_cover(&self) {
        self.touch(|machine| machine.set_cover_open(true));
    }

    /// Closes the cover.
    pub fn close_cover(&self) {
        self.touch(|machine| machine.set_cover_open(false));
    }

    /// Lets it hang: it takes nothing, prints nothing, answers nothing.
    pub fn stall(&self) {
        self.touch(|machine| machine.set_stalled(true));
    }

    /// Lets it hang once so many bytes of data have come.
    pub fn stall_after(&self, bytes: usize) {
        self.touch(|machine| machine.stall_after(bytes));
    }

    /// Ends [`VirtualPrinter::stall`].
    pub fn resume(&self) {
        self.touch(|machine| machine.set_stalled(false));
    }

    /// Chooses what it answers.
    pub fn answer(&self, answers: Answers) {
        self.touch(|machine| machine.set_answers(answers));
    }

    /// Cuts the connection once so many bytes of data have come; they are printed, the rest never
    /// arrives. Real-time commands do not count.
    pub fn drop_connection_after(&self, bytes: usize) {
        self.touch(|machine| machine.drop_after(bytes));
    }

    /// Takes its power once so many bytes of data have come; what is not on paper is lost.
    pub fn lose_power_after(&self, bytes: usize) {
        self.touch(|machine| machine.lose_power_after(bytes));
    }

    /// Takes its power now.
    pub fn power_off(&self) {
        self.touch(Machine::lose_power_now);
    }

    /// Gives its power back.
    pub fn power_on(&self) {
        self.touch(Machine::power_on);
    }

    /// Pushes the drawer shut.
    pub fn close_drawer(&self) {
        self.touch(Machine::close_drawer);
    }

    /// Turns the drawer's key: pulses do not open it any more.
    pub fn lock_drawer(&self) {
        self.touch(Machine::lock_drawer);
    }

    /// Turns the drawer's key back.
    pub fn unlock_drawer(&self) {
        self.touch(Machine::unlock_drawer);
    }

    /// Sends bytes nobody asked for.
    pub fn say(&self, bytes: &[u8]) {
        self.touch(|machine| machine.say(bytes));
    }

    /// Throws the printed receipts away.
    pub fn forget_receipts(&self) {
        self.touch(Machine::forget_receipts);
    }

    /// Switches it off for good and waits until its port is free.
    pub async fn shutdown(&self) {
        self.shared.closing.cancel();
        let held = &self.shared.task;
        let task = held.lock().expect("nobody panics holding it").take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the virtual printer's task ended by itself");
        }
    }

    fn touch(&self, change: impl FnOnce(&mut Machine)) {
        change(&mut self.shared.machine());
        self.shared.touched.notify_one();
        self.shared.announce();
    }
}

impl Shared {
    pub(super) fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().expect("nobody panics holding it")
    }

    pub(super) fn announce(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }
}
