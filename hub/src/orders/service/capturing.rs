//! Captures an order: checked, placed, routed, reserved and given to its store, in one transaction.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{OrderId, Sku, StoreId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::orders::{Delivery, OrderPlaced, Units};
use counterpart_protocol::quantity::Milli;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::failed::{OrderFailed, differs};
use super::placing::{Because, Placing, place_units};
use super::restored::{known_from_facts, may_be_known};
use super::{place_at, places, tell};
use crate::context::Context;
use crate::customers;
use crate::orders::rules::{self, Checked, Content, KnownProduct, OrderDraft, Terms};
use crate::orders::store::{self, Capture};
use crate::stores::StorePlace;
use crate::{catalog, web};

/// SKUs suggested for one nobody knows.
const ALIKE_MAX: u32 = 3;

/// What a channel is answered: the same however often it sends the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::orders) struct CaptureAnswer {
    /// The order.
    pub(in crate::orders) order_id: OrderId,
    /// The channel's number for it.
    pub(in crate::orders) channel_reference: String,
    /// How far it was when it was captured.
    pub(in crate::orders) status: String,
    /// The part a store serves, if one does.
    pub(in crate::orders) fulfilment: Option<CapturedPart>,
}

/// The part of a captured order that a store serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::orders) struct CapturedPart {
    /// Its id.
    pub(in crate::orders) fulfilment_id: String,
    /// The store.
    pub(in crate::orders) store_id: StoreId,
    /// By when it is ready.
    pub(in crate::orders) promise_at: Timestamp,
}

/// Captures an order, or answers as before when its channel sends it again.
pub(in crate::orders) fn capture_in(
    context: &Context,
    tx: &mut Tx,
    draft: &OrderDraft,
    by: &str,
) -> Result<CaptureAnswer, OrderFailed> {
    let request_sha256 = web::request_of("/v1/orders", draft).sha256;
    let reference = &draft.channel_reference;
    if let Some(before) = store::capture(tx, &draft.channel, reference)? {
        return again(&before, draft, request_sha256);
    }
    if let Some(answer) = known_from_facts(context, tx, draft, request_sha256)? {
        return Ok(answer);
    }
    may_be_known(context, tx, draft)?;
    let places = places(tx)?;
    let checked = checked(context, tx, draft, &places)?;
    let order_id = OrderId::from_bytes(context.new_id());
    place_order(context, tx, order_id, draft, &checked, &places)?;
    let units = checked
        .lines
        .iter()
        .map(|line| Units::of(line.line, &line.sku, line.quantity_milli))
        .collect();
    let placing = Placing {
        order_id,
        units,
        failed: Vec::new(),
        only: None,
        because: Because::Capture,
        by: by.to_owned(),
    };
    let placed = place_units(context, tx, placing, &places)?;
    let answer = CaptureAnswer {
        order_id,
        channel_reference: reference.clone(),
        status: match &placed {
            Some(_) => "routed".to_owned(),
            None => "unrouted".to_owned(),
        },
        fulfilment: placed.map(|placed| CapturedPart {
            fulfilment_id: placed.fulfilment_id.to_string(),
            store_id: placed.store_id,
            promise_at: Timestamp::from_millisecond(placed.promise_at_ms)
                .unwrap_or(Timestamp::UNIX_EPOCH),
        }),
    };
    let capture = Capture {
        channel: draft.channel.clone(),
        channel_reference: reference.clone(),
        order_id,
        request_sha256,
        content: serde_json::to_string(&content(draft))?,
        answer: serde_json::to_string(&answer)?,
        captured_at_ms: context.now_ms(),
        captured_by: by.to_owned(),
    };
    store::add_capture(tx, &capture)?;
    tell(context, tx);
    tracing::info!(order.id = %order_id, status = answer.status, "captured an order");
    Ok(answer)
}

