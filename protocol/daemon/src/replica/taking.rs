//! Taking a peer's batch in: every record gets its place, the bad ones go to quarantine.
//!
//! Nearly every batch is good to its last record, so its records are first believed together. Only
//! if one of them is not, all of that is undone and each is believed in a savepoint of its own. A
//! savepoint for each took a quarter of the writer's time (see `DESIGN.md`).

use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::sync::{
    Ack, BATCH_RECORDS_MAX, Batch, BatchRefused, FeedHead, Offered, RecordVerdict, Verdict,
    check_batch,
};
use counterpart_protocol::time::BusinessDate;

use super::Replica;
use super::days::DayCounts;
use super::feeds::{Stream, append_record, chain_at, put_head};
use super::inbound::{Believed, NotTaken};
use super::outbound::{OpenFeeds, last_hlc};
use super::quarantine::verdicts_between;
use super::sender::Sender;
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

/// What became of a batch, to be acknowledged once the transaction is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The acknowledgement.
    pub ack: Ack,
    /// Why nothing of the batch was taken, if nothing was.
    pub refused: Option<BatchRefused>,
}

/// How the records of a batch are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Believing {
    /// All of them, or none.
    Together,
    /// Each in a savepoint of its own.
    Alone,
}

/// Why records were not believed together.
enum NotTogether {
    /// One of them is not what it should be.
    Doubtful,
    /// The database: the whole batch is tried again.
    Db(DbError),
}

impl From<DbError> for NotTogether {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// What became of records.
struct Progress {
    held: FeedHead,
    verdicts: Vec<RecordVerdict>,
    hlc: Hlc,
}

impl Replica {
    pub(super) fn take_batch(
        &self,
        tx: &mut Tx,
        sender: &Sender<'_>,
        batch: &Batch,
    ) -> Result<Taken, DbError> {
        let stream = sender.stream;
        let intake = match self.check(tx, stream, sender, batch)? {
            Ok(intake) => intake,
            Err(refused) => {
                let ack = Ack {
                    held: sender.held,
                    verdicts: Vec::new(),
                };
                return Ok(Taken {
                    ack,
                    refused: Some(refused),
                });
            }
        };
        // A sender that repeats records did not hear what became of them.
        let mut verdicts = match batch.first_seq <= sender.held.seq {
            true if !seeded::has(Bug::VerdictsForgotten) => {
                let held = sender.held;
                verdicts_between(tx, stream, held.feed, batch.first_seq, held.seq)?
            }
            true | false => Vec::new(),
        };
        let together =
            tx.savepoint(|tx| self.take_records(tx, sender, &intake, Believing::Together));
        let taken = match together {
            Err(NotTogether::Doubtful) => self.take_records(tx, sender, &intake, Believing::Alone),
            taken => taken,
        };
        let Progress {
            held,
            verdicts: more,
            hlc,
        } = taken.map_err(|failed| match failed {
            NotTogether::Db(error) => error,
            NotTogether::Doubtful => unreachable!("each alone is quarantined alone"),
        })?;
        verdicts.extend(more);
        if held != sender.held {
            put_head(tx, stream, held, sender.actor, hlc)?;
            tx.scratch::<OpenFeeds>().hlc = Some(hlc);
        }
        Ok(Taken {
            ack: Ack { held, verdicts },
            refused: None,
        })
    }

    fn take_records(
        &self,
        tx: &mut Tx,
        sender: &Sender<'_>,
        intake: &[Offered],
        believing: Believing,
    ) -> Result<Progress, NotTogether> {
        let stream = sender.stream;
        let mut progress = Progress {
            held: sender.held,
            verdicts: Vec::new(),
            hlc: last_hlc(tx)?,
        };
        let mut days = DayCounts::default();
        tx.scratch::<OpenFeeds>().joined = None;
        for (at, offered) in intake.iter().enumerate() {
            let mut record = offered.record;
            if seeded::has(Bug::DateFromReader) {
                record.business_date = today(self.now_ms()).unwrap_or(record.business_date);
            }
            append_record(tx, stream, &record, offered.head, &mut days)?;
            progress.held = offered.head;
            if seeded::has(Bug::CursorWithoutEffect) && at > 0 && at + 1 == intake.len() {
                continue;
            }
            let verdict = match believing {
                Believing::Together => self.take_together(tx, sender, offered)?,
                Believing::Alone => self.take_record(tx, stream, sender, offered)?,
            };
            progress.verdicts.extend(verdict);
            if !seeded::has(Bug::HlcNotAbsorbed) {
                progress.hlc = progress.hlc.absorb(offered.record.hlc, self.wall_ms());
            }
        }
        days.write(tx, stream, progress.held.feed)?;
        tx.scratch::<OpenFeeds>().joined = None;
        Ok(progress)
    }

    /// Believes one record of several that are undone together if it is not to be believed.
    fn take_together(
        &self,
        tx: &mut Tx,
        sender: &Sender<'_>,
        offered: &Offered,
    ) -> Result<Option<RecordVerdict>, NotTogether> {
        match self.believe(tx, sender, offered) {
            Ok(Believed::As(Verdict::Stored)) => Ok(None),
            Ok(Believed::As(verdict)) => Ok(Some(RecordVerdict {
                seq: offered.record.seq,
                verdict,
                reason: None,
            })),
            Ok(Believed::Unfolded(_)) | Err(NotTaken::Content(_)) => Err(NotTogether::Doubtful),
            Err(NotTaken::Db(error)) => Err(NotTogether::Db(error)),
        }
    }

    fn check(
        &self,
        tx: &mut Tx,
        stream: Stream,
        sender: &Sender<'_>,
        batch: &Batch,
    ) -> Result<Result<Vec<Offered>, BatchRefused>, DbError> {
        let held = sender.held;
        // The check looks up only what the batch repeats, so that is read beforehand.
        let from = batch.first_seq.saturating_sub(1);
        let mut chains = Vec::new();
        if from < held.seq {
            // A longer batch is refused; it must not cost a look-up a record before that.
            let count = batch.records.len().min(BATCH_RECORDS_MAX) as u64;
            for seq in from..=(from + count).min(held.seq) {
                chains.push((seq, chain_at(tx, stream, held.feed, seq)?));
            }
        }
        let known = |seq: u64| {
            chains
                .iter()
                .find(|(at, _)| *at == seq)
                .and_then(|(_, chain)| *chain)
        };
        Ok(check_batch(held, batch, known).map(|intake| intake.new))
    }
}

/// Returns the day of a wall clock in milliseconds, as nobody may date what others stated.
fn today(now_ms: i64) -> Option<BusinessDate> {
    let days = i32::try_from(now_ms.div_euclid(86_400_000)).ok()?;
    BusinessDate::from_days(days).ok()
}
