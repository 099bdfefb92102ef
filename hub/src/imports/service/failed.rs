//! Why a file was not taken, checked or applied, and how that looks from outside.

use axum::http::StatusCode;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_protocol::money::Currency;

use super::FILE_BYTES_MAX;
use crate::catalog::PublishFailed;
use crate::customers::{CustomerFailed, RegularFailed};
use crate::imports::rules::{NotReady, RowProblem};
use crate::orders::OrderFailed;
use crate::prices::PricesFailed;
use crate::stores::StoreFailed;

/// Why a file was not taken, checked or applied.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailed {
    /// Rows are bad; nothing was applied.
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
    /// The import is not at the point where it can be applied.
    #[error("this file can't be applied: {0}")]
    NotReady(#[from] NotReady),
    /// The stores sell in another currency.
    #[error("the stores sell in {stores}: a catalogue in {asked} can't be published here")]
    OtherCurrency {
        /// The stores'.
        stores: Currency,
        /// The one asked for.
        asked: Currency,
    },
    /// Prices came without a list.
    #[error("a price file becomes a list: say which, with list_id")]
    NoList,
    /// There are no products yet.
    #[error("there is no catalogue yet: publish the products first")]
    NoCatalog,
    /// The PINs were fetched before, or too late.
    #[error("no PINs of this file are left: they are handed out once, within a day")]
    NoPins,
    /// It could not be carried out.
    #[error("could not apply the file: {0}")]
    Failed(String),
    /// The price list is refused, or could not be stored.
    #[error(transparent)]
    Prices(#[from] PricesFailed),
    /// The catalogue could not be published.
    #[error(transparent)]
    Catalog(#[from] PublishFailed),
    /// The people could not be added.
    #[error(transparent)]
    Stores(#[from] StoreFailed),
    /// A customer's record could not be read or written.
    #[error(transparent)]
    Customers(#[from] RegularFailed),
    /// An order could not be captured.
    #[error(transparent)]
    Orders(#[from] OrderFailed),
    /// The database.
    #[error("could not store a file or what it holds")]
    Db(#[from] DbError),
}

impl ImportFailed {
    /// Returns the failure of the database that will pass by itself, if it is one.
    pub(super) fn passing(self) -> Result<DbError, Self> {
        let error = match self {
            Self::Db(error)
            | Self::Prices(PricesFailed::Db(error))
            | Self::Catalog(PublishFailed::Db(error))
            | Self::Stores(StoreFailed::Db(error))
            | Self::Customers(
                RegularFailed::Db(error) | RegularFailed::Record(CustomerFailed::Db(error)),
            )
            | Self::Orders(OrderFailed::Db(error)) => error,
            other => return Err(other),
        };
        match error.is_passing() {
            true => Ok(error),
            false => Err(Self::Db(error)),
        }
    }
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
            Self::NoList => Problem::refused("list_missing", &sentence).field("list_id", sentence),
            Self::NoCatalog => Problem::refused("no_catalogue", sentence),
            Self::NoPins => Problem::refused("no_pins", sentence),
            Self::Failed(_) | Self::Catalog(_) => Problem::failed("import_failed", sentence),
            Self::Prices(failed) => failed.to_problem(),
            Self::Stores(failed) => failed.to_problem(),
            Self::Customers(failed) => failed.to_problem(),
            Self::Orders(failed) => failed.to_problem(),
            Self::Db(error) => error.to_problem(),
        }
    }
}
