//! Decides what a file is about, what its rows hold, and how far it may go.

mod buyers;
mod cells;
mod openings;
mod orders;
mod people;
mod prices;
mod products;
mod reading;
mod sheet;
#[cfg(test)]
mod tests;

pub(super) use buyers::BuyerRow;
pub(super) use openings::OpeningRow;
pub(super) use orders::OrderRows;
pub(super) use people::{PersonRow, PinGiven};
pub(super) use prices::PriceRow;
pub(super) use products::{ProductRow, Terms, assortment};
pub use sheet::RowProblem;
pub(super) use sheet::{Checked, Column, Form, Needed};

use std::collections::{HashMap, HashSet};

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::Currency;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::orders::OrderChecker;
use crate::users::Permission;

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Products: the whole catalogue.
    Catalog,
    /// One price list.
    Prices,
    /// People of stores.
    Staff,
    /// What was in stores when they began with Counterpart.
    Stock,
    /// Who bought from the retailer before.
    Customers,
    /// Orders that were open in the old system.
    Orders,
}

impl Subject {
    /// Every subject, in the order pages show them.
    pub const ALL: [Self; 6] = [
        Self::Catalog,
        Self::Prices,
        Self::Staff,
        Self::Stock,
        Self::Customers,
        Self::Orders,
    ];

    /// Returns its word in SQL and addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Prices => "prices",
            Self::Staff => "staff",
            Self::Stock => "stock",
            Self::Customers => "customers",
            Self::Orders => "orders",
        }
    }

    /// Returns its name on screens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Catalog => "Products",
            Self::Prices => "A price list",
            Self::Staff => "Staff",
            Self::Stock => "Opening stock",
            Self::Customers => "Customers",
            Self::Orders => "Open orders",
        }
    }

    /// Returns what applying a file does, for the person who decides it.
    #[must_use]
    pub(super) const fn effect(self) -> &'static str {
        match self {
            Self::Catalog => "These products replace the catalogue of all stores as a whole.",
            Self::Prices => {
                "These prices become the list; stores price by it while it is in force."
            }
            Self::Staff => "Who is not there yet is added to the store's staff; nobody is removed.",
            Self::Stock => {
                "Each store states these quantities as its opening stock, once, when it next calls."
            }
            Self::Customers => {
                "Who is new is added, who changed is changed, by reference; who was erased stays \
                 erased. Tills know whoever has a card, a group or a certificate. Records are \
                 sealed, and the file is until it is applied."
            }
            Self::Orders => {
                "Each order is captured as if its channel sent it now, under the old system's \
                 reference; a pickup goes to its store alone, which picks and stages it here. What \
                 the old system had staged must be in the store's stock."
            }
        }
    }

    /// Returns the columns its files have.
    #[must_use]
    pub(super) const fn columns(self) -> &'static [Column] {
        match self {
            Self::Catalog => products::COLUMNS,
            Self::Prices => prices::COLUMNS,
            Self::Staff => people::COLUMNS,
            Self::Stock => openings::COLUMNS,
            Self::Customers => buyers::COLUMNS,
            Self::Orders => orders::COLUMNS,
        }
    }

    /// Returns what it takes to bring such a file.
    #[must_use]
    pub(super) const fn permission(self) -> Permission {
        match self {
            Self::Catalog | Self::Prices => Permission::CatalogWrite,
            Self::Staff | Self::Stock => Permission::StoresWrite,
            Self::Customers | Self::Orders => Permission::OrdersWrite,
        }
    }

    /// Tells whether its files speak about people, and are sealed while they wait.
    #[must_use]
    pub(super) const fn is_about_people(self) -> bool {
        match self {
            Self::Staff | Self::Customers | Self::Orders => true,
            Self::Catalog | Self::Prices | Self::Stock => false,
        }
    }
}

/// What happens to a file once it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// A person looks at it and applies it.
    Ask,
    /// It is applied at once if it may be.
    Apply,
    /// Nothing: it was a dry run.
    Nothing,
}

/// Which rows of a file are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// All, or nothing if one is bad.
    All,
    /// The good ones, whatever the others are.
    Good,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its rows are being read.
    Checking,
    /// It has bad rows, and nobody has said that the good ones will do.
    Refused,
    /// It may be applied; a person decides.
    Checked,
    /// It is being applied.
    Applying,
    /// It was applied.
    Applied,
    /// It could not be worked on.
    Failed,
}

impl State {
    /// Every state.
    pub(super) const ALL: [Self; 6] = [
        Self::Checking,
        Self::Refused,
        Self::Checked,
        Self::Applying,
        Self::Applied,
        Self::Failed,
    ];

    /// Returns its word in SQL and the API.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Refused => "refused",
            Self::Checked => "checked",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Failed => "failed",
        }
    }
}

