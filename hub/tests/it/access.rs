//! Who may do what: roles, API keys, and the log of who did and who was refused.

use std::time::Duration;

use counterpart_daemon::http::ProblemBody;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::world::{STORE, World};

pub(crate) const WORDS: &str = "four words are plenty";

impl World {
    /// Adds an operator with a role and signs them in.
    pub(crate) async fn operator(&self, name: &str, role: &str) -> String {
        let new = json!({ "name": name, "role": role, "password": WORDS });
        self.post("/v1/operators", &new).await;
        self.sign_in(name, WORDS).await.unwrap()
    }

    /// Makes an API key and returns its id and its secret.
    pub(crate) async fn api_key(
        &self,
        name: &str,
        scopes: &[&str],
        per_minute: u32,
    ) -> (String, String) {
        let asked = json!({ "name": name, "scopes": scopes, "requests_per_minute": per_minute });
        let made = self.post("/v1/api-keys", &asked).await;
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("key_id"), text("secret"))
    }

    pub(crate) fn with(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path)).bearer_auth(token);
        request.header("idempotency-key", self.key())
    }

    pub(crate) async fn audit(&self, query: &str) -> Vec<Value> {
        let found = self.get(&format!("/v1/audit{query}")).await;
        found["lines"].as_array().unwrap().clone()
    }
}

pub(crate) async fn problem(request: RequestBuilder) -> ProblemBody {
    let answer = request.send().await.unwrap();
    assert!(!answer.status().is_success(), "it must be refused");
    answer.json().await.unwrap()
}

