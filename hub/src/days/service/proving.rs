//! Makes the proof of a day anew from what the hub holds.

use std::fmt::Write as _;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::Replica;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::time::BusinessDate;

use crate::days::rules::{Aside, DayState, EdgeDay, Held, kind_word};
use crate::days::store::{self, SealRow};

/// Returns what a day of each of these store servers proves; of one that has nothing of the day,
/// nothing.
///
/// # Errors
/// Those of the database.
pub fn proof(
    replica: &Replica,
    tx: &mut Tx,
    edges: &[EdgeNumber],
    date: BusinessDate,
) -> Result<Vec<EdgeDay>, DbError> {
    let mut proofs = Vec::new();
    for edge in edges {
        let seals = store::seals_of(tx, *edge, date)?;
        for seal in &seals {
            proofs.push(of_seal(replica, tx, seal)?);
        }
        if seals.is_empty()
            && let Some(open) = of_open(replica, tx, *edge, date)?
        {
            proofs.push(open);
        }
    }
    Ok(proofs)
}

/// Returns what a sealed day proves.
pub(super) fn of_seal(replica: &Replica, tx: &mut Tx, row: &SealRow) -> Result<EdgeDay, DbError> {
    let (edge, sealed) = (row.edge, &row.sealed);
    let (body, run) = (&sealed.body, (edge, sealed.run));
    let date = body.business_date;
    let between = match body.previous {
        Some(previous) => replica.received_between(tx, run, previous, date)?,
        None => 0,
    };
    let held = Held {
        chain: replica.chain_received(tx, run, body.after_seq)?,
        day: replica.day_received(tx, run, date, row.seq)?,
        between,
        receipts: store::receipts(tx, edge, date, Some(&body.sums))?,
        papers: store::papers(tx, edge, date, Some(&body.sums))?,
        takings: store::takings(tx, edge, date)?,
        // Once the hub has countersigned, nobody goes back through all that moved since.
        stock: match sealed.countersigned_at_ms {
            None => Some(store::shelf_at(tx, edge, row.hlc)?),
            Some(_) => None,
        },
        aside: aside(replica, tx, edge, date)?,
    };
    let late = store::late(tx, edge, date)?;
    Ok(EdgeDay::of(edge, date, held, Some(sealed), late))
}

