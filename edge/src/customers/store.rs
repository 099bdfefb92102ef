//! The tables of customers and their groups.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::customers::{
    Certificate, CustomerCard, CustomerGroup, Exemption, Regular as InBook,
};
use counterpart_protocol::ids::{CustomerId, GroupId};
use counterpart_protocol::time::BusinessDate;

/// How long somebody who joined here waits for the book, in milliseconds: 35 days, after which the
/// hub has forgotten them on purpose.
const AWAITED_MS: i64 = 35 * 86_400_000;

/// A customer as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Regular {
    /// Who.
    pub customer_id: CustomerId,
    /// Their card.
    pub card: Option<CustomerCard>,
    /// Their group.
    pub group: Option<GroupId>,
    /// Why they pay no tax.
    pub exemption: Option<Exemption>,
    /// Name and contact, sealed.
    pub contact: Option<Vec<u8>>,
    /// What the hub said of somebody who joined here; nothing once they are in the book.
    pub told: Option<Told>,
}

/// What the hub said of a customer who joined here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing yet.
    Waiting,
    /// It has them.
    Taken,
    /// It has them; their card was another's.
    CardTaken,
    /// It has them not: why.
    Refused(String),
}

impl Told {
    const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::CardTaken => "card_taken",
            Self::Refused(_) => "refused",
        }
    }
}

const COLUMNS: &str = "customer_id, card, customer_group, certificate, exempt_until, contact, told,
    told_sentence";

fn corrupt(what: &str, found: &str) -> DbError {
    DbError::Corrupt {
        detail: format!("customers.{what} holds {found:?}"),
    }
}

fn parsed<T: std::str::FromStr>(what: &str, text: Option<String>) -> Result<Option<T>, DbError> {
    let read = text.map(|text| text.parse().map_err(|_| corrupt(what, &text)));
    read.transpose()
}

fn regular(row: &Row) -> Result<Regular, DbError> {
    let certificate: Option<Certificate> = parsed("certificate", row.read(3)?)?;
    let until: Option<i32> = row.read(4)?;
    let until = until.map(BusinessDate::from_days);
    let until = until
        .transpose()
        .map_err(|wrong| corrupt("exempt_until", &wrong.0))?;
    let told: Option<String> = row.read(6)?;
    let sentence: Option<String> = row.read(7)?;
    let told = told.map(|word| match word.as_str() {
        "waiting" => Ok(Told::Waiting),
        "taken" => Ok(Told::Taken),
        "card_taken" => Ok(Told::CardTaken),
        "refused" => Ok(Told::Refused(sentence.unwrap_or_default())),
        other => Err(corrupt("told", other)),
    });
    Ok(Regular {
        customer_id: CustomerId::from_bytes(row.read(0)?),
        card: parsed("card", row.read(1)?)?,
        group: parsed("customer_group", row.read(2)?)?,
        exemption: certificate.map(|certificate| Exemption { certificate, until }),
        contact: row.read(5)?,
        told: told.transpose()?,
    })
}

/// Returns a customer.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn by_id(tx: &mut Tx, id: CustomerId) -> Result<Option<Regular>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE customer_id = $1");
    let row = tx.query_opt(&sql, params![id.to_bytes()])?;
    row.as_ref().map(regular).transpose()
}

/// Returns whose card it is.
///
/// # Errors
///
/// Those of the database.
pub(super) fn by_card(tx: &mut Tx, card: &CustomerCard) -> Result<Option<Regular>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE card = $1");
    let row = tx.query_opt(&sql, params![card.as_str()])?;
    row.as_ref().map(regular).transpose()
}

/// Returns customers whose name is here, by id after `after`, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(super) fn named(tx: &mut Tx, after: CustomerId, limit: u32) -> Result<Vec<Regular>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM customers WHERE customer_id > $1 AND contact IS NOT NULL
         ORDER BY customer_id LIMIT $2"
    );
    let rows = tx.query_all(&sql, params![after.to_bytes(), limit])?;
    rows.iter().map(regular).collect()
}

/// Returns the number of the next book to be put in.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn next_book(tx: &mut Tx) -> Result<i64, DbError> {
    let sql = "SELECT COALESCE(MAX(book), 0) + 1 FROM customers";
    tx.query_one(sql, params![])?.read(0)
}

/// Puts customers of a book in. Whoever joined here with a card that is another's in the book goes
/// on without it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_regulars(tx: &mut Tx, book: i64, regulars: &[InBook]) -> Result<(), DbError> {
    for regular in regulars {
        let card = regular.card.as_ref().map(CustomerCard::as_str);
        let exemption = regular.exemption.as_ref();
        tx.execute(
            "UPDATE customers SET card = NULL,
                 told = CASE WHEN told IS NULL THEN NULL ELSE 'card_taken' END
             WHERE card = $1 AND customer_id <> $2",
            params![card, regular.customer_id.to_bytes()],
        )?;
        tx.execute(
            "INSERT INTO customers (customer_id, card, customer_group, certificate, exempt_until,
                 record, book)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (customer_id) DO UPDATE SET card = excluded.card,
                 customer_group = excluded.customer_group, certificate = excluded.certificate,
                 exempt_until = excluded.exempt_until, record = excluded.record,
                 book = excluded.book, told = NULL, told_sentence = NULL",
            params![
                regular.customer_id.to_bytes(),
                card,
                regular.group.as_ref().map(GroupId::as_str),
                exemption.map(|it| it.certificate.as_str()),
                exemption.and_then(|it| it.until).map(BusinessDate::days),
                regular.record,
                book,
            ],
        )?;
    }
    Ok(())
}

