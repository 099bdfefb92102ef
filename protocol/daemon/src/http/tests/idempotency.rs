//! A command that is sent twice happens once.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Router, extract::State};
use serde_json::json;

use super::{ask, problem_of, text_of};
use crate::db::{Db, DbError, DbOptions, Migration};
use crate::http::idempotency::{
    self, Begun, IDEMPOTENCY_MIGRATION_SQL, IdempotencyKey, KEPT_MS, Scope, StoredResponse,
    request_hash,
};
use crate::http::{Problem, ToProblem};
use crate::params;

const NOW_MS: i64 = 1_700_000_000_000;

const SCHEMA: &[Migration] = &[
    Migration {
        version: 1,
        name: "idempotency",
        sql: IDEMPOTENCY_MIGRATION_SQL,
    },
    Migration {
        version: 2,
        name: "sales",
        sql: "CREATE TABLE sales (total_minor INTEGER NOT NULL CHECK (total_minor > 0)) STRICT;",
    },
];

fn open() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = DbOptions::new("test", folder.path().join("store.db"), 7, SCHEMA);
    options.reserve_bytes = 0;
    (folder, Db::open(options).unwrap())
}

fn scope(principal: &str, key: &str) -> Scope {
    Scope {
        principal: principal.to_owned(),
        key: key.to_owned(),
    }
}

/// A service as slices write it: look up, decide, write fact and answer in one transaction.
fn sell(db: &Db, scope: Scope, total_minor: i64, now_ms: i64) -> Result<Begun, DbError> {
    db.write_blocking(move |tx| {
        let body = json!({ "total_minor": total_minor }).to_string();
        let hash = request_hash("POST", "/v1/sales", body.as_bytes());
        match idempotency::begin(tx, &scope, hash)? {
            Begun::Fresh => {
                tx.execute(
                    "INSERT INTO sales (total_minor) VALUES ($1)",
                    params![total_minor],
                )?;
                let count = tx.query_one("SELECT COUNT(*) FROM sales", params![])?;
                let view = json!({ "number": count.read::<i64>(0)? });
                let response = StoredResponse::json(StatusCode::CREATED, &view);
                idempotency::finish(tx, &scope, hash, &response, now_ms)?;
                Ok(Begun::Fresh)
            }
            known => Ok(known),
        }
    })
}

fn sales(db: &Db) -> i64 {
    db.read_blocking(|tx| {
        tx.query_one("SELECT COUNT(*) FROM sales", params![])?
            .read(0)
    })
    .unwrap()
}

#[test]
fn a_command_sent_twice_is_one_sale_with_one_answer() {
    let (_folder, db) = open();
    assert_eq!(
        sell(&db, scope("till 1", "a"), 500, NOW_MS).unwrap(),
        Begun::Fresh
    );
    let replayed = sell(&db, scope("till 1", "a"), 500, NOW_MS).unwrap();
    let first = StoredResponse::json(StatusCode::CREATED, &json!({ "number": 1 }));
    assert_eq!(replayed, Begun::Replayed(first));
    assert_eq!(sales(&db), 1);
}

