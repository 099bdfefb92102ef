//! Pickups over HTTP: the API for programs, and the forms of the pages.

mod api;
mod forms;
mod giving;
mod screens;

use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::rules::PickupRefused;
use super::service::PickupError;
use crate::command::replica_problem;
use crate::context::Context;
use crate::staff::Person;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    api::router()
        .merge(giving::router())
        .merge(screens::router())
        .merge(forms::router())
}

/// Units of a line, chosen to be handed over or refused.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Chosen {
    /// The line.
    line: u16,
    /// How much of it.
    quantity_milli: Milli,
}

fn principal(person: &Person) -> String {
    format!("staff/{}", person.staff_id)
}

fn read_id(text: &str) -> Result<FulfilmentId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(format!("this store has no pickup '{text}'")))
}

impl ToProblem for PickupRefused {
    fn to_problem(&self) -> Problem {
        let detail = self.to_string();
        let code = match self {
            Self::DigitsLocked { wait_ms } => {
                let seconds = u32::try_from((wait_ms + 999) / 1_000).unwrap_or(u32::MAX);
                return Problem::throttled(detail, seconds);
            }
            Self::HandedOverAlready { .. } => "handed_over_already",
            Self::Over => "pickup_over",
            Self::Blocked => "order_not_understood",
            Self::HalfHeard => "order_half_heard",
            Self::NoSuchLine(_) => "no_such_line",
            Self::NotPositive => "quantity_not_positive",
            Self::WrongItem { .. } => "wrong_item",
            Self::TooMany { .. } => "too_many",
            Self::Enough { .. } => "enough_picked",
            Self::TakenBy { .. } => "picked_by_colleague",
            Self::NothingToPick => "nothing_to_pick",
            Self::NothingScanned => "nothing_scanned",
            Self::ToPickFirst { .. } => "to_pick_first",
            Self::NotReady { .. } => "not_ready",
            Self::NotStaged => "not_staged",
            Self::NoLabelPrinter => "no_label_printer",
            Self::NoLocation => "no_location",
            Self::LocationTooLong => "location_too_long",
            Self::NotInTheBag { .. } => "not_in_the_bag",
            Self::NothingChosen => "nothing_chosen",
            Self::Code(_) => "code_not_believed",
            Self::Key(_) => "code_key_unfit",
            Self::NotAPickupCode => "not_a_pickup_code",
            Self::OtherStore(_) => "code_of_other_store",
            Self::Training => "training",
            Self::Unknown => "unknown_pickup",
            Self::OtherPickup { .. } => "code_of_other_order",
            Self::OlderCode => "code_replaced",
            Self::NewerCode => "code_newer",
            Self::Expired { .. } => "pickup_expired",
            Self::NotIdentified => "customer_not_checked",
            Self::NoDigits => "no_digits",
            Self::Digits(_) => "digits_unreadable",
            Self::WrongDigits { .. } => "wrong_digits",
            Self::NothingToPutAway => "nothing_to_put_away",
            Self::NothingPutAway => "nothing_put_away",
            Self::Recovering => "store_recovering",
            Self::BagUnseen => "bag_unseen",
            Self::NotReserved => "not_reserved",
        };
        Problem::refused(code, detail)
    }
}

impl ToProblem for PickupError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::NoSuchPickup(_) => Problem::not_found(self.to_string()),
            Self::NobodySignedIn => Problem::unauthenticated(self.to_string()),
            Self::Approval(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Unreadable(_) => Problem::failed(
                "order_unreadable",
                "a fact of this order cannot be read: report the order's number to whoever looks \
                 after the program",
            ),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
