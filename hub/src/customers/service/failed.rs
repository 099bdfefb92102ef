//! Why a customer whom tills know, or a group, was not kept, shown or published.

use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::customers::{BookUnfit, GROUPS_MAX, REGULARS_MAX};
use counterpart_protocol::reference::packing::PackingFailed;

use super::CustomerFailed;
use crate::customers::rules::Wrong;

/// Why what was asked of customers whom tills know was not done.
#[derive(Debug, thiserror::Error)]
pub enum RegularFailed {
    /// Fields are wrong.
    #[error("{}", said(.0))]
    Refused(Vec<Wrong>),
    /// The record was erased.
    #[error("this customer was erased, for good: add them anew if they ask for it")]
    Erased,
    /// There are as many as stores take.
    #[error("tills know {REGULARS_MAX} customers, as many as a store takes: erase some first")]
    TooMany,
    /// There is no such group.
    #[error("there is no group called {0}")]
    GroupUnknown(String),
    /// A group is still used.
    #[error("{0}")]
    GroupInUse(String),
    /// There are as many groups as stores take.
    #[error("there are {GROUPS_MAX} groups, as many as a store takes: remove one first")]
    TooManyGroups,
    /// A customer's record.
    #[error(transparent)]
    Record(#[from] CustomerFailed),
    /// What was to be published cannot be sold by: a fault of this program.
    #[error("could not publish the customers tills know")]
    Unfit(#[from] BookUnfit),
    /// They are larger than a store takes.
    #[error("the customers tills know are too large together: erase some")]
    Packing(#[from] PackingFailed),
    /// A fact could not be stated.
    #[error("could not tell a store of the customers tills know")]
    Replica(#[from] ReplicaFailed),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    /// The database.
    #[error("could not use what tills know of customers")]
    Db(#[from] DbError),
}

fn said(wrong: &[Wrong]) -> &str {
    wrong.first().map_or("", |first| first.sentence.as_str())
}

impl ToProblem for RegularFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(wrong) => {
                let problem = Problem::refused("fields_refused", sentence);
                wrong.iter().fold(problem, |problem, one| {
                    problem.field(one.field, one.sentence.clone())
                })
            }
            Self::Erased => Problem::refused("customer_erased", sentence),
            Self::TooMany => Problem::refused("too_many_customers", sentence),
            Self::GroupUnknown(_) => Problem::not_found(sentence),
            Self::GroupInUse(_) => Problem::refused("group_in_use", sentence),
            Self::TooManyGroups => Problem::refused("too_many_groups", sentence),
            Self::Record(failed) => failed.to_problem(),
            Self::Unfit(_) => Problem::failed("customers_unfit", sentence),
            Self::Packing(_) => Problem::refused("customers_too_large", sentence),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
            Self::Stopping => Problem::failed("stopping", sentence),
            Self::Db(error) => error.to_problem(),
        }
    }
}
