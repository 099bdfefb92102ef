//! A store's API under the generic tester, as the hub's in `api`.

use counterpart_tests::world::{Beginning, PIN, World};
use serde_json::json;

use crate::api::{asked, token};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_program_can_send_makes_a_store_fail() {
    let world = World::begin(Beginning::default()).await;
    let base = world.edge().url();
    let token = token(&base, &json!({ "register": 1, "pin": PIN })).await;
    asked(&base, &token, &["staff_sign_out_program"]).await;
    world.end().await;
}
