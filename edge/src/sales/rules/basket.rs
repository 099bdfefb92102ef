//! The basket: lines as they are scanned, changed and voided before payment.
//!
//! A line is never deleted: a voided one stays with who voided it, and can be taken back.

mod refused;

pub(crate) use refused::BasketRefused;

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{SaleId, Sku, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{LineRemarks, SoldTo};
use counterpart_protocol::tax::Rate;
use serde::{Deserialize, Serialize};

use super::by_hand::{Discount, TypedPrice};
use super::coupon::BasketCoupon;
use super::figures::Offers;
use super::promised::Strict;
use super::taxing::Taxing;
use crate::returns::Exchange;

/// Pieces on one line: beyond it a typed code was taken for a quantity.
const PIECES_MAX: Milli = Milli::units(999);
/// Kilograms on one line: no counter scale weighs more (hardware.md, scale).
const KILOGRAMS_MAX: Milli = Milli(999_999);
/// Lines of one sale, voided ones included: ten metres of receipt are enough.
const LINES_MAX: usize = 500;

/// What a scan or a tile brings to the basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// What it is.
    pub sku: Sku,
    /// Its name.
    pub description: String,
    /// The department it is found in.
    pub department: String,
    /// How it is counted.
    pub unit: Unit,
    /// The price of one unit as it is marked.
    pub unit_price_minor: Minor,
    /// What it is taxed at.
    pub tax_rate: Rate,
}

/// A sale before it is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Basket {
    /// The sale it becomes.
    pub sale_id: SaleId,
    /// Its lines by ascending number.
    pub lines: Vec<BasketLine>,
    /// What comes off all of it, in the order it was given.
    pub discounts: Vec<Discount>,
    /// To whom it is sold.
    #[serde(default)]
    pub sold_to: SoldTo,
    /// The coupons that lie in it.
    #[serde(default)]
    pub coupons: Vec<BasketCoupon>,
    /// What is taken off without anybody asking for it.
    #[serde(skip)]
    pub offers: Offers,
    /// How it is taxed.
    #[serde(skip)]
    pub taxing: Taxing,
    /// What comes back with it.
    #[serde(skip)]
    pub exchange: Option<Exchange>,
    /// What the store has of its goods that are not sold on others' promises without an approval.
    #[serde(skip)]
    pub strict: Vec<Strict>,
}

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BasketLine {
    /// Its number, from 1, never given twice.
    pub line: u16,
    /// What, and at which price: as it was when it was scanned.
    pub item: Item,
    /// How much; nothing for goods that still have to be weighed.
    pub quantity_milli: Milli,
    /// Counts up with each scan, over the whole basket: the highest is the newest line. A quantity
    /// changed by hand leaves it, so that lines do not move under the finger.
    pub touched: u32,
    /// Who took it out again, if anybody did.
    pub voided: Option<Voided>,
    /// What a person says one unit costs, if somebody did.
    pub typed: Option<TypedPrice>,
    /// What comes off it, in the order it was given.
    pub discounts: Vec<Discount>,
    /// What else is said of it.
    #[serde(default)]
    pub remarks: LineRemarks,
}

/// Who took a line out of the basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Voided {
    /// The person.
    pub by: Option<StaffId>,
}

/// One more or one less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// One more.
    More,
    /// One less.
    Less,
}

impl Basket {
    /// Returns a basket without lines.
    #[must_use]
    pub(crate) fn new(sale_id: SaleId) -> Self {
        Self {
            sale_id,
            lines: Vec::new(),
            discounts: Vec::new(),
            sold_to: SoldTo::default(),
            coupons: Vec::new(),
            offers: Offers::default(),
            taxing: Taxing::default(),
            exchange: None,
            strict: Vec::new(),
        }
    }

    /// Adds one piece, or a line to be weighed, and returns its line: pieces of the same product at
    /// the same price go on one line until it is full; what is weighed gets a line each time.
    ///
    /// # Errors
    /// [`BasketRefused::TooManyLines`], [`BasketRefused::TooMuch`]; the basket is unchanged.
    pub(crate) fn add(&mut self, item: Item) -> Result<u16, BasketRefused> {
        let before = self.clone();
        let line = match item.unit {
            Unit::Piece => self.add_piece(item),
            Unit::Kilogram => self.push(item, Milli::ZERO),
        };
        self.keep_or(before, line)
    }

    /// Sets the quantity of a line.
    ///
    /// # Errors
    /// [`BasketRefused`], naming what is wrong with the quantity; the basket is unchanged.
    pub(crate) fn set_quantity(&mut self, line: u16, quantity: Milli) -> Result<(), BasketRefused> {
        let before = self.clone();
        let changed = self.standing(line).and_then(|found| {
            check_quantity(&found.item, quantity)?;
            found.quantity_milli = quantity;
            Ok(())
        });
        self.keep_or(before, changed)
    }

    /// Puts one piece or kilogram more or less on a line.
    ///
    /// # Errors
    /// [`BasketRefused`]; one piece less than one is refused, not a removal.
    pub(crate) fn step(&mut self, line: u16, step: Step) -> Result<(), BasketRefused> {
        let quantity = self.standing(line)?.quantity_milli;
        let wanted = match step {
            Step::More => Milli(quantity.0 + Milli::ONE.0),
            Step::Less => Milli(quantity.0 - Milli::ONE.0),
        };
        self.set_quantity(line, wanted)
    }

