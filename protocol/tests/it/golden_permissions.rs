//! Operations that were refused to somebody, and those approved. Their ids and times do not depend
//! on what stands before them in the list.

use counterpart_protocol::approvals::{OperationApproved, OperationRefused};
use counterpart_protocol::facts::Fact;

use crate::golden_basket::{STAFF, stated};

pub(crate) fn facts() -> Vec<Fact> {
    let refused = OperationRefused {
        operation: "no_sale".to_owned(),
    };
    let approved = OperationApproved {
        operation: "void_line".to_owned(),
        by: STAFF,
    };
    vec![stated(465, &refused), stated(466, &approved)]
}
