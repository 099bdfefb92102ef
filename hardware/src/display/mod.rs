//! Customer displays of two lines by twenty characters: what the customer is asked to pay.
//!
//! ```text
//! show(text) ─► shown        reconnected ─► shown again
//! idle()     ─► idle text    reconnected ─► idle text
//! ```
//! The newest text wins; what was replaced before it could be shown is never shown. A display says
//! nothing back: that it took the bytes is all that is known. What is shown means nothing here.

mod bytes;
mod text;

use std::time::Duration;

use tokio::sync::watch;

use crate::keeper::{Kept, StateCell, Work};
use crate::port::{Port, PortAddress, PortError};
use crate::printer::CodePage;
use crate::state::DeviceState;

pub use text::{DISPLAY_COLUMNS, DisplayText};

/// Between two texts: people cannot read faster, and 9600 baud needs 45 ms for one.
const BETWEEN: Duration = Duration::from_millis(60);
/// How long the display may take to take a byte.
const WRITE_LIMIT: Duration = Duration::from_secs(2);
/// How long to wait for a byte nobody expects before looking around; nothing ends by it.
const QUIET_LIMIT: Duration = Duration::from_secs(60);

/// Everything an installer says about a display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayConfig {
    /// Where it is.
    pub address: PortAddress,
    /// What it speaks.
    pub dialect: DisplayDialect,
    /// Its character table with the number it knows it by.
    pub page: (CodePage, u8),
    /// What it shows while nobody pays.
    pub idle: DisplayText,
    /// The first and the longest pause between two attempts to open it.
    pub reopen: (Duration, Duration),
}

/// What a display speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisplayDialect {
    /// ESC/POS for displays (Epson DM-D series, and most that name it).
    Epson,
    /// CD5220, which the inexpensive ones speak; it stays on the table it was set to by its
    /// switches.
    Cd5220,
}

/// A display and the task that owns it. Dropping it ends the task.
#[derive(Debug)]
pub struct Display {
    kept: Kept,
    idle: DisplayText,
    wanted: watch::Sender<DisplayText>,
}

impl DisplayConfig {
    /// Returns the usual settings: western Europe with the euro sign, an empty idle text, 250 ms to
    /// 10 s between attempts to open it.
    #[must_use]
    pub fn new(address: PortAddress, dialect: DisplayDialect) -> Self {
        Self {
            address,
            dialect,
            page: (CodePage::Pc858, 19),
            idle: DisplayText::default(),
            reopen: (Duration::from_millis(250), Duration::from_secs(10)),
        }
    }
}

impl Display {
    /// Starts the task that owns the display and shows its idle text; needs a runtime.
    #[must_use]
    pub fn spawn(config: DisplayConfig) -> Self {
        let (wanted, seen) = watch::channel(config.idle.clone());
        let work = Showing {
            dialect: config.dialect,
            page: config.page,
            wanted: seen,
        };
        Self {
            kept: Kept::spawn("display", config.address, config.reopen, work),
            idle: config.idle,
            wanted,
        }
    }

    /// Shows a text from now on, and again when the display comes back.
    pub fn show(&self, text: DisplayText) {
        self.wanted.send_replace(text);
    }

    /// Shows the idle text from now on.
    pub fn show_idle(&self) {
        self.show(self.idle.clone());
    }

    /// Returns what is to be shown.
    #[must_use]
    pub fn wanted(&self) -> DisplayText {
        self.wanted.borrow().clone()
    }

    /// Returns a view of where the display stands.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<DeviceState> {
        self.kept.state()
    }

    /// Gives the device back and stays away from it.
    pub fn disable(&self) {
        self.kept.disable();
    }

    /// Takes the device again.
    pub fn enable(&self) {
        self.kept.enable();
    }

    /// Ends the task and gives the device back.
    pub async fn shutdown(self) {
        self.kept.shutdown().await;
    }
}

struct Showing {
    dialect: DisplayDialect,
    page: (CodePage, u8),
    wanted: watch::Receiver<DisplayText>,
}

impl Work for Showing {
    async fn work(&mut self, mut port: Port, state: &StateCell) {
        let mut shown = self.wanted.borrow_and_update().clone();
        let mut start = bytes::start(self.dialect, self.page.1);
        start.extend(bytes::show(self.dialect, self.page.0, &shown));
        if port.write_all(&start, WRITE_LIMIT).await.is_err() {
            return;
        }
        state.set(DeviceState::Ready);
        let mut input = [0; 64];
        loop {
            let changed = tokio::select! {
                changed = self.wanted.changed() => changed,
                // Only by reading is it known that a line is gone.
                read = port.read(&mut input, QUIET_LIMIT) => match read {
                    Ok(_) | Err(PortError::TimedOut) => continue,
                    Err(_) => return,
                },
            };
            if changed.is_err() {
                // Nobody can show anything any more; the task is about to be ended.
                std::future::pending::<()>().await;
            }
            let next = self.wanted.borrow_and_update().clone();
            if next == shown {
                continue;
            }
            let update = bytes::show(self.dialect, self.page.0, &next);
            if port.write_all(&update, WRITE_LIMIT).await.is_err() {
                return;
            }
            shown = next;
            tokio::time::sleep(BETWEEN).await;
        }
    }

    async fn refuse(&mut self) {
        // Nobody waits for an answer: what is wanted is shown when the display comes back.
        std::future::pending::<()>().await;
    }
}
