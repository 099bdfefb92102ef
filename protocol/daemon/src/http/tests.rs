//! Problems, idempotency and limits, seen from outside.

mod idempotency;
mod serving;

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, http::header::RETRY_AFTER};
use futures_util::StreamExt;
use serde::Deserialize;
use tower::ServiceExt;

use super::{Form, Json, Limits, Pace, Path, Problem, ProblemBody, Query, ToProblem};
use crate::db::DbError;

/// Sends one request to a router and returns status and body.
async fn ask(router: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.oneshot(request).await.unwrap();
    text_of(response).await
}

async fn text_of(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

fn post_json(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

#[derive(Deserialize)]
struct Sell {
    quantity_milli: i64,
}

fn router() -> Router {
    let sell = async |Json(sell): Json<Sell>| sell.quantity_milli.to_string();
    let shelf = async |Path(shelf): Path<u8>, Query(sell): Query<Sell>| {
        format!("{shelf}: {}", sell.quantity_milli)
    };
    let press = async |Form(sell): Form<Sell>| sell.quantity_milli.to_string();
    let bug = async || -> String { panic!("a bug in a handler") };
    let slow = async || std::future::pending::<String>().await;
    Router::new()
        .route("/sell", post(sell))
        .route("/shelves/{shelf}", post(shelf))
        .route("/press", post(press))
        .route("/bug", post(bug))
        .route("/slow", post(slow))
        .fallback(super::not_found)
        .method_not_allowed_fallback(super::method_not_allowed)
}

#[track_caller]
fn problem_of(text: &str) -> ProblemBody {
    serde_json::from_str(text).expect("the answer is a problem")
}

#[tokio::test]
async fn a_problem_looks_the_same_for_ever() {
    let problem = Problem::refused("tender_too_small", "the customer still owes 2.50")
        .field("tendered_minor", "must be at least 1250");
    let response = problem.into_response();
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let (status, body) = text_of(response).await;
    assert_eq!(status, StatusCode::CONFLICT);
    insta::assert_json_snapshot!(problem_of(&body), @r#"
    {
      "type": "urn:counterpart:problem:tender_too_small",
      "title": "tender too small",
      "status": 409,
      "detail": "the customer still owes 2.50",
      "fields": [
        {
          "field": "tendered_minor",
          "detail": "must be at least 1250"
        }
      ]
    }
    "#);
}

#[derive(Debug, thiserror::Error)]
enum PayFailed {
    #[error("the basket is empty: scan something first")]
    Empty,
    #[error("could not store the sale")]
    Database(#[from] DbError),
}

impl ToProblem for PayFailed {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Empty => Problem::refused("basket_empty", self.to_string()),
            Self::Database(error) => error.to_problem(),
        }
    }
}

#[track_caller]
fn check(error: PayFailed, status: u16, code: &str, detail: &str) {
    let problem = Problem::from(error);
    assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
    assert_eq!(problem.sentence(), detail);
}

#[test]
fn an_error_of_a_slice_becomes_the_problem_it_says() {
    check(
        PayFailed::Empty,
        409,
        "basket_empty",
        "the basket is empty: scan something first",
    );
    check(
        DbError::Busy {
            reason: "too many commands wait",
        }
        .into(),
        503,
        "database_busy",
        "the database is busy (too many commands wait): try again in a moment",
    );
    check(
        DbError::NoRow {
            sql: "SELECT secret FROM staff".into(),
        }
        .into(),
        500,
        "bug",
        "the program made a mistake and stored nothing: report the time of day to whoever looks \
         after it",
    );
}

#[test]
fn what_passes_by_itself_says_when_to_come_back() {
    let busy = Problem::from(DbError::Closed).into_response();
    assert_eq!(busy.headers()[RETRY_AFTER], "1");
    let throttled = Problem::throttled("too many wrong PINs", 30).into_response();
    assert_eq!(throttled.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(throttled.headers()[RETRY_AFTER], "30");
    assert!(
        !Problem::not_found("no")
            .into_response()
            .headers()
            .contains_key(RETRY_AFTER)
    );
}

async fn check_problem(request: Request<Body>, status: u16, code: &str, detail_has: &str) {
    let (answered, text) = ask(Limits::default().around(router()), request).await;
    let problem = problem_of(&text);
    assert_eq!(answered.as_u16(), status, "{text}");
    assert_eq!(problem.status, status);
    assert_eq!(problem.kind, format!("urn:counterpart:problem:{code}"));
    assert!(problem.detail.contains(detail_has), "{text}");
}

#[tokio::test]
async fn what_can_not_be_read_is_a_problem_with_its_place() {
    let unreadable = "request_unreadable";
    check_problem(post_json("/sell", "{"), 400, unreadable, "EOF").await;
    check_problem(post_json("/sell", "{}"), 400, unreadable, "quantity_milli").await;
    let text = r#"{"quantity_milli": 0.5}"#;
    check_problem(post_json("/sell", text), 400, unreadable, "quantity_milli").await;
    let untyped = Request::post("/sell").body(Body::from("{}")).unwrap();
    check_problem(untyped, 400, unreadable, "Content-Type").await;
    check_problem(post_json("/shelves/300", ""), 400, unreadable, "300").await;
    check_problem(
        post_json("/shelves/3", ""),
        400,
        unreadable,
        "quantity_milli",
    )
    .await;
}

fn post_form(body: impl Into<Body>) -> Request<Body> {
    Request::post("/press")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.into())
        .unwrap()
}

#[tokio::test]
async fn a_form_that_can_not_be_read_is_a_problem_like_any_other() {
    let unreadable = "request_unreadable";
    check_problem(post_form(""), 400, unreadable, "quantity_milli").await;
    check_problem(
        post_form("quantity_milli=x"),
        400,
        unreadable,
        "quantity_milli",
    )
    .await;
    let untyped = Request::post("/press").body(Body::from("a=b")).unwrap();
    check_problem(untyped, 400, unreadable, "Form requests must have").await;
    let (status, text) = ask(router(), post_form("quantity_milli=7")).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "7"));
}

