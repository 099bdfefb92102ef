//! Scale, customer display, label printer and payment terminal of a register: each opened once, and
//! watched so that the status bar tells how it is.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use counterpart_hardware::printer::Outcome;
use counterpart_hardware::{
    DeviceState, Display, DisplayText, LabelJob, LabelLink, NexoTerminal, Scale, TerminalDesk,
    TerminalFailed, TerminalHealth, Trouble, WeighFailed, Weight,
};
use counterpart_protocol::ids::RegisterId;
use tokio::sync::{Mutex, watch};

use super::crew::Crew;
use super::standing::Standing;
use super::status::Board;
use super::{CounterSetup, Devices};

/// How often a device that is not kept open is asked how it is.
const LOOK: Duration = Duration::from_secs(30);

/// How long goods may swing on a scale before a person is asked to try again.
pub const WEIGH_LIMIT: Duration = Duration::from_secs(4);

/// What a device of the counter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceRole {
    /// It reads codes beside the register's first scanner.
    HandScanner,
    /// It weighs goods.
    Scale,
    /// It shows the customer what to pay.
    Display,
    /// It prints labels.
    LabelPrinter,
    /// It takes cards.
    Terminal,
}

/// Why a device of the counter did nothing.
#[derive(Debug, thiserror::Error)]
pub enum CounterFailed {
    /// The register has none.
    #[error("this register has none")]
    NoDevice,
    /// It is doing something else.
    #[error("it is busy: try again in a moment")]
    Busy,
    /// The scale has no weight.
    #[error(transparent)]
    Scale(#[from] WeighFailed),
    /// The terminal did not answer.
    #[error(transparent)]
    Terminal(#[from] TerminalFailed),
}

/// The devices of one counter; they are opened by [`CounterDevices::start`].
#[derive(Default)]
pub(super) struct CounterDevices {
    scale: OnceLock<Scale>,
    display: OnceLock<Display>,
    labels: OnceLock<Arc<Mutex<LabelLink>>>,
    terminal: OnceLock<Arc<TerminalDesk>>,
}

impl DeviceRole {
    /// Returns its word in JSON and in addresses of pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HandScanner => "hand-scanner",
            Self::Scale => "scale",
            Self::Display => "display",
            Self::LabelPrinter => "label-printer",
            Self::Terminal => "terminal",
        }
    }

    /// Returns those a register has.
    pub(super) fn of(setup: &CounterSetup) -> Vec<Self> {
        let table = [
            (setup.hand_scanner.is_some(), Self::HandScanner),
            (setup.scale.is_some(), Self::Scale),
            (setup.display.is_some(), Self::Display),
            (setup.label_printer.is_some(), Self::LabelPrinter),
            (setup.terminal.is_some(), Self::Terminal),
        ];
        table
            .into_iter()
            .filter(|(has, _)| *has)
            .map(|(_, role)| role)
            .collect()
    }
}

impl CounterDevices {
    /// Returns the label printer, once it is opened.
    pub(super) fn labels(&self) -> Option<Arc<Mutex<LabelLink>>> {
        self.labels.get().cloned()
    }

    /// Opens what the register has; what watches them belongs to `crew`.
    pub(super) fn start(
        &self,
        register: RegisterId,
        setup: &CounterSetup,
        board: &Board,
        crew: &Crew,
    ) {
        if let Some(config) = &setup.scale {
            let scale = self.scale.get_or_init(|| Scale::spawn(config.clone()));
            let watching = follow(register, DeviceRole::Scale, scale.state(), board.clone());
            crew.spawn_until(format!("scale of register {register}"), watching);
        }
        if let Some(config) = &setup.display {
            let display = self.display.get_or_init(|| Display::spawn(config.clone()));
            let told = display.state();
            let watching = follow(register, DeviceRole::Display, told, board.clone());
            crew.spawn_until(format!("display of register {register}"), watching);
        }
        if let Some(config) = &setup.label_printer {
            let made = || Arc::new(Mutex::new(LabelLink::new(config.clone())));
            let link = Arc::clone(self.labels.get_or_init(made));
            let watching = watch_labels(register, link, board.clone());
            crew.spawn_until(format!("label printer of register {register}"), watching);
        }
        if let Some(config) = &setup.terminal {
            let made = || {
                let terminal = NexoTerminal::new(config.clone());
                Arc::new(TerminalDesk::new(Arc::new(terminal)))
            };
            let desk = Arc::clone(self.terminal.get_or_init(made));
            let watching = watch_terminal(register, desk, board.clone());
            crew.spawn_until(format!("terminal of register {register}"), watching);
        }
    }

    /// Returns the payment terminal, once it is opened.
    pub(super) fn terminal(&self) -> Option<Arc<TerminalDesk>> {
        self.terminal.get().cloned()
    }
}

