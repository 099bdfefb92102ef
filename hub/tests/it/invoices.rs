//! Invoices as the hub hears of them: counted by series, and shown with their sale.

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sales::{
    InvoiceIssued, InvoiceReprinted, PaperKind, PaperNumber, SaleRecorded,
};
use serde_json::json;

use crate::facts::sale;
use crate::world::{STORE, World};

pub(crate) fn number(number: u32) -> PaperNumber {
    PaperNumber {
        kind: PaperKind::Invoice,
        prefix: "GHE".parse().unwrap(),
        edge: EdgeNumber(1),
        series: 1,
        number,
    }
}

/// Invoice `at` of a store's series, for a sale.
pub(crate) fn invoice(at: u32, sale: &SaleRecorded) -> InvoiceIssued {
    InvoiceIssued {
        sale_id: sale.sale_id,
        receipt: sale.receipt,
        number: number(at),
    }
}

/// The first copy of an invoice.
pub(crate) fn copy(at: u32, sale: &SaleRecorded) -> InvoiceReprinted {
    InvoiceReprinted {
        sale_id: sale.sale_id,
        number: number(at),
        copy: 1,
    }
}

#[tokio::test]
async fn a_gap_in_the_numbers_of_invoices_is_a_missing_invoice() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    for number in 1..=3 {
        peer.state(sale(number, 1));
    }
    peer.state(invoice(1, &sale(1, 1)));
    peer.state(invoice(3, &sale(3, 1)));
    peer.sync().await;
    let store = world.store(STORE).await;
    let proof = json!({ "issued": 3, "missing": 1, "doubled": 0 });
    assert_eq!(store["invoices"], proof);
    assert_eq!(store["proof"]["missing"], 0, "receipts are counted apart");
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("1–3 arrived, 1 missing"), "{page}");
    let list = world.page("/stores?view=attention").await;
    assert!(list.contains("invoices: 1 missing"), "{list}");

    peer.state(invoice(2, &sale(2, 1)));
    peer.state(copy(2, &sale(2, 1)));
    peer.sync().await;
    let store = world.store(STORE).await;
    let proof = json!({ "issued": 3, "missing": 0, "doubled": 0 });
    assert_eq!(store["invoices"], proof);
    let sold = world
        .get(&format!("/v1/sales/{}", sale(2, 1).sale_id))
        .await;
    assert_eq!(sold["invoices"][0]["number"], "GHE-I-1.1-000002");
    assert_eq!(sold["invoices"][0]["copies"], 1);
    let page = world.page(&format!("/sales/{}", sale(2, 1).sale_id)).await;
    assert!(page.contains("GHE-I-1.1-000002"), "{page}");
}

#[tokio::test]
async fn one_number_for_two_sales_is_counted_as_doubled() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(invoice(1, &sale(1, 1)));
    peer.state(invoice(1, &sale(2, 1)));
    peer.sync().await;
    let store = world.store(STORE).await;
    let proof = json!({ "issued": 1, "missing": 0, "doubled": 1 });
    assert_eq!(store["invoices"], proof);
}
