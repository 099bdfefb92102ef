//! What a good file changes, by its subject. Each part may be done again and then changes nothing.

use std::collections::BTreeMap;

use counterpart_protocol::ids::StoreId;

use super::work::note;
use super::{ImportFailed, Said};
use crate::catalog::{self, Edition, News};
use crate::context::Context;
use crate::customers;
use crate::imports::rules::{
    BuyerRow, OrderRows, PersonRow, PinGiven, RowProblem, Rows, assortment,
};
use crate::imports::store::{self, Import, Pin};
use crate::openings::{self, Opening};
use crate::orders::{self, Imported};
use crate::prices;
use crate::stores::{self, Brought, Joined, Newcomer, PinBrought};

/// The longest name of a file in a store's papers (`OpeningBalanceSent`).
const REFERENCE_CHARS_MAX: usize = 40;

/// Customers brought in by one transaction: some 20 ms, in which a till's records wait.
const CHUNK: usize = 500;

/// What applying a file came to.
pub(super) struct Outcome {
    /// In words.
    pub(super) sentence: String,
    /// Rows that only turned out to be bad when they were applied.
    pub(super) problems: Vec<RowProblem>,
}

impl From<String> for Outcome {
    fn from(sentence: String) -> Self {
        Self {
            sentence,
            problems: Vec::new(),
        }
    }
}

/// Applies the good rows of a file.
pub(super) async fn apply(
    context: &Context,
    import: &Import,
    rows: Rows,
) -> Result<Outcome, ImportFailed> {
    let said: Said = serde_json::from_str(&import.said)
        .map_err(|_| ImportFailed::Failed("what was said beside it is lost".to_owned()))?;
    match rows {
        Rows::Products(checked) => {
            let (products, groups) = assortment(checked.items);
            let edition = Edition {
                currency: said.currency.ok_or(ImportFailed::NoCatalog)?,
                groups,
                products,
                file_name: import.file_name.clone(),
                by: import.uploaded_by.clone(),
            };
            let progress = |permille| note(context, permille);
            let published = catalog::publish_edition(context, edition, progress).await?;
            Ok(Outcome::from(match published.news {
                News::Changed => format!(
                    "published version {}: {} products, which every store sells from",
                    published.version, published.products
                ),
                News::Same => format!(
                    "it is the same as version {}: nothing changed",
                    published.version
                ),
            }))
        }
        Rows::Prices(checked) => {
            let draft = said.list.ok_or(ImportFailed::NoList)?;
            let rows: Vec<_> = checked.items.into_iter().map(|(_, row)| row).collect();
            let count = rows.len();
            let by = import.uploaded_by.clone();
            let put = prices::put_list(context, draft, rows, by).await?;
            Ok(Outcome::from(match put {
                prices::Put::Changed => {
                    format!("the list has {count} prices; its stores are told at once")
                }
                prices::Put::Same => "the list is as it was: nothing changed".to_owned(),
            }))
        }
        Rows::Staff(checked) => people(context, import, checked.items).await,
        Rows::Orders(checked) => open_orders(context, import, checked.items).await,
        Rows::Stock(checked) => {
            let mut reference = import.file_name.clone();
            if reference.chars().count() > REFERENCE_CHARS_MAX {
                reference = reference.chars().take(REFERENCE_CHARS_MAX).collect();
            }
            let rows = checked.items.into_iter().map(|(_, row)| Opening {
                store_id: row.store_id,
                sku: row.sku,
                quantity_milli: row.quantity_milli,
            });
            let rows: Vec<Opening> = rows.collect();
            let count = rows.len() as u64;
            let progress = |permille| note(context, permille);
            let new = openings::add(context, rows, reference, progress).await?;
            Ok(Outcome::from(match new {
                0 => format!("all {count} balances were there already: nothing changed"),
                new => format!(
                    "{new} of {count} balances are new; each store states them at its next contact"
                ),
            }))
        }
        Rows::Customers(checked) => buyers(context, checked.items).await,
    }
}

async fn buyers(context: &Context, rows: Vec<(u64, BuyerRow)>) -> Result<Outcome, ImportFailed> {
    let (mut added, mut changed, mut same, mut erased) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut cardless = 0_u64;
    let whole = rows.len().max(1);
    for (at, chunk) in rows.chunks(CHUNK).enumerate() {
        let (rows, within) = (chunk.to_vec(), context.clone());
        let brought = context.db().write(move |tx| {
            let rows = rows.iter().map(|(_, row)| customers::Bringing {
                reference: &row.reference,
                customer: &row.customer,
                terms: &row.terms,
            });
            customers::bring_in(&within, tx, &rows.collect::<Vec<_>>())
        });
        for (brought, card) in brought.await? {
            cardless += u64::from(card == customers::CardKept::LeftOut);
            match brought {
                customers::Brought::Added => added += 1,
                customers::Brought::Changed => changed += 1,
                customers::Brought::Same => same += 1,
                customers::Brought::Erased => erased += 1,
            }
        }
        note(context, (at * CHUNK * 1_000 / whole) as u64);
    }
    let left = match erased {
        0 => String::new(),
        count => format!(", {count} erased before and left so"),
    };
    let cards = match cardless {
        0 => String::new(),
        count => format!(", {count} without their card, which is another customer's or goods"),
    };
    Ok(Outcome::from(format!(
        "{added} added, {changed} changed, {same} as they were{left}{cards}"
    )))
}

