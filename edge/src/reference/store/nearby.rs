//! What the stores nearby had when the hub last heard of them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::neighbours::StoreStock;
use counterpart_protocol::quantity::Milli;

/// What one store nearby has of a product, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The store's slug.
    pub store_id: String,
    /// Its name.
    pub name: String,
    /// How much it had.
    pub on_hand_milli: Milli,
    /// When that was so, in milliseconds UTC: when the hub last heard of that store.
    pub as_of_ms: Option<i64>,
}

/// Returns which stores nearby have a product, the nearest first.
///
/// # Errors
///
/// Those of the database.
pub fn elsewhere(tx: &mut Tx, sku: &Sku) -> Result<Vec<Elsewhere>, DbError> {
    let rows = tx.query_all(
        "SELECT n.store_id, n.name, s.on_hand_milli, n.as_of_ms
         FROM neighbour_stock s
         JOIN neighbour_stores n ON n.generation = s.generation AND n.place = s.place
         WHERE s.generation = (SELECT generation FROM reference_held WHERE kind = 'neighbours')
           AND s.sku = $1
         ORDER BY s.place LIMIT 50",
        params![sku.as_str()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Elsewhere {
                store_id: row.read(0)?,
                name: row.read(1)?,
                on_hand_milli: Milli(row.read(2)?),
                as_of_ms: row.read(3)?,
            })
        })
        .collect()
}

/// Returns the other stores this store knows by name, the nearest first.
///
/// # Errors
///
/// Those of the database.
pub fn stores_nearby(tx: &mut Tx) -> Result<Vec<(StoreId, String)>, DbError> {
    let rows = tx.query_all(
        "SELECT store_id, name FROM neighbour_stores
         WHERE generation = (SELECT generation FROM reference_held WHERE kind = 'neighbours')
         ORDER BY place",
        params![],
    )?;
    rows.iter()
        .map(|row| {
            let id: String = row.read(0)?;
            let id = id.parse().expect("only checked ids of stores are stored");
            Ok((id, row.read(1)?))
        })
        .collect()
}

pub(in crate::reference) fn put_neighbour(
    tx: &mut Tx,
    generation: i64,
    place: i64,
    store: &StoreStock,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO neighbour_stores (generation, place, store_id, name, as_of_ms)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            generation,
            place,
            store.store_id.as_str(),
            &store.name,
            store.as_of_ms,
        ],
    )?;
    Ok(())
}

pub(in crate::reference) fn put_neighbour_stock(
    tx: &mut Tx,
    generation: i64,
    place: i64,
    on_hand: &[(Sku, Milli)],
) -> Result<(), DbError> {
    for (sku, quantity) in on_hand {
        tx.execute(
            "INSERT INTO neighbour_stock (generation, sku, place, on_hand_milli)
             VALUES ($1, $2, $3, $4)",
            params![generation, sku.as_str(), place, quantity.0],
        )?;
    }
    Ok(())
}
