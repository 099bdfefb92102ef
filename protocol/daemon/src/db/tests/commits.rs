//! Group commit: what is shared, what is not, and in which order things happen.

use std::sync::{Arc, Mutex};

use super::{DbError, Place, hold, on_postgres, queue, sell, sold};
use crate::db::{ConstraintKind, Db};
use crate::params;

#[test]
fn commands_that_wait_share_one_commit_and_all_are_kept() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let answers: Vec<_> = (1..=10)
        .map(|id| queue(&db, move |tx| sell(tx, id)))
        .collect();
    gate.send(()).unwrap();
    for answer in answers {
        answer.recv().unwrap().unwrap();
    }
    assert_eq!(sold(&db), (1..=10).collect::<Vec<_>>());
}

#[test]
fn one_failing_command_among_ten_loses_only_its_own_changes() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let answers: Vec<_> = (1..=10)
        .map(|id| {
            queue(&db, move |tx| {
                sell(tx, id)?;
                if id == 4 {
                    tx.execute(
                        "INSERT INTO sales (id, total_minor) VALUES (1, 0)",
                        params![],
                    )?;
                }
                Ok(())
            })
        })
        .collect();
    gate.send(()).unwrap();
    for (index, answer) in answers.into_iter().enumerate() {
        let answer = answer.recv().unwrap();
        if index == 3 {
            let refused = answer.unwrap_err();
            assert!(refused.is_duplicate(), "{refused}");
        } else {
            answer.unwrap();
        }
    }
    assert_eq!(sold(&db), [1, 2, 3, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn a_panic_in_one_command_is_an_error_to_its_caller_and_harms_nobody_else() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let before = queue(&db, |tx| sell(tx, 1));
    let bug = queue::<()>(&db, |tx| {
        sell(tx, 2)?;
        panic!("no such shelf");
    });
    let after = queue(&db, |tx| sell(tx, 3));
    gate.send(()).unwrap();
    before.recv().unwrap().unwrap();
    let error = bug.recv().unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the command stopped with a bug: no such shelf"
    );
    after.recv().unwrap().unwrap();
    assert_eq!(sold(&db), [1, 3]);
}

#[test]
fn a_commit_that_fails_fails_every_command_of_its_batch_and_the_next_ones_go_on() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let innocent = queue(&db, |tx| sell(tx, 1));
    // A reference that is only checked at the commit, which slices must not have.
    let deferred = queue(&db, |tx| {
        if on_postgres() {
            tx.execute("SET CONSTRAINTS ALL DEFERRED", params![])?;
        } else {
            tx.execute("PRAGMA defer_foreign_keys = ON", params![])?;
        }
        tx.execute(
            "INSERT INTO lines (sale_id, sku) VALUES (99, 'A')",
            params![],
        )
    });
    let own_failure = queue(&db, |tx| tx.query_one("SELECT 1 WHERE 1 = 0", params![]));
    gate.send(()).unwrap();
    for error in [
        innocent.recv().unwrap().unwrap_err(),
        deferred.recv().unwrap().unwrap_err(),
    ] {
        let kind = ConstraintKind::ForeignKey;
        assert!(matches!(error, DbError::Constraint { kind: found, .. } if found == kind));
    }
    let own = own_failure.recv().unwrap().unwrap_err();
    assert!(
        matches!(own, DbError::NoRow { .. }),
        "a failed command keeps its own reason: {own}"
    );
    db.write_blocking(|tx| sell(tx, 2)).unwrap();
    assert_eq!(sold(&db), [2]);
}

