//! Why something about a store was not done, and how that looks from outside.

use axum::http::StatusCode;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::password::PasswordError;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_daemon::tls::{CodeRefused, PeerRefused, TlsError};
use counterpart_protocol::ids::{EdgeNumber, EntityId, JurisdictionId, StaffId, StoreId};

use crate::stores::rules::{CodeSpent, StoreRefused};

/// Why something about a store was not done.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailed {
    /// Fields are wrong.
    #[error(transparent)]
    Refused(#[from] StoreRefused),
    /// The slug is taken.
    #[error("there is a store called {0} already")]
    Taken(StoreId),
    /// The company's slug is taken.
    #[error("there is a company called {0} already")]
    EntityTaken(EntityId),
    /// There is no such company.
    #[error("there is no company called {0}")]
    EntityUnknown(EntityId),
    /// The jurisdiction's slug is taken.
    #[error("there is a jurisdiction called {0} already")]
    JurisdictionTaken(JurisdictionId),
    /// There is no such jurisdiction.
    #[error("there is no jurisdiction called {0}")]
    JurisdictionUnknown(JurisdictionId),
    /// There is no such store.
    #[error("there is no store called {0}")]
    Unknown(StoreId),
    /// There is no such member in the store.
    #[error("nobody with the id {0} works in this store")]
    NoMember(StaffId),
    /// There is no such edge in the store.
    #[error("edge {0} is not one of this store's")]
    NoEdge(EdgeNumber),
    /// An edge asks for its certificate anew that this hub never enrolled.
    #[error(
        "the data folder is edge {0}'s, which this hub never enrolled: it was enrolled at another \
         hub, or this hub's old data were put back without its command restore; enrol at that hub, \
         restore this one by its command, or begin with an empty data folder; the code is still \
         good"
    )]
    EdgeUnknown(EdgeNumber),
    /// An edge asks for its certificate anew with another store's code.
    #[error(
        "the data folder is edge {edge}'s of store {belongs}, and the code is for store {code}: \
         make a code at the page of store {belongs}, or choose an empty data folder; the code is \
         still good"
    )]
    EdgeElsewhere {
        /// The edge.
        edge: EdgeNumber,
        /// Its store.
        belongs: StoreId,
        /// The code's store.
        code: StoreId,
    },
    /// The code has a typing mistake.
    #[error("the enrolment code is mistyped: {0}")]
    Mistyped(#[from] CodeRefused),
    /// The code is another hub's.
    #[error("this code was made by another hub: check the hub's address")]
    OtherHub,
    /// The code is good for nothing.
    #[error(transparent)]
    Spent(#[from] CodeSpent),
    /// The request cannot be certified.
    #[error("could not certify the edge's key")]
    Tls(#[from] TlsError),
    /// Our own certificate cannot be read back.
    #[error("could not read a certificate that was just made")]
    Certificate(#[from] PeerRefused),
    /// A PIN could not be hashed.
    #[error("could not hash a PIN")]
    Hash(#[from] PasswordError),
    /// The thread that hashed is gone.
    #[error("could not hash a PIN: the program is stopping")]
    Stopping,
    /// A fact could not be stated.
    #[error("could not tell the stores")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store it")]
    Db(#[from] DbError),
}

impl ToProblem for StoreFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(StoreRefused(wrong)) => {
                let problem = Problem::refused("fields_refused", sentence);
                wrong.iter().fold(problem, |problem, wrong| {
                    problem.field(wrong.field, &wrong.sentence)
                })
            }
            Self::Taken(_) => {
                Problem::refused("store_taken", &sentence).field("store_id", sentence)
            }
            Self::EntityTaken(_) => {
                Problem::refused("entity_taken", &sentence).field("entity_id", sentence)
            }
            Self::JurisdictionTaken(_) => {
                Problem::refused("jurisdiction_taken", &sentence).field("jurisdiction_id", sentence)
            }
            Self::Unknown(_)
            | Self::EntityUnknown(_)
            | Self::JurisdictionUnknown(_)
            | Self::NoMember(_)
            | Self::NoEdge(_) => Problem::not_found(sentence),
            Self::Mistyped(_) => {
                Problem::new(StatusCode::BAD_REQUEST, "enrolment_code_mistyped").detail(sentence)
            }
            Self::OtherHub => Problem::refused("enrolment_code_elsewhere", sentence),
            Self::EdgeUnknown(_) => Problem::refused("edge_unknown", sentence),
            Self::EdgeElsewhere { .. } => Problem::refused("edge_elsewhere", sentence),
            Self::Spent(spent) => {
                let code = match spent {
                    CodeSpent::Unknown => "enrolment_code_unknown",
                    CodeSpent::Used(_) => "enrolment_code_used",
                    CodeSpent::Expired { .. } => "enrolment_code_expired",
                };
                Problem::refused(code, sentence)
            }
            Self::Tls(TlsError::RequestRefused { .. }) => {
                let detail = "the certificate request is damaged or not signed by its own key";
                Problem::new(StatusCode::BAD_REQUEST, "certificate_request_refused").detail(detail)
            }
            Self::Tls(_) | Self::Certificate(_) => Problem::failed("not_certified", sentence),
            Self::Hash(_) | Self::Stopping => Problem::failed("not_hashed", sentence),
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
        }
    }
}
