//! Who this replica is as a writer: its edge number, incarnation and actor.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::{EdgeNumber, Incarnation, Writer};

use super::Replica;
use crate::db::{DbError, Tx};
use crate::entropy::random_bytes;
use crate::params;

/// A writer and the actor Automerge knows it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The edge and incarnation; for the hub its generation.
    pub writer: Writer,
    /// 16 random bytes, made with the incarnation.
    pub actor: Actor,
}

/// Returns which edge this node is, or nothing before it was enrolled. For views, which have no
/// replica at hand and must tell our own facts from those the hub forwards.
///
/// # Errors
///
/// Those of the database.
pub fn own_edge(tx: &mut Tx) -> Result<Option<EdgeNumber>, DbError> {
    let row = tx.query_opt("SELECT edge FROM replica_identity", params![])?;
    row.map(|row| row.read(0).map(EdgeNumber)).transpose()
}

impl Replica {
    /// Returns this replica's identity, or nothing before it was enrolled.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn identity(&self, tx: &mut Tx) -> Result<Option<Identity>, DbError> {
        let sql = "SELECT edge, incarnation, actor FROM replica_identity";
        let Some(row) = tx.query_opt(sql, params![])? else {
            return Ok(None);
        };
        let writer = Writer {
            edge: EdgeNumber(row.read(0)?),
            incarnation: Incarnation(row.read(1)?),
        };
        Ok(Some(Identity {
            writer,
            actor: Actor(row.read(2)?),
        }))
    }

    /// Gives this replica its first incarnation as `edge`, with a new actor, or returns the one it
    /// has if it is that edge already.
    ///
    /// # Errors
    ///
    /// Those of the database; a replica that is another edge is refused by the caller, who can
    /// compare the answer.
    pub fn become_edge(&self, tx: &mut Tx, edge: EdgeNumber) -> Result<Identity, DbError> {
        let incarnation = Incarnation(1);
        self.become_writer(tx, Writer { edge, incarnation })
    }

    /// Gives this replica its first identity as `writer`, with a new actor, or returns the one it
    /// has. A training store begins with it: what it writes is nobody's journal but its own.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn become_writer(&self, tx: &mut Tx, writer: Writer) -> Result<Identity, DbError> {
        if let Some(identity) = self.identity(tx)? {
            return Ok(identity);
        }
        let actor = Actor(random_bytes(self.inner.entropy.as_ref()));
        tx.execute(
            "INSERT INTO replica_identity (singleton, edge, incarnation, actor)
             VALUES (1, $1, $2, $3)",
            params![writer.edge.0, writer.incarnation.0, actor.0],
        )?;
        Ok(Identity { writer, actor })
    }
}
