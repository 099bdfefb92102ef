//! Tells the open pages when a device, the line or a reading has changed.
//!
//! It reads nothing and decides nothing: the pages look for themselves.

use counterpart_daemon::shutdown::Stage;

use super::{Desk, LINE, PRINTER, READINGS, RECEIPTS};

/// Starts the tasks; they end with the stage.
pub(super) fn start(desk: &Desk, stage: &Stage) {
    let token = stage.token();
    let (live, printer) = (desk.live.clone(), desk.parts.counter.printer().clone());
    stage.spawn("devices page: printer", {
        let token = token.clone();
        async move {
            let mut changes = printer.changes();
            let mut receipts = 0;
            while let Some(Ok(())) = token.run_until_cancelled(changes.changed()).await {
                live.publish(PRINTER);
                let newest = printer.snapshot().receipts.last().map_or(0, |r| r.number);
                if newest != receipts {
                    receipts = newest;
                    live.publish(RECEIPTS);
                }
            }
        }
    });
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
