//! The hub's machine dies, and an old backup is what there is: the installed programs, restored by
//! the hub's own command, until everything both sides said is there once and nothing is promised
//! twice.

use counterpart_tests::goods::Good;
use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk, Told};
use counterpart_tests::process::{Ended, Running};
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{STORE, status};
use serde_json::Value;

/// What happened at the hub after its backup.
struct Since {
    /// An order the store has picked, which the customer has not fetched yet.
    waiting: (Value, Told),
    /// An order the customer has.
    fetched: (Value, String),
    /// An order that never left the hub.
    unsent: (Value, String),
}

#[track_caller]
fn done(ended: &Ended) -> &str {
    assert!(ended.status.success(), "{ended:?}");
    &ended.output
}

async fn order(channel: &Channel, reference: &str, goods: &[(&Good, i64)]) -> (Value, String) {
    let draft = Channel::draft(reference, STORE, goods);
    let order = channel.place(&draft).await;
    let order = order.unwrap_or_else(|error| panic!("the order is not taken: {error}"));
    (draft, order)
}

/// Prepares an order at the store, and returns what its customer shows.
async fn prepare(channel: &Channel, desk: &Desk, order: &str, goods: &[(&Good, i64)]) -> Told {
    let pickup = desk.has(order, "to_do").await;
    desk.prepare(&pickup, goods, "A-3").await;
    channel.is(order, "ready").await;
    channel.told(order).await
}

