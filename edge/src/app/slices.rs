//! The list of this store's slices: their tables, views, routes and words, joined.
//!
//! It is the only file that names every slice; a new one is added here and in `lib.rs`.

use std::time::Duration;

use counterpart_daemon::db::Migration;
use counterpart_daemon::http::idempotency::IDEMPOTENCY_MIGRATION_SQL;
use counterpart_daemon::replica::{
    Projection, REPLICA_CAUGHT_UP_MIGRATION_SQL, REPLICA_COMPARED_MIGRATION_SQL,
    REPLICA_COMPARED_RUNS_MIGRATION_SQL, REPLICA_DAYS_MIGRATION_SQL,
    REPLICA_GENERATION_MIGRATION_SQL, REPLICA_LACKING_MIGRATION_SQL, REPLICA_MIGRATION_SQL,
    REPLICA_ORDERS_MIGRATION_SQL, REPLICA_PACKS_MIGRATION_SQL, REPLICA_RECOVERY_MIGRATION_SQL,
    REPLICA_SETTLED_MIGRATION_SQL, REPLICA_UNREAD_MIGRATION_SQL, REPLICA_VIEWS_MIGRATION_SQL,
    REPLICA_WHOLE_MIGRATION_SQL, ReplicaFailed,
};
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::{Locale, Texts, TextsInvalid};
use counterpart_protocol::badges::Badge;
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::ids::RegisterId;
use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;
use crate::devices::{Heard, ScannerHeard};
use crate::pickups::ScanTarget;
use crate::web::AlertOf;
use crate::{
    adjustments, counter, coupons, customers, days, devices, exceptions, facing, journal, labels,
    notices, openings, payments, pickups, quarantine, reference, returns, rights, safe, sales,
    shifts, signing, staff, status, stock, stored, sync, training, transfers,
};

/// How long a scan waits before a busy database is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(100);

/// What the status bar of every page shows of the slices.
pub(super) const ALERTS: &[AlertOf] = &[pickups::alert, exceptions::alert, signing::alert];

const fn replica_table(version: u32, name: &'static str, sql: &'static str) -> Migration {
    Migration { version, name, sql }
}

/// Returns every table of a store's database, oldest first.
pub(super) fn migrations() -> Vec<Migration> {
    let spine = [
        replica_table(1, "replica", REPLICA_MIGRATION_SQL),
        Migration {
            version: 2,
            name: "idempotency",
            sql: IDEMPOTENCY_MIGRATION_SQL,
        },
        replica_table(14, "replica_orders", REPLICA_ORDERS_MIGRATION_SQL),
        replica_table(71, "replica_days", REPLICA_DAYS_MIGRATION_SQL),
        Migration {
            version: 75,
            name: "replica_recovery",
            sql: REPLICA_RECOVERY_MIGRATION_SQL,
        },
        Migration {
            version: 76,
            name: "replica_generation",
            sql: REPLICA_GENERATION_MIGRATION_SQL,
        },
        replica_table(105, "replica_caught_up", REPLICA_CAUGHT_UP_MIGRATION_SQL),
        replica_table(106, "replica_views", REPLICA_VIEWS_MIGRATION_SQL),
        replica_table(140, "replica_settled", REPLICA_SETTLED_MIGRATION_SQL),
        replica_table(180, "replica_compared", REPLICA_COMPARED_MIGRATION_SQL),
        replica_table(
            200,
            "replica_compared_runs",
            REPLICA_COMPARED_RUNS_MIGRATION_SQL,
        ),
        replica_table(201, "replica_unread", REPLICA_UNREAD_MIGRATION_SQL),
        replica_table(210, "replica_lacking", REPLICA_LACKING_MIGRATION_SQL),
        replica_table(250, "replica_packs", REPLICA_PACKS_MIGRATION_SQL),
        replica_table(251, "replica_whole", REPLICA_WHOLE_MIGRATION_SQL),
    ];
    let slices = [
        sync::MIGRATIONS,
        days::MIGRATIONS,
        devices::MIGRATIONS,
        reference::MIGRATIONS,
        notices::MIGRATIONS,
        openings::MIGRATIONS,
        staff::MIGRATIONS,
        shifts::MIGRATIONS,
        safe::MIGRATIONS,
        sales::MIGRATIONS,
        facing::MIGRATIONS,
        customers::MIGRATIONS,
        payments::MIGRATIONS,
        returns::MIGRATIONS,
        signing::MIGRATIONS,
        stock::MIGRATIONS,
        rights::MIGRATIONS,
        transfers::MIGRATIONS,
        pickups::MIGRATIONS,
        exceptions::MIGRATIONS,
        stored::MIGRATIONS,
        coupons::MIGRATIONS,
        journal::MIGRATIONS,
    ];
    let mut migrations = spine.to_vec();
    migrations.extend(slices.iter().flat_map(|slice| slice.iter().copied()));
    migrations.sort_by_key(|migration| migration.version);
    migrations
}

