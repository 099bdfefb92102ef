//! The SQL of groups of customers.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::GroupId;

use super::regulars::Parsed;

fn group(row: &Row) -> Result<CustomerGroup, DbError> {
    Ok(CustomerGroup {
        id: row.read::<Parsed<GroupId>>(0)?.0,
        name: row.read(1)?,
        joined_at_tills: row.read(2)?,
    })
}

/// Returns the groups, by slug: there are fifty at most.
pub(in crate::customers) fn groups(tx: &mut Tx) -> Result<Vec<CustomerGroup>, DbError> {
    let rows = tx.query_all(
        "SELECT group_id, name, joined_at_tills FROM customer_groups ORDER BY group_id",
        params![],
    )?;
    rows.iter().map(group).collect()
}

/// Puts a group in the place of the one with its slug.
pub(in crate::customers) fn put_group(
    tx: &mut Tx,
    group: &CustomerGroup,
    (by, now_ms): (&str, i64),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO customer_groups (group_id, name, joined_at_tills, changed_at_ms, changed_by)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (group_id) DO UPDATE
         SET name = excluded.name, joined_at_tills = excluded.joined_at_tills,
             changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by",
        params![
            group.id.as_str(),
            &group.name,
            group.joined_at_tills,
            now_ms,
            by
        ],
    )?;
    Ok(())
}

/// Takes the mark from the group that is joined at tills, if there is one.
pub(in crate::customers) fn unmark_joined(tx: &mut Tx) -> Result<(), DbError> {
    let sql = "UPDATE customer_groups SET joined_at_tills = 0 WHERE joined_at_tills = 1";
    tx.execute(sql, params![]).map(|_| ())
}

pub(in crate::customers) fn remove_group(tx: &mut Tx, id: &GroupId) -> Result<(), DbError> {
    let sql = "DELETE FROM customer_groups WHERE group_id = $1";
    tx.execute(sql, params![id.as_str()]).map(|_| ())
}
