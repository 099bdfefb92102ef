//! The promotions of a store as they are published, and the index a till finds them by.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{Coupon, Deal, Goods, Line, Moment, Promotion};
use crate::coupons::CouponCode;
use crate::ids::{GroupId, Sku};

/// The promotions of one store as the hub publishes them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PromotionBook {
    /// The promotions by ascending short name.
    pub promotions: Vec<Promotion>,
}

/// Promotions with an index by what they are about: a basket asks only for those that are about
/// something in it, so that what a basket costs to price does not grow with what is published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Promotions {
    all: Vec<Promotion>,
    by_sku: HashMap<Sku, Vec<usize>>,
    by_department: HashMap<String, Vec<usize>>,
    about_all: Vec<usize>,
}

/// A promotion that is about something in a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its place.
    pub(super) promotion: usize,
    /// The places of the lines it is about, ascending.
    pub(super) lines: Vec<usize>,
    /// The places of the lines that are cheaper then, where those are others.
    pub(super) rewards: Vec<usize>,
}

impl Candidate {
    /// Returns every line it could touch, ascending.
    pub(super) fn touches(&self) -> Vec<usize> {
        let mut all = self.lines.clone();
        all.extend(&self.rewards);
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Promotions {
    /// Makes the index.
    #[must_use]
    pub fn of(all: Vec<Promotion>) -> Self {
        let mut index = Self::default();
        for (at, promotion) in all.iter().enumerate() {
            index.add(at, &promotion.goods);
            if let Deal::Get { of: Some(of), .. } = &promotion.deal {
                index.add(at, of);
            }
        }
        index.all = all;
        index
    }

    /// Returns the promotion at a place.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Promotion> {
        self.all.get(at)
    }

    /// Returns the promotion with a short name, and its place.
    #[must_use]
    pub fn named(&self, id: &str) -> Option<(usize, &Promotion)> {
        self.all.iter().enumerate().find(|(_, it)| it.id == id)
    }

    /// Returns the promotion that asks for a code: of several the first that holds at a moment,
    /// else the first.
    #[must_use]
    pub fn of_code(&self, code: &CouponCode, moment: Moment) -> Option<&Promotion> {
        let asks = |it: &&Promotion| match &it.coupon {
            Some(Coupon::Open { code: asked }) => asked == code,
            Some(Coupon::Single) | None => false,
        };
        let all = || self.all.iter().filter(asks);
        let holds = all().find(|it| it.window.holds_at(moment));
        holds.or_else(|| all().next())
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Returns those that hold now for whoever comes and are about a product of a department, by
    /// place: what a shelf label or a search result names.
    pub fn about<'a>(
        &'a self,
        sku: &Sku,
        department: &str,
        moment: Moment,
    ) -> impl Iterator<Item = &'a Promotion> {
        let mut places = self.places(sku, department);
        places.sort_unstable();
        places.dedup();
        let found = places.into_iter().map(|at| &self.all[at]);
        found.filter(move |it| it.coupon.is_none() && it.window.holds_at(moment))
    }

    fn add(&mut self, at: usize, goods: &Goods) {
        if goods.are_all() {
            self.about_all.push(at);
        }
        for sku in &goods.skus {
            self.by_sku.entry(sku.clone()).or_default().push(at);
        }
        for department in &goods.departments {
            let places = self.by_department.entry(department.clone()).or_default();
            places.push(at);
        }
    }

    fn places(&self, sku: &Sku, department: &str) -> Vec<usize> {
        let by_sku = self.by_sku.get(sku).into_iter().flatten();
        let by_department = self.by_department.get(department).into_iter().flatten();
        let places = by_sku.chain(by_department).chain(&self.about_all);
        places.copied().collect()
    }

    /// Returns those that hold at a moment for a customer's group and with the coupons of a basket,
    /// and are about any of `lines`, which stand at their places; a line whose price was typed
    /// takes no part.
    pub(super) fn candidates(
        &self,
        lines: &[&Line<'_>],
        (group, coupons): (Option<&GroupId>, &[&str]),
        moment: Moment,
    ) -> Vec<Candidate> {
        let mut found: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (place, line) in lines.iter().enumerate() {
            let takes_part = !line.is_overridden && line.unit_price_minor.0 > 0;
            if !takes_part || line.quantity_milli.0 <= 0 {
                continue;
            }
            for at in self.places(line.sku, line.department) {
                let promotion = &self.all[at];
                let known = found.get(&at).map(|(goods, rewards)| {
                    goods.last() == Some(&place) || rewards.last() == Some(&place)
                });
                let holds = promotion.window.holds_at(moment)
                    && promotion.is_for(group)
                    && promotion.is_asked_by(coupons);
                if known == Some(true) || !holds {
                    continue;
                }
                let (goods, rewards) = found.entry(at).or_default();
                if promotion.goods.hold(line.sku, line.department) {
                    goods.push(place);
                } else if rewards_of(promotion).is_some_and(|of| of.hold(line.sku, line.department))
                {
                    rewards.push(place);
                }
            }
        }
        let found = found
            .into_iter()
            .map(|(promotion, (lines, rewards))| Candidate {
                promotion,
                lines,
                rewards,
            });
        found.filter(|it| !it.lines.is_empty()).collect()
    }
}

fn rewards_of(promotion: &Promotion) -> Option<&Goods> {
    match &promotion.deal {
        Deal::Get { of, .. } => of.as_ref(),
        Deal::Each { .. } | Deal::Mix { .. } | Deal::Tiers { .. } | Deal::Threshold { .. } => None,
    }
}
