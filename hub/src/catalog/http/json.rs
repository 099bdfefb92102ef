//! The shapes of the catalogue in JSON.

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

fn at(ms: i64) -> Timestamp {
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
    /// What rights policies call it.
    pub(super) class: String,
    /// What it is a variant of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    /// What sets it apart in its group: `Size=M|Colour=Red`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) options: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) picture: Option<String>,
    /// From which age it is sold, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) age_min: Option<i64>,
    /// What goes with each piece of it: a deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) goes_with: Option<String>,
    /// What is read off it when it is sold: `serial` or `lot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) traced: Option<String>,
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
        class: row.class,
        group: row.group,
        options: row.options,
        picture: row.picture,
        age_min: row.age_min,
        goes_with: row.goes_with,
        traced: row.traced,
    }
}
