//! Codes, and the edges that come in by them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::tls::{EdgeName, EnrolmentCode, PeerCertificate};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked, StoreIdentity};
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

use super::{StoreFailed, known, publish_on_commit};
use crate::context::Context;
use crate::stores::rules::{self, CODE_LIVES_MS, CodeGood, Used};
use crate::stores::store::{self, CodeRow};
use crate::sync::edges::{self, NewEdge};
use crate::sync::reference;
use crate::users::Caller;
use crate::web::Noted;

/// How long an edge's certificate lives, in days: it ends well after the machine is replaced, and
/// a stolen one is blocked by its number, not by its end.
const CERTIFICATE_DAYS: u32 = 1_825;
/// Codes nobody used are forgotten after a month.
const CODES_KEPT_MS: i64 = 30 * 86_400_000;

/// A code that was just made: it is shown once.
#[derive(Clone)]
pub struct CodeMade {
    /// The code, as it is typed at the edge.
    pub code: String,
    /// Until when it may be used, in milliseconds UTC.
    pub until_ms: i64,
}

/// Makes a code for a store; `by` is who asked, for the record. Asked again it makes another one:
/// to answer the same again the code itself would have to be stored.
///
/// # Errors
/// [`StoreFailed::Unknown`]; those of the database.
pub async fn make_code(
    context: &Context,
    store_id: &StoreId,
    by: &str,
) -> Result<CodeMade, StoreFailed> {
    make_code_as(context, store_id, by, &format!("operator:{by}")).await
}

/// Makes a code for a caller of the API or a page.
pub(in crate::stores) async fn make_code_for(
    context: &Context,
    store_id: &StoreId,
    caller: &Caller,
) -> Result<CodeMade, StoreFailed> {
    make_code_as(context, store_id, &caller.name, &caller.principal()).await
}

async fn make_code_as(
    context: &Context,
    store_id: &StoreId,
    by: &str,
    principal: &str,
) -> Result<CodeMade, StoreFailed> {
    let (within, store_id, name) = (context.clone(), store_id.clone(), by.to_owned());
    let command = format!("/v1/stores/{store_id}/enrolment-codes");
    let noted = Noted::done(principal, &command);
    let made = context.db().write(move |tx| {
        noted.write(&within, tx)?;
        make_code_in(&within, tx, &store_id, &name)
    });
    made.await
}

fn make_code_in(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    by: &str,
) -> Result<CodeMade, StoreFailed> {
    known(tx, store_id)?;
    let fingerprint = context.authority().fingerprint();
    let code = EnrolmentCode::new(&fingerprint, context.entropy().as_ref());
    let now_ms = context.now_ms();
    let until_ms = now_ms + CODE_LIVES_MS;
    let made = CodeRow {
        made_at_ms: now_ms,
        made_by: by.to_owned(),
        until_ms,
        used_at_ms: None,
        used_by_edge: None,
    };
    store::add_code(tx, code.secret_hash(), store_id, &made)?;
    tracing::info!(store.id = %store_id, by, "made an enrolment code");
    publish_on_commit(context, tx);
    Ok(CodeMade {
        code: code.to_string(),
        until_ms,
    })
}

/// Lets an edge in by its code: gives it a number and a certificate, and tells it of everything
/// published so far; one that is the store's already, or was before this hub was restored from an
/// older backup, keeps its number and its feeds. The same code
/// with the same request is answered the same again.
///
/// # Errors
/// [`StoreFailed::Mistyped`], [`StoreFailed::OtherHub`], [`StoreFailed::Spent`],
/// [`StoreFailed::EdgeUnknown`] and [`StoreFailed::EdgeElsewhere`], which leave the code good,
/// [`StoreFailed::Tls`] when the request is damaged; those of the database.
pub async fn enrol(context: &Context, asked: EnrolmentAsked) -> Result<Enrolled, StoreFailed> {
    let code: EnrolmentCode = asked.code.parse()?;
    if !code.names(&context.authority().fingerprint()) {
        return Err(StoreFailed::OtherHub);
    }
    let within = context.clone();
    context
        .db()
        .write(move |tx| enrol_in(&within, tx, &code, &asked))
        .await
}

