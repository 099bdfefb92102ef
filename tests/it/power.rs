//! The store's machine loses its power again and again: the real program, killed with `kill -9` in
//! the middle of commands, at moments left to chance.

use std::time::Duration;

use counterpart_tests::chance::Chance;
use counterpart_tests::goods::Good;
use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::process::Running;
use counterpart_tests::shop::{Patience, Till};
use counterpart_tests::world::{FLOAT_MINOR, STORE};

const SALES: usize = 200;
/// Sales in a hundred during which the power goes.
const CUT_PERCENT: u64 = 9;
/// The longest time from the beginning of such a sale to the cut: a sale takes about half of it on
/// a quiet machine, so that cuts fall into every command and between sales.
const CUT_WITHIN_MICROS: u64 = 60_000;

/// Sells one basket; the power goes after `cut`, if it goes, and the program is started again while
/// the till's page goes on asking.
async fn sell(
    installed: &Installation,
    edge: Running,
    (till, oracle): (&Till, &mut Oracle),
    basket: &[(&Good, i64)],
    cut: Option<Duration>,
) -> Running {
    let selling = till.sell(oracle, basket);
    let Some(after) = cut else {
        selling.await;
        return edge;
    };
    let cutting = async {
        // Not a wait for anything: this is the moment chance has chosen.
        tokio::time::sleep(after).await;
        edge.kill();
        installed.edge.start().await
    };
    let (_, edge) = tokio::join!(selling, cutting);
    edge
}

/// Checks that every receipt was printed, or that a person was asked about it, and none twice.
async fn receipts_came_out_at_most_once(installed: &Installation, till: &Till, oracle: &Oracle) {
    let printer = installed.counter.printer();
    for sold in oracle.sales().values() {
        let sale = till.sale(&sold.sale_id).await.unwrap();
        let prints = sale["prints"].as_array().unwrap();
        assert_eq!(prints.len(), 1, "{sale:#}");
        let state = prints[0]["state"].as_str().unwrap();
        let whole = printer.snapshot().receipts;
        let whole = whole
            .iter()
            .filter(|r| r.complete && r.text.contains(&sold.receipt));
        assert!(
            whole.count() <= 1,
            "receipt {} came out twice",
            sold.receipt
        );
        assert!(
            ["queued", "sending", "confirmed", "uncertain"].contains(&state),
            "receipt {} is {state}",
            sold.receipt
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_sale_is_lost_or_doubled_however_often_the_power_goes() {
    let mut chance = Chance::of("the power goes", 9);
    let (installed, hub, mut edge) = Installation::begin(40).await;
    let till = installed.open_till().await;
    let till = till.with_patience(Patience::UntilAnswered);
    let mut oracle = Oracle::new();
    let delivery: Vec<(&Good, i64)> = installed.goods.iter().map(|good| (good, 50)).collect();
    till.receive(&mut oracle, &delivery).await;
    let mut cuts = 0;
    for _ in 0..SALES {
        let basket: Vec<(&Good, i64)> = (0..chance.between(1, 3))
            .map(|_| (chance.one_of(&installed.goods), 1))
            .collect();
        let cut = chance
            .happens(CUT_PERCENT)
            .then(|| Duration::from_micros(chance.below(CUT_WITHIN_MICROS)));
        if cut.is_some() {
            cuts += 1;
            // The line to the hub is as unlucky as the power.
            match chance.happens(50) {
                true => installed.line.cut(),
                false => installed.line.mend(),
            }
        }
        edge = sell(&installed, edge, (&till, &mut oracle), &basket, cut).await;
    }
    assert!(cuts > 10, "only {cuts} cuts");
    oracle.agrees_with("the edge", &till.seen(&oracle).await);
    oracle.receipts_are_gap_free();
    let shift = till.shift().await.unwrap();
    assert_eq!(shift["sales"], SALES);
    assert_eq!(shift["expected_minor"], FLOAT_MINOR + oracle.total_minor());
    receipts_came_out_at_most_once(&installed, &till, &oracle).await;

    installed.line.mend();
    let console = installed.console().await;
    console.has_everything(STORE, &oracle).await;
    installed.is_whole();
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}
