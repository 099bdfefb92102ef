//! Decides which promotions can be published, and what a store is sent of them.

use std::collections::BTreeSet;

use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::{GroupId, StoreId};
use counterpart_protocol::pricing::{Promotion, Window};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::prices::{in_zone, moment};

/// Stores one promotion may name; one for more of them is for all.
const STORES_MAX: usize = 1_000;
/// Products, departments and exceptions one promotion may name.
const GOODS_MAX: usize = 2_000;
/// How long a promotion that is over stays in books, in milliseconds: a till whose clock is behind.
pub(super) const OVER_KEPT_MS: i64 = 2 * 86_400_000;

/// A promotion as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionDraft {
    /// What it takes off; the dates of its window stand beside it, as wall times.
    pub promotion: Promotion,
    /// The stores it is for, by slug; every store if empty.
    #[serde(default)]
    pub stores: Vec<String>,
    /// From when on it holds, wall time in each store: `2026-12-01` or `2026-12-01T08:00`.
    #[serde(default)]
    pub from: Option<String>,
    /// When it ends, exclusive, likewise.
    #[serde(default)]
    pub until: Option<String>,
}

/// A promotion that may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Terms {
    /// Without the dates of its window.
    pub(super) promotion: Promotion,
    /// Sorted; every store if empty.
    pub(super) stores: Vec<StoreId>,
    pub(super) from: Option<DateTime>,
    pub(super) until: Option<DateTime>,
}

/// Why a promotion may not be: a field and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct PromotionRefused {
    /// The field.
    pub field: &'static str,
    /// A sentence to act on.
    pub sentence: String,
}

fn refused(field: &'static str, sentence: impl Into<String>) -> PromotionRefused {
    PromotionRefused {
        field,
        sentence: sentence.into(),
    }
}

/// Checks a promotion.
///
/// # Errors
/// [`PromotionRefused`] with the first field that is wrong.
pub(super) fn check(
    draft: PromotionDraft,
    known: &[StoreId],
    groups: &[CustomerGroup],
) -> Result<Terms, PromotionRefused> {
    let mut promotion = draft.promotion;
    let dated = promotion.window.from_ms.is_some() || promotion.window.until_ms.is_some();
    if dated {
        let sentence = "dates are wall times: say them in from and until beside the promotion";
        return Err(refused("window", sentence));
    }
    promotion
        .check()
        .map_err(|unfit| refused(unfit.field, unfit.sentence))?;
    let goods = &promotion.goods;
    let named = goods.skus.len() + goods.departments.len() + goods.except.len();
    if named > GOODS_MAX {
        let sentence = format!("a promotion names at most {GOODS_MAX} products: use departments");
        return Err(refused("goods", sentence));
    }
    check_groups(&promotion, groups)?;
    let mut stores = BTreeSet::new();
    for slug in draft.stores.iter().map(|slug| slug.trim()) {
        if slug.is_empty() {
            continue;
        }
        let found = known.iter().find(|store| store.as_str() == slug);
        let store =
            found.ok_or_else(|| refused("stores", format!("there is no store called {slug}")))?;
        stores.insert(store.clone());
    }
    if stores.len() > STORES_MAX {
        let sentence = format!("it names at most {STORES_MAX} stores: leave all out for all");
        return Err(refused("stores", sentence));
    }
    let wall = |field: &'static str, text: Option<&str>| {
        moment(field, text).map_err(|wrong| refused(field, wrong.sentence))
    };
    let from = wall("from", draft.from.as_deref())?;
    let until = wall("until", draft.until.as_deref())?;
    if let (Some(from), Some(until)) = (from, until)
        && from >= until
    {
        return Err(refused("until", "it would end before it begins"));
    }
    promotion.name = promotion.name.trim().to_owned();
    Ok(Terms {
        promotion,
        stores: stores.into_iter().collect(),
        from,
        until,
    })
}

/// Checks that the groups it is for are there.
///
/// # Errors
/// [`PromotionRefused`] with the first that is not.
pub(super) fn check_groups(
    promotion: &Promotion,
    groups: &[CustomerGroup],
) -> Result<(), PromotionRefused> {
    let is_known = |slug: &&GroupId| groups.iter().any(|group| group.id == **slug);
    match promotion.groups.iter().find(|slug| !is_known(slug)) {
        None => Ok(()),
        Some(slug) => {
            let sentence = format!("there is no group of customers called {slug}");
            Err(refused("groups", sentence))
        }
    }
}

