//! Ten thousand scans from three scanners at three tills, as fast as their lines take them (fifty a
//! second is a busy shop; this is more), while receipts print and the hub comes and goes. Each code
//! must be a line of its till's basket, in the order of its scanner.

use std::sync::Mutex;
use std::time::Duration;

use counterpart_tests::chance::Chance;
use counterpart_tests::goods::Good;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::sold;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

/// 3 x 28 x 120 = 10,080 scans.
const TILLS: u16 = 3;
const BASKETS: usize = 28;
const LINES: usize = 120;

/// What a till's customers put on the belt: no product twice in a basket, every basket another.
fn belt(goods: &[Good], till: u16, basket: usize) -> Vec<&Good> {
    let from = usize::from(till) * 37 + basket * LINES;
    // 7 shares no divisor with the number of goods: the codes come from all over the shelf.
    let places = (from..from + LINES).map(|place| place * 7 % goods.len());
    places.map(|place| &goods[place]).collect()
}

/// The line to the hub is cut, refuses, stalls or is whole again.
fn flap(world: &World, chance: &Mutex<Chance>) {
    match chance.lock().unwrap().below(5) {
        0 => world.line.cut(),
        1 => world.line.refuse(),
        2 => world.line.stall(),
        _ => world.mend(),
    }
}

/// Everything one till scans and sells.
async fn work(world: &World, till: u16, oracle: &Mutex<Oracle>, chance: &Mutex<Chance>) {
    let (desk, counter) = (world.open_till(till).await, world.counter(till));
    for basket in 0..BASKETS {
        let wanted = belt(&world.goods, till, basket);
        for good in &wanted {
            counter.scanner().scan(good.gtin.as_bytes()).await.unwrap();
        }
        let what = format!("{LINES} lines in basket {basket} of till {till}");
        let seen = desk.basket_is(&what, |basket| basket.lines.len() >= LINES);
        let mut lines = seen.await.lines;
        lines.sort_by_key(|line| line.line);
        let found: Vec<(&str, i64)> = lines
            .iter()
            .map(|line| (line.sku.as_str(), line.quantity_milli))
            .collect();
        let expected: Vec<(&str, i64)> = wanted
            .iter()
            .map(|good| (good.sku.as_str(), 1_000))
            .collect();
        assert_eq!(found, expected, "{what}");
        let total: i64 = wanted.iter().filter_map(|good| good.price_minor).sum();
        let paid = desk.pay(total).await.unwrap();
        let basket: Vec<(&Good, i64)> = wanted.iter().map(|good| (*good, 1)).collect();
        oracle.lock().unwrap().sold(sold(&paid, &basket));
        flap(world, chance);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_scans_are_all_there_and_in_order_while_receipts_print_and_the_hub_flaps() {
    let world = World::begin(Beginning {
        goods: 401,
        registers: TILLS,
        scanner_gap: Duration::from_secs(1),
        ..Beginning::default()
    })
    .await;
    let oracle = Mutex::new(Oracle::new());
    let chance = Mutex::new(Chance::of("scans", 8_217));
    tokio::join!(
        work(&world, 1, &oracle, &chance),
        work(&world, 2, &oracle, &chance),
        work(&world, 3, &oracle, &chance),
    );
    world.mend();
    let oracle = oracle.into_inner().unwrap();
    for till in 1..=TILLS {
        let printed = world.counter(till).printer().until(|seen| {
            let whole = seen.receipts.iter().filter(|receipt| receipt.complete);
            whole.count() >= BASKETS
        });
        wait::told("every receipt", printed).await;
    }
    world.console().await.has_everything(STORE, &oracle).await;
    world.end().await;
}