#[test]
fn hooks_run_after_the_commit_and_before_the_answer_in_the_order_of_the_commands() {
    let place = Place::new();
    let db = place.open();
    let log = Arc::new(Mutex::new(Vec::new()));
    let gate = hold(&db);
    let mut answers = Vec::new();
    for id in 1..=3 {
        let (log, within) = (log.clone(), db.clone());
        answers.push(queue(&db, move |tx| {
            sell(tx, id)?;
            tx.on_commit(Box::new(move || {
                // Another thread's read sees what is durable.
                let durable = std::thread::spawn(move || sold(&within).len());
                log.lock().unwrap().push((id, durable.join().unwrap()));
            }));
            Ok(())
        }));
    }
    gate.send(()).unwrap();
    for answer in &answers {
        answer.recv().unwrap().unwrap();
    }
    assert_eq!(*log.lock().unwrap(), [(1, 3), (2, 3), (3, 3)]);
}

#[test]
fn hooks_of_what_is_rolled_back_never_run() {
    let place = Place::new();
    let db = place.open();
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let log = log.clone();
        Box::new(move || log.lock().unwrap().push(what))
    };
    let (failed, inner, outer) = (note("failed"), note("inner"), note("outer"));
    db.write_blocking(move |tx| {
        tx.on_commit(failed);
        tx.query_one("SELECT 1 WHERE 1 = 0", params![])
    })
    .unwrap_err();
    db.write_blocking(move |tx| {
        tx.on_commit(outer);
        let undone: Result<(), DbError> = tx.savepoint(|tx| {
            tx.on_commit(inner);
            tx.query_one("SELECT 1 WHERE 1 = 0", params![]).map(|_| ())
        });
        undone.unwrap_err();
        Ok::<_, DbError>(())
    })
    .unwrap();
    assert_eq!(*log.lock().unwrap(), ["outer"]);
}

#[test]
fn a_hook_that_panics_costs_nobody_an_answer() {
    let place = Place::new();
    let db = place.open();
    db.write_blocking(|tx| {
        tx.on_commit(Box::new(|| panic!("a bug in a hook")));
        sell(tx, 1)
    })
    .unwrap();
    db.write_blocking(|tx| sell(tx, 2)).unwrap();
    assert_eq!(sold(&db), [1, 2]);
}

#[test]
fn a_savepoint_undoes_its_own_part_at_any_depth() {
    let place = Place::new();
    let db = place.open();
    db.write_blocking(|tx| {
        sell(tx, 1)?;
        tx.savepoint(|tx| {
            sell(tx, 2)?;
            let undone: Result<(), DbError> = tx.savepoint(|tx| {
                sell(tx, 3)?;
                tx.savepoint(|tx| sell(tx, 4))?;
                sell(tx, 1)
            });
            assert!(undone.unwrap_err().is_duplicate());
            sell(tx, 5)
        })
    })
    .unwrap();
    assert_eq!(sold(&db), [1, 2, 5]);
}

#[derive(Default)]
struct Seen(Vec<i64>);

fn remember(db: &Db, id: i64) -> Vec<i64> {
    db.write_blocking(move |tx| {
        let seen = tx.scratch::<Seen>();
        seen.0.push(id);
        Ok::<_, DbError>(seen.0.clone())
    })
    .unwrap()
}

#[test]
fn scratch_lives_across_commands_and_is_emptied_by_any_rollback() {
    let place = Place::new();
    let db = place.open();
    assert_eq!(remember(&db, 1), [1]);
    assert_eq!(remember(&db, 2), [1, 2]);
    db.write_blocking(|tx| {
        tx.scratch::<Seen>().0.push(3);
        tx.query_one("SELECT 1 WHERE 1 = 0", params![])
    })
    .unwrap_err();
    assert_eq!(remember(&db, 4), [4], "a command failed");
    db.write_blocking(|tx| {
        let undone: Result<(), DbError> =
            tx.savepoint(|tx| tx.query_one("SELECT 1 WHERE 1 = 0", params![]).map(|_| ()));
        undone.unwrap_err();
        Ok::<_, DbError>(())
    })
    .unwrap();
    assert_eq!(remember(&db, 5), [5], "a savepoint was undone");
    db.write_blocking::<(), DbError, _>(|_| panic!("a bug"))
        .unwrap_err();
    assert_eq!(remember(&db, 6), [6], "a command panicked");
    let read = |db: &Db| {
        db.read_blocking(|tx| {
            tx.scratch::<Seen>().0.push(7);
            Ok::<_, DbError>(tx.scratch::<Seen>().0.len())
        })
    };
    assert_eq!(
        (read(&db).unwrap(), read(&db).unwrap()),
        (1, 1),
        "reads share nothing"
    );
}

