//! Finding products: by number, by SKU, by what a person typed.
//!
//! What counts as a match, and in which order, is decided in `rules.rs`.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::barcode::{Gtin, Scanned};
use counterpart_protocol::catalog::{Product, ProductGroup, TaxClass, Traced, Unit, Variant};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Minor;
use counterpart_protocol::tax::Rate;

use super::super::rules::Sought;
use super::unreadable;

/// Products looked at before the best are chosen.
const CANDIDATES_MAX: u32 = 400;

const PRODUCT: &str = "p.product_id, p.sku, p.name, p.department, p.unit, p.price_minor,
    p.tax_class, p.class, p.product_group, p.variant_values, p.picture,
    p.age_min, p.goes_with, p.traced";
pub(super) const IN_USE: &str = "(SELECT generation FROM reference_held WHERE kind = 'catalog')";

/// Returns the product a trade item number belongs to.
///
/// # Errors
///
/// Those of the database.
pub fn find_by_gtin(tx: &mut Tx, gtin: Gtin) -> Result<Option<Product>, DbError> {
    let sql = format!(
        "SELECT {PRODUCT} FROM product_gtins g JOIN products p ON p.product_id = g.product_id
         WHERE g.generation = {IN_USE} AND g.gtin = $1"
    );
    let row = tx.query_opt(&sql, params![gtin.to_14()])?;
    row.map(|row| product(tx, &row)).transpose()
}

/// Returns the product a code that was read stands for: by its trade item number, or as an SKU.
///
/// # Errors
///
/// Those of the database.
pub fn find_scanned(tx: &mut Tx, scanned: &Scanned) -> Result<Option<Product>, DbError> {
    match (scanned.gtin(), scanned.text().map(str::parse::<Sku>)) {
        (Some(gtin), _) => find_by_gtin(tx, gtin),
        (None, Some(Ok(sku))) => find_by_sku(tx, &sku),
        (None, Some(Err(_)) | None) => Ok(None),
    }
}

/// Returns the product with this SKU.
///
/// # Errors
///
/// Those of the database.
pub fn find_by_sku(tx: &mut Tx, sku: &Sku) -> Result<Option<Product>, DbError> {
    let sql =
        format!("SELECT {PRODUCT} FROM products p WHERE p.generation = {IN_USE} AND p.sku = $1");
    let row = tx.query_opt(&sql, params![sku.as_str()])?;
    row.map(|row| product(tx, &row)).transpose()
}

/// Returns the products that fit what was typed, best first: by parts of name, SKU or number; if
/// none fits, those that resemble it.
///
/// # Errors
///
/// Those of the database.
pub fn search(tx: &mut Tx, text: &str, limit: u32) -> Result<Vec<Product>, DbError> {
    let Some(sought) = Sought::read(text) else {
        return Ok(Vec::new());
    };
    let mut found = match sought.all_words() {
        Some(query) => matching(tx, &query, &sought)?,
        None => beginning(tx, &sought)?,
    };
    found.retain(|row| sought.short_words_fit(&row.words));
    if found.is_empty()
        && let Some(query) = sought.any_letters()
    {
        found = matching(tx, &query, &sought)?;
        found.retain(|row| sought.resembles(&row.words));
    }
    // The sort is stable: among equals the index's own order stays.
    found.sort_by_key(|found| found.distance);
    found.truncate(usize::try_from(limit).expect("32 bits fit"));
    found.iter().map(|found| product(tx, &found.row)).collect()
}

/// Returns the first product by name of each department, in the departments' order.
///
/// # Errors
///
/// Those of the database.
pub fn first_of_each_department(tx: &mut Tx, limit: u32) -> Result<Vec<Product>, DbError> {
    let sql = format!(
        "SELECT {PRODUCT} FROM products p WHERE p.product_id IN (
             SELECT (SELECT f.product_id FROM products f
                     WHERE f.generation = {IN_USE} AND f.department = d.department
                       AND (f.price_minor IS NOT NULL OR EXISTS (
                           SELECT 1 FROM list_prices l WHERE l.sku = f.sku))
                     ORDER BY f.folded LIMIT 1)
             FROM (SELECT DISTINCT department FROM products WHERE generation = {IN_USE}
                   ORDER BY department LIMIT $1) d)
         ORDER BY p.department"
    );
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(|row| product(tx, row)).collect()
}

/// Returns a group of the catalogue in use with its variants by SKU, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub fn variants(
    tx: &mut Tx,
    group: &str,
    limit: u32,
) -> Result<Option<(ProductGroup, Vec<Product>)>, DbError> {
    let sql = format!(
        "SELECT name, options FROM product_groups
         WHERE generation = {IN_USE} AND product_group = $1"
    );
    let Some(row) = tx.query_opt(&sql, params![group])? else {
        return Ok(None);
    };
    let found = ProductGroup {
        id: group.to_owned(),
        name: row.read(0)?,
        options: texts("product_groups.options", row.read(1)?)?,
    };
    let sql = format!(
        "SELECT {PRODUCT} FROM products p
         WHERE p.generation = {IN_USE} AND p.product_group = $1 ORDER BY p.sku LIMIT $2"
    );
    let rows = tx.query_all(&sql, params![group, limit])?;
    let products = rows.iter().map(|row| product(tx, row));
    Ok(Some((found, products.collect::<Result<_, _>>()?)))
}