/// Forgets whom a book names no more, with name and contact, and keeps its groups.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn close_book(tx: &mut Tx, book: i64, groups: &[CustomerGroup]) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM customers WHERE book <> $1 AND book > 0",
        params![book],
    )?;
    tx.execute("DELETE FROM customer_groups", params![])?;
    for group in groups {
        tx.execute(
            "INSERT INTO customer_groups (group_id, name, joined_at_tills) VALUES ($1, $2, $3)",
            params![group.id.as_str(), &group.name, group.joined_at_tills],
        )?;
    }
    Ok(())
}

/// Returns what a group is called; its slug when the book has it no more.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn group_name(tx: &mut Tx, group: &GroupId) -> Result<String, DbError> {
    let sql = "SELECT name FROM customer_groups WHERE group_id = $1";
    match tx.query_opt(sql, params![group.as_str()])? {
        Some(row) => row.read(0),
        None => Ok(group.to_string()),
    }
}

/// Returns the group of those who join at tills, if there is one.
///
/// # Errors
///
/// Those of the database.
pub(super) fn joined_group(tx: &mut Tx) -> Result<Option<GroupId>, DbError> {
    let sql = "SELECT group_id FROM customer_groups WHERE joined_at_tills <> 0 ORDER BY group_id";
    let row = tx.query_opt(sql, params![])?;
    parsed("customer_group", row.map(|row| row.read(0)).transpose()?)
}

/// Keeps somebody who joins here.
///
/// # Errors
///
/// Those of the database.
pub(super) fn add_joined(
    tx: &mut Tx,
    id: CustomerId,
    (card, group): (Option<&CustomerCard>, Option<&GroupId>),
    sealed: &[u8],
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO customers (customer_id, card, customer_group, record, book, contact,
             contact_record, joined_at_ms, told)
         VALUES ($1, $2, $3, 0, 0, $4, 0, $5, 'waiting')",
        params![
            id.to_bytes(),
            card.map(CustomerCard::as_str),
            group.map(GroupId::as_str),
            sealed,
            now_ms,
        ],
    )?;
    Ok(())
}

/// Returns those the hub has to be told of, at most `limit`, the first to join first.
///
/// # Errors
///
/// Those of the database.
pub(super) fn untold(tx: &mut Tx, limit: usize) -> Result<Vec<Regular>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM customers WHERE told = 'waiting'
         ORDER BY joined_at_ms, customer_id LIMIT $1"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(regular).collect()
}

/// Notes what the hub said of somebody who joined here and whom the book does not name yet. A card
/// that is another's is no more theirs.
///
/// # Errors
///
/// Those of the database.
pub(super) fn put_told(tx: &mut Tx, id: CustomerId, told: &Told) -> Result<(), DbError> {
    let sentence = match told {
        Told::Refused(sentence) => Some(sentence.as_str()),
        Told::Waiting | Told::Taken | Told::CardTaken => None,
    };
    tx.execute(
        "UPDATE customers SET told = $2, told_sentence = $3,
             card = CASE WHEN $2 = 'card_taken' THEN NULL ELSE card END
         WHERE customer_id = $1 AND told IS NOT NULL",
        params![id.to_bytes(), told.word(), sentence],
    )?;
    Ok(())
}

/// Returns customers of the book whose newest name and contact are not here, at most `limit`: those
/// the hub was not asked for since `before_ms` first.
///
/// # Errors
///
/// Those of the database.
pub(super) fn lacking(
    tx: &mut Tx,
    before_ms: i64,
    limit: usize,
) -> Result<Vec<CustomerId>, DbError> {
    let rows = tx.query_all(
        "SELECT customer_id FROM customers
         WHERE record > 0 AND contact_record IS NOT record
             AND (asked_at_ms IS NULL OR asked_at_ms <= $1)
         ORDER BY asked_at_ms, customer_id LIMIT $2",
        params![before_ms, i64::try_from(limit).unwrap_or(i64::MAX)],
    )?;
    let ids = rows
        .iter()
        .map(|row| row.read(0).map(CustomerId::from_bytes));
    ids.collect()
}

/// Keeps a customer's name and contact, sealed, or that the hub tells none; `record` is the hub's.
///
/// # Errors
///
/// Those of the database.
pub(super) fn put_contact(
    tx: &mut Tx,
    id: CustomerId,
    (sealed, record): (Option<&[u8]>, u32),
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE customers SET contact = $2, contact_record = $3, asked_at_ms = $4
         WHERE customer_id = $1",
        params![id.to_bytes(), sealed, sealed.map(|_| record), now_ms],
    )?;
    Ok(())
}

/// Tells whether somebody joined here before `AWAITED_MS` whom the hub has and no book names.
///
/// # Errors
///
/// Those of the database.
pub(super) fn any_forgotten(tx: &mut Tx, now_ms: i64) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM customers
         WHERE told IN ('taken', 'card_taken') AND joined_at_ms < $1 LIMIT 1";
    Ok(tx.query_opt(sql, params![now_ms - AWAITED_MS])?.is_some())
}

/// Forgets them.
///
/// # Errors
///
/// Those of the database.
pub(super) fn forget(tx: &mut Tx, now_ms: i64) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM customers WHERE told IN ('taken', 'card_taken') AND joined_at_ms < $1",
        params![now_ms - AWAITED_MS],
    )
}
