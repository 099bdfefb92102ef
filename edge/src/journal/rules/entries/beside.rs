//! The entries of facts that are no sale and no return: papers, cash, cards, tills. Each makes one.

use counterpart_protocol::approvals::{
    ApprovalBecause, ApprovalGiven, ApprovalRefused, OperationApproved, OperationRefused, ShownAs,
};
use counterpart_protocol::facts::{BodyRefused, Fact, Kind};
use counterpart_protocol::sales::{
    CardGivenBack, CardSettled, GiftReceiptPrinted, InvoiceIssued, InvoiceReprinted,
    ReceiptReprinted,
};
use counterpart_protocol::shifts::{
    CashMoved, DrawerOpened, ReportReprinted, SafeBooked, ShiftClosed, ShiftOpened, TerminalCounted,
};

use super::{Entry, EntryKind};

/// Returns the entry of a fact that is no sale and no return; nothing for what no register does.
pub(super) fn beside_sales(fact: &Fact, blank: Entry) -> Result<Option<Entry>, BodyRefused> {
    Ok(Some(match fact.kind() {
        Some(Kind::DrawerOpened) => {
            let opened: DrawerOpened = fact.read()?;
            Entry {
                kind: EntryKind::NoSale,
                why: vec![opened.reason.unwrap_or(opened.cause)],
                ..blank
            }
        }
        Some(Kind::CashMoved) => cash(blank, fact.read()?),
        Some(Kind::CardGivenBack) => {
            let back: CardGivenBack = fact.read()?;
            Entry {
                kind: EntryKind::Card,
                amount_minor: Some(back.amount_minor),
                why: vec!["given_back".to_owned()],
                ..blank
            }
        }
        Some(Kind::CardSettled) => {
            let settled: CardSettled = fact.read()?;
            Entry {
                kind: EntryKind::Card,
                staff: Some(settled.by),
                amount_minor: Some(settled.amount_minor),
                why: vec![settled.said.word().to_owned()],
                ..blank
            }
        }
        Some(Kind::TerminalCounted) => terminal(blank, &fact.read()?),
        Some(Kind::ShiftOpened) => {
            let opened: ShiftOpened = fact.read()?;
            Entry {
                kind: EntryKind::Till,
                amount_minor: opened.float.total_minor(),
                why: vec!["opened".to_owned()],
                ..blank
            }
        }
        Some(Kind::ShiftClosed) => closed(blank, fact.read()?),
        Some(Kind::CashierChanged) => Entry {
            kind: EntryKind::Till,
            why: vec!["cashier_changed".to_owned()],
            ..blank
        },
        Some(Kind::SafeBooked) => safe(blank, fact.read()?),
        Some(Kind::ApprovalRefused) => refused(blank, &fact.read()?),
        Some(Kind::ApprovalGiven) => given(blank, &fact.read()?),
        Some(Kind::OperationRefused) => {
            let refused: OperationRefused = fact.read()?;
            Entry {
                kind: EntryKind::Approval,
                why: vec!["not_permitted".to_owned(), refused.operation],
                ..blank
            }
        }
        Some(Kind::OperationApproved) => {
            let approved: OperationApproved = fact.read()?;
            Entry {
                kind: EntryKind::Approval,
                approved_by: Some(approved.by),
                why: vec!["operation_approved".to_owned(), approved.operation],
                ..blank
            }
        }
        Some(_) | None => return paper(fact, blank),
    }))
}

/// What a terminal counted, and whether that is what the store holds.
fn terminal(blank: Entry, counted: &TerminalCounted) -> Entry {
    let why = match (&counted.terminal, counted.agrees()) {
        (None, _) => "terminal_not_known",
        (Some(_), true) => "terminal_agrees",
        (Some(_), false) => "terminal_differs",
    };
    Entry {
        kind: EntryKind::Card,
        amount_minor: counted.over_short_minor(),
        why: vec![why.to_owned()],
        ..blank
    }
}

/// What was printed again, or beside a receipt.
fn paper(fact: &Fact, blank: Entry) -> Result<Option<Entry>, BodyRefused> {
    Ok(Some(match fact.kind() {
        Some(Kind::ReceiptReprinted) => {
            let again: ReceiptReprinted = fact.read()?;
            Entry {
                kind: EntryKind::Reprint,
                ..blank.receipt(again.receipt, again.sale_id)
            }
        }
        Some(Kind::GiftReceiptPrinted) => {
            let gift: GiftReceiptPrinted = fact.read()?;
            Entry {
                kind: EntryKind::Reprint,
                why: vec!["gift".to_owned()],
                ..blank.receipt(gift.receipt, gift.sale_id)
            }
        }
        Some(Kind::InvoiceIssued) => {
            let issued: InvoiceIssued = fact.read()?;
            Entry {
                kind: EntryKind::Invoice,
                ..blank.paper(&issued.number, issued.sale_id)
            }
        }
        Some(Kind::InvoiceReprinted) => {
            let again: InvoiceReprinted = fact.read()?;
            Entry {
                kind: EntryKind::Reprint,
                ..blank.paper(&again.number, again.sale_id)
            }
        }
        Some(Kind::ReportReprinted) => {
            fact.read::<ReportReprinted>()?;
            Entry {
                kind: EntryKind::Reprint,
                ..blank
            }
        }
        Some(_) | None => return Ok(None),
    }))
}

fn cash(blank: Entry, moved: CashMoved) -> Entry {
    let mut why = vec![moved.movement.word().to_owned()];
    why.extend(moved.reason);
    Entry {
        kind: EntryKind::Cash,
        approved_by: moved.approved_by,
        amount_minor: Some(moved.amount_minor),
        why,
        ..blank
    }
}

fn safe(blank: Entry, booked: SafeBooked) -> Entry {
    let mut why = vec![booked.entry.word().to_owned()];
    why.extend(booked.reason);
    Entry {
        kind: EntryKind::Cash,
        amount_minor: Some(booked.amount_minor),
        why,
        ..blank
    }
}

/// Who asked is the fact's; whose PIN it was, if anybody's, stands where who approved would.
fn refused(blank: Entry, refused: &ApprovalRefused) -> Entry {
    let why = match (refused.because, refused.with) {
        (ApprovalBecause::WrongPin, None) => "wrong_pin",
        (ApprovalBecause::WrongPin, Some(ShownAs::Badge)) => "wrong_badge",
        (ApprovalBecause::NotAManager, _) => "not_a_manager",
    };
    Entry {
        kind: EntryKind::Approval,
        approved_by: refused.by,
        why: vec![why.to_owned()],
        ..blank
    }
}

/// Who asked is the fact's; what was approved stands in a fact of its own, beside this one.
fn given(blank: Entry, given: &ApprovalGiven) -> Entry {
    let why = match given.with {
        ShownAs::Badge => "by_badge",
    };
    Entry {
        kind: EntryKind::Approval,
        approved_by: Some(given.by),
        why: vec![why.to_owned()],
        ..blank
    }
}

fn closed(blank: Entry, closed: ShiftClosed) -> Entry {
    Entry {
        kind: EntryKind::Till,
        number: Some(format!("Z {}", closed.z_number)),
        tail: Some(closed.z_number),
        amount_minor: closed.counted.total_minor(),
        why: vec!["closed".to_owned()],
        ..blank
    }
}
