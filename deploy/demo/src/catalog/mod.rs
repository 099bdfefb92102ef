//! The demo's assortment: plausible products made from a seed, and the file the hub imports.
//!
//! Pure: the same seed always gives the same products. It sells nothing and knows no stock.

mod chance;
mod families;
mod prices;
mod product;
mod sheet;

pub use product::{DemoProduct, Kind, TaxClassId};
pub use sheet::to_csv;

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::money::Minor;

use self::chance::Chance;
use self::families::{Brands, Department, Family, Pack, departments};
use self::prices::shop_price;

/// How many products the demo's store sells.
pub const PRODUCTS: usize = 2_000;

/// The seed of the demo's assortment. Changing it changes every SKU's product.
pub const SEED: u64 = 2_000;

/// GS1 prefix 952, "used for demonstrations and examples of the GS1 system": no company is ever
/// given it, so no package in anybody's kitchen carries one of these numbers. The prefixes for
/// restricted circulation (02, 04 and 20 to 29) would be as safe from collisions, but shops use
/// them for labels with a weight or price inside, which tills learn to take apart.
const DEMONSTRATION_PREFIX: u64 = 952;

/// The item references of one prefix: nine digits before the check digit.
const REFERENCES: u64 = 1_000_000_000;

/// Scatters neighbours over the item references; it shares no factor with their number, so two
/// products never get one reference.
const SCATTER: u64 = 618_033_989;

/// One in so many products also carries the number of its old package.
const OLD_PACKAGE_EVERY: usize = 40;

/// One in so many products has no price yet, so that a till can be seen to refuse it in words.
const UNPRICED_EVERY: usize = 650;

/// Names on packages, all of them made up.
const BRANDS: [&str; 18] = [
    "Veldhof",
    "Morrowby",
    "Briskly",
    "Alder & Ash",
    "Novemare",
    "Tidewell",
    "Larkrise",
    "Oakmere",
    "Kestrelle",
    "Havenlight",
    "Sprigg",
    "Dunmere",
    "Plainly",
    "Ottersfield",
    "Wickerly",
    "Fernhollow",
    "Saltmarsh",
    "Quayside",
];

/// How many brands a department carries.
const BRANDS_EACH: usize = 5;

/// Makes `count` products from `seed`, sorted by department and SKU.
///
/// SKUs, names and numbers are unique. Departments get shares as a shop of this kind has them.
pub fn generate(seed: u64, count: usize) -> Vec<DemoProduct> {
    let departments = departments();
    let weights: Vec<i64> = departments.iter().map(|d| i64::from(d.share)).collect();
    let total = i64::try_from(count).expect("nobody makes so many products");
    let quotas = Minor(total)
        .split(&weights)
        .expect("every department has a share");
    let mut products = Vec::with_capacity(count);
    for (department, quota) in departments.iter().zip(quotas) {
        let quota = usize::try_from(quota.0).expect("a share of a count is one");
        let mut chance = Chance::new(seed, department.code);
        for (number, draft) in drafts(department, quota, &mut chance)
            .into_iter()
            .enumerate()
        {
            let at = products.len();
            products.push(finish(&draft, department, number, at, seed, &mut chance));
        }
    }
    products
}

/// A product before it has a number.
#[derive(Clone, Copy)]
struct Draft<'a> {
    family: &'a Family,
    brand: Option<(usize, &'static str)>,
    flavour: Option<&'a str>,
    pack: &'a Pack,
    /// Everything a shop of this size carries is there once; a larger one has it in series.
    series: usize,
    rank: usize,
}

