//! The tables of pickups: the views of facts, and the work beside them.

mod bags;
mod bells;
mod cards;
mod checks;
mod names;
mod projection;
mod work;

pub(crate) use bags::{is_bag_seen, put_bag_seen};
pub(crate) use bells::{Sounded, bell, put_bell, put_reached, unanswered, unrung};
pub(crate) use cards::{Card, Cursor, CursorRefused, List, by_reference, card, cards, counts};
pub(crate) use checks::{
    Proof, Said, Screen, attempts, drop_attempts, drop_proof, open_screen, proof, put_attempts,
    put_proof, say, screen, shut_screen,
};
pub(crate) use names::{
    NameRow, any_forgotten, drop_forgotten, due_customers, name_row, named_pickups, new_customers,
    put_name,
};
pub(crate) use projection::Projected;
pub use work::{Unpicked, forget_work, youngest_unpicked};
pub(crate) use work::{
    add_scan, cancelling, drop_put_aways, drop_scans, order_of, overdue, put_aways, scan_put_away,
    scans, set_wanted, want_put_away,
};

use counterpart_daemon::db::{DbError, Row};
use counterpart_protocol::ids::{FulfilmentId, Sku};
use counterpart_protocol::orders::ReleaseReason;

fn read_fulfilment(row: &Row, index: usize) -> Result<FulfilmentId, DbError> {
    Ok(FulfilmentId::from_bytes(row.read(index)?))
}

fn read_sku(row: &Row, index: usize) -> Result<Sku, DbError> {
    let sku: String = row.read(index)?;
    Ok(sku.parse().expect("only checked SKUs are stored"))
}

fn read_because(row: &Row, index: usize) -> Result<ReleaseReason, DbError> {
    let word: String = row.read(index)?;
    let because = match word.as_str() {
        "cancelled" => ReleaseReason::Cancelled,
        "expired" => ReleaseReason::Expired,
        "refused" => ReleaseReason::Refused,
        other => {
            return Err(DbError::Corrupt {
                detail: format!("pickup_put_aways.because holds {other:?}"),
            });
        }
    };
    Ok(because)
}
