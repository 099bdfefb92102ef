//! The description of the API: it says what is there, all of it, and nothing else.

use counterpart_daemon::http::ProblemBody;
use reqwest::Method;

use crate::world::World;

/// What changes something and is the same when it is done twice, or must answer a secret that is
/// kept nowhere.
const KEYLESS: &[&str] = &[
    "availability_basket",
    "stores_enrol",
    "stores_make",
    "stores_make_code",
    "users_sign_in",
    "users_sign_out",
    "status_back_up",
];

#[test]
fn every_operation_says_what_it_does_and_takes() {
    let debts = counterpart_hub::app::document().debts(KEYLESS);
    assert_eq!(debts, Vec::<String>::new());
}

#[tokio::test]
async fn every_operation_described_is_there_and_every_problem_has_its_form() {
    let world = World::empty().await;
    let served = world.get("/openapi.json").await;
    assert_eq!(served["openapi"], "3.1.0");
    let document = counterpart_hub::app::document();
    let samples = document.samples();
    assert!(samples.len() > 20, "only {} are described", samples.len());
    for (method, path) in samples {
        let name = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = world
            .http
            .request(name, world.url(&path))
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let there = status < 500 && status != 405 && !text.contains("there is nothing at");
        assert!(
            there,
            "{method} {path} is described, and answers {status} {text}"
        );
        let problem = serde_json::from_str::<ProblemBody>(&text);
        assert!(status < 400 || problem.is_ok(), "{method} {path}: {text}");
    }
}
