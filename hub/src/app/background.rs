//! The work nobody asks for: imports, ages on open pages, tidying up, certificates.
//!
//! Every piece takes no input and may be done again; it is woken by a signal or a timer.

use std::time::Duration;

use counterpart_daemon::db::DbError;
use counterpart_daemon::http::idempotency::{KEPT_MS, purge_older};
use counterpart_daemon::measure::keep_gauges;
use counterpart_daemon::replica::LOOSE_DAYS;
use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::telemetry;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::files::Files;
use crate::context::{Context, Progress as Settled};
use crate::imports::{self, Progress};
use crate::sync::CONTACT;
use crate::{
    customers, days, keys, neighbours, openings, orders, prices, promotions, returns, rights,
    stored, stores, transfers, users,
};

/// How often imports are looked for even if nobody woke them.
const IMPORT_INTERVAL: Duration = Duration::from_secs(30);
/// How often upkeep is looked for even if nobody woke it.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(60);
/// How often orders, rights and transfers are looked at even if nobody woke it.
const SETTLE_INTERVAL: Duration = Duration::from_secs(15);
/// How often ages on open pages are written anew.
const AGE_INTERVAL: Duration = Duration::from_secs(15);
/// How often what is over is deleted and certificates are looked at.
const TIDY_INTERVAL: Duration = Duration::from_secs(3_600);

/// Starts the tasks.
pub(super) fn start(stage: &Stage, context: &Context, files: Files) {
    stage.spawn("imports", import(context.clone(), stage.token()));
    stage.spawn("upkeep", upkeep(context.clone(), stage.token()));
    stage.spawn("settling", settle(context.clone(), stage.token()));
    stage.spawn("ages", grow_older(context.clone(), stage.token()));
    stage.spawn("packing", pack(context.clone(), stage.token()));
    stage.spawn("tidying", tidy(context.clone(), files, stage.token()));
    let gauges = keep_gauges(
        "hub",
        context.machine().folder().to_owned(),
        context.db().clone(),
        context.clock().clone(),
        stage.token(),
    );
    stage.spawn("gauges", gauges);
    stage.spawn("metrics", telemetry::metrics().keep_up(stage.token()));
}

