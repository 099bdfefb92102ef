//! Event streams of the console: who may open one, and when it ends.

use std::time::Duration;

use counterpart_daemon::http::ProblemBody;
use reqwest::{Method, Response, StatusCode};
use tokio::time::timeout;

use crate::world::{PASSWORD, World};

/// How long the hub may take on a busy machine to end a stream.
const SOON: Duration = Duration::from_secs(20);

async fn open(world: &World, path: &str, token: &str) -> Response {
    let request = world.http.get(world.url(path)).bearer_auth(token);
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.status(), StatusCode::OK, "{path}");
    stream.chunk().await.unwrap().expect("a snapshot");
    stream
}

/// Waits until the hub has ended the stream.
async fn ended(mut stream: Response) {
    let end = async { while stream.chunk().await.unwrap().is_some() {} };
    timeout(SOON, end).await.expect("the stream ends soon");
}

#[tokio::test]
async fn nobody_watches_without_signing_in() {
    let world = World::empty().await;
    for path in ["/stream", "/stores/stream", "/notices/stream"] {
        let answer = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        let problem: ProblemBody = answer.json().await.unwrap();
        assert!(
            problem.detail.starts_with("sign in first"),
            "{}",
            problem.detail
        );
    }
    assert_eq!(world.hub().context().live().streams_open(), 0);
}

#[tokio::test]
async fn a_page_left_open_ends_when_its_operator_signs_out() {
    let world = World::empty().await;
    let token = world.sign_in("admin", PASSWORD).await.unwrap();
    let page = open(&world, "/stores/stream", &token).await;
    let sign_out = world.http.post(world.url("/v1/sign-out"));
    let answer = sign_out.bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    ended(page).await;
    let again = world.http.get(world.url("/stores/stream"));
    let again = again.bearer_auth(&token).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_page_of_an_operator_ends_with_a_new_password() {
    let world = World::empty().await;
    let token = world.sign_in("admin", PASSWORD).await.unwrap();
    let page = open(&world, "/stream", &token).await;
    let fields = [("current", PASSWORD), ("password", "another good one")];
    let (status, _, text) = world.submit("/account/password", &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    ended(page).await;
}

#[tokio::test]
async fn a_page_left_open_for_half_a_day_shows_nothing_new() {
    let mut world = World::empty().await;
    let token = world.sign_in("admin", PASSWORD).await.unwrap();
    let page = open(&world, "/stores/stream", &token).await;
    world.advance(Duration::from_secs(12 * 3_600 + 1));
    world.sign_in_again().await;
    world.add_store("antwerp-1").await;
    ended(page).await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_a_problem_and_for_a_person_a_page() {
    let world = World::empty().await;
    let sent = |accept: &'static str| {
        let request = world.request(Method::POST, "/sign-in");
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", accept);
        request.body("name=admin").send()
    };
    let answer = sent("application/json").await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let problem: ProblemBody = answer.json().await.unwrap();
    assert_eq!(problem.kind, "urn:counterpart:problem:request_unreadable");
    assert!(problem.detail.contains("password"), "{}", problem.detail);
    let page = sent("text/html").await.unwrap();
    assert_eq!(page.status(), StatusCode::BAD_REQUEST);
    let text = page.text().await.unwrap();
    assert!(
        text.contains("<html") && text.contains("password"),
        "{text}"
    );
}
