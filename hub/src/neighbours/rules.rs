//! Decides which stores are neighbours, and in which order they are named.

use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::stores::GeoPoint;

/// A store as its neighbours see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// Its slug.
    pub(super) store_id: StoreId,
    /// Its name.
    pub(super) name: String,
    /// The group it shares with its neighbours.
    pub(super) group: Option<String>,
    /// Where it is.
    pub(super) point: Option<GeoPoint>,
    /// Its edges, the newest last.
    pub(super) edges: Vec<EdgeNumber>,
    /// When it was last heard of, in milliseconds UTC.
    pub(super) as_of_ms: Option<i64>,
}

/// Stores one store hears of: more than anybody telephones.
pub(super) const NEIGHBOURS_MAX: usize = 12;

/// Returns the neighbours of a store, the nearest first: the stores of its group; stores without a
/// group are each other's.
pub(super) fn of<'a>(store: &Site, all: &'a [Site]) -> Vec<&'a Site> {
    let mut others: Vec<&Site> = all
        .iter()
        .filter(|other| other.store_id != store.store_id && other.group == store.group)
        .collect();
    others.sort_by(|a, b| {
        let key = |site: &Site| (distance(store.point, site.point), site.store_id.clone());
        key(a).cmp(&key(b))
    });
    others.truncate(NEIGHBOURS_MAX);
    others
}

/// Returns how far two places are apart, for ordering only: squared, in millionths of a degree of
/// latitude; unknown places come last. Near enough below the distances people travel to a shop.
fn distance(a: Option<GeoPoint>, b: Option<GeoPoint>) -> u128 {
    let (Some(a), Some(b)) = (a, b) else {
        return u128::MAX;
    };
    let north = i128::from(a.latitude_micro) - i128::from(b.latitude_micro);
    // A degree of longitude shrinks with the cosine of the latitude: in thousandths, by steps of
    // ten degrees, from the table of cosines.
    const SHRUNK: [i128; 10] = [1_000, 985, 940, 866, 766, 643, 500, 342, 174, 0];
    let band = (a.latitude_micro.unsigned_abs() / 10_000_000).min(9);
    let east = (i128::from(a.longitude_micro) - i128::from(b.longitude_micro))
        * SHRUNK[usize::try_from(band).expect("it is at most 9")]
        / 1_000;
    (north * north + east * east).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::stores::GeoPoint;

    use super::{NEIGHBOURS_MAX, Site, of};

    fn site(slug: &str, group: Option<&str>, at: Option<(i32, i32)>) -> Site {
        Site {
            store_id: slug.parse().unwrap(),
            name: slug.to_owned(),
            group: group.map(str::to_owned),
            point: at.map(|(latitude_micro, longitude_micro)| GeoPoint {
                latitude_micro,
                longitude_micro,
            }),
            edges: Vec::new(),
            as_of_ms: None,
        }
    }

    fn slugs(store: &Site, all: &[Site]) -> Vec<String> {
        let found = of(store, all).into_iter();
        found.map(|site| site.store_id.to_string()).collect()
    }

    #[test]
    fn neighbours_share_a_group_and_come_by_distance() {
        let ghent = site("ghent", Some("east"), Some((51_050_000, 3_730_000)));
        let all = [
            ghent.clone(),
            site("antwerp", Some("east"), Some((51_220_000, 4_400_000))),
            site("aalst", Some("east"), Some((50_940_000, 4_040_000))),
            site("nowhere", Some("east"), None),
            site("liege", Some("south"), Some((50_630_000, 5_570_000))),
        ];
        assert_eq!(slugs(&ghent, &all), ["aalst", "antwerp", "nowhere"]);
    }

    #[test]
    fn stores_without_a_group_are_each_others_and_not_too_many() {
        let mut all: Vec<Site> = (0..20)
            .map(|n| site(&format!("s{n:02}"), None, None))
            .collect();
        all.push(site("other", Some("x"), None));
        let found = slugs(&all[0], &all);
        assert_eq!(found.len(), NEIGHBOURS_MAX);
        assert_eq!(found[0], "s01");
    }
}
