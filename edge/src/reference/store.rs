//! The tables of the catalogue, the people and what was published.
//!
//! It fetches nothing and decides no order of results.

mod departments;
mod finding;
mod keys;
mod nearby;
mod pricing;
mod putting;
mod texts;

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::badges::Badges;
use counterpart_protocol::facts::{Kind, ReferencePublished};
use counterpart_protocol::ids::StaffId;
use counterpart_protocol::reference::ReferenceKind;
use counterpart_protocol::staff::{Member, Role};

pub use departments::{Department, departments};
pub use finding::{
    find_by_gtin, find_by_sku, find_scanned, first_of_each_department, search, tax_class, tax_rate,
    variants,
};
pub(super) use keys::{OwnKeys, is_own, put_keys};
pub use keys::{key, keys, trusted_key};
pub use nearby::{Elsewhere, elsewhere, stores_nearby};
pub(super) use nearby::{put_neighbour, put_neighbour_stock};
pub use pricing::priced;
pub(super) use pricing::{put_price_list, put_prices};
pub(super) use putting::{drop_others, generation, put_groups, put_products, put_tax_classes};
pub use texts::{permissions, policies};
pub(super) use texts::{promotion_book, put_text, store_words};

/// Returns the member of staff with this id.
///
/// # Errors
///
/// Those of the database.
pub fn member_by_id(tx: &mut Tx, id: StaffId) -> Result<Option<Member>, DbError> {
    let row = tx.query_opt(
        "SELECT staff_id, name, role, pin_hash, badges, may FROM members WHERE staff_id = $1",
        params![id.to_bytes()],
    )?;
    row.as_ref().map(member).transpose()
}

/// Returns the people of the store, by name.
///
/// # Errors
///
/// Those of the database.
pub fn members(tx: &mut Tx) -> Result<Vec<Member>, DbError> {
    let rows = tx.query_all(
        "SELECT staff_id, name, role, pin_hash, badges, may FROM members ORDER BY name, staff_id",
        params![],
    )?;
    rows.iter().map(member).collect()
}

/// What this store holds of one kind of reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub kind: ReferenceKind,
    /// The version in use and when it was put in, in milliseconds UTC.
    pub in_use: Option<(u64, i64)>,
    /// The version the hub published last, as far as this store knows.
    pub published: Option<u64>,
    /// Why the published one is not in use: a sentence.
    pub trouble: Option<String>,
}

/// Returns what this store holds of every kind of reference data.
///
/// # Errors
///
/// Those of the database.
pub fn held(tx: &mut Tx) -> Result<Vec<Held>, DbError> {
    ReferenceKind::ALL
        .into_iter()
        .map(|kind| {
            let in_use = tx.query_opt(
                "SELECT version, installed_at_ms FROM reference_held WHERE kind = $1",
                params![kind.word()],
            )?;
            let in_use = in_use.map(|row| Ok::<_, DbError>((unsigned(&row, 0)?, row.read(1)?)));
            let trouble = tx.query_opt(
                "SELECT sentence FROM reference_troubles WHERE kind = $1",
                params![kind.word()],
            )?;
            Ok(Held {
                kind,
                in_use: in_use.transpose()?,
                published: published(tx, kind)?.map(|wanted| wanted.version),
                trouble: trouble.map(|row| row.read(0)).transpose()?,
            })
        })
        .collect()
}

/// Returns the version of `kind` in use, if there is one.
///
/// # Errors
///
/// Those of the database.
pub fn version_in_use(tx: &mut Tx, kind: ReferenceKind) -> Result<Option<u64>, DbError> {
    let row = tx.query_opt(
        "SELECT version FROM reference_held WHERE kind = $1",
        params![kind.word()],
    )?;
    row.map(|row| unsigned(&row, 0)).transpose()
}

/// Returns the SHA-256 of the content of `kind` in use, if there is one.
///
/// # Errors
///
/// Those of the database.
pub fn hash_in_use(tx: &mut Tx, kind: ReferenceKind) -> Result<Option<[u8; 32]>, DbError> {
    let row = tx.query_opt(
        "SELECT sha256 FROM reference_held WHERE kind = $1",
        params![kind.word()],
    )?;
    row.map(|row| row.read(0)).transpose()
}

/// The view of what the hub last published.
pub(super) struct Published;

impl Projection for Published {
    fn name(&self) -> &'static str {
        "reference_published"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ReferencePublished]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let published: ReferencePublished = projected.fact.read()?;
        // A kind a newer hub has and we do not is none of our business.
        let Ok(kind) = published.reference.parse::<ReferenceKind>() else {
            return Ok(());
        };
        let version = i64::try_from(published.version)
            .map_err(|_| ProjectionFailed::Content("its version is out of range".to_owned()))?;
        tx.execute(
            "INSERT INTO reference_published (kind, version, sha256) VALUES ($1, $2, $3)
             ON CONFLICT (kind) DO UPDATE
             SET version = excluded.version, sha256 = excluded.sha256
             WHERE excluded.version > reference_published.version",
            params![kind.word(), version, published.sha256],
        )?;
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["reference_published"]
    }
}

