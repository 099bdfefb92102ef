//! Policies: authored at the console, versioned, and told to every store.

use counterpart_protocol::policies::{Assigned, BeyondCap, Policies, WalkIn};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::{STORE, World};

impl World {
    /// Submits a form of the policies' page, based on the version it showed.
    async fn policy_form(
        &self,
        path: &str,
        based_on: i64,
        fields: &[(&str, &str)],
    ) -> (StatusCode, String) {
        let version = based_on.to_string();
        let all: Vec<(&str, &str)> = fields
            .iter()
            .copied()
            .chain([("based_on", version.as_str())])
            .collect();
        let (status, _, text) = self.submit(path, &all).await;
        (status, text)
    }

    async fn policies(&self) -> (i64, Policies) {
        let now = self.get("/v1/policies").await;
        let policies = serde_json::from_value(now["policies"].clone()).unwrap();
        (now["version"].as_i64().unwrap(), policies)
    }
}

const CLASS: [(&str, &str); 6] = [
    ("id", "behind-counter"),
    ("name", "Behind the counter"),
    ("walk_in", "strict"),
    ("keep_units", "2"),
    ("keep_percent", "10"),
    ("low_water_units", "3"),
];

#[tokio::test]
async fn the_defaults_hold_until_a_change_makes_the_first_version() {
    let world = World::with_a_store().await;
    assert_eq!(world.policies().await, (0, Policies::default()));
    let page = world.page("/policies").await;
    assert!(page.contains("these are the defaults"), "{page}");
    let (status, _) = world.policy_form("/policies/classes", 0, &CLASS).await;
    assert_eq!(status, 303);
    let assigned = [
        ("department", "Writing"),
        ("sku", ""),
        ("class", "behind-counter"),
    ];
    assert_eq!(
        world
            .policy_form("/policies/assignments", 1, &assigned)
            .await
            .0,
        303
    );
    let (version, policies) = world.policies().await;
    assert_eq!(version, 2);
    let sku = "PEN-1".parse().unwrap();
    let class = policies.class_of(&sku, "Writing");
    assert_eq!((class.keep_units, class.walk_in), (2, WalkIn::Strict));
    let of = &policies.assignments[0].of;
    assert_eq!(of, &Assigned::Department("Writing".to_owned()));
    let page = world.page("/policies").await;
    for words in [
        "Version 2",
        "department Writing",
        "2 units or 10 %",
        "needs an approval",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let versions = world.get("/v1/policies/versions").await;
    assert_eq!(
        versions["versions"][0]["changed"],
        "department Writing is behind-counter"
    );
    let unassign = [("department", "Writing")];
    assert_eq!(
        world
            .policy_form("/policies/assignments/remove", 2, &unassign)
            .await
            .0,
        303
    );
    let remove = "/policies/classes/behind-counter/remove";
    assert_eq!(world.policy_form(remove, 3, &[]).await.0, 303);
    assert_eq!(world.policies().await, (4, Policies::default()));
}

#[tokio::test]
async fn whoever_was_overtaken_overwrites_nothing() {
    let world = World::empty().await;
    assert_eq!(
        world.policy_form("/policies/classes", 0, &CLASS).await.0,
        303
    );
    let pickup = [
        ("hold_days", "5"),
        ("promise_minutes", "60"),
        ("digits_attempts_max", "3"),
    ];
    let (status, text) = world.policy_form("/policies/pickup", 0, &pickup).await;
    assert_eq!(status, 409);
    assert!(
        text.contains("version 1 of the policies was published meanwhile"),
        "{text}"
    );
    assert_eq!(world.policies().await.1.pickup, Policies::default().pickup);
    assert_eq!(
        world.policy_form("/policies/pickup", 1, &pickup).await.0,
        303
    );
    assert_eq!(world.policies().await.1.pickup.hold_days, 5);
    assert_eq!(
        world.policy_form("/policies/pickup", 2, &pickup).await.0,
        303
    );
    assert_eq!(
        world.policies().await.0,
        2,
        "what changes nothing makes no version"
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_published() {
    let world = World::empty().await;
    let whole = |change: fn(&mut Value)| {
        let mut policies = serde_json::to_value(Policies::default()).unwrap();
        change(&mut policies);
        json!({ "based_on": 0, "policies": policies })
    };
    for (draft, field) in [
        (
            whole(|it| it["offline"]["hours_max"] = json!(0)),
            "hours_max",
        ),
        (
            whole(|it| it["standard"]["keep_percent"] = json!(101)),
            "keep_percent",
        ),
        (
            whole(|it| it["offline"]["manager"]["tenders"] = json!(["card"])),
            "manager_cash",
        ),
        (
            whole(|it| {
                it["assignments"] = json!([{ "of": { "sku": "PEN-1" }, "class": "gone" }]);
            }),
            "class",
        ),
    ] {
        let refused = world.try_post("/v1/policies", &draft).await.unwrap_err();
        assert_eq!(
            (refused.status, refused.fields[0].field.as_str()),
            (409, field)
        );
    }
    let offline = [
        ("hours_max", "48"),
        ("associate_refund_max", "fifty"),
        ("associate_stored_value_max", "50"),
        ("manager_refund_max", "200"),
        ("manager_stored_value_max", "100"),
    ];
    let (status, text) = world.policy_form("/policies/offline", 0, &offline).await;
    assert_eq!(status, 409, "{text}");
    let both = [
        ("department", "Writing"),
        ("sku", "PEN-1"),
        ("class", "standard"),
    ];
    let (_, text) = world.policy_form("/policies/assignments", 0, &both).await;
    assert!(text.contains("either a department or a product"), "{text}");
    assert_eq!(world.policies().await.0, 0);
}

#[tokio::test]
async fn what_a_store_may_do_alone_is_set_by_role_in_its_currency() {
    let world = World::with_a_store().await;
    let offline = [
        ("hours_max", "48"),
        ("associate_refund_max", "25.00"),
        ("associate_stored_value_max", "10"),
        ("associate_cash", "yes"),
        ("manager_refund_max", "200"),
        ("manager_stored_value_max", "100"),
        ("manager_cash", "yes"),
        ("manager_voucher", "yes"),
    ];
    assert_eq!(
        world.policy_form("/policies/offline", 0, &offline).await.0,
        303
    );
    let offline = world.policies().await.1.offline;
    assert_eq!(offline.associate.refund_max_minor.0, 2_500);
    assert_eq!(offline.associate.tenders, ["cash"]);
    assert_eq!(offline.manager.tenders, ["cash", "voucher"]);
}

#[tokio::test]
async fn what_tills_take_and_round_to_is_typed_a_line_each_and_told_to_the_store() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let tenders = [
        ("cash_rounding", "EUR; BE; 0.05\nCHF; ; 0.05"),
        ("foreign", "USD; EUR; 0.92"),
        ("voucher_change_max", "5.00"),
        ("accounts", "K-1042; EUR; 500.00; Baker and Sons"),
    ];
    let (status, text) = world.policy_form("/policies/tenders", 0, &tenders).await;
    assert_eq!(status, 303, "{text}");
    peer.sync().await;
    let told: Policies = peer.reference().await;
    let tenders = &told.tenders;
    assert_eq!(tenders.cash_rounding.len(), 2);
    assert_eq!(tenders.foreign[0].rate_micro, 920_000);
    assert_eq!(tenders.accounts[0].limit_minor.0, 50_000);
    let page = world.page("/policies").await;
    for words in [
        "EUR; BE; 0.05",
        "USD; EUR; 0.92",
        "K-1042; EUR; 500.00; Baker and Sons",
    ] {
        assert!(page.contains(words), "no {words} on the page");
    }
    let wrong = [("cash_rounding", "EUR; BE; 0.01")];
    let (status, text) = world.policy_form("/policies/tenders", 1, &wrong).await;
    assert_eq!(status, 409, "{text}");
    assert!(
        text.contains("a step in EUR is more than its smallest coin"),
        "{text}"
    );
}

#[tokio::test]
async fn every_store_is_told_of_a_version_and_a_new_one_as_well() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    assert_eq!(
        world.policy_form("/policies/classes", 0, &CLASS).await.0,
        303
    );
    peer.sync().await;
    let told: Policies = peer.reference().await;
    assert_eq!(told, world.policies().await.1);
    world.add_store("antwerp-1").await;
    let late = world.edge("antwerp-1").await;
    let told: Policies = late.reference().await;
    assert_eq!(told.classes[0].id, "behind-counter");
}

#[tokio::test]
async fn provisional_refunds_are_capped_at_the_page_and_a_slip_of_the_finger_is_refused() {
    let world = World::with_a_store().await;
    let page = world.page("/policies").await;
    assert!(page.contains("Provisional refunds"), "{page}");
    let mut fields = [
        ("provisional_refund_max", "30.00"),
        ("provisional_sale_max", "20.00"),
        ("provisional_hours_max", "12"),
        ("provisional_return_days", "14"),
        ("provisional_store_credit", "on"),
        ("provisional_role", "manager"),
        ("provisional_beyond", "manager"),
    ];
    let path = "/policies/provisional";
    let (status, text) = world.policy_form(path, 0, &fields).await;
    assert_eq!(status, 409, "{text}");
    assert!(text.contains("at least as much as at once"), "{text}");
    fields[1].1 = "60.00";
    assert_eq!(world.policy_form(path, 0, &fields).await.0, 303);
    let (version, policies) = world.policies().await;
    let policy = policies.provisional;
    assert_eq!(version, 1);
    assert_eq!(
        (policy.refund_max_minor.0, policy.sale_max_minor.0),
        (3_000, 6_000)
    );
    assert_eq!((policy.hours_max, policy.return_days), (12, 14));
    assert_eq!(policy.tenders, ["store_credit"]);
    assert_eq!(policy.beyond, BeyondCap::Manager);
}