/// Returns every view that is made of facts.
pub(super) fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    let mut projections = reference::projections();
    projections.extend(notices::projections(live));
    projections.extend(openings::projections());
    projections.extend(shifts::projections());
    projections.extend(safe::projections());
    projections.extend(sales::projections());
    projections.extend(returns::projections(live));
    projections.extend(signing::projections());
    projections.extend(stock::projections());
    projections.extend(rights::projections(live));
    projections.extend(transfers::projections(live));
    projections.extend(pickups::projections(live));
    projections.extend(exceptions::projections(live));
    projections.extend(stored::projections(live));
    projections.extend(coupons::projections());
    projections.extend(days::projections(live));
    projections.extend(journal::projections());
    projections
}

/// Returns every route of the slices with what it says about itself.
pub(super) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .merge(reference::router())
        .merge(status::router())
        .merge(counter::router())
        .merge(customers::router())
        .merge(facing::router())
        .merge(labels::router())
        .merge(staff::router())
        .merge(sales::router())
        .merge(returns::router())
        .merge(shifts::router())
        .merge(safe::router())
        .merge(stock::router())
        .merge(adjustments::router())
        .merge(transfers::router())
        .merge(pickups::router())
        .merge(exceptions::router())
        .merge(quarantine::router())
        .merge(stored::router())
        .merge(journal::router())
        .merge(training::router())
}

/// The words of the pages in English.
const EN: &[&str] = &[
    include_str!("../../locales/en/edge.ftl"),
    include_str!("../../locales/en/pickups.ftl"),
    include_str!("../../locales/en/exceptions.ftl"),
    include_str!("../../locales/en/transfers.ftl"),
    include_str!("../../locales/en/signing.ftl"),
    include_str!("../../locales/en/adjustments.ftl"),
    include_str!("../../locales/en/cash.ftl"),
    include_str!("../../locales/en/prices.ftl"),
    include_str!("../../locales/en/suspended.ftl"),
    include_str!("../../locales/en/returns.ftl"),
    include_str!("../../locales/en/counter.ftl"),
    include_str!("../../locales/en/cards.ftl"),
    include_str!("../../locales/en/money.ftl"),
    include_str!("../../locales/en/safe.ftl"),
    include_str!("../../locales/en/labels.ftl"),
    include_str!("../../locales/en/journal.ftl"),
    include_str!("../../locales/en/basket.ftl"),
    include_str!("../../locales/en/customers.ftl"),
    include_str!("../../locales/en/coupons.ftl"),
    include_str!("../../locales/en/training.ftl"),
    include_str!("../../locales/en/badges.ftl"),
    include_str!("../../locales/en/quarantine.ftl"),
    include_str!("../../locales/en/facing.ftl"),
    include_str!("../../locales/en/permissions.ftl"),
];
/// The words of the pages in German.
const DE: &[&str] = &[
    include_str!("../../locales/de/edge.ftl"),
    include_str!("../../locales/de/pickups.ftl"),
    include_str!("../../locales/de/exceptions.ftl"),
    include_str!("../../locales/de/transfers.ftl"),
    include_str!("../../locales/de/signing.ftl"),
    include_str!("../../locales/de/adjustments.ftl"),
    include_str!("../../locales/de/cash.ftl"),
    include_str!("../../locales/de/prices.ftl"),
    include_str!("../../locales/de/suspended.ftl"),
    include_str!("../../locales/de/returns.ftl"),
    include_str!("../../locales/de/counter.ftl"),
    include_str!("../../locales/de/cards.ftl"),
    include_str!("../../locales/de/money.ftl"),
    include_str!("../../locales/de/safe.ftl"),
    include_str!("../../locales/de/labels.ftl"),
    include_str!("../../locales/de/journal.ftl"),
    include_str!("../../locales/de/basket.ftl"),
    include_str!("../../locales/de/customers.ftl"),
    include_str!("../../locales/de/coupons.ftl"),
    include_str!("../../locales/de/training.ftl"),
    include_str!("../../locales/de/badges.ftl"),
    include_str!("../../locales/de/quarantine.ftl"),
    include_str!("../../locales/de/facing.ftl"),
    include_str!("../../locales/de/permissions.ftl"),
];
/// The words of the pages in French.
const FR: &[&str] = &[
    include_str!("../../locales/fr/edge.ftl"),
    include_str!("../../locales/fr/pickups.ftl"),
    include_str!("../../locales/fr/exceptions.ftl"),
    include_str!("../../locales/fr/transfers.ftl"),
    include_str!("../../locales/fr/signing.ftl"),
    include_str!("../../locales/fr/adjustments.ftl"),
    include_str!("../../locales/fr/cash.ftl"),
    include_str!("../../locales/fr/prices.ftl"),
    include_str!("../../locales/fr/suspended.ftl"),
    include_str!("../../locales/fr/returns.ftl"),
    include_str!("../../locales/fr/counter.ftl"),
    include_str!("../../locales/fr/cards.ftl"),
    include_str!("../../locales/fr/money.ftl"),
    include_str!("../../locales/fr/safe.ftl"),
    include_str!("../../locales/fr/labels.ftl"),
    include_str!("../../locales/fr/journal.ftl"),
    include_str!("../../locales/fr/basket.ftl"),
    include_str!("../../locales/fr/customers.ftl"),
    include_str!("../../locales/fr/coupons.ftl"),
    include_str!("../../locales/fr/training.ftl"),
    include_str!("../../locales/fr/badges.ftl"),
    include_str!("../../locales/fr/quarantine.ftl"),
    include_str!("../../locales/fr/facing.ftl"),
    include_str!("../../locales/fr/permissions.ftl"),
];