/// Answers an order that was captured before.
fn again(
    before: &Capture,
    draft: &OrderDraft,
    request_sha256: [u8; 32],
) -> Result<CaptureAnswer, OrderFailed> {
    if before.request_sha256 == request_sha256 {
        return Ok(serde_json::from_str(&before.answer)?);
    }
    let then: Content = serde_json::from_str(&before.content)?;
    Err(OrderFailed::ReferenceTaken {
        channel: before.channel.clone(),
        reference: before.channel_reference.clone(),
        order_id: before.order_id,
        differs: differs(&then, &content(draft)),
    })
}

pub(super) fn content(draft: &OrderDraft) -> Content {
    Content {
        currency: draft.currency.clone(),
        total_minor: draft.total_minor,
        delivery: draft.delivery.clone(),
        payment: draft.payment,
        lines: draft
            .lines
            .iter()
            .map(|line| (line.sku.clone(), line.quantity_milli, line.amount_minor))
            .collect(),
    }
}

pub(super) fn checked(
    context: &Context,
    tx: &mut Tx,
    draft: &OrderDraft,
    places: &[StorePlace],
) -> Result<Checked, OrderFailed> {
    let skus: Vec<String> = draft.lines.iter().map(|line| line.sku.clone()).collect();
    let products: BTreeMap<String, KnownProduct> = catalog::product_names(tx, &skus)?
        .into_iter()
        .map(|(sku, product)| {
            let measured = product.unit != "piece";
            let name = product.name;
            (sku, KnownProduct { name, measured })
        })
        .collect();
    let mut alike = BTreeMap::new();
    for sku in skus
        .iter()
        .filter(|sku| !products.contains_key(*sku))
        .take(20)
    {
        alike.insert(sku.clone(), look_alike(tx, sku)?);
    }
    let stores: BTreeMap<StoreId, Currency> = places
        .iter()
        .map(|place| (place.store_id.clone(), place.currency))
        .collect();
    let terms = Terms {
        now_ms: context.now_ms(),
        stores: &stores,
        products: &products,
        alike: &alike,
    };
    Ok(rules::check(draft, &terms)?)
}

/// Returns SKUs that look like one nobody knows: those that hold it, or else the longest part of
/// its beginning that any holds.
fn look_alike(tx: &mut Tx, sku: &str) -> Result<Vec<String>, DbError> {
    let letters: Vec<char> = sku.chars().take(40).collect();
    for length in (2..=letters.len()).rev() {
        let part: String = letters[..length].iter().collect();
        let found = catalog::find_skus(tx, &part, ALIKE_MAX)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn place_order(
    context: &Context,
    tx: &mut Tx,
    order_id: OrderId,
    draft: &OrderDraft,
    checked: &Checked,
    places: &[StorePlace],
) -> Result<(), OrderFailed> {
    let customer_id = match &checked.customer {
        Some(customer) => Some(customers::add_in(context, tx, customer)?),
        None => None,
    };
    let placed = OrderPlaced {
        order_id,
        channel: draft.channel.clone(),
        channel_reference: draft.channel_reference.clone(),
        placed_at_ms: checked.placed_at_ms,
        currency: checked.currency,
        lines: checked.lines.clone(),
        total_minor: checked.total_minor,
        delivery: checked.delivery.clone(),
        payment: checked.payment,
        customer_id,
    };
    debug_assert_eq!(placed.check(), Ok(()), "the rules check no less");
    let store = match &checked.delivery {
        Delivery::Pickup { store } => Some(store),
        Delivery::Ship => None,
    };
    let place = place_at(context, places, store);
    context
        .replica()
        .record_order(tx, order_id, 0, place, &placed)?;
    Ok(())
}

/// Returns one entry for each SKU of some units, for whoever asks who has them.
pub(super) fn by_sku(units: &[Units]) -> Vec<(Sku, Milli)> {
    let mut sums: BTreeMap<Sku, Milli> = BTreeMap::new();
    for unit in units {
        let sum = sums.entry(unit.sku.clone()).or_default();
        sum.0 = sum.0.saturating_add(unit.quantity_milli.0);
    }
    sums.into_iter().collect()
}
