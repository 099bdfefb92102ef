//! The products as they stand on the page: found by words, number or department.
//!
//! It is the demo's own list, not the till's; what the till knows, it has from the hub.

use std::collections::HashMap;

use counterpart_protocol::barcode::Gtin;

use crate::catalog::DemoProduct;

/// Products shown at once; more would only be scrolled past.
pub(super) const SHOWN: usize = 96;

/// All products, in the order of their departments.
#[derive(Debug)]
pub struct Shelf {
    products: Vec<DemoProduct>,
    searched: Vec<String>,
    by_sku: HashMap<String, usize>,
    departments: Vec<String>,
}

/// What a person looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// Words of the name, or digits of the number.
    pub query: String,
    /// A department; all of them if empty.
    pub department: String,
}

/// What was found: the first so many, and how many there are.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) products: Vec<&'a DemoProduct>,
    pub(crate) count: usize,
}

impl Shelf {
    /// Puts products on the shelf.
    pub fn new(products: Vec<DemoProduct>) -> Self {
        let searched = products.iter().map(searched_text).collect();
        let by_sku = products.iter().enumerate();
        let by_sku = by_sku
            .map(|(at, product)| (product.sku.to_string(), at))
            .collect();
        let mut departments: Vec<String> = products.iter().map(|p| p.department.clone()).collect();
        departments.dedup();
        Self {
            products,
            searched,
            by_sku,
            departments,
        }
    }

    /// Returns the product with this SKU.
    pub fn by_sku(&self, sku: &str) -> Option<&DemoProduct> {
        self.by_sku.get(sku).map(|at| &self.products[*at])
    }

    /// Returns the product whose package carries this number.
    pub fn by_gtin(&self, gtin: Gtin) -> Option<&DemoProduct> {
        self.products.iter().find(|p| p.gtins.contains(&gtin))
    }

    /// Returns the departments in their order.
    pub fn departments(&self) -> &[String] {
        &self.departments
    }

    /// Returns a product nobody has priced yet.
    pub fn unpriced(&self) -> Option<&DemoProduct> {
        self.products.iter().find(|p| p.price_minor.is_none())
    }

    pub(super) fn len(&self) -> usize {
        self.products.len()
    }

    /// Finds products that have every word; without a wish, some of every department.
    pub(crate) fn find(&self, wanted: &Wanted) -> Found<'_> {
        let query = wanted.query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let fits = self
            .products
            .iter()
            .zip(&self.searched)
            .filter(|(p, text)| {
                (wanted.department.is_empty() || p.department == wanted.department)
                    && words.iter().all(|word| text.contains(word))
            });
        let all: Vec<&DemoProduct> = fits.map(|(product, _)| product).collect();
        let count = all.len();
        // Step over neighbours that differ in the pack only, so that one look sees the range.
        let step = match words.is_empty() {
            true => count.div_ceil(SHOWN).max(1),
            false => 1,
        };
        let products = all.into_iter().step_by(step).take(SHOWN).collect();
        Found { products, count }
    }
}

fn searched_text(product: &DemoProduct) -> String {
    let numbers: Vec<String> = product.gtins.iter().map(ToString::to_string).collect();
    format!(
        "{} {} {} {}",
        product.name,
        product.sku,
        numbers.join(" "),
        product.department
    )
    .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{PRODUCTS, SEED, generate};

    fn shelf() -> Shelf {
        Shelf::new(generate(SEED, PRODUCTS))
    }

    fn wanted(query: &str, department: &str) -> Wanted {
        Wanted {
            query: query.to_owned(),
            department: department.to_owned(),
        }
    }

    #[test]
    fn without_a_wish_every_department_is_seen() {
        let shelf = shelf();
        let found = shelf.find(&Wanted::default());
        assert_eq!(found.count, PRODUCTS);
        assert!(found.products.len() > SHOWN / 2);
        for department in shelf.departments() {
            let seen = found.products.iter().any(|p| p.department == *department);
            // A department of eleven may fall between two steps.
            assert!(
                seen || shelf.find(&wanted("", department)).count < 30,
                "{department}"
            );
        }
    }

    #[test]
    fn words_numbers_and_departments_find_products() {
        let shelf = shelf();
        let milk = shelf.find(&wanted("MILK  whole", ""));
        assert!(milk.count > 0);
        assert!(
            milk.products
                .iter()
                .all(|p| p.name.to_lowercase().contains("whole"))
        );
        let one = &shelf.products[700];
        let by_number = shelf.find(&wanted(&one.gtins[0].to_string(), ""));
        assert_eq!(by_number.products, [one]);
        assert_eq!(
            shelf
                .find(&wanted(one.sku.as_str(), &one.department))
                .products[0],
            one
        );
        assert_eq!(shelf.find(&wanted("milk", "Clothing")).count, 0);
        assert_eq!(shelf.by_gtin(one.gtins[0]), Some(one));
        assert_eq!(shelf.by_sku(one.sku.as_str()), Some(one));
        assert!(shelf.unpriced().is_some());
    }
}
