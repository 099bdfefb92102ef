//! Two hundred stores come back at once, and their hub is killed while they tell it what they sold:
//! the real program, and stores that are the product's replicas over mutual TLS.

use std::sync::atomic::{AtomicU64, Ordering};

use counterpart_tests::fleet::Fleet;
use counterpart_tests::installation::Installation;
use counterpart_tests::wait;

const STORES: u64 = 200;
/// What each of them sold meanwhile.
const SALES: u64 = 40;
const KILLED: u64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_stores_come_back_at_once_through_a_hub_that_dies() {
    let installed = Installation::before_the_store(2).await;
    let mut hub = installed.hub.start().await;
    let mut fleet = Fleet::enrol(&installed, STORES as usize).await;
    fleet.sell(SALES as usize);
    let answered = AtomicU64::new(0);
    let dying = async {
        for time in 1..=KILLED {
            // Each store needs an answer, so this is reached.
            let mark = time * STORES / 4;
            wait::until("the hub to be at work", || async {
                (answered.load(Ordering::Relaxed) >= mark).then_some(())
            })
            .await;
            hub.kill();
            hub = installed.hub.start().await;
        }
        hub
    };
    let ((), hub) = tokio::join!(fleet.sync_through(&answered), dying);

    let console = installed.console().await;
    for number in 1..=STORES {
        let slug = format!("shop-{number:04}");
        let store = console.store(&slug).await.unwrap();
        let proof = (store.proof.issued, store.proof.missing, store.proof.doubled);
        assert_eq!(proof, (SALES as i64, 0, 0), "{slug}");
        assert_eq!((store.lag, store.quarantined), (0, 0), "{slug}");
    }
    let verified = installed.hub_does(&["verify"]);
    assert!(verified.status.success(), "{verified:?}");
    assert!(hub.stop().await.success());
}
