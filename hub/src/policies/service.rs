//! Reads the policies in force, and publishes a changed version to every store.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::policies::Policies;

use super::rules::{self, Change, PolicyRefused};
use super::store::{self, VersionRow};
use crate::context::Context;
use crate::stores;
use crate::sync::{Prepared, Scope, publish};

/// Why policies did not change.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFailed {
    /// They would be wrong.
    #[error(transparent)]
    Refused(#[from] PolicyRefused),
    /// Somebody else was faster.
    #[error(
        "version {newest} of the policies was published meanwhile: look at it, then change it again"
    )]
    Overtaken {
        /// The newest version.
        newest: i64,
    },
    /// A fact could not be stated.
    #[error("could not tell the stores")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store the policies")]
    Db(#[from] DbError),
}

/// The policies in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InForce {
    pub(super) policies: Policies,
    /// The version they are; nothing before the first, when the defaults hold.
    pub(super) row: Option<VersionRow>,
}

impl InForce {
    /// Returns the number of the version, 0 before the first.
    pub(super) fn version(&self) -> i64 {
        self.row.as_ref().map_or(0, |row| row.version)
    }
}

/// Returns the policies in force: the newest version, or the defaults.
///
/// # Errors
/// Those of the database.
pub fn current(tx: &mut Tx) -> Result<Policies, DbError> {
    Ok(in_force(tx)?.policies)
}

pub(super) fn in_force(tx: &mut Tx) -> Result<InForce, DbError> {
    Ok(match store::newest(tx)? {
        Some((row, policies)) => InForce {
            policies,
            row: Some(row),
        },
        None => InForce {
            policies: Policies::default(),
            row: None,
        },
    })
}

/// Changes the policies and publishes them; a change that changes nothing makes no version.
/// Returns the version that holds then.
pub(super) fn change_in(
    context: &Context,
    tx: &mut Tx,
    based_on: i64,
    by: &str,
    change: Change,
) -> Result<i64, PolicyFailed> {
    let now = in_force(tx)?;
    let newest = now.version();
    if based_on != newest {
        return Err(PolicyFailed::Overtaken { newest });
    }
    let changed = change.words();
    let policies = rules::apply(now.policies.clone(), change)?;
    if policies == now.policies && newest > 0 {
        return Ok(newest);
    }
    if let Some(what) = rules::for_two(&policies.permissions)
        && let Some(store) = stores::with_lone_manager(tx)?
    {
        return Err(rules::too_few(what, &store).into());
    }
    let row = VersionRow {
        version: newest + 1,
        changed,
        published_at_ms: context.now_ms(),
        published_by: by.to_owned(),
    };
    store::add(tx, &row, &policies)?;
    // At most some hundred kilobytes by the bounds of the rules: packed within the transaction.
    let prepared = Prepared::of(&policies).expect("policies are bounded by their rules");
    publish(context, tx, &Scope::Everywhere, &prepared)?;
    tracing::info!(
        version = row.version,
        by,
        changed = row.changed,
        "published policies"
    );
    Ok(row.version)
}

impl ToProblem for PolicyFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(refused) => {
                Problem::refused("policies_refused", &sentence).field(refused.field, sentence)
            }
            Self::Overtaken { .. } => Problem::refused("policies_overtaken", sentence),
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
        }
    }
}
