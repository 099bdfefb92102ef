//! Price lists: put in, and asked for the price of a moment.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::catalog::Product;
use counterpart_protocol::ids::{GroupId, Sku};
use counterpart_protocol::money::Minor;
use counterpart_protocol::prices::PriceList;

/// Returns the product with the price it has for a customer of a group, or of none, at a moment in
/// milliseconds UTC: that of the list in force, or else the catalogue's own. Nobody pays more for
/// showing a card: where a list for the group has a price too, the lower counts.
///
/// # Errors
///
/// Those of the database.
pub fn priced(
    tx: &mut Tx,
    mut product: Product,
    group: Option<&GroupId>,
    at_ms: i64,
) -> Result<Product, DbError> {
    if let Some(price) = list_price(tx, &product.sku, None, at_ms)? {
        product.price_minor = Some(price);
    }
    let for_group = match group {
        Some(_) => list_price(tx, &product.sku, group, at_ms)?,
        None => None,
    };
    product.price_minor = product.price_minor.into_iter().chain(for_group).min();
    Ok(product)
}

/// Returns what the price lists in force for a group, or for everybody, say one unit costs; of
/// several the highest rank counts.
fn list_price(
    tx: &mut Tx,
    sku: &Sku,
    group: Option<&GroupId>,
    at_ms: i64,
) -> Result<Option<Minor>, DbError> {
    let row = tx.query_opt(
        "SELECT p.price_minor FROM list_prices p
         JOIN price_lists l ON l.generation = p.generation AND l.list_rank = p.list_rank
         WHERE p.generation = (SELECT generation FROM reference_held WHERE kind = 'prices')
           AND p.sku = $1
           AND (l.from_ms IS NULL OR l.from_ms <= $2)
           AND (l.until_ms IS NULL OR $2 < l.until_ms)
           AND l.customer_group IS $3
         ORDER BY p.list_rank DESC LIMIT 1",
        params![sku.as_str(), at_ms, group.map(GroupId::as_str)],
    )?;
    row.map(|row| row.read(0).map(Minor)).transpose()
}

pub(in crate::reference) fn put_price_list(
    tx: &mut Tx,
    generation: i64,
    rank: i64,
    list: &PriceList,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO price_lists (generation, list_rank, list_id, name, from_ms, until_ms,
             customer_group)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            generation,
            rank,
            &list.id,
            &list.name,
            list.from_ms,
            list.until_ms,
            list.group.as_ref().map(GroupId::as_str),
        ],
    )?;
    Ok(())
}

pub(in crate::reference) fn put_prices(
    tx: &mut Tx,
    generation: i64,
    rank: i64,
    prices: &[(Sku, Minor)],
) -> Result<(), DbError> {
    for (sku, price) in prices {
        tx.execute(
            "INSERT INTO list_prices (generation, sku, list_rank, price_minor)
             VALUES ($1, $2, $3, $4)",
            params![generation, sku.as_str(), rank, price.0],
        )?;
    }
    Ok(())
}
