//! Why an order was not captured, changed or read, and how that looks from outside.

use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_daemon::vault::NotOpened;
use counterpart_protocol::facts::BodyRefused;
use counterpart_protocol::ids::{OrderId, StoreId};

use crate::customers::CustomerFailed;
use crate::orders::rules::{CancelBarred, Content, DeliveryDraft, OrderRefused, RerouteBarred};

/// After how many seconds it is worth asking again whether stores were heard: those on the line are
/// within one.
const RETRY_UNHEARD_S: u32 = 30;

/// Why an order was not captured, changed or read.
#[derive(Debug, thiserror::Error)]
pub enum OrderFailed {
    /// It does not add up.
    #[error(transparent)]
    Refused(#[from] OrderRefused),
    /// The channel's reference stands for another order already.
    #[error("{channel} {reference} was captured before with another content, as order {order_id}")]
    ReferenceTaken {
        /// The channel.
        channel: String,
        /// Its reference.
        reference: String,
        /// The order there is.
        order_id: OrderId,
        /// Each part that differs: captured before, and sent now.
        differs: Vec<(&'static str, String, String)>,
    },
    /// There is none.
    #[error("there is no order {0}")]
    Unknown(String),
    /// It may not be cancelled.
    #[error(transparent)]
    CancelBarred(#[from] CancelBarred),
    /// It may not be sent another way.
    #[error(transparent)]
    RerouteBarred(#[from] RerouteBarred),
    /// No store can serve it.
    #[error("no store may promise what is left of the order: it waits until one can")]
    NobodyServes,
    /// The hub was restored, and these stores may know more of it than it does.
    #[error(
        "the hub was restored and has not heard {} yet: what it had sent there before may be this \
         order. Try again once they are on the line; the status page names stores that are not",
        .0.iter().map(StoreId::as_str).collect::<Vec<_>>().join(", ")
    )]
    Unheard(Vec<StoreId>),
    /// A newer hub wrote something that must be understood.
    #[error("order {0} holds something this hub does not know: upgrade it first")]
    Newer(OrderId),
    /// A body of a stored fact.
    #[error("could not read a fact of an order")]
    Body(#[from] BodyRefused),
    /// A fact could not be stated or read.
    #[error("could not write or read an order")]
    Replica(#[from] ReplicaFailed),
    /// The customer's record.
    #[error("could not use the customer's record")]
    Customer(#[from] CustomerFailed),
    /// A sealed code.
    #[error("could not open a pickup code")]
    NotOpened(#[from] NotOpened),
    /// What was stored beside an order is no JSON.
    #[error("could not read what is kept beside an order")]
    Unreadable(#[from] serde_json::Error),
    /// The database.
    #[error("could not store an order")]
    Db(#[from] DbError),
}

impl ToProblem for OrderFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(refused) => {
                let problem = Problem::refused("order_refused", sentence);
                refused.0.iter().fold(problem, |problem, wrong| {
                    problem.field(&wrong.field, &wrong.sentence)
                })
            }
            Self::ReferenceTaken { differs, .. } => {
                let problem = Problem::refused("reference_taken", sentence);
                differs.iter().fold(problem, |problem, (field, then, now)| {
                    problem.field(*field, format!("captured: {then}; sent now: {now}"))
                })
            }
            Self::Unknown(_) => Problem::not_found(sentence),
            Self::CancelBarred(_) => Problem::refused("order_not_cancelled", sentence),
            Self::RerouteBarred(_) => Problem::refused("order_not_rerouted", sentence),
            Self::NobodyServes => Problem::refused("nobody_serves", sentence),
            Self::Unheard(_) => {
                Problem::failed("stores_unheard", sentence).retry_after_s(RETRY_UNHEARD_S)
            }
            Self::Newer(_) => Problem::refused("order_newer", sentence),
            Self::Customer(failed) => failed.to_problem(),
            Self::NotOpened(refused) => Problem::failed("vault_key_differs", refused.to_string()),
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Body(_) | Self::Replica(_) | Self::Unreadable(_) => {
                Problem::failed("order_damaged", sentence)
            }
        }
    }
}

/// Returns what differs between two contents, each part as it was and as it is.
pub(super) fn differs(then: &Content, now: &Content) -> Vec<(&'static str, String, String)> {
    let lines = |content: &Content| {
        let each: Vec<String> = content
            .lines
            .iter()
            .map(|(sku, quantity_milli, amount_minor)| {
                format!("{quantity_milli} thousandths of {sku} for {amount_minor}")
            })
            .collect();
        each.join(", ")
    };
    let delivery = |content: &Content| match &content.delivery {
        DeliveryDraft::Pickup { store } => format!("pickup at {store}"),
        DeliveryDraft::Ship => "ship".to_owned(),
    };
    let parts: [(&'static str, String, String); 5] = [
        ("currency", then.currency.clone(), now.currency.clone()),
        (
            "total_minor",
            then.total_minor.to_string(),
            now.total_minor.to_string(),
        ),
        ("delivery", delivery(then), delivery(now)),
        (
            "payment",
            then.payment.word().to_owned(),
            now.payment.word().to_owned(),
        ),
        ("lines", lines(then), lines(now)),
    ];
    let mut differs: Vec<_> = parts
        .into_iter()
        .filter(|(_, then, now)| then != now)
        .collect();
    if differs.is_empty() {
        let (then, now) = ("as before".to_owned(), "differently".to_owned());
        differs.push(("customer", then, now));
    }
    differs
}