async fn fetch(desk: &Desk, told: &Told, goods: &[(&Good, i64)], oracle: &mut Oracle) {
    let ready = desk.has(&told.order_id, "ready").await;
    let handed = desk.hand_over(&ready, &told.code).await;
    handed.unwrap_or_else(|error| panic!("the goods are not handed over: {error}"));
    let pieces = goods.iter();
    let pieces = pieces.map(|(good, count)| (good.sku.clone(), *count));
    oracle.handed_over(&told.order_id, pieces.collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_restored_from_an_old_backup_hears_its_stores_and_is_whole() {
    let (installed, hub, edge) = Installation::begin(40).await;
    let till = installed.open_till().await;
    let mut oracle = Oracle::new();
    let delivery: Vec<(&Good, i64)> = installed.goods.iter().map(|good| (good, 10)).collect();
    till.receive(&mut oracle, &delivery).await;
    let channel = Channel::of(&installed.console().await);
    let mug = &installed.goods[1];
    let before = wait::until_seen(
        "rights to reach the hub",
        || channel.available(mug),
        |available| *available >= 6,
    )
    .await;
    till.sell(&mut oracle, &[(mug, 1)]).await;
    installed
        .console()
        .await
        .has_everything(STORE, &oracle)
        .await;
    let backup = installed.folder().join("night.db");
    let backup = backup.to_str().unwrap();
    done(&installed.hub_does(&["backup", backup]));

    let since = goes_on(&installed, &till, &channel, &mut oracle).await;
    let hub = is_restored(&installed, hub, backup).await;
    promises_nothing_before_it_heard(&installed, &till, &since, &mut oracle).await;
    installed.line.mend();
    knows_everything(&installed, &till, &since, &oracle, before).await;
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
    installed.is_whole();
    let proof = installed.hub_does(&["proof", "--store", STORE]);
    assert!(done(&proof).contains("0 missing"), "{proof:?}");
}

/// Orders and sales after the backup; then the line is cut and one more order comes.
async fn goes_on(
    installed: &Installation,
    till: &Till,
    channel: &Channel,
    oracle: &mut Oracle,
) -> Since {
    let desk = Desk::of(till);
    let (mug, socks) = (&installed.goods[1], &installed.goods[3]);
    let fetched = order(channel, "W-1", &[(mug, 1)]).await;
    let told = prepare(channel, &desk, &fetched.1, &[(mug, 1)]).await;
    fetch(&desk, &told, &[(mug, 1)], oracle).await;
    channel.is(&fetched.1, "completed").await;
    let waiting = order(channel, "W-2", &[(mug, 2), (socks, 1)]).await;
    let told = prepare(channel, &desk, &waiting.1, &[(mug, 2), (socks, 1)]).await;
    till.sell(oracle, &[(socks, 1)]).await;
    installed
        .console()
        .await
        .has_everything(STORE, oracle)
        .await;
    installed.line.cut();
    let unsent = order(channel, "W-3", &[(mug, 1)]).await;
    Since {
        waiting: (waiting.0, told),
        fetched,
        unsent,
    }
}

/// The hub dies, and its operator restores it.
async fn is_restored(installed: &Installation, hub: Running, backup: &str) -> Running {
    let refused = installed.hub_does(&["restore", "--from", backup]);
    assert!(!refused.status.success(), "a hub runs: {refused:?}");
    hub.kill();
    let restored = installed.hub_does(&["restore", "--from", backup]);
    let words = done(&restored);
    for part in [
        "generation",
        "promises nothing",
        "send its orders",
        "kept in",
    ] {
        assert!(words.contains(part), "{words}");
    }
    installed.hub.start().await
}

/// The store is not on the line yet; it sells, and hands over what the hub has forgotten.
async fn promises_nothing_before_it_heard(
    installed: &Installation,
    till: &Till,
    since: &Since,
    oracle: &mut Oracle,
) {
    let console = installed.console().await;
    let channel = Channel::of(&console);
    let mug = &installed.goods[1];
    assert_eq!(channel.available(mug).await, 0);
    let path = format!("/v1/availability?sku={}", mug.sku);
    let told: Value = console.caller().ask(&path).await.unwrap();
    assert_eq!(told["stores"][0]["why"], "unheard", "{told}");
    // What comes again may be there already: nobody is answered before that is known.
    for draft in [&since.waiting.0, &since.fetched.0, &since.unsent.0] {
        let refused = channel.place(draft).await.unwrap_err().problem();
        assert!(
            refused.kind.ends_with(":stores_unheard"),
            "{}",
            refused.kind
        );
    }
    let concerns = console.status().await.unwrap()["concerns"].to_string();
    assert!(concerns.contains("has not heard ghent-1"), "{concerns}");
    till.sell(oracle, &[(&installed.goods[5], 1)]).await;
    let (told, socks) = (&since.waiting.1, &installed.goods[3]);
    fetch(&Desk::of(till), told, &[(mug, 2), (socks, 1)], oracle).await;
}

/// Everything is there once: what the store sold, and what the hub had said to it.
async fn knows_everything(
    installed: &Installation,
    till: &Till,
    since: &Since,
    oracle: &Oracle,
    before: i64,
) {
    let console = installed.console().await;
    console.has_everything(STORE, oracle).await;
    oracle.agrees_with("the store", &till.seen(oracle).await);
    let channel = Channel::of(&console);
    let concerns = wait::until_seen(
        "the store to be heard",
        || async { console.status().await.unwrap()["concerns"].to_string() },
        |concerns| !concerns.contains("has not heard"),
    )
    .await;
    assert!(concerns.contains("known to nobody"), "{concerns}");
    // The same orders, each once, and answered as they are known.
    for (draft, order) in [
        (&since.waiting.0, &since.waiting.1.order_id),
        (&since.fetched.0, &since.fetched.1),
    ] {
        channel.is(order, "completed").await;
        assert_eq!(channel.place(draft).await.unwrap(), *order);
    }
    // What had reached nobody is a new order.
    let again = channel.place(&since.unsent.0).await.unwrap();
    assert_ne!(again, since.unsent.1);
    Desk::of(till).has(&again, "to_do").await;
    let captured = channel.captured().await;
    assert!(captured.values().all(|times| *times == 1), "{captured:?}");
    assert_eq!(captured.len(), 3, "{captured:?}");
    // One sold before the backup, three handed over, one promised: of what the store let.
    let mug = &installed.goods[1];
    let available = channel.available(mug).await;
    assert!(available <= before - 4, "{available} of {before}");
    let unsent = wait::until_seen(
        "nothing to be unsent",
        || status(installed.edge_url()),
        |status| status["unsent"] == 0,
    )
    .await;
    assert_eq!(unsent["quarantined"], 0, "{unsent}");
}
