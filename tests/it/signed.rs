//! A store whose country wants signed receipts, with the line cut: the signer fails, sales go on
//! and say so, it comes back and signs what it missed, and the hub learns all of it afterwards.

use counterpart_hardware::SignerFault;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::Till;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

use crate::ENGINE;

/// Waits until the sale's signature is in this state, as the till tells it.
async fn signing_is(till: &Till, sale_id: &str, state: &str) {
    wait::until_seen(
        format!("the signature of {sale_id} to be {state}"),
        || async { till.sale(sale_id).await.expect("the edge knows its sales") },
        |sale| sale["signing"]["state"] == state,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_signed_without_the_hub_and_an_outage_is_made_up_for() {
    let beginning = Beginning {
        engine: ENGINE,
        ..Beginning::default()
    };
    let mut world = World::begin(beginning).await;
    world.stop_edge().await;
    let signer = world.with_signer().await;
    world.start_edge().await;
    world.can_sell().await;
    let (till, mut oracle) = (world.open_till(1).await, Oracle::new());
    let console = world.console().await;
    let good = &world.goods[0];

    world.line.cut();
    let signed = till.sell(&mut oracle, &[(good, 1)]).await;
    signing_is(&till, &signed.sale_id, "signed").await;
    signer.set_fault(SignerFault::Off);
    let unsigned = till.sell(&mut oracle, &[(good, 2)]).await;
    signing_is(&till, &unsigned.sale_id, "outage").await;

    world.mend();
    console.has_everything(STORE, &oracle).await;
    let store = console.store(STORE).await.unwrap();
    assert_eq!(store.unsigned, 1, "the hub knows of the outage");

    world.line.cut();
    signer.set_fault(SignerFault::None);
    world.clock.advance(std::time::Duration::from_secs(60));
    signing_is(&till, &unsigned.sale_id, "signed").await;
    let third = till.sell(&mut oracle, &[(good, 1)]).await;
    signing_is(&till, &third.sale_id, "signed").await;
    let keys: Vec<String> = signer.signed().into_iter().map(|it| it.key).collect();
    assert_eq!(keys, [signed.sale_id, unsigned.sale_id, third.sale_id]);

    world.mend();
    console.has_everything(STORE, &oracle).await;
    wait::until_seen(
        "no receipt to lack its signature at the hub",
        || async { console.store(STORE).await.expect("the hub knows the store") },
        |store| store.unsigned == 0,
    )
    .await;
    world.end().await;
}
