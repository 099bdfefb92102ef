//! The database server goes away in the middle of orders and comes back: the hub says so in words,
//! loses nothing it acknowledged, and goes on by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use counterpart_postgres_cluster::{Database, Server};
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::{Channel, Desk};
use counterpart_tests::wait;
use counterpart_tests::world::STORE;
use serde_json::Value;

const CHANNELS: usize = 4;
const ORDERS: usize = 8;

/// Places orders one after another, each until it is taken; nothing but "not now" may come between.
async fn place_all(channel: Channel, drafts: Vec<(String, Value)>, put_off: Arc<AtomicUsize>) {
    for (key, draft) in drafts {
        wait::until("the order to be taken", || async {
            match channel.place_as(&key, &draft).await {
                Ok(order) => Some(order),
                Err(NotDone::Refused(problem)) if problem.status == 503 => {
                    assert!(problem.detail.contains("again"), "{problem:?}");
                    put_off.fetch_add(1, Ordering::Relaxed);
                    None
                }
                Err(other) => panic!("neither taken nor put off: {other}"),
            }
        })
        .await;
    }
}

async fn answers(url: &str, path: &str) -> u16 {
    let (status, _) = Caller::of(url).fetch(path).await.unwrap();
    status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_taken_or_put_off_in_words_while_the_server_stops_and_starts() {
    let server = Server::start();
    let database = Database::create_on(&server.address());
    let (installed, hub, edge) = Installation::begin_on(Some(database), 1).await;
    let till = installed.open_till().await;
    let good = &installed.goods[0];
    till.receive(&mut Oracle::new(), &[(good, 200)]).await;
    let channel = Channel::of(&installed.console().await);
    let promised = || channel.available(good);
    wait::until_seen("rights", promised, |units| *units >= 40).await;

    let put_off = Arc::new(AtomicUsize::new(0));
    let placing: Vec<_> = (0..CHANNELS)
        .map(|shop| {
            let drafts = (0..ORDERS).map(|number| {
                let reference = format!("W-{shop}-{number}");
                let draft = Channel::draft(&reference, STORE, &[(good, 1)]);
                (reference, draft)
            });
            let drafts = drafts.collect();
            tokio::spawn(place_all(channel.clone(), drafts, put_off.clone()))
        })
        .collect();
    wait::until_seen("some orders", || channel.captured(), |seen| seen.len() > 3).await;
    tokio::task::block_in_place(|| server.stop_at_once());
    wait::until("orders to be put off", || async {
        (put_off.load(Ordering::Relaxed) > CHANNELS).then_some(())
    })
    .await;
    // A monitor sees that it lives and cannot work; nobody has to start it again.
    assert_eq!(answers(installed.hub_url(), "/healthz").await, 200);
    assert_eq!(answers(installed.hub_url(), "/readyz").await, 503);
    tokio::task::block_in_place(|| server.start_again());
    for task in placing {
        task.await.unwrap();
    }
    let captured = channel.captured().await;
    assert_eq!(captured.len(), CHANNELS * ORDERS, "{captured:?}");
    assert!(captured.values().all(|times| *times == 1), "{captured:?}");

    let last = Channel::draft("W-last", STORE, &[(good, 1)]);
    let order = channel.place(&last).await.unwrap();
    let desk = Desk::of(&till);
    let pickup = desk.has(&order, "to_do").await;
    desk.prepare(&pickup, &[(good, 1)], "A-1").await;
    channel.is(&order, "ready").await;
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}
