//! What several processes on one database must agree on beside its rows: whose it is, and whose
//! turn a piece of background work is.

use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::postgres::hold_turn;
use super::{Db, DbError, DbPlace};
use crate::params;

/// The right to do a piece of background work, until this is dropped or the process ends.
#[derive(Debug)]
pub struct Turn {
    // Held, never used: the thread that keeps the turn ends when this goes.
    _held: Option<Sender<()>>,
}

impl Db {
    /// Binds the database to what `owner` stands for, a certificate's fingerprint say, if it is not
    /// bound yet; tells whether it is the owner. A file lies beside what it belongs to and needs no
    /// binding.
    ///
    /// # Errors
    ///
    /// As [`Db::write`].
    pub fn belongs_to_blocking(&self, owner: [u8; 32]) -> Result<bool, DbError> {
        if self.place().file().is_some() {
            return Ok(true);
        }
        self.write_blocking(move |tx| {
            let sql = "UPDATE counterpart_mark SET owner = $1 WHERE owner IS NULL";
            tx.execute(sql, params![owner])?;
            let sql = "SELECT owner FROM counterpart_mark";
            let bound: [u8; 32] = tx.query_one(sql, params![])?.read(0)?;
            Ok(bound == owner)
        })
    }

    /// Takes the turn to do the work called `name`, unless another process has it. A process alone
    /// with its file always has.
    ///
    /// # Errors
    ///
    /// [`DbError::Unreachable`] and the other failures of a new connection.
    pub async fn turn(&self, name: &'static str) -> Result<Option<Turn>, DbError> {
        let DbPlace::Server(url) = self.place().clone() else {
            return Ok(Some(Turn { _held: None }));
        };
        let (answer, answered) = tokio::sync::oneshot::channel();
        let (held, keep) = channel();
        // A thread of its own: the connection that keeps the turn blocks when it is closed, too.
        let keeping = thread::Builder::new().name(format!("turn-{name}"));
        let started = keeping.spawn(move || {
            let taken = hold_turn(&url, name);
            let told = taken.as_ref().map(Option::is_some).map_err(Clone::clone);
            // Whoever asked may have gone: then the turn ends at once.
            if answer.send(told).is_ok() {
                keep.recv().ok();
            }
            drop(taken);
        });
        started.map_err(|cause| DbError::Open {
            path: name.into(),
            cause: std::sync::Arc::new(cause),
        })?;
        let taken = answered.await.unwrap_or(Err(DbError::Closed))?;
        Ok(taken.then_some(Turn { _held: Some(held) }))
    }
}
