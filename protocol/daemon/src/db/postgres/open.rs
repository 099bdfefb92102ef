//! Opening a PostgreSQL database: the mark, the schema, the threads, in this order.
//!
//! Several processes may open one database, even at the same moment.

use super::connect::Connector;
use super::hints::converse;
use super::{Postgres, ServerUrl};
use crate::db::Db;
use crate::db::engine::Engine;
use crate::db::error::DbError;
use crate::db::hints::Hints;
use crate::db::migrations;
use crate::db::open::{Connections, DbOptions, start};
use crate::db::place::DbPlace;
use crate::db::tx::Tx;
use crate::params;

/// Held while the schema is looked at and brought up to date; any number will do, this spells
/// "CpMg".
const SCHEMA_LOCK: i64 = 0x4370_4d67;
/// The locks of turns, one for each name; any number will do.
const TURN_LOCKS: i32 = 17;
/// Whose database this is, and who wrote last; its lock is what the writers take turns by.
const MARK: &str = "CREATE TABLE counterpart_mark (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    application_id INTEGER NOT NULL,
    last_writer INTEGER NOT NULL,
    owner BLOB
) STRICT";
/// Tables, views and sequences of the schema that unqualified names mean.
const RELATIONS: &str = "SELECT COUNT(*) FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'S')";

/// Opens the database.
pub(in crate::db) fn open(options: &DbOptions<'_>, url: &ServerUrl) -> Result<Db, DbError> {
    let mut first = Engine::Postgres(Box::new(Postgres::new(Connector::new(url)?)));
    bring_up_to_date(&mut first, options, url)?;
    let mut readers = Vec::new();
    for _ in 0..options.readers.max(1) {
        let mut reader = Postgres::new(Connector::new(url)?);
        reader.connect()?;
        readers.push(Tx::new(Engine::Postgres(Box::new(reader))));
    }
    let (hints, telling) = Hints::shared();
    let (connector, ears) = (Connector::new(url)?, hints.clone());
    start(
        options.name,
        DbPlace::Server(url.clone()),
        Connections {
            writer: Tx::new(first),
            readers,
            reserve: None,
            lock: None,
            hints,
            line: Some(Box::new(move |stop| {
                converse(&connector, &ears, telling, &stop);
            })),
        },
    )
}

/// Takes the turn to do something, unless another connection has it and keeps it for longer than
/// one takes to close: held for as long as the connection that is returned.
pub(in crate::db) fn hold_turn(url: &ServerUrl, name: &str) -> Result<Option<Postgres>, DbError> {
    let mut connection = Postgres::new(Connector::new(url)?);
    connection.connect()?;
    connection.control("SET lock_timeout = '1s'")?;
    let sql = format!("SELECT pg_advisory_lock({TURN_LOCKS}, hashtext($1)) IS NULL");
    match connection.query(&sql, params![name], 1) {
        Ok(_) => Ok(Some(connection)),
        Err(DbError::Busy { .. }) => Ok(None),
        Err(failed) => Err(failed),
    }
}

/// Looks whose database it is and applies what is missing, while no other process does.
fn bring_up_to_date(
    engine: &mut Engine,
    options: &DbOptions<'_>,
    url: &ServerUrl,
) -> Result<(), DbError> {
    let Engine::Postgres(connection) = engine else {
        unreachable!("made with this engine")
    };
    connection.connect()?;
    // Another process may be migrating a large table.
    engine.control("SET lock_timeout = '10min'; SET statement_timeout = 0")?;
    engine.query(
        "SELECT pg_advisory_lock($1) IS NULL",
        params![SCHEMA_LOCK],
        1,
    )?;
    let name = url.to_string();
    let done = claim(engine, options.application_id, &name).and_then(|()| {
        let now_ms = options.clock.now_ms();
        migrations::migrate(engine, &name, options.migrations, now_ms)
    });
    let released = engine
        .query("SELECT pg_advisory_unlock($1)", params![SCHEMA_LOCK], 1)
        .and_then(|_| engine.control("SET lock_timeout = '20s'; SET statement_timeout = '60s'"));
    done.and(released)
}

/// Checks that the database is ours, and marks an empty one.
fn claim(engine: &mut Engine, application_id: u32, name: &str) -> Result<(), DbError> {
    let sql = "SELECT to_regclass('counterpart_mark') IS NOT NULL";
    let found = engine.query(sql, &[], 1)?;
    if found
        .first()
        .is_some_and(|row| matches!(row.read(0), Ok(true)))
    {
        let sql = "SELECT application_id FROM counterpart_mark";
        let found: u32 = match engine.query(sql, &[], 1)?.first() {
            Some(row) => row.read(0)?,
            None => 0,
        };
        return match found == application_id {
            true => Ok(()),
            false => Err(foreign(name, found)),
        };
    }
    let relations: i64 = match engine.query(RELATIONS, &[], 1)?.first() {
        Some(row) => row.read(0)?,
        None => 0,
    };
    if relations > 0 {
        return Err(foreign(name, 0));
    }
    // The writers' lock is on the table that does not exist yet.
    engine.control("BEGIN")?;
    let marked = engine.script(MARK).and_then(|()| {
        engine.execute(
            "INSERT INTO counterpart_mark (singleton, application_id, last_writer)
             VALUES (1, $1, 0)",
            params![application_id],
        )
    });
    match marked {
        Ok(_) => engine.control("COMMIT"),
        Err(error) => {
            engine.control("ROLLBACK")?;
            Err(error)
        }
    }
}

fn foreign(name: &str, found: u32) -> DbError {
    DbError::Foreign {
        database: name.to_owned(),
        found,
        advice: "give this program a database of its own, made with createdb",
    }
}
