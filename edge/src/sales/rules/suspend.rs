//! Suspending a basket and recalling it: when either may be done, and who has one already.

use counterpart_protocol::ids::RegisterId;

use super::basket::Basket;

/// Characters of a name: what a list has room for.
const NAME_MAX: usize = 40;

/// Why a basket is not suspended or recalled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuspendRefused {
    /// There is nothing in the basket.
    #[error("there is nothing to park: scan an item first")]
    Empty,
    /// Scans wait for a person.
    #[error("scans wait at this register: settle them, then park the sale")]
    Unsettled,
    /// The customer gave money already.
    #[error("money was given for this sale: give it back with Back to the sale, then park it")]
    Tendered,
    /// Goods come back with it.
    #[error("goods come back in this sale: finish the exchange, or take them out, then park it")]
    Exchange,
    /// The name is too long or unreadable.
    #[error("a name has at most {NAME_MAX} characters: type a shorter one")]
    NameUnfit,
    /// A sale stands at the register.
    #[error("a sale stands at this register: finish or park it first")]
    Occupied,
    /// There never was such a basket.
    #[error("no sale is parked under number {number}: look at the list")]
    NoSuchBasket {
        /// The number asked for.
        number: i64,
    },
    /// Somebody recalled it already.
    #[error("{by} has sale {number} at register {register} since {at}")]
    Taken {
        /// Its number.
        number: i64,
        /// Who has it, by name.
        by: String,
        /// Where.
        register: RegisterId,
        /// Since when, in the store's time.
        at: String,
    },
}

/// What stands at a register beside its basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Scans that wait for a person.
    pub waiting: usize,
    /// Amounts that were given.
    pub tenders: usize,
}

/// Decides whether a basket may be suspended, and under which name.
///
/// # Errors
/// [`SuspendRefused`].
pub(crate) fn suspend(
    basket: Option<&Basket>,
    beside: Beside,
    name: Option<&str>,
) -> Result<Option<String>, SuspendRefused> {
    if basket.is_none_or(|basket| basket.standing_lines().next().is_none()) {
        return Err(SuspendRefused::Empty);
    }
    if basket.is_some_and(|basket| basket.exchange.is_some()) {
        return Err(SuspendRefused::Exchange);
    }
    if beside.waiting > 0 {
        return Err(SuspendRefused::Unsettled);
    }
    if beside.tenders > 0 {
        return Err(SuspendRefused::Tendered);
    }
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let fits = |name: &str| name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control);
    match name {
        Some(name) if !fits(name) => Err(SuspendRefused::NameUnfit),
        Some(name) => Ok(Some(name.to_owned())),
        None => Ok(None),
    }
}

/// Decides whether a basket may be recalled to a register: nothing else may stand there.
///
/// # Errors
/// [`SuspendRefused::Occupied`].
pub(crate) fn recall(here: Option<&Basket>) -> Result<(), SuspendRefused> {
    match here.is_some_and(|basket| basket.standing_lines().next().is_some()) {
        true => Err(SuspendRefused::Occupied),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::SaleId;

    use super::{Beside, SuspendRefused, recall, suspend};
    use crate::sales::rules::{Basket, tests};

    const NOTHING: Beside = Beside {
        waiting: 0,
        tenders: 0,
    };

    fn basket() -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        basket.add(tests::tee()).unwrap();
        basket
    }

    #[test]
    fn a_basket_is_parked_when_nothing_else_is_in_work() {
        let basket = basket();
        let of = |beside, name: Option<&str>| suspend(Some(&basket), beside, name);
        let long = "x".repeat(41);
        assert_eq!(of(NOTHING, None), Ok(None));
        assert_eq!(of(NOTHING, Some("  ")), Ok(None));
        assert_eq!(
            of(NOTHING, Some(" red coat ")),
            Ok(Some("red coat".to_owned()))
        );
        assert_eq!(of(NOTHING, Some(&long)), Err(SuspendRefused::NameUnfit));
        assert_eq!(of(NOTHING, Some("a\nb")), Err(SuspendRefused::NameUnfit));
        let waiting = Beside {
            waiting: 1,
            ..NOTHING
        };
        assert_eq!(of(waiting, None), Err(SuspendRefused::Unsettled));
        let tendered = Beside {
            tenders: 1,
            ..NOTHING
        };
        assert_eq!(of(tendered, None), Err(SuspendRefused::Tendered));
        let empty = Basket::new(SaleId::from_parts(1, 1));
        assert_eq!(
            suspend(Some(&empty), NOTHING, None),
            Err(SuspendRefused::Empty)
        );
        assert_eq!(suspend(None, NOTHING, None), Err(SuspendRefused::Empty));
    }

    #[test]
    fn a_register_takes_one_only_while_nothing_stands_there() {
        let mut here = basket();
        assert_eq!(recall(Some(&here)), Err(SuspendRefused::Occupied));
        here.void(1, None).unwrap();
        assert_eq!(recall(Some(&here)), Ok(()));
        assert_eq!(recall(None), Ok(()));
    }
}
