//! The tables of snapshots: which version of what is published for whom, its bytes by their hash,
//! and the differences between them.
//!
//! It decides nothing: who is told, and who is answered what, stands beside it.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::reference::ReferenceKind;
use counterpart_protocol::reference::packing::{self, PackingFailed};

use super::{Announced, Scope};

/// How many publications of a kind and scope are kept: an edge that slept through a few still gets
/// differences.
const KEPT: i64 = 4;

/// A snapshot's bytes as they are stored.
pub(super) struct Content {
    form: String,
    bytes: Vec<u8>,
}

impl Content {
    /// Returns the bytes as they go over the line: packed.
    pub(super) fn packed(self) -> Result<Vec<u8>, PackingFailed> {
        match self.form.as_str() {
            "zstd" => Ok(self.bytes),
            _ => packing::pack(&self.bytes),
        }
    }

    /// Returns the snapshot.
    pub(super) fn plain(self) -> Result<Vec<u8>, PackingFailed> {
        match self.form.as_str() {
            "zstd" => packing::unpack(&self.bytes),
            _ => Ok(self.bytes),
        }
    }
}

fn announced(row: &Row) -> Result<Announced, DbError> {
    Ok(Announced {
        version: row.read::<i64>(0)?.cast_unsigned(),
        sha256: row.read(1)?,
        edges: 0,
        published_at_ms: row.read(2)?,
    })
}

/// Returns the newest publication of a kind in a scope.
///
/// # Errors
/// Those of the database.
pub fn newest(
    tx: &mut Tx,
    kind: ReferenceKind,
    scope: &Scope,
) -> Result<Option<Announced>, DbError> {
    let row = tx.query_opt(
        "SELECT version, sha256, published_at_ms FROM reference_snapshots
         WHERE kind = $1 AND scope = $2 ORDER BY version DESC LIMIT 1",
        params![kind.word(), scope.word()],
    )?;
    row.as_ref().map(announced).transpose()
}

/// Returns the publications of a kind in a scope that are kept, the newest first.
pub(super) fn kept(
    tx: &mut Tx,
    kind: ReferenceKind,
    scope: &Scope,
) -> Result<Vec<Announced>, DbError> {
    let rows = tx.query_all(
        "SELECT version, sha256, published_at_ms FROM reference_snapshots
         WHERE kind = $1 AND scope = $2 ORDER BY version DESC LIMIT $3",
        params![kind.word(), scope.word(), KEPT],
    )?;
    rows.iter().map(announced).collect()
}

/// Tells whether a content is stored: equal bytes are stored once for every scope.
pub(super) fn is_stored(tx: &mut Tx, sha256: [u8; 32]) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM reference_contents WHERE sha256 = $1";
    Ok(tx.query_opt(sql, params![sha256])?.is_some())
}

pub(super) fn add_content(tx: &mut Tx, sha256: [u8; 32], packed: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO reference_contents (sha256, form, bytes) VALUES ($1, 'zstd', $2)
         ON CONFLICT (sha256) DO NOTHING",
        params![sha256, packed],
    )?;
    Ok(())
}

/// Adds a publication and lets the oldest go, with bytes and differences nobody reads any more.
pub(super) fn add(
    tx: &mut Tx,
    kind: ReferenceKind,
    scope: &Scope,
    new: &Announced,
) -> Result<(), DbError> {
    let version = i64::try_from(new.version).expect("versions are counted one by one");
    tx.execute(
        "INSERT INTO reference_snapshots (kind, scope, version, sha256, published_at_ms)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            kind.word(),
            scope.word(),
            version,
            new.sha256,
            new.published_at_ms,
        ],
    )?;
    let old = params![kind.word(), scope.word(), version - KEPT];
    let going = tx.query_all(
        "SELECT sha256 FROM reference_snapshots
         WHERE kind = $1 AND scope = $2 AND version <= $3",
        old,
    )?;
    tx.execute(
        "DELETE FROM reference_snapshots WHERE kind = $1 AND scope = $2 AND version <= $3",
        old,
    )?;
    for row in going {
        let sha256: [u8; 32] = row.read(0)?;
        let read = "SELECT 1 FROM reference_snapshots WHERE sha256 = $1 LIMIT 1";
        if tx.query_opt(read, params![sha256])?.is_some() {
            continue;
        }
        for sql in [
            "DELETE FROM reference_contents WHERE sha256 = $1",
            "DELETE FROM reference_deltas WHERE sha256 = $1 OR base_sha256 = $1",
        ] {
            tx.execute(sql, params![sha256])?;
        }
    }
    Ok(())
}

pub(super) fn content(tx: &mut Tx, sha256: [u8; 32]) -> Result<Option<Content>, DbError> {
    let row = tx.query_opt(
        "SELECT form, bytes FROM reference_contents WHERE sha256 = $1",
        params![sha256],
    )?;
    let content = |row: Row| {
        Ok(Content {
            form: row.read(0)?,
            bytes: row.read(1)?,
        })
    };
    row.map(content).transpose()
}

/// What is known of the difference between two contents.
pub(super) enum Difference {
    /// Nobody asked for it yet.
    Unmade,
    /// The whole is smaller.
    NotWorth,
    /// Here it is.
    Made(Vec<u8>),
}

pub(super) fn difference(
    tx: &mut Tx,
    base: [u8; 32],
    sha256: [u8; 32],
) -> Result<Difference, DbError> {
    let row = tx.query_opt(
        "SELECT bytes FROM reference_deltas WHERE base_sha256 = $1 AND sha256 = $2",
        params![base, sha256],
    )?;
    Ok(match row {
        None => Difference::Unmade,
        Some(row) => match row.read::<Option<Vec<u8>>>(0)? {
            None => Difference::NotWorth,
            Some(bytes) => Difference::Made(bytes),
        },
    })
}

/// Keeps a difference, unless its contents went meanwhile.
pub(super) fn keep_difference(
    tx: &mut Tx,
    base: [u8; 32],
    sha256: [u8; 32],
    bytes: Option<&[u8]>,
) -> Result<(), DbError> {
    if !is_stored(tx, base)? || !is_stored(tx, sha256)? {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO reference_deltas (base_sha256, sha256, bytes) VALUES ($1, $2, $3)
         ON CONFLICT (base_sha256, sha256) DO NOTHING",
        params![base, sha256, bytes],
    )?;
    Ok(())
}
