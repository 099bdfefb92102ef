//! What stands at a register now, and setting it up anew while the store server runs: what its old
//! devices are doing is finished, then the new ones are opened; jobs, wishes for the drawer and
//! scans wait in between and are not lost.
//!
//! It reads no settings. Registers come and go with a restart, because a till belongs to each.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use counterpart_daemon::db::{Db, DbError};
use counterpart_daemon::shutdown::Stage;
use counterpart_hardware::{DeviceState, ScannerConfig};
use counterpart_protocol::ids::RegisterId;
use thiserror::Error;
use tokio::sync::mpsc;

use super::counter::CounterDevices;
use super::crew::Crew;
use super::scanners::{self, ScannerHeard};
use super::{DeviceRole, Devices, Register, RegisterSetup};

/// What the devices work for.
pub(super) struct Outside {
    pub(super) db: Db,
    pub(super) stage: Stage,
    pub(super) scans: mpsc::Sender<ScannerHeard>,
}

/// What stands at a register.
pub(super) struct Standing {
    pub(super) setup: Arc<RegisterSetup>,
    pub(super) counter: CounterDevices,
    /// Who works it, once it is opened.
    crew: Option<Crew>,
}

/// Why devices were not set up anew; everything is as it was.
#[derive(Debug, Error)]
pub enum SetUpRefused {
    /// Registers were added or taken away.
    #[error(
        "registers were added or taken away in the settings: that needs a restart of the store \
         server; devices of the registers there are can be changed while it runs"
    )]
    Registers,
    /// A terminal is asked for money.
    #[error("a card payment is under way at register {0}: finish it, then read the settings again")]
    Paying(RegisterId),
    /// The devices were never opened.
    #[error("the devices of this store are not open")]
    NotStarted,
    /// The print queue cannot be read.
    #[error("could not read the print queue")]
    Db(#[from] DbError),
}

impl Standing {
    /// Begins with nothing opened.
    pub(super) fn new(setup: RegisterSetup) -> Self {
        Self {
            setup: Arc::new(setup),
            counter: CounterDevices::default(),
            crew: None,
        }
    }
}

impl Devices {
    /// Sets up anew the devices of each register whose setup is another now, and returns which.
    /// The receipt being printed is finished first, by the printer it began on.
    ///
    /// # Errors
    ///
    /// [`SetUpRefused`], and nothing has changed; only the database can fail half-way, and then
    /// the registers behind stand without devices until it is called again.
    pub async fn set_up(&self, wanted: &[RegisterSetup]) -> Result<Vec<RegisterId>, SetUpRefused> {
        let _one = self.inner.setting_up.lock().await;
        let outside = self.inner.outside.get().ok_or(SetUpRefused::NotStarted)?;
        let named: BTreeSet<RegisterId> = wanted.iter().map(|setup| setup.id).collect();
        if !named.iter().eq(self.inner.registers.keys()) {
            return Err(SetUpRefused::Registers);
        }
        let changed = wanted.iter().filter_map(|setup| {
            let register = self.inner.registers.get(&setup.id)?;
            let standing = register.standing();
            let is_open = standing.crew.is_some();
            (!is_open || *standing.setup != *setup).then_some((register, standing, setup))
        });
        let changed: Vec<_> = changed.collect();
        for (_, standing, setup) in &changed {
            let terminal = standing.counter.terminal();
            if terminal.is_some_and(|desk| desk.blocked_by().is_some()) {
                return Err(SetUpRefused::Paying(setup.id));
            }
        }
        // All old ones first: a device may have moved from one register to another.
        for (register, standing, setup) in &changed {
            if let Some(crew) = &standing.crew {
                crew.dismiss().await;
            }
            self.inner.board.set_up(setup);
            exchange(register, Standing::new((*setup).clone()));
        }
        let ids: Vec<RegisterId> = changed.iter().map(|(_, _, setup)| setup.id).collect();
        // Their handles give the old devices back.
        drop(changed);
        for id in &ids {
            self.open(*id, outside).await?;
            tracing::info!(
                register.id = id.0,
                "the devices of a register were set up anew"
            );
        }
        Ok(ids)
    }

    /// Opens what is set up at a register; who works it belongs to the stage.
    pub(super) async fn open(&self, id: RegisterId, outside: &Outside) -> Result<(), DbError> {
        let Some(register) = self.inner.registers.get(&id) else {
            return Ok(());
        };
        let setup = register.standing().setup.clone();
        let crew = Crew::new(&outside.stage);
        let board = self.inner.board.clone();
        let tell = move |state| board.scanner(id, state);
        listen(id, setup.scanner.as_ref(), tell, outside, &crew);
        let board = self.inner.board.clone();
        let tell = move |state| board.other(id, DeviceRole::HandScanner, state);
        listen(
            id,
            setup.counter.hand_scanner.as_ref(),
            tell,
            outside,
            &crew,
        );
        if let Some(config) = &setup.printer {
            let worker = self.receipts_worker(&outside.db, id, config).await?;
            let task = worker.run(crew.token());
            crew.spawn(format!("printer of register {id}"), task);
        }
        let counter = CounterDevices::default();
        counter.start(id, &setup.counter, &self.inner.board, &crew);
        if let Some(link) = counter.labels() {
            let worker = self.labels_worker(&outside.db, id, link).await?;
            let task = worker.run(crew.token());
            crew.spawn(format!("labels of register {id}"), task);
        }
        let standing = Standing {
            setup,
            counter,
            crew: Some(crew),
        };
        exchange(register, standing);
        // Whoever shows something on a device shows it again.
        self.inner.board.touch(id);
        Ok(())
    }
}

/// Listens to a scanner of a register; all say the same things to the same basket.
fn listen(
    id: RegisterId,
    config: Option<&ScannerConfig>,
    tell: impl Fn(DeviceState) + Send + 'static,
    outside: &Outside,
    crew: &Crew,
) {
    if let Some(config) = config {
        let (config, scans) = (config.clone(), outside.scans.clone());
        let task = scanners::listen(id, config, scans, tell, crew.token());
        crew.spawn(format!("scanner of register {id}"), task);
    }
}

fn exchange(register: &Register, standing: Standing) {
    let mut now = register
        .standing
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    *now = Arc::new(standing);
}
