//! Opening, refusing to open and closing: what both engines have in common.

use super::{DbError, Place, SCHEMA, hold, queue, sell, sold};
use crate::db::{Db, Migration};
use crate::params;

const SECOND: Migration = Migration {
    version: 2,
    name: "tills",
    sql: "CREATE TABLE tills (id INTEGER NOT NULL PRIMARY KEY) STRICT;",
};

/// Opens with these migrations and returns the refusal's sentence, the place shortened.
#[track_caller]
pub(crate) fn refusal(place: &Place, migrations: &[Migration]) -> String {
    let error = Db::open(place.options(migrations))
        .err()
        .expect("this database must be refused");
    let shown = place.place().to_string();
    error.to_string().replace(&shown, "store.db")
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_stays_as_it_is() {
    let place = Place::new();
    Db::open(place.options(&[SCHEMA[0], SECOND])).unwrap();
    assert_eq!(
        refusal(&place, SCHEMA),
        "store.db was written by a newer version (schema 2, this program knows 1): \
         upgrade the program"
    );
    Db::open(place.options(&[SCHEMA[0], SECOND])).unwrap();
}

#[test]
fn a_migration_that_was_edited_after_it_ran_is_refused() {
    let place = Place::new();
    place.open();
    let edited = Migration {
        sql: "CREATE TABLE sales (id INTEGER) STRICT;",
        ..SCHEMA[0]
    };
    assert_eq!(
        refusal(&place, &[edited]),
        "migration 1 (sales) was changed after it was applied to this database: restore its \
         text, or install the version that wrote the database"
    );
    let renumbered = Migration {
        version: 3,
        ..SECOND
    };
    assert_eq!(
        refusal(&place, &[renumbered]),
        "migration 1 (sales) was changed after it was applied to this database: restore its \
         text, or install the version that wrote the database"
    );
}

#[test]
fn a_migration_below_the_last_one_comes_too_late() {
    let place = Place::new();
    let third = Migration {
        version: 3,
        ..SECOND
    };
    Db::open(place.options(&[SCHEMA[0], third])).unwrap();
    let late = Migration {
        name: "late",
        sql: "CREATE TABLE late (id INTEGER) STRICT;",
        ..SECOND
    };
    assert_eq!(
        refusal(&place, &[SCHEMA[0], late, third]),
        "migration 2 (late) is new but the database is at 3 already: give it a higher number"
    );
}

#[test]
fn a_migration_that_fails_leaves_nothing_of_itself() {
    let place = Place::new();
    place.open();
    let broken = Migration {
        sql: "CREATE TABLE half (id INTEGER) STRICT; INSERT INTO none VALUES (1);",
        ..SECOND
    };
    assert_eq!(
        refusal(&place, &[SCHEMA[0], broken]),
        "could not apply migration 2 (tills)"
    );
    let db = Db::open(place.options(&[SCHEMA[0], SECOND])).unwrap();
    let half = db.read_blocking(|tx| tx.query_opt("SELECT id FROM half", params![]));
    assert!(matches!(half, Err(DbError::Statement { .. })), "{half:?}");
}

#[test]
fn migrations_remember_when_they_ran() {
    let place = Place::new();
    let db = place.open();
    let history: (u32, String, i64) = db
        .read_blocking(|tx| {
            let sql = "SELECT version, name, applied_at_ms FROM schema_migrations";
            let row = tx.query_one(sql, params![])?;
            Ok::<_, DbError>((row.read(0)?, row.read(1)?, row.read(2)?))
        })
        .unwrap();
    assert_eq!(history, (1, "sales".to_owned(), 1_700_000_000_000));
}

#[test]
fn closing_finishes_what_waits_and_refuses_what_comes_later() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let waiting = queue(&db, |tx| sell(tx, 1));
    let closing = {
        let db = db.clone();
        std::thread::spawn(move || db.close_blocking())
    };
    gate.send(()).unwrap();
    waiting.recv().unwrap().unwrap();
    closing.join().unwrap();
    let late = db.write_blocking(|tx| sell(tx, 2)).unwrap_err();
    assert!(matches!(late, DbError::Closed), "{late}");
    let late = db.read_blocking(|tx| sell(tx, 2)).unwrap_err();
    assert!(matches!(late, DbError::Closed), "{late}");
    db.close_blocking();
    assert_eq!(
        sold(&place.open()),
        [1],
        "the file is free although a handle is left"
    );
}

#[test]
fn a_command_may_hold_the_last_handle() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let inside = db.clone();
    let answer = queue(&db, move |tx| {
        drop(inside);
        sell(tx, 1)
    });
    // Dropping here would join the threads, so a helper does it while the gate is still shut.
    let dropped = std::thread::spawn(move || drop(db));
    gate.send(()).unwrap();
    answer.recv().unwrap().unwrap();
    dropped.join().unwrap();
}

#[test]
#[should_panic(expected = "the command stopped with a bug")]
fn a_command_that_waits_for_another_one_is_a_bug() {
    let place = Place::new();
    let db = place.open();
    let inside = db.clone();
    let outcome = db.write_blocking(move |_| inside.write_blocking(|tx| sell(tx, 1)));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
