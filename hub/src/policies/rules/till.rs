//! How far a till may go by hand: no role may do more alone than a manager may.

use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::{TillLimits, TillPolicy};
use counterpart_protocol::pricing::Percent;

use super::{AMOUNT_MINOR_MAX, PolicyRefused, refused};

const MORE_THAN_A_MANAGER: &str = "nobody may do more alone than a manager may";

pub(super) fn check(till: &TillPolicy) -> Result<(), PolicyRefused> {
    let shares = |of: &TillLimits| {
        [
            of.line_discount_max,
            of.sale_discount_max,
            of.price_change_max,
        ]
    };
    let (alone, most) = (shares(&till.associate), shares(&till.manager));
    let fields = ["manager_line", "manager_sale", "manager_price"];
    if let Some((field, _)) = fields.into_iter().zip(most).find(|it| it.1 > Percent::ALL) {
        return Err(refused(field, "a share is 0 to 100 percent"));
    }
    let fields = ["associate_line", "associate_sale", "associate_price"];
    let mut pairs = fields.into_iter().zip(alone.into_iter().zip(most));
    if let Some((field, _)) = pairs.find(|(_, (alone, most))| alone > most) {
        return Err(refused(field, MORE_THAN_A_MANAGER));
    }
    check_departments(till)
}

/// Nothing means without limit, which is more than any.
fn check_departments(till: &TillPolicy) -> Result<(), PolicyRefused> {
    let of = |limits: &TillLimits| limits.department_price_max_minor;
    let (alone, most) = (of(&till.associate), of(&till.manager));
    let both = [
        ("associate_department", alone),
        ("manager_department", most),
    ];
    let absurd = |it: &Minor| !(0..=AMOUNT_MINOR_MAX).contains(&it.0);
    if let Some((field, _)) = both
        .into_iter()
        .find(|(_, it)| it.as_ref().is_some_and(absurd))
    {
        return Err(refused(
            field,
            "this is no price of anything: type it again",
        ));
    }
    let is_more = most.is_some_and(|most| alone.is_none_or(|alone| alone > most));
    match is_more {
        true => Err(refused("associate_department", MORE_THAN_A_MANAGER)),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::policies::TillPolicy;

    use super::check;

    #[test]
    fn nobody_sells_dearer_by_department_alone_than_a_manager_may() {
        #[track_caller]
        fn tried(alone: Option<i64>, most: Option<i64>, field: Option<&str>) {
            let mut till = TillPolicy::default();
            till.associate.department_price_max_minor = alone.map(Minor);
            till.manager.department_price_max_minor = most.map(Minor);
            let refused = check(&till).err().map(|refused| refused.field);
            assert_eq!(refused, field);
        }
        tried(Some(10_000), None, None);
        tried(Some(10_000), Some(10_000), None);
        tried(None, None, None);
        tried(Some(10_001), Some(10_000), Some("associate_department"));
        tried(None, Some(10_000), Some("associate_department"));
        tried(Some(-1), None, Some("associate_department"));
        tried(Some(0), Some(i64::MAX), Some("manager_department"));
    }
}
