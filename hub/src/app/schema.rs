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
    Migration {
        version: 3,
        name: "edges",
        sql: include_str!("../../migrations/0003_edges.sql"),
    },
    Migration {
        version: 4,
        name: "users",
        sql: include_str!("../../migrations/0004_users.sql"),
    },
    Migration {
        version: 5,
        name: "stores",
        sql: include_str!("../../migrations/0005_stores.sql"),
    },
    Migration {
        version: 6,
        name: "sales",
        sql: include_str!("../../migrations/0006_sales.sql"),
    },
    Migration {
        version: 7,
        name: "stock",
        sql: include_str!("../../migrations/0007_stock.sql"),
    },
    Migration {
        version: 8,
        name: "catalog",
        sql: include_str!("../../migrations/0008_catalog.sql"),
    },
    Migration {
        version: 9,
        name: "notices",
        sql: include_str!("../../migrations/0009_notices.sql"),
    },
    Migration {
        version: 10,
        name: "replica_orders",
        sql: REPLICA_ORDERS_MIGRATION_SQL,
    },
    Migration {
        version: 13,
        name: "access",
        sql: include_str!("../../migrations/0013_access.sql"),
    },
    Migration {
        version: 14,
        name: "store_details",
        sql: include_str!("../../migrations/0014_store_details.sql"),
    },
    Migration {
        version: 15,
        name: "policies",
        sql: include_str!("../../migrations/0015_policies.sql"),
    },
    Migration {
        version: 20,
        name: "reference_contents",
        sql: include_str!("../../migrations/0020_reference_contents.sql"),
    },
    Migration {
        version: 21,
        name: "imports",
        sql: include_str!("../../migrations/0021_imports.sql"),
    },
    Migration {
        version: 22,
        name: "prices_and_openings",
        sql: include_str!("../../migrations/0022_prices_and_openings.sql"),
    },
    Migration {
        version: 23,
        name: "keys",
        sql: include_str!("../../migrations/0023_keys.sql"),
    },
    Migration {
        version: 30,
        name: "stock_by_fact",
        sql: include_str!("../../migrations/0030_stock_by_fact.sql"),
    },
    Migration {
        version: 31,
        name: "rights",
        sql: include_str!("../../migrations/0031_rights.sql"),
    },
    Migration {
        version: 32,
        name: "customers",
        sql: include_str!("../../migrations/0032_customers.sql"),
    },
    Migration {
        version: 33,
        name: "orders",
        sql: include_str!("../../migrations/0033_orders.sql"),
    },
    Migration {
        version: 34,
        name: "exceptions",
        sql: include_str!("../../migrations/0034_exceptions.sql"),
    },
    Migration {
        version: 35,
        name: "transfers",
        sql: include_str!("../../migrations/0035_transfers.sql"),
    },
    Migration {
        version: 70,
        name: "customer_references",
        sql: include_str!("../../migrations/0070_customer_references.sql"),
    },
    Migration {
        version: 75,
        name: "store_days",
        sql: include_str!("../../migrations/0075_store_days.sql"),
    },
    Migration {
        version: 76,
        name: "legal_entities",
        sql: include_str!("../../migrations/0076_legal_entities.sql"),
    },
    Migration {
        version: 77,
        name: "unsigned_receipts",
        sql: include_str!("../../migrations/0077_unsigned_receipts.sql"),
    },
    Migration {
        version: 78,
        name: "copied_edges",
        sql: include_str!("../../migrations/0078_copied_edges.sql"),
    },
    Migration {
        version: 80,
        name: "replica_days",
        sql: REPLICA_DAYS_MIGRATION_SQL,
    },
    Migration {
        version: 81,
        name: "days",
        sql: include_str!("../../migrations/0081_days.sql"),
    },
    Migration {
        version: 85,
        name: "lives",
        sql: include_str!("../../migrations/0085_lives.sql"),
    },
    Migration {
        version: 86,
        name: "replica_recovery",
        sql: REPLICA_RECOVERY_MIGRATION_SQL,
    },
    Migration {
        version: 90,
        name: "promotions",
        sql: include_str!("../../migrations/0090_promotions.sql"),
    },
    Migration {
        version: 91,
        name: "returns",
        sql: include_str!("../../migrations/0091_returns.sql"),
    },
    Migration {
        version: 95,
        name: "replica_generation",
        sql: REPLICA_GENERATION_MIGRATION_SQL,
    },
    Migration {
        version: 96,
        name: "generations",
        sql: include_str!("../../migrations/0096_generations.sql"),
    },
    Migration {
        version: 106,
        name: "replica_views",
        sql: REPLICA_VIEWS_MIGRATION_SQL,
    },
    Migration {
        version: 110,
        name: "card_tenders",
        sql: include_str!("../../migrations/0110_card_tenders.sql"),
    },
    Migration {
        version: 120,
        name: "rounding",
        sql: include_str!("../../migrations/0120_rounding.sql"),
    },
    Migration {
        version: 121,
        name: "tills",
        sql: include_str!("../../migrations/0121_tills.sql"),
    },
    Migration {
        version: 130,
        name: "unlisted",
        sql: include_str!("../../migrations/0130_unlisted.sql"),
    },
    Migration {
        version: 131,
        name: "age_and_deposits",
        sql: include_str!("../../migrations/0131_age_and_deposits.sql"),
    },
    Migration {
        version: 140,
        name: "stored",
        sql: include_str!("../../migrations/0140_stored.sql"),
    },
    Migration {
        version: 141,
        name: "exceptions_of_cards",
        sql: include_str!("../../migrations/0141_exceptions_of_cards.sql"),
    },
    Migration {
        version: 145,
        name: "badges",
        sql: include_str!("../../migrations/0145_badges.sql"),
    },
    Migration {
        version: 150,
        name: "replica_unread",
        sql: REPLICA_UNREAD_MIGRATION_SQL,
    },
    Migration {
        version: 155,
        name: "refund_rights",
        sql: include_str!("../../migrations/0155_refund_rights.sql"),
    },
    Migration {
        version: 160,
        name: "replica_lacking",
        sql: REPLICA_LACKING_MIGRATION_SQL,
    },
    Migration {
        version: 170,
        name: "refunds",
        sql: include_str!("../../migrations/0170_refunds.sql"),
    },
    Migration {
        version: 171,
        name: "exceptions_of_sales",
        sql: include_str!("../../migrations/0171_exceptions_of_sales.sql"),
    },
    Migration {
        version: 180,
        name: "replica_packs",
        sql: REPLICA_PACKS_MIGRATION_SQL,
    },
    Migration {
        version: 200,
        name: "regulars",
        sql: include_str!("../../migrations/0200_regulars.sql"),
    },
    Migration {
        version: 201,
        name: "group_prices",
        sql: include_str!("../../migrations/0201_group_prices.sql"),
    },
    Migration {
        version: 202,
        name: "sold_to",
        sql: include_str!("../../migrations/0202_sold_to.sql"),
    },
    Migration {
        version: 210,
        name: "traced",
        sql: include_str!("../../migrations/0210_traced.sql"),
    },
    Migration {
        version: 220,
        name: "coupons",
        sql: include_str!("../../migrations/0220_coupons.sql"),
    },
    Migration {
        version: 221,
        name: "coupon_uses",
        sql: include_str!("../../migrations/0221_coupon_uses.sql"),
    },
    Migration {
        version: 222,
        name: "exceptions_of_coupons",
        sql: include_str!("../../migrations/0222_exceptions_of_coupons.sql"),
    },
    Migration {
        version: 225,
        name: "permissions",
        sql: include_str!("../../migrations/0225_permissions.sql"),
    },
    Migration {
        version: 230,
        name: "jurisdictions",
        sql: include_str!("../../migrations/0230_jurisdictions.sql"),
    },
    Migration {
        version: 231,
        name: "sale_taxes",
        sql: include_str!("../../migrations/0231_sale_taxes.sql"),
    },
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
