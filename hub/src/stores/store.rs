//! The SQL of stores, their people and their codes; that of companies and jurisdictions is beside
//! it.

pub(super) mod badges;
mod details;
mod entities;
mod jurisdictions;

pub(super) use entities::{
    add_entity, change_entity, describing_companies, entities, entity, give_company,
};
pub(super) use jurisdictions::{
    add_jurisdiction, change_jurisdiction, jurisdiction, jurisdictions,
};

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::badges::Badges;
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::{EdgeNumber, EntityId, StaffId, StoreId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::staff::{Member, Role};

use self::details::{Details, details};
use super::rules::{Code, Used};

/// A store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreRow {
    /// Who it is.
    pub identity: StoreIdentity,
    /// When it was added, in milliseconds UTC.
    pub added_at_ms: i64,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The member, with the PIN's hash.
    pub member: Member,
    /// Where.
    pub store_id: StoreId,
    /// When they were added, in milliseconds UTC.
    pub added_at_ms: i64,
}

/// A code as listed: never the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodeRow {
    pub(super) made_at_ms: i64,
    pub(super) made_by: String,
    pub(super) until_ms: i64,
    pub(super) used_at_ms: Option<i64>,
    pub(super) used_by_edge: Option<u32>,
}

/// A text of a row, parsed.
struct Parsed<T>(T);

impl<T: std::str::FromStr> FromValue for Parsed<T> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        text.parse()
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a well-formed code or id"))
    }
}

fn entity_of(store: &StoreIdentity) -> Option<&str> {
    let entity = store.details.entity.as_ref()?;
    entity.entity_id.as_ref().map(EntityId::as_str)
}

fn jurisdiction_of(store: &StoreIdentity) -> Option<&str> {
    let jurisdiction = store.details.jurisdiction.as_ref()?;
    Some(jurisdiction.jurisdiction_id.as_str())
}

/// A role by its word.
struct RoleWord(Role);

impl FromValue for RoleWord {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Text(word) if word == Role::Associate.word() => Ok(Self(Role::Associate)),
            Value::Text(word) if word == Role::Manager.word() => Ok(Self(Role::Manager)),
            other => Err(ValueMismatch::new(other, "a role")),
        }
    }
}

const STORES: &str = "SELECT s.store_id, s.name, s.address, s.currency, s.time_zone, s.tax_number,
        s.locale, s.receipt_footer, s.added_at_ms, s.details, e.entity_id, e.name, e.address,
        e.registration_number, e.tax_numbers, e.number_prefix, j.body
    FROM stores s LEFT JOIN legal_entities e ON e.entity_id = s.entity_id
    LEFT JOIN jurisdictions j ON j.jurisdiction_id = s.jurisdiction_id";
/// Where a company begins in a row of [`STORES`].
const ENTITY_AT: usize = 10;
/// Where its jurisdiction stands.
const JURISDICTION_AT: usize = 16;

fn store(row: &Row) -> Result<StoreRow, DbError> {
    let address: String = row.read(2)?;
    let mut details = row.read::<Details>(9)?.0;
    let country = details.address.as_ref().map(|address| &*address.country);
    details.entity = match row.read::<Option<String>>(ENTITY_AT)? {
        Some(_) => Some(entities::read(row, ENTITY_AT)?.told(country)),
        None => None,
    };
    let jurisdiction = row.read::<Option<jurisdictions::Body>>(JURISDICTION_AT)?;
    details.jurisdiction = jurisdiction.map(|body| body.0);
    let identity = StoreIdentity {
        store_id: row.read::<Parsed<StoreId>>(0)?.0,
        name: row.read(1)?,
        address_lines: address.lines().map(str::to_owned).collect(),
        currency: row.read::<Parsed<Currency>>(3)?.0,
        time_zone: row.read(4)?,
        tax_number: row.read(5)?,
        locale: row.read(6)?,
        receipt_footer: row.read(7)?,
        details,
    };
    Ok(StoreRow {
        identity,
        added_at_ms: row.read(8)?,
    })
}

pub(super) fn all(tx: &mut Tx) -> Result<Vec<StoreRow>, DbError> {
    let sql = format!("{STORES} ORDER BY s.store_id");
    let rows = tx.query_all(&sql, params![])?;
    rows.iter().map(store).collect()
}