    /// Takes a line out and keeps it as voided.
    ///
    /// # Errors
    /// [`BasketRefused::NoSuchLine`], [`BasketRefused::LineVoided`].
    pub(crate) fn void(&mut self, line: u16, by: Option<StaffId>) -> Result<(), BasketRefused> {
        self.standing(line)?.voided = Some(Voided { by });
        self.follow();
        Ok(())
    }

    /// Takes a voiding back.
    ///
    /// # Errors
    /// [`BasketRefused::NoSuchLine`], [`BasketRefused::LineStands`], [`BasketRefused::TooMuch`].
    pub(crate) fn restore(&mut self, line: u16) -> Result<(), BasketRefused> {
        let before = self.clone();
        let found = self.line(line)?;
        if found.voided.take().is_none() {
            return Err(BasketRefused::LineStands { line });
        }
        self.keep_or(before, Ok(()))
    }

    /// Returns the lines that will be paid.
    pub(crate) fn standing_lines(&self) -> impl Iterator<Item = &BasketLine> {
        self.lines.iter().filter(|line| line.voided.is_none())
    }

    /// Returns the line scanned last, if any stands.
    #[must_use]
    pub(crate) fn newest(&self) -> Option<u16> {
        let newest = self.standing_lines().max_by_key(|line| line.touched)?;
        Some(newest.line)
    }

    /// Returns how many items there are: pieces, and one for each weighed line.
    #[must_use]
    pub(crate) fn items(&self) -> i64 {
        self.standing_lines()
            .map(|line| match line.item.unit {
                Unit::Piece => line.quantity_milli.0 / Milli::ONE.0,
                Unit::Kilogram => 1,
            })
            .sum()
    }

    fn add_piece(&mut self, item: Item) -> Result<u16, BasketRefused> {
        let touch = self.next_touch();
        let same = self
            .lines
            .iter_mut()
            .find(|line| line.is_plain() && line.item == item && line.quantity_milli < PIECES_MAX);
        match same {
            Some(line) => {
                line.quantity_milli = Milli(line.quantity_milli.0 + Milli::ONE.0);
                line.touched = touch;
                Ok(line.line)
            }
            None => self.push(item, Milli::ONE),
        }
    }

    pub(super) fn push(&mut self, item: Item, quantity_milli: Milli) -> Result<u16, BasketRefused> {
        if self.lines.len() >= LINES_MAX {
            return Err(BasketRefused::TooManyLines);
        }
        let line = self.lines.last().map_or(1, |last| last.line + 1);
        self.lines.push(BasketLine {
            line,
            item,
            quantity_milli,
            touched: self.next_touch(),
            voided: None,
            typed: None,
            discounts: Vec::new(),
            remarks: LineRemarks::default(),
        });
        Ok(line)
    }

    /// Keeps a change that still adds up, else puts the basket back as it was.
    pub(super) fn keep_or<T>(
        &mut self,
        before: Self,
        changed: Result<T, BasketRefused>,
    ) -> Result<T, BasketRefused> {
        self.follow();
        let checked = changed.and_then(|value| {
            self.figures()?;
            Ok(value)
        });
        if checked.is_err() {
            *self = before;
        }
        checked
    }

    fn next_touch(&self) -> u32 {
        self.lines
            .iter()
            .map(|line| line.touched)
            .max()
            .unwrap_or(0)
            + 1
    }

    fn line(&mut self, line: u16) -> Result<&mut BasketLine, BasketRefused> {
        let found = self.lines.iter_mut().find(|found| found.line == line);
        found.ok_or(BasketRefused::NoSuchLine { line })
    }

    pub(super) fn standing(&mut self, line: u16) -> Result<&mut BasketLine, BasketRefused> {
        let found = self.line(line)?;
        if found.voided.is_some() {
            return Err(BasketRefused::LineVoided { line });
        }
        Ok(found)
    }
}

impl BasketLine {
    /// Returns the price of one unit: what a person typed, else the one in force.
    #[must_use]
    pub(crate) fn unit_price(&self) -> Minor {
        let typed = self.typed.as_ref().map(|typed| typed.price_minor);
        typed.unwrap_or(self.item.unit_price_minor)
    }

    /// Returns what the line costs before anything comes off it, halves of the smallest coin
    /// rounded up.
    ///
    /// # Errors
    /// [`BasketRefused::TooMuch`].
    pub(crate) fn gross(&self) -> Result<Minor, BasketRefused> {
        self.unit_price()
            .scaled(self.quantity_milli.0, Milli::ONE.0)
            .ok_or(BasketRefused::TooMuch)
    }

    /// Tells whether one more of the same may go on it: what was taken off one piece by hand is no
    /// other piece's business, and neither is what was noted of it.
    fn is_plain(&self) -> bool {
        let is_priced_as_ever = self.typed.is_none() && self.discounts.is_empty();
        self.voided.is_none() && is_priced_as_ever && self.remarks.is_plain()
    }

    /// Tells whether the goods still have to be weighed.
    #[must_use]
    pub(crate) fn wants_weight(&self) -> bool {
        self.quantity_milli == Milli::ZERO
    }
}

fn check_quantity(item: &Item, quantity: Milli) -> Result<(), BasketRefused> {
    if quantity <= Milli::ZERO {
        return Err(BasketRefused::NotPositive);
    }
    match item.unit {
        Unit::Piece if !quantity.is_whole() => Err(BasketRefused::NotWhole {
            description: item.description.clone(),
        }),
        Unit::Piece if quantity > PIECES_MAX => Err(BasketRefused::TooMany { quantity }),
        Unit::Kilogram if quantity > KILOGRAMS_MAX => Err(BasketRefused::TooHeavy { quantity }),
        Unit::Piece | Unit::Kilogram => Ok(()),
    }
}
