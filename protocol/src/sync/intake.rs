//! Taking a batch in: which of its records are new, and does their chain hold?
//!
//! Used by both sides alike. Whether a record's *content* is believed is the import guard's
//! business; a record that fails there still has its place in the chain.

use super::feed::{FeedHead, Record};
use super::frames::{Batch, BatchRefused, WireRecord};
use super::{BATCH_RECORDS_MAX, Chain};
use crate::documents::ChangeHash;
use crate::ids::DocumentId;

/// A record a peer offers, with its place in the chain settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The record, under the hash the sender declared or the bytes have.
    pub record: Record,
    /// The feed's head after it.
    pub head: FeedHead,
    /// The bytes received.
    pub change: Vec<u8>,
    /// Whether the bytes have the declared hash; if not, they are quarantined.
    pub intact: bool,
}

/// The new records of a batch, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The records after the receiver's head.
    pub new: Vec<Offered>,
    /// How many records of the batch the receiver already held.
    pub duplicates: usize,
}

/// Decides what is new in `batch` for a receiver that holds the feed up to `held`.
///
/// `chain_at` returns the stored chain after a record at or before `held`, if it is still kept.
///
/// # Errors
/// [`BatchRefused`]; the receiver's head stays where it is and it answers with it.
pub fn check_batch(
    held: FeedHead,
    batch: &Batch,
    chain_at: impl Fn(u64) -> Option<Chain>,
) -> Result<Intake, BatchRefused> {
    check_form(held, batch)?;
    let mut head = FeedHead {
        feed: batch.feed,
        seq: batch.first_seq - 1,
        chain: chain_before(held, batch.first_seq, &chain_at)?,
    };
    let mut intake = Intake {
        new: Vec::new(),
        duplicates: 0,
    };
    for (at, sent) in batch.records.iter().enumerate() {
        let actual = ChangeHash::of(&sent.change);
        let declared = batch.hashes.as_ref().map_or(actual, |hashes| hashes[at]);
        let record = record_of(sent, head.seq + 1, declared)?;
        head = head.after(&record);
        if head.seq > held.seq {
            let change = sent.change.to_vec();
            intake.new.push(Offered {
                record,
                head,
                change,
                intact: actual == declared,
            });
        } else if chain_at(head.seq).is_some_and(|stored| stored != head.chain) {
            // A difference before the head is damage on the way unless hashes were declared too.
            return Err(blame(batch, BatchRefused::Fork));
        } else {
            intake.duplicates += 1;
        }
    }
    if head.chain == batch.end_chain {
        Ok(intake)
    } else {
        Err(blame(batch, BatchRefused::Malformed))
    }
}

/// A chain that does not hold asks for hashes first; with hashes it means what it says.
fn blame(batch: &Batch, with_hashes: BatchRefused) -> BatchRefused {
    if batch.hashes.is_some() {
        with_hashes
    } else {
        BatchRefused::ChainDiffers
    }
}

fn check_form(held: FeedHead, batch: &Batch) -> Result<(), BatchRefused> {
    let count = batch.records.len();
    let paired = batch
        .hashes
        .as_ref()
        .is_none_or(|hashes| hashes.len() == count);
    if batch.feed != held.feed {
        Err(BatchRefused::OtherFeed)
    } else if count == 0 || count > BATCH_RECORDS_MAX || batch.first_seq == 0 || !paired {
        Err(BatchRefused::Malformed)
    } else if batch.first_seq > held.seq + 1 {
        Err(BatchRefused::Gap)
    } else {
        Ok(())
    }
}

fn chain_before(
    held: FeedHead,
    first_seq: u64,
    chain_at: impl Fn(u64) -> Option<Chain>,
) -> Result<Chain, BatchRefused> {
    match first_seq - 1 {
        0 => Ok(Chain::GENESIS),
        before if before == held.seq => Ok(held.chain),
        // What we no longer keep we cannot compare: the sender starts at our head instead.
        before => chain_at(before).ok_or(BatchRefused::Gap),
    }
}

fn record_of(sent: &WireRecord, seq: u64, change: ChangeHash) -> Result<Record, BatchRefused> {
    let document: DocumentId = sent.document.parse().map_err(|_| BatchRefused::Malformed)?;
    Ok(Record {
        seq,
        kind_number: sent.kind_number,
        schema: sent.schema,
        document,
        change,
        business_date: sent.business_date,
        hlc: sent.hlc,
    })
}

