//! Prices that end as prices in shops end. Pure; whole cents only.

use counterpart_protocol::money::Minor;

/// Moves a price by `percent` (100 leaves it) and gives it a shop's ending.
///
/// Below 1.00 it ends in 5 or 9, below 10.00 in 9, below 50.00 in 95 or 50, above that in 95.
pub(super) fn shop_price(price: Minor, percent: i64) -> Minor {
    let moved = price
        .scaled(percent, 100)
        .expect("a shelf price times a percentage is far from overflow")
        .0;
    Minor(match moved {
        ..100 => nearest(moved, 10, &[5, 9]).max(9),
        100..1_000 => nearest(moved, 10, &[9]),
        1_000..5_000 => nearest(moved, 100, &[50, 95]),
        _ => nearest(moved, 100, &[95]),
    })
}

/// Returns the number nearest to `value` whose remainder by `step` is one of `endings`.
fn nearest(value: i64, step: i64, endings: &[i64]) -> i64 {
    let whole = value.div_euclid(step);
    let near = (whole - 1..=whole + 1)
        .flat_map(|whole| endings.iter().map(move |ending| whole * step + ending))
        .min_by_key(|candidate| (candidate - value).abs());
    near.expect("there are endings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(price: i64, percent: i64, expected: i64) {
        assert_eq!(shop_price(Minor(price), percent), Minor(expected));
    }

    #[test]
    fn a_price_ends_as_shops_end_it() {
        check(85, 100, 85);
        check(85, 104, 89);
        check(3, 100, 9);
        check(129, 100, 129);
        check(129, 110, 139);
        check(1_295, 100, 1_295);
        check(1_295, 90, 1_150);
        check(5_995, 120, 7_195);
    }
}