/// Draws what a department carries, without repetition, in the order of its families.
fn drafts<'a>(department: &'a Department, count: usize, chance: &mut Chance) -> Vec<Draft<'a>> {
    let brands: Vec<Option<(usize, &'static str)>> = match department.brands {
        Brands::Branded => {
            let mut places: Vec<usize> = (0..BRANDS.len()).collect();
            chance.shuffle(&mut places);
            places.truncate(BRANDS_EACH);
            places
                .into_iter()
                .map(|at| Some((at, BRANDS[at])))
                .collect()
        }
        Brands::Plain | Brands::Fixed => vec![None],
    };
    let mut all = Vec::new();
    for family in &department.families {
        for flavour in &family.flavours {
            for pack in &family.packs {
                for brand in &brands {
                    all.push(Draft {
                        family,
                        brand: *brand,
                        flavour: flavour.as_deref(),
                        pack,
                        series: 1,
                        rank: all.len(),
                    });
                }
            }
        }
    }
    let mut drawn = Vec::with_capacity(count);
    for series in 1.. {
        let missing = count - drawn.len();
        if missing == 0 {
            break;
        }
        chance.shuffle(&mut all);
        drawn.extend(
            all.iter()
                .take(missing)
                .map(|draft| Draft { series, ..*draft }),
        );
    }
    drawn.sort_by_key(|draft| (draft.series, draft.rank));
    drawn
}

fn finish(
    draft: &Draft<'_>,
    department: &Department,
    number: usize,
    at: usize,
    seed: u64,
    chance: &mut Chance,
) -> DemoProduct {
    let mut gtins = vec![gtin(at, seed, Package::Present)];
    if at % OLD_PACKAGE_EVERY == OLD_PACKAGE_EVERY / 2 {
        gtins.push(gtin(at, seed, Package::Old));
    }
    let by_weight = draft.pack.label.as_deref() == Some("kg");
    let asked = match (department.brands, draft.brand) {
        (Brands::Fixed, _) => draft.pack.price,
        (_, brand) => {
            // A brand is dear or cheap throughout; single products scatter around it.
            let brand_percent =
                brand.map_or(100, |(at, _)| 80 + i64::try_from(at * 3).unwrap_or(0));
            shop_price(draft.pack.price, brand_percent + chance.between(-4, 4))
        }
    };
    let unpriced = at % UNPRICED_EVERY == UNPRICED_EVERY - 1;
    DemoProduct {
        sku: format!("{}-{:04}", department.code, number + 1)
            .parse()
            .expect("a code and a number are a SKU"),
        gtins,
        name: name(draft),
        department: department.name.clone(),
        unit: if by_weight {
            Unit::Kilogram
        } else {
            Unit::Piece
        },
        price_minor: (!unpriced).then_some(asked),
        tax_class: department.tax_class,
        kind: draft.family.kind,
        flavour: draft.flavour.map(str::to_owned),
        variety: chance.next(),
    }
}

/// Which package carries a number.
#[derive(Clone, Copy)]
enum Package {
    Present,
    Old,
}

/// Numbers a product; neighbours look unalike, as they do on shelves.
fn gtin(at: usize, seed: u64, package: Package) -> Gtin {
    let at = at as u64 * 2
        + match package {
            Package::Present => 0,
            Package::Old => 1,
        };
    let reference =
        (u128::from(at + seed % REFERENCES) * u128::from(SCATTER) % u128::from(REFERENCES)) as u64;
    Gtin::with_check_digit(&format!("{DEMONSTRATION_PREFIX}{reference:09}"))
        .expect("three and nine digits take a check digit")
}

/// Writes a name as on a shelf label: `Veldhof whole milk, 1 l`.
fn name(draft: &Draft<'_>) -> String {
    let words = [
        draft.brand.map(|(_, brand)| brand),
        draft.flavour,
        Some(draft.family.noun.as_str()),
    ];
    let mut name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if let Some(first) = name.get(..1) {
        name.replace_range(..1, &first.to_uppercase());
    }
    match draft.pack.label.as_deref() {
        Some("kg") => name.push_str(", loose"),
        Some(pack) => {
            name.push_str(", ");
            name.push_str(pack);
        }
        None => {}
    }
    if draft.series > 1 {
        name.push_str(&format!(", series {}", draft.series));
    }
    name
}

#[cfg(test)]
mod tests;