fn enrol_in(
    context: &Context,
    tx: &mut Tx,
    code: &EnrolmentCode,
    asked: &EnrolmentAsked,
) -> Result<Enrolled, StoreFailed> {
    let csr_sha256: [u8; 32] = Sha256::digest(asked.csr_pem.as_bytes()).into();
    let stored = store::code(tx, code.secret_hash())?;
    let good = rules::spend(stored.as_ref(), csr_sha256, context.now_ms())?;
    let stored = stored.expect("a code that is good for something is known");
    let identity = known(tx, &stored.store_id)?.identity;
    let used = match good {
        CodeGood::Again(used) => used,
        CodeGood::New => {
            let used = certify(context, tx, &identity, asked, csr_sha256)?;
            store::use_code(tx, code.secret_hash(), &used)?;
            used
        }
    };
    Ok(Enrolled {
        edge_number: used.by_edge,
        certificate_pem: used.certificate_pem,
        ca_pem: context.authority().certificate_pem().to_owned(),
        sync_address: context.sync_address().to_owned(),
        store: identity,
    })
}

/// Gives a certificate to an edge of `store`: one it has already, or a new one with the next
/// number.
fn certify(
    context: &Context,
    tx: &mut Tx,
    store: &StoreIdentity,
    asked: &EnrolmentAsked,
    csr_sha256: [u8; 32],
) -> Result<Used, StoreFailed> {
    let now_ms = context.now_ms();
    let standing = match asked.edge {
        Some(edge) => standing_of(tx, edge, &store.store_id)?,
        None => Standing::New(edges::next_number(tx)?),
    };
    let (Standing::New(number) | Standing::Known(number) | Standing::Forgotten(number)) = standing;
    let name = EdgeName {
        edge_number: number.0,
        store: store.store_id.to_string(),
    };
    let certificate_pem = context.authority().sign_client(
        &asked.csr_pem,
        &name,
        now_ms,
        CERTIFICATE_DAYS,
        context.entropy().as_ref(),
    )?;
    let certificate = read_back(&certificate_pem)?;
    if matches!(standing, Standing::Known(_)) {
        // Its feed tells it of everything published already.
        edges::renew(tx, number, &certificate.serial, certificate.not_after_ms)?;
        tracing::info!(store.id = %store.store_id, edge.id = number.0, "enrolled an edge again");
    } else {
        let new = NewEdge {
            number,
            store_id: store.store_id.clone(),
            time_zone: store.time_zone.clone(),
            day_end: store.details.day_end,
            certificate_serial: certificate.serial,
            certificate_until_ms: certificate.not_after_ms,
        };
        edges::add(tx, &new, now_ms)?;
        // What this begins of its feed also makes a restored hub wait for what it has to tell.
        announce(context, tx, number)?;
        let is_forgotten = matches!(standing, Standing::Forgotten(_));
        tracing::info!(
            store.id = %store.store_id, edge.id = number.0, is_forgotten, "enrolled an edge"
        );
    }
    publish_on_commit(context, tx);
    Ok(Used {
        at_ms: now_ms,
        by_edge: number,
        csr_sha256,
        certificate_pem,
    })
}

/// Who asks for a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A folder that is nobody's yet.
    New(EdgeNumber),
    /// An edge of the store.
    Known(EdgeNumber),
    /// One that was enrolled after the backup this hub was restored from. It keeps its number and
    /// its data: nobody else may have that number, for it was left out.
    Forgotten(EdgeNumber),
}

/// Checks that the edge is one of the store's, so that nobody else's facts come in under its name,
/// or that this hub may have forgotten it.
fn standing_of(tx: &mut Tx, edge: EdgeNumber, store_id: &StoreId) -> Result<Standing, StoreFailed> {
    let Some(known) = edges::by_number(tx, edge)? else {
        return match edges::is_left_out(tx, edge)? {
            true => Ok(Standing::Forgotten(edge)),
            false => Err(StoreFailed::EdgeUnknown(edge)),
        };
    };
    if known.store_id != *store_id {
        return Err(StoreFailed::EdgeElsewhere {
            edge,
            belongs: known.store_id,
            code: store_id.clone(),
        });
    }
    Ok(Standing::Known(edge))
}

fn announce(context: &Context, tx: &mut Tx, number: EdgeNumber) -> Result<(), StoreFailed> {
    let edge = edges::by_number(tx, number)?.expect("it was added a moment ago");
    Ok(reference::tell_all(context, tx, &edge)?)
}

fn read_back(certificate_pem: &str) -> Result<PeerCertificate, StoreFailed> {
    let der = CertificateDer::from_pem_slice(certificate_pem.as_bytes())
        .expect("the authority writes well-formed PEM");
    Ok(PeerCertificate::from_der(&der)?)
}

/// Deletes codes nobody used; returns how many.
///
/// # Errors
/// Those of the database.
pub async fn purge(context: &Context) -> Result<u64, DbError> {
    let before_ms = context.now_ms() - CODES_KEPT_MS;
    context
        .db()
        .write(move |tx| store::purge_codes(tx, before_ms))
        .await
}
