//! What only a server can do to a database: several processes, other people's tables, restarts.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use counterpart_postgres_cluster::{Database, Server};

use super::url::ServerUrl;
use crate::clock::Stopwatch;
use crate::db::tests::{APPLICATION_ID, SCHEMA, sell, sold};
use crate::db::{ConstraintKind, Db, DbError, DbOptions, Hint, Tx};
use crate::params;

/// How long anything may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);

fn try_open(url: &str) -> Result<Db, DbError> {
    let url: ServerUrl = url.parse().unwrap();
    Db::open(DbOptions::new("test", url, APPLICATION_ID, SCHEMA))
}

fn open(database: &Database) -> Db {
    try_open(&database.url()).unwrap()
}

#[derive(Default)]
struct Remembered(Option<i64>);

/// Counts the sales, believing what this thread remembers.
fn next_id(tx: &mut Tx) -> Result<i64, DbError> {
    let remembered = tx.scratch::<Remembered>().0;
    let last = match remembered {
        Some(last) => last,
        None => tx
            .query_one("SELECT COALESCE(MAX(id), 0) FROM sales", params![])?
            .read(0)?,
    };
    tx.scratch::<Remembered>().0 = Some(last + 1);
    Ok(last + 1)
}

#[test]
fn what_one_process_remembers_is_forgotten_once_another_has_written() {
    let database = Database::create();
    let (one, other) = (open(&database), open(&database));
    for turn in 0..12 {
        let db = if turn % 3 == 0 { &one } else { &other };
        db.write_blocking(|tx| {
            let id = next_id(tx)?;
            sell(tx, id)
        })
        .unwrap();
    }
    assert_eq!(sold(&one), (1..=12).collect::<Vec<_>>());
}

#[test]
fn commands_of_two_processes_that_read_and_then_write_never_meet_half_way() {
    let database = Database::create();
    let processes = [open(&database), open(&database)];
    thread::scope(|scope| {
        for db in &processes {
            for _ in 0..4 {
                scope.spawn(move || {
                    for _ in 0..25 {
                        // Without turns both would read the same highest number.
                        db.write_blocking(|tx| {
                            let sql = "SELECT COALESCE(MAX(id), 0) + 1 FROM sales";
                            let id = tx.query_one(sql, params![])?.read(0)?;
                            sell(tx, id)
                        })
                        .unwrap();
                    }
                });
            }
        }
    });
    assert_eq!(sold(&processes[0]), (1..=200).collect::<Vec<_>>());
}

#[test]
fn processes_that_start_at_once_make_the_schema_once() {
    let database = Database::create();
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        for id in 1..=4 {
            let (database, barrier) = (&database, &barrier);
            scope.spawn(move || {
                barrier.wait();
                open(database)
                    .write_blocking(move |tx| sell(tx, id))
                    .unwrap();
            });
        }
    });
    assert_eq!(sold(&open(&database)), [1, 2, 3, 4]);
}

#[test]
fn a_hint_reaches_every_other_process_and_not_oneself() {
    let database = Database::create();
    let (one, other) = (open(&database), open(&database));
    let (told, heard) = channel();
    for (name, db) in [("one", &one), ("other", &other)] {
        let told = told.clone();
        db.hints().hear(Box::new(move |hint| {
            if let Hint::Told(topic) = hint {
                told.send((name, topic.to_owned())).unwrap();
            }
        }));
    }
    // A line is held from some moment after the opening on: ask until it is.
    let waited = Stopwatch::start();
    let first = loop {
        one.hints().tell("ping");
        if let Ok(first) = heard.recv_timeout(Duration::from_millis(50)) {
            break first;
        }
        assert!(waited.elapsed() < PATIENCE, "nothing is heard");
    };
    assert_eq!(first, ("other", "ping".to_owned()));
    other.hints().tell("it's 'feed/7'");
    let answer = heard.iter().find(|(name, _)| *name == "one").unwrap();
    assert_eq!(answer.1, "it's 'feed/7'");
    assert!(
        heard
            .try_iter()
            .all(|(name, topic)| name == "other" && topic == "ping")
    );
}

