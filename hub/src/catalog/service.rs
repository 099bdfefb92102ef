//! Takes files in, checks and publishes them in the background, and looks products up.
//!
//! The work is idempotent: a hub that is killed while it publishes begins that file anew, and no
//! store has heard of it before everything is stored.

mod work;

pub use work::{Progress, run_once};

use std::collections::BTreeMap;

use axum::http::StatusCode;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::money::Currency;
use ulid::Ulid;

use super::rules::RowProblem;
use super::store::{self, Import, ProductFilter, ProductName, State};
use crate::context::Context;

/// The topic of pages that show the catalogue and files.
pub(super) const CATALOG: &str = "catalog";
/// The largest file, in bytes: 200,000 rows of 80 bytes.
pub(super) const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Problems kept and told of one file: whoever has more has the wrong file.
pub(super) const PROBLEMS_MAX: u32 = 10_000;

/// What happens to a file once it is checked and good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// A person looks at it and publishes it.
    Ask,
    /// It is published at once.
    Publish,
}

/// Why a file was not taken, checked or published.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailed {
    /// Rows are bad; nothing was published.
    #[error("{rows_bad} rows of the file are bad, so nothing was published: {}", first(.problems))]
    Refused {
        /// How many rows.
        rows_bad: i64,
        /// What is wrong, by row.
        problems: Vec<RowProblem>,
    },
    /// The file is too large.
    #[error("the file has {bytes} bytes, at most {FILE_BYTES_MAX} are taken")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// There is no such import.
    #[error("there is no such import")]
    Unknown,
    /// The import is not at the point where it can be published.
    #[error("this file can't be published: {0}")]
    NotReady(&'static str),
    /// The stores sell in another currency.
    #[error("the stores sell in {stores}: a catalogue in {asked} can't be published here")]
    OtherCurrency {
        /// The stores'.
        stores: Currency,
        /// The one asked for.
        asked: Currency,
    },
    /// It could not be carried out.
    #[error("could not publish the file: {0}")]
    Failed(String),
    /// A fact could not be stated.
    #[error("could not tell the stores of a catalogue")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store a catalogue")]
    Db(#[from] DbError),
}

fn first(problems: &[RowProblem]) -> String {
    problems.first().map_or_else(String::new, |problem| {
        format!(
            "row {}, {}: {}",
            problem.row, problem.column, problem.sentence
        )
    })
}

impl ToProblem for ImportFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused { .. } => Problem::refused("file_refused", sentence),
            Self::TooLarge { .. } => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large").detail(sentence)
            }
            Self::Unknown => Problem::not_found(sentence),
            Self::NotReady(_) => Problem::refused("import_not_ready", sentence),
            Self::OtherCurrency { .. } => Problem::refused("currency_differs", sentence),
            Self::Failed(_) => Problem::failed("import_failed", sentence),
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
        }
    }
}

/// A publication that came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Counts the publications from 1.
    pub version: i64,
    /// How many products it has.
    pub products: i64,
}

/// A file on its way in.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// Its name, for people.
    pub(super) file_name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// The currency of its prices; that of the catalogue and the stores unless said.
    pub(super) currency: Option<Currency>,
    /// Who brought it.
    pub(super) by: String,
    /// What happens once it is good.
    pub(super) afterwards: Afterwards,
}

/// Checks and publishes a file and waits until that is done: for the command line and the demo.
///
/// # Errors
/// [`ImportFailed`]; nothing is published then.
pub async fn import_now(
    context: &Context,
    file_name: &str,
    bytes: Vec<u8>,
    by: &str,
) -> Result<Published, ImportFailed> {
    let upload = Upload {
        file_name: file_name.to_owned(),
        bytes,
        currency: None,
        by: by.to_owned(),
        afterwards: Afterwards::Publish,
    };
    let id = take(context, upload).await?;
    loop {
        let (import, problems) = import(context, id).await?;
        match import.state {
            State::Checking | State::Checked | State::Publishing => {
                run_once(context).await?;
            }
            State::Published => {
                return Ok(Published {
                    version: import.version.unwrap_or(0),
                    products: import.rows_good,
                });
            }
            State::Refused => {
                return Err(ImportFailed::Refused {
                    rows_bad: import.rows_bad,
                    problems,
                });
            }
            State::Failed => {
                return Err(ImportFailed::Failed(import.sentence.unwrap_or_default()));
            }
        }
    }
}

/// Stores a file to be checked, and wakes who does it; returns the import's id.
async fn take(context: &Context, upload: Upload) -> Result<[u8; 16], ImportFailed> {
    let within = context.clone();
    context
        .db()
        .write(move |tx| take_in(&within, tx, &upload))
        .await
}

