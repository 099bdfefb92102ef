//! Who may do what in stores: decided by role, looked at before it is published, never so that a
//! store stands still; and single operations for single people.

use counterpart_protocol::policies::{Operation, Permission, Policies};
use counterpart_protocol::staff::{Role, Roster};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::world::{STORE, World};

const PATH: &str = "/policies/permissions";

async fn press(world: &World, based_on: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let all: Vec<(&str, &str)> = fields
        .iter()
        .copied()
        .chain([("based_on", based_on)])
        .collect();
    let (status, _, text) = world.submit(PATH, &all).await;
    (status, text)
}

#[tokio::test]
async fn permissions_are_looked_at_then_published_and_a_store_is_never_locked_out() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let page = world.page(PATH).await;
    for words in ["Take a line out", "always alone", "associate_void_line"] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    let edit = [
        ("associate_void_line", "with_manager"),
        ("associate_no_sale", "never"),
    ];
    let (status, look) = press(&world, "0", &edit).await;
    assert_eq!(status, 200, "{look}");
    for words in [
        "Take a line out, or some of it: an associate with a manager (was: alone)",
        "Open the drawer for no sale: an associate not at all (was: alone)",
        "Publish to every store",
    ] {
        assert!(look.contains(words), "{words} is missing in {look}");
    }
    assert_eq!(
        world.get("/v1/policies").await["version"],
        0,
        "only looked at"
    );
    let publish = [edit[0], edit[1], ("does", "publish")];
    let (status, text) = press(&world, "0", &publish).await;
    assert_eq!(status, 303, "{text}");
    peer.sync().await;
    let told: Policies = peer.reference().await;
    let of = |operation| told.permissions.of(operation, Role::Associate);
    assert_eq!(of(Operation::VoidLine), Permission::WithManager);
    assert_eq!(of(Operation::NoSale), Permission::Never);
    let versions = world.get("/v1/policies/versions").await;
    assert_eq!(versions["versions"][0]["changed"], "who may do what");
    let summary = world.page("/policies").await;
    assert!(summary.contains("an associate not at all"), "{summary}");

    for (operation, associate, manager, why) in [
        (
            "close_till",
            "with_manager",
            "with_manager",
            "close its day",
        ),
        ("no_sale", "never", "never", "nobody could do it"),
        ("no_sale", "never", "with_manager", "has fewer"),
        ("fly", "never", "alone", "there is no operation"),
    ] {
        let mut policies = world.get("/v1/policies").await["policies"].clone();
        let rule = json!({
            "operation": operation, "associate": associate, "manager": manager,
        });
        policies["permissions"] = json!({ "rules": [rule] });
        let draft = json!({ "based_on": 1, "policies": policies });
        let refused = world.try_post("/v1/policies", &draft).await.unwrap_err();
        assert!(
            refused.detail.contains(why),
            "{operation}: {}",
            refused.detail
        );
        assert_eq!(
            (refused.status, refused.fields[0].field.as_str()),
            (409, "permissions")
        );
    }
    assert_eq!(world.get("/v1/policies").await["version"], 1);
}

#[tokio::test]
async fn a_person_is_given_single_operations_and_their_store_is_told() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let members = format!("/v1/stores/{STORE}/members");
    let id = world.get(&members).await[1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let put = async |words: &[&str]| {
        let request = world.request(Method::PUT, &format!("{members}/{id}/may"));
        let request = request.header("idempotency-key", world.key());
        let answer = request.json(&json!({ "may": words })).send().await.unwrap();
        answer.status()
    };
    assert_eq!(put(&["fly"]).await, StatusCode::CONFLICT);
    assert_eq!(put(&["void_line", "no_sale"]).await, StatusCode::OK);
    peer.sync().await;
    let told: Roster = peer.reference().await;
    let words = |roster: &Roster| {
        let found = roster.members.iter().find(|it| it.id.to_string() == id);
        found.unwrap().may.clone()
    };
    assert_eq!(words(&told), ["void_line", "no_sale"]);
    assert_eq!(
        world.get(&members).await[1]["may"],
        json!(["void_line", "no_sale"])
    );

    let page = format!("/stores/{STORE}/members/{id}/may");
    let shown = world.page(&page).await;
    assert!(shown.contains("their role needs a manager"), "{shown}");
    let (status, _, text) = world.submit(&page, &[("x_report", "yes")]).await;
    assert_eq!(status, 303, "{text}");
    peer.sync().await;
    let told: Roster = peer.reference().await;
    assert_eq!(words(&told), ["x_report"]);
    let store = world.page(&format!("/stores/{STORE}")).await;
    assert!(store.contains("And 1 more"), "{store}");
}
