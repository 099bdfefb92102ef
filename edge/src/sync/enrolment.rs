//! Enrolment: a one-time code becomes a key made here, a certificate of the hub's, and a store.
//!
//! Asking and keeping are two steps, so that what was answered can be kept again after a full disk
//! without a new code; the key never leaves this machine.

use std::path::Path;
use std::time::Duration;

use counterpart_daemon::db::{Db, DbError};
use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::replica::Replica;
use counterpart_daemon::tls::{
    CodeRefused, EnrolmentCode, Fingerprint, Identity, KeyAndCsr, Protocols, TlsError,
    distrust_reason, enrolling_client_config, make_key_and_csr,
};
use counterpart_protocol::enrolment::{Enrolled, EnrolmentAsked, StoreIdentity};
use counterpart_protocol::ids::EdgeNumber;
use jiff::tz::TimeZone;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::enrolment_store;
use crate::context::StoreProfile;

/// How long the hub may take; it signs one certificate.
const LIMIT: Duration = Duration::from_secs(30);
/// The name of the files that hold this store's key and certificate.
pub(super) const EDGE_FILES: &str = "edge";
/// The file that holds the hub's authority.
pub(super) const AUTHORITY_FILE: &str = "hub-authority.pem";

/// Why a store could not be enrolled; its data folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnrolFailed {
    /// The code is mistyped.
    #[error("the enrolment code is not right")]
    Code(#[from] CodeRefused),
    /// The hub's address is none.
    #[error("'{0}' is no address of a hub: write it as https://hub.example:8400")]
    Address(String),
    /// Key or certificate could not be made or kept.
    #[error("could not make or keep this store's key")]
    Tls(#[from] TlsError),
    /// The hub could not be asked.
    #[error("{0}")]
    Unreachable(String),
    /// The hub refused; its own sentence.
    #[error("the hub refused: {0}")]
    Refused(String),
    /// What the hub answered cannot be used.
    #[error("the hub's answer cannot be used: {0}")]
    Unusable(String),
    /// The data folder belongs to another edge.
    #[error(
        "this data folder belongs to edge {found}, and the code is for edge {asked}: choose an \
         empty data folder with --data, or ask for a code of this store"
    )]
    OtherEdge {
        /// The edge whose data lie in the folder.
        found: EdgeNumber,
        /// The edge the hub has enrolled.
        asked: EdgeNumber,
    },
    /// The database failed.
    #[error("could not store the enrolment")]
    Db(#[from] DbError),
}

/// Asks the hub at `hub` (`https://hub.example:8400`) to enrol this machine by `code`, and returns
/// its answer with the key that was made here. `edge` is whose data the folder holds already: the
/// hub lets it stay that edge, or refuses and leaves the code good.
///
/// # Errors
///
/// [`EnrolFailed`]; the code is used up only if the hub answered.
pub async fn request_enrolment(
    hub: &str,
    code: &str,
    edge: Option<EdgeNumber>,
) -> Result<(Enrolled, KeyAndCsr), EnrolFailed> {
    let code: EnrolmentCode = code.parse()?;
    let address = hub_address(hub)?;
    let key = make_key_and_csr()?;
    let tls = enrolling_client_config(&code, Protocols::Http1And2);
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .timeout(LIMIT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| EnrolFailed::Unreachable(error.to_string()))?;
    let asked = EnrolmentAsked {
        code: code.to_string(),
        csr_pem: key.csr_pem.clone(),
        edge,
    };
    let call = http.post(format!("{address}/v1/enrolments")).json(&asked);
    let answer = call
        .send()
        .await
        .map_err(|error| unreachable(hub, &error))?;
    let status = answer.status();
    let body = answer
        .bytes()
        .await
        .map_err(|error| unreachable(hub, &error))?;
    if !status.is_success() {
        let said = serde_json::from_slice::<ProblemBody>(&body);
        return Err(EnrolFailed::Refused(said.map_or_else(
            |_| {
                format!(
                    "it answered {}: is this the hub's address?",
                    status.as_u16()
                )
            },
            |problem| problem.detail,
        )));
    }
    let enrolment: Enrolled =
        serde_json::from_slice(&body).map_err(|error| EnrolFailed::Unusable(error.to_string()))?;
    if !code.names(&fingerprint(&enrolment.ca_pem)?) {
        let sentence = "it brings another authority than the code names".to_owned();
        return Err(EnrolFailed::Unusable(sentence));
    }
    Ok((enrolment, key))
}

