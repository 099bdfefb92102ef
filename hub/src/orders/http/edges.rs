//! What edges ask about orders on the sync listener: who ordered what they have custody of.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use counterpart_daemon::http::{Json, Problem};
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::customers::{CUSTOMERS_MAX, CustomersAsked, CustomersTold};
use counterpart_protocol::ids::EdgeNumber;

use crate::context::Context;
use crate::orders::service;
use crate::sync::known;

/// Returns the routes of edges, for the listener that asks for their certificates.
pub fn edge_router() -> Router<Context> {
    Router::new().route("/sync/v1/customers", post(customers))
}

/// Answers `POST /sync/v1/customers`: the names an edge's counter calls. Each is answered by
/// itself, so that one that is not this store's hides no other.
async fn customers(
    State(context): State<Context>,
    peer: PeerCertificate,
    Json(asked): Json<CustomersAsked>,
) -> Result<Json<CustomersTold>, Problem> {
    if asked.customers.len() > CUSTOMERS_MAX {
        return Err(Problem::unreadable(format!(
            "at most {CUSTOMERS_MAX} customers are told in one answer: ask for fewer at once"
        )));
    }
    let number = EdgeNumber(peer.edge.edge_number);
    let edge = context.db().read(move |tx| known(tx, number)).await?;
    let within = context.clone();
    let told = context
        .db()
        .read(move |tx| service::names_for(&within, tx, &edge.store_id, &asked));
    Ok(Json(told.await?))
}
