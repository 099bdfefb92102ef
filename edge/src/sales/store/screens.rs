//! What a register shows beside its basket, and the scans that wait for a person.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::Minor;

use crate::sales::rules::Why;

/// What a register is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Items are scanned.
    Selling,
    /// Money is taken.
    Tendering,
    /// The change is shown until the next scan.
    Paid,
}

/// What a register plays once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sound {
    /// A scan became a line.
    Accepted,
    /// A scan waits for a person.
    Refused,
    /// A sale was paid.
    Paid,
}

/// What a register shows beside its basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// What it is doing.
    pub phase: Phase,
    /// The sale just paid.
    pub paid_sale_id: Option<SaleId>,
    /// An amount given that a person is asked about.
    pub asked_minor: Option<Minor>,
    /// The line a person is asked for a discount of.
    pub asked_line: Option<u16>,
    /// The line that was scanned or changed last.
    pub selected_line: Option<u16>,
    /// Counts the sounds.
    pub cue: i64,
    /// The last sound.
    pub sound: Option<Sound>,
}

impl Screen {
    /// Returns this screen with one more sound.
    #[must_use]
    pub(crate) fn sounding(self, sound: Sound) -> Self {
        Self {
            cue: self.cue + 1,
            sound: Some(sound),
            ..self
        }
    }
}

/// A scan that did not become a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WaitingScan {
    /// Its number.
    pub scan: i64,
    /// What was read; empty when nothing could be.
    pub code: String,
    /// The symbology identifier, if the scanner sent one.
    pub aim: Option<Aim>,
    /// Why it waits.
    pub why: Why,
    /// When, in milliseconds UTC.
    pub scanned_at_ms: i64,
}

/// Returns what a register shows; a register never used is selling.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn screen(tx: &mut Tx, register: RegisterId) -> Result<Screen, DbError> {
    let row = tx.query_opt(
        "SELECT phase, paid_sale_id, asked_minor, selected_line, cue, cue_word, asked_line
         FROM register_screens WHERE register = $1",
        params![register.0],
    )?;
    let Some(row) = row else {
        return Ok(Screen {
            phase: Phase::Selling,
            paid_sale_id: None,
            asked_minor: None,
            asked_line: None,
            selected_line: None,
            cue: 0,
            sound: None,
        });
    };
    Ok(Screen {
        phase: row.read(0)?,
        paid_sale_id: row.read::<Option<[u8; 16]>>(1)?.map(SaleId::from_bytes),
        asked_minor: row.read::<Option<i64>>(2)?.map(Minor),
        selected_line: row.read(3)?,
        cue: row.read(4)?,
        sound: row.read(5)?,
        asked_line: row.read(6)?,
    })
}

/// Stores what a register shows.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_screen(tx: &mut Tx, register: RegisterId, screen: Screen) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO register_screens (register, phase, paid_sale_id, asked_minor, selected_line,
             cue, cue_word, asked_line)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (register) DO UPDATE SET phase = excluded.phase,
             paid_sale_id = excluded.paid_sale_id, asked_minor = excluded.asked_minor,
             selected_line = excluded.selected_line, cue = excluded.cue,
             cue_word = excluded.cue_word, asked_line = excluded.asked_line",
        params![
            register.0,
            screen.phase.word(),
            screen.paid_sale_id.map(SaleId::to_bytes),
            screen.asked_minor.map(|asked| asked.0),
            screen.selected_line,
            screen.cue,
            screen.sound.map(Sound::word),
            screen.asked_line,
        ],
    )?;
    Ok(())
}

/// Keeps a scan for a person.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_waiting(
    tx: &mut Tx,
    register: RegisterId,
    code: &str,
    aim: Option<Aim>,
    why: Why,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO waiting_scans (register, code, aim, why, scanned_at_ms)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            register.0,
            code,
            aim.map(|aim| aim.to_string()),
            why.word(),
            now_ms
        ],
    )?;
    Ok(())
}

/// Returns the scans that wait at a register, oldest first, at most 200.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn waiting(tx: &mut Tx, register: RegisterId) -> Result<Vec<WaitingScan>, DbError> {
    let rows = tx.query_all(
        "SELECT scan, code, aim, why, scanned_at_ms FROM waiting_scans
         WHERE register = $1 ORDER BY scan LIMIT 200",
        params![register.0],
    )?;
    rows.iter().map(waiting_row).collect()
}

/// Returns one waiting scan of a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn waiting_scan(
    tx: &mut Tx,
    register: RegisterId,
    scan: i64,
) -> Result<Option<WaitingScan>, DbError> {
    let row = tx.query_opt(
        "SELECT scan, code, aim, why, scanned_at_ms FROM waiting_scans
         WHERE register = $1 AND scan = $2",
        params![register.0, scan],
    )?;
    row.as_ref().map(waiting_row).transpose()
}

/// Forgets a waiting scan: a person settled it, or it became a line.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_waiting(tx: &mut Tx, register: RegisterId, scan: i64) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM waiting_scans WHERE register = $1 AND scan = $2",
        params![register.0, scan],
    )?;
    Ok(())
}

fn waiting_row(row: &Row) -> Result<WaitingScan, DbError> {
    let aim: Option<String> = row.read(2)?;
    Ok(WaitingScan {
        scan: row.read(0)?,
        code: row.read(1)?,
        // Version 0.0.1 stored what programs sent; what is no identifier says nothing.
        aim: aim.and_then(|aim| aim.parse().ok()),
        why: row.read(3)?,
        scanned_at_ms: row.read(4)?,
    })
}

impl Phase {
    const fn word(self) -> &'static str {
        match self {
            Self::Selling => "selling",
            Self::Tendering => "tendering",
            Self::Paid => "paid",
        }
    }
}

impl Sound {
    const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Paid => "paid",
        }
    }
}

impl FromValue for Phase {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let all = [Self::Selling, Self::Tendering, Self::Paid];
        let word = String::from_value(value)?;
        let found = all.into_iter().find(|phase| phase.word() == word);
        found.ok_or_else(|| ValueMismatch::new(value, "a phase of a register"))
    }
}

impl FromValue for Sound {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let all = [Self::Accepted, Self::Refused, Self::Paid];
        let word = String::from_value(value)?;
        let found = all.into_iter().find(|sound| sound.word() == word);
        found.ok_or_else(|| ValueMismatch::new(value, "a sound"))
    }
}

impl FromValue for Why {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let word = String::from_value(value)?;
        Self::from_word(&word).ok_or_else(|| ValueMismatch::new(value, "why a scan waits"))
    }
}
