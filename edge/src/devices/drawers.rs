//! Opening drawers: each wish is written down with its cause and its person, carried out within ten
//! seconds or never, and its outcome noted.
//!
//! Nothing is sent again: a drawer that opens later than wanted surprises somebody.

use std::sync::{Arc, Mutex, PoisonError};

use counterpart_daemon::db::{Db, DbError, Tx};
use counterpart_daemon::params;
use counterpart_hardware::{Kick, Printer};
use counterpart_protocol::ids::{RegisterId, StaffId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::WAITING_MAX;
use super::job::{DrawerCause, DrawerWish};

/// One opening of a drawer that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawerOpening {
    /// The register whose drawer it is.
    pub register: RegisterId,
    /// Why.
    pub cause: DrawerCause,
    /// Who wanted it; nothing where version 0.0.1 did not write it down.
    pub by: Option<StaffId>,
    /// When, in milliseconds UTC.
    pub asked_at_ms: i64,
    /// What became of it: a sentence; nothing while it is not known.
    pub outcome: Option<String>,
}

/// Returns the newest openings of every drawer, newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub fn openings(tx: &mut Tx, limit: u32) -> Result<Vec<DrawerOpening>, DbError> {
    let rows = tx.query_all(
        "SELECT register, cause, asked_at_ms, outcome, staff_id FROM drawer_openings
         ORDER BY opening DESC LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(DrawerOpening {
                register: RegisterId(row.read(0)?),
                cause: row.read(1)?,
                asked_at_ms: row.read(2)?,
                outcome: row.read(3)?,
                by: row.read::<Option<[u8; 16]>>(4)?.map(StaffId::from_bytes),
            })
        })
        .collect()
}

/// Notes a wish and returns its number.
pub(super) fn put_opening(
    tx: &mut Tx,
    register: RegisterId,
    wish: DrawerWish,
    now_ms: i64,
) -> Result<i64, DbError> {
    let row = tx.query_one(
        "INSERT INTO drawer_openings (register, cause, asked_at_ms, staff_id)
         VALUES ($1, $2, $3, $4)
         RETURNING opening",
        params![register.0, wish.cause.word(), now_ms, wish.by.to_bytes()],
    )?;
    row.read(0)
}

/// The way to the drawer of one register; clones share it.
#[derive(Clone)]
pub(super) struct Drawer {
    asks: mpsc::Sender<Asked>,
    asked: Arc<Mutex<Option<Wishes>>>,
}

/// The end of a drawer's way at which its wishes arrive.
pub(super) type Wishes = mpsc::Receiver<Asked>;

/// A wish on its way to the printer.
#[derive(Debug)]
pub(super) struct Asked {
    opening: i64,
    kick: Kick,
}

impl Default for Drawer {
    fn default() -> Self {
        let (asks, asked) = mpsc::channel(WAITING_MAX);
        Self {
            asks,
            asked: Arc::new(Mutex::new(Some(asked))),
        }
    }
}

impl Drawer {
    /// Asks for the drawer to open now; never waits.
    pub(super) fn ask(&self, opening: i64) {
        let kick = Kick::now();
        if self.asks.try_send(Asked { opening, kick }).is_err() {
            tracing::warn!(
                opening,
                "a drawer was not asked to open: too many wishes wait"
            );
        }
    }

    /// Takes the receiving end, for the worker of the drawer's printer.
    pub(super) fn take(&self) -> Wishes {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Gives it back, for the worker of the printer that comes next.
    pub(super) fn give_back(&self, wishes: Wishes) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(wishes);
    }
}

/// Opens the drawer as it is asked to, until `stop`.
pub(super) async fn serve(
    db: &Db,
    printer: &Printer,
    asked: &mut Wishes,
    stop: &CancellationToken,
) {
    while let Some(Some(wish)) = stop.run_until_cancelled(asked.recv()).await {
        let outcome = super::sentences::of_kick(&printer.kick(wish.kick).await);
        let noted = db
            .write(move |tx| note_outcome(tx, wish.opening, &outcome))
            .await;
        if let Err(error) = noted {
            tracing::warn!(error = %error, "could not note what became of a drawer's opening");
        }
    }
}

pub(super) fn note_outcome(tx: &mut Tx, opening: i64, outcome: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE drawer_openings SET outcome = $1 WHERE opening = $2",
        params![outcome, opening],
    )?;
    Ok(())
}
