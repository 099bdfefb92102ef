use counterpart_protocol::codes::{CodeKind, SignedCode, Subject};
use counterpart_protocol::ids::OrderId;
use counterpart_protocol::ids::{FulfilmentId, StoreId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{BeyondCap, ProvisionalPolicy};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, WhyNotPassed, WhyProvisional};
use counterpart_protocol::staff::Role;
use counterpart_protocol::time::BusinessDate;

use super::{
    Asked, ProvisionalRefused, Reach, Trying, WAIT_MS, may_provisionally, proven, why_not_waited,
};
use crate::returns::rules::tests::sale;
use crate::returns::rules::{Before, Brought, ReturnReason, refund};

const HOUR: i64 = 3_600_000;

fn day(days: i32) -> BusinessDate {
    BusinessDate::from_days(days).unwrap()
}

fn code() -> SignedCode {
    let store: StoreId = "ghent".parse().unwrap();
    let sold = sale(&[(1_000, 1_999, 21_000), (3_000, 1_000, 6_000)]);
    SignedCode::of_sale(&sold, &store, day(20_000))
}

#[test]
fn the_right_is_waited_for_while_somebody_can_be_asked() {
    #[track_caller]
    fn check(reach: Reach, expected: Result<WhyProvisional, ProvisionalRefused>) {
        assert_eq!(
            why_not_waited(reach, &ProvisionalPolicy::default()),
            expected
        );
    }
    let holder_away = Ok(WhyProvisional::HolderAway);
    check(Reach::HubAway(None), Ok(WhyProvisional::HubAway));
    check(
        Reach::HubAway(Some(72 * HOUR - 1)),
        Ok(WhyProvisional::HubAway),
    );
    let too_long = ProvisionalRefused::TooLong {
        hours: 72,
        hours_max: 72,
    };
    check(Reach::HubAway(Some(72 * HOUR)), Err(too_long));
    let there = Reach::HubThere;
    check(there(Asked::No), Err(ProvisionalRefused::AskFirst));
    check(
        there(Asked::Waits(WAIT_MS - 1)),
        Err(ProvisionalRefused::JustAsked),
    );
    check(there(Asked::Waits(WAIT_MS)), holder_away.clone());
    let refused = |why| there(Asked::Refused(why));
    check(refused(WhyNotPassed::UnknownReceipt), holder_away);
    check(
        refused(WhyNotPassed::UnknownStore),
        Err(ProvisionalRefused::UnknownStore),
    );
    check(
        refused(WhyNotPassed::HeldThere),
        Err(ProvisionalRefused::HeldHere),
    );
}

fn trying(total: i64, before: i64, role: Role) -> Trying<'static> {
    Trying {
        role,
        is_approved: false,
        total_minor: Minor(total),
        before_minor: Minor(before),
        to: "cash",
        sold_on: day(20_000),
        today: day(20_030),
        currency: Currency::EUR,
    }
}

#[test]
fn no_more_goes_back_than_the_policy_signs_and_a_manager_only_where_it_says_so() {
    let alone = ProvisionalPolicy::default();
    let may = |policy: &ProvisionalPolicy, trying| may_provisionally(policy, trying);
    assert_eq!(may(&alone, trying(5_000, 5_000, Role::Associate)), Ok(()));
    let beyond = |total, max| {
        Err(ProvisionalRefused::BeyondCap {
            total_minor: Minor(total),
            max_minor: Minor(max),
            currency: Currency::EUR,
        })
    };
    for role in [Role::Associate, Role::Manager] {
        assert_eq!(may(&alone, trying(5_001, 0, role)), beyond(5_001, 5_000));
        assert_eq!(
            may(&alone, trying(1_000, 9_001, role)),
            beyond(10_001, 10_000)
        );
    }
    let manager = ProvisionalPolicy {
        beyond: BeyondCap::Manager,
        ..alone.clone()
    };
    let needs = Err(ProvisionalRefused::NeedsManager);
    assert_eq!(may(&manager, trying(5_001, 0, Role::Associate)), needs);
    assert_eq!(may(&manager, trying(5_001, 0, Role::Manager)), Ok(()));
    let approved = Trying {
        is_approved: true,
        ..trying(5_001, 9_000, Role::Associate)
    };
    assert_eq!(may(&manager, approved), Ok(()));
    let for_managers = ProvisionalPolicy {
        role: Role::Manager,
        ..alone
    };
    assert_eq!(may(&for_managers, trying(1, 0, Role::Associate)), needs);
    assert_eq!(may(&for_managers, trying(1, 0, Role::Manager)), Ok(()));
}

#[test]
fn goods_come_back_within_the_window_and_to_what_the_policy_allows() {
    let policy = ProvisionalPolicy {
        tenders: vec!["store_credit".to_owned()],
        ..ProvisionalPolicy::default()
    };
    let late = Trying {
        today: day(20_031),
        ..trying(1, 0, Role::Manager)
    };
    assert_eq!(
        may_provisionally(&policy, late),
        Err(ProvisionalRefused::TooOld {
            sold_on: day(20_000),
            days_max: 30
        })
    );
    let cash = trying(1, 0, Role::Manager);
    assert_eq!(
        may_provisionally(&policy, cash),
        Err(ProvisionalRefused::Tender("cash".to_owned()))
    );
    let credit = Trying {
        to: "store_credit",
        today: day(19_990),
        ..cash
    };
    assert_eq!(may_provisionally(&policy, credit), Ok(()));
}

#[test]
fn what_a_code_proves_is_refunded_as_the_sale_would_be() {
    let sold = sale(&[(1_000, 1_999, 21_000), (3_000, 1_000, 6_000)]);
    let proven = proven(&code(), |sku| format!("our {sku}")).unwrap();
    assert_eq!(proven.taxes, sold.taxes);
    let brought = [Brought {
        line: 2,
        quantity_milli: Milli(2_000),
        reason: ReturnReason::Size,
        disposition: Disposition::Restock,
    }];
    let own = refund(&sold, &Before::default(), &brought).unwrap();
    let other = refund(&proven, &Before::default(), &brought).unwrap();
    assert_eq!(
        (own.total_minor, own.taxes),
        (other.total_minor, other.taxes)
    );
    assert_eq!(
        other.lines[0].description,
        format!("our {}", sold.lines[1].sku)
    );
}

#[test]
fn a_code_of_something_else_and_one_without_lines_prove_nothing_that_comes_back() {
    let other = SignedCode {
        kind: CodeKind::Pickup,
        ..code()
    };
    let refused = |code: &SignedCode| proven(code, ToString::to_string).unwrap_err();
    assert_eq!(refused(&other), ProvisionalRefused::NotAReceipt);
    let order = SignedCode {
        subject: Subject::Order {
            order_id: OrderId::from_parts(1, 1),
            fulfilment_id: FulfilmentId::from_parts(1, 2),
        },
        ..code()
    };
    assert_eq!(refused(&order), ProvisionalRefused::NotAReceipt);
    let total = SignedCode {
        lines: Vec::new(),
        ..code()
    };
    assert_eq!(refused(&total), ProvisionalRefused::TotalOnly);
}
