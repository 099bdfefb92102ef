//! However commands end, the numbers of each series run from 1 without a gap and none comes twice.

use std::collections::BTreeMap;
use std::path::Path;

use counterpart_daemon::db::{Db, DbError, DbOptions, Tx};
use counterpart_daemon::params;
use counterpart_protocol::facts::{Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, FactId, RegisterId, SaleId};
use counterpart_protocol::sales::{InvoiceIssued, PaperKind, PaperNumber, ReceiptNumber};
use counterpart_protocol::time::BusinessDate;
use proptest::prelude::*;

use super::{fold_issued, invoiced, next_paper};
use crate::sales::MIGRATIONS;

/// What may happen to a store server between two numbers.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// An invoice is issued for the sale of this number, if it has none.
    Issue(u8),
    /// The same, but what the command does after taking the number fails.
    RollBack(u8),
    /// Another kind of paper takes a number of its own range.
    Credit(u8),
    /// The program is killed and starts again.
    Crash,
    /// The database is brought back from a backup: a new incarnation.
    Restore,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => any::<u8>().prop_map(Step::Issue),
        3 => any::<u8>().prop_map(Step::RollBack),
        1 => any::<u8>().prop_map(Step::Credit),
        1 => Just(Step::Crash),
        1 => Just(Step::Restore),
    ]
}

fn open(file: &Path) -> Db {
    Db::open(DbOptions {
        readers: 1,
        reserve_bytes: 0,
        ..DbOptions::new("edge", file.to_owned(), 0x4370_5465, MIGRATIONS)
    })
    .unwrap()
}

fn take(tx: &mut Tx, kind: PaperKind, series: u32, sale: u8) -> Result<u32, DbError> {
    let sale_id = SaleId::from_parts(1, u128::from(sale));
    if kind == PaperKind::Invoice
        && let Some(known) = invoiced(tx, sale_id)?
    {
        return Ok(known.number.number);
    }
    let number = next_paper(tx, kind, series)?;
    let issued = InvoiceIssued {
        sale_id,
        receipt: ReceiptNumber {
            register: RegisterId(1),
            series: 1,
            number: 1,
        },
        number: PaperNumber {
            kind,
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(7),
            series,
            number,
        },
    };
    let header = Header {
        id: FactId::from_parts(1, 1),
        hlc: Hlc(1),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: Some(RegisterId(1)),
        staff: None,
    };
    fold_issued(tx, &Fact::new(header, &issued), &issued)?;
    Ok(number)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn numbers_have_no_gap_whatever_rolls_back_or_crashes(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("edge.db");
        let mut db = open(&file);
        let (mut series, mut expected) = (1, BTreeMap::<(String, u32), u32>::new());
        let mut invoices = BTreeMap::<u8, u32>::new();
        for step in steps {
            match step {
                Step::Issue(sale) => {
                    let taken = db
                        .write_blocking(move |tx| take(tx, PaperKind::Invoice, series, sale))
                        .unwrap();
                    let next = expected.entry(("invoice".to_owned(), series)).or_default();
                    match invoices.get(&sale) {
                        Some(known) => prop_assert_eq!(taken, *known),
                        None => {
                            *next += 1;
                            prop_assert_eq!(taken, *next);
                            invoices.insert(sale, taken);
                        }
                    }
                }
                Step::RollBack(sale) => {
                    let failed = db.write_blocking(move |tx| {
                        take(tx, PaperKind::Invoice, series, sale)?;
                        tx.execute("INSERT INTO no_such_table VALUES (1)", params![])
                    });
                    prop_assert!(failed.is_err());
                }
                Step::Credit(sale) => {
                    let next = expected.entry(("credit_note".to_owned(), series)).or_default();
                    *next += 1;
                    let taken = db
                        .write_blocking(move |tx| take(tx, PaperKind::CreditNote, series, sale))
                        .unwrap();
                    prop_assert_eq!(taken, *next);
                }
                Step::Crash => {
                    // What was committed is on disk; nothing else may matter.
                    drop(db);
                    db = open(&file);
                }
                Step::Restore => series += 1,
            }
        }
        let rows = db.write_blocking(|tx| {
            tx.query_all(
                "SELECT kind, series, COUNT(*), MAX(number) FROM issued_papers
                 GROUP BY kind, series",
                params![],
            )
        });
        for row in rows.unwrap() {
            let (kind, series): (String, u32) = (row.read(0).unwrap(), row.read(1).unwrap());
            let (count, highest): (u32, u32) = (row.read(2).unwrap(), row.read(3).unwrap());
            prop_assert_eq!(count, highest);
            prop_assert_eq!(expected.remove(&(kind, series)), Some(highest));
        }
        prop_assert!(expected.values().all(|left| *left == 0));
    }
}
