//! Who is signed in at which register: PIN or badge, pauses after wrong ones, switching, signing
//! out.
//!
//! ```text
//! nobody ── PIN ──► somebody ── other PIN ──► somebody else
//!   ▲                  │ sign out, 16 h             │
//!   └──────────────────┴────────────────────────────┘
//! ```
//! A browser holds one token that may be signed in at several registers; a register has one person
//! at a time. The basket of a register stays whoever comes and goes. Names come from the hub's
//! roster and never stand in a fact. Wrong PINs are counted for each register and for the store,
//! and only time makes them forgotten.
//!
//! A badge stands for a PIN wherever one is typed. One that a page's own keyboard wedge read signs
//! in at once; one that the register's scanner read waits a minute for what is pressed next.

mod http;
mod pages;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use http::in_place;
pub use http::{at, no_badge, sign_in_first};
pub use pages::sign_in as sign_in_page;
pub(crate) use pages::{Offered, needs_manager, offered, operation_word};
pub use rules::Gates;
pub(crate) use rules::Limits;
pub use service::{
    ApprovalFailed, Person, StaffError, Visitor, approve, badge_shown, keep_forgetting, person_at,
};
pub(crate) use service::{Token, permit, permit_with, person_of, shown};

use crate::context::Context;

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 10,
        name: "staff",
        sql: include_str!("../../migrations/0010_staff.sql"),
    },
    Migration {
        version: 15,
        name: "wrong_pins",
        sql: include_str!("../../migrations/0015_wrong_pins.sql"),
    },
];

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
