//! Prices changed by hand: what may be taken off, why, and how much of it needs a manager.
//!
//! It checks no PIN: who approves was found out before.

use counterpart_protocol::ids::StaffId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{TillLimits, TillPolicy};
use counterpart_protocol::pricing::{Off, Percent};
use counterpart_protocol::staff::Role;
use serde::{Deserialize, Serialize};

use super::basket::{Basket, BasketRefused};
use super::by_hand::{Discount, Given, PriceReason, TypedPrice};

/// Discounts on one line and on one sale: each is a line of the receipt.
const DISCOUNTS_MAX: usize = 5;
/// The dearest price that is typed, in whole units of the currency: more is a typing mistake.
pub(super) const UNITS_MAX: i64 = 1_000_000;

/// What somebody wants of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reprice {
    /// Something comes off a line.
    Line(u16, Off),
    /// Something comes off the sale.
    Sale(Off),
    /// Each unit of a line costs this.
    Price(u16, Minor),
    /// A line costs again what it did.
    ClearLine(u16),
    /// Nothing comes off the sale any more.
    ClearSale,
}

/// Who wants it, under which limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asking<'a> {
    /// Who.
    pub by: StaffId,
    /// What they are.
    pub role: Role,
    /// Why; needed for whatever is not taken back.
    pub reason: Option<PriceReason>,
    /// The manager who approves.
    pub approved_by: Option<StaffId>,
    /// The limits.
    pub policy: &'a TillPolicy,
    /// The currency of the basket.
    pub currency: Currency,
}

/// Why a price stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscountRefused {
    /// The word is none of the list.
    #[error("'{0}' is no reason: choose one of the list")]
    UnknownReason(String),
    /// No reason was given.
    #[error("say why the price changes with a reason of the list")]
    ReasonMissing,
    /// A share or amount of nothing, or more than all.
    #[error("what comes off is more than nothing and at most all of it: type it again")]
    OutOfRange,
    /// A price below nothing, or absurd.
    #[error("a price is not below nothing and at most {UNITS_MAX} {currency}: type it again")]
    PriceOutOfRange {
        /// The currency.
        currency: Currency,
    },
    /// It has as many as a receipt should list.
    #[error("there are five discounts already: take them off first")]
    TooMany,
    /// Beyond what the person may do alone.
    #[error("this comes to {share} % and {allowed} % may be given alone: have a manager type \
        their PIN",
        share = percent(*share), allowed = percent(*allowed))]
    NeedsManager {
        /// What it comes to.
        share: Percent,
        /// What may be given alone.
        allowed: Percent,
    },
    /// Beyond what anybody may do.
    #[error("this comes to {share} % and nobody here may give more than {allowed} %: give less",
        share = percent(*share), allowed = percent(*allowed))]
    BeyondAll {
        /// What it comes to.
        share: Percent,
        /// What may be given at most.
        allowed: Percent,
    },
    /// What was given is too much of what is left in the basket.
    #[error("{what} now comes to {share} % off and {allowed} % were allowed: take it off and give \
        it again", share = percent(*share), allowed = percent(*allowed))]
    Outgrown {
        /// What it is off: a line's name, or the sale.
        what: String,
        /// What it comes to.
        share: Percent,
        /// What was allowed.
        allowed: Percent,
    },
    /// The basket stays as it is.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
}

