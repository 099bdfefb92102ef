//! Reference data: catalogue, price lists, people, keys, policies, who this store is and the stock
//! of stores nearby, as the hub publishes them.
//!
//! ```text
//! hub's fact "published v7, hash h" ─► wanted h ─► fetch what changed since v6 ─► is it h?
//!      no: fetch the whole ─► is it h? no: v6 stays, a sentence says so
//!      yes: put in beside v6 ─► switch
//! ```
//! The stock of stores nearby is not announced but asked for every five minutes, and soon again
//! while the hub has nothing to say of any.
//!
//! Nothing here is a fact of this store and nothing is merged: a version is in use as a whole or
//! not at all, and selling goes on with the old one while a new one is put in.

mod http;
mod rules;
mod service;
mod store;
#[cfg(test)]
mod tests;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use utoipa_axum::router::OpenApiRouter;

pub use rules::CatalogRefused;
pub(crate) use service::read_coupon;
pub use service::{
    Asked, Progress, ReferenceFailed, TakenOver, ask_once, fetch_once, install_catalog,
    install_customers, install_keys, install_policies, install_prices, install_promotions,
    install_roster, install_store, keep, keep_asking, profile, promotions, state_own_key,
    take_over,
};
pub use service::{CodeUnfit, read_code};
pub use store::{
    Department, Elsewhere, Held, departments, elsewhere, find_by_gtin, find_by_sku, find_scanned,
    first_of_each_department, hash_in_use, held, key, keys, member_by_id, members, permissions,
    policies, priced, search, stores_nearby, tax_class, tax_rate, trusted_key, variants,
    version_in_use,
};

use crate::context::Context;

/// The topic that is published when other reference data comes into use.
pub const TOPIC: &str = "reference";

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 5,
        name: "reference",
        sql: include_str!("../../migrations/0005_reference.sql"),
    },
    Migration {
        version: 20,
        name: "reference_texts",
        sql: include_str!("../../migrations/0020_reference_texts.sql"),
    },
    Migration {
        version: 25,
        name: "reference_contents",
        sql: include_str!("../../migrations/0025_reference_contents.sql"),
    },
    Migration {
        version: 26,
        name: "variants_and_prices",
        sql: include_str!("../../migrations/0026_variants_and_prices.sql"),
    },
    Migration {
        version: 27,
        name: "keys_and_neighbours",
        sql: include_str!("../../migrations/0027_keys_and_neighbours.sql"),
    },
    Migration {
        version: 29,
        name: "own_keys",
        sql: include_str!("../../migrations/0029_own_keys.sql"),
    },
    Migration {
        version: 173,
        name: "age_and_deposits",
        sql: include_str!("../../migrations/0173_age_and_deposits.sql"),
    },
    Migration {
        version: 195,
        name: "badges",
        sql: include_str!("../../migrations/0195_badges.sql"),
    },
    Migration {
        version: 271,
        name: "traced",
        sql: include_str!("../../migrations/0271_traced.sql"),
    },
    Migration {
        version: 273,
        name: "group_prices",
        sql: include_str!("../../migrations/0273_group_prices.sql"),
    },
    Migration {
        version: 285,
        name: "permissions",
        sql: include_str!("../../migrations/0285_permissions.sql"),
    },
];

/// Returns the views of this slice: what the hub last published.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(store::Published), Box::new(store::OwnKeys)]
}

/// Returns the routes of this slice: `GET /v1/products?query=`.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}

/// Returns the publication of the catalogue that prices now, 0 before the first.
///
/// # Errors
///
/// Those of the database.
pub fn catalog_version(
    tx: &mut counterpart_daemon::db::Tx,
) -> Result<u64, counterpart_daemon::db::DbError> {
    use counterpart_protocol::reference::ReferenceKind;
    Ok(version_in_use(tx, ReferenceKind::Catalog)?.unwrap_or(0))
}
