//! Files: what SQLite, the system and other programs do to them; locks, backups and checks.

use std::fs;

use super::sqlite::WAL_BYTES;
use super::tests::opening::refusal;
use super::tests::{APPLICATION_ID, Place, SCHEMA, sell, sold};
use super::{CopyFor, Db, DbError, Migration};
use crate::params;

#[test]
fn what_was_written_is_there_after_reopening() {
    let place = Place::for_files();
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
    let place = Place::for_files();
    let db = place.open();
    for id in 1..=50 {
        db.write_blocking(move |tx| sell(tx, id)).unwrap();
    }
    // What a machine finds after a power cut: the files as they lie, nobody closed them.
    let found = Place::for_files();
    for name in ["store.db", "store.db-wal"] {
        fs::copy(place.file(name), found.file(name)).unwrap();
    }
    let after = found.open();
    assert_eq!(sold(&after), (1..=50).collect::<Vec<_>>());
    after.integrity_check_blocking().unwrap();
}

#[test]
fn the_log_is_grown_before_the_first_sale() {
    let place = Place::for_files();
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
    let place = Place::for_files();
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
    let place = Place::for_files();
    let db = place.open();
    db.backup_to_blocking(&place.file("backup.db")).unwrap();
    for name in ["store.db", "store.db-wal", "backup.db"] {
        let mode = fs::metadata(place.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_second_process_is_told_who_has_the_database() {
    let place = Place::for_files();
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
fn a_file_of_another_program_is_left_alone() {
    let place = Place::for_files();
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

    let place = Place::for_files();
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
    let place = Place::for_files();
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
    let place = Place::for_files();
    fs::write(place.file("data"), "a file, not a folder").unwrap();
    let mut options = place.options(SCHEMA);
    options.place = place.file("data").join("store.db").into();
    let error = Db::open(options).err().unwrap();
    assert!(matches!(error, DbError::Open { .. }), "{error}");
}

#[tokio::test]
async fn a_backup_is_whole_while_selling_goes_on() {
    let place = Place::for_files();
    let db = place.open();
    for id in 1..=100 {
        db.write(move |tx| sell(tx, id)).await.unwrap();
    }
    db.backup_to(place.file("backup.db"), CopyFor::Keeping)
        .await
        .unwrap();
    db.write(|tx| sell(tx, 101)).await.unwrap();
    let error = db
        .backup_to(place.file("backup.db"), CopyFor::Keeping)
        .await
        .unwrap_err();
    assert!(matches!(error, DbError::BackupExists { .. }), "{error}");
    assert!(!place.file("backup.db.partial").exists());
    db.integrity_check().await.unwrap();
    db.close().await;

    let mut options = place.options(SCHEMA);
    options.place = place.file("backup.db").into();
    assert_eq!(
        sold(&Db::open(options).unwrap()),
        (1..=100).collect::<Vec<_>>()
    );
}

#[test]
fn a_damaged_file_is_found_by_the_check() {
    let place = Place::for_files();
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

#[test]
fn a_full_disk_is_said_as_such_and_selling_goes_on_once_there_is_room() {
    let place = Place::for_files();
    let db = place.open();
    let reserve = place.file("store.db.reserve");
    assert!(reserve.exists(), "space is set aside");
    let limit = |pages: i64| {
        db.write_blocking(move |tx| {
            // A negative or too small limit is taken as the present size.
            tx.query_one(&format!("PRAGMA max_page_count = {pages}"), params![])
        })
        .unwrap();
    };
    limit(1);
    let error = db
        .write_blocking(|tx| {
            for id in 0..10_000 {
                sell(tx, id)?;
            }
            Ok::<_, DbError>(())
        })
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the disk of the database is full: free some space, nothing was stored"
    );
    assert!(!reserve.exists(), "the space set aside is given back");
    assert!(sold(&db).is_empty());
    limit(1_000_000);
    db.write_blocking(|tx| sell(tx, 1)).unwrap();
    assert_eq!(sold(&db), [1]);
}
