//! The route of one received sale, with its lines and everything that is known of it.

use axum::extract::State;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Path, Problem};
use counterpart_protocol::ids::SaleId;
use counterpart_protocol::sales::{CardPaid, ForeignCash, OnAccount, SoldTo, VoucherTaken};
use counterpart_protocol::stored::StoredPaid;
use counterpart_protocol::tax::{TaxPart, TaxSum};
use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::{ReceiptJson, receipt_json};
use crate::context::Context;
use crate::sales::service::{self, RightView, SaleView};
use crate::users::{Permitted, SalesRead};

/// A receipt with its lines.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaleJson {
    #[serde(flatten)]
    receipt: ReceiptJson,
    change_minor: i64,
    /// By how much the total was rounded because it was paid in cash.
    rounding_minor: i64,
    lines: Vec<LineJson>,
    tenders: Vec<TenderJson>,
    /// Its taxes by rate, ascending.
    taxes: Vec<TaxJson>,
    /// The invoices made out for it: one, but for a copied store server.
    invoices: Vec<InvoiceJson>,
    /// What came back of it, the oldest first.
    returns: Vec<ReturnJson>,
    /// Who may refund it.
    refund_right: RightJson,
    /// To whom it was sold, where they were named or paid no tax; `/v1/customers` has names.
    sold_to: Option<SoldTo>,
}

/// Who may refund a sale.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundRightJson)]
struct RightJson {
    /// The store that may, by name.
    held_by: String,
    /// Since when; nothing while it never left the store that sold it.
    since: Option<Timestamp>,
    /// The stores that ask for it and wait, the longest waiting first.
    asked_by: Vec<String>,
}

/// What came back of a sale.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReturnOfSaleJson)]
struct ReturnJson {
    /// Its number, as printed.
    #[schema(example = "GHE-T-7.2-000003")]
    number: String,
    returned_at: Timestamp,
    /// What went back, in minor units of the receipt's currency.
    total_minor: i64,
}

/// An invoice made out for a sale.
#[derive(Debug, Serialize, ToSchema)]
struct InvoiceJson {
    /// Its number, as printed.
    #[schema(example = "GHE-I-7.2-000017")]
    number: String,
    issued_at: Timestamp,
    copies: i64,
}

/// A line of a receipt.
#[derive(Debug, Serialize, ToSchema)]
struct LineJson {
    line: i64,
    sku: String,
    description: String,
    quantity_milli: i64,
    unit_price_minor: i64,
    amount_minor: i64,
    tax_rate: i64,
}

/// The tax of a rate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxOfSaleJson)]
struct TaxJson {
    #[serde(flatten)]
    sum: TaxSum,
    /// The taxes that make it up, where the store's jurisdiction names them.
    parts: Vec<TaxPart>,
}

/// How it was paid.
#[derive(Debug, Serialize, ToSchema)]
struct TenderJson {
    kind: String,
    amount_minor: i64,
    /// What the terminal said, for a card.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<CardPaid>,
    /// Which voucher.
    #[serde(skip_serializing_if = "Option::is_none")]
    voucher: Option<VoucherTaken>,
    /// How much of which currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    foreign: Option<ForeignCash>,
    /// Whose account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<OnAccount>,
    /// Which gift card or credit, by the end of its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<StoredPaid>,
}

/// Shows a receipt with its lines.
#[utoipa::path(
    get, path = "/v1/sales/{sale_id}", tag = "sales",
    params(("sale_id" = SaleId, Path, description = "the sale")),
    responses((status = 200, description = "the receipt", body = SaleJson))
)]
pub(super) async fn one(
    State(context): State<Context>,
    _: Permitted<SalesRead>,
    Path(sale_id): Path<String>,
) -> Result<Json<SaleJson>, Problem> {
    let view = view_of(&context, &sale_id).await?;
    let lines = view.lines.iter().map(|line| LineJson {
        line: line.line,
        sku: line.sku.clone(),
        description: line.description.clone(),
        quantity_milli: line.quantity_milli,
        unit_price_minor: line.unit_price_minor,
        amount_minor: line.amount_minor,
        tax_rate: line.tax_rate,
    });
    let tenders = view.tenders.iter().map(|tender| TenderJson {
        kind: tender.kind.clone(),
        amount_minor: tender.amount_minor,
        card: tender.card.clone(),
        voucher: tender.other.as_ref().and_then(|it| it.voucher.clone()),
        foreign: tender.other.as_ref().and_then(|it| it.foreign),
        account: tender.other.as_ref().and_then(|it| it.account.clone()),
        stored: tender.other.as_ref().and_then(|it| it.stored.clone()),
    });
    let taxes = view.taxes.iter().map(|tax| TaxJson {
        sum: tax.sum,
        parts: tax.parts.clone(),
    });
    let invoices = view.invoices.iter().map(|invoice| InvoiceJson {
        number: invoice.number.clone(),
        issued_at: Timestamp::from_millisecond(invoice.at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        copies: invoice.copies,
    });
    let returns = view.returns.iter().map(|back| ReturnJson {
        number: back.printed_number.clone(),
        returned_at: Timestamp::from_millisecond(back.at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        total_minor: back.total_minor,
    });
    Ok(Json(SaleJson {
        returns: returns.collect(),
        refund_right: right_json(&view.right),
        invoices: invoices.collect(),
        receipt: receipt_json(&view.receipt, view.store.as_slice()),
        change_minor: view.receipt.change_minor,
        rounding_minor: view.receipt.rounding_minor,
        lines: lines.collect(),
        tenders: tenders.collect(),
        taxes: taxes.collect(),
        sold_to: view.sold_to.map(|it| it.sold_to),
    }))
}

fn right_json(right: &RightView) -> RightJson {
    let moment = |at_ms| Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    RightJson {
        held_by: right.holder.clone(),
        since: right.since_ms.map(moment),
        asked_by: right
            .waiting
            .iter()
            .map(|(store, _)| store.clone())
            .collect(),
    }
}

/// Returns a sale with its lines, by its id as text.
pub(in crate::sales) async fn view_of(
    context: &Context,
    sale_id: &str,
) -> Result<SaleView, Problem> {
    let missing = || Problem::not_found(format!("no sale {sale_id} has arrived here"));
    let id = Ulid::from_string(sale_id)
        .map_err(|_| missing())?
        .to_bytes();
    let within = context.clone();
    let view = context
        .db()
        .read(move |tx| service::sale(&within, tx, id))
        .await;
    view.map_err(|failed: DbError| Problem::from(failed))?
        .ok_or_else(missing)
}
