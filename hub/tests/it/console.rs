//! Operators: signing in, guessing, commands that are sent twice, what is refused.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::world::{PASSWORD, STORE, World};

#[tokio::test]
async fn guessing_is_held_up_and_the_right_password_works_afterwards() {
    let world = World::empty().await;
    for _ in 0..5 {
        let refused = world
            .sign_in("admin", "wrong horse battery")
            .await
            .unwrap_err();
        assert_eq!(
            (refused.status, refused.detail.as_str()),
            (401, "the name or the password is wrong")
        );
    }
    let held_up = world.sign_in("admin", PASSWORD).await.unwrap_err();
    assert_eq!(held_up.status, 429);
    assert!(
        held_up.detail.contains("try again in 31 s"),
        "{}",
        held_up.detail
    );
    world.advance(Duration::from_secs(31));
    world.sign_in("admin", PASSWORD).await.unwrap();
    let unknown = world.sign_in("nobody", PASSWORD).await.unwrap_err();
    assert_eq!(unknown.detail, "the name or the password is wrong");
}

#[tokio::test]
async fn a_session_ends_twelve_hours_after_its_last_use() {
    let world = World::empty().await;
    for _ in 0..3 {
        world.advance(Duration::from_secs(11 * 3_600));
        world.get("/v1/stores").await;
    }
    world.advance(Duration::from_secs(13 * 3_600));
    let refused = world.refused("/v1/stores").await;
    assert_eq!(
        (refused.status, refused.detail.as_str()),
        (401, "this session is over: sign in again")
    );
}

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in_and_everybody_gets_back_to_it() {
    let world = World::empty().await;
    let anonymous = |path: &str| world.http.get(world.url(path)).send();
    let answer = anonymous("/stock?query=pen").await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(place, "/sign-in?next=%2Fstock%3Fquery%3Dpen");
    assert_eq!(anonymous("/v1/stock").await.unwrap().status(), 401);
    let form = format!(
        "name=admin&password={}&next=%2Fstock",
        PASSWORD.replace(' ', "+")
    );
    let answer = world
        .http
        .post(world.url("/sign-in"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["location"], "/stock");
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"), "loopback is served without TLS");
    let token = cookie.split(';').next().unwrap().to_owned();
    let page = world
        .http
        .get(world.url("/stock"))
        .header("cookie", token)
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn a_sign_in_never_leads_to_another_site() {
    let world = World::empty().await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let form = format!(
            "name=admin&password={}&next={}",
            PASSWORD.replace(' ', "+"),
            counterpart_hub::web::escaped(elsewhere)
        );
        let answer = world
            .http
            .post(world.url("/sign-in"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["location"], "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn a_command_that_is_sent_twice_is_done_once() {
    let world = World::empty().await;
    let store = json!({
        "store_id": "ghent-1", "name": "Ghent", "currency": "EUR",
        "time_zone": "Europe/Brussels", "locale": "en",
    });
    let first = world.try_post_as("k1", "/v1/stores", &store).await.unwrap();
    assert_eq!(
        world.try_post_as("k1", "/v1/stores", &store).await.unwrap(),
        first
    );
    let taken = world
        .try_post_as("k2", "/v1/stores", &store)
        .await
        .unwrap_err();
    assert_eq!(
        (taken.status, taken.detail.as_str()),
        (409, "there is a store called ghent-1 already")
    );
    let member = json!({ "name": "Ada", "role": "manager", "pin": "4711" });
    let path = "/v1/stores/ghent-1/members";
    let first = world.try_post_as("k3", path, &member).await.unwrap();
    assert_eq!(world.try_post_as("k3", path, &member).await.unwrap(), first);
    let reused = world
        .try_post_as("k3", "/v1/stores", &store)
        .await
        .unwrap_err();
    assert_eq!(reused.status, 422);
    assert_eq!(world.get(path).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn everything_wrong_with_a_store_is_said_beside_its_field() {
    let world = World::empty().await;
    let store = json!({
        "store_id": "Ghent 1", "name": "", "currency": "euro", "time_zone": "Europe/Gent",
        "locale": "nl",
    });
    let refused = world.try_post("/v1/stores", &store).await.unwrap_err();
    let fields: Vec<&str> = refused
        .fields
        .iter()
        .map(|field| field.field.as_str())
        .collect();
    assert_eq!(
        fields,
        ["store_id", "currency", "time_zone", "locale", "name"]
    );
}

#[tokio::test]
async fn a_pin_tells_one_person() {
    let world = World::with_a_store().await;
    let path = format!("/v1/stores/{STORE}/members");
    let same = json!({ "name": "Cleo", "role": "associate", "pin": "4711" });
    let refused = world.try_post(&path, &same).await.unwrap_err();
    assert_eq!(refused.fields[0].field, "pin");
    assert!(
        refused
            .detail
            .contains("somebody in this store has this PIN")
    );
    world.add_store("antwerp-1").await;
    world.post("/v1/stores/antwerp-1/members", &same).await;
    let members = world.get(&path).await;
    let ada = members
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["name"] == "Ada");
    let ada = ada.unwrap()["id"].as_str().unwrap().to_owned();
    let leave = world
        .request(Method::DELETE, &format!("{path}/{ada}"))
        .header("idempotency-key", world.key());
    assert_eq!(leave.send().await.unwrap().status(), 200);
    world.post(&path, &same).await;
}

#[tokio::test]
async fn operators_are_added_and_change_their_passwords() {
    let world = World::empty().await;
    let add = |name: &'static str, password: &'static str| {
        let world = &world;
        async move {
            world
                .submit("/operators", &[("name", name), ("password", password)])
                .await
        }
    };
    let (status, place, _) = add("mo", "four words are plenty").await;
    assert_eq!(
        (status.as_u16(), place.as_deref()),
        (303, Some("/operators"))
    );
    let (status, _, page) = add("mo", "four words are plenty").await;
    assert_eq!(status, 409);
    assert!(
        page.contains("there is an operator called mo already"),
        "{page}"
    );
    let (_, _, page) = add("jo", "short").await;
    assert!(page.contains("at least 12 characters"), "{page}");
    world.sign_in("mo", "four words are plenty").await.unwrap();
    let wrong = [
        ("current", "not it at all"),
        ("password", "another good one"),
    ];
    assert_eq!(world.submit("/account/password", &wrong).await.0, 409);
    let right = [("current", PASSWORD), ("password", "another good one")];
    let (status, place, _) = world.submit("/account/password", &right).await;
    assert_eq!((status.as_u16(), place.as_deref()), (303, Some("/sign-in")));
    assert_eq!(world.refused("/v1/stores").await.status, 401);
    world.sign_in("admin", "another good one").await.unwrap();
}

#[tokio::test]
async fn an_operator_is_added_once_however_often_the_command_is_sent() {
    let world = World::empty().await;
    let path = "/v1/operators";
    let mo = json!({ "name": "mo", "password": "four words are plenty" });
    let first = world.try_post_as("k1", path, &mo).await.unwrap();
    assert_eq!(world.try_post_as("k1", path, &mo).await.unwrap(), first);
    let taken = world.try_post_as("k2", path, &mo).await.unwrap_err();
    assert_eq!(taken.kind, "urn:counterpart:problem:name_taken");
    // Another name or another password is another command.
    for other in [
        json!({ "name": "jo", "password": "four words are plenty" }),
        json!({ "name": "mo", "password": "five other words do too" }),
    ] {
        let reused = world.try_post_as("k1", path, &other).await.unwrap_err();
        assert_eq!(reused.status, 422, "{}", reused.detail);
    }
    world.sign_in("mo", "four words are plenty").await.unwrap();
    let keyless = world.request(Method::POST, path).json(&mo);
    assert_eq!(keyless.send().await.unwrap().status(), 400);
    let form = [("name", "ka"), ("password", "four words are plenty")];
    for _ in 0..2 {
        let (status, place, text) = world.submit_as("f1", "/operators", &form).await;
        assert_eq!(
            (status.as_u16(), place.as_deref()),
            (303, Some("/operators")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_problem_and_a_monitor_needs_no_password() {
    let world = World::empty().await;
    let missing = world.refused("/v1/nothing").await;
    assert_eq!((missing.status, missing.title.as_str()), (404, "not found"));
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    assert_eq!(world.get("/v1/status").await["stores"], 0);
}
