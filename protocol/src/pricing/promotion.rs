//! Promotions: what they are about, what they take off, when they hold.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Cut, Off, Percent};
use crate::coupons::CouponCode;
use crate::ids::{GroupId, Sku};
use crate::money::Minor;
use crate::quantity::Milli;

/// Characters of a short name and of a name: what a receipt of 32 columns has room for.
const ID_MAX: usize = 40;
const NAME_MAX: usize = 60;
/// Units of a deal: beyond it somebody typed a code.
const UNITS_MAX: u16 = 999;
/// Tiers of one promotion: more than anybody puts on a shelf label.
const TIERS_MAX: usize = 20;
/// An amount no promotion has, in minor units.
const AMOUNT_MAX: Minor = Minor(100_000_000);
/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// Something that makes goods cheaper for a time, without anybody asking for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promotion {
    /// Its short name, given once.
    pub id: String,
    /// Its name on screens and receipts.
    pub name: String,
    /// What it takes off.
    pub deal: Deal,
    /// The goods it is about.
    #[serde(default)]
    pub goods: Goods,
    /// The higher, the earlier it has its turn.
    #[serde(default)]
    pub priority: i16,
    /// Whether it stands alone on the units it takes.
    #[serde(default)]
    pub exclusive: bool,
    /// When it holds.
    #[serde(default)]
    pub window: Window,
    /// The groups of customers it is for; everybody if empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<GroupId>,
    /// The coupon without which it takes nothing off; nothing where it needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<Coupon>,
}

/// The coupon a promotion asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Coupon {
    /// A code that anybody may say, once a basket.
    Open {
        /// The code.
        code: CouponCode,
    },
    /// One the hub issued for it, each good for one sale.
    Single,
}

/// What a promotion takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deal {
    /// Each unit is cheaper.
    Each {
        /// By what.
        cut: Cut,
    },
    /// Whoever buys some gets others cheaper; whole pieces only.
    Get {
        /// So many are bought.
        buy: u16,
        /// So many are cheaper then: of the same goods the cheapest, of others the dearest.
        get: u16,
        /// By what.
        cut: Cut,
        /// Which; nothing means the same goods.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Goods>,
    },
    /// So many of the goods, mixed, for one price; whole pieces only.
    Mix {
        /// So many.
        count: u16,
        /// For this much together.
        price_minor: Minor,
    },
    /// The more is bought, the cheaper is each unit.
    Tiers {
        /// The tiers by ascending quantity.
        tiers: Vec<Tier>,
    },
    /// Whoever buys the goods for enough pays less for them.
    Threshold {
        /// From so much on, after what has come off before.
        from_minor: Minor,
        /// What comes off all of them, prorated.
        off: Off,
    },
}

/// A step of [`Deal::Tiers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tier {
    /// From so much on.
    pub from_milli: Milli,
    /// Each unit is cheaper by this.
    pub cut: Cut,
}

/// Goods a promotion is about: those named and those of the departments named, but not the
/// exceptions. When neither is named, all goods.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Goods {
    /// Products.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skus: BTreeSet<Sku>,
    /// Departments.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub departments: BTreeSet<String>,
    /// Products it is not about.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<Sku>,
}

/// When a promotion holds: between two moments, on some days of the week, at some time of the day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Window {
    /// From when on, in milliseconds UTC; nothing means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Until when, in milliseconds UTC, exclusive; nothing means for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// Days of the week by ISO 8601, Monday is 1; none means all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub weekdays: BTreeSet<u8>,
    /// From this minute of the store's day on; nothing means from its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_minute: Option<u16>,
    /// Until this minute of the store's day, exclusive. When it is not after `from_minute` the
    /// window goes over midnight, and the part after it belongs to the weekday it is then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_minute: Option<u16>,
}

/// The moment a basket is priced at, as the store's clock on the wall says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In milliseconds UTC.
    pub at_ms: i64,
    /// The day of the week there by ISO 8601: Monday is 1, Sunday 7.
    pub weekday: u8,
    /// The minute of the day there, 0 to 1439.
    pub minute_of_day: u16,
}

/// What is wrong with a promotion: the field, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct PromotionUnfit {
    /// The field, by its name in JSON.
    pub field: &'static str,
    /// A sentence to act on.
    pub sentence: &'static str,
}

const fn unfit(field: &'static str, sentence: &'static str) -> PromotionUnfit {
    PromotionUnfit { field, sentence }
}