#[tokio::test]
async fn where_nothing_is_the_answer_is_a_problem_too() {
    check_problem(
        post_json("/sel", ""),
        404,
        "not_found",
        "there is nothing at /sel",
    )
    .await;
    let get = Request::get("/sell").body(Body::empty()).unwrap();
    check_problem(
        get,
        405,
        "method_not_allowed",
        "/sell can't be asked with GET",
    )
    .await;
}

#[tokio::test]
async fn a_bug_in_a_handler_is_a_problem_and_no_broken_connection() {
    check_problem(post_json("/bug", ""), 500, "bug", "report the time of day").await;
}

#[tokio::test]
async fn every_request_is_counted_by_route_and_never_by_address() {
    let telemetry = crate::telemetry::metrics();
    let router = super::observed(Limits::default().around(router()), "test listener");
    ask(router.clone(), post_json("/shelves/3?quantity_milli=5", "")).await;
    ask(router, post_json("/shelves/bad", "")).await;
    let text = telemetry.render();
    let counted = |status: u16| {
        format!(
            "counterpart_http_request_duration_seconds_count{{listener=\"test listener\",\
             method=\"POST\",route=\"/shelves/{{shelf}}\",status=\"{status}\"}} 1"
        )
    };
    assert!(text.contains(&counted(200)), "{text}");
    assert!(text.contains(&counted(400)), "{text}");
    assert!(!text.contains("quantity_milli"), "{text}");
}

