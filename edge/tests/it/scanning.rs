//! From the serial line to the basket: the way of a scan through the whole store server.

use counterpart_edge::context::Context;
use counterpart_edge::sales::in_work;

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
