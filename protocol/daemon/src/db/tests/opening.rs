//! Opening, refusing to open, closing, backups and checks.

use std::fs;

use super::{APPLICATION_ID, DbError, Place, SCHEMA, hold, queue, sell, sold};
use crate::db::sqlite::WAL_BYTES;
use crate::db::{Db, Migration};
use crate::params;

const SECOND: Migration = Migration {
    version: 2,
    name: "tills",
    sql: "CREATE TABLE tills (id INTEGER NOT NULL PRIMARY KEY) STRICT;",
};

/// Opens with these migrations and returns the refusal's sentence, paths shortened.
#[track_caller]
fn refusal(place: &Place, migrations: &[Migration]) -> String {
    let error = Db::open(place.options(migrations))
        .err()
        .expect("this database must be refused");
    error
        .to_string()
        .replace(&place.file("").display().to_string(), "")
}

#[test]
fn what_was_written_is_there_after_reopening() {
    let place = Place::new();
    let db = place.open();
    db.write_blocking(|tx| sell(tx, 1)).unwrap();
    drop(db);
    assert!(
        !place.file("store.db-wal").exists(),
        "an ordered end leaves one file"
    );
    let db = place.open();
    assert_eq!(sold(&db), [1]);
    db.integrity_check_blocking().unwrap();
}

#[test]
fn what_was_acknowledged_survives_a_crash() {
    let place = Place::new();
    let db = place.open();
    for id in 1..=50 {
        db.write_blocking(move |tx| sell(tx, id)).unwrap();
    }
    // What a machine finds after a power cut: the files as they lie, nobody closed them.
    let found = Place::new();
    for name in ["store.db", "store.db-wal"] {
        fs::copy(place.file(name), found.file(name)).unwrap();
    }
    let after = found.open();
    assert_eq!(sold(&after), (1..=50).collect::<Vec<_>>());
    after.integrity_check_blocking().unwrap();
}

#[test]
fn the_log_is_grown_before_the_first_sale() {
    let place = Place::new();
    let _db = place.open();
    let log = fs::metadata(place.file("store.db-wal")).unwrap();
    assert!(log.len() >= WAL_BYTES, "{} bytes", log.len());
    let file = fs::metadata(place.file("store.db")).unwrap();
    assert!(
        file.len() < 1024 * 1024,
        "the database itself stays small: {}",
        file.len()
    );
}

#[test]
fn the_log_is_copied_into_the_file_while_selling_and_stays_short() {
    const NOTES: &[Migration] = &[Migration {
        version: 1,
        name: "notes",
        sql: "CREATE TABLE notes (note BLOB NOT NULL) STRICT;",
    }];
    let place = Place::new();
    let db = Db::open(place.options(NOTES)).unwrap();
    // Four times the size of the log, each note its own commit.
    for _ in 0..128 {
        db.write_blocking(|tx| {
            tx.execute(
                "INSERT INTO notes (note) VALUES ($1)",
                params![vec![7_u8; 256 * 1024]],
            )
        })
        .unwrap();
    }
    let log = fs::metadata(place.file("store.db-wal")).unwrap().len();
    assert!(log <= WAL_BYTES + WAL_BYTES / 2, "{log} bytes");
    let file = fs::metadata(place.file("store.db")).unwrap().len();
    assert!(file > 2 * WAL_BYTES, "{file} bytes");
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let db = place.open();
    db.backup_to_blocking(&place.file("backup.db")).unwrap();
    for name in ["store.db", "store.db-wal", "backup.db"] {
        let mode = fs::metadata(place.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_second_process_is_told_who_has_the_database() {
    let place = Place::new();
    let db = place.open();
    // The lock belongs to the open file, so a second opening stands for a second process.
    let sentence = refusal(&place, SCHEMA);
    let pid = std::process::id();
    assert_eq!(
        sentence,
        format!("another counterpart process (process {pid}) uses store.db, stop it first")
    );
    drop(db);
    place.open();
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
    let half = db
        .read_blocking(|tx| {
            tx.query_opt(
                "SELECT 1 FROM sqlite_schema WHERE name = $1",
                params!["half"],
            )
        })
        .unwrap();
    assert!(half.is_none());
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
fn a_file_of_another_program_is_left_alone() {
    let place = Place::new();
    place.open();
    let mut options = place.options(SCHEMA);
    options.application_id = APPLICATION_ID + 1;
    let error = Db::open(options).err().unwrap();
    assert!(
        matches!(
            error,
            DbError::Foreign {
                found: APPLICATION_ID,
                ..
            }
        ),
        "{error}"
    );

    let place = Place::new();
    let other = rusqlite::Connection::open(place.file("store.db")).unwrap();
    other
        .execute_batch("CREATE TABLE recipes (id INTEGER)")
        .unwrap();
    drop(other);
    assert_eq!(
        refusal(&place, SCHEMA),
        "store.db is not a database of this program (application id 0x0): choose another data \
         folder, or move the file away"
    );
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let place = Place::new();
    fs::write(
        place.file("store.db"),
        "a shopping list, much longer than a header ".repeat(9),
    )
    .unwrap();
    let error = Db::open(place.options(SCHEMA)).err().unwrap();
    assert!(matches!(error, DbError::Corrupt { .. }), "{error}");
}

#[test]
fn a_folder_that_can_not_be_made_is_named() {
    let place = Place::new();
    fs::write(place.file("data"), "a file, not a folder").unwrap();
    let mut options = place.options(SCHEMA);
    options.path = place.file("data").join("store.db");
    let error = Db::open(options).err().unwrap();
    assert!(matches!(error, DbError::Open { .. }), "{error}");
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

#[tokio::test]
async fn a_backup_is_whole_while_selling_goes_on() {
    let place = Place::new();
    let db = place.open();
    for id in 1..=100 {
        db.write(move |tx| sell(tx, id)).await.unwrap();
    }
    db.backup_to(place.file("backup.db")).await.unwrap();
    db.write(|tx| sell(tx, 101)).await.unwrap();
    let error = db.backup_to(place.file("backup.db")).await.unwrap_err();
    assert!(matches!(error, DbError::BackupExists { .. }), "{error}");
    assert!(!place.file("backup.db.partial").exists());
    db.integrity_check().await.unwrap();
    db.close().await;

    let mut options = place.options(SCHEMA);
    options.path = place.file("backup.db");
    assert_eq!(
        sold(&Db::open(options).unwrap()),
        (1..=100).collect::<Vec<_>>()
    );
}

#[test]
fn a_damaged_file_is_found_by_the_check() {
    let place = Place::new();
    let db = place.open();
    db.write_blocking(|tx| (1..=5_000).try_for_each(|id| sell(tx, id)))
        .unwrap();
    drop(db);
    let mut bytes = fs::read(place.file("store.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 512].fill(0xAA);
    fs::write(place.file("store.db"), bytes).unwrap();
    let db = place.open();
    let error = db.integrity_check_blocking().unwrap_err();
    assert!(matches!(error, DbError::Corrupt { .. }), "{error}");
}
