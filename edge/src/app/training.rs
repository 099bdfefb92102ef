//! The training store beside the shop: a second composition of the same parts, on a folder of its
//! own, with twins for devices and without a hub.
//!
//! ```text
//! start ─► Opening ─► Open ──── a manager wants it anew: stopped, folder removed ──┐
//!             ▲         └─ the daemon stops: stopped first                         │
//!             └────────────────────────────────────────────────────────────────────┘
//! ```
//! What goes wrong here is written down and shown at its door; the shop opens all the same.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::db::Db;
use counterpart_daemon::replica::{Replica, ReplicaFailed};
use counterpart_daemon::shutdown::{Shutdown, Stage};
use counterpart_daemon::web::live::Live;
use counterpart_hardware::{PrintSpeed, VirtualCounter};
use counterpart_protocol::ids::{EdgeNumber, Incarnation, Writer};
use counterpart_protocol::sales::ReceiptNumber;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{
    EdgeError, Opened, SYNC_DEADLINE, Stages, join, look_after, open, open_counters, serving,
    slices,
};
use crate::config::EdgeConfig;
use crate::context::{
    Context, Door, DoorState, Ground, Pages, RegisterSetup, TRAINING, TrainingStore,
};
use crate::{reference, training};

/// Its folder in the shop's data folder.
const FOLDER: &str = "training";
/// The files of the twins, in its folder.
const DEVICES: &str = "devices";
/// How soon a training store that could not be opened is tried again: a port that another program
/// has is free by then, or stays taken.
const AGAIN: Duration = Duration::from_secs(60);

/// How soon a shop that lacks something is looked at again, at first; twice as late each time.
const SOON: Duration = Duration::from_secs(2);

/// A training store that runs.
struct Running {
    context: Context,
    shutdown: Shutdown,
    twins: Vec<VirtualCounter>,
    begins_anew: Arc<Notify>,
    pages: Pages,
}

/// Starts the training store, where the settings have one, and keeps it until the stage stops.
/// What comes back shows it while it runs.
pub(super) async fn start(
    shop: &Context,
    config: &EdgeConfig,
    shop_pages: Pages,
    stage: &Stage,
) -> Option<watch::Receiver<Option<Context>>> {
    let listen = config.training?;
    let Ground::Shop(door) = shop.ground() else {
        return None;
    };
    let opening = Opening {
        shop: shop.clone(),
        config: EdgeConfig {
            data: config.data.join(FOLDER),
            listen,
            training: None,
            hub_address: None,
            metrics_token: None,
            signer: None,
            registers: Vec::new(),
            settings: None,
            ..config.clone()
        },
        keys: config.data.clone(),
        shop_pages,
        series: ReceiptNumber::TRAINING_SERIES,
    };
    let (shown, trained) = watch::channel(None);
    door.note(DoorState::Opening);
    // The first time it is waited for: whoever opens the shop's pages finds its door.
    let first = opening.open().await;
    if let Ok(running) = &first {
        running.show(door, &shown);
    }
    stage.spawn(
        "training",
        keep(opening, first, door.clone(), shown, stage.token()),
    );
    Some(trained)
}

/// Everything a training store is opened with.
struct Opening {
    shop: Context,
    config: EdgeConfig,
    /// The folder of the shop's certificates.
    keys: PathBuf,
    shop_pages: Pages,
    /// The series of its receipts, where it begins with nothing.
    series: u32,
}

async fn keep(
    mut opening: Opening,
    first: Result<Running, EdgeError>,
    door: Door,
    shown: watch::Sender<Option<Context>>,
    stop: CancellationToken,
) {
    let mut opened = first;
    loop {
        match opened {
            Ok(running) => {
                // A port that was any free one stays the one it is.
                opening.config.listen = running.pages.address;
                let anew = running.wait(&opening.shop, &stop).await;
                shown.send_replace(None);
                door.note(DoorState::Opening);
                let series = running.stop().await;
                if !anew {
                    return;
                }
                opening.series = series.saturating_add(1);
                if let Err(error) = clear(&opening.config.data).await {
                    tracing::error!(error = %error, "could not remove the data of training");
                }
            }
            Err(failed) => {
                tracing::error!(error = %failed, "the training store does not run");
                door.note(DoorState::Shut(format!(
                    "{failed}: it is tried again in a minute"
                )));
                let waited = stop.run_until_cancelled(tokio::time::sleep(AGAIN));
                if waited.await.is_none() {
                    return;
                }
            }
        }
        opened = opening.open().await;
        if let Ok(running) = &opened {
            running.show(&door, &shown);
        }
    }
}