impl Terms {
    /// Tells whether a store in `zone` has it in its book at `now_ms`: it is for the store and was
    /// not over for long.
    pub(super) fn is_for(&self, store: &StoreId, zone: &TimeZone, now_ms: i64) -> bool {
        let until = self.until.and_then(|wall| in_zone(wall, zone));
        (self.stores.is_empty() || self.stores.contains(store))
            && until.is_none_or(|until_ms| now_ms < until_ms + OVER_KEPT_MS)
    }

    /// Returns it as a store in `zone` reads it.
    pub(super) fn in_zone(&self, zone: &TimeZone) -> Promotion {
        let at = |wall: Option<DateTime>| wall.and_then(|wall| in_zone(wall, zone));
        Promotion {
            window: Window {
                from_ms: at(self.from),
                until_ms: at(self.until),
                ..self.promotion.window.clone()
            },
            ..self.promotion.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use counterpart_protocol::ids::StoreId;
    use counterpart_protocol::pricing::{Cut, Deal, Goods, Percent, Promotion, Window};
    use jiff::tz::TimeZone;

    use super::{OVER_KEPT_MS, PromotionDraft, Terms, check};

    fn draft() -> PromotionDraft {
        PromotionDraft {
            promotion: Promotion {
                id: "tenth".to_owned(),
                name: " A tenth off ".to_owned(),
                deal: Deal::Each {
                    cut: Cut::Percent(Percent(10_000)),
                },
                goods: Goods::default(),
                priority: 0,
                exclusive: true,
                window: Window::default(),
                groups: BTreeSet::new(),
                coupon: None,
            },
            stores: vec!["ghent-1".to_owned(), " ".to_owned()],
            from: Some("2026-12-01".to_owned()),
            until: Some("2026-12-02T08:00".to_owned()),
        }
    }

    fn known() -> Vec<StoreId> {
        vec!["ghent-1".parse().unwrap(), "utrecht-1".parse().unwrap()]
    }

    fn terms() -> Terms {
        check(draft(), &known(), &[]).unwrap()
    }

    #[test]
    fn it_holds_by_the_clock_of_each_store() {
        let terms = terms();
        assert_eq!(terms.promotion.name, "A tenth off");
        let zone = TimeZone::get("Europe/Brussels").unwrap();
        let there = terms.in_zone(&zone);
        // Midnight in Brussels is eleven in the evening of the day before in UTC.
        let window = (there.window.from_ms, there.window.until_ms);
        assert_eq!(window, (Some(1_796_079_600_000), Some(1_796_194_800_000)));
        let [ghent, utrecht] = ["ghent-1", "utrecht-1"].map(|it| it.parse().unwrap());
        let until_ms = 1_796_194_800_000;
        assert!(terms.is_for(&ghent, &zone, until_ms + OVER_KEPT_MS - 1));
        assert!(!terms.is_for(&ghent, &zone, until_ms + OVER_KEPT_MS));
        assert!(!terms.is_for(&utrecht, &zone, until_ms));
    }

    #[test]
    fn what_cannot_be_is_said_beside_its_field() {
        #[track_caller]
        fn refused(field: &str, change: impl FnOnce(&mut PromotionDraft)) {
            let mut changed = draft();
            change(&mut changed);
            assert_eq!(check(changed, &known(), &[]).unwrap_err().field, field);
        }
        refused("stores", |it| it.stores.push("atlantis".to_owned()));
        refused("from", |it| it.from = Some("soon".to_owned()));
        refused("until", |it| it.until = Some("2026-12-01".to_owned()));
        refused("window", |it| it.promotion.window.from_ms = Some(1));
        refused("id", |it| it.promotion.id = "A tenth".to_owned());
        refused("groups", |it| {
            it.promotion.groups = ["members".parse().unwrap()].into();
        });
        refused("goods", |it| {
            let skus = (0..=2_000).map(|at| format!("P-{at}").parse().unwrap());
            it.promotion.goods = Goods::skus(skus);
        });
    }
}