fn aside(
    replica: &Replica,
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<Vec<Aside>, DbError> {
    let found = replica.day_set_aside(tx, edge, date)?.into_iter();
    Ok(found
        .map(|aside| Aside {
            run: aside.record.feed,
            seq: aside.record.seq,
            kind: kind_word(aside.kind_number),
            reason: aside.record.reason,
        })
        .collect())
}

/// Returns what is known of a day whose seal has not come.
fn of_open(
    replica: &Replica,
    tx: &mut Tx,
    edge: EdgeNumber,
    date: BusinessDate,
) -> Result<Option<EdgeDay>, DbError> {
    let Some(day) = replica.day_of_newest_run(tx, edge, date)? else {
        return Ok(None);
    };
    let held = Held {
        chain: None,
        day,
        between: 0,
        receipts: store::receipts(tx, edge, date, None)?,
        papers: store::papers(tx, edge, date, None)?,
        takings: store::takings(tx, edge, date)?,
        stock: None,
        aside: aside(replica, tx, edge, date)?,
    };
    let late = store::late(tx, edge, date)?;
    Ok(Some(EdgeDay::of(edge, date, held, None, late)))
}

/// A day of a store in a list.
#[derive(Debug, Clone)]
pub(crate) struct DayLine {
    pub(crate) business_date: BusinessDate,
    pub(crate) state: DayState,
    pub(crate) records: u64,
    pub(crate) receipts: i64,
    pub(crate) total_minor: i64,
    pub(crate) sealed_at_ms: Option<i64>,
    pub(crate) countersigned_at_ms: Option<i64>,
    pub(crate) quarantined: usize,
}

/// Returns the days of a store's servers, the newest first, before `before`, at most `limit`. How
/// each stands is what was found when it was last compared.
pub(crate) fn lines(
    replica: &Replica,
    tx: &mut Tx,
    edges: &[EdgeNumber],
    before: Option<BusinessDate>,
    limit: u32,
) -> Result<Vec<DayLine>, DbError> {
    let mut dates: Vec<BusinessDate> = Vec::new();
    for edge in edges {
        let received = replica.days_received(tx, *edge, before, limit)?;
        dates.extend(received.into_iter().map(|(date, _)| date));
        dates.extend(store::sealed_dates(tx, *edge, before, limit)?);
    }
    dates.sort_unstable_by(|one, other| other.cmp(one));
    dates.dedup();
    dates.truncate(limit as usize);
    let each = dates.into_iter();
    each.map(|date| line(replica, tx, edges, date)).collect()
}

fn line(
    replica: &Replica,
    tx: &mut Tx,
    edges: &[EdgeNumber],
    date: BusinessDate,
) -> Result<DayLine, DbError> {
    let mut line = DayLine {
        business_date: date,
        state: DayState::Countersigned,
        records: 0,
        receipts: 0,
        total_minor: 0,
        sealed_at_ms: None,
        countersigned_at_ms: None,
        quarantined: 0,
    };
    let mut worst = None;
    for edge in edges {
        let records = replica.records_of_day(tx, *edge, date)?;
        let seals = store::seals_of(tx, *edge, date)?;
        if records == 0 && seals.is_empty() {
            continue;
        }
        let (sales, total_minor) = store::sold(tx, *edge, date)?;
        line.records += records;
        line.receipts = line.receipts.saturating_add(sales);
        line.total_minor = line.total_minor.saturating_add(total_minor);
        line.quarantined += replica.day_set_aside(tx, *edge, date)?.len();
        let states = seals.iter().map(state_of);
        let state = states.max_by_key(weight).unwrap_or(DayState::Open);
        worst = worst.into_iter().chain([state]).max_by_key(weight);
        let newest = seals.iter().map(|seal| seal.sealed.sealed_at_ms).max();
        line.sealed_at_ms = line.sealed_at_ms.max(newest);
        let said = seals
            .iter()
            .filter_map(|seal| seal.sealed.countersigned_at_ms);
        line.countersigned_at_ms = line.countersigned_at_ms.max(said.max());
    }
    line.state = match worst {
        Some(DayState::Countersigned) if line.quarantined > 0 => DayState::Differs,
        Some(state) => state,
        None => DayState::Open,
    };
    Ok(line)
}

fn state_of(seal: &SealRow) -> DayState {
    match (seal.sealed.countersigned_at_ms, seal.differences) {
        (Some(_), _) => DayState::Countersigned,
        (None, 0) => DayState::Sealed,
        (None, _) => DayState::Differs,
    }
}

/// Which of several servers' states stands for the day: the one that needs somebody most.
const fn weight(state: &DayState) -> u8 {
    match state {
        DayState::Countersigned => 0,
        DayState::Sealed => 1,
        DayState::Open => 2,
        DayState::Differs => 3,
    }
}

/// Returns what every day of these store servers proves, the newest first, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn proof_of_days(
    replica: &Replica,
    tx: &mut Tx,
    edges: &[EdgeNumber],
    limit: u32,
) -> Result<Vec<EdgeDay>, DbError> {
    let mut proofs = Vec::new();
    for line in lines(replica, tx, edges, None, limit)? {
        proofs.extend(proof(replica, tx, edges, line.business_date)?);
    }
    Ok(proofs)
}

/// Writes proofs for a person at a command line.
#[must_use]
pub fn days_text(days: &[EdgeDay]) -> String {
    let mut text = String::new();
    for day in days {
        writing(&mut text, day).expect("a String takes every text");
    }
    text.trim_end().to_owned()
}

fn writing(text: &mut String, day: &EdgeDay) -> std::fmt::Result {
    let proven = match (day.state, day.is_whole()) {
        (DayState::Countersigned, true) => "sealed and countersigned",
        (DayState::Sealed, true) => "sealed, not compared yet",
        (DayState::Open, true) => "not sealed yet: nothing is proved",
        (DayState::Open, false) => "not sealed yet, and not whole",
        (_, _) => "DIFFERS from what was sealed",
    };
    let (date, edge, records) = (day.business_date, day.edge, day.records);
    writeln!(text, "{date}, edge {edge}: {proven} ({records} records)")?;
    for series in &day.receipts {
        writeln!(text, "  receipts {}", series.sentence())?;
    }
    for series in &day.papers {
        writeln!(text, "  invoices {}", series.sentence())?;
    }
    for takings in &day.takings {
        let tenders = takings.tenders.iter();
        let tenders: Vec<String> = tenders.map(|(kind, sum)| format!("{kind} {sum}")).collect();
        writeln!(
            text,
            "  {} sales, {} {} in minor units ({})",
            takings.sales,
            takings.total_minor,
            takings.currency,
            tenders.join(", ")
        )?;
    }
    writeln!(text, "  {} records in quarantine", day.aside.len())?;
    writeln!(text, "  digest {}", day.digest)?;
    for late in &day.late {
        let (facts, on) = (late.facts, late.counted_on);
        writeln!(text, "  {facts} facts came late and count for {on}")?;
    }
    for difference in &day.differences {
        writeln!(text, "  DIFFERS {}", difference.sentence())?;
    }
    Ok(())
}