/// Captures orders one by one; what was captured before a restart is known afterwards.
async fn open_orders(
    context: &Context,
    import: &Import,
    orders: Vec<(u64, OrderRows)>,
) -> Result<Outcome, ImportFailed> {
    let whole = orders.len().max(1) as u64;
    let (mut routed, mut waiting, mut known) = (0_u64, 0_u64, 0_u64);
    let mut problems = Vec::new();
    for (done, (_, order)) in (1..).zip(orders) {
        let by = import.uploaded_by.clone();
        match orders::import_one(context, order.draft.clone(), by).await? {
            Imported::Routed => routed += 1,
            Imported::Waiting => waiting += 1,
            Imported::Known => known += 1,
            Imported::Refused(wrong) => problems.extend(
                wrong
                    .into_iter()
                    .map(|(field, sentence)| order.problem(&field, sentence)),
            ),
        }
        note(context, done * 1_000 / whole);
    }
    let not = match problems.is_empty() {
        true => "",
        false => "; some were not captured (see below)",
    };
    Ok(Outcome {
        sentence: format!(
            "{routed} orders went to a store, {waiting} wait for stock that may be promised, \
             {known} were there already{not}"
        ),
        problems,
    })
}

async fn people(
    context: &Context,
    import: &Import,
    rows: Vec<(u64, PersonRow)>,
) -> Result<Outcome, ImportFailed> {
    let whole = rows.len().max(1) as u64;
    let mut by_store: BTreeMap<StoreId, Vec<(u64, PersonRow)>> = BTreeMap::new();
    for (number, row) in rows {
        let there = by_store.entry(row.store_id.clone()).or_default();
        there.push((number, row));
    }
    let (mut added, mut known, mut done) = (0_u64, 0_u64, 0_u64);
    let mut problems = Vec::new();
    for (store_id, rows) in by_store {
        let numbers: Vec<u64> = rows.iter().map(|(number, _)| *number).collect();
        let newcomers = rows.into_iter().map(|(_, row)| newcomer(row)).collect();
        done += numbers.len() as u64;
        for (row, brought) in numbers
            .iter()
            .zip(bring_in(context, import, &store_id, newcomers).await?)
        {
            match brought {
                Brought::Added => added += 1,
                Brought::Known => known += 1,
                Brought::PinTaken => problems.push(RowProblem {
                    row: *row,
                    column: "pin".to_owned(),
                    sentence: "somebody in this store has this PIN: choose another".to_owned(),
                }),
                Brought::OtherRole => problems.push(RowProblem {
                    row: *row,
                    column: "role".to_owned(),
                    sentence: "this name works in the store already, in another role".to_owned(),
                }),
            }
        }
        note(context, done * 1_000 / whole);
    }
    let not = match problems.len() {
        0 => String::new(),
        count => format!(", {count} not added (see below)"),
    };
    Ok(Outcome {
        sentence: format!("{added} added, {known} known already{not}"),
        problems,
    })
}

fn newcomer(row: PersonRow) -> Newcomer {
    Newcomer {
        name: row.name,
        role: row.role,
        may: row.may,
        pin: match row.pin {
            PinGiven::Digits(digits) => PinBrought::Digits(digits),
            PinGiven::Hash(hash) => PinBrought::Hash(hash),
            PinGiven::Make => PinBrought::Make,
        },
    }
}

/// Adds people to one store; PINs that are made are kept in the same transaction.
async fn bring_in(
    context: &Context,
    import: &Import,
    store_id: &StoreId,
    newcomers: Vec<Newcomer>,
) -> Result<Vec<Brought>, ImportFailed> {
    let (id, now_ms, store) = (import.id, context.now_ms(), store_id.to_string());
    let joined = move |tx: &mut counterpart_daemon::db::Tx, joined: &Joined| match &joined.pin_made
    {
        None => Ok(()),
        Some(pin) => {
            let pin = Pin {
                store_id: store.clone(),
                name: joined.name.clone(),
                pin: pin.clone(),
            };
            store::put_pin(tx, id, &pin, now_ms)
        }
    };
    Ok(stores::bring_in(context, store_id, newcomers, joined).await?)
}