#[tokio::test]
async fn a_good_request_passes_all_limits() {
    let answer = ask(
        Limits::default().around(router()),
        post_json("/sell", r#"{"quantity_milli":1000}"#),
    );
    assert_eq!(answer.await, (StatusCode::OK, "1000".to_owned()));
    let answer = ask(
        Limits::default().around(router()),
        post_json("/shelves/3?quantity_milli=5", ""),
    );
    assert_eq!(answer.await, (StatusCode::OK, "3: 5".to_owned()));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_declared_or_not() {
    let limits = Limits {
        body_bytes_max: 100,
        ..Limits::default()
    };
    let body = format!("{{\"quantity_milli\": 1{}}}", " ".repeat(200));
    let mut declared = post_json("/sell", body.clone());
    declared
        .headers_mut()
        .insert("content-length", body.len().into());
    for request in [declared, post_json("/sell", body)] {
        let (status, text) = ask(limits.around(router()), request).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(
            problem_of(&text).kind,
            "urn:counterpart:problem:body_too_large"
        );
    }
}

/// A body that begins and never goes on.
fn stalled(beginning: &'static str) -> Body {
    let begins = futures_util::stream::iter([Ok::<_, std::io::Error>(beginning)]);
    Body::from_stream(begins.chain(futures_util::stream::pending()))
}

#[tokio::test]
async fn a_body_that_stalls_is_cut_and_its_place_is_free_again() {
    let limits = Limits {
        body_pace: Pace {
            grace: Duration::from_millis(10),
            bytes_per_s_min: 1_000,
        },
        requests_max: 1,
        ..Limits::default()
    };
    let router = limits.around(router());
    for request in [
        post_json("/sell", stalled(r#"{"quantity_milli"#)),
        post_form(stalled("quantity_milli=1")),
    ] {
        let (status, text) = ask(router.clone(), request).await;
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT, "{text}");
        let problem = problem_of(&text);
        assert_eq!(problem.kind, "urn:counterpart:problem:body_too_slow");
        assert_eq!(
            problem.detail,
            "the request came too slowly: send the same command again"
        );
    }
    let (status, _) = ask(router, post_json("/sell", r#"{"quantity_milli":1}"#)).await;
    assert_eq!(status, StatusCode::OK, "the place is free again");
}

fn from_address(mut request: Request<Body>, address: &str) -> Request<Body> {
    let from = std::net::SocketAddr::new(address.parse().unwrap(), 4_000);
    request
        .extensions_mut()
        .insert(axum::extract::ConnectInfo(from));
    request
}

#[tokio::test]
async fn one_address_can_not_take_the_places_of_all_others() {
    let limits = Limits {
        requests_max: 4,
        requests_per_address_max: 2,
        ..Limits::default()
    };
    let router = limits.around(router());
    let mut held = Vec::new();
    for _ in 0..2 {
        let request = from_address(post_json("/slow", ""), "192.0.2.7");
        let mut open = Box::pin(router.clone().oneshot(request));
        let waits = futures_util::future::poll_immediate(&mut open).await;
        assert!(waits.is_none());
        held.push(open);
    }
    let good = || post_json("/sell", r#"{"quantity_milli":1}"#);
    let (status, text) = ask(router.clone(), from_address(good(), "192.0.2.7")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(problem_of(&text).kind, "urn:counterpart:problem:overloaded");
    let (status, _) = ask(router.clone(), from_address(good(), "192.0.2.8")).await;
    assert_eq!(status, StatusCode::OK, "another address has its own share");
    drop(held);
    let (status, _) = ask(router, from_address(good(), "192.0.2.7")).await;
    assert_eq!(status, StatusCode::OK, "and the first has its own again");
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_answered_for() {
    let limits = Limits {
        request_timeout: Duration::from_millis(10),
        ..Limits::default()
    };
    let (status, text) = ask(limits.around(router()), post_json("/slow", "")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let problem = problem_of(&text);
    assert_eq!(problem.kind, "urn:counterpart:problem:timed_out");
    assert_eq!(
        problem.detail,
        "no answer within 10 ms: send the same command again"
    );
}

#[tokio::test]
async fn more_requests_than_the_daemon_can_carry_are_turned_away_at_once() {
    let limits = Limits {
        requests_max: 1,
        ..Limits::default()
    };
    let router = limits.around(router());
    let mut first = Box::pin(router.clone().oneshot(post_json("/slow", "")));
    assert!(
        futures_util::future::poll_immediate(&mut first)
            .await
            .is_none()
    );
    let (status, text) = ask(router.clone(), post_json("/sell", "{}")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(problem_of(&text).kind, "urn:counterpart:problem:overloaded");
    drop(first);
    let (status, _) = ask(router, post_json("/sell", r#"{"quantity_milli":1}"#)).await;
    assert_eq!(status, StatusCode::OK, "the place is free again");
}
