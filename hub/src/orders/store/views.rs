//! The views of one order: thrown away and written anew with each of its facts.

use counterpart_daemon::db::{DbError, Tx, Value};
use counterpart_daemon::params;
use counterpart_protocol::ids::{CustomerId, FulfilmentId, OrderId, StoreId};
use counterpart_protocol::orders::{Delivery, Fulfilment, Order, OrderPlaced, Stage};

use crate::orders::rules::Todo;

/// Returns parts that no store has taken on, by their ids, after one of them, with their orders.
pub(in crate::orders) fn offered(
    tx: &mut Tx,
    after: Option<FulfilmentId>,
    limit: u32,
) -> Result<Vec<(FulfilmentId, OrderId)>, DbError> {
    let after = after.map_or([0; 16], FulfilmentId::to_bytes);
    let rows = tx.query_all(
        "SELECT fulfilment_id, order_id FROM fulfilments
         WHERE fulfilment_id > $1 AND stage IN ('allocated', 'offered')
         ORDER BY fulfilment_id LIMIT $2",
        params![after, limit],
    )?;
    rows.iter()
        .map(|row| {
            let part = FulfilmentId::from_bytes(row.read(0)?);
            Ok((part, OrderId::from_bytes(row.read(1)?)))
        })
        .collect()
}

/// Writes the views of an order.
pub(in crate::orders) fn put_order(
    tx: &mut Tx,
    id: OrderId,
    order: &Order,
    todo: &Todo,
) -> Result<(), DbError> {
    // A store's facts may come before the order they are about: nothing is listed until then.
    if let Some(placed) = &order.placed {
        put_head(tx, id, order, placed, todo)?;
        put_lines(tx, id, order, placed)?;
    }
    for (fulfilment, part) in &order.fulfilments {
        put_part(tx, id, *fulfilment, part)?;
    }
    Ok(())
}

fn put_head(
    tx: &mut Tx,
    id: OrderId,
    order: &Order,
    placed: &OrderPlaced,
    todo: &Todo,
) -> Result<(), DbError> {
    let (delivery, pickup_store) = match &placed.delivery {
        Delivery::Pickup { store } => ("pickup", Some(store.as_str())),
        Delivery::Ship => ("ship", None),
    };
    let open = order
        .fulfilments
        .values()
        .filter(|part| part.stage() < Stage::HandedOver);
    let promise_at_ms = open.filter_map(|part| part.promise_at_ms).max();
    let mut words = vec![id.to_string(), placed.channel_reference.clone()];
    for line in &placed.lines {
        words.push(line.sku.to_string());
        words.push(line.description.clone());
    }
    tx.execute(
        "INSERT INTO orders (order_id, channel, channel_reference, placed_at_ms, currency,
             total_minor, delivery, pickup_store, payment, customer_id, status, todo,
             promise_at_ms, found_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (order_id) DO UPDATE SET status = excluded.status, todo = excluded.todo,
             promise_at_ms = excluded.promise_at_ms",
        params![
            id.to_bytes(),
            &placed.channel,
            &placed.channel_reference,
            placed.placed_at_ms,
            placed.currency.code(),
            placed.total_minor.0,
            delivery,
            pickup_store,
            placed.payment.word(),
            placed.customer_id.map(|id| id.to_bytes()),
            order.status().word(),
            todo.word(),
            promise_at_ms,
            words.join(" ").to_lowercase(),
        ],
    )?;
    Ok(())
}

fn put_lines(tx: &mut Tx, id: OrderId, order: &Order, placed: &OrderPlaced) -> Result<(), DbError> {
    for line in &placed.lines {
        let cancelled = order.cancelled.get(&line.line).map_or(0, |sum| sum.0);
        tx.execute(
            "INSERT INTO order_lines (order_id, line, sku, description, quantity_milli,
                 unit_price_minor, amount_minor, tax_rate, unrouted_milli, cancelled_milli,
                 handed_over_milli)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (order_id, line) DO UPDATE
             SET unrouted_milli = excluded.unrouted_milli,
                 cancelled_milli = excluded.cancelled_milli,
                 handed_over_milli = excluded.handed_over_milli",
            params![
                id.to_bytes(),
                line.line,
                line.sku.as_str(),
                &line.description,
                line.quantity_milli.0,
                line.unit_price_minor.0,
                line.amount_minor.0,
                i64::from(line.tax_rate.0),
                order.unrouted(line.line).0,
                cancelled,
                order.handed_over(line.line).0,
            ],
        )?;
    }
    Ok(())
}

