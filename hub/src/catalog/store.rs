//! The SQL of publications and products.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::catalog::{Product, ProductGroup, Traced, Unit};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Currency;

/// A publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) version: i64,
    pub(super) currency: Currency,
    pub(super) products: i64,
    pub(super) published_at_ms: i64,
    pub(super) published_by: String,
    pub(super) file_name: String,
}

/// A product as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProductRow {
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) department: String,
    pub(super) unit: String,
    pub(super) price_minor: Option<i64>,
    pub(super) tax_class: String,
    pub(super) gtins: String,
    pub(super) class: String,
    pub(super) group: Option<String>,
    pub(super) group_name: Option<String>,
    /// As in a product file: `Size=M|Colour=Red`.
    pub(super) options: Option<String>,
    pub(super) picture: Option<String>,
    pub(super) age_min: Option<i64>,
    pub(super) goes_with: Option<String>,
    pub(super) traced: Option<String>,
}

/// What other pages say of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductName {
    /// Its name.
    pub name: String,
    /// `piece` or `kilogram`.
    pub unit: String,
}

/// A currency by its code.
struct Code(Currency);

impl FromValue for Code {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        text.parse()
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a currency's code"))
    }
}

fn version(row: &Row) -> Result<Version, DbError> {
    Ok(Version {
        version: row.read(0)?,
        currency: row.read::<Code>(1)?.0,
        products: row.read(2)?,
        published_at_ms: row.read(3)?,
        published_by: row.read(4)?,
        file_name: row.read(5)?,
    })
}

const VERSION_COLUMNS: &str = "version, currency, products, published_at_ms, published_by,
    file_name";

/// Returns the publication stores sell from.
pub(super) fn current(tx: &mut Tx) -> Result<Option<Version>, DbError> {
    let sql =
        format!("SELECT {VERSION_COLUMNS} FROM catalog_versions ORDER BY version DESC LIMIT 1");
    tx.query_opt(&sql, params![])?
        .as_ref()
        .map(version)
        .transpose()
}

pub(super) fn versions(tx: &mut Tx, limit: u32) -> Result<Vec<Version>, DbError> {
    let sql =
        format!("SELECT {VERSION_COLUMNS} FROM catalog_versions ORDER BY version DESC LIMIT $1");
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(version).collect()
}

pub(super) fn add_version(tx: &mut Tx, new: &Version) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO catalog_versions (version, currency, products, published_at_ms,
             published_by, file_name)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            new.version,
            new.currency.code(),
            new.products,
            new.published_at_ms,
            &new.published_by,
            &new.file_name,
        ],
    )?;
    Ok(())
}

pub(super) fn put_product(
    tx: &mut Tx,
    version: i64,
    product: &Product,
    groups: &[ProductGroup],
) -> Result<(), DbError> {
    let gtins: Vec<String> = product.gtins.iter().map(ToString::to_string).collect();
    let gtins = gtins.join(" ");
    let variant = product.variant.as_ref();
    let group = variant.and_then(|variant| {
        let at = groups.binary_search_by(|group| group.id.cmp(&variant.group));
        at.ok().map(|at| (&groups[at], variant))
    });
    let options = group.map(|(group, variant)| {
        let pairs = group.options.iter().zip(&variant.values);
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("|")
    });
    let found_by = format!(
        "{} {} {} {gtins} {}",
        product.sku,
        product.name,
        product.department,
        variant.map_or("", |variant| variant.group.as_str())
    );
    tx.execute(
        "INSERT INTO products (version, sku, name, department, unit, price_minor, tax_class,
             gtins, found_by, class, product_group, group_name, options, picture,
             age_min, goes_with, traced)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        params![
            version,
            product.sku.as_str(),
            &product.name,
            &product.department,
            product.unit.word(),
            product.price_minor.map(|price| price.0),
            &product.tax_class,
            &gtins,
            found_by.trim().to_lowercase(),
            &product.class,
            group.map(|(group, _)| group.id.as_str()),
            group.map(|(group, _)| group.name.as_str()),
            options,
            product.picture.as_deref(),
            product.age_min,
            product.goes_with.as_ref().map(Sku::as_str),
            product.traced.map(Traced::word),
        ],
    )?;
    Ok(())
}

/// Deletes some products of other publications than `kept`; returns how many, 0 once none is left.
pub(super) fn delete_others(tx: &mut Tx, kept: i64, limit: u32) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM products WHERE (version, sku) IN (
             SELECT version, sku FROM products WHERE version <> $1 LIMIT $2)",
        params![kept, limit],
    )
}

fn product(row: &Row) -> Result<ProductRow, DbError> {
    Ok(ProductRow {
        sku: row.read(0)?,
        name: row.read(1)?,
        department: row.read(2)?,
        unit: row.read(3)?,
        price_minor: row.read(4)?,
        tax_class: row.read(5)?,
        gtins: row.read(6)?,
        class: row.read(7)?,
        group: row.read(8)?,
        group_name: row.read(9)?,
        options: row.read(10)?,
        picture: row.read(11)?,
        age_min: row.read(12)?,
        goes_with: row.read(13)?,
        traced: row.read(14)?,
    })
}