#[cfg(test)]
mod tests {
    use super::{Intake, check_batch};
    use crate::documents::ChangeHash;
    use crate::hlc::Hlc;
    use crate::sync::{Batch, BatchRefused, Chain, FeedHead, FeedId, Record, WireRecord};
    use crate::time::BusinessDate;

    /// A feed of `count` records: the wire form, and the head after each.
    fn feed(count: u8) -> (Vec<WireRecord>, Vec<FeedHead>) {
        let business_date = BusinessDate::from_days(20_780).unwrap();
        let mut heads = vec![FeedHead::start(FeedId(1))];
        let mut records = Vec::new();
        for seq in 1..=count {
            let change = vec![seq; 20];
            let record = Record {
                seq: u64::from(seq),
                kind_number: 1,
                schema: 1,
                document: "7/1/0".parse().unwrap(),
                change: ChangeHash::of(&change),
                business_date,
                hlc: Hlc(u64::from(seq)),
            };
            heads.push(heads.last().unwrap().after(&record));
            records.push(WireRecord {
                kind_number: 1,
                schema: 1,
                document: "7/1/0".to_owned(),
                business_date,
                hlc: record.hlc,
                change: change.into(),
            });
        }
        (records, heads)
    }

    fn batch(from: usize, to: usize) -> (Batch, Vec<FeedHead>) {
        let (records, heads) = feed(9);
        let batch = Batch {
            feed: FeedId(1),
            first_seq: from as u64,
            records: records[from - 1..to].to_vec(),
            end_chain: heads[to].chain,
            hashes: None,
        };
        (batch, heads)
    }

    fn take(held: usize, batch: &Batch, heads: &[FeedHead]) -> Result<Intake, BatchRefused> {
        let chain_at = |seq: u64| {
            heads
                .get(usize::try_from(seq).unwrap())
                .map(|head| head.chain)
        };
        check_batch(heads[held], batch, |seq| {
            chain_at(seq).filter(|_| seq <= held as u64)
        })
    }

    #[test]
    fn only_what_is_new_is_taken_and_repeats_are_counted() {
        let (batch, heads) = batch(3, 6);
        let intake = take(4, &batch, &heads).unwrap();
        assert_eq!((intake.duplicates, intake.new.len()), (2, 2));
        assert_eq!(intake.new[1].head, heads[6]);
        assert_eq!(take(6, &batch, &heads).unwrap().new, []);
        assert_eq!(take(2, &batch, &heads).unwrap().new.len(), 4);
    }

    #[test]
    fn a_gap_is_refused() {
        let (batch, heads) = batch(4, 6);
        assert_eq!(take(2, &batch, &heads), Err(BatchRefused::Gap));
    }

    #[test]
    fn damage_is_found_by_the_chain_and_located_by_hashes() {
        let (honest, heads) = batch(3, 5);
        let mut damaged = honest.clone();
        damaged.records[1].change = vec![0xee; 20].into();
        assert_eq!(take(2, &damaged, &heads), Err(BatchRefused::ChainDiffers));
        let hash = |record: &WireRecord| ChangeHash::of(&record.change);
        damaged.hashes = Some(honest.records.iter().map(hash).collect());
        let intact: Vec<bool> = take(2, &damaged, &heads)
            .unwrap()
            .new
            .iter()
            .map(|offered| offered.intact)
            .collect();
        assert_eq!(intact, [true, false, true]);
    }

    #[test]
    fn another_feed_in_the_same_name_is_a_fork() {
        let (mut batch, heads) = batch(3, 6);
        batch.records[0].hlc = Hlc(77);
        let hashes = batch
            .records
            .iter()
            .map(|record| ChangeHash::of(&record.change))
            .collect();
        batch.hashes = Some(hashes);
        assert_eq!(take(4, &batch, &heads), Err(BatchRefused::Fork));
        batch.feed = FeedId(2);
        assert_eq!(take(4, &batch, &heads), Err(BatchRefused::OtherFeed));
    }

    #[test]
    fn a_malformed_batch_is_refused() {
        let (honest, heads) = batch(1, 3);
        let empty = Batch {
            records: Vec::new(),
            ..honest.clone()
        };
        let unnumbered = Batch {
            first_seq: 0,
            ..honest.clone()
        };
        let unpaired = Batch {
            hashes: Some(Vec::new()),
            ..honest.clone()
        };
        let mut unnamed = honest;
        unnamed.records[0].document = "nonsense".to_owned();
        for bad in [empty, unnumbered, unpaired, unnamed] {
            assert_eq!(take(0, &bad, &heads), Err(BatchRefused::Malformed));
        }
        assert_ne!(heads[1].chain, Chain::GENESIS);
    }
}
