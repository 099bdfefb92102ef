//! How long an order takes from its request to its answer: checked, promised under rights, routed
//! and stored, over HTTP, at several numbers of stores that could all take it.
//!
//! One channel asks after the other's answer for the times, and eight at once for the rate. The
//! baseline is the smallest durable command of the same hub: a notice to one store.
#![expect(clippy::print_stdout, reason = "a bench shows its table")]

use counterpart_daemon::clock::Stopwatch;
use counterpart_protocol::ids::DeliveryId;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{RightsGranted, SkuUnits};
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine, StockReceived};
use counterpart_tests::goods::{self, Good};
use counterpart_tests::measure::{Table, Times, machine, per_second, ratio, rounds, shown};
use counterpart_tests::orders::Channel;
use counterpart_tests::yard::{Engine, Yard};
use tokio::task::JoinSet;

const STORES: [usize; 2] = [10, 100];
const GOODS: u32 = 40;
/// Orders one after the other, unless another number is asked for behind `--`.
const ORDERS: usize = 400;
/// Channels that ask at once.
const AT_ONCE: usize = 8;
/// Pieces of each good that a store lets the hub promise: more than all orders here.
const PIECES: i32 = 5_000;
const NOTICES: usize = 100;

fn store_name(number: usize) -> String {
    format!("shop-{number:04}")
}

/// Opens stores that have every good and let the hub promise them.
async fn open(yard: &Yard, stores: usize, goods: &[Good]) {
    let lines: Vec<_> = goods
        .iter()
        .map(|good| SkuUnits {
            sku: good.sku.parse().expect("a readable SKU"),
            quantity_milli: Milli::units(PIECES),
        })
        .collect();
    let received = lines.iter().map(|line| ReceivedLine {
        sku: line.sku.clone(),
        quantity_milli: line.quantity_milli,
    });
    let delivery = StockReceived {
        delivery_id: DeliveryId::from_parts(1, 1),
        received_as: ReceivedAs::Delivery,
        reference: None,
        lines: received.collect(),
    };
    for number in 1..=stores {
        let mut store = yard.store(&store_name(number)).await;
        store.state(vec![delivery.clone()]);
        store.state(vec![RightsGranted {
            lines: lines.clone(),
        }]);
        store.sync().await;
    }
}

/// Captures order `number` at one of the stores.
async fn capture(channel: &Channel, number: usize, stores: usize, goods: &[Good]) {
    let store = store_name(number * 7 % stores + 1);
    let first = &goods[number % goods.len()];
    let second = &goods[(number + 11) % goods.len()];
    let draft = Channel::draft(&format!("W-{number}"), &store, &[(first, 1), (second, 2)]);
    channel.place(&draft).await.expect("an order is taken");
}

#[tokio::main]
async fn main() {
    println!("\ncapture: {}\n", machine());
    let mut table = Table::of(&[
        "engine",
        "stores",
        "orders",
        "p50",
        "p99",
        "÷ a notice, p50",
        "eight at once, orders/s",
    ]);
    let goods = goods::shelf(GOODS);
    for (engine, stores) in Engine::ALL
        .into_iter()
        .flat_map(|it| STORES.map(|n| (it, n)))
    {
        let yard = Yard::open(engine).await;
        yard.console().publish_catalog(goods::csv(&goods)).await;
        open(&yard, stores, &goods).await;
        let mut notices = Times::new();
        for _ in 0..NOTICES {
            let watch = Stopwatch::start();
            let posted = yard.console().post_notice("Bench").await;
            posted.expect("a notice is taken");
            notices.took(watch.elapsed());
        }
        let channel = Channel::of(yard.console());
        let mut times = Times::new();
        let alone = rounds(ORDERS);
        for number in 0..alone {
            let watch = Stopwatch::start();
            capture(&channel, number, stores, &goods).await;
            times.took(watch.elapsed());
        }
        let watch = Stopwatch::start();
        let mut asking = JoinSet::new();
        for lane in 0..AT_ONCE {
            let (channel, goods) = (channel.clone(), goods.clone());
            asking.spawn(async move {
                for number in 0..alone / AT_ONCE {
                    let number = alone + number * AT_ONCE + lane;
                    capture(&channel, number, stores, &goods).await;
                }
            });
        }
        asking.join_all().await;
        table.row([
            engine.name().to_owned(),
            stores.to_string(),
            times.count().to_string(),
            shown(times.percentile(50)),
            shown(times.percentile(99)),
            ratio(times.percentile(50), notices.percentile(50)),
            per_second(alone / AT_ONCE * AT_ONCE, watch.elapsed()),
        ]);
        yard.close().await;
    }
    println!("{}", table.markdown());
}