/// A publication, by its version and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) version: u64,
    pub(super) sha256: [u8; 32],
}

pub(super) fn published(tx: &mut Tx, kind: ReferenceKind) -> Result<Option<Version>, DbError> {
    let row = tx.query_opt(
        "SELECT version, sha256 FROM reference_published WHERE kind = $1",
        params![kind.word()],
    )?;
    row.as_ref().map(version).transpose()
}

pub(super) fn in_use(tx: &mut Tx, kind: ReferenceKind) -> Result<Option<Version>, DbError> {
    let row = tx.query_opt(
        "SELECT version, sha256 FROM reference_held WHERE kind = $1",
        params![kind.word()],
    )?;
    row.as_ref().map(version).transpose()
}

/// The snapshot in use, packed.
pub(super) struct Content {
    pub(super) sha256: [u8; 32],
    pub(super) packed: Vec<u8>,
}

/// Returns the snapshot that is in use, unless its bytes are not here.
pub(super) fn content(tx: &mut Tx, kind: ReferenceKind) -> Result<Option<Content>, DbError> {
    let row = tx.query_opt(
        "SELECT c.sha256, c.packed FROM reference_contents c
         JOIN reference_held h ON h.kind = c.kind AND h.sha256 = c.sha256 WHERE c.kind = $1",
        params![kind.word()],
    )?;
    let content = |row: Row| {
        Ok(Content {
            sha256: row.read(0)?,
            packed: row.read(1)?,
        })
    };
    row.map(content).transpose()
}

/// Keeps the snapshot that has just come into use.
pub(super) fn keep_content(
    tx: &mut Tx,
    kind: ReferenceKind,
    sha256: [u8; 32],
    packed: &[u8],
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO reference_contents (kind, sha256, packed) VALUES ($1, $2, $3)
         ON CONFLICT (kind) DO UPDATE SET sha256 = excluded.sha256, packed = excluded.packed",
        params![kind.word(), sha256, packed],
    )?;
    Ok(())
}

pub(super) fn note_trouble(
    tx: &mut Tx,
    kind: ReferenceKind,
    sentence: &str,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO reference_troubles (kind, sentence, noticed_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (kind) DO UPDATE SET sentence = excluded.sentence",
        params![kind.word(), sentence, now_ms],
    )?;
    Ok(())
}

/// Replaces the people of the store.
pub(super) fn put_members(tx: &mut Tx, members: &[Member]) -> Result<(), DbError> {
    tx.execute("DELETE FROM members", params![])?;
    for member in members {
        tx.execute(
            "INSERT INTO members (staff_id, name, role, pin_hash, badges, may)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (staff_id) DO NOTHING",
            params![
                member.id.to_bytes(),
                &member.name,
                member.role.word(),
                &member.pin_hash,
                badges(&member.badges),
                member.may.join(" "),
            ],
        )?;
    }
    Ok(())
}

/// Takes a version into use.
pub(super) fn switch(
    tx: &mut Tx,
    kind: ReferenceKind,
    to: Version,
    generation: i64,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO reference_held (kind, version, sha256, generation, installed_at_ms)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kind) DO UPDATE
         SET version = excluded.version, sha256 = excluded.sha256,
             generation = excluded.generation, installed_at_ms = excluded.installed_at_ms",
        params![
            kind.word(),
            i64::try_from(to.version).expect("versions are counted from 1"),
            to.sha256,
            generation,
            now_ms,
        ],
    )?;
    tx.execute(
        "DELETE FROM reference_troubles WHERE kind = $1",
        params![kind.word()],
    )?;
    Ok(())
}

/// Returns badges as they are stored; nothing where somebody never had one.
fn badges(badges: &Badges) -> Option<String> {
    let text = serde_json::to_string(badges).expect("hashes are always JSON");
    (!badges.is_empty()).then_some(text)
}

fn member(row: &Row) -> Result<Member, DbError> {
    let (role, badges): (String, Option<String>) = (row.read(2)?, row.read(4)?);
    let may: String = row.read(5)?;
    let badges = badges
        .map(|text| serde_json::from_str(&text).map_err(|_| unreadable("members.badges", text)));
    Ok(Member {
        id: StaffId::from_bytes(row.read(0)?),
        name: row.read(1)?,
        role: [Role::Associate, Role::Manager]
            .into_iter()
            .find(|known| known.word() == role)
            .ok_or_else(|| unreadable("members.role", role))?,
        pin_hash: row.read(3)?,
        badges: badges.transpose()?.unwrap_or_default(),
        may: may.split_whitespace().map(str::to_owned).collect(),
    })
}

fn version(row: &Row) -> Result<Version, DbError> {
    Ok(Version {
        version: unsigned(row, 0)?,
        sha256: row.read(1)?,
    })
}

fn unsigned(row: &Row, column: usize) -> Result<u64, DbError> {
    let number: i64 = row.read(column)?;
    u64::try_from(number).map_err(|_| unreadable("a version", number.to_string()))
}

fn unreadable(what: &str, found: String) -> DbError {
    DbError::Column {
        column: 0,
        sql: what.into(),
        mismatch: ValueMismatch {
            found,
            expected: "what this program wrote there".to_owned(),
        },
    }
}
