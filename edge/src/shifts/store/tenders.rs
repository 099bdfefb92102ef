//! The view of what was paid and given back in a shift other than in cash.

use counterpart_daemon::db::{DbError, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::ShiftId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{SaleRecorded, Tender, TenderKind};
use counterpart_protocol::shifts::ShiftTender;

/// Returns what was paid and given back in a shift other than in cash; nothing when nothing was.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn tenders(tx: &mut Tx, shift_id: ShiftId) -> Result<Option<Vec<ShiftTender>>, DbError> {
    let rows = tx.query_all(
        "SELECT kind, payments, taken_minor, refunds, back_minor, currency, counts_minor
         FROM shift_tenders WHERE shift_id = $1 ORDER BY kind, currency",
        params![shift_id.to_bytes()],
    )?;
    let all = rows.iter().map(|row| {
        let currency: String = row.read(5)?;
        let currency: Option<Currency> = currency.parse().ok();
        let (word, counts): (String, i64) = (row.read(0)?, row.read(6)?);
        let kind = kind(word)?;
        let is_counted_apart = matches!(kind, TenderKind::ForeignCash | TenderKind::Voucher);
        Ok(ShiftTender {
            currency,
            counts_minor: is_counted_apart.then_some(Minor(counts)),
            kind,
            payments: row.read(1)?,
            taken_minor: Minor(row.read(2)?),
            refunds: row.read(3)?,
            back_minor: Minor(row.read(4)?),
        })
    });
    let all = all.collect::<Result<Vec<_>, DbError>>()?;
    Ok((!all.is_empty()).then_some(all))
}

fn kind(word: String) -> Result<TenderKind, DbError> {
    let found = TenderKind::ALL.into_iter().find(|kind| kind.word() == word);
    found.ok_or_else(|| DbError::Column {
        column: 0,
        sql: "shift_tenders.kind".into(),
        mismatch: ValueMismatch {
            found: word,
            expected: "a kind of tender".to_owned(),
        },
    })
}

/// Folds sales and returns into what was paid and given back other than in cash.
pub(crate) struct TendersProjected;

impl Projection for TendersProjected {
    fn name(&self) -> &'static str {
        "shift_tenders"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReturnRecorded]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let (shift_id, tenders, is_sale) = if fact.kind() == Some(Kind::SaleRecorded) {
            let sale: SaleRecorded = fact.read()?;
            (sale.shift_id, sale.tenders, true)
        } else {
            let recorded: ReturnRecorded = fact.read()?;
            (recorded.shift_id, recorded.tenders, false)
        };
        let others = tenders.iter().filter(|it| it.kind != TenderKind::Cash);
        for tender in others {
            let amount = tender.amount_minor;
            let moved = match is_sale {
                true => [1, amount.0, 0, 0],
                false => [0, 0, 1, amount.0],
            };
            fold(tx, shift_id, tender, moved)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["shift_tenders"]
    }
}

fn fold(
    tx: &mut Tx,
    shift_id: ShiftId,
    tender: &Tender,
    [payments, taken, refunds, back]: [i64; 4],
) -> Result<(), DbError> {
    let foreign = tender.foreign.as_ref();
    let face = tender.voucher.as_ref().map(|it| it.face_minor);
    let counts = foreign
        .map(|it| it.amount_minor)
        .or(face)
        .map_or(0, |it| it.0);
    tx.execute(
        "INSERT INTO shift_tenders (shift_id, kind, payments, taken_minor, refunds, back_minor,
             currency, counts_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (shift_id, kind, currency) DO UPDATE SET
             payments = payments + excluded.payments,
             taken_minor = taken_minor + excluded.taken_minor,
             refunds = refunds + excluded.refunds, back_minor = back_minor + excluded.back_minor,
             counts_minor = counts_minor + excluded.counts_minor",
        params![
            shift_id.to_bytes(),
            tender.kind.word(),
            payments,
            taken,
            refunds,
            back,
            foreign.map_or("", |it| it.currency.code()),
            counts,
        ],
    )?;
    Ok(())
}
