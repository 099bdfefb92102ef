//! PostgreSQL's errors in our words.

use std::sync::Arc;

use postgres::Error;
use postgres::error::SqlState;

use crate::db::error::{ConstraintKind, DbError};

/// Turns an error of the engine into one of ours. `cut` tells that the connection is gone.
pub(super) fn failure(sql: &Arc<str>, error: Error, cut: bool) -> DbError {
    let Some(said) = error.as_db_error() else {
        return match cut || error.is_closed() {
            true => DbError::Lost {
                cause: Arc::new(error),
            },
            false => DbError::Statement {
                sql: sql.clone(),
                cause: Arc::new(error),
            },
        };
    };
    let code = said.code().clone();
    if let Some(kind) = constraint(&code) {
        return DbError::Constraint {
            kind,
            detail: said.message().to_owned(),
        };
    }
    let detail = said.message().to_owned();
    match code {
        SqlState::DISK_FULL => DbError::DiskFull {
            cause: Arc::new(error),
        },
        SqlState::IO_ERROR => DbError::Io {
            cause: Arc::new(error),
        },
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => DbError::Corrupt { detail },
        SqlState::READ_ONLY_SQL_TRANSACTION => DbError::ReadOnly { sql: sql.clone() },
        SqlState::LOCK_NOT_AVAILABLE => DbError::Busy {
            reason: "another command holds it for too long",
        },
        SqlState::QUERY_CANCELED => DbError::Busy {
            reason: "a statement took too long and was stopped",
        },
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            DbError::Conflict {
                cause: Arc::new(error),
            }
        }
        SqlState::INSUFFICIENT_PRIVILEGE => DbError::NotAllowed { detail },
        _ if cut || is_ending(&code) => DbError::Lost {
            cause: Arc::new(error),
        },
        _ => DbError::Statement {
            sql: sql.clone(),
            cause: Arc::new(error),
        },
    }
}

/// Tells whether the server is ending this connection.
fn is_ending(code: &SqlState) -> bool {
    let class = &code.code()[..2];
    matches!(class, "08")
        || *code == SqlState::ADMIN_SHUTDOWN
        || *code == SqlState::CRASH_SHUTDOWN
        || *code == SqlState::CANNOT_CONNECT_NOW
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
}

fn constraint(code: &SqlState) -> Option<ConstraintKind> {
    match *code {
        SqlState::UNIQUE_VIOLATION => Some(ConstraintKind::Unique),
        SqlState::FOREIGN_KEY_VIOLATION => Some(ConstraintKind::ForeignKey),
        SqlState::NOT_NULL_VIOLATION => Some(ConstraintKind::NotNull),
        SqlState::CHECK_VIOLATION | SqlState::NUMERIC_VALUE_OUT_OF_RANGE => {
            Some(ConstraintKind::Check)
        }
        SqlState::CHARACTER_NOT_IN_REPERTOIRE | SqlState::UNTRANSLATABLE_CHARACTER => {
            Some(ConstraintKind::Text)
        }
        _ => None,
    }
}