pub(super) fn by_id(tx: &mut Tx, store_id: &StoreId) -> Result<Option<StoreRow>, DbError> {
    let sql = format!("{STORES} WHERE s.store_id = $1");
    let row = tx.query_opt(&sql, params![store_id.as_str()])?;
    row.as_ref().map(store).transpose()
}

/// Returns the currency of the stores there are; all have the same.
///
/// # Errors
/// Those of the database.
pub fn currency(tx: &mut Tx) -> Result<Option<Currency>, DbError> {
    let row = tx.query_opt("SELECT currency FROM stores LIMIT 1", params![])?;
    row.map(|row| row.read::<Parsed<Currency>>(0).map(|parsed| parsed.0))
        .transpose()
}

pub(super) fn add(tx: &mut Tx, store: &StoreIdentity, now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stores (store_id, name, address, currency, time_zone, tax_number, locale,
             receipt_footer, added_at_ms, details, entity_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            store.store_id.as_str(),
            &store.name,
            store.address_lines.join("\n"),
            store.currency.code(),
            &store.time_zone,
            store.tax_number.as_deref(),
            &store.locale,
            store.receipt_footer.as_deref(),
            now_ms,
            details(&store.details),
            entity_of(store),
        ],
    )?;
    Ok(())
}

/// Writes what may change of a store.
pub(super) fn change(tx: &mut Tx, store: &StoreIdentity) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stores SET name = $2, address = $3, time_zone = $4, tax_number = $5, locale = $6,
             receipt_footer = $7, details = $8, entity_id = $9, jurisdiction_id = $10
         WHERE store_id = $1",
        params![
            store.store_id.as_str(),
            &store.name,
            store.address_lines.join("\n"),
            &store.time_zone,
            store.tax_number.as_deref(),
            &store.locale,
            store.receipt_footer.as_deref(),
            details(&store.details),
            entity_of(store),
            jurisdiction_of(store),
        ],
    )?;
    Ok(())
}

const MEMBER_COLUMNS: &str = "member_id, store_id, name, role, pin_hash, added_at_ms, may";

fn member(row: &Row) -> Result<MemberRow, DbError> {
    Ok(MemberRow {
        member: Member {
            id: StaffId::from_bytes(row.read(0)?),
            name: row.read(2)?,
            role: row.read::<RoleWord>(3)?.0,
            pin_hash: row.read(4)?,
            badges: Badges::default(),
            may: words(row.read(6)?),
        },
        store_id: row.read::<Parsed<StoreId>>(1)?.0,
        added_at_ms: row.read(5)?,
    })
}

fn words(text: String) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Writes what somebody may do beyond their role, by the words of operations.
pub(super) fn set_may(tx: &mut Tx, member_id: StaffId, may: &[String]) -> Result<(), DbError> {
    tx.execute(
        "UPDATE members SET may = $2 WHERE member_id = $1",
        params![member_id.to_bytes(), may.join(" ")],
    )?;
    Ok(())
}

/// Returns a store where people work and fewer than two of them are managers, if there is one.
///
/// # Errors
/// Those of the database.
pub fn with_lone_manager(tx: &mut Tx) -> Result<Option<String>, DbError> {
    let row = tx.query_opt(
        "SELECT store_id FROM members WHERE left_at_ms IS NULL
         GROUP BY store_id
         HAVING SUM(CASE WHEN role = 'manager' THEN 1 ELSE 0 END) < 2
         ORDER BY store_id LIMIT 1",
        params![],
    )?;
    row.map(|row| row.read(0)).transpose()
}

/// Returns the people of a store who have not left, with their badges, by ascending id.
pub(super) fn members(tx: &mut Tx, store_id: &StoreId) -> Result<Vec<MemberRow>, DbError> {
    let sql = format!(
        "SELECT {MEMBER_COLUMNS} FROM members WHERE store_id = $1 AND left_at_ms IS NULL
         ORDER BY member_id"
    );
    let rows = tx.query_all(&sql, params![store_id.as_str()])?;
    let mut badges = badges::of_store(tx, store_id)?;
    let mut members: Vec<MemberRow> = rows.iter().map(member).collect::<Result<_, _>>()?;
    for row in &mut members {
        row.member.badges = badges.remove(&row.member.id).unwrap_or_default();
    }
    Ok(members)
}

