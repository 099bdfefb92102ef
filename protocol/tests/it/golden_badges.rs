//! Approvals by a badge, given and refused. Their ids and times do not depend on what stands before
//! them in the list.

use counterpart_protocol::approvals::{ApprovalBecause, ApprovalGiven, ApprovalRefused, ShownAs};
use counterpart_protocol::facts::Fact;

use crate::golden_basket::{STAFF, stated};

pub(crate) fn facts() -> Vec<Fact> {
    let given = ApprovalGiven {
        by: STAFF,
        with: ShownAs::Badge,
    };
    let refused = ApprovalRefused {
        because: ApprovalBecause::WrongPin,
        by: None,
        with: Some(ShownAs::Badge),
    };
    vec![stated(430, &given), stated(431, &refused)]
}
