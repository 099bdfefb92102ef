//! How far a store may refund what another one sold without the right to.

use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::{PROVISIONAL_TENDERS, ProvisionalPolicy};

use super::{AMOUNT_MINOR_MAX, HOURS_MAX, PolicyRefused, refused};

/// The longest window goods come back in, in days: two years, the legal guarantee of Directive (EU)
/// 2019/771, article 10.
const RETURN_DAYS_MAX: u16 = 730;

pub(super) fn check(policy: &ProvisionalPolicy) -> Result<(), PolicyRefused> {
    for (field, amount) in [
        ("provisional_refund_max", policy.refund_max_minor),
        ("provisional_sale_max", policy.sale_max_minor),
    ] {
        if !(0..=AMOUNT_MINOR_MAX).contains(&amount.0) {
            return Err(refused(
                field,
                "that is more than anybody gives back: check the decimals",
            ));
        }
    }
    if policy.sale_max_minor < policy.refund_max_minor {
        return Err(refused(
            "provisional_sale_max",
            "of a sale goes back at least as much as at once",
        ));
    }
    if !(1..=HOURS_MAX).contains(&policy.hours_max) {
        let sentence = format!("1 to {HOURS_MAX} hours: records are kept for 35 days");
        return Err(refused("provisional_hours_max", sentence));
    }
    if policy.return_days > RETURN_DAYS_MAX {
        let sentence = format!("0 to {RETURN_DAYS_MAX} days");
        return Err(refused("provisional_return_days", sentence));
    }
    let is_known = |it: &&String| PROVISIONAL_TENDERS.contains(&it.as_str());
    if let Some(unknown) = policy.tenders.iter().find(|it| !is_known(it)) {
        let known = PROVISIONAL_TENDERS.join(", ");
        let sentence = format!("'{unknown}' takes no such refund: there are {known}");
        return Err(refused("provisional_cash", sentence));
    }
    match policy.tenders.is_empty() && policy.refund_max_minor > Minor::ZERO {
        true => Err(refused(
            "provisional_cash",
            "choose what it goes back to, or make the amount 0: then nothing does",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::policies::ProvisionalPolicy;

    use super::check;

    #[test]
    fn a_cap_nobody_means_is_refused_with_its_field() {
        #[track_caller]
        fn tried(change: fn(&mut ProvisionalPolicy), field: Option<&str>) {
            let mut policy = ProvisionalPolicy::default();
            change(&mut policy);
            assert_eq!(check(&policy).err().map(|it| it.field), field);
        }
        tried(|_| (), None);
        tried(
            |it| it.refund_max_minor = Minor(-1),
            Some("provisional_refund_max"),
        );
        tried(
            |it| it.sale_max_minor = Minor(i64::MAX),
            Some("provisional_sale_max"),
        );
        tried(
            |it| it.sale_max_minor = Minor(4_999),
            Some("provisional_sale_max"),
        );
        tried(|it| it.hours_max = 0, Some("provisional_hours_max"));
        tried(|it| it.return_days = 731, Some("provisional_return_days"));
        tried(
            |it| it.tenders = vec!["card".to_owned()],
            Some("provisional_cash"),
        );
        tried(|it| it.tenders.clear(), Some("provisional_cash"));
        tried(
            |it| {
                it.tenders.clear();
                it.refund_max_minor = Minor::ZERO;
            },
            None,
        );
    }
}
