//! The hub's database: its mark, its schema, and how it is opened.

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::db::{Db, DbError, DbOptions, Migration};
use counterpart_daemon::http::idempotency::IDEMPOTENCY_MIGRATION_SQL;
use counterpart_daemon::replica::{
    REPLICA_DAYS_MIGRATION_SQL, REPLICA_GENERATION_MIGRATION_SQL, REPLICA_LACKING_MIGRATION_SQL,
    REPLICA_MIGRATION_SQL, REPLICA_ORDERS_MIGRATION_SQL, REPLICA_PACKS_MIGRATION_SQL,
    REPLICA_RECOVERY_MIGRATION_SQL, REPLICA_UNREAD_MIGRATION_SQL, REPLICA_VIEWS_MIGRATION_SQL,
};

use crate::config::HubConfig;

/// Marks the hub's database: "CpHb".
const APPLICATION_ID: u32 = 0x4370_4862;
/// A migration that stands in a file of the hub's.
macro_rules! from_file {
    ($version:literal, $name:literal, $file:literal) => {
        Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $file)),
        }
    };
}

/// The schema, in the order it grew.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "replica",
        sql: REPLICA_MIGRATION_SQL,
    },
    Migration {
        version: 2,
        name: "idempotency",
        sql: IDEMPOTENCY_MIGRATION_SQL,
    },
    from_file!(3, "edges", "0003_edges.sql"),
    from_file!(4, "users", "0004_users.sql"),
    from_file!(5, "stores", "0005_stores.sql"),
    from_file!(6, "sales", "0006_sales.sql"),
    from_file!(7, "stock", "0007_stock.sql"),
    from_file!(8, "catalog", "0008_catalog.sql"),
    from_file!(9, "notices", "0009_notices.sql"),
    Migration {
        version: 10,
        name: "replica_orders",
        sql: REPLICA_ORDERS_MIGRATION_SQL,
    },
    from_file!(13, "access", "0013_access.sql"),
    from_file!(14, "store_details", "0014_store_details.sql"),
    from_file!(15, "policies", "0015_policies.sql"),
    from_file!(20, "reference_contents", "0020_reference_contents.sql"),
    from_file!(21, "imports", "0021_imports.sql"),
    from_file!(22, "prices_and_openings", "0022_prices_and_openings.sql"),
    from_file!(23, "keys", "0023_keys.sql"),
    from_file!(30, "stock_by_fact", "0030_stock_by_fact.sql"),
    from_file!(31, "rights", "0031_rights.sql"),
    from_file!(32, "customers", "0032_customers.sql"),
    from_file!(33, "orders", "0033_orders.sql"),
    from_file!(34, "exceptions", "0034_exceptions.sql"),
    from_file!(35, "transfers", "0035_transfers.sql"),
    from_file!(70, "customer_references", "0070_customer_references.sql"),
    from_file!(75, "store_days", "0075_store_days.sql"),
    from_file!(76, "legal_entities", "0076_legal_entities.sql"),
    from_file!(77, "unsigned_receipts", "0077_unsigned_receipts.sql"),
    from_file!(78, "copied_edges", "0078_copied_edges.sql"),
    Migration {
        version: 80,
        name: "replica_days",
        sql: REPLICA_DAYS_MIGRATION_SQL,
    },
    from_file!(81, "days", "0081_days.sql"),
    from_file!(85, "lives", "0085_lives.sql"),
    Migration {
        version: 86,
        name: "replica_recovery",
        sql: REPLICA_RECOVERY_MIGRATION_SQL,
    },
    from_file!(90, "promotions", "0090_promotions.sql"),
    from_file!(91, "returns", "0091_returns.sql"),
    Migration {
        version: 95,
        name: "replica_generation",
        sql: REPLICA_GENERATION_MIGRATION_SQL,
    },
    from_file!(96, "generations", "0096_generations.sql"),
    Migration {
        version: 106,
        name: "replica_views",
        sql: REPLICA_VIEWS_MIGRATION_SQL,
    },
    from_file!(110, "card_tenders", "0110_card_tenders.sql"),
    from_file!(120, "rounding", "0120_rounding.sql"),
    from_file!(121, "tills", "0121_tills.sql"),
    from_file!(130, "unlisted", "0130_unlisted.sql"),
    from_file!(131, "age_and_deposits", "0131_age_and_deposits.sql"),
    from_file!(140, "stored", "0140_stored.sql"),
    from_file!(141, "exceptions_of_cards", "0141_exceptions_of_cards.sql"),
    from_file!(145, "badges", "0145_badges.sql"),
    Migration {
        version: 150,
        name: "replica_unread",
        sql: REPLICA_UNREAD_MIGRATION_SQL,
    },
    from_file!(155, "refund_rights", "0155_refund_rights.sql"),
    Migration {
        version: 160,
        name: "replica_lacking",
        sql: REPLICA_LACKING_MIGRATION_SQL,
    },
    from_file!(170, "refunds", "0170_refunds.sql"),
    from_file!(171, "exceptions_of_sales", "0171_exceptions_of_sales.sql"),
    Migration {
        version: 180,
        name: "replica_packs",
        sql: REPLICA_PACKS_MIGRATION_SQL,
    },
    from_file!(200, "regulars", "0200_regulars.sql"),
    from_file!(201, "group_prices", "0201_group_prices.sql"),
    from_file!(202, "sold_to", "0202_sold_to.sql"),
    from_file!(210, "traced", "0210_traced.sql"),
    from_file!(220, "coupons", "0220_coupons.sql"),
    from_file!(221, "coupon_uses", "0221_coupon_uses.sql"),
    from_file!(
        222,
        "exceptions_of_coupons",
        "0222_exceptions_of_coupons.sql"
    ),
    from_file!(225, "permissions", "0225_permissions.sql"),
    from_file!(230, "jurisdictions", "0230_jurisdictions.sql"),
    from_file!(231, "sale_taxes", "0231_sale_taxes.sql"),
];