/// Returns everybody who ever worked anywhere: facts outlive employments.
pub(super) fn everybody(tx: &mut Tx) -> Result<Vec<MemberRow>, DbError> {
    let sql = format!("SELECT {MEMBER_COLUMNS} FROM members ORDER BY member_id");
    let rows = tx.query_all(&sql, params![])?;
    rows.iter().map(member).collect()
}

pub(super) fn add_member(
    tx: &mut Tx,
    store_id: &StoreId,
    member: &Member,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO members (member_id, store_id, name, role, pin_hash, added_at_ms, may)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            member.id.to_bytes(),
            store_id.as_str(),
            &member.name,
            member.role.word(),
            &member.pin_hash,
            now_ms,
            member.may.join(" "),
        ],
    )?;
    Ok(())
}

/// Notes that somebody left; false if there is no such member in the store.
pub(super) fn member_left(
    tx: &mut Tx,
    store_id: &StoreId,
    member_id: StaffId,
    now_ms: i64,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE members SET left_at_ms = $3
         WHERE store_id = $1 AND member_id = $2 AND left_at_ms IS NULL",
        params![store_id.as_str(), member_id.to_bytes(), now_ms],
    )?;
    Ok(changed == 1)
}

pub(super) fn add_code(
    tx: &mut Tx,
    secret_sha256: [u8; 32],
    store_id: &StoreId,
    made: &CodeRow,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO enrolment_codes (secret_sha256, store_id, made_at_ms, made_by, until_ms)
         VALUES ($1, $2, $3, $4, $5)",
        params![
            secret_sha256,
            store_id.as_str(),
            made.made_at_ms,
            &made.made_by,
            made.until_ms,
        ],
    )?;
    Ok(())
}

pub(super) fn code(tx: &mut Tx, secret_sha256: [u8; 32]) -> Result<Option<Code>, DbError> {
    let row = tx.query_opt(
        "SELECT store_id, until_ms, used_at_ms, used_by_edge, used_csr_sha256,
             used_certificate_pem
         FROM enrolment_codes WHERE secret_sha256 = $1",
        params![secret_sha256],
    )?;
    let Some(row) = row else { return Ok(None) };
    let used_at_ms: Option<i64> = row.read(2)?;
    let used = match used_at_ms {
        None => None,
        Some(at_ms) => Some(Used {
            at_ms,
            by_edge: EdgeNumber(row.read(3)?),
            csr_sha256: row.read(4)?,
            certificate_pem: row.read(5)?,
        }),
    };
    Ok(Some(Code {
        store_id: row.read::<Parsed<StoreId>>(0)?.0,
        until_ms: row.read(1)?,
        used,
    }))
}

pub(super) fn use_code(tx: &mut Tx, secret_sha256: [u8; 32], used: &Used) -> Result<(), DbError> {
    tx.execute(
        "UPDATE enrolment_codes SET used_at_ms = $2, used_by_edge = $3, used_csr_sha256 = $4,
             used_certificate_pem = $5
         WHERE secret_sha256 = $1",
        params![
            secret_sha256,
            used.at_ms,
            used.by_edge.0,
            used.csr_sha256,
            &used.certificate_pem,
        ],
    )?;
    Ok(())
}

pub(super) fn codes(tx: &mut Tx, store_id: &StoreId) -> Result<Vec<CodeRow>, DbError> {
    let rows = tx.query_all(
        "SELECT made_at_ms, made_by, until_ms, used_at_ms, used_by_edge FROM enrolment_codes
         WHERE store_id = $1 ORDER BY made_at_ms DESC LIMIT 10",
        params![store_id.as_str()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(CodeRow {
                made_at_ms: row.read(0)?,
                made_by: row.read(1)?,
                until_ms: row.read(2)?,
                used_at_ms: row.read(3)?,
                used_by_edge: row.read(4)?,
            })
        })
        .collect()
}

/// Deletes codes that ran out unused before `before_ms`; used ones are the record of who came in.
pub(super) fn purge_codes(tx: &mut Tx, before_ms: i64) -> Result<u64, DbError> {
    let sql = "DELETE FROM enrolment_codes WHERE used_at_ms IS NULL AND until_ms < $1";
    tx.execute(sql, params![before_ms])
}