impl Opening {
    /// Opens the training store: twins, database, devices, pages.
    async fn open(&self) -> Result<Running, EdgeError> {
        let folder = |cause| EdgeError::Folder {
            path: self.config.data.display().to_string(),
            cause,
        };
        std::fs::create_dir_all(&self.config.data).map_err(folder)?;
        let serving = serving::prepare(&self.config, &self.keys)?;
        let shutdown = Shutdown::new();
        let stages = Stages::of(&shutdown);
        let looking_after = shutdown.stage("sync", SYNC_DEADLINE);
        let mut config = self.config.clone();
        let (mut twins, mut at) = (Vec::new(), BTreeMap::new());
        for register in self.shop.registers() {
            let (id, name) = (register.id, register.name.clone());
            let devices = config.data.join(DEVICES);
            let counter = VirtualCounter::set_up(&devices, id.0, PrintSpeed::AtOnce).await?;
            config
                .registers
                .push(RegisterSetup::with_twins(id, name, &counter));
            twins.push(counter.clone());
            at.insert(id, counter);
        }
        let begins_anew = Arc::new(Notify::new());
        let ground = Ground::Training(Arc::new(TrainingStore {
            shop: self.shop.clone(),
            shop_pages: self.shop_pages,
            twins: at,
            begins_anew: Arc::clone(&begins_anew),
        }));
        let live = Live::new(config.clock.now_ms());
        let (db, replica) = open(&config, &live).await?;
        self.become_nobody(&db, &replica).await?;
        let opened = Opened { db, replica, live };
        let profile = (*self.shop.profile()).clone();
        let stopping = stages.listeners.token();
        let context = join(&config, opened, (profile, ground), stopping).await?;
        open_counters(&context, &stages).await?;
        look_after(&context, &looking_after);
        training::watch_twins(&context, &stages.printing);
        let pages = serving.start(&context, slices::routes(), &stages.listeners);
        tracing::info!(address = %pages.address, "the {TRAINING} store runs");
        Ok(Running {
            context,
            shutdown,
            twins,
            begins_anew,
            pages,
        })
    }

    /// Gives the database the identity of nobody: no edge has it, so that nothing it writes is
    /// ever taken for a shop's, and its receipts have a series no shop's have.
    async fn become_nobody(&self, db: &Db, replica: &Replica) -> Result<(), EdgeError> {
        let (replica, incarnation) = (replica.clone(), Incarnation(self.series));
        let writer = Writer {
            edge: EdgeNumber(u32::MAX),
            incarnation,
        };
        db.write(move |tx| replica.become_writer(tx, writer))
            .await?;
        Ok(())
    }
}

impl Running {
    fn show(&self, door: &Door, shown: &watch::Sender<Option<Context>>) {
        door.note(DoorState::Open(self.pages));
        shown.send_replace(Some(self.context.clone()));
    }

    /// Takes over what the shop sells and who works there, then waits until the daemon stops or a
    /// manager wants it anew; tells whether that was it.
    async fn wait(&self, shop: &Context, stop: &CancellationToken) -> bool {
        let taking = async {
            // A shop that was just enrolled gets one thing after the other from its hub.
            let mut pause = SOON;
            while !self.has_taken_over(shop).await {
                tokio::time::sleep(pause).await;
                pause = AGAIN.min(pause * 2);
            }
            std::future::pending::<()>().await;
        };
        let anew = async {
            tokio::select! {
                () = self.begins_anew.notified() => {}
                () = taking => {}
            }
        };
        stop.run_until_cancelled(anew).await.is_some()
    }

    async fn has_taken_over(&self, shop: &Context) -> bool {
        match reference::take_over(shop, &self.context).await {
            Ok(taken) => taken.missing == 0,
            Err(error) => {
                tracing::warn!(%error, "training goes on with what it has");
                true
            }
        }
    }

    /// Stops it in order; returns the series of its receipts.
    async fn stop(self) -> u32 {
        let replica = self.context.replica().clone();
        let identity = self.context.db().read(move |tx| {
            let me = replica.identity(tx)?;
            Ok::<_, ReplicaFailed>(me.map(|me| me.writer.incarnation.0))
        });
        let series = match identity.await {
            Ok(series) => series.unwrap_or(ReceiptNumber::TRAINING_SERIES),
            Err(error) => {
                tracing::warn!(%error, "could not read the series of training");
                ReceiptNumber::TRAINING_SERIES
            }
        };
        self.shutdown.run().await;
        for twin in &self.twins {
            twin.take_down().await;
        }
        self.context.db().close().await;
        series
    }
}

/// Removes a training store's folder.
async fn clear(folder: &Path) -> io::Result<()> {
    let folder = folder.to_owned();
    let removing = tokio::task::spawn_blocking(move || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    });
    removing
        .await
        .unwrap_or_else(|panic| Err(io::Error::other(panic)))
}
