//! Tells the open pages when a device, the line or a reading has changed.
//!
//! The pages look for themselves. It also switches the printer off in the middle of a receipt, if
//! that was asked for.

use counterpart_daemon::shutdown::Stage;

use super::{Desk, LINE, PRINTER, READINGS, RECEIPTS, SIGNER, TOOLS};

/// Lines on paper when a power failure that was asked for comes: in the middle of any receipt. They
/// are counted here: the printer counts bytes, and swallows a whole receipt before its first line.
const POWER_FAILS_AT: usize = 7;

/// Starts the tasks; they end with the stage.
pub(super) fn start(desk: &Desk, stage: &Stage) {
    let token = stage.token();
    let (watched, printer) = (desk.clone(), desk.parts.counter.printer().clone());
    stage.spawn("devices page: printer", {
        let token = token.clone();
        async move {
            let mut changes = printer.changes();
            let mut receipts = 0;
            while let Some(Ok(())) = token.run_until_cancelled(changes.changed()).await {
                let seen = printer.snapshot();
                let set = watched.set(&seen);
                let printed = seen.printing.as_ref().map_or(0, |piece| piece.lines.len());
                if set.power_fails && printed >= POWER_FAILS_AT {
                    printer.power_off();
                }
                watched.live.publish(PRINTER);
                let newest = seen.receipts.last().map_or(0, |receipt| receipt.number);
                if newest != receipts {
                    receipts = newest;
                    watched.live.publish(RECEIPTS);
                }
            }
        }
    });
    if let Some(signer) = &desk.parts.signer {
        let (live, mut changes) = (desk.live.clone(), signer.changes());
        let token = token.clone();
        stage.spawn("devices page: signer", async move {
            while let Some(Ok(())) = token.run_until_cancelled(changes.changed()).await {
                live.publish(SIGNER);
            }
        });
    }
    let counter = &desk.parts.counter;
    // A scale is asked twice in a second when it weighs; nothing of that is shown but its plate.
    for (name, mut changes) in [
        ("display", counter.display().changes()),
        ("label printer", counter.labels().changes()),
        ("terminal", counter.terminal().changes()),
    ] {
        let (live, token) = (desk.live.clone(), token.clone());
        stage.spawn(format!("devices page: {name}"), async move {
            while let Some(Ok(())) = token.run_until_cancelled(changes.changed()).await {
                live.publish(TOOLS);
            }
        });
    }
    let (live, mut changes) = (desk.live.clone(), desk.parts.line.changes());
    stage.spawn("devices page: line", {
        let token = token.clone();
        async move {
            while let Some(Ok(())) = token.run_until_cancelled(changes.changed()).await {
                live.publish(LINE);
            }
        }
    });
    let (live, mut readings) = (desk.live.clone(), desk.parts.readings.clone());
    stage.spawn("devices page: readings", async move {
        while let Some(Ok(())) = token.run_until_cancelled(readings.changed()).await {
            live.publish(READINGS);
        }
    });
}