/// Does what [`take`] does inside the caller's transaction.
pub(super) fn take_in(
    context: &Context,
    tx: &mut Tx,
    upload: &Upload,
) -> Result<[u8; 16], ImportFailed> {
    if upload.bytes.len() > FILE_BYTES_MAX {
        return Err(ImportFailed::TooLarge {
            bytes: upload.bytes.len(),
        });
    }
    let import = Import {
        id: context.new_id(),
        file_name: upload.file_name.clone(),
        currency: currency_for(tx, upload.currency)?,
        uploaded_at_ms: context.now_ms(),
        uploaded_by: upload.by.clone(),
        state: State::Checking,
        rows_good: 0,
        rows_bad: 0,
        publish_at_once: upload.afterwards == Afterwards::Publish,
        version: None,
        sentence: None,
    };
    store::add_import(tx, &import, &upload.bytes)?;
    wake_on_commit(context, tx);
    Ok(import.id)
}

/// Returns the currency a new catalogue is in: the one asked for, if the stores sell in it.
fn currency_for(tx: &mut Tx, asked: Option<Currency>) -> Result<Currency, ImportFailed> {
    let stores = crate::stores::currency(tx)?;
    match (asked, stores) {
        (Some(asked), Some(stores)) if asked != stores => {
            Err(ImportFailed::OtherCurrency { stores, asked })
        }
        (Some(asked), _) => Ok(asked),
        (None, Some(stores)) => Ok(stores),
        (None, None) => Ok(currency(tx)?.unwrap_or(Currency::EUR)),
    }
}

/// Asks for a checked file to be published.
pub(super) fn ask_to_publish(
    context: &Context,
    tx: &mut Tx,
    id: [u8; 16],
) -> Result<(), ImportFailed> {
    let mut import = store::import_by_id(tx, id)?.ok_or(ImportFailed::Unknown)?;
    match import.state {
        State::Checked => {}
        State::Publishing | State::Published => return Ok(()),
        State::Checking => return Err(ImportFailed::NotReady("it is still being checked")),
        State::Refused => return Err(ImportFailed::NotReady("it has bad rows")),
        State::Failed => return Err(ImportFailed::NotReady("it failed: upload it again")),
    }
    import.state = State::Publishing;
    store::put_import(tx, &import)?;
    wake_on_commit(context, tx);
    Ok(())
}

fn wake_on_commit(context: &Context, tx: &mut Tx) {
    let context = context.clone();
    tx.on_commit(Box::new(move || {
        context.imports().wake.notify_one();
        context.live().publish(CATALOG);
    }));
}

/// Returns an import and what is wrong with its file.
pub(super) async fn import(
    context: &Context,
    id: [u8; 16],
) -> Result<(Import, Vec<RowProblem>), ImportFailed> {
    let found = context.db().read(move |tx| {
        let import = store::import_by_id(tx, id)?.ok_or(ImportFailed::Unknown)?;
        Ok((import, store::problems(tx, id, PROBLEMS_MAX)?))
    });
    found.await
}

/// Returns the currency of the catalogue stores sell from, if there is one.
///
/// # Errors
/// Those of the database.
pub fn currency(tx: &mut Tx) -> Result<Option<Currency>, DbError> {
    Ok(store::current(tx)?.map(|current| current.currency))
}

/// Returns the names of these SKUs, as far as the catalogue has them.
///
/// # Errors
/// Those of the database.
pub fn product_names(
    tx: &mut Tx,
    skus: &[String],
) -> Result<BTreeMap<String, ProductName>, DbError> {
    match store::current(tx)? {
        Some(current) => store::names(tx, current.version, skus),
        None => Ok(BTreeMap::new()),
    }
}

/// Returns the SKUs of the catalogue that a text finds, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn find_skus(tx: &mut Tx, text: &str, limit: u32) -> Result<Vec<String>, DbError> {
    let Some(current) = store::current(tx)? else {
        return Ok(Vec::new());
    };
    let filter = ProductFilter {
        text: text.to_owned(),
        ..ProductFilter::default()
    };
    let found = store::products(tx, current.version, &filter, limit)?;
    Ok(found.into_iter().map(|product| product.sku).collect())
}

/// Writes an import's id as people and addresses have it.
pub(super) fn id_text(id: [u8; 16]) -> String {
    Ulid::from_bytes(id).to_string()
}

/// Reads an import's id.
pub(super) fn id_of(text: &str) -> Result<[u8; 16], ImportFailed> {
    Ulid::from_string(text)
        .map(|id| id.to_bytes())
        .map_err(|_| ImportFailed::Unknown)
}