/// Which products are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ProductFilter {
    /// Words that all occur in SKU, name, department or numbers.
    pub(super) text: String,
    /// Of this department.
    pub(super) department: Option<String>,
    /// Without a price.
    pub(super) unpriced: bool,
    /// Whether something goes with it; nothing asks for either.
    pub(super) attached: Option<bool>,
    /// After this SKU.
    pub(super) after: Option<String>,
}

/// Returns products of a publication by SKU, at most `limit`.
pub(super) fn products(
    tx: &mut Tx,
    version: i64,
    filter: &ProductFilter,
    limit: u32,
) -> Result<Vec<ProductRow>, DbError> {
    let mut sql = "SELECT sku, name, department, unit, price_minor, tax_class, gtins, class,
             product_group, group_name, options, picture, age_min, goes_with,
             traced
         FROM products WHERE version = $1"
        .to_owned();
    let mut values: Vec<Value> = vec![version.into()];
    for word in filter.text.to_lowercase().split_whitespace().take(8) {
        values.push(pattern(word).into());
        sql += &format!(" AND found_by LIKE ${} ESCAPE '\\'", values.len());
    }
    if let Some(department) = &filter.department {
        values.push(department.into());
        sql += &format!(" AND department = ${}", values.len());
    }
    if filter.unpriced {
        sql += " AND price_minor IS NULL";
    }
    match filter.attached {
        Some(true) => sql += " AND goes_with IS NOT NULL",
        Some(false) => sql += " AND goes_with IS NULL",
        None => {}
    }
    if let Some(after) = &filter.after {
        values.push(after.into());
        sql += &format!(" AND sku > ${}", values.len());
    }
    values.push(limit.into());
    sql += &format!(" ORDER BY sku LIMIT ${}", values.len());
    let rows = tx.query_all(&sql, &values)?;
    rows.iter().map(product).collect()
}

/// Writes a word as a pattern that finds it anywhere, its own wildcards taken literally.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// Returns the departments of a publication with how many products each has.
pub(super) fn departments(tx: &mut Tx, version: i64) -> Result<Vec<(String, i64)>, DbError> {
    let rows = tx.query_all(
        "SELECT department, COUNT(*) FROM products WHERE version = $1
         GROUP BY department ORDER BY department LIMIT 200",
        params![version],
    )?;
    rows.iter()
        .map(|row| Ok((row.read(0)?, row.read(1)?)))
        .collect()
}

pub(super) fn unpriced(tx: &mut Tx, version: i64) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM products WHERE version = $1 AND price_minor IS NULL";
    tx.query_one(sql, params![version])?.read(0)
}

/// Returns the names of these SKUs, as far as the publication has them.
pub(super) fn names(
    tx: &mut Tx,
    version: i64,
    skus: &[String],
) -> Result<BTreeMap<String, ProductName>, DbError> {
    let mut names = BTreeMap::new();
    for chunk in skus.chunks(500) {
        let mut values: Vec<Value> = vec![version.into()];
        values.extend(chunk.iter().map(Value::from));
        let places: Vec<String> = (2..=values.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "SELECT sku, name, unit FROM products WHERE version = $1 AND sku IN ({})",
            places.join(", ")
        );
        for row in tx.query_all(&sql, &values)? {
            let name = ProductName {
                name: row.read(1)?,
                unit: row.read(2)?,
            };
            names.insert(row.read(0)?, name);
        }
    }
    Ok(names)
}

/// Returns those of `codes` that a publication has, as a number of a package or as an SKU. It goes
/// through the publication once, as no index has the numbers.
pub(super) fn known_codes(
    tx: &mut Tx,
    version: i64,
    codes: &BTreeSet<String>,
) -> Result<BTreeSet<String>, DbError> {
    let sql = "SELECT sku, gtins FROM products WHERE version = $1";
    let mut known = BTreeSet::new();
    for row in tx.query_all(sql, params![version])? {
        let (sku, gtins): (String, String) = (row.read(0)?, row.read(1)?);
        let borne = gtins.split_whitespace().chain([sku.as_str()]);
        known.extend(
            borne
                .filter(|code| codes.contains(*code))
                .map(str::to_owned),
        );
    }
    Ok(known)
}

/// Returns every SKU of a publication with how it is counted.
pub(super) fn units(tx: &mut Tx, version: i64) -> Result<HashMap<String, Unit>, DbError> {
    let sql = "SELECT sku, unit FROM products WHERE version = $1";
    let rows = tx.query_all(sql, params![version])?;
    rows.iter()
        .map(|row| {
            let unit = match row.read::<String>(1)?.as_str() {
                "kilogram" => Unit::Kilogram,
                _ => Unit::Piece,
            };
            Ok((row.read(0)?, unit))
        })
        .collect()
}