/// Returns a tax class of the catalogue in use.
///
/// # Errors
///
/// Those of the database.
pub fn tax_class(tx: &mut Tx, id: &str) -> Result<Option<TaxClass>, DbError> {
    let sql = format!(
        "SELECT name, rate FROM tax_classes WHERE generation = {IN_USE} AND tax_class = $1"
    );
    let Some(row) = tx.query_opt(&sql, params![id])? else {
        return Ok(None);
    };
    Ok(Some(TaxClass {
        id: id.to_owned(),
        name: row.read(0)?,
        rate: Rate(row.read(1)?),
    }))
}

/// Returns the rate of a tax class of the catalogue in use.
///
/// # Errors
///
/// Those of the database.
pub fn tax_rate(tx: &mut Tx, id: &str) -> Result<Option<Rate>, DbError> {
    Ok(tax_class(tx, id)?.map(|class| class.rate))
}

struct Found {
    row: Row,
    words: String,
    distance: u8,
}

/// Returns what the index finds, those whose name begins with the first word before the others.
fn matching(tx: &mut Tx, query: &str, sought: &Sought) -> Result<Vec<Found>, DbError> {
    let sql = format!(
        "SELECT {PRODUCT}, p.folded, w.words FROM product_words w
         JOIN products p ON p.product_id = w.rowid
         WHERE w.words MATCH $1 AND p.generation = {IN_USE}
         ORDER BY substr(p.folded, 1, length($2)) <> $2, w.rank LIMIT $3"
    );
    let first = sought.words.first().map_or("", String::as_str);
    let rows = tx.query_all(&sql, params![query, first, CANDIDATES_MAX])?;
    rows.into_iter().map(|row| found(row, sought)).collect()
}

/// Returns products of which a word begins with the first of the words, all of them short.
fn beginning(tx: &mut Tx, sought: &Sought) -> Result<Vec<Found>, DbError> {
    let sql = format!(
        "SELECT {PRODUCT}, p.folded, w.words FROM products p
         JOIN product_words w ON w.rowid = p.product_id
         WHERE p.generation = {IN_USE} AND instr(' ' || w.words, ' ' || $1) > 0
         ORDER BY substr(p.folded, 1, length($1)) <> $1, p.folded LIMIT $2"
    );
    let first = sought.words.first().map_or("", String::as_str);
    let rows = tx.query_all(&sql, params![first, CANDIDATES_MAX])?;
    rows.into_iter().map(|row| found(row, sought)).collect()
}

fn found(row: Row, sought: &Sought) -> Result<Found, DbError> {
    let (sku, folded, words): (String, String, String) =
        (row.read(1)?, row.read(14)?, row.read(15)?);
    let distance = sought.distance(&sku, &folded, &words);
    Ok(Found {
        row,
        words,
        distance,
    })
}

fn product(tx: &mut Tx, row: &Row) -> Result<Product, DbError> {
    let product_id: i64 = row.read(0)?;
    let numbers = tx.query_all(
        "SELECT gtin FROM product_gtins WHERE product_id = $1 ORDER BY gtin",
        params![product_id],
    )?;
    let gtins: Result<Vec<Gtin>, DbError> = numbers
        .iter()
        .map(|number| {
            let text: String = number.read(0)?;
            Gtin::read(&text).map_err(|_| unreadable("product_gtins.gtin", text))
        })
        .collect();
    let (sku, unit): (String, String) = (row.read(1)?, row.read(4)?);
    let variant = match (row.read(8)?, row.read::<Option<String>>(9)?) {
        (Some(group), Some(values)) => Some(Variant {
            group,
            values: texts("products.variant_values", values)?,
        }),
        _ => None,
    };
    Ok(Product {
        sku: sku.parse().map_err(|_| unreadable("products.sku", sku))?,
        gtins: gtins?,
        name: row.read(2)?,
        department: row.read(3)?,
        class: row.read(7)?,
        variant,
        picture: row.read(10)?,
        age_min: row.read(11)?,
        goes_with: match row.read::<Option<String>>(12)? {
            Some(with) => {
                let unread = |_| unreadable("products.goes_with", with.clone());
                Some(with.parse().map_err(unread)?)
            }
            None => None,
        },
        traced: row
            .read::<Option<String>>(13)?
            .and_then(|word| Traced::from_word(&word)),
        unit: [Unit::Piece, Unit::Kilogram]
            .into_iter()
            .find(|known| known.word() == unit)
            .ok_or_else(|| unreadable("products.unit", unit))?,
        price_minor: row.read::<Option<i64>>(5)?.map(Minor),
        tax_class: row.read(6)?,
    })
}

/// Reads a list of texts from one column.
fn texts(what: &str, text: String) -> Result<Vec<String>, DbError> {
    serde_json::from_str(&text).map_err(|_| unreadable(what, text))
}