async fn import(context: Context, stop: CancellationToken) {
    let mut timer = steady(IMPORT_INTERVAL);
    loop {
        match imports::run_once(&context).await {
            Ok(Progress::Moved) => continue,
            Ok(Progress::Idle) => {}
            Err(error) => tracing::warn!(error = %error, "could not go on with an import"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = context.imports().wake.notified() => {}
            _ = timer.tick() => {}
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Keeps what stores read as it should be: woken by changes, and by a timer for what only time
/// changes.
async fn upkeep(context: Context, stop: CancellationToken) {
    let mut timer = steady(UPKEEP_INTERVAL);
    loop {
        upkeep_once(&context).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = context.upkeep().wake.notified() => {}
            _ = timer.tick() => {}
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Does what orders, rights, transfers, gift cards and business days wait for the hub to do. What
/// cannot be done is told in the log and tried again at the next turn.
pub(super) async fn settle_once(context: &Context) -> Settled {
    let _turn = context.settling().turn.lock().await;
    let mut progress = Settled::Idle;
    let mut note = |done: Result<Settled, String>, what: &str| match done {
        Ok(Settled::Moved) => progress = Settled::Moved,
        Ok(Settled::Idle) => {}
        Err(error) => tracing::warn!(error, "could not go on with {what}"),
    };
    let rights = rights::run_once(context).await;
    note(rights.map_err(|failed| failed.to_string()), "rights");
    let orders = orders::run_once(context).await;
    note(orders.map_err(|failed| failed.to_string()), "orders");
    let transfers = transfers::run_once(context).await;
    note(transfers.map_err(|failed| failed.to_string()), "transfers");
    let returns = returns::run_once(context).await;
    note(
        returns.map_err(|failed| failed.to_string()),
        "refund rights",
    );
    let stored = stored::run_once(context).await;
    note(stored.map_err(|failed| failed.to_string()), "gift cards");
    let days = days::run_once(context).await;
    note(days.map_err(|failed| failed.to_string()), "business days");
    progress
}

async fn settle(context: Context, stop: CancellationToken) {
    let mut timer = steady(SETTLE_INTERVAL);
    loop {
        settle_once(&context).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = context.settling().wake.notified() => {}
            _ = timer.tick() => {}
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Does all upkeep there is to do now; a part that fails is tried again at the next turn.
pub(super) async fn upkeep_once(context: &Context) {
    let _turn = context.upkeep().turn.lock().await;
    // Of several hubs on one database one does it.
    let _among_hubs = match context.db().turn("upkeep").await {
        Ok(Some(turn)) => turn,
        Ok(None) => return,
        Err(error) => {
            tracing::warn!(%error, "could not ask whose turn the upkeep is");
            return;
        }
    };
    if let Err(error) = openings::run_once(context).await {
        tracing::warn!(%error, "could not send opening balances");
    }
    if let Err(error) = prices::run_once(context).await {
        tracing::warn!(%error, "could not publish price lists");
    }
    if let Err(error) = promotions::run_once(context).await {
        tracing::warn!(%error, "could not publish promotions");
    }
    if let Err(error) = customers::run_once(context).await {
        tracing::warn!(%error, "could not publish the customers tills know");
    }
    if let Err(error) = keys::run_once(context).await {
        tracing::warn!(%error, "could not publish the keys codes are signed with");
    }
    if let Err(error) = neighbours::run_once(context).await {
        tracing::warn!(%error, "could not publish what stores nearby have");
    }
}

/// Packs old days, a little at a time.
async fn pack(context: Context, stop: CancellationToken) {
    let mut timer = steady(UPKEEP_INTERVAL);
    while stop.run_until_cancelled(timer.tick()).await.is_some() {
        // Of several hubs on one database one does it.
        let packed = match context.db().turn("packing").await {
            Ok(None) => continue,
            Ok(Some(_turn)) => days::pack_once(&context, LOOSE_DAYS).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = packed {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "records of old days stay as they are");
        }
    }
}

/// Ages grow without anything happening: pages that show some are rendered anew now and then.
async fn grow_older(context: Context, stop: CancellationToken) {
    let mut timer = steady(AGE_INTERVAL);
    while stop.run_until_cancelled(timer.tick()).await.is_some() {
        if context.live().streams_open() > 0 {
            context.live().publish(CONTACT);
        }
    }
}

async fn tidy(context: Context, mut files: Files, stop: CancellationToken) {
    let mut timer = steady(TIDY_INTERVAL);
    while stop.run_until_cancelled(timer.tick()).await.is_some() {
        if let Err(error) = tidy_once(&context).await {
            tracing::warn!(error = %error, "could not delete what is over");
        }
        let renewed = files.renew(
            context.authority(),
            context.now_ms(),
            context.entropy().as_ref(),
        );
        match renewed {
            Ok(true) => {
                tracing::info!("renewed the hub's certificate");
                match files.certificate_ends_at_ms() {
                    Ok(ends_at_ms) => context.machine().note_certificate(ends_at_ms),
                    Err(error) => tracing::error!(error = %error, "could not read it back"),
                }
            }
            Ok(false) => {}
            Err(error) => tracing::error!(error = %error, "could not renew the certificate"),
        }
    }
}

/// Deletes sessions, codes and remembered answers that are over.
async fn tidy_once(context: &Context) -> Result<(), DbError> {
    users::purge(context).await?;
    stores::purge(context).await?;
    imports::purge(context).await?;
    let before_ms = context.now_ms() - KEPT_MS;
    while context
        .db()
        .write(move |tx| purge_older(tx, before_ms))
        .await?
        > 0
    {
        tokio::task::yield_now().await;
    }
    Ok(())
}

fn steady(every: Duration) -> tokio::time::Interval {
    let mut timer = interval(every);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    timer
}