impl Goods {
    /// Returns exactly these products.
    #[must_use]
    pub fn skus(skus: impl IntoIterator<Item = Sku>) -> Self {
        Self {
            skus: skus.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Tells whether a product of a department belongs to them.
    #[must_use]
    pub fn hold(&self, sku: &Sku, department: &str) -> bool {
        let named = self.skus.contains(sku) || self.departments.contains(department);
        (named || self.are_all()) && !self.except.contains(sku)
    }

    /// Tells whether nothing is named, which means all goods.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.skus.is_empty() && self.departments.is_empty()
    }
}

impl Window {
    /// Tells whether it is open at a moment.
    #[must_use]
    pub fn holds_at(&self, moment: Moment) -> bool {
        let begun = self.from_ms.is_none_or(|from_ms| from_ms <= moment.at_ms);
        let lasts = self.until_ms.is_none_or(|until_ms| moment.at_ms < until_ms);
        let day = self.weekdays.is_empty() || self.weekdays.contains(&moment.weekday);
        let from = self.from_minute.unwrap_or(0);
        let until = self.until_minute.unwrap_or(DAY_MINUTES);
        let minute = moment.minute_of_day;
        let hour = if from < until {
            (from..until).contains(&minute)
        } else {
            minute >= from || minute < until
        };
        begun && lasts && day && hour
    }
}

impl Promotion {
    /// Tells whether a customer of a group, or of none, is given it.
    #[must_use]
    pub fn is_for(&self, group: Option<&GroupId>) -> bool {
        self.groups.is_empty() || group.is_some_and(|group| self.groups.contains(group))
    }

    /// Tells whether it counts for a basket in which the coupons of these promotions lie.
    #[must_use]
    pub fn is_asked_by(&self, coupons: &[&str]) -> bool {
        self.coupon.is_none() || coupons.contains(&self.id.as_str())
    }

    /// Checks that it can be published: that it has a name, takes something off and can ever hold.
    ///
    /// # Errors
    /// [`PromotionUnfit`], the first thing that is wrong.
    pub fn check(&self) -> Result<(), PromotionUnfit> {
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=ID_MAX).contains(&self.id.len()) || !self.id.chars().all(is_slug) {
            return Err(unfit("id", "1 to 40 of a to z, 0 to 9 and hyphens"));
        }
        let name = self.name.trim();
        let readable = !name.chars().any(char::is_control);
        if !readable || !(1..=NAME_MAX).contains(&name.chars().count()) {
            return Err(unfit("name", "a name has 1 to 60 characters"));
        }
        if let (Some(from_ms), Some(until_ms)) = (self.window.from_ms, self.window.until_ms)
            && until_ms <= from_ms
        {
            return Err(unfit("until", "it would end before it begins"));
        }
        if self
            .window
            .weekdays
            .iter()
            .any(|day| !(1..=7).contains(day))
        {
            return Err(unfit("weekdays", "days are 1 (Monday) to 7 (Sunday)"));
        }
        let minutes = [self.window.from_minute, self.window.until_minute];
        if minutes.iter().flatten().any(|at| *at > DAY_MINUTES) {
            return Err(unfit("until_minute", "a day has 1440 minutes"));
        }
        self.deal.check()
    }
}

impl Deal {
    fn check(&self) -> Result<(), PromotionUnfit> {
        let counts = |count: u16| (1..=UNITS_MAX).contains(&count);
        match self {
            Self::Each { cut } => check_cut(*cut),
            Self::Get { buy, get, cut, .. } => {
                if !counts(*buy) || !counts(*get) {
                    return Err(unfit(
                        "buy",
                        "1 to 999 are bought, and 1 to 999 cheaper then",
                    ));
                }
                check_cut(*cut)
            }
            Self::Mix { count, price_minor } => {
                if !(2..=UNITS_MAX).contains(count) {
                    return Err(unfit("count", "2 to 999 of the goods go together"));
                }
                check_amount("price_minor", *price_minor)
            }
            Self::Tiers { tiers } => {
                let ascend = tiers.is_sorted_by(|a, b| a.from_milli < b.from_milli);
                let positive = tiers.iter().all(|tier| tier.from_milli > Milli::ZERO);
                if !(1..=TIERS_MAX).contains(&tiers.len()) || !ascend || !positive {
                    let sentence = "1 to 20 tiers, each from more than the one before";
                    return Err(unfit("tiers", sentence));
                }
                tiers.iter().try_for_each(|tier| check_cut(tier.cut))
            }
            Self::Threshold { from_minor, off } => {
                check_amount("from_minor", *from_minor)?;
                match off {
                    Off::Percent(share) => check_share(*share),
                    Off::Amount(amount) if *amount <= Minor::ZERO => {
                        Err(unfit("off", "more than nothing comes off"))
                    }
                    Off::Amount(amount) => check_amount("off", *amount),
                }
            }
        }
    }
}

fn check_cut(cut: Cut) -> Result<(), PromotionUnfit> {
    match cut {
        Cut::Percent(share) => check_share(share),
        Cut::Amount(Minor(0)) => Err(unfit("cut", "more than nothing comes off")),
        Cut::Amount(amount) | Cut::Price(amount) => check_amount("cut", amount),
    }
}

fn check_share(share: Percent) -> Result<(), PromotionUnfit> {
    match (1..=Percent::ALL.0).contains(&share.0) {
        true => Ok(()),
        false => Err(unfit("cut", "more than nothing and at most 100 percent")),
    }
}

fn check_amount(field: &'static str, amount: Minor) -> Result<(), PromotionUnfit> {
    match (Minor::ZERO..=AMOUNT_MAX).contains(&amount) {
        true => Ok(()),
        false => Err(unfit(field, "that is no price: check the decimals")),
    }
}
