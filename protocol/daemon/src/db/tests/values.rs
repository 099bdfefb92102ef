//! What goes in comes out, for every kind of value and every placeholder.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{proptest, test_runner::Config};

use super::{DbError, Migration, Place, on_postgres};
use crate::db::{Db, Value};
use crate::params;

const ANYTHING: &[Migration] = &[Migration {
    version: 1,
    name: "anything",
    sql: "CREATE TABLE anything (place INTEGER NOT NULL PRIMARY KEY,
              number INTEGER, words TEXT, bytes BLOB) STRICT;",
}];

/// A value and the column it belongs into.
fn value() -> impl Strategy<Value = (&'static str, Value)> {
    // PostgreSQL's texts cannot hold U+0000.
    let words = any::<String>().prop_map(|text| match on_postgres() {
        true => text.replace('\0', ""),
        false => text,
    });
    prop_oneof![
        Just(("number", Value::Null)),
        any::<i64>().prop_map(|number| ("number", Value::Int(number))),
        words.prop_map(|text| ("words", Value::Text(text))),
        vec(any::<u8>(), 0..200).prop_map(|bytes| ("bytes", Value::Bytes(bytes))),
    ]
}

fn round_trip(db: &Db, values: Vec<(&'static str, Value)>) -> Vec<Value> {
    db.write_blocking(move |tx| {
        tx.execute("DELETE FROM anything", params![])?;
        let mut read = Vec::new();
        for (place, (column, value)) in (0_i64..).zip(values) {
            let sql = format!("INSERT INTO anything (place, {column}) VALUES ($1, $2)");
            tx.execute(&sql, &[Value::Int(place), value])?;
            let sql = format!("SELECT {column} FROM anything WHERE place = $1");
            read.push(tx.query_one(&sql, params![place])?.read(0)?);
        }
        Ok::<_, DbError>(read)
    })
    .unwrap()
}

#[test]
fn every_value_comes_back_as_it_was() {
    let place = Place::new();
    let db = Db::open(place.options(ANYTHING)).unwrap();
    proptest!(Config::with_cases(64), |(values in vec(value(), 0..20))| {
        let wanted: Vec<_> = values.iter().map(|(_, value)| value.clone()).collect();
        assert_eq!(round_trip(&db, values), wanted);
    });
}

#[test]
fn texts_are_ordered_by_their_bytes_whatever_the_servers_language() {
    let place = Place::new();
    let db = Db::open(place.options(ANYTHING)).unwrap();
    let read: Vec<String> = db
        .write_blocking(|tx| {
            for (place, word) in (0_i64..).zip(["a", "B", "ä", "A-1", "A 2", "b"]) {
                let sql = "INSERT INTO anything (place, words) VALUES ($1, $2)";
                tx.execute(sql, params![place, word])?;
            }
            let sql = "SELECT words FROM anything WHERE words > $1 ORDER BY words";
            let rows = tx.query_all(sql, params!["A 2"])?;
            rows.iter()
                .map(|row| row.read(0))
                .collect::<Result<_, DbError>>()
        })
        .unwrap();
    assert_eq!(read, ["A-1", "B", "a", "b", "ä"]);
}

#[test]
fn sums_and_comparisons_come_back_as_integers() {
    let place = Place::new();
    let db = Db::open(place.options(ANYTHING)).unwrap();
    db.write_blocking(|tx| {
        let sql = "INSERT INTO anything (place, number) VALUES (1, $1), (2, $2)";
        tx.execute(sql, params![i64::from(i32::MAX), -7])?;
        let sql = "SELECT SUM(number), COUNT(*), MIN(number) < 0, MAX(number) + 1 FROM anything";
        let row = tx.query_one(sql, params![])?;
        assert_eq!(row.read::<i64>(0)?, i64::from(i32::MAX) - 7);
        assert_eq!(row.read::<i64>(1)?, 2);
        assert!(row.read::<bool>(2)?);
        assert_eq!(row.read::<i64>(3)?, i64::from(i32::MAX) + 1);
        let sql = "SELECT SUM(number) FROM anything WHERE place > 2";
        assert_eq!(tx.query_one(sql, params![])?.read::<Option<i64>>(0)?, None);
        Ok::<_, DbError>(())
    })
    .unwrap();
}

#[test]
fn typed_values_come_back_typed() {
    let place = Place::new();
    let db = Db::open(place.options(ANYTHING)).unwrap();
    db.read_blocking(|tx| {
        let row = tx.query_one(
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8",
            params![
                i64::MIN,
                u32::MAX,
                true,
                "ÄÖ\u{1F6D2}",
                [7_u8; 16],
                None::<String>,
                Some(255_u8),
                vec![0_u8; 3],
            ],
        )?;
        assert_eq!(row.width(), 8);
        assert_eq!(row.read::<i64>(0)?, i64::MIN);
        assert_eq!(row.read::<u32>(1)?, u32::MAX);
        assert!(row.read::<bool>(2)?);
        assert_eq!(row.read::<String>(3)?, "ÄÖ\u{1F6D2}");
        assert_eq!(row.read::<[u8; 16]>(4)?, [7; 16]);
        assert_eq!(row.read::<Option<String>>(5)?, None);
        assert_eq!(row.read::<Option<u8>>(6)?, Some(255));
        assert_eq!(row.read::<Vec<u8>>(7)?, vec![0; 3]);
        Ok::<_, DbError>(())
    })
    .unwrap();
}

#[test]
fn placeholders_are_bound_by_number_not_by_appearance() {
    let place = Place::new();
    let db = Db::open(place.options(ANYTHING)).unwrap();
    let read: Vec<i64> = db
        .read_blocking(|tx| {
            let numbers = params![1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
            let sql = "SELECT $10, $1, $9, $2, $8, $3, $7, $4, $6, $5, $10";
            let row = tx.query_one(sql, numbers)?;
            (0..row.width())
                .map(|column| row.read(column))
                .collect::<Result<_, DbError>>()
        })
        .unwrap();
    assert_eq!(read, [10, 1, 9, 2, 8, 3, 7, 4, 6, 5, 10]);
}

#[track_caller]
fn check_refused(sql: &'static str, params: &'static [i64], sentence: &str) {
    let place = Place::new();
    let db = Db::open(place.options(ANYTHING)).unwrap();
    let error = db
        .read_blocking(move |tx| {
            let params: Vec<Value> = params.iter().map(|number| Value::Int(*number)).collect();
            tx.query_one(sql, &params)?.read::<i64>(0)
        })
        .unwrap_err();
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn mistakes_in_statements_are_told_with_their_text() {
    // SQLite is handed the same statement with its own placeholders.
    let shown = match on_postgres() {
        true => "could not run SELECT $1",
        false => "could not run SELECT ?1",
    };
    check_refused("SELECT $1", &[], shown);
    check_refused("SELECT $1", &[1, 2], shown);
    check_refused("SELEC 1", &[], "could not run SELEC 1");
    check_refused(
        "SELECT \"nothing\"",
        &[],
        "could not run SELECT \"nothing\"",
    );
    check_refused("SELECT 0.5", &[], "could not run SELECT 0.5");
    check_refused(
        "SELECT 1 WHERE 1 = 0",
        &[],
        "no row where one was expected: SELECT 1 WHERE 1 = 0",
    );
    check_refused(
        "SELECT 1 UNION SELECT 2",
        &[],
        "several rows where at most one was expected: SELECT 1 UNION SELECT 2",
    );
    check_refused("SELECT 'x'", &[], "column 0 of SELECT 'x'");
}
