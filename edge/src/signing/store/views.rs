//! The views of signing: signatures, receipts without one, outages.

use counterpart_daemon::db::{DbError, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{OutageId, SaleId};
use counterpart_protocol::sales::{
    OutageReason, ReceiptUnsigned, SaleSigned, SigningOutageBegan, SigningOutageEnded,
};

use crate::signing::rules::{Mark, Standing};

/// An outage of the signer that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outage {
    /// Which.
    pub outage_id: OutageId,
    /// How it showed.
    pub reason: OutageReason,
    /// Since when, in milliseconds UTC.
    pub began_at_ms: i64,
}

/// Returns the outage that goes on, if one does.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn outage(tx: &mut Tx) -> Result<Option<Outage>, DbError> {
    let row = tx.query_opt(
        "SELECT outage_id, reason, began_at_ms FROM signing_outages
         WHERE ended_at_ms IS NULL ORDER BY began_at_ms DESC LIMIT 1",
        params![],
    )?;
    let Some(row) = row else { return Ok(None) };
    let word: String = row.read(1)?;
    let reason = OutageReason::from_word(&word).ok_or_else(|| DbError::Column {
        column: 1,
        sql: "signing_outages.reason".into(),
        mismatch: ValueMismatch {
            found: word,
            expected: "a reason of an outage".to_owned(),
        },
    })?;
    Ok(Some(Outage {
        outage_id: OutageId::from_bytes(row.read(0)?),
        reason,
        began_at_ms: row.read(2)?,
    }))
}

/// Returns how many paid sales have no signature that should have one.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn unsigned(tx: &mut Tx) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT (SELECT COUNT(*) FROM unsigned_receipts WHERE signed = 0)
              + (SELECT COUNT(*) FROM signings WHERE state IN ('unsigned', 'signing'))",
        params![],
    )?;
    row.read(0)
}

/// Returns what a receipt of the sale says of its signature.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When the stored fact is not the one that was folded.
pub(crate) fn mark_of(tx: &mut Tx, sale_id: SaleId) -> Result<Mark, DbError> {
    let id = sale_id.to_bytes();
    let signed = tx.query_opt(
        "SELECT fact FROM sale_signatures WHERE sale_id = $1",
        params![id],
    )?;
    if let Some(row) = signed {
        let bytes: Vec<u8> = row.read(0)?;
        let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
        let signed: SaleSigned = fact.read().expect("a folded fact could be read");
        let standing = match signed.outage_id {
            None => Standing::OnReceipt,
            Some(_) => Standing::Afterwards,
        };
        return Ok(Mark::Signed {
            signature: Box::new(signed.signature),
            standing,
        });
    }
    let row = tx.query_one(
        "SELECT (SELECT COUNT(*) FROM unsigned_receipts WHERE sale_id = $1),
                (SELECT COUNT(*) FROM signings WHERE sale_id = $1)",
        params![id],
    )?;
    Ok(match (row.read::<u32>(0)?, row.read::<u32>(1)?) {
        (0, 0) => Mark::None,
        (0, _) => Mark::Waiting,
        (_, _) => Mark::Failed,
    })
}

/// Folds signatures and outages into the views.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "signing"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::SaleSigned,
            Kind::ReceiptUnsigned,
            Kind::SigningOutageBegan,
            Kind::SigningOutageEnded,
        ]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        match fact.kind() {
            Some(Kind::SaleSigned) => fold_signed(tx, fact, &fact.read()?)?,
            Some(Kind::ReceiptUnsigned) => fold_unsigned(tx, fact, &fact.read()?)?,
            Some(Kind::SigningOutageBegan) => fold_began(tx, fact, &fact.read()?)?,
            _ => fold_ended(tx, fact, &fact.read()?)?,
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["sale_signatures", "unsigned_receipts", "signing_outages"]
    }
}

/// The first signature of a sale counts: there is no other, but for a store that was cloned.
fn fold_signed(tx: &mut Tx, fact: &Fact, signed: &SaleSigned) -> Result<(), DbError> {
    let id = signed.sale_id.to_bytes();
    tx.execute(
        "INSERT INTO sale_signatures (sale_id, signed_at_ms, fact) VALUES ($1, $2, $3)
         ON CONFLICT (sale_id) DO NOTHING",
        params![id, signed.signature.signed_at_ms, fact.encode_said()],
    )?;
    tx.execute(
        "UPDATE unsigned_receipts SET signed = 1 WHERE sale_id = $1",
        params![id],
    )?;
    Ok(())
}

fn fold_unsigned(tx: &mut Tx, fact: &Fact, unsigned: &ReceiptUnsigned) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO unsigned_receipts (sale_id, outage_id, printed_at_ms, signed)
         VALUES ($1, $2, $3,
             (SELECT COUNT(*) FROM sale_signatures WHERE sale_id = $1))
         ON CONFLICT (sale_id) DO NOTHING",
        params![
            unsigned.sale_id.to_bytes(),
            unsigned.outage_id.to_bytes(),
            at_ms(fact),
        ],
    )?;
    Ok(())
}

fn fold_began(tx: &mut Tx, fact: &Fact, began: &SigningOutageBegan) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO signing_outages (outage_id, reason, began_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (outage_id) DO NOTHING",
        params![began.outage_id.to_bytes(), began.reason.word(), at_ms(fact)],
    )?;
    Ok(())
}

fn fold_ended(tx: &mut Tx, fact: &Fact, ended: &SigningOutageEnded) -> Result<(), DbError> {
    tx.execute(
        "UPDATE signing_outages SET ended_at_ms = $1
         WHERE outage_id = $2 AND ended_at_ms IS NULL",
        params![at_ms(fact), ended.outage_id.to_bytes()],
    )?;
    Ok(())
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}
