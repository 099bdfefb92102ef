//! What enrolment leaves behind: a row that says who this store is, and files that prove it.
//!
//! It asks nobody; `enrolment.rs` does.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use counterpart_daemon::db::{Db, DbError, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_daemon::tls::{Identity, PeerCertificate, TlsError};
use counterpart_protocol::enrolment::{Enrolled, StoreIdentity};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::stores::StoreDetails;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::enrolment::{AUTHORITY_FILE, EDGE_FILES, EnrolFailed, profile};
use crate::context::StoreProfile;

/// A store that was enrolled.
#[derive(Debug, Clone)]
pub struct EnrolledStore {
    /// Its number at the hub.
    pub edge: EdgeNumber,
    /// Who it is.
    pub profile: StoreProfile,
    /// Where the hub takes exchanges.
    pub sync_address: String,
    /// Its key and certificate.
    pub identity: Identity,
    /// The hub's authority, in PEM.
    pub authority_pem: String,
}

/// Returns what enrolment left behind, if this store was enrolled.
///
/// # Errors
///
/// [`EnrolFailed::Db`], [`EnrolFailed::Tls`] when the files of `folder` are damaged or half there,
/// [`EnrolFailed::Unusable`] when this machine does not know the store's time zone.
pub async fn enrolled(db: &Db, folder: &Path) -> Result<Option<EnrolledStore>, EnrolFailed> {
    let Some(row) = db.read(read).await? else {
        return Ok(None);
    };
    let identity = Identity::load(folder, EDGE_FILES)?;
    let authority_pem = read_authority(folder)?;
    let (Some(identity), Some(authority_pem)) = (identity, authority_pem) else {
        let sentence = format!(
            "the files {EDGE_FILES}.key, {EDGE_FILES}.pem and {AUTHORITY_FILE} are missing from \
             the data folder: put them back, or enrol this store again"
        );
        return Err(EnrolFailed::Unusable(sentence));
    };
    Ok(Some(EnrolledStore {
        edge: row.edge,
        profile: profile(&row.words)?,
        sync_address: row.sync_address,
        identity,
        authority_pem,
    }))
}

/// Returns which edge a database is and who its store was at enrolment, whatever became of its key.
///
/// # Errors
///
/// [`EnrolFailed::Db`], [`EnrolFailed::Unusable`] when this machine does not know its time zone.
pub async fn store_of(db: &Db) -> Result<Option<(EdgeNumber, StoreProfile)>, EnrolFailed> {
    match db.read(read).await? {
        Some(row) => Ok(Some((row.edge, profile(&row.words)?))),
        None => Ok(None),
    }
}

/// Returns whose certificate lies in `folder`; nothing when there is none that can be read.
#[must_use]
pub fn certified_edge(folder: &Path) -> Option<EdgeNumber> {
    let identity = Identity::load(folder, EDGE_FILES).ok().flatten()?;
    let certificate = CertificateDer::from_pem_slice(identity.certificate_pem.as_bytes()).ok()?;
    let peer = PeerCertificate::from_der(&certificate).ok()?;
    Some(EdgeNumber(peer.edge.edge_number))
}

pub(super) fn put(tx: &mut Tx, enrolment: &Enrolled, now_ms: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM enrolment", params![])?;
    let store = &enrolment.store;
    tx.execute(
        "INSERT INTO enrolment (singleton, edge, store_id, name, address_lines, currency,
                                time_zone, tax_number, locale, receipt_footer, sync_address,
                                enrolled_at_ms)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            enrolment.edge_number.0,
            store.store_id.as_str(),
            &store.name,
            store.address_lines.join("\n"),
            store.currency.code(),
            &store.time_zone,
            store.tax_number.clone(),
            &store.locale,
            store.receipt_footer.clone(),
            &enrolment.sync_address,
            now_ms,
        ],
    )?;
    Ok(())
}

/// Writes the hub's authority into `folder`, whole or not at all.
pub(super) fn save_authority(folder: &Path, pem: &str) -> Result<(), TlsError> {
    let path = folder.join(AUTHORITY_FILE);
    let partial = folder.join(format!("{AUTHORITY_FILE}.partial"));
    let write = || -> io::Result<()> {
        let mut file = fs::File::create(&partial)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        fs::rename(&partial, &path)
    };
    write().map_err(|cause| TlsError::File {
        doing: "write",
        path: path.clone(),
        cause,
    })
}

fn read_authority(folder: &Path) -> Result<Option<String>, TlsError> {
    let path = folder.join(AUTHORITY_FILE);
    match fs::read_to_string(&path) {
        Ok(pem) => Ok(Some(pem)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(TlsError::File {
            doing: "read",
            path,
            cause,
        }),
    }
}

struct Kept {
    edge: EdgeNumber,
    words: StoreIdentity,
    sync_address: String,
}

fn read(tx: &mut Tx) -> Result<Option<Kept>, DbError> {
    let row = tx.query_opt(
        "SELECT edge, store_id, name, address_lines, currency, time_zone, tax_number, locale,
                receipt_footer, sync_address
         FROM enrolment",
        params![],
    )?;
    let Some(row) = row else { return Ok(None) };
    let (store_id, currency): (String, String) = (row.read(1)?, row.read(4)?);
    let lines: String = row.read(3)?;
    let words = StoreIdentity {
        store_id: store_id.parse().map_err(|_| unreadable(1, store_id))?,
        name: row.read(2)?,
        address_lines: lines.lines().map(str::to_owned).collect(),
        currency: currency.parse().map_err(|_| unreadable(4, currency))?,
        time_zone: row.read(5)?,
        tax_number: row.read(6)?,
        locale: row.read(7)?,
        receipt_footer: row.read(8)?,
        // What may change comes as reference data, moments after enrolment.
        details: StoreDetails::default(),
    };
    Ok(Some(Kept {
        edge: EdgeNumber(row.read(0)?),
        words,
        sync_address: row.read(9)?,
    }))
}

fn unreadable(column: usize, found: String) -> DbError {
    DbError::Column {
        column,
        sql: "enrolment".into(),
        mismatch: ValueMismatch {
            found,
            expected: "what enrolment wrote there".to_owned(),
        },
    }
}
