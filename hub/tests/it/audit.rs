//! The log of who changed what and who was refused.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::access::{WORDS, status};
use crate::world::{PASSWORD, STORE, World};

#[tokio::test]
async fn the_log_says_who_did_what_and_who_was_refused() {
    let world = World::with_a_store().await;
    let viewer = world.operator("vera", "viewer").await;
    let notice = json!({ "text": "Ice on the ramp" });
    let post = world
        .with(&viewer, Method::POST, "/v1/notices")
        .json(&notice);
    assert_eq!(status(post).await, 403);
    world.code(STORE).await;
    let lines = world.audit("?area=notices").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert_eq!(
        (
            line["who"].as_str(),
            line["command"].as_str(),
            line["outcome"].as_str()
        ),
        (Some("operator:vera"), Some("notices"), Some("forbidden"))
    );
    assert_eq!(line["from"], "127.0.0.1");
    let about_stores = world.audit("?area=stores&who=operator:admin").await;
    let mut commands: Vec<&str> = about_stores
        .iter()
        .map(|line| line["command"].as_str().unwrap())
        .collect();
    // All of them happened in the same millisecond of the test's clock.
    commands.sort_unstable();
    assert_eq!(
        commands,
        [
            "stores",
            "stores/ghent-1/enrolment-codes",
            "stores/ghent-1/members",
            "stores/ghent-1/members",
        ]
    );
    let added = world.audit("?area=operators").await;
    assert_eq!(added[0]["about"], "vera, viewer");
    let all = serde_json::to_string(&world.audit("").await).unwrap();
    for secret in [WORDS, PASSWORD, "4711"] {
        assert!(!all.contains(secret), "no secret stands in the log");
    }
    let page = world.page("/audit?area=notices").await;
    assert!(
        page.contains("vera") && page.contains("forbidden"),
        "{page}"
    );
}

#[tokio::test]
async fn a_command_that_is_sent_twice_is_one_line_and_old_lines_go() {
    let world = World::empty().await;
    let notice = json!({ "text": "Ice on the ramp" });
    world.add_store(STORE).await;
    world.edge(STORE).await;
    for _ in 0..2 {
        world
            .try_post_as("k1", "/v1/notices", &notice)
            .await
            .unwrap();
    }
    assert_eq!(world.audit("?area=notices").await.len(), 1);
    for number in 0..60 {
        let notice = json!({ "text": format!("Notice {number}") });
        world.post("/v1/notices", &notice).await;
    }
    let first = world.get("/v1/audit?area=notices").await;
    assert_eq!(first["lines"].as_array().unwrap().len(), 50);
    let before = first["before"].as_str().unwrap();
    assert_eq!(
        world
            .audit(&format!("?area=notices&before={before}"))
            .await
            .len(),
        11
    );
    assert_eq!(world.refused("/v1/audit?before=x").await.status, 400);
    world.advance(Duration::from_secs(401 * 86_400));
    counterpart_hub::users::purge(world.hub().context())
        .await
        .unwrap();
    let mut world = world;
    world.sign_in_again().await;
    assert_eq!(world.audit("?area=notices").await.len(), 0);
}