#[test]
fn a_text_that_postgresql_cannot_hold_is_refused_as_a_row_and_spoils_nothing_else() {
    let database = Database::create();
    let db = open(&database);
    db.write_blocking(|tx| {
        sell(tx, 1)?;
        let refused: Result<u64, DbError> = tx.savepoint(|tx| {
            let sql = "INSERT INTO lines (sale_id, sku) VALUES (1, $1)";
            tx.execute(sql, params!["a\0b"])
        });
        let kind = ConstraintKind::Text;
        assert!(matches!(refused, Err(DbError::Constraint { kind: found, .. }) if found == kind));
        sell(tx, 2)
    })
    .unwrap();
    assert_eq!(sold(&db), [1, 2]);
}

#[test]
fn a_command_that_ignores_a_failed_statement_keeps_nothing_and_harms_nobody() {
    let database = Database::create();
    let db = open(&database);
    let error = db
        .write_blocking(|tx| {
            sell(tx, 1)?;
            sell(tx, 1).ok();
            Ok::<_, DbError>(())
        })
        .unwrap_err();
    assert!(matches!(error, DbError::TransactionEnded { .. }), "{error}");
    db.write_blocking(|tx| sell(tx, 2)).unwrap();
    assert_eq!(sold(&db), [2]);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let database = Database::create();
    database.run("CREATE TABLE recipes (id BIGINT)");
    let error = try_open(&database.url()).err().unwrap();
    let sentence = error.to_string();
    assert!(
        sentence.ends_with(
            "is not a database of this program (application id 0x0): give this program a \
             database of its own, made with createdb"
        ),
        "{sentence}"
    );
    let database = Database::create();
    drop(open(&database));
    database.run("UPDATE counterpart_mark SET application_id = 7");
    let error = try_open(&database.url()).err().unwrap();
    assert!(
        matches!(error, DbError::Foreign { found: 7, .. }),
        "{error}"
    );
}

#[test]
fn a_backup_is_the_servers_own_business() {
    let database = Database::create();
    let db = open(&database);
    let error = db
        .backup_to_blocking(&std::env::temp_dir().join("never"))
        .unwrap_err();
    assert!(
        error.to_string().contains("copy it with pg_dump"),
        "{error}"
    );
}

#[track_caller]
fn check_unreachable(url: &str, advice: &str) {
    let error = try_open(url).err().expect("this must be refused");
    let sentence = error.to_string();
    assert!(sentence.contains(advice), "{sentence}");
    let mut said = format!("{error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        said += &error.to_string();
        cause = error.source();
    }
    assert!(
        !said.contains("geheim"),
        "the password is never shown: {said}"
    );
}

#[test]
fn what_stands_between_us_and_a_server_is_said_so_that_a_person_can_act() {
    let server = Server::start();
    let database = Database::create_on(&server.address());
    database.run("CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE guest LOGIN");
    let at = |user: &str| database.url().replace("postgres@", &format!("{user}@"));
    check_unreachable(&at("locked:geheim"), "it refuses the user or the password");
    check_unreachable(&at("locked"), "for a password that the address lacks");
    let other = format!("{}/geheimnisvoll", server.address());
    let error = try_open(&other).err().unwrap().to_string();
    assert!(error.contains("it has no database of that name"), "{error}");
    let error = try_open(&at("guest")).err().unwrap();
    assert!(
        error
            .to_string()
            .contains("the user of the database may not do this"),
        "{error}"
    );
    check_unreachable("postgres://u:geheim@127.0.0.1:1/d", "it does not answer");
    database.run("GRANT ALL ON SCHEMA public TO locked");
    try_open(&at("locked:right")).unwrap();
    server.stop_at_once();
    check_unreachable(&at("locked:right"), "it does not answer");
}

