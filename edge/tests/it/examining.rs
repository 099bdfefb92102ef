//! Questions to a store's data folder, while the store server runs and while it does not.

use counterpart_daemon::params;
use counterpart_daemon::replica::Question;
use counterpart_edge::{RunningEdge, examine, running_status};
use serde_json::{Value, json};

use crate::counter::{ADA, Counter};
use crate::factory::{World, read, sentence, soon};

const VERIFY: Question = Question::Verify { json: false };

/// Waits until the store's feed to the hub has begun: the agent that sends it opens it, and a store
/// server is up before that.
async fn feed_opened(edge: &RunningEdge) {
    soon("the opening of the feed", async {
        loop {
            let count = read(edge.context().db(), |tx| {
                let row = tx.query_one("SELECT COUNT(*) FROM feed_heads", params![])?;
                row.read::<i64>(0)
            });
            if count.await > 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_store_is_looked_at_while_it_runs_and_while_it_does_not() {
    let world = World::enrolled().await;
    let edge = world.start().await;
    feed_opened(&edge).await;
    let running = examine(&world.config, VERIFY).await.unwrap();
    assert!(running.is_well, "{}", running.text);
    assert!(
        running.text.contains("feed to the hub, run 1"),
        "{}",
        running.text
    );
    assert!(!world.config.data.join("examined").exists());
    let status = running_status(&world.config).await.unwrap();
    assert!(
        status["machine"]["backup_at_ms"].is_null(),
        "a copy to look at is no backup: {status}"
    );
    // What changes what is stored is not done to a copy, nor beside a store server.
    let readmit = Question::Readmit {
        peer: 0,
        run: 1,
        seq: 1,
    };
    let refused = examine(&world.config, readmit.clone()).await.unwrap_err();
    assert!(
        sentence(&refused).contains("stop it first"),
        "{}",
        sentence(&refused)
    );
    edge.shutdown().await;
    let stopped = examine(&world.config, VERIFY).await.unwrap();
    assert!(stopped.is_well, "{}", stopped.text);
    let refused = examine(&world.config, readmit).await.unwrap_err();
    assert!(
        sentence(&refused).contains("does not stand in quarantine"),
        "{}",
        sentence(&refused)
    );
}

#[tokio::test]
async fn what_stands_in_the_feed_can_be_read_as_json() {
    let counter = Counter::of(World::enrolled().await).await;
    let ada = counter.sign_in(ADA).await;
    let delivery = json!({
        "received_as": "delivery", "lines": [{ "sku": "MILK", "quantity_milli": 3_000 }],
    });
    ada.done("/v1/stock/receipts", delivery).await;
    let config = &counter.world.config;
    let ask = async |question| examine(config, question).await;
    let aside = ask(Question::Quarantine { json: false }).await.unwrap();
    assert_eq!(aside.text, "nothing was set aside");
    let document = "7/1/0".to_owned();
    let shown = ask(Question::Inspect { document }).await.unwrap();
    let shown: Value = serde_json::from_str(&shown.text).unwrap();
    let received = &shown["facts"][0];
    assert_eq!(received["kind"], "stock_received", "{shown}");
    assert_eq!(received["body"]["lines"][0]["sku"], "MILK");
    let document = "order/7".to_owned();
    let refused = ask(Question::Inspect { document }).await.unwrap_err();
    assert!(sentence(&refused).contains("there is no document order/7 here"));
    counter.edge.shutdown().await;
}
