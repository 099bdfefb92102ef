//! The description of the API: it says what is there, all of it, and nothing else.

use counterpart_daemon::http::ProblemBody;
use reqwest::Method;
use serde_json::Value;

use crate::factory::World;

/// What changes something and is the same when it is done twice.
const KEYLESS: &[&str] = &[
    "staff_sign_in_program",
    "staff_sign_out_program",
    "status_back_up",
];

#[tokio::test]
async fn every_operation_described_is_there_and_says_what_it_does() {
    let world = World::enrolled().await;
    let edge = world.start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let served = http.get(format!("{}/openapi.json", edge.url()));
    let served: Value = served.send().await.unwrap().json().await.unwrap();
    assert_eq!(served["openapi"], "3.1.0");
    let document = counterpart_edge::document(edge.context());
    assert_eq!(document.debts(KEYLESS), Vec::<String>::new());
    let samples = document.samples();
    assert!(samples.len() > 20, "only {} are described", samples.len());
    for (method, path) in samples {
        let name = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = http
            .request(name, format!("{}{path}", edge.url()))
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
    edge.shutdown().await;
}
