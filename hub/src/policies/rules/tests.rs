//! Stories of what can be published.

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{
    Assigned, Assignment, BusinessAccount, CashRounding, ForeignRate, Policies, RightsClass,
    TenderPolicy, WalkIn,
};

use counterpart_protocol::pricing::Percent;

use super::{Change, apply};

fn class(id: &str) -> RightsClass {
    RightsClass {
        id: id.to_owned(),
        name: "Dear goods".to_owned(),
        keep_units: 1,
        keep_percent: 0,
        low_water_units: 2,
        walk_in: WalkIn::Strict,
    }
}

fn step(country: &str, step: i64) -> CashRounding {
    CashRounding {
        currency: Currency::EUR,
        country: Some(country.to_owned()),
        step_minor: Minor(step),
    }
}

fn rate(currency: &str, rate_micro: i64) -> ForeignRate {
    ForeignRate {
        currency: currency.parse().unwrap(),
        into: Currency::EUR,
        rate_micro,
    }
}

fn account(number: &str, limit: i64) -> BusinessAccount {
    BusinessAccount {
        number: number.to_owned(),
        name: "Baker and Sons".to_owned(),
        currency: Currency::EUR,
        limit_minor: Minor(limit),
    }
}

fn bakery(class: &str) -> Assignment {
    Assignment {
        of: Assigned::Department("Bakery".to_owned()),
        class: class.to_owned(),
    }
}

#[test]
fn a_class_is_added_changed_assigned_and_removed() {
    let now = apply(Policies::default(), Change::Class(class("dear"))).unwrap();
    let changed = RightsClass {
        keep_units: 3,
        ..class("dear")
    };
    let now = apply(now, Change::Class(changed)).unwrap();
    assert_eq!((now.classes.len(), now.classes[0].keep_units), (1, 3));
    let now = apply(now, Change::Assign(bakery("dear"))).unwrap();
    let now = apply(now, Change::Assign(bakery("standard"))).unwrap();
    assert_eq!(now.assignments, [bakery("standard")]);
    let now = apply(now, Change::Assign(bakery("dear"))).unwrap();
    let refused = apply(now.clone(), Change::RemoveClass("dear".to_owned())).unwrap_err();
    assert_eq!(
        refused.sentence,
        "department Bakery belongs to the class 'dear', which there is not"
    );
    let now = apply(now, Change::Unassign(bakery("dear").of)).unwrap();
    let now = apply(now, Change::RemoveClass("dear".to_owned())).unwrap();
    assert_eq!(now, Policies::default());
    assert!(apply(now, Change::RemoveClass("standard".to_owned())).is_err());
}

#[test]
fn what_cannot_be_is_said_beside_its_field() {
    #[track_caller]
    fn check(field: &str, change: impl FnOnce(&mut Policies)) {
        let mut policies = Policies::default();
        change(&mut policies);
        let whole = Change::Whole(Box::new(policies));
        assert_eq!(apply(Policies::default(), whole).unwrap_err().field, field);
    }
    check("id", |it| it.standard.id = "Standard".to_owned());
    check("id", |it| it.classes.push(class("standard")));
    check("id", |it| {
        it.classes = (0..51).map(|n| class(&format!("c{n}"))).collect();
    });
    check("name", |it| it.standard.name = " ".to_owned());
    check("keep_percent", |it| it.standard.keep_percent = 101);
    check("keep_units", |it| it.standard.keep_units = 100_001);
    check("class", |it| it.assignments.push(bakery("gone")));
    check("of", |it| {
        it.assignments = vec![bakery("standard"), bakery("standard")];
    });
    check("hours_max", |it| it.offline.hours_max = 0);
    check("hours_max", |it| it.offline.hours_max = 841);
    check("manager_refund_max", |it| {
        it.offline.manager.refund_max_minor = Minor(-1);
    });
    check("associate_cash", |it| it.offline.associate.tenders.clear());
    check("associate_cash", |it| {
        it.offline.associate.tenders.push("shells".to_owned());
    });
    check("hold_days", |it| it.pickup.hold_days = 0);
    check("promise_minutes", |it| it.pickup.promise_minutes = 0);
    check("associate_sale", |it| {
        it.till.manager.sale_discount_max = Percent(4_999);
    });
    check("manager_line", |it| {
        it.till.manager.line_discount_max = Percent(100_001);
    });
    check("digits_attempts_max", |it| {
        it.pickup.digits_attempts_max = 11;
    });
}

#[test]
fn what_tills_cannot_take_is_said_beside_its_field() {
    #[track_caller]
    fn check(field: &str, change: impl FnOnce(&mut TenderPolicy)) {
        let mut policies = Policies::default();
        change(&mut policies.tenders);
        let whole = Change::Whole(Box::new(policies));
        assert_eq!(apply(Policies::default(), whole).unwrap_err().field, field);
    }
    check("cash_rounding", |it| {
        it.cash_rounding = vec![step("BE", 5); 2];
    });
    check("cash_rounding", |it| it.cash_rounding = vec![step("be", 5)]);
    check("cash_rounding", |it| it.cash_rounding = vec![step("BE", 1)]);
    check("cash_rounding", |it| {
        it.cash_rounding = vec![step("BE", 10_001)];
    });
    check("voucher_change_max", |it| {
        it.voucher_change_max_minor = Minor(-1);
    });
    check("foreign", |it| it.foreign = vec![rate("EUR", 1)]);
    check("foreign", |it| it.foreign = vec![rate("USD", 0)]);
    check("foreign", |it| it.foreign = vec![rate("USD", 920_000); 2]);
    check("accounts", |it| it.accounts = vec![account("K-1", 1); 2]);
    check("accounts", |it| it.accounts = vec![account("", 1)]);
    check("accounts", |it| it.accounts = vec![account("K;1", 1)]);
    check("accounts", |it| it.accounts = vec![account("K-1", -1)]);
}