/// Why a file is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// It is still being read.
    #[error("it is still being checked")]
    Checking,
    /// It has bad rows.
    #[error("it has bad rows: mend them, or apply the good rows alone")]
    BadRows,
    /// No row of it is good.
    #[error("no row of it is good")]
    NothingGood,
    /// It was a dry run.
    #[error("it was a dry run: upload it again without dry_run")]
    DryRun,
    /// It failed.
    #[error("it failed: upload it again")]
    Failed,
}

/// What is known of a file when somebody asks to apply it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) afterwards: Afterwards,
    pub(super) rows_good: i64,
}

/// Decides whether a file is applied now; false when it is or was already.
///
/// # Errors
/// [`NotReady`].
pub(super) fn may_apply(file: Standing, takes: Takes) -> Result<bool, NotReady> {
    if file.afterwards == Afterwards::Nothing {
        return Err(NotReady::DryRun);
    }
    match (file.state, takes) {
        (State::Applying | State::Applied, _) => Ok(false),
        (State::Checked, _) => Ok(true),
        (State::Checking, _) => Err(NotReady::Checking),
        (State::Refused, Takes::All) => Err(NotReady::BadRows),
        (State::Refused, Takes::Good) if file.rows_good == 0 => Err(NotReady::NothingGood),
        (State::Refused, Takes::Good) => Ok(true),
        (State::Failed, _) => Err(NotReady::Failed),
    }
}

/// Decides where a file goes once its rows are read.
pub(super) fn after_check(
    afterwards: Afterwards,
    takes: Takes,
    rows_good: u64,
    problems: usize,
) -> State {
    let good = problems == 0 || (takes == Takes::Good && rows_good > 0);
    match (good, afterwards) {
        (false, _) => State::Refused,
        (true, Afterwards::Apply) => State::Applying,
        (true, Afterwards::Ask | Afterwards::Nothing) => State::Checked,
    }
}

/// What rows are compared with.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// What products may be.
    Products(Terms),
    /// The currency, and the products there are.
    Prices(Currency, HashSet<String>),
    /// The stores there are.
    Staff(HashSet<StoreId>),
    /// The stores, how products are counted, and what was stated before by store and SKU.
    Stock(
        HashSet<StoreId>,
        HashMap<String, Unit>,
        HashMap<(String, String), Milli>,
    ),
    /// The groups of customers there are.
    Customers(Vec<CustomerGroup>),
    /// The currency stores sell in, how products are counted, and what orders are checked by.
    Orders(Currency, HashMap<String, Unit>, OrderChecker),
}

/// The rows of a checked file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    Products(Checked<ProductRow>),
    Prices(Checked<PriceRow>),
    Staff(Checked<PersonRow>),
    Stock(Checked<OpeningRow>),
    Customers(Checked<BuyerRow>),
    Orders(Checked<OrderRows>),
}

impl Rows {
    /// Returns how many rows are good, how many are bad, and what is wrong with those.
    pub(super) fn verdict(&self) -> (u64, u64, &[RowProblem]) {
        match self {
            Self::Products(rows) => rows.verdict(),
            Self::Prices(rows) => rows.verdict(),
            Self::Staff(rows) => rows.verdict(),
            Self::Stock(rows) => rows.verdict(),
            Self::Customers(rows) => rows.verdict(),
            Self::Orders(rows) => {
                let (_, bad, problems) = rows.verdict();
                let lines = rows.items.iter().map(|(_, order)| order.rows.len() as u64);
                (lines.sum(), bad, problems)
            }
        }
    }
}

/// Reads a whole file. `progress` is told how many of its bytes were read, now and then.
pub(super) fn check(bytes: &[u8], form: Form, known: Known, progress: impl FnMut(u64)) -> Rows {
    match known {
        Known::Products(terms) => {
            let reader = products::Products::new(terms);
            Rows::Products(reading::check(bytes, form, reader, progress))
        }
        Known::Prices(currency, known) => {
            let reader = prices::Prices {
                currency,
                known,
                rows: HashMap::new(),
            };
            Rows::Prices(reading::check(bytes, form, reader, progress))
        }
        Known::Staff(stores) => {
            let reader = people::People {
                stores,
                rows: HashMap::new(),
                pins: HashMap::new(),
            };
            Rows::Staff(reading::check(bytes, form, reader, progress))
        }
        Known::Stock(stores, units, stated) => {
            let reader = openings::Openings {
                stores,
                units,
                stated,
                rows: HashMap::new(),
            };
            Rows::Stock(reading::check(bytes, form, reader, progress))
        }
        Known::Customers(groups) => {
            let reader = buyers::Buyers::of(groups);
            Rows::Customers(reading::check(bytes, form, reader, progress))
        }
        Known::Orders(currency, units, checker) => {
            let mut reader = orders::Orders {
                units,
                currency,
                broken: HashSet::new(),
            };
            let checked = reading::check(bytes, form, &mut reader, progress);
            Rows::Orders(orders::together(checked, &reader.broken, &checker))
        }
    }
}