impl Devices {
    /// Weighs what is on the scale of `register`, waiting at most `limit` until it stands still.
    ///
    /// # Errors
    ///
    /// [`CounterFailed`].
    pub async fn weigh(
        &self,
        register: RegisterId,
        limit: Duration,
    ) -> Result<Weight, CounterFailed> {
        let standing = self.standing(register).ok_or(CounterFailed::NoDevice)?;
        let scale = standing.counter.scale.get();
        Ok(scale.ok_or(CounterFailed::NoDevice)?.weigh(limit).await?)
    }

    /// Shows the customer a text, and again when the display comes back; nothing shows the idle
    /// text.
    ///
    /// # Errors
    ///
    /// [`CounterFailed::NoDevice`].
    pub fn show(
        &self,
        register: RegisterId,
        text: Option<DisplayText>,
    ) -> Result<(), CounterFailed> {
        let standing = self.standing(register).ok_or(CounterFailed::NoDevice)?;
        let display = standing.counter.display.get();
        let display = display.ok_or(CounterFailed::NoDevice)?;
        match text {
            Some(text) => display.show(text),
            None => display.show_idle(),
        }
        Ok(())
    }

    /// Prints a label beside the queue, to try the printer, and returns what is known about it.
    ///
    /// # Errors
    ///
    /// [`CounterFailed::NoDevice`], [`CounterFailed::Busy`].
    pub async fn try_label(
        &self,
        register: RegisterId,
        job: &LabelJob,
    ) -> Result<Outcome, CounterFailed> {
        let standing = self.standing(register);
        let found = standing.and_then(|standing| standing.counter.labels());
        let link = found.ok_or(CounterFailed::NoDevice)?;
        let mut link = link.try_lock().map_err(|_| CounterFailed::Busy)?;
        let outcome = link.print(job).await;
        let state = link.state().borrow().clone();
        self.inner
            .board
            .other(register, DeviceRole::LabelPrinter, state);
        Ok(outcome)
    }

    /// Asks the payment terminal of `register` how it is.
    ///
    /// # Errors
    ///
    /// [`CounterFailed`].
    pub async fn terminal_health(
        &self,
        register: RegisterId,
    ) -> Result<TerminalHealth, CounterFailed> {
        let desk = self.terminal(register).ok_or(CounterFailed::NoDevice)?;
        let health = desk.health().await;
        self.inner
            .board
            .other(register, DeviceRole::Terminal, state_of(&health));
        Ok(health?)
    }

    /// Returns the payment terminal of `register`, if it has one.
    #[must_use]
    pub fn terminal(&self, register: RegisterId) -> Option<Arc<TerminalDesk>> {
        self.standing(register)?.counter.terminal()
    }

    fn standing(&self, register: RegisterId) -> Option<Arc<Standing>> {
        Some(self.inner.registers.get(&register)?.standing())
    }
}

/// Asks an idle label printer how it is, and tells what it says, also while it prints.
async fn watch_labels(register: RegisterId, link: Arc<Mutex<LabelLink>>, board: Board) {
    let told = link.lock().await.state();
    let asking = async {
        loop {
            link.lock().await.probe().await;
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::join!(
        asking,
        follow(register, DeviceRole::LabelPrinter, told, board)
    );
}

async fn follow(
    register: RegisterId,
    role: DeviceRole,
    mut state: watch::Receiver<DeviceState>,
    board: Board,
) {
    loop {
        let now = state.borrow_and_update().clone();
        board.other(register, role, now);
        if state.changed().await.is_err() {
            return;
        }
    }
}

/// Asks a terminal how it is, but in the middle of a payment.
async fn watch_terminal(register: RegisterId, desk: Arc<TerminalDesk>, board: Board) {
    loop {
        if desk.blocked_by().is_none() {
            let state = state_of(&desk.health().await);
            board.other(register, DeviceRole::Terminal, state);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn state_of(health: &Result<TerminalHealth, TerminalFailed>) -> DeviceState {
    match health {
        Ok(TerminalHealth::Ready | TerminalHealth::Busy) => DeviceState::Ready,
        Ok(TerminalHealth::Maintenance | TerminalHealth::Offline) => {
            DeviceState::Degraded(vec![Trouble::Offline])
        }
        Err(TerminalFailed::Unreachable(_)) => DeviceState::Absent,
        Err(TerminalFailed::Garbled(_)) => DeviceState::Degraded(vec![Trouble::Garbled]),
        Err(TerminalFailed::Lost(_) | TerminalFailed::Busy | TerminalFailed::Refused(_)) => {
            DeviceState::Degraded(vec![Trouble::Silent])
        }
    }
}
