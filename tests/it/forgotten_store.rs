//! The hub is restored from a backup that is older than a store: the store goes on selling, is
//! founded and enrolled again with the data it has, and everything it did is there once.

use counterpart_tests::goods::Good;
use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::process::Ended;
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{self, PIN, STORE};

#[track_caller]
fn done(ended: &Ended) -> &str {
    assert!(ended.status.success(), "{ended:?}");
    &ended.output
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_younger_than_the_hubs_backup_is_enrolled_again_with_its_data() {
    let installed = Installation::before_the_store(20).await;
    let hub = installed.hub.start().await;
    let backup = installed.folder().join("before.db");
    let backup = backup.to_str().unwrap();
    installed.console().await;
    done(&installed.hub_does(&["backup", backup]));
    let code = world::found(&installed.console().await, &installed.goods).await;
    done(&installed.enrol(&code));
    let edge = installed.edge.start().await;
    world::can_sell(installed.edge_url()).await;
    let till = installed.open_till().await;
    let mut oracle = Oracle::new();
    let delivery: Vec<(&Good, i64)> = installed.goods.iter().map(|good| (good, 10)).collect();
    till.receive(&mut oracle, &delivery).await;
    let mug = &installed.goods[1];
    let channel = Channel::of(&installed.console().await);
    wait::until_seen(
        "rights to reach the hub",
        || channel.available(mug),
        |available| *available >= 4,
    )
    .await;
    let draft = Channel::draft("W-1", STORE, &[(mug, 1)]);
    let order = channel.place(&draft).await.unwrap();
    Desk::of(&till).has(&order, "to_do").await;
    till.sell(&mut oracle, &[(mug, 1)]).await;
    installed
        .console()
        .await
        .has_everything(STORE, &oracle)
        .await;

    hub.kill();
    done(&installed.hub_does(&["restore", "--from", backup]));
    let hub = installed.hub.start().await;
    till.sell(&mut oracle, &[(mug, 2)]).await;
    let code = world::found(&installed.console().await, &installed.goods).await;
    assert!(edge.stop().await.success());
    let again = installed.enrol(&code);
    assert!(
        done(&again).contains("This machine is edge 1 of"),
        "{again:?}"
    );
    let edge = installed.edge.start().await;
    world::can_sell(installed.edge_url()).await;
    let console = installed.console().await;
    console.has_everything(STORE, &oracle).await;
    wait::until_seen(
        "the store to be heard",
        || async { console.status().await.unwrap()["concerns"].to_string() },
        |concerns| !concerns.contains("has not heard"),
    )
    .await;
    let channel = Channel::of(&console);
    // The order came back with the store, and is answered as it is known.
    assert_eq!(channel.place(&draft).await.unwrap(), order);
    // Its people were added anew, so whoever works there signs in again.
    let till = Till::sign_in(installed.edge_url(), 1, PIN).await.unwrap();
    oracle.agrees_with("the store", &till.seen(&oracle).await);
    let days = installed.edge_does(&["days", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(done(&days)).unwrap();
    assert_eq!(listed["days"][0]["state"], "open", "{listed}");
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
    installed.is_whole();
}
