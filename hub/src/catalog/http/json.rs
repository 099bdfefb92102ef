//! The shapes of the catalogue and of imports in JSON.

use counterpart_protocol::money::Currency;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalog::store::{ProductRow, Version};

/// The catalogue in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CatalogJson {
    /// Nothing until something was published.
    pub(super) version: Option<VersionJson>,
}

/// A publication of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionJson {
    pub(super) version: i64,
    pub(super) currency: Currency,
    pub(super) products: i64,
    published_at: Timestamp,
    published_by: String,
    pub(super) file_name: String,
}

pub(super) fn version_json(version: Version) -> VersionJson {
    VersionJson {
        version: version.version,
        currency: version.currency,
        products: version.products,
        published_at: at(version.published_at_ms),
        published_by: version.published_by,
        file_name: version.file_name,
    }
}

pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Products by SKU.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductsJson {
    pub(super) products: Vec<ProductJson>,
    /// Where to go on, if there are more.
    pub(super) after: Option<String>,
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductJson {
    pub(super) sku: String,
    pub(super) gtins: Vec<String>,
    pub(super) name: String,
    pub(super) department: String,
    pub(super) unit: String,
    pub(super) price_minor: Option<i64>,
    pub(super) tax_class: String,
}

pub(super) fn product_json(row: ProductRow) -> ProductJson {
    ProductJson {
        gtins: row.gtins.split_whitespace().map(str::to_owned).collect(),
        sku: row.sku,
        name: row.name,
        department: row.department,
        unit: row.unit,
        price_minor: row.price_minor,
        tax_class: row.tax_class,
    }
}

/// A file that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportTaken {
    /// Names it; ask for it until its state is final.
    #[schema(example = "01KB5W7R9M4Q8T2V6X0Y1Z3A5C")]
    pub(super) import_id: String,
}

/// A file and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportJson {
    pub(super) import_id: String,
    pub(super) file_name: String,
    pub(super) state: &'static str,
    /// How far the file in hand is; only one is at a time.
    pub(super) done_permille: u64,
    pub(super) rows_good: i64,
    pub(super) rows_bad: i64,
    pub(super) version: Option<i64>,
    pub(super) sentence: Option<String>,
    /// Every bad row.
    pub(super) problems: Vec<ProblemJson>,
}

/// What is wrong with a row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemJson {
    pub(super) row: u64,
    pub(super) column: String,
    pub(super) sentence: String,
}
