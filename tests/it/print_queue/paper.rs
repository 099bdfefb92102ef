//! What lies on the counter after a life of the print queue, as a person reads it.

use counterpart_edge::devices::{PrintJob, PrintKind};
use counterpart_hardware::PrinterSnapshot;
use counterpart_protocol::ids::PrintJobId;

/// More than a shop here ever sells.
const SALES_MAX: u32 = 1_000;

/// How often a piece of paper names a sale, marked or not.
pub(crate) fn pieces(paper: &PrinterSnapshot, sale: u32, kind: PrintKind) -> usize {
    let hanging = paper.printing.iter();
    let all = paper.receipts.iter().map(AsRef::as_ref).chain(hanging);
    let named = format!("SALE {sale:04}");
    all.filter(|piece| {
        piece.text.contains(&named) && piece.text.contains("COPY") == (kind == PrintKind::Copy)
    })
    .count()
}

/// Whether a whole receipt of a sale lies there.
pub(crate) fn whole(paper: &PrinterSnapshot, sale: u32, kind: PrintKind) -> bool {
    let (first, last) = (format!("SALE {sale:04}"), format!("END {sale:04}"));
    paper.receipts.iter().any(|piece| {
        let marked = piece.text.contains("COPY") == (kind == PrintKind::Copy);
        piece.complete && marked && piece.text.contains(&first) && piece.text.contains(&last)
    })
}

pub(crate) fn job_id(kind: PrintKind, sale: u32) -> PrintJobId {
    PrintJobId::from_parts(u64::from(kind == PrintKind::Copy), u128::from(sale))
}

/// Which sale a job is of.
pub(crate) fn sale_of(job: &PrintJob) -> u32 {
    let known = (1..=SALES_MAX).find(|sale| job_id(job.kind, *sale) == job.job_id);
    known.expect("every job here is of a sale")
}
