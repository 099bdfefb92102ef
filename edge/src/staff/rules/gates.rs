//! Who may do what: the first question of every operation, asked in one place.
//!
//! How far somebody may go is the operation's own rule, which is asked second.

use counterpart_protocol::policies::{Operation, Permission, Permissions};
use counterpart_protocol::staff::Member;

/// How one person may do each operation, as the policies and the roster said when they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gates([Permission; Operation::ALL.len()]);

impl Gates {
    /// Returns those of a member of staff.
    #[must_use]
    pub fn of_member(permissions: &Permissions, member: &Member) -> Self {
        let mut gates = [Permission::Never; Operation::ALL.len()];
        for (gate, operation) in gates.iter_mut().zip(Operation::ALL) {
            *gate = permissions.of_member(*operation, member);
        }
        Self(gates)
    }

    /// Returns those of somebody who is no longer on the store's list: nothing.
    #[must_use]
    pub const fn nobody() -> Self {
        Self([Permission::Never; Operation::ALL.len()])
    }

    /// Returns how the person may do something.
    ///
    /// # Panics
    /// Never: every operation has its place.
    #[must_use]
    pub fn of(&self, operation: Operation) -> Permission {
        let mut all = Operation::ALL.iter().zip(self.0);
        let found = all.find(|(known, _)| **known == operation);
        found.expect("the list has every operation").1
    }
}

/// Whether what somebody wants is within what their own limits allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limits {
    /// It is, or the operation has none.
    Within,
    /// It is beyond them, and a manager may approve it.
    Beyond,
}

/// Whether somebody showed who they are to approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approver {
    /// A PIN was typed, or a badge shown.
    Shown,
    /// Nobody did.
    Nobody,
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is done. What is beyond a limit its own rule refuses, and says which.
    Allowed,
    /// It is done if who showed themselves may approve.
    IfApproved,
    /// Somebody must approve it first.
    NeedsApproval,
    /// It is not done.
    Refused,
}

/// Decides whether somebody may do something.
pub(crate) const fn decide(permission: Permission, limits: Limits, by: Approver) -> Verdict {
    match (permission, limits, by) {
        (Permission::Never, _, _) => Verdict::Refused,
        (Permission::WithManager, _, Approver::Nobody) => Verdict::NeedsApproval,
        (Permission::WithManager, _, Approver::Shown)
        | (Permission::Alone, Limits::Beyond, Approver::Shown) => Verdict::IfApproved,
        (Permission::Alone, Limits::Within, _)
        | (Permission::Alone, Limits::Beyond, Approver::Nobody) => Verdict::Allowed,
    }
}

/// Tells whether the fact of an operation names who approved it, so that none beside it has to.
pub(crate) const fn names_approver(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::PaidIn
            | Operation::PaidOut
            | Operation::SafeDrop
            | Operation::ExemptTax
            | Operation::LetPromisedGo
            | Operation::SettleCard
            | Operation::ReturnGoods
            | Operation::Exchange
            | Operation::RefundProvisionally
            | Operation::HandOverByDocument
            | Operation::AdjustStock
    )
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::badges::Badges;
    use counterpart_protocol::ids::StaffId;
    use counterpart_protocol::policies::{Operation, Permission, Permissions};
    use counterpart_protocol::staff::{Member, Role};

    use super::{Approver, Gates, Limits, Verdict, decide};

    #[test]
    fn a_permission_is_asked_first_and_a_limit_second() {
        #[track_caller]
        fn check(permission: Permission, limits: Limits, verdicts: [Verdict; 2]) {
            let of = |by| decide(permission, limits, by);
            assert_eq!([of(Approver::Nobody), of(Approver::Shown)], verdicts);
        }
        use Verdict::{Allowed, IfApproved, NeedsApproval, Refused};
        check(Permission::Alone, Limits::Within, [Allowed, Allowed]);
        check(Permission::Alone, Limits::Beyond, [Allowed, IfApproved]);
        let needs = [NeedsApproval, IfApproved];
        check(Permission::WithManager, Limits::Within, needs);
        check(Permission::WithManager, Limits::Beyond, needs);
        check(Permission::Never, Limits::Within, [Refused, Refused]);
        check(Permission::Never, Limits::Beyond, [Refused, Refused]);
    }

    #[test]
    fn a_persons_gates_are_those_of_their_role_and_what_they_were_given() {
        let mut permissions = Permissions::default();
        let (needs, alone) = (Permission::WithManager, Permission::Alone);
        permissions.set(Operation::VoidLine, needs, alone);
        let member = |role, may: &[&str]| Member {
            id: StaffId::from_parts(1, 1),
            name: String::new(),
            role,
            pin_hash: String::new(),
            badges: Badges::default(),
            may: may.iter().map(|word| (*word).to_owned()).collect(),
        };
        let gates = Gates::of_member(&permissions, &member(Role::Associate, &["x_report"]));
        assert_eq!(gates.of(Operation::VoidLine), Permission::WithManager);
        assert_eq!(gates.of(Operation::XReport), Permission::Alone);
        assert_eq!(gates.of(Operation::PaidOut), Permission::WithManager);
        let gates = Gates::of_member(&permissions, &member(Role::Manager, &[]));
        assert!(
            Operation::ALL
                .iter()
                .all(|it| gates.of(*it) == Permission::Alone)
        );
        assert_eq!(Gates::nobody().of(Operation::VoidLine), Permission::Never);
    }
}