#[test]
fn another_command_under_the_same_key_is_refused() {
    let (_folder, db) = open();
    sell(&db, scope("till 1", "a"), 500, NOW_MS).unwrap();
    assert_eq!(
        sell(&db, scope("till 1", "a"), 501, NOW_MS).unwrap(),
        Begun::KeyReused
    );
    assert_eq!(sales(&db), 1);
    let problem = idempotency::key_reused();
    assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn two_callers_may_use_one_key() {
    let (_folder, db) = open();
    assert_eq!(
        sell(&db, scope("till 1", "a"), 500, NOW_MS).unwrap(),
        Begun::Fresh
    );
    assert_eq!(
        sell(&db, scope("till 2", "a"), 500, NOW_MS).unwrap(),
        Begun::Fresh
    );
    assert_eq!(sales(&db), 2);
}

#[test]
fn a_command_that_failed_may_be_sent_again_under_its_key() {
    let (_folder, db) = open();
    sell(&db, scope("till 1", "a"), -1, NOW_MS).unwrap_err();
    assert_eq!(
        sell(&db, scope("till 1", "a"), 500, NOW_MS).unwrap(),
        Begun::Fresh
    );
    assert_eq!(sales(&db), 1);
}

#[test]
fn answers_are_forgotten_after_35_days_and_not_before() {
    let (_folder, db) = open();
    sell(&db, scope("till 1", "old"), 500, NOW_MS).unwrap();
    sell(&db, scope("till 1", "new"), 500, NOW_MS + 1).unwrap();
    let purge = |now_ms: i64| {
        db.write_blocking(move |tx| idempotency::purge_older(tx, now_ms - KEPT_MS))
            .unwrap()
    };
    assert_eq!(purge(NOW_MS + KEPT_MS), 0);
    assert_eq!(purge(NOW_MS + KEPT_MS + 1), 1);
    assert_eq!(
        sell(&db, scope("till 1", "old"), 500, NOW_MS).unwrap(),
        Begun::Fresh
    );
    assert!(matches!(
        sell(&db, scope("till 1", "new"), 500, NOW_MS),
        Ok(Begun::Replayed(_))
    ));
}

#[test]
fn cleaning_up_takes_small_bites() {
    let (_folder, db) = open();
    db.write_blocking(|tx| {
        let response = StoredResponse::json(StatusCode::OK, &json!({}));
        (0..1_500).try_for_each(|key| {
            let scope = scope("till 1", &key.to_string());
            idempotency::finish(tx, &scope, [0; 32], &response, NOW_MS)
        })
    })
    .unwrap();
    let purge = || {
        db.write_blocking(|tx| idempotency::purge_older(tx, NOW_MS + 1))
            .unwrap()
    };
    assert_eq!((purge(), purge(), purge()), (1_000, 500, 0));
}

#[test]
fn the_hash_tells_method_path_and_body_apart() {
    let hash = request_hash("POST", "/v1/sales", b"{}");
    assert_eq!(hash, request_hash("POST", "/v1/sales", b"{}"));
    assert_ne!(hash, request_hash("PUT", "/v1/sales", b"{}"));
    assert_ne!(hash, request_hash("POST", "/v1/sales{", b"}"));
    assert_ne!(hash, request_hash("POST", "/v1/sales", b"{ }"));
}

#[tokio::test]
async fn a_stored_answer_is_given_again_as_it_was() {
    let stored = StoredResponse::json(StatusCode::CREATED, &json!({ "number": 1 }));
    let response = stored.into_response();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(
        text_of(response).await,
        (StatusCode::CREATED, "{\"number\":1}".to_owned())
    );
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Failed(#[from] DbError);

impl ToProblem for Failed {
    fn to_problem(&self) -> Problem {
        self.0.to_problem()
    }
}

#[tokio::test]
async fn a_command_needs_a_key_of_good_form() {
    async fn command(
        State(db): State<Db>,
        IdempotencyKey(key): IdempotencyKey,
    ) -> Result<String, Problem> {
        let known = db
            .read(move |tx| -> Result<Begun, Failed> {
                Ok(idempotency::begin(tx, &scope("till 1", &key), [0; 32])?)
            })
            .await?;
        Ok(format!("{known:?}"))
    }
    let (_folder, db) = open();
    let router = Router::new().route("/", post(command)).with_state(db);
    let request = |key: &str| {
        Request::post("/")
            .header("idempotency-key", key)
            .body(Body::empty())
            .unwrap()
    };
    let answer = ask(router.clone(), request("01J9Z3-a")).await;
    assert_eq!(answer, (StatusCode::OK, "Fresh".to_owned()));
    let missing = Request::post("/").body(Body::empty()).unwrap();
    for bad in [
        missing,
        request(""),
        request("two words"),
        request(&"x".repeat(129)),
    ] {
        let (status, text) = ask(router.clone(), bad).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(
            problem_of(&text).kind,
            "urn:counterpart:problem:idempotency_key_missing"
        );
    }
}