/// Returns every word of the pages.
pub(super) fn texts() -> Result<Texts, TextsInvalid> {
    Texts::new(&[(Locale::En, EN), (Locale::De, DE), (Locale::Fr, FR)])
}

/// Hands what a scanner reported to the slice that sells. While the database is busy the scan waits
/// here, and the scanner behind it: none is dropped.
pub(super) async fn hear(context: &Context, heard: ScannerHeard) {
    let register = heard.register;
    loop {
        let taken = match &heard.heard {
            Heard::Scan(scan) => {
                let aim = scan.aim.and_then(|aim| aim.to_string().parse().ok());
                take(context, register, scan.code.clone(), aim).await
            }
            Heard::Lost(_) => sales::lost(context, register).await.map(drop),
        };
        match taken {
            Ok(_) => return,
            Err(sales::SalesError::Db(error)) if error.is_passing() => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            Err(error) => {
                // The person sees that nothing appeared and scans again: nobody else is there.
                tracing::error!(
                    register.id = register.0,
                    error = %error,
                    "a scan could not be taken"
                );
                return;
            }
        }
    }
}

/// Hands a scan to the page that was opened at the register last.
async fn take(
    context: &Context,
    register: RegisterId,
    code: String,
    aim: Option<Aim>,
) -> Result<(), sales::SalesError> {
    if Badge::is_one(&code) {
        // What is wrong with it is shown at the register, and nobody else is there.
        return match staff::badge_shown(context, register, code).await {
            Ok(()) | Err(staff::StaffError::Refused(_)) => Ok(()),
            Err(staff::StaffError::Db(failed))
            | Err(staff::StaffError::Replica(ReplicaFailed::Db(failed))) => {
                Err(sales::SalesError::Db(failed))
            }
            Err(failed) => {
                tracing::error!(error = %failed, "a badge could not be taken");
                Ok(())
            }
        };
    }
    match pickups::scan_target(context, register).await? {
        ScanTarget::Pickups => Ok(pickups::scanned(context, register, code, aim).await?),
        ScanTarget::Till => sales::scanned(context, register, code, aim).await.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::{migrations, texts};

    #[test]
    fn every_table_has_its_own_number() {
        let mut versions: Vec<u32> = migrations().iter().map(|one| one.version).collect();
        let count = versions.len();
        versions.dedup();
        assert_eq!(versions.len(), count);
    }

    #[test]
    fn every_language_has_every_word() {
        assert_eq!(texts().unwrap().missing(), Vec::<String>::new());
    }
}
