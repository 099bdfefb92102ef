//! The first rule: the nearest store that may promise the whole order serves it. A pickup is served
//! by the store the customer goes to, or by none.
//!
//! It is pure and deterministic: equal demands and candidates give equal choices, and of two stores
//! equally far the one whose slug comes first is taken.

use std::collections::BTreeMap;

use counterpart_protocol::ids::{EdgeNumber, Sku, StoreId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stores::GeoPoint;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::stores::StorePlace;

/// The earth's mean radius in metres (IUGG 1980, R1).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// What somebody wants, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// What, one entry a SKU.
    pub units: Vec<(Sku, Milli)>,
    /// Where to.
    pub wanted: Wanted,
    /// The stores that had a part of the order and could not serve it.
    pub failed: Vec<StoreId>,
}

/// Where an order is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The customer comes to this store.
    At(StoreId),
    /// It is sent to this place, or to one nobody knows on the map.
    Near(Option<GeoPoint>),
}

/// A store that might serve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The store.
    pub store_id: StoreId,
    /// The edge whose rights count.
    pub edge: EdgeNumber,
    /// Where it is, if anybody said.
    pub point: Option<GeoPoint>,
    /// What it may promise now of each SKU wanted.
    pub available: BTreeMap<Sku, Milli>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The store that serves the order, if one can.
    pub chosen: Option<(StoreId, EdgeNumber)>,
    /// What was thought of every candidate, the best first.
    pub considered: Vec<Considered>,
}

/// What was thought of one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Considered {
    /// The store.
    pub store_id: StoreId,
    /// How far it is from where the order is wanted, in metres.
    pub distance_m: Option<u32>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Why a store serves an order, or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// It serves the order.
    Chosen,
    /// It could, and another one is nearer or comes first.
    Farther,
    /// It may not promise enough of a SKU.
    Lacks {
        /// Of which.
        sku: Sku,
        /// How much may be promised there.
        available_milli: Milli,
        /// How much is wanted.
        wanted_milli: Milli,
    },
    /// The customer goes to another store.
    NotAsked,
    /// It had a part of this order and could not serve it.
    Failed,
}

/// Chooses who serves a demand.
#[must_use]
pub fn choose(demand: &Demand, candidates: &[Candidate]) -> Choice {
    let mut judged: Vec<(&Candidate, Considered)> = candidates
        .iter()
        .map(|candidate| (candidate, consider(demand, candidate)))
        .collect();
    judged.sort_by(|(_, a), (_, b)| order(a).cmp(&order(b)));
    // Whoever comes first and could serve it does.
    let mut chosen = None;
    for (candidate, considered) in &mut judged {
        if considered.verdict == Verdict::Farther && chosen.is_none() {
            considered.verdict = Verdict::Chosen;
            chosen = Some((candidate.store_id.clone(), candidate.edge));
        }
    }
    Choice {
        chosen,
        considered: judged
            .into_iter()
            .map(|(_, considered)| considered)
            .collect(),
    }
}

/// Sorts those that could serve it before the others, the nearer first, then by slug; a store
/// nobody placed comes after all that somebody did.
fn order(considered: &Considered) -> (bool, u32, &StoreId) {
    (
        considered.verdict != Verdict::Farther,
        considered.distance_m.unwrap_or(u32::MAX),
        &considered.store_id,
    )
}

fn consider(demand: &Demand, candidate: &Candidate) -> Considered {
    let (asked, from) = match &demand.wanted {
        Wanted::At(store) => (*store == candidate.store_id, None),
        Wanted::Near(point) => (true, *point),
    };
    let distance_m = from
        .zip(candidate.point)
        .map(|(from, to)| distance_m(from, to));
    let lacking = demand.units.iter().find_map(|(sku, wanted)| {
        let available = candidate.available.get(sku).copied().unwrap_or_default();
        (available < *wanted).then(|| Verdict::Lacks {
            sku: sku.clone(),
            available_milli: available,
            wanted_milli: *wanted,
        })
    });
    let verdict = match (asked, lacking) {
        (false, _) => Verdict::NotAsked,
        (true, _) if demand.failed.contains(&candidate.store_id) => Verdict::Failed,
        (true, Some(lacks)) => lacks,
        (true, None) => Verdict::Farther,
    };
    Considered {
        store_id: candidate.store_id.clone(),
        distance_m,
        verdict,
    }
}

/// Returns the distance on the sphere in whole metres (haversine): beyond a metre no choice of a
/// store depends on how a machine computes a sine.
#[expect(
    clippy::float_arithmetic,
    reason = "an angle is neither money nor a quantity"
)]
#[must_use]
pub fn distance_m(from: GeoPoint, to: GeoPoint) -> u32 {
    let radians = |micro: i32| f64::from(micro).to_radians() / 1e6;
    let (north_a, north_b) = (radians(from.latitude_micro), radians(to.latitude_micro));
    let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
    let east = half(radians(from.longitude_micro), radians(to.longitude_micro));
    let chord = half(north_a, north_b) + north_a.cos() * north_b.cos() * east;
    let metres = 2.0 * EARTH_RADIUS_M * chord.clamp(0.0, 1.0).sqrt().asin();
    // At most half the earth's circumference: some twenty million.
    metres.round() as u32
}

