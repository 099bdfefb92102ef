//! What must hold of every assortment.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn demo() -> Vec<DemoProduct> {
    generate(SEED, PRODUCTS)
}

#[test]
fn the_same_seed_sells_the_same_products() {
    assert_eq!(demo(), demo());
    assert_ne!(demo(), generate(SEED + 1, PRODUCTS));
}

#[test]
fn the_store_sells_two_thousand_products_in_many_departments() {
    let products = demo();
    assert_eq!(products.len(), PRODUCTS);
    let departments: BTreeSet<&str> = products.iter().map(|p| p.department.as_str()).collect();
    assert!(departments.len() >= 12, "{departments:?}");
    let series = products.iter().filter(|p| p.name.contains("series"));
    assert_eq!(series.count(), 0, "2,000 products need no second series");
}

#[test]
fn most_is_sold_by_the_piece_some_by_the_kilogram_and_little_has_no_price() {
    let products = demo();
    let by_weight = products.iter().filter(|p| p.unit == Unit::Kilogram).count();
    assert!((20..200).contains(&by_weight), "{by_weight}");
    let unpriced = products.iter().filter(|p| p.price_minor.is_none()).count();
    assert!((1..10).contains(&unpriced), "{unpriced}");
    let two_numbers = products.iter().filter(|p| p.gtins.len() == 2).count();
    assert!((10..100).contains(&two_numbers), "{two_numbers}");
    for class in [TaxClassId::Standard, TaxClassId::Reduced, TaxClassId::Zero] {
        assert!(products.iter().any(|p| p.tax_class == class), "{class:?}");
    }
}

#[test]
fn every_drawing_is_used() {
    let products = generate(SEED, 10_000);
    for kind in Kind::ALL {
        assert!(products.iter().any(|p| p.kind == *kind), "{kind:?}");
    }
}

#[test]
fn the_file_quotes_what_separates_fields() {
    let csv = to_csv(&demo());
    assert_eq!(csv.lines().count(), PRODUCTS + 1);
    let milk = csv
        .lines()
        .find(|line| line.contains("whole milk"))
        .unwrap();
    assert!(milk.contains(" milk, "), "{milk}");
    assert_eq!(
        milk.matches('"').count(),
        2,
        "only the name is quoted: {milk}"
    );
}

#[track_caller]
fn check_assortment(products: &[DemoProduct]) {
    let mut skus = BTreeSet::new();
    let mut numbers = BTreeSet::new();
    let mut names = BTreeSet::new();
    for product in products {
        assert!(skus.insert(product.sku.clone()), "{} twice", product.sku);
        assert!(names.insert(&product.name), "{} twice", product.name);
        for gtin in &product.gtins {
            let text = gtin.to_string();
            assert!(numbers.insert(*gtin), "{text} twice");
            assert!(
                text.starts_with("952"),
                "{text} is not a demonstration number"
            );
            assert_eq!(text.len(), 13, "{text}");
            assert_eq!(Gtin::read(&text), Ok(*gtin), "its check digit is right");
        }
        if let Some(price) = product.price_minor {
            assert!(
                (9..=20_000).contains(&price.0),
                "{price:?} of {}",
                product.name
            );
            assert!(
                [0, 1, 5, 9].contains(&(price.0 % 10)),
                "{price:?} of {}",
                product.name
            );
        }
        assert!(product.name.chars().count() <= 72, "{}", product.name);
    }
}

#[test]
fn fifty_thousand_products_are_as_unique_as_two_thousand() {
    check_assortment(&generate(7, 50_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_assortment_is_sound(seed in any::<u64>(), count in 0_usize..3_000) {
        let products = generate(seed, count);
        prop_assert_eq!(products.len(), count);
        check_assortment(&products);
    }
}