/// Returns whose data the folder holds, if it was enrolled before.
///
/// # Errors
///
/// Those of the database.
pub async fn edge_of(db: &Db, replica: &Replica) -> Result<Option<EdgeNumber>, DbError> {
    let known = replica.clone();
    let found = db.read(move |tx| known.identity(tx)).await?;
    Ok(found.map(|found| found.writer.edge))
}

/// Keeps an enrolment: key and certificates in files of `folder`, the rest in the database.
///
/// # Errors
///
/// [`EnrolFailed::OtherEdge`] when the folder belongs to another edge; [`EnrolFailed::Unusable`];
/// the failures of files and database, after which it can be called again.
pub async fn keep_enrolment(
    db: &Db,
    replica: &Replica,
    folder: &Path,
    enrolment: &Enrolled,
    key_pem: &str,
    now_ms: i64,
) -> Result<(), EnrolFailed> {
    let edge = enrolment.edge_number;
    if let Some(found) = edge_of(db, replica).await?.filter(|found| *found != edge) {
        return Err(EnrolFailed::OtherEdge { found, asked: edge });
    }
    // What cannot be used is refused before anything is written.
    profile(&enrolment.store)?;
    fingerprint(&enrolment.ca_pem)?;
    let identity = Identity {
        certificate_pem: format!("{}{}", enrolment.certificate_pem, enrolment.ca_pem),
        key_pem: key_pem.to_owned(),
    };
    identity.save(folder, EDGE_FILES)?;
    enrolment_store::save_authority(folder, &enrolment.ca_pem)?;
    let (kept, replica) = (enrolment.clone(), replica.clone());
    db.write(move |tx| {
        replica.become_edge(tx, edge)?;
        enrolment_store::put(tx, &kept, now_ms)
    })
    .await?;
    Ok(())
}

/// Reads a store's words into what the program works with.
///
/// # Errors
///
/// [`EnrolFailed::Unusable`] when this machine does not know its time zone.
pub fn profile(words: &StoreIdentity) -> Result<StoreProfile, EnrolFailed> {
    let time_zone = TimeZone::get(&words.time_zone).map_err(|_| {
        let zone = &words.time_zone;
        EnrolFailed::Unusable(format!(
            "this machine does not know the time zone '{zone}': install its time zone data \
             (package tzdata), or correct the store at the hub"
        ))
    })?;
    Ok(StoreProfile {
        store_id: words.store_id.clone(),
        name: words.name.clone(),
        address_lines: words.address_lines.clone(),
        currency: words.currency,
        time_zone,
        tax_number: words.tax_number.clone(),
        locale: words.locale.clone(),
        receipt_footer: words.receipt_footer.clone(),
        details: words.details.clone(),
    })
}

/// Takes `https://` anywhere and `http://` on this machine: the code goes to nobody who listens.
fn hub_address(hub: &str) -> Result<&str, EnrolFailed> {
    let wrong = || EnrolFailed::Address(hub.to_owned());
    let url = reqwest::Url::parse(hub).map_err(|_| wrong())?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Ok(hub.trim_end_matches('/')),
        "http" if here => Ok(hub.trim_end_matches('/')),
        _ => Err(wrong()),
    }
}

fn unreachable(hub: &str, error: &reqwest::Error) -> EnrolFailed {
    EnrolFailed::Unreachable(match distrust_reason(error) {
        Some(reason) => format!("{reason}, and that the code is this hub's"),
        None => format!("no hub answers at {hub}: check its address and this machine's network"),
    })
}

fn fingerprint(pem: &str) -> Result<Fingerprint, EnrolFailed> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map(|der| Fingerprint::of(&der))
        .map_err(|_| EnrolFailed::Unusable("its authority is no certificate".to_owned()))
}
