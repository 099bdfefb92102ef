//! What comes with goods: a deposit that goes where they go, and the question whether the customer
//! is old enough for them.

use counterpart_protocol::ids::StaffId;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::AgeAsked;

use super::basket::{Basket, BasketRefused, Item};

impl Basket {
    /// Puts what goes with a line into the basket: as many pieces as the line has, on a line of its
    /// own that follows it. A line that has one already keeps it.
    ///
    /// # Errors
    /// [`BasketRefused`]; the basket is unchanged.
    pub(crate) fn attach(&mut self, line: u16, item: Item) -> Result<(), BasketRefused> {
        let before = self.clone();
        let mut attached = self.lines.iter();
        let has_one = attached.any(|it| it.remarks.goes_with == Some(line));
        let pushed = match has_one {
            true => Ok(0),
            false => self.push(item, Milli::ONE),
        };
        if let Ok(attached) = pushed
            && attached > 0
            && let Some(last) = self.lines.last_mut()
        {
            last.remarks.goes_with = Some(line);
            // What was scanned is the newest line, not what came with it.
            last.touched = last.touched.saturating_sub(2);
        }
        self.keep_or(before, pushed).map(|_| ())
    }

    /// Lets what goes with lines follow them: their pieces, and whether they were taken out.
    pub(super) fn follow(&mut self) {
        let leaders: Vec<_> = self
            .lines
            .iter()
            .map(|it| (it.line, it.quantity_milli, it.voided))
            .collect();
        for line in &mut self.lines {
            let leader = line.remarks.goes_with.and_then(|with| {
                let mut leaders = leaders.iter();
                leaders.find(|(number, _, _)| *number == with)
            });
            if let Some((_, quantity, voided)) = leader {
                line.voided = *voided;
                // What is weighed has one deposit, whatever it weighs.
                line.quantity_milli = match quantity.is_whole() && *quantity > Milli::ZERO {
                    true => *quantity,
                    false => Milli::ONE,
                };
            }
        }
    }

    /// Refuses what somebody wants of a line that follows another.
    ///
    /// # Errors
    /// [`BasketRefused::Follows`].
    pub(crate) fn leads(&self, line: u16) -> Result<(), BasketRefused> {
        let found = self.lines.iter().find(|it| it.line == line);
        match found.and_then(|it| it.remarks.goes_with) {
            Some(with) => Err(BasketRefused::Follows { line, with }),
            None => Ok(()),
        }
    }

    /// Notes that a line is for customers of `years` and more. Whoever confirmed an age as high in
    /// this sale has confirmed it for this line too.
    pub(crate) fn ask_age(&mut self, line: u16, years: u8) {
        let confirmed_by = self
            .standing_lines()
            .filter_map(|it| it.remarks.age.as_ref())
            .filter(|it| it.years >= years)
            .find_map(|it| it.confirmed_by);
        if let Some(found) = self.lines.iter_mut().find(|it| it.line == line)
            && found.remarks.age.is_none()
        {
            found.remarks.age = Some(AgeAsked {
                years,
                confirmed_by,
            });
        }
    }

    /// Returns the highest age somebody still has to ask for, with what it is for.
    #[must_use]
    pub(crate) fn age_to_confirm(&self) -> Option<(u8, &str)> {
        self.standing_lines()
            .filter_map(|line| Some((line.remarks.age.as_ref()?, line)))
            .filter(|(age, _)| age.confirmed_by.is_none())
            .map(|(age, line)| (age.years, line.item.description.as_str()))
            .max_by_key(|(years, _)| *years)
    }

    /// Notes who saw that the customer is old enough for everything in the basket.
    pub(crate) fn confirm_age(&mut self, by: StaffId) {
        let open = self
            .lines
            .iter_mut()
            .filter(|line| line.voided.is_none())
            .filter_map(|line| line.remarks.age.as_mut());
        for age in open.filter(|age| age.confirmed_by.is_none()) {
            age.confirmed_by = Some(by);
        }
    }

