//! The hub's machine loses its power while it takes a large backlog in: the real program, killed
//! with `kill -9` between the first byte of a batch and its answer.

use counterpart_tests::chance::Chance;
use counterpart_tests::goods::Good;
use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::wait;
use counterpart_tests::world::{STORE, status};

const SALES: usize = 150;
const CUTS: usize = 6;
/// The bytes of a TLS handshake with two certificates, and of everything after it, are within this.
const BYTES_MAX: u64 = 40_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_killed_in_the_middle_of_a_batch_has_everything_once_in_the_end() {
    let mut chance = Chance::of("the hub is killed", 6);
    let (installed, mut hub, edge) = Installation::begin(40).await;
    let till = installed.open_till().await;
    let mut oracle = Oracle::new();
    let delivery: Vec<(&Good, i64)> = installed.goods.iter().map(|good| (good, 50)).collect();
    till.receive(&mut oracle, &delivery).await;
    installed.line.cut();
    for _ in 0..SALES {
        let basket = [(chance.one_of(&installed.goods), 1)];
        till.sell(&mut oracle, &basket).await;
    }
    for _ in 0..CUTS {
        let before = installed.line.state().up_bytes;
        let mark = before + chance.between(1, BYTES_MAX);
        installed.line.mend();
        let passed = installed.line.until(|line| line.up_bytes >= mark);
        // Once everything is there no more bytes come: then the hub is killed at rest.
        let drained = wait::until("the queue to drain", || async {
            let unsent = status(installed.edge_url()).await["unsent"].as_u64();
            (unsent == Some(0)).then_some(())
        });
        tokio::select! {
            _ = passed => {}
            () = drained => {}
        }
        hub.kill();
        hub = installed.hub.start().await;
    }
    let console = installed.console().await;
    console.has_everything(STORE, &oracle).await;
    installed.is_whole();
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}
