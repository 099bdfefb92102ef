//! Why the hub will not go on with an edge, as sentences for the person at the edge.
//!
//! The decision is the protocol's (`greet`) or the stores slice's (blocked); these are the words.

use axum::http::StatusCode;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::{ComparisonRefused, ReplicaFailed};
use counterpart_protocol::ids::{EdgeNumber, Incarnation};
use counterpart_protocol::sync::{Greeting, PROTOCOL_VERSION};

/// Why a call of an edge was not answered.
#[derive(Debug, thiserror::Error)]
pub enum SyncFailed {
    /// The hub never enrolled this edge.
    #[error(
        "this hub does not know edge {0}: it was enrolled at another hub, or the hub was restored \
         from an older backup; sales go on, call the region's support to bring the hub's newest \
         backup back"
    )]
    Unknown(EdgeNumber),
    /// A person at the console blocked it.
    #[error("edge {0} was blocked at the hub's console: sales go on, call the region's support")]
    Blocked(EdgeNumber),
    /// The message is from another edge than the certificate.
    #[error(
        "the certificate is edge {certified}'s and the message edge {said}'s: this data folder \
         holds another edge's database; put the right one back, or enrol this one with a new code"
    )]
    OtherEdge {
        /// The certificate's.
        certified: EdgeNumber,
        /// The message's.
        said: EdgeNumber,
    },
    /// The edge knows a newer generation of the hub.
    #[error(
        "another hub goes on (generation {0}), and this one is over or an old state of it: sales \
         go on; at this hub, see its status page"
    )]
    Outlived(u32),
    /// What is held of the edge does not lead to what it said in short.
    #[error("the hub holds something else than this message in short is about: say it whole")]
    SayWhole,
    /// The hub does not go on with this replica.
    #[error("{}", sentence(.0))]
    Refused(Greeting),
    /// The replica could not store or read.
    #[error("could not exchange records")]
    Replica(#[from] ReplicaFailed),
    /// A question about records that is none.
    #[error(transparent)]
    Comparison(#[from] ComparisonRefused),
    /// The database failed.
    #[error("could not look the edge up")]
    Db(#[from] DbError),
}

/// Returns what a greeting that refuses means, as a sentence to act on; one that goes on says so.
#[must_use]
pub fn sentence(greeting: &Greeting) -> String {
    match greeting {
        Greeting::OtherProtocol => format!(
            "this edge speaks an older language than the hub ({PROTOCOL_VERSION}): upgrade the \
             edge; sales go on meanwhile"
        ),
        Greeting::Fenced { newer, .. } => fenced(*newer),
        Greeting::Cloned => "two copies of this edge's data are in use: sales go on, but only the \
             one the hub met first may sync. Switch this one off; if it is the one that is to \
             stay, stop the program and run counterpart-edge restore --in-place"
            .to_owned(),
        Greeting::Forked { held_seq } => format!(
            "the hub holds {held_seq} records of this store and some of them differ from this \
             edge's: it was restored or copied. Sales go on. If this machine is to stay, stop \
             the program, run counterpart-edge restore --in-place and start it again; if it is the \
             copy, switch it off"
        ),
        Greeting::Continue(_) | Greeting::Register(_) => {
            "the hub goes on with this edge".to_owned()
        }
    }
}

/// Returns what it means for an edge that a newer life of it was met.
pub(super) fn fenced(newer: Incarnation) -> String {
    format!(
        "this edge was replaced: the hub has met a newer life of it (number {newer}), so another \
         machine goes on with this store. What is sold here is still reported, but nothing else \
         goes on: switch this one off; if it is the one that is to stay, stop the program and run \
         counterpart-edge restore --in-place"
    )
}

fn code(greeting: &Greeting) -> &'static str {
    match greeting {
        Greeting::OtherProtocol => "edge_too_old",
        Greeting::Fenced { .. } => "edge_fenced",
        Greeting::Cloned => "edge_cloned",
        Greeting::Forked { .. } => "edge_forked",
        Greeting::Continue(_) | Greeting::Register(_) => "edge_greeted",
    }
}

impl ToProblem for SyncFailed {
    fn to_problem(&self) -> Problem {
        let forbidden = |code| Problem::new(StatusCode::FORBIDDEN, code).detail(self.to_string());
        match self {
            Self::Unknown(_) => forbidden("edge_unknown"),
            Self::Blocked(_) => forbidden("edge_blocked"),
            Self::OtherEdge { .. } => forbidden("edge_differs"),
            // The edge comes again: which hub answers it then may be another.
            Self::Outlived(_) => Problem::failed("hub_outlived", self.to_string()),
            Self::SayWhole => {
                Problem::new(StatusCode::PRECONDITION_FAILED, "say_whole").detail(self.to_string())
            }
            Self::Refused(greeting) => Problem::refused(code(greeting), self.to_string()),
            Self::Db(error)
            | Self::Replica(ReplicaFailed::Db(error))
            | Self::Comparison(ComparisonRefused::Failed(ReplicaFailed::Db(error))) => {
                error.to_problem()
            }
            Self::Comparison(refused @ ComparisonRefused::TooMuch) => {
                Problem::new(StatusCode::BAD_REQUEST, "comparison_too_large")
                    .detail(refused.to_string())
            }
            Self::Replica(_) | Self::Comparison(ComparisonRefused::Failed(_)) => Problem::failed(
                "replica_failed",
                "the hub could not store the records: it will be tried again",
            ),
        }
    }
}
