//! From the serial line, and from a keyboard's keys, to the basket: the way of a scan through the
//! whole store server.

use counterpart_edge::context::Context;
use counterpart_edge::sales::in_work;
use counterpart_hardware::KeyFault;

use crate::counter::{Counter, MILK, STRANGER};
use crate::factory::{REGISTER, World, read, soon};

/// Waits until so many lines stand in the basket and so many scans wait for a person.
async fn until(context: &Context, lines: usize, waiting: usize) {
    soon("the scan on the screen", async {
        while read(context.db(), |tx| in_work(tx, REGISTER)).await != (lines, waiting) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_scan_on_the_serial_line_becomes_a_line_or_waits_for_a_person() {
    let mut world = World::enrolled().await;
    let scanner = world.with_scanner().await;
    let counter = Counter::of(world).await;
    let context = counter.edge.context().clone();
    let _clerk = counter.at_open_till(10_000).await;
    // With the identifier of EAN-13, as scanners are set to send it.
    scanner.scan(format!("]E0{MILK}").as_bytes()).await.unwrap();
    until(&context, 1, 0).await;
    // A damaged read is a wait for a person, never a guess and never silence.
    scanner.send(b"\xff\xfe\xfd\r").await.unwrap();
    until(&context, 1, 1).await;
    scanner.scan(STRANGER.as_bytes()).await.unwrap();
    until(&context, 1, 2).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_scan_before_anybody_has_signed_in_is_held_and_not_lost() {
    let mut world = World::enrolled().await;
    let scanner = world.with_scanner().await;
    let counter = Counter::of(world).await;
    let context = counter.edge.context().clone();
    scanner.scan(MILK.as_bytes()).await.unwrap();
    until(&context, 0, 1).await;
    let _clerk = counter.at_open_till(10_000).await;
    until(&context, 1, 0).await;
    counter.edge.shutdown().await;
}

/// Waits until the register's hand scanner says so.
async fn until_hand_says(context: &Context, word: &str) {
    let mut changes = context.devices().changes();
    soon(word, async {
        loop {
            changes.mark_unchanged();
            let register = context.devices().of(REGISTER).unwrap();
            if register
                .others
                .iter()
                .any(|(_, status)| status.word == word)
            {
                return;
            }
            changes.changed().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_hand_scanner_that_acts_as_a_keyboard_sells_beside_the_other_one() {
    let mut world = World::enrolled().await;
    let scanner = world.with_scanner().await;
    let hand = world.with_hand_scanner().await;
    let counter = Counter::of(world).await;
    let context = counter.edge.context().clone();
    let clerk = counter.at_open_till(10_000).await;
    until_hand_says(&context, "Hand scanner ready").await;
    hand.scan(&format!("]E0{MILK}")).await.unwrap();
    until(&context, 1, 0).await;
    scanner.scan(b"MUG-RED").await.unwrap();
    until(&context, 2, 0).await;
    // A Shift that hangs, keys the machine was too busy for: a person looks, nothing is sold.
    hand.set_fault(KeyFault::ShiftStuck);
    hand.scan(MILK).await.unwrap();
    until(&context, 2, 1).await;
    hand.set_fault(KeyFault::Overrun);
    hand.scan(MILK).await.unwrap();
    until(&context, 2, 2).await;
    hand.set_fault(KeyFault::YankedMidCode);
    hand.scan(MILK).await.unwrap();
    until(&context, 2, 3).await;
    until_hand_says(&context, "Hand scanner not reached").await;
    let page = clerk.page("/devices").await;
    assert!(
        page.text.contains("Hand scanner not reached"),
        "{}",
        page.text
    );
    // Selling went on; plugged in again it sells again.
    hand.plug().await.unwrap();
    until_hand_says(&context, "Hand scanner ready").await;
    hand.scan("MUG-RED").await.unwrap();
    until(&context, 2, 3).await;
    let basket = soon("the second mug", async {
        loop {
            let basket = clerk.basket().await;
            if basket["lines"][1]["quantity_milli"] == 2_000 {
                return basket;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(basket.await["lines"][0]["sku"], "MILK");
    counter.edge.shutdown().await;
}
