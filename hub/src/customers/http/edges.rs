//! What edges ask and tell on the sync listener of customers whom tills know.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use counterpart_daemon::http::{Json, Problem};
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::customers::{
    CONTACTS_MAX, ContactsAsked, ContactsTold, CustomersJoined, JoinedTaken,
};
use counterpart_protocol::ids::EdgeNumber;

use crate::context::Context;
use crate::customers::service;
use crate::sync::known;

/// Returns the routes of edges, for the listener that asks for their certificates.
pub fn edge_router() -> Router<Context> {
    Router::new()
        .route("/sync/v1/customers/contacts", post(contacts))
        .route("/sync/v1/customers/joined", post(joined))
}

/// Answers `POST /sync/v1/customers/contacts`: name and contact of customers in the book.
async fn contacts(
    State(context): State<Context>,
    peer: PeerCertificate,
    Json(asked): Json<ContactsAsked>,
) -> Result<Json<ContactsTold>, Problem> {
    check_count(asked.customers.len())?;
    let number = EdgeNumber(peer.edge.edge_number);
    context.db().read(move |tx| known(tx, number)).await?;
    let within = context.clone();
    let told = context
        .db()
        .read(move |tx| service::contacts_for(&within, tx, &asked));
    Ok(Json(told.await?))
}

/// Answers `POST /sync/v1/customers/joined`: customers who joined at the store's tills.
async fn joined(
    State(context): State<Context>,
    peer: PeerCertificate,
    Json(told): Json<CustomersJoined>,
) -> Result<Json<JoinedTaken>, Problem> {
    check_count(told.customers.len())?;
    let number = EdgeNumber(peer.edge.edge_number);
    context.db().read(move |tx| known(tx, number)).await?;
    let within = context.clone();
    let taken = context
        .db()
        .write(move |tx| service::take_joined(&within, tx, &told));
    Ok(Json(taken.await?))
}

fn check_count(customers: usize) -> Result<(), Problem> {
    match customers <= CONTACTS_MAX {
        true => Ok(()),
        false => Err(Problem::unreadable(format!(
            "one call names at most {CONTACTS_MAX} customers: call again for the others"
        ))),
    }
}
