//! Putting a generation of the catalogue in beside the one in use, and dropping others of any kind.
//!
//! Each call is one short transaction's worth: a sale never waits for a catalogue.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::catalog::{Catalog, Product, ProductGroup, Traced};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::reference::ReferenceKind;

use super::super::rules;

/// Returns the generation of a kind in use, 0 before the first.
pub(in crate::reference) fn generation(tx: &mut Tx, kind: ReferenceKind) -> Result<i64, DbError> {
    let row = tx.query_opt(
        "SELECT generation FROM reference_held WHERE kind = $1",
        params![kind.word()],
    )?;
    row.map_or(Ok(0), |row| row.read(0))
}

/// Deletes up to `limit` rows of a kind that are not of `generation`; returns how many.
pub(in crate::reference) fn drop_others(
    tx: &mut Tx,
    kind: ReferenceKind,
    generation: i64,
    limit: u32,
) -> Result<u64, DbError> {
    let (large, small): (&[(&str, &str)], &[&str]) = match kind {
        ReferenceKind::Catalog => return drop_products(tx, generation, limit),
        ReferenceKind::Prices => (
            &[("list_prices", "generation, sku, list_rank")],
            &["price_lists"],
        ),
        ReferenceKind::Neighbours => (
            &[("neighbour_stock", "generation, sku, place")],
            &["neighbour_stores"],
        ),
        // These are replaced within one transaction, or look after themselves.
        ReferenceKind::Roster
        | ReferenceKind::Keys
        | ReferenceKind::Store
        | ReferenceKind::Policies
        | ReferenceKind::Promotions
        | ReferenceKind::Customers => (&[], &[]),
    };
    let mut dropped = 0;
    for (table, key) in large {
        let sql = format!(
            "DELETE FROM {table} WHERE ({key}) IN (
                 SELECT {key} FROM {table} WHERE generation <> $1 LIMIT $2)"
        );
        dropped += tx.execute(&sql, params![generation, limit])?;
    }
    if dropped == 0 {
        drop_small(tx, small, generation)?;
    }
    Ok(dropped)
}

fn drop_small(tx: &mut Tx, tables: &[&str], generation: i64) -> Result<(), DbError> {
    for table in tables {
        let sql = format!("DELETE FROM {table} WHERE generation <> $1");
        tx.execute(&sql, params![generation])?;
    }
    Ok(())
}

fn drop_products(tx: &mut Tx, generation: i64, limit: u32) -> Result<u64, DbError> {
    let others = "SELECT product_id FROM products WHERE generation <> $1
                  ORDER BY product_id LIMIT $2";
    for table in [
        "product_words WHERE rowid",
        "product_gtins WHERE product_id",
    ] {
        let sql = format!("DELETE FROM {table} IN ({others})");
        tx.execute(&sql, params![generation, limit])?;
    }
    let sql = format!("DELETE FROM products WHERE product_id IN ({others})");
    let dropped = tx.execute(&sql, params![generation, limit])?;
    if dropped == 0 {
        drop_small(tx, &["tax_classes", "product_groups"], generation)?;
    }
    Ok(dropped)
}

pub(in crate::reference) fn put_groups(
    tx: &mut Tx,
    generation: i64,
    groups: &[ProductGroup],
) -> Result<(), DbError> {
    for group in groups {
        tx.execute(
            "INSERT INTO product_groups (generation, product_group, name, options)
             VALUES ($1, $2, $3, $4) ON CONFLICT (generation, product_group) DO NOTHING",
            params![generation, &group.id, &group.name, texts(&group.options)],
        )?;
    }
    Ok(())
}

/// Writes a list of texts for one column.
fn texts(list: &[String]) -> String {
    serde_json::to_string(list).expect("a list of texts is JSON")
}

pub(in crate::reference) fn put_tax_classes(
    tx: &mut Tx,
    generation: i64,
    catalog: &Catalog,
) -> Result<(), DbError> {
    for class in &catalog.tax_classes {
        tx.execute(
            "INSERT INTO tax_classes (generation, tax_class, name, rate) VALUES ($1, $2, $3, $4)
             ON CONFLICT (generation, tax_class) DO NOTHING",
            params![generation, &class.id, &class.name, class.rate.0],
        )?;
    }
    Ok(())
}

/// Puts products in; `first` is the place of the first of them in its catalogue.
pub(in crate::reference) fn put_products(
    tx: &mut Tx,
    generation: i64,
    first: usize,
    products: &[Product],
) -> Result<(), DbError> {
    for (offset, product) in products.iter().enumerate() {
        let place = i64::try_from(first + offset).expect("a catalogue fits in memory");
        // A generation has room for 2³² products.
        let product_id = generation << 32 | place;
        tx.execute(
            "INSERT INTO products (product_id, generation, sku, name, folded, department, unit,
                                   price_minor, tax_class, class, product_group,
                                   variant_values, picture, age_min, goes_with, traced)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            params![
                product_id,
                generation,
                product.sku.as_str(),
                &product.name,
                rules::fold(&product.name),
                &product.department,
                product.unit.word(),
                product.price_minor.map(|price| price.0),
                &product.tax_class,
                &product.class,
                product
                    .variant
                    .as_ref()
                    .map(|variant| variant.group.as_str()),
                product
                    .variant
                    .as_ref()
                    .map(|variant| texts(&variant.values)),
                product.picture.as_deref(),
                product.age_min,
                product.goes_with.as_ref().map(Sku::as_str),
                product.traced.map(Traced::word),
            ],
        )?;
        for gtin in &product.gtins {
            // Two products with one number: the first by SKU keeps it, as the hub warns at import.
            tx.execute(
                "INSERT INTO product_gtins (generation, gtin, product_id) VALUES ($1, $2, $3)
                 ON CONFLICT (generation, gtin) DO NOTHING",
                params![generation, gtin.to_14(), product_id],
            )?;
        }
        tx.execute(
            "INSERT INTO product_words (rowid, words) VALUES ($1, $2)",
            params![product_id, rules::words_of(product)],
        )?;
    }
    Ok(())
}