/// Returns how far each store that somebody placed is from a place, in metres.
#[must_use]
pub fn distances(places: &[StorePlace], near: GeoPoint) -> BTreeMap<StoreId, u32> {
    let placed = places
        .iter()
        .filter_map(|place| Some((place.store_id.clone(), distance_m(near, place.point?))));
    placed.collect()
}

impl Verdict {
    /// Returns the sentence people read.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Chosen => "serves the order: the nearest that may promise all of it".to_owned(),
            Self::Farther => "could serve it too, and is farther away".to_owned(),
            Self::Lacks {
                sku,
                available_milli,
                wanted_milli,
            } => format!("may promise {available_milli} of {sku}, and {wanted_milli} are wanted"),
            Self::NotAsked => "the customer goes to another store".to_owned(),
            Self::Failed => "had a part of this order and could not serve it".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use counterpart_protocol::ids::{EdgeNumber, StoreId};
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::stores::GeoPoint;
    use proptest::prelude::{Just, Strategy, prop_assert_eq, proptest};

    use super::{Candidate, Demand, Verdict, Wanted, choose, distance_m};

    fn store(slug: &str, point: Option<&str>, units: i32) -> Candidate {
        Candidate {
            store_id: slug.parse().unwrap(),
            edge: EdgeNumber(slug.len() as u32),
            point: point.map(|point| point.parse().unwrap()),
            available: BTreeMap::from([("TEE".parse().unwrap(), Milli::units(units))]),
        }
    }

    fn demand(units: i32, wanted: Wanted) -> Demand {
        Demand {
            units: vec![("TEE".parse().unwrap(), Milli::units(units))],
            wanted,
            failed: Vec::new(),
        }
    }

    fn stores() -> Vec<Candidate> {
        vec![
            store("antwerp", Some("51.2194, 4.4025"), 5),
            store("bruges", Some("51.2093, 3.2247"), 1),
            store("ghent", Some("51.0543, 3.7174"), 5),
            store("unplaced", None, 50),
        ]
    }

    fn slug(chosen: Option<(StoreId, EdgeNumber)>) -> Option<String> {
        chosen.map(|(store, _)| store.to_string())
    }

    #[test]
    fn a_parcel_comes_from_the_nearest_store_that_has_all_of_it() {
        let bruges: GeoPoint = "51.20, 3.22".parse().unwrap();
        let choice = choose(&demand(2, Wanted::Near(Some(bruges))), &stores());
        assert_eq!(slug(choice.chosen).as_deref(), Some("ghent"));
        let verdicts: Vec<(&str, &str)> = choice
            .considered
            .iter()
            .map(|one| {
                let word = match one.verdict {
                    Verdict::Chosen => "chosen",
                    Verdict::Farther => "farther",
                    Verdict::Lacks { .. } => "lacks",
                    Verdict::NotAsked => "not asked",
                    Verdict::Failed => "failed",
                };
                (one.store_id.as_str(), word)
            })
            .collect();
        assert_eq!(
            verdicts,
            [
                ("ghent", "chosen"),
                ("antwerp", "farther"),
                ("unplaced", "farther"),
                ("bruges", "lacks"),
            ]
        );
        let lacks = choice.considered[3].verdict.sentence();
        assert_eq!(lacks, "may promise 1 of TEE, and 2 are wanted");
    }

    #[test]
    fn a_pickup_is_served_where_the_customer_goes_or_nowhere() {
        let at = |slug: &str| Wanted::At(slug.parse().unwrap());
        let choice = choose(&demand(5, at("antwerp")), &stores());
        assert_eq!(slug(choice.chosen).as_deref(), Some("antwerp"));
        let choice = choose(&demand(2, at("bruges")), &stores());
        assert_eq!(choice.chosen, None);
        assert_eq!(choose(&demand(1, at("nowhere")), &stores()).chosen, None);
    }

    #[test]
    fn a_store_that_failed_is_not_asked_again_and_no_place_means_the_first_by_name() {
        let mut wanted = demand(1, Wanted::Near(None));
        assert_eq!(
            slug(choose(&wanted, &stores()).chosen).as_deref(),
            Some("antwerp")
        );
        wanted.failed.push("antwerp".parse().unwrap());
        assert_eq!(
            slug(choose(&wanted, &stores()).chosen).as_deref(),
            Some("bruges")
        );
        assert_eq!(
            choose(&demand(99, Wanted::Near(None)), &stores()).chosen,
            None
        );
    }

    #[test]
    fn distances_are_those_of_the_map() {
        let point = |text: &str| text.parse::<GeoPoint>().unwrap();
        let ghent_to_antwerp = distance_m(point("51.0543, 3.7174"), point("51.2194, 4.4025"));
        assert!(
            (51_000..52_000).contains(&ghent_to_antwerp),
            "{ghent_to_antwerp}"
        );
        assert_eq!(distance_m(point("0, 0"), point("0, 0")), 0);
        let half_way_round = distance_m(point("0, 0"), point("0, 180"));
        assert_eq!(half_way_round, 20_015_114);
    }

    proptest! {
        #[test]
        fn the_order_of_the_candidates_changes_nothing(
            shuffled in Just(stores()).prop_shuffle(),
            units in 1_i32..7,
        ) {
            let wanted = demand(units, Wanted::Near(Some("51.1, 4.0".parse().unwrap())));
            prop_assert_eq!(choose(&wanted, &shuffled), choose(&wanted, &stores()));
        }
    }
}
