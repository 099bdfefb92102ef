//! Two hub processes that reserve the last unit at once: one of them gets it, because each waits
//! for its turn at the database. Without the turn both do, which no seed of the simulator could
//! show: SQLite has one writer whatever a program does.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use counterpart_daemon::db::{Db, DbError, DbOptions, DbPlace, Migration, Tx};
use counterpart_daemon::params;
use counterpart_daemon::seeded::{Bug, make};
use counterpart_postgres_cluster::Database;

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "shelf",
    sql: "CREATE TABLE shelf (sku TEXT PRIMARY KEY, free INTEGER NOT NULL) STRICT;
          CREATE TABLE promised (process INTEGER PRIMARY KEY) STRICT;
          INSERT INTO shelf (sku, free) VALUES ('MUG', 1);",
}];

/// How long a process that has read waits for the other to have read too. While each has its turn
/// that cannot happen, and this is what the story takes.
const MET_WITHIN: Duration = Duration::from_millis(500);

/// Where both processes meet between reading and writing.
#[derive(Default)]
struct Meeting {
    have_read: Mutex<u32>,
    came: Condvar,
}

impl Meeting {
    fn meet(&self) {
        let mut have_read = self.have_read.lock().unwrap();
        *have_read += 1;
        self.came.notify_all();
        let waited = self
            .came
            .wait_timeout_while(have_read, MET_WITHIN, |count| *count < 2);
        drop(waited.unwrap());
    }
}

/// Reserves a unit as a slice does: it reads what is free, decides, and writes.
fn reserve(tx: &mut Tx, process: u32, meeting: &Meeting) -> Result<(), DbError> {
    let sql = "SELECT free FROM shelf WHERE sku = 'MUG'";
    let free: i64 = tx.query_one(sql, params![])?.read(0)?;
    meeting.meet();
    if free > 0 {
        tx.execute(
            "UPDATE shelf SET free = $1 WHERE sku = 'MUG'",
            params![free - 1],
        )?;
        tx.execute(
            "INSERT INTO promised (process) VALUES ($1)",
            params![process],
        )?;
    }
    Ok(())
}

/// Lets two processes reserve the last unit at once and returns how many of it were promised.
fn promised_by_two(bug: Option<Bug>) -> i64 {
    let database = Database::create();
    let open = || {
        let place = DbPlace::Server(database.url().parse().unwrap());
        let db = Db::open(DbOptions::new("test", place, 0x7e57, SCHEMA)).unwrap();
        // A mistake is made on one thread: here on the one that writes.
        db.write_blocking(move |_| {
            make(bug);
            Ok::<_, DbError>(())
        })
        .unwrap();
        db
    };
    let (processes, meeting) = ([open(), open()], Arc::new(Meeting::default()));
    thread::scope(|scope| {
        for (process, db) in (0..).zip(&processes) {
            let meeting = meeting.clone();
            scope.spawn(move || {
                db.write_blocking(move |tx| reserve(tx, process, &meeting))
                    .unwrap();
            });
        }
    });
    let count = processes[0].write_blocking(|tx| {
        let row = tx.query_one("SELECT COUNT(*) FROM promised", params![])?;
        row.read::<i64>(0)
    });
    count.unwrap()
}

#[test]
fn of_two_hub_processes_that_reserve_the_last_unit_one_gets_it() {
    assert_eq!(promised_by_two(None), 1);
}

#[test]
fn without_their_turn_both_would_promise_it() {
    assert_eq!(promised_by_two(Some(Bug::TurnNotTaken)), 2);
}
