//! What an edge and its hub say to each other once, before they have anything in common but a code.
//!
//! The code itself, keys and certificates are the daemons' business; JSON over TLS, since 0.1.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{EdgeNumber, StoreId};
use crate::money::Currency;
use crate::stores::StoreDetails;

/// What an edge posts to the hub's public listener, at `/v1/enrolments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentAsked {
    /// The one-time code as it was typed.
    pub code: String,
    /// The request to certify the edge's own key, in PEM. Asking again with the same code and the
    /// same request is answered again; with another request the code is used up.
    pub csr_pem: String,
    /// Whose data the edge's folder holds already, if anybody's: it stays that edge, with its
    /// facts and feeds, and gets a new certificate. Since 0.1; nothing asks for a new number.
    #[serde(default)]
    pub edge: Option<EdgeNumber>,
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// The edge's number at this hub.
    pub edge_number: EdgeNumber,
    /// The edge's certificate, in PEM.
    pub certificate_pem: String,
    /// The authority the edge trusts from now on, in PEM.
    pub ca_pem: String,
    /// Where the edge syncs, such as `https://hub.example:8401`.
    pub sync_address: String,
    /// Whose edge it is.
    pub store: StoreIdentity,
}

/// Who a store is: what stands on its receipts and how its days and amounts are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreIdentity {
    /// Its slug.
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
    /// Its address, a line each.
    pub address_lines: Vec<String>,
    /// The currency of its prices and tills.
    pub currency: Currency,
    /// Its time zone, by its IANA name.
    pub time_zone: String,
    /// Its tax number as receipts must show it.
    pub tax_number: Option<String>,
    /// The language of its pages and receipts, as a BCP 47 tag: `en`, `de-AT`.
    pub locale: String,
    /// What stands at the foot of its receipts.
    pub receipt_footer: Option<String>,
    /// What else is known of it.
    #[serde(default)]
    pub details: StoreDetails,
}

/// Says that the hub's feed for an edge goes further than the edge: the answer of a long poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedNews {
    /// The run of the hub's feed.
    pub feed: u32,
    /// Its last record.
    pub seq: u64,
}
