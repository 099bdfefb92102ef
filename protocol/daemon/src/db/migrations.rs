//! Brings a database to the schema this program knows, forwards only.
//!
//! There is no way back: an older program refuses, and a backup is the way to undo.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::engine::{Engine, Intent, Standing};
use super::error::DbError;
use crate::params;

/// One step of the schema. Its text is frozen once a release has carried it.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order, from 1, never reused.
    pub version: u32,
    /// What it brings, in a few words.
    pub name: &'static str,
    /// Statements that run on every engine, in one transaction.
    pub sql: &'static str,
}

/// The table that remembers what was applied, and with which text.
const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    applied_at_ms INTEGER NOT NULL
) STRICT";

/// Applies what is missing, each migration in its own transaction.
pub(super) fn migrate(
    engine: &mut Engine,
    database: &str,
    migrations: &[Migration],
    now_ms: i64,
) -> Result<(), DbError> {
    assert!(
        migrations.is_sorted_by(|before, after| before.version < after.version)
            && migrations.first().is_none_or(|first| first.version > 0),
        "migrations are listed in ascending order from 1, each number once"
    );
    engine.script(HISTORY)?;
    let applied = applied(engine)?;
    let known = migrations.last().map_or(0, |last| last.version);
    let reached = applied.last_key_value().map_or(0, |(version, _)| *version);
    if reached > known {
        return Err(DbError::Newer {
            database: database.to_owned(),
            found: reached,
            known,
        });
    }
    for (version, (name, _)) in &applied {
        if migrations
            .iter()
            .all(|migration| migration.version != *version)
        {
            return Err(DbError::MigrationEdited {
                version: *version,
                name: name.clone(),
            });
        }
    }
    for migration in migrations {
        match applied.get(&migration.version) {
            Some((_, sha256)) if *sha256 == checksum(migration) => {}
            Some((name, _)) => {
                let version = migration.version;
                return Err(DbError::MigrationEdited {
                    version,
                    name: name.clone(),
                });
            }
            None if migration.version < reached => {
                return Err(DbError::MigrationTooLate {
                    version: migration.version,
                    name: migration.name.to_owned(),
                    reached,
                });
            }
            None => apply(engine, migration, now_ms)?,
        }
    }
    Ok(())
}

fn applied(engine: &mut Engine) -> Result<BTreeMap<u32, (String, [u8; 32])>, DbError> {
    let sql = "SELECT version, name, sha256 FROM schema_migrations ORDER BY version";
    let mut applied = BTreeMap::new();
    for row in engine.query(sql, params![], usize::MAX)? {
        applied.insert(row.read(0)?, (row.read(1)?, row.read(2)?));
    }
    Ok(applied)
}

fn apply(engine: &mut Engine, migration: &Migration, now_ms: i64) -> Result<(), DbError> {
    let failed = |cause: Arc<dyn std::error::Error + Send + Sync>| DbError::MigrationFailed {
        version: migration.version,
        name: migration.name.to_owned(),
        cause,
    };
    engine.begin(Intent::Write)?;
    let run = engine
        .script(migration.sql)
        .map_err(|error| failed(Arc::new(error)))
        .and_then(|()| remember(engine, migration, now_ms))
        .and_then(|()| engine.commit());
    if run.is_err() {
        engine.roll_back()?;
    }
    run?;
    tracing::info!(
        version = migration.version,
        name = migration.name,
        "applied a migration"
    );
    Ok(())
}

fn remember(engine: &mut Engine, migration: &Migration, now_ms: i64) -> Result<(), DbError> {
    assert_eq!(
        engine.standing(None),
        Standing::Open,
        "a migration's text does not end its transaction"
    );
    engine.execute(
        "INSERT INTO schema_migrations (version, name, sha256, applied_at_ms)
         VALUES ($1, $2, $3, $4)",
        params![
            migration.version,
            migration.name,
            checksum(migration),
            now_ms
        ],
    )?;
    Ok(())
}

fn checksum(migration: &Migration) -> [u8; 32] {
    Sha256::digest(migration.sql.as_bytes()).into()
}