pub(crate) async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn a_role_may_what_it_is_for_and_a_refusal_says_who_may() {
    let world = World::with_a_store().await;
    world.edge(STORE).await;
    let notice = json!({ "text": "Ice on the ramp" });
    let store = json!({
        "store_id": "antwerp-1", "name": "Antwerp", "currency": "EUR",
        "time_zone": "Europe/Brussels", "locale": "en",
    });
    let viewer = world.operator("vera", "viewer").await;
    let planner = world.operator("paul", "planner").await;
    for token in [&viewer, &planner] {
        for path in [
            "/v1/stores",
            "/v1/stock",
            "/v1/sales",
            "/v1/catalog",
            "/v1/notices",
        ] {
            assert_eq!(
                status(world.with(token, Method::GET, path)).await,
                200,
                "{path}"
            );
        }
    }
    let post =
        |token: &str, path: &str, body: &Value| world.with(token, Method::POST, path).json(body);
    let refused = problem(post(&viewer, "/v1/notices", &notice)).await;
    assert_eq!(
        (refused.status, refused.detail.as_str()),
        (
            403,
            "vera (viewer) may not post notices: these roles may: planner, admin"
        )
    );
    assert!(
        status(post(&planner, "/v1/notices", &notice))
            .await
            .is_success()
    );
    let refused = problem(post(&planner, "/v1/stores", &store)).await;
    assert!(
        refused.detail.contains("these roles may: admin"),
        "{refused:?}"
    );
    for path in ["/v1/operators", "/v1/api-keys", "/v1/audit"] {
        assert_eq!(
            status(world.with(&planner, Method::GET, path)).await,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_refuse_as_the_api_does_and_show_only_what_may_be_done() {
    let world = World::with_a_store().await;
    let viewer = world.operator("vera", "viewer").await;
    let page = |path: &str| {
        let request = world
            .http
            .get(world.url(path))
            .header("accept", "text/html");
        request.header("cookie", format!("cp_hub={viewer}"))
    };
    let answer = page("/audit").send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let text = answer.text().await.unwrap();
    assert!(text.contains("these roles may: admin"), "{text}");
    let own = page("/operators")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(own.contains("Change your password"), "{own}");
    assert!(!own.contains("Add an operator"), "{own}");
    let form = world
        .http
        .post(world.url("/stores"))
        .header("cookie", format!("cp_hub={viewer}"));
    let form = form
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a=b");
    assert_eq!(status(form).await, 403);
}

#[tokio::test]
async fn a_new_role_holds_from_the_next_request_and_a_disabled_operator_is_out() {
    let world = World::with_a_store().await;
    world.edge(STORE).await;
    let mo = world.operator("mo", "viewer").await;
    let notice = json!({ "text": "Ice on the ramp" });
    let post = || world.with(&mo, Method::POST, "/v1/notices").json(&notice);
    assert_eq!(status(post()).await, 403);
    world
        .post("/v1/operators/mo/role", &json!({ "role": "planner" }))
        .await;
    assert_eq!(status(post()).await, 201);
    world.post("/v1/operators/mo/disable", &json!({})).await;
    assert_eq!(status(post()).await, 401);
    let refused = world.sign_in("mo", WORDS).await.unwrap_err();
    assert_eq!(refused.detail, "the name or the password is wrong");
    let again = json!({ "name": "mo", "role": "viewer", "password": WORDS });
    let taken = world.try_post("/v1/operators", &again).await.unwrap_err();
    assert_eq!(taken.detail, "there is an operator called mo already");
    world.post("/v1/operators/mo/enable", &json!({})).await;
    let token = world.sign_in("mo", WORDS).await.unwrap();
    let reset = json!({ "password": "quite another thing" });
    world.post("/v1/operators/mo/password", &reset).await;
    assert_eq!(
        status(world.with(&token, Method::GET, "/v1/stores")).await,
        401
    );
    world.sign_in("mo", "quite another thing").await.unwrap();
}

#[tokio::test]
async fn somebody_can_always_let_people_in() {
    let world = World::empty().await;
    let change = |path: &'static str, body: Value| {
        let world = &world;
        async move { world.try_post(path, &body).await }
    };
    let viewer = json!({ "role": "viewer" });
    for (path, body) in [
        ("/v1/operators/admin/role", viewer.clone()),
        ("/v1/operators/admin/disable", json!({})),
    ] {
        let refused = change(path, body).await.unwrap_err();
        assert_eq!(
            (refused.status, refused.detail.as_str()),
            (
                409,
                "admin is the only admin who may sign in: make another one first"
            )
        );
    }
    world.operator("ada", "admin").await;
    world.post("/v1/operators/ada/disable", &json!({})).await;
    assert!(
        change("/v1/operators/admin/role", viewer.clone())
            .await
            .is_err()
    );
    world.post("/v1/operators/ada/enable", &json!({})).await;
    change("/v1/operators/admin/role", viewer).await.unwrap();
    let unknown = change("/v1/operators/nobody/disable", json!({}))
        .await
        .unwrap_err();
    assert_eq!(
        unknown.status, 403,
        "who is no admin any more changes nobody"
    );
}

#[tokio::test]
async fn a_key_may_what_its_scopes_say_until_it_is_revoked() {
    let world = World::with_a_store().await;
    let (key_id, secret) = world.api_key("webshop", &["stock:read"], 600).await;
    assert_eq!(
        status(world.with(&secret, Method::GET, "/v1/stock")).await,
        200
    );
    let refused = problem(world.with(&secret, Method::GET, "/v1/stores")).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.detail.contains("it lacks the scope stores:read"),
        "{refused:?}"
    );
    let page = problem(world.with(&secret, Method::GET, "/stock")).await;
    assert!(page.detail.contains("cannot look at pages"), "{page:?}");
    let keys = world.get("/v1/api-keys").await;
    assert_eq!(keys["keys"][0]["scopes"], json!(["stock:read"]));
    assert!(keys["keys"][0]["used_at"].is_string(), "{keys}");
    assert!(
        !keys.to_string().contains(&secret),
        "a secret is shown once"
    );
    world
        .post(&format!("/v1/api-keys/{key_id}/revoke"), &json!({}))
        .await;
    let refused = problem(world.with(&secret, Method::GET, "/v1/stock")).await;
    assert_eq!(
        (refused.status, refused.detail.contains("was revoked")),
        (401, true)
    );
    let twice = world
        .try_post(&format!("/v1/api-keys/{key_id}/revoke"), &json!({}))
        .await;
    assert_eq!(twice.unwrap_err().status, 409);
    let unknown = problem(world.with("cpk_0000", Method::GET, "/v1/stock")).await;
    assert!(
        unknown.detail.contains("nobody made this API key"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_key_is_made_once_and_its_secret_is_told_once() {
    let world = World::empty().await;
    let asked = json!({ "name": "webshop", "scopes": ["orders:write"] });
    let first = world
        .try_post_as("k1", "/v1/api-keys", &asked)
        .await
        .unwrap();
    let secret = first["secret"].as_str().unwrap();
    assert!(secret.starts_with("cpk_") && secret.len() == 68, "{secret}");
    let again = world
        .try_post_as("k1", "/v1/api-keys", &asked)
        .await
        .unwrap_err();
    assert!(
        again.detail.contains("revoke the key and make another"),
        "{again:?}"
    );
    for (body, field) in [
        (asked.clone(), "name"),
        (
            json!({ "name": "Web shop", "scopes": ["orders:write"] }),
            "name",
        ),
        (json!({ "name": "erp", "scopes": [] }), "scopes"),
        (json!({ "name": "erp", "scopes": ["orders:eat"] }), "scopes"),
        (
            json!({ "name": "erp", "scopes": ["users:write"] }),
            "scopes",
        ),
        (
            json!({ "name": "erp", "scopes": ["stock:read"], "requests_per_minute": 0 }),
            "requests_per_minute",
        ),
    ] {
        let refused = world.try_post("/v1/api-keys", &body).await.unwrap_err();
        assert_eq!(
            (refused.status, refused.fields[0].field.as_str()),
            (409, field),
            "{body}"
        );
    }
    assert_eq!(
        world.get("/v1/api-keys").await["keys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let world = World::empty().await;
    let (_, secret) = world.api_key("poller", &["stock:read"], 4).await;
    let ask = || world.with(&secret, Method::GET, "/v1/stock").send();
    assert_eq!(ask().await.unwrap().status(), 200);
    let held_up = ask().await.unwrap();
    assert_eq!(held_up.status(), 429);
    assert_eq!(held_up.headers()["retry-after"], "15");
    let body: ProblemBody = held_up.json().await.unwrap();
    assert!(
        body.detail.contains("poller may ask 4 times a minute"),
        "{body:?}"
    );
    world.advance(Duration::from_secs(15));
    assert_eq!(ask().await.unwrap().status(), 200);
    assert_eq!(
        world.get("/v1/stock").await["rows"],
        json!([]),
        "people are not held up"
    );
}

#[tokio::test]
async fn an_operators_page_changes_the_operator() {
    let world = World::empty().await;
    world.operator("mo", "viewer").await;
    let page = world.page("/operators/mo").await;
    assert!(page.contains("Latest changes by mo"), "{page}");
    let (status, place, _) = world
        .submit("/operators/mo/role", &[("role", "planner")])
        .await;
    assert_eq!(
        (status.as_u16(), place.as_deref()),
        (303, Some("/operators/mo"))
    );
    assert_eq!(
        world
            .submit("/operators/mo/role", &[("role", "king")])
            .await
            .0,
        400
    );
    world
        .submit("/operators/mo/access", &[("access", "disabled")])
        .await;
    let page = world.page("/operators").await;
    assert!(
        page.contains("planner") && page.contains("disabled"),
        "{page}"
    );
    let key = [
        ("name", "webshop"),
        ("orders:write", "yes"),
        ("requests_per_minute", "60"),
    ];
    let (status, _, text) = world.submit("/api-keys", &key).await;
    assert_eq!(status, 200);
    assert!(
        text.contains("cpk_") && text.contains("shown this once"),
        "{text}"
    );
    let keys = world.page("/api-keys").await;
    assert!(keys.contains("webshop") && !keys.contains("cpk_"), "{keys}");
}