#[test]
fn nothing_is_stored_outside_a_transaction_that_a_statement_has_ended() {
    let place = Place::new();
    let db = place.open();
    let error = db
        .write_blocking(|tx| {
            sell(tx, 1)?;
            tx.execute("ROLLBACK", params![])?;
            sell(tx, 2)
        })
        .unwrap_err();
    let said = match on_postgres() {
        true => "could not run ROLLBACK",
        false => "the transaction was ended by an earlier failure of it",
    };
    assert_eq!(error.to_string(), said);
    // A command that does not look at its errors gets no success either.
    let swallowed = db.write_blocking(|tx| {
        tx.execute("COMMIT", params![]).ok();
        sell(tx, 3).ok();
        Ok::<_, DbError>(())
    });
    swallowed.unwrap_err();
    assert!(sold(&db).is_empty());
}

#[test]
fn a_reading_connection_refuses_to_write() {
    let place = Place::new();
    let db = place.open();
    let error = db.read_blocking(|tx| sell(tx, 1)).unwrap_err();
    assert!(matches!(error, DbError::ReadOnly { .. }), "{error}");
    assert!(sold(&db).is_empty());
}

#[test]
fn a_read_sees_one_moment_however_much_is_written_meanwhile() {
    let place = Place::new();
    let db = place.open();
    db.write_blocking(|tx| sell(tx, 1)).unwrap();
    let (go_on, waiting) = std::sync::mpsc::channel::<()>();
    let (looked, has_looked) = std::sync::mpsc::channel::<()>();
    let reader = db.clone();
    let counted = std::thread::spawn(move || {
        reader.read_blocking(move |tx| {
            let count = "SELECT COUNT(*) FROM sales";
            let before: i64 = tx.query_one(count, params![])?.read(0)?;
            looked.send(()).unwrap();
            waiting.recv().unwrap();
            let after: i64 = tx.query_one(count, params![])?.read(0)?;
            Ok::<_, DbError>((before, after))
        })
    });
    has_looked.recv().unwrap();
    db.write_blocking(|tx| sell(tx, 2)).unwrap();
    go_on.send(()).unwrap();
    assert_eq!(counted.join().unwrap().unwrap(), (1, 1));
    assert_eq!(sold(&db), [1, 2]);
}

#[test]
fn a_full_queue_turns_the_next_command_away_at_once() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let answers: Vec<_> = (1..=1_024)
        .map(|id| queue(&db, move |tx| sell(tx, id)))
        .collect();
    let error = db.write_blocking(|tx| sell(tx, 2_000)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database is busy (too many commands wait): try again in a moment"
    );
    gate.send(()).unwrap();
    for answer in answers {
        answer.recv().unwrap().unwrap();
    }
    assert_eq!(sold(&db).len(), 1_024);
}

#[tokio::test]
async fn a_command_whose_caller_has_gone_is_still_carried_out() {
    let place = Place::new();
    let db = place.open();
    let gate = hold(&db);
    let mut command = Box::pin(db.write(|tx| sell(tx, 1)));
    // Queued by the first look at it, then dropped, as a request is when its browser goes away.
    assert!(
        futures_util::future::poll_immediate(&mut command)
            .await
            .is_none()
    );
    drop(command);
    gate.send(()).unwrap();
    db.write(|tx| sell(tx, 2)).await.unwrap();
    assert_eq!(sold(&db), [1, 2]);
}
