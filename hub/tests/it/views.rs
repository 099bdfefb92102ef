//! Views are folds: what was built fact by fact equals what a rebuild makes.

use counterpart_daemon::db::{DbError, Value};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::coupons::{CouponNumber, CouponTaken};
use counterpart_protocol::ids::{Incarnation, OutageId};
use counterpart_protocol::lives::{LifeBecause, LifeOpened, RecoveryEnded};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{
    ReceiptReprinted, ReceiptUnsigned, SaleRecorded, SaleSignature, SaleSigned,
};

use crate::facts::{Unreadable, delivery, sale, sale_of};
use crate::peer::Peer;
use crate::world::{STORE, World};

const VIEWS: [&str; 31] = [
    "returns",
    "return_lines",
    "return_taxes",
    "return_tenders",
    "sealed_days",
    "countersigned_days",
    "late_facts",
    "edge_lives",
    "rights",
    "rights_asked",
    "orders",
    "order_lines",
    "fulfilments",
    "fulfilment_lines",
    "exceptions",
    "exception_resolutions",
    "transfers",
    "transfer_lines",
    "stock_weeks",
    "sales",
    "sale_lines",
    "sale_tenders",
    "sale_taxes",
    "sale_days",
    "coupon_uses",
    "receipt_series",
    "unsigned_receipts",
    "issued_papers",
    "paper_series",
    "stock_levels",
    "stock_movements",
];

/// Returns the signature of a sale whose receipt was printed without.
fn signed_afterwards(sale: &SaleRecorded, outage_id: OutageId) -> SaleSigned {
    SaleSigned {
        sale_id: sale.sale_id,
        receipt: sale.receipt,
        outage_id: Some(outage_id),
        signature: SaleSignature {
            serial: "S-1".to_owned(),
            transaction: 1,
            counter: 1,
            began_at_ms: 5,
            signed_at_ms: 6,
            algorithm: "ed25519".to_owned(),
            value: vec![1],
            qr: None,
        },
    }
}

async fn dump(world: &World) -> Vec<(&'static str, Vec<Vec<Value>>)> {
    let read = world.hub().context().db().read(|tx| {
        let mut tables = Vec::new();
        for table in VIEWS {
            let sql = format!("SELECT * FROM {table} ORDER BY 1, 2, 3");
            let mut rows = Vec::new();
            for row in tx.query_all(&sql, counterpart_daemon::params![])? {
                let cells = (0..row.width()).map(|at| row.read::<Value>(at));
                rows.push(cells.collect::<Result<Vec<Value>, DbError>>()?);
            }
            tables.push((table, rows));
        }
        Ok::<_, DbError>(tables)
    });
    read.await.unwrap()
}

/// States that a life began, and first that it has everything back: neither waits for the other.
fn states_a_life(peer: &Peer) {
    crate::tills::state_the_money(peer);
    peer.state(RecoveryEnded {
        incarnation: Incarnation(9),
        pulled: 3,
        restated: 1,
        unproven_from_ms: None,
    });
    peer.state(LifeOpened {
        incarnation: Incarnation(9),
        before: Incarnation(1),
        held_seq: 4,
        because: LifeBecause::Restored,
    });
}

fn states_taxes_and_a_coupon(peer: &Peer) {
    peer.state(crate::facts::taxed_twice(14));
    let coupon = CouponNumber::draw(7);
    peer.state(crate::coupons::used(16, 1, &coupon, CouponTaken::Offline));
}

#[tokio::test]
async fn every_view_equals_its_rebuild() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (mut ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    ghent.state(delivery(100));
    for number in 1..=12 {
        ghent.state(sale(number, i32::try_from(number).unwrap()));
    }
    ghent.state(ReceiptReprinted {
        sale_id: sale(3, 1).sale_id,
        receipt: sale(3, 1).receipt,
        copy: 1,
    });
    let outage_id = OutageId::from_parts(1, 1);
    for number in [3, 4] {
        let SaleRecorded {
            sale_id, receipt, ..
        } = sale(number, 1);
        ghent.state(ReceiptUnsigned {
            sale_id,
            receipt,
            outage_id,
        });
    }
    ghent.state(signed_afterwards(&sale(3, 1), outage_id));
    ghent.state(crate::invoices::invoice(1, &sale(3, 1)));
    ghent.state(crate::invoices::copy(1, &sale(3, 1)));
    ghent.state(crate::facts::back(1, &sale(4, 4)));
    states_a_life(&ghent);
    ghent.state(Unreadable { nonsense: 7 });
    ghent.state(sale_of(13, Minor(i64::MAX)));
    ghent.sync().await;
    let mut elsewhere = sale(1, 4);
    elsewhere.sale_id = sale(400, 1).sale_id;
    antwerp.state(elsewhere);
    antwerp.sync().await;
    states_taxes_and_a_coupon(&ghent);
    ghent.state(crate::facts::mixed(15));
    ghent.sync().await;

    crate::exceptions::a_bit_of_everything(&world, &mut ghent, &mut antwerp).await;

    world.add_store("bruges-1").await;
    let mut bruges = world.edge("bruges-1").await;
    crate::proof::a_countersigned_day(&world, &mut bruges).await;
    let mut late = sale(2, 1);
    late.sale_id = sale(901, 1).sale_id;
    bruges.state(late);
    bruges.sync().await;

    let before = dump(&world).await;
    assert!(
        before
            .iter()
            .all(|(table, rows)| !rows.is_empty() || panic!("{table} is empty"))
    );
    let replica = world.hub().context().replica().clone();
    let rebuilt = world
        .hub()
        .context()
        .db()
        .write(move |tx| replica.rebuild(tx))
        .await;
    let rebuilt = rebuilt.map_err(|failed: ReplicaFailed| failed).unwrap();
    assert_eq!(rebuilt.skipped, 2, "the unreadable and the absurd one");
    let after = dump(&world).await;
    for ((table, before), (_, after)) in before.iter().zip(&after) {
        assert!(before == after, "{table} differs from its rebuild");
    }
}

#[tokio::test]
async fn a_store_says_how_many_receipts_lack_their_signature() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (path, words) = (format!("/stores/{STORE}"), "Receipts without signature");
    peer.state(sale(1, 1));
    peer.sync().await;
    assert!(
        !world.page(&path).await.contains(words),
        "nobody signs here"
    );
    let outage_id = OutageId::from_parts(1, 1);
    let first = sale(1, 1);
    peer.state(ReceiptUnsigned {
        sale_id: first.sale_id,
        receipt: first.receipt,
        outage_id,
    });
    peer.sync().await;
    assert!(world.page(&path).await.contains(words));
    peer.state(signed_afterwards(&first, outage_id));
    peer.sync().await;
    assert!(!world.page(&path).await.contains(words));
}

#[tokio::test]
async fn a_copy_is_counted_on_the_receipt() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    for copy in 1..=2 {
        peer.state(ReceiptReprinted {
            sale_id: sale(1, 1).sale_id,
            receipt: sale(1, 1).receipt,
            copy,
        });
    }
    peer.sync().await;
    let sales = world.get("/v1/sales?receipt=1-1-000001").await;
    assert_eq!(sales["receipts"][0]["copies"], 2);
    let id = sales["receipts"][0]["sale_id"].as_str().unwrap();
    let one = world.get(&format!("/v1/sales/{id}")).await;
    assert_eq!(one["lines"][0]["sku"], "PEN");
    assert_eq!(one["tenders"][0]["kind"], "cash");
}
