//! The badges of staff: what their secrets hash to, and which count no longer.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::badges::{BadgeHash, Badges};
use counterpart_protocol::ids::{StaffId, StoreId};

/// Badges that were taken back and are told of, of one person: whoever finds an older one is told
/// that nobody has it.
const REVOKED_TOLD: usize = 20;

/// Returns the badges of a store's people, the newest first among those that were taken back.
pub(in crate::stores) fn of_store(
    tx: &mut Tx,
    store_id: &StoreId,
) -> Result<BTreeMap<StaffId, Badges>, DbError> {
    let rows = tx.query_all(
        "SELECT b.member_id, b.badge_sha256, b.revoked_at_ms FROM badges b
         JOIN members m ON m.member_id = b.member_id
         WHERE m.store_id = $1 AND m.left_at_ms IS NULL
         ORDER BY b.made_at_ms DESC, b.badge_sha256",
        params![store_id.as_str()],
    )?;
    let mut found: BTreeMap<StaffId, Badges> = BTreeMap::new();
    for row in &rows {
        let (member_id, hash, is_revoked) = read(row)?;
        let badges = found.entry(member_id).or_default();
        match is_revoked {
            Revoked::No => badges.current = Some(hash),
            Revoked::Yes if badges.revoked.len() < REVOKED_TOLD => badges.revoked.push(hash),
            Revoked::Yes => {}
        }
    }
    Ok(found)
}

/// Whether a badge was taken back.
enum Revoked {
    No,
    Yes,
}

fn read(row: &Row) -> Result<(StaffId, BadgeHash, Revoked), DbError> {
    let revoked_at_ms: Option<i64> = row.read(2)?;
    let revoked = match revoked_at_ms {
        None => Revoked::No,
        Some(_) => Revoked::Yes,
    };
    let (member_id, hash) = (StaffId::from_bytes(row.read(0)?), BadgeHash(row.read(1)?));
    Ok((member_id, hash, revoked))
}

/// Keeps a new badge; the one before is to be taken back first.
pub(in crate::stores) fn add(
    tx: &mut Tx,
    member_id: StaffId,
    hash: BadgeHash,
    (made_at_ms, made_by): (i64, &str),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO badges (badge_sha256, member_id, made_at_ms, made_by)
         VALUES ($1, $2, $3, $4)",
        params![hash.0, member_id.to_bytes(), made_at_ms, made_by],
    )?;
    Ok(())
}

/// Takes the badges of somebody back that count; tells how many there were.
pub(in crate::stores) fn revoke(
    tx: &mut Tx,
    member_id: StaffId,
    now_ms: i64,
) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE badges SET revoked_at_ms = $2 WHERE member_id = $1 AND revoked_at_ms IS NULL",
        params![member_id.to_bytes(), now_ms],
    )
}
