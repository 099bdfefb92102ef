//! Orders of an edge that becomes a new life: what it wrote into them comes back, and what the hub
//! lacks of it reaches the hub under its old keys.

use counterpart_protocol::sync::EdgeSession;

use super::orders::{A, Shop, order};
use super::recovery::recover;

#[test]
fn what_an_earlier_life_wrote_into_orders_comes_back_and_goes_on() {
    let mut shop = Shop::new();
    shop.hub.state(order(1), 1, "placed");
    shop.hub.share(order(1), A);
    shop.settle();
    shop.a.node.state(order(1), 1, "accepted");
    shop.settle();
    shop.a.node.state(order(1), 1, "picked");
    // In the backup, and not at the hub.
    let backup = shop.a.node.image();
    shop.a.node.roll_back(&backup);
    shop.a.node.open_life();
    // The new life writes on top of what the hub has not seen.
    shop.a.node.state(order(1), 1, "staged");
    recover(&shop.a.node, &shop.hub);
    shop.a.session = EdgeSession::new(0);
    shop.settle();
    let expected = ["placed", "accepted", "picked", "staged"];
    assert_eq!(shop.hub.words(order(1)), expected);
    assert_eq!(shop.a.node.lines(order(1)), shop.hub.lines(order(1)));
    assert_eq!(shop.hub.document_state(order(1)), "open");
    // The hub goes on in it too.
    shop.hub.state(order(1), 0, "thanked");
    shop.settle();
    assert_eq!(shop.a.node.lines(order(1)), shop.hub.lines(order(1)));
    shop.a.node.is_whole();
    shop.hub.is_whole();
}

#[test]
fn what_an_edge_lost_of_an_order_comes_back_although_the_hub_forwards_nobody_their_own() {
    let mut shop = Shop::new();
    shop.hub.state(order(1), 1, "placed");
    shop.hub.share(order(1), A);
    shop.settle();
    let backup = shop.a.node.image();
    shop.a.node.state(order(1), 1, "accepted");
    shop.hub.state(order(2), 1, "another placed");
    shop.hub.share(order(2), A);
    shop.settle();
    shop.a.node.state(order(2), 1, "another accepted");
    shop.settle();
    shop.a.node.roll_back(&backup);
    shop.a.node.open_life();
    recover(&shop.a.node, &shop.hub);
    // The second order's beginning comes with the hub's own feed.
    assert_eq!(shop.a.node.document_state(order(2)), "incomplete");
    shop.a.session = EdgeSession::new(0);
    shop.settle();
    for number in [1, 2] {
        assert_eq!(
            shop.a.node.lines(order(number)),
            shop.hub.lines(order(number))
        );
        assert_eq!(shop.a.node.document_state(order(number)), "open");
    }
    shop.a.node.state(order(2), 1, "another picked");
    shop.settle();
    assert_eq!(shop.hub.words(order(2)).last().unwrap(), "another picked");
    shop.a.node.is_whole();
    shop.hub.is_whole();
}

#[test]
fn an_earlier_life_is_believed_only_by_the_actor_it_registered() {
    let mut shop = Shop::new();
    shop.hub.state(order(1), 1, "placed");
    shop.hub.share(order(1), A);
    shop.settle();
    let backup = shop.a.node.image();
    shop.a.node.roll_back(&backup);
    // Somebody writes as the old life and is not it.
    shop.a.node.write(|_, tx| {
        tx.execute(
            "UPDATE replica_identity SET actor = $1",
            crate::params![[9_u8; 16]],
        )
        .map_err(Into::into)
    });
    shop.a.node.state(order(1), 1, "forged");
    shop.a.node.open_life();
    recover(&shop.a.node, &shop.hub);
    shop.a.session = EdgeSession::new(0);
    shop.settle();
    assert_eq!(shop.hub.words(order(1)), ["placed"]);
    let aside = shop
        .hub
        .write(|replica, tx| Ok(replica.quarantined(tx, 9)?));
    assert!(
        aside.iter().any(|one| one.reason.contains("another actor")),
        "{aside:?}"
    );
}
