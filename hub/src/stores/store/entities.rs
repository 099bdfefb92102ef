//! The SQL of the companies that run stores.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::entities::{NumberPrefix, TaxNumber};
use counterpart_protocol::ids::{EntityId, StoreId};
use counterpart_protocol::stores::StoreDetails;

use super::{Details, Parsed, details};
use crate::stores::rules::Entity;

const ENTITIES: &str = "SELECT entity_id, name, address, registration_number, tax_numbers,
    number_prefix FROM legal_entities";

/// Tax numbers as JSON.
struct Numbers(Vec<TaxNumber>);

impl FromValue for Numbers {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "tax numbers"))
    }
}

/// Reads a company whose columns begin at `at`.
pub(super) fn read(row: &Row, at: usize) -> Result<Entity, DbError> {
    let address: String = row.read(at + 2)?;
    let prefix = row.read::<Option<Parsed<NumberPrefix>>>(at + 5)?;
    Ok(Entity {
        entity_id: row.read::<Parsed<EntityId>>(at)?.0,
        name: row.read(at + 1)?,
        address_lines: address.lines().map(str::to_owned).collect(),
        registration_number: row.read(at + 3)?,
        tax_numbers: row.read::<Numbers>(at + 4)?.0,
        number_prefix: prefix.map(|prefix| prefix.0),
    })
}

/// Returns every company, by slug: a retailer has a handful.
pub(in crate::stores) fn entities(tx: &mut Tx) -> Result<Vec<Entity>, DbError> {
    let rows = tx.query_all(&format!("{ENTITIES} ORDER BY entity_id"), params![])?;
    rows.iter().map(|row| read(row, 0)).collect()
}

pub(in crate::stores) fn entity(
    tx: &mut Tx,
    entity_id: &EntityId,
) -> Result<Option<Entity>, DbError> {
    let sql = format!("{ENTITIES} WHERE entity_id = $1");
    let row = tx.query_opt(&sql, params![entity_id.as_str()])?;
    row.as_ref().map(|row| read(row, 0)).transpose()
}

fn numbers(entity: &Entity) -> String {
    serde_json::to_string(&entity.tax_numbers).expect("tax numbers have text keys only")
}

pub(in crate::stores) fn add_entity(
    tx: &mut Tx,
    entity: &Entity,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO legal_entities (entity_id, name, address, registration_number, tax_numbers,
             number_prefix, added_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            entity.entity_id.as_str(),
            &entity.name,
            entity.address_lines.join("\n"),
            entity.registration_number.as_deref(),
            numbers(entity),
            entity.number_prefix.as_ref().map(NumberPrefix::as_str),
            now_ms,
        ],
    )?;
    Ok(())
}

pub(in crate::stores) fn change_entity(tx: &mut Tx, entity: &Entity) -> Result<(), DbError> {
    tx.execute(
        "UPDATE legal_entities SET name = $2, address = $3, registration_number = $4,
             tax_numbers = $5, number_prefix = $6
         WHERE entity_id = $1",
        params![
            entity.entity_id.as_str(),
            &entity.name,
            entity.address_lines.join("\n"),
            entity.registration_number.as_deref(),
            numbers(entity),
            entity.number_prefix.as_ref().map(NumberPrefix::as_str),
        ],
    )?;
    Ok(())
}

/// Returns the stores without a company's record and what they say of themselves, by slug; some of
/// them describe a company, as hubs before migration 76 let them.
pub(in crate::stores) fn describing_companies(
    tx: &mut Tx,
) -> Result<Vec<(StoreId, StoreDetails)>, DbError> {
    let sql = "SELECT store_id, details FROM stores WHERE entity_id IS NULL ORDER BY store_id";
    let rows = tx.query_all(sql, params![])?;
    rows.iter()
        .map(|row| {
            let store_id = row.read::<Parsed<StoreId>>(0)?.0;
            Ok((store_id, row.read::<Details>(1)?.0))
        })
        .collect()
}

/// Gives a store its company's record instead of its own words about it.
pub(in crate::stores) fn give_company(
    tx: &mut Tx,
    store_id: &StoreId,
    entity_id: &EntityId,
    known: &StoreDetails,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stores SET entity_id = $2, details = $3 WHERE store_id = $1",
        params![store_id.as_str(), entity_id.as_str(), details(known)],
    )?;
    Ok(())
}