/// Opens the database of the settings; a file that does not exist is made.
pub(super) fn open_database(config: &HubConfig, clock: &SharedClock) -> Result<Db, DbError> {
    Db::open(DbOptions {
        clock: clock.clone(),
        ..DbOptions::new("hub", config.database(), APPLICATION_ID, MIGRATIONS)
    })
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::db::{Db, DbError, DbOptions, Migration};
    use counterpart_daemon::params;

    use super::{APPLICATION_ID, MIGRATIONS};
    use crate::stores;

    fn open(file: &std::path::Path, migrations: &[Migration]) -> Db {
        Db::open(DbOptions {
            reserve_bytes: 0,
            ..DbOptions::new("hub", file.to_owned(), APPLICATION_ID, migrations)
        })
        .unwrap()
    }

    #[test]
    fn companies_that_stores_described_get_records_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub.db");
        let before = MIGRATIONS.iter().filter(|step| step.version < 76).copied();
        let old = open(&file, &before.collect::<Vec<_>>());
        let company = r#"{"entity":{"name":"Corner Shops NV","registration_number":"RPR 1",
            "tax_number":"BE 0123.456.789"},"phone":"+32 9 1"}"#;
        let added = old.write_blocking(move |tx| {
            for (store, details) in [
                ("bruges-1", "{}"),
                ("ghent-1", company),
                ("ghent-2", company),
            ] {
                tx.execute(
                    "INSERT INTO stores (store_id, name, address, currency, time_zone, locale,
                         added_at_ms, details)
                     VALUES ($1, $1, '', 'EUR', 'Europe/Brussels', 'en', 0, $2)",
                    params![store, details],
                )?;
            }
            Ok::<_, DbError>(())
        });
        added.unwrap();
        old.close_blocking();

        let db = open(&file, MIGRATIONS);
        let rows = db.write_blocking(|tx| {
            stores::adopt_companies(tx, 7)?;
            stores::adopt_companies(tx, 8)?;
            tx.query_all(
                "SELECT s.store_id, e.entity_id, e.name, e.tax_numbers, s.details
                 FROM stores s LEFT JOIN legal_entities e ON e.entity_id = s.entity_id
                 ORDER BY s.store_id",
                params![],
            )
        });
        let rows = rows.unwrap();
        let found: Vec<(String, Option<String>)> = rows
            .iter()
            .map(|row| (row.read(0).unwrap(), row.read(1).unwrap()))
            .collect();
        let corner = || Some("corner-shops-nv".to_owned());
        let expected = [
            ("bruges-1".to_owned(), None),
            ("ghent-1".to_owned(), corner()),
            ("ghent-2".to_owned(), corner()),
        ];
        assert_eq!(found, expected);
        assert_eq!(rows[1].read::<String>(2).unwrap(), "Corner Shops NV");
        assert!(
            rows[1]
                .read::<String>(3)
                .unwrap()
                .contains("BE 0123.456.789")
        );
        let details: String = rows[1].read(4).unwrap();
        assert!(
            details.contains("+32 9 1") && !details.contains("Corner"),
            "{details}"
        );
        db.close_blocking();
    }
}