/// Writes a share rounded up to tenths of a percent, so that it never looks allowed.
fn percent(share: Percent) -> String {
    let tenths = share.0.div_ceil(100);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// Which limit of a role counts.
type LimitOf = fn(&TillLimits) -> Percent;

impl Basket {
    /// Changes a price.
    ///
    /// # Errors
    /// [`DiscountRefused`]; the basket is unchanged.
    pub(crate) fn reprice(
        &mut self,
        change: Reprice,
        asking: &Asking<'_>,
    ) -> Result<(), DiscountRefused> {
        let mut after = self.clone();
        match change {
            Reprice::ClearLine(line) => {
                let found = after.standing(line)?;
                found.discounts.clear();
                found.typed = None;
            }
            Reprice::ClearSale => after.discounts.clear(),
            Reprice::Line(line, off) => {
                let given = asking.given(off_in_range(off), |it| it.line_discount_max)?;
                push(&mut after.standing(line)?.discounts, off, given)?;
                let share = after.line_share(line)?;
                let found = after.standing(line)?;
                let last = found.discounts.last_mut();
                asking.settle(share, last.map(|it| &mut it.given), |it| {
                    it.line_discount_max
                })?;
            }
            Reprice::Sale(off) => {
                let given = asking.given(off_in_range(off), |it| it.sale_discount_max)?;
                push(&mut after.discounts, off, given)?;
                let share = after.sale_share()?;
                let last = after.discounts.last_mut();
                asking.settle(share, last.map(|it| &mut it.given), |it| {
                    it.sale_discount_max
                })?;
            }
            Reprice::Price(line, price_minor) => {
                let most = UNITS_MAX * 10_i64.pow(u32::from(asking.currency.decimals()));
                let currency = asking.currency;
                let in_range = (0..=most).contains(&price_minor.0);
                let in_range = in_range
                    .then_some(())
                    .ok_or(DiscountRefused::PriceOutOfRange { currency });
                let given = asking.given(in_range, |it| it.price_change_max)?;
                let found = after.standing(line)?;
                let share = changed_by(found.item.unit_price_minor, price_minor);
                found.typed = Some(TypedPrice { price_minor, given });
                let typed = found.typed.as_mut();
                asking.settle(share, typed.map(|it| &mut it.given), |it| {
                    it.price_change_max
                })?;
            }
        }
        after.figures()?;
        *self = after;
        Ok(())
    }

    /// Checks that nothing given by hand has outgrown what it was allowed to be: a fixed amount off
    /// ten pieces is another share of one.
    ///
    /// # Errors
    /// [`DiscountRefused::Outgrown`], naming the first; [`DiscountRefused::Basket`].
    pub(crate) fn within_limits(&self) -> Result<(), DiscountRefused> {
        let figures = self.figures()?;
        let most = |all: &[Discount]| all.iter().map(|it| it.given.allowed).max();
        for line in self.standing_lines() {
            let Some(allowed) = most(&line.discounts) else {
                continue;
            };
            let share = figures.line_share(line.line);
            if share > allowed {
                let what = line.item.description.clone();
                return Err(DiscountRefused::Outgrown {
                    what,
                    share,
                    allowed,
                });
            }
        }
        let Some(allowed) = most(&self.discounts) else {
            return Ok(());
        };
        let share = figures.sale_share();
        match share > allowed {
            true => Err(DiscountRefused::Outgrown {
                what: "the sale".to_owned(),
                share,
                allowed,
            }),
            false => Ok(()),
        }
    }

    fn line_share(&self, line: u16) -> Result<Percent, DiscountRefused> {
        Ok(self.figures()?.line_share(line))
    }

    fn sale_share(&self) -> Result<Percent, DiscountRefused> {
        Ok(self.figures()?.sale_share())
    }
}

impl Asking<'_> {
    /// Returns who gives it, under the person's own limit for now.
    fn given(
        &self,
        in_range: Result<(), DiscountRefused>,
        limit: LimitOf,
    ) -> Result<Given, DiscountRefused> {
        in_range?;
        Ok(Given {
            reason: self.reason.ok_or(DiscountRefused::ReasonMissing)?,
            by: self.by,
            approved_by: None,
            allowed: limit(self.policy.limits(self.role)),
        })
    }

    /// Decides whether what was given stays, and under whose limit.
    fn settle(
        &self,
        share: Percent,
        given: Option<&mut Given>,
        limit: LimitOf,
    ) -> Result<(), DiscountRefused> {
        let alone = limit(self.policy.limits(self.role));
        let most = limit(self.policy.limits(Role::Manager)).max(alone);
        if share <= alone {
            return Ok(());
        }
        if share > most {
            return Err(DiscountRefused::BeyondAll {
                share,
                allowed: most,
            });
        }
        match (given, self.approved_by) {
            (Some(given), Some(manager)) => {
                given.approved_by = Some(manager);
                given.allowed = most;
                Ok(())
            }
            (None, _) | (_, None) => Err(DiscountRefused::NeedsManager {
                share,
                allowed: alone,
            }),
        }
    }
}

fn off_in_range(off: Off) -> Result<(), DiscountRefused> {
    let fits = match off {
        Off::Percent(share) => (1..=Percent::ALL.0).contains(&share.0),
        Off::Amount(amount) => amount > Minor::ZERO,
    };
    fits.then_some(()).ok_or(DiscountRefused::OutOfRange)
}

fn push(all: &mut Vec<Discount>, off: Off, given: Given) -> Result<(), DiscountRefused> {
    if all.len() >= DISCOUNTS_MAX {
        return Err(DiscountRefused::TooMany);
    }
    all.push(Discount { off, given });
    Ok(())
}

/// Returns how far a price is from the one in force, up or down, of the latter.
fn changed_by(list: Minor, typed: Minor) -> Percent {
    Percent::that(Minor((list.0 - typed.0).abs()), list)
}

#[cfg(test)]
mod tests;
