//! The pretended sale of the gallery: a few products, kept in memory, changed by its buttons.
//!
//! It exists so that scans, cues, problems and patches can be tried on the page; it is no model of
//! a sale and shares no line with one.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One product of the pretended shop: code, name, price in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) price_minor: i64,
}

/// Codes with right check digits (GS1 General Specifications, section 7.9).
pub(super) const PRODUCTS: [Product; 12] = [
    product("4006381333931", "Highlighter, yellow", 149),
    product("4012345678901", "Oat milk barista 1 l", 229),
    product("5901234123457", "Notebook A5 dotted, 192 pages", 1_290),
    product("4000417025005", "Dark chocolate 85 % 100 g", 199),
    product("4260107220015", "Sparkling water 0.75 l", 99),
    product("9780201379624", "Field guide to garden birds", 2_495),
    product("4005808155477", "Hand cream 75 ml", 349),
    product("3017620422003", "Hazelnut spread 450 g", 429),
    product("5000159461122", "Chocolate bar, twin", 119),
    product("4008400404127", "Baking paper, 20 sheets", 179),
    product("8000500310427", "Coffee beans, medium roast 1 kg", 1_499),
    product("4001686301562", "Fruit gums, family bag", 189),
];

const fn product(code: &'static str, name: &'static str, price_minor: i64) -> Product {
    Product {
        code,
        name,
        price_minor,
    }
}

/// One line of the pretended sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) product: Product,
    pub(super) count: i64,
}

/// The pretended sale as the page shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct SaleView {
    pub(super) lines: Vec<Line>,
    pub(super) unsettled: Vec<String>,
    pub(super) scans: u32,
}

impl SaleView {
    pub(super) fn total_minor(&self) -> i64 {
        self.lines
            .iter()
            .map(|line| line.count * line.product.price_minor)
            .sum()
    }

    pub(super) fn items(&self) -> i64 {
        self.lines.iter().map(|line| line.count).sum()
    }
}

/// The pretended sale, shared by the tabs of the gallery.
#[derive(Debug)]
pub(super) struct Sample {
    sale: Mutex<SaleView>,
}

impl Sample {
    /// Begins with three lines, so that there is something to look at.
    pub(super) fn new() -> Self {
        let lines = vec![
            Line {
                product: PRODUCTS[1],
                count: 2,
            },
            Line {
                product: PRODUCTS[5],
                count: 1,
            },
            Line {
                product: PRODUCTS[3],
                count: 3,
            },
        ];
        Self {
            sale: Mutex::new(SaleView {
                lines,
                ..SaleView::default()
            }),
        }
    }

    pub(super) fn view(&self) -> SaleView {
        self.sale().clone()
    }

    /// Adds a product by its code; an unknown one joins the unsettled scans.
    pub(super) fn scan(&self, code: &str) {
        let mut sale = self.sale();
        sale.scans += 1;
        match PRODUCTS.iter().find(|product| product.code == code) {
            None => sale.unsettled.push(code.to_owned()),
            Some(product) => match sale.lines.iter_mut().find(|line| line.product == *product) {
                Some(line) => line.count += 1,
                None => sale.lines.push(Line {
                    product: *product,
                    count: 1,
                }),
            },
        }
    }

    /// Changes the count of a line; at zero the line goes.
    pub(super) fn step(&self, code: &str, by: i64) {
        let mut sale = self.sale();
        for line in sale
            .lines
            .iter_mut()
            .filter(|line| line.product.code == code)
        {
            line.count += by;
        }
        sale.lines.retain(|line| line.count > 0);
    }

    /// Sets an unknown scan aside.
    pub(super) fn settle(&self, code: &str) {
        self.sale().unsettled.retain(|unsettled| unsettled != code);
    }

    /// Empties the sale.
    pub(super) fn clear(&self) {
        let mut sale = self.sale();
        sale.lines.clear();
        sale.unsettled.clear();
    }

    fn sale(&self) -> MutexGuard<'_, SaleView> {
        // A panicking request leaves a pretended sale that is still worth showing.
        self.sale.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