    /// Takes out what the customer is not old enough for, or does not show it.
    ///
    /// # Errors
    /// [`BasketRefused`], which cannot be: the lines stand.
    pub(crate) fn refuse_age(&mut self, by: StaffId) -> Result<(), BasketRefused> {
        let unproven: Vec<u16> = self
            .standing_lines()
            .filter(|line| {
                line.remarks
                    .age
                    .as_ref()
                    .is_some_and(|it| it.confirmed_by.is_none())
            })
            .map(|line| line.line)
            .collect();
        for line in unproven {
            self.void(line, Some(by))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::{SaleId, StaffId};
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::quantity::Milli;

    use crate::sales::rules::tests::tee;
    use crate::sales::rules::{Basket, BasketRefused, Item, Step};

    fn goods(sku: &str, price: i64) -> Item {
        Item {
            sku: sku.parse().unwrap(),
            description: sku.to_owned(),
            unit_price_minor: Minor(price),
            ..tee()
        }
    }

    fn with_beer() -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        let line = basket.add(goods("BEER", 120)).unwrap();
        basket.attach(line, goods("DEPOSIT", 10)).unwrap();
        basket.ask_age(line, 18);
        basket
    }

    fn told(basket: &Basket) -> Vec<(u16, i64, bool)> {
        let lines = basket.lines.iter();
        lines
            .map(|it| (it.line, it.quantity_milli.0, it.voided.is_some()))
            .collect()
    }

    fn ada() -> StaffId {
        StaffId::from_parts(1, 7)
    }

    #[test]
    fn a_deposit_goes_where_its_goods_go() {
        let mut basket = with_beer();
        assert_eq!(basket.newest(), Some(1), "the beer was scanned");
        // The same beer again: one line, one deposit line.
        assert_eq!(basket.add(goods("BEER", 120)), Ok(1));
        basket.attach(1, goods("DEPOSIT", 10)).unwrap();
        assert_eq!(told(&basket), [(1, 2_000, false), (2, 2_000, false)]);
        assert_eq!(basket.figures().unwrap().total_minor, Minor(260));
        basket.set_quantity(1, Milli::units(6)).unwrap();
        basket.step(1, Step::Less).unwrap();
        assert_eq!(told(&basket), [(1, 5_000, false), (2, 5_000, false)]);
        basket.void(1, Some(ada())).unwrap();
        assert_eq!(told(&basket), [(1, 5_000, true), (2, 5_000, true)]);
        basket.restore(1).unwrap();
        assert_eq!(told(&basket), [(1, 5_000, false), (2, 5_000, false)]);
        assert_eq!(
            basket.leads(2),
            Err(BasketRefused::Follows { line: 2, with: 1 })
        );
        assert_eq!(basket.leads(1), Ok(()));
    }

    #[test]
    fn who_saw_an_age_is_kept_with_each_line_it_holds_for() {
        let mut basket = with_beer();
        assert_eq!(basket.age_to_confirm(), Some((18, "BEER")));
        basket.confirm_age(ada());
        assert_eq!(basket.age_to_confirm(), None);
        let wine = basket.add(goods("WINE", 700)).unwrap();
        basket.ask_age(wine, 16);
        let rum = basket.add(goods("RUM", 1_900)).unwrap();
        basket.ask_age(rum, 21);
        assert_eq!(basket.age_to_confirm(), Some((21, "RUM")));
        basket.refuse_age(ada()).unwrap();
        assert_eq!(basket.age_to_confirm(), None);
        let standing: Vec<&str> = basket
            .standing_lines()
            .map(|line| line.item.sku.as_str())
            .collect();
        assert_eq!(standing, ["BEER", "DEPOSIT", "WINE"]);
        let said = basket.lines[2].remarks.age.as_ref().unwrap();
        assert_eq!((said.years, said.confirmed_by), (16, Some(ada())));
    }
}
