//! Goods that are traced: which serial number or lot a line is, before it is paid.

use counterpart_protocol::catalog::Traced;
use counterpart_protocol::ids::Sku;
use counterpart_protocol::sales::TracedAs;

use super::basket::{Basket, BasketLine, BasketRefused};

/// Characters of a serial number or lot: GS1's AI 21 and AI 10 have 20, makers' own have more.
const NUMBER_CHARS_MAX: usize = 40;

/// Why a line is not traced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceRefused {
    /// It is no number.
    #[error("a serial number or lot has 1 to 40 characters in one line: scan it or type it again")]
    Unfit,
    /// Another piece has it.
    #[error("{0} is in this sale already: each piece has a serial number of its own")]
    Twice(String),
    /// The goods have none.
    #[error("line {0} is of goods that are not traced: choose another line")]
    NotTraced(u16),
    /// The line is not there.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
}

impl Basket {
    /// Notes that a line is of traced goods, and as what, if the code that was scanned says so. A
    /// serial number another piece has is not taken: a person looks.
    pub(crate) fn ask_traced(&mut self, line: u16, traced: Traced, number: Option<&str>) {
        if let Ok(found) = self.standing(line) {
            found.remarks.traced = Some(TracedAs {
                traced,
                number: None,
            });
        }
        if let Some(number) = number
            && let Err(refused) = self.trace(line, number)
        {
            tracing::info!(%refused, "a number in a code was not taken");
        }
    }

    /// Returns the first line somebody still has to read a number for.
    #[must_use]
    pub(crate) fn untraced(&self) -> Option<(Traced, &BasketLine)> {
        let mut lines = self.standing_lines();
        lines.find_map(|line| {
            let traced = line.remarks.traced.as_ref()?;
            traced.number.is_none().then_some((traced.traced, line))
        })
    }

    /// Says which serial number or lot a line is.
    ///
    /// # Errors
    /// [`TraceRefused`]; the basket is unchanged.
    pub(crate) fn trace(&mut self, line: u16, number: &str) -> Result<(), TraceRefused> {
        let number = number.trim();
        let is_plain = !number.chars().any(char::is_control);
        if !is_plain || !(1..=NUMBER_CHARS_MAX).contains(&number.chars().count()) {
            return Err(TraceRefused::Unfit);
        }
        let found = self.standing(line)?;
        let sku = found.item.sku.clone();
        let Some(traced) = found.remarks.traced.clone() else {
            return Err(TraceRefused::NotTraced(line));
        };
        if traced.traced == Traced::Serial && self.has_serial(&sku, line, number) {
            return Err(TraceRefused::Twice(number.to_owned()));
        }
        self.standing(line)?.remarks.traced = Some(TracedAs {
            number: Some(number.to_owned()),
            ..traced
        });
        Ok(())
    }

    /// Tells whether another standing line is this piece of the same product.
    fn has_serial(&self, sku: &Sku, line: u16, number: &str) -> bool {
        let mut others = self.standing_lines().filter(|it| it.line != line);
        others.any(|it| {
            let traced = it.remarks.traced.as_ref();
            it.item.sku == *sku && traced.is_some_and(|it| it.number.as_deref() == Some(number))
        })
    }

    /// Refuses another quantity of a piece that has a serial number of its own.
    ///
    /// # Errors
    /// [`BasketRefused::HasSerial`].
    pub(crate) fn is_countable(&self, line: u16) -> Result<(), BasketRefused> {
        let found = self.lines.iter().find(|it| it.line == line);
        let traced = found.and_then(|it| it.remarks.traced.as_ref());
        match traced.is_some_and(|it| it.traced == Traced::Serial) {
            true => Err(BasketRefused::HasSerial { line }),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::Traced;
    use counterpart_protocol::ids::{SaleId, StaffId};

    use super::TraceRefused;
    use crate::sales::rules::{Basket, BasketRefused, tests::tee};

    fn with_phones(serials: &[Option<&str>]) -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        for serial in serials {
            let line = basket.add(tee()).unwrap();
            basket.ask_traced(line, Traced::Serial, *serial);
        }
        basket
    }

    #[test]
    fn each_piece_is_a_line_with_a_number_of_its_own() {
        let mut basket = with_phones(&[Some("SN-1"), None]);
        assert_eq!(basket.lines.len(), 2, "no piece joins another's line");
        assert_eq!(basket.untraced().unwrap().1.line, 2);
        let twice = basket.trace(2, " SN-1 ");
        assert_eq!(twice, Err(TraceRefused::Twice("SN-1".to_owned())));
        basket.trace(2, " SN-2 ").unwrap();
        assert!(basket.untraced().is_none());
        assert_eq!(
            basket.is_countable(1),
            Err(BasketRefused::HasSerial { line: 1 })
        );
    }

    #[test]
    fn a_piece_that_was_taken_out_gives_its_number_back() {
        let mut basket = with_phones(&[Some("SN-1"), Some("SN-1")]);
        assert_eq!(basket.untraced().unwrap().1.line, 2, "it was not taken");
        basket.void(1, Some(StaffId::from_parts(1, 1))).unwrap();
        basket.trace(2, "SN-1").unwrap();
        assert!(basket.untraced().is_none());
    }

    #[test]
    fn a_number_is_one_line_and_of_goods_that_have_one() {
        let mut basket = with_phones(&[None]);
        for bad in ["", " ", "a\nb", &"9".repeat(41)] {
            assert_eq!(basket.trace(1, bad), Err(TraceRefused::Unfit), "{bad:?}");
        }
        let plain = basket.add(tee()).unwrap();
        assert_eq!(
            basket.trace(plain, "SN-9"),
            Err(TraceRefused::NotTraced(plain))
        );
    }
}
