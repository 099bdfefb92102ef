//! A hub that could not use a record once: the state an older version leaves behind.
//!
//! It makes the state; what a hub must do with it the journeys say.

use counterpart_daemon::params;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_hub::RunningHub;

/// Leaves the n-th sale that came from the first edge (from 1) in quarantine with its bytes, its
/// fact unknown and every view without it. Returns the number of its record.
///
/// # Panics
///
/// When the hub does not hold so many sales.
pub async fn a_sale(hub: &RunningHub, nth: usize) -> i64 {
    let (db, now_ms) = (hub.context().db(), hub.context().now_ms());
    let replica = hub.context().replica().clone();
    let work = db.write(move |tx| -> Result<i64, ReplicaFailed> {
        let rows = tx.query_all(
            "SELECT r.seq, r.change_hash, c.bytes FROM feed_records r
             JOIN changes c ON c.change_hash = r.change_hash
             WHERE r.direction = 'in' AND r.peer = 1 AND r.kind = 1 ORDER BY r.seq",
            params![],
        )?;
        let row = &rows[nth - 1];
        let (seq, change): (i64, [u8; 32]) = (row.read(0)?, row.read(1)?);
        tx.execute(
            "INSERT INTO quarantine (direction, peer, feed, seq, reason, bytes, noticed_at_ms)
             VALUES ('in', 1, 1, $1, 'an older hub could not use it', $2, $3)",
            params![seq, row.read::<Vec<u8>>(2)?, now_ms],
        )?;
        tx.execute("DELETE FROM facts WHERE change_hash = $1", params![change])?;
        tx.execute(
            "DELETE FROM changes WHERE change_hash = $1",
            params![change],
        )?;
        replica.rebuild(tx)?;
        Ok(seq)
    });
    work.await.expect("the hub's database takes it")
}