#[test]
fn a_line_with_tls_is_checked_or_not_used() {
    let server = Server::with_tls();
    let database = Database::create_on(&server.address());
    let at = |host: &str, asked: &str| {
        let address = database.url_at(&server.tls_address(host));
        format!("{address}?{asked}")
    };
    let root = format!("sslrootcert={}", server.certificate().display());
    let db = try_open(&at("localhost", &format!("sslmode=verify-full&{root}"))).unwrap();
    db.write_blocking(|tx| sell(tx, 1)).unwrap();
    assert_eq!(sold(&db), [1]);
    let on_tls = db.read_blocking(|tx| {
        let sql = "SELECT CASE WHEN ssl THEN 1 ELSE 0 END FROM pg_stat_ssl
             WHERE pid = pg_backend_pid()";
        tx.query_one(sql, params![])?.read::<i64>(0)
    });
    assert_eq!(on_tls.unwrap(), 1, "it goes over TLS");

    // The server's certificate names localhost and nobody the machine believes vouches for it.
    let elsewhere = at("127.0.0.1", &format!("sslmode=verify-full&{root}"));
    check_unreachable(&elsewhere, "TLS with it does not come about");
    let unknown = at("localhost", "sslmode=require");
    check_unreachable(&unknown, "TLS with it does not come about");
    let missing = at("localhost", "sslmode=require&sslrootcert=/nowhere.pem");
    check_unreachable(&missing, "the certificate to check it by cannot be read");
    // It takes nobody without TLS, and nobody is let down to that.
    check_unreachable(&at("localhost", "sslmode=disable"), "it refuses");
    assert_eq!(sold(&db), [1]);
}

#[test]
fn a_server_restarted_under_load_loses_nothing_that_was_acknowledged_and_doubles_nothing() {
    let server = Server::start();
    let database = Database::create_on(&server.address());
    let processes = [open(&database), open(&database)];
    let (stop, through) = (AtomicBool::new(false), AtomicUsize::new(0));
    let acknowledged: Vec<i64> = thread::scope(|scope| {
        let workers: Vec<_> = (0..6)
            .map(|worker| {
                let (db, stop, through) = (&processes[worker % 2], &stop, &through);
                let first = i64::try_from(worker).unwrap() * 1_000_000;
                scope.spawn(move || work(db, first, stop, through))
            })
            .collect();
        for round in 1..=3 {
            wait_until(|| through.load(Ordering::Relaxed) >= round * 40);
            server.stop_at_once();
            server.start_again();
        }
        wait_until(|| through.load(Ordering::Relaxed) >= 200);
        stop.store(true, Ordering::Relaxed);
        let each = workers.into_iter();
        each.flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut wanted = acknowledged;
    wanted.sort_unstable();
    assert_eq!(sold(&processes[0]), wanted);
}

/// Sells one after another; a command whose fate is unknown is sent again until it is known, as
/// callers do, and done at most once by its number.
fn work(db: &Db, first: i64, stop: &AtomicBool, through: &AtomicUsize) -> Vec<i64> {
    let mut done = Vec::new();
    let mut id = first;
    while !stop.load(Ordering::Relaxed) {
        id += 1;
        loop {
            let sent = db.write_blocking(move |tx| {
                let sql = "SELECT 1 FROM sales WHERE id = $1";
                match tx.query_opt(sql, params![id])? {
                    Some(_) => Ok(()),
                    None => sell(tx, id),
                }
            });
            match sent {
                Ok(()) => break,
                Err(passing) => assert!(passing.is_passing(), "{passing:?}"),
            }
            thread::yield_now();
        }
        done.push(id);
        through.fetch_add(1, Ordering::Relaxed);
    }
    done
}

fn wait_until(mut done: impl FnMut() -> bool) {
    let waited = Stopwatch::start();
    while !done() {
        assert!(waited.elapsed() < PATIENCE, "it does not come about");
        thread::yield_now();
    }
}