fn put_part(
    tx: &mut Tx,
    id: OrderId,
    fulfilment: FulfilmentId,
    part: &Fulfilment,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO fulfilments (fulfilment_id, order_id, store_id, edge, epoch, stage,
             promise_at_ms, hold_days, location, staged_at_ms, cancel_waits)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (fulfilment_id) DO UPDATE
         SET store_id = excluded.store_id, edge = excluded.edge, epoch = excluded.epoch,
             stage = excluded.stage, promise_at_ms = excluded.promise_at_ms,
             hold_days = excluded.hold_days, location = excluded.location,
             staged_at_ms = excluded.staged_at_ms, cancel_waits = excluded.cancel_waits",
        params![
            fulfilment.to_bytes(),
            id.to_bytes(),
            part.store.as_ref().map(|store| store.as_str()),
            part.edge.map(|edge| edge.0),
            part.epoch,
            part.stage().word(),
            part.promise_at_ms,
            part.hold_days,
            part.location.as_deref(),
            part.staged_at_ms,
            part.cancel_waits(),
        ],
    )?;
    for (line, count) in &part.lines {
        let sums = [
            count.allocated,
            count.withdrawn,
            count.picked,
            count.handed_over,
            count.shorted,
            count.released,
            count.broken,
            count.remaining(),
        ];
        let mut values: Vec<Value> = vec![
            fulfilment.to_bytes().into(),
            (*line).into(),
            count.sku.as_str().into(),
        ];
        values.extend(sums.iter().map(|sum| Value::from(sum.0)));
        tx.execute(
            "INSERT INTO fulfilment_lines (fulfilment_id, line, sku, allocated_milli,
                 withdrawn_milli, picked_milli, handed_over_milli, shorted_milli, released_milli,
                 broken_milli, remaining_milli)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (fulfilment_id, line) DO UPDATE
             SET allocated_milli = excluded.allocated_milli,
                 withdrawn_milli = excluded.withdrawn_milli,
                 picked_milli = excluded.picked_milli,
                 handed_over_milli = excluded.handed_over_milli,
                 shorted_milli = excluded.shorted_milli,
                 released_milli = excluded.released_milli,
                 broken_milli = excluded.broken_milli,
                 remaining_milli = excluded.remaining_milli",
            &values,
        )?;
    }
    Ok(())
}

/// An order as far as one store has, or had, custody of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::orders) struct CustodyAt {
    pub(in crate::orders) customer_id: Option<CustomerId>,
    /// Whether a part there is not over yet.
    pub(in crate::orders) is_open: bool,
}

/// Returns whose order it is, if a store has, or had, custody of a part of it.
pub(in crate::orders) fn custody_at(
    tx: &mut Tx,
    order_id: OrderId,
    store_id: &StoreId,
) -> Result<Option<CustodyAt>, DbError> {
    let rows = tx.query_all(
        "SELECT o.customer_id, f.stage FROM orders o
         JOIN fulfilments f ON f.order_id = o.order_id
         WHERE o.order_id = $1 AND f.store_id = $2 AND f.epoch > 0",
        params![order_id.to_bytes(), store_id.as_str()],
    )?;
    let mut found = None;
    for row in &rows {
        let stage: String = row.read(1)?;
        let over = [Stage::HandedOver, Stage::Released].map(Stage::word);
        let part = found.get_or_insert(CustodyAt {
            customer_id: row.read::<Option<[u8; 16]>>(0)?.map(CustomerId::from_bytes),
            is_open: false,
        });
        part.is_open |= !over.contains(&stage.as_str());
    }
    Ok(found)
}

/// Empties the views before a rebuild.
/// The tables of the views.
pub(in crate::orders) const VIEWS: &[&str] =
    &["orders", "order_lines", "fulfilments", "fulfilment_lines"];
