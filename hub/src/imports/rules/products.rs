//! Decides which rows of a product file can be sold from.

use std::collections::{HashMap, HashSet};

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{
    GENERAL_CLASS, Product, ProductGroup, TaxClass, Unit, Variant,
};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Currency;

use super::cells;
use super::sheet::{Column, Reader, Row, needed, optional};

/// The columns of a product file, in the usual order.
pub(super) const COLUMNS: &[Column] = &[
    needed("sku", "what it is counted under, without spaces"),
    needed(
        "gtins",
        "the numbers below its bars, with spaces between; may be empty",
    ),
    needed("name", "as on screens and receipts"),
    needed("department", "where it is found"),
    needed("unit", "piece or kilogram"),
    needed("price", "tax included; empty if it has none yet"),
    needed("tax_class", "a tax class of this hub"),
    optional("class", "what rights policies call it; general unless said"),
    optional("group", "what it is a variant of: one word for all of them"),
    optional("group_name", "the group's name; the first one counts"),
    optional(
        "options",
        "what sets it apart in its group: Size=M|Colour=Red",
    ),
    optional("picture", "the https address of its picture"),
    optional(
        "age_min",
        "from which age it is sold, in years; empty for everybody",
    ),
    optional(
        "goes_with",
        "the SKU sold with each piece, such as a deposit; it stands above in the file",
    ),
    optional(
        "traced",
        "serial or lot: what is read off it when it is sold; empty for nothing",
    ),
];

/// A product and, for a variant, what the row says of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) struct ProductRow {
    /// The product.
    pub(in crate::imports) product: Product,
    /// Its group, as far as the first row of the group says.
    pub(in crate::imports) group: Option<ProductGroup>,
}

/// What products of this hub may be.
#[derive(Debug, Clone)]
pub(in crate::imports) struct Terms {
    /// The currency of every price.
    pub(in crate::imports) currency: Currency,
    /// The tax classes there are.
    pub(in crate::imports) tax_classes: Vec<TaxClass>,
}

/// Reads products and remembers what was claimed in which row.
pub(super) struct Products {
    terms: Terms,
    /// In which row each SKU and each number stood first.
    skus: HashMap<Sku, u64>,
    gtins: HashMap<Gtin, (Sku, u64)>,
    groups: HashMap<String, Group>,
    /// What can go with other products: pieces with which nothing goes.
    deposits: HashSet<Sku>,
}

/// A group as its first row had it.
struct Group {
    row: u64,
    options: Vec<String>,
    /// Which row has which variant.
    variants: HashMap<Vec<String>, u64>,
}

impl Products {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            terms,
            skus: HashMap::new(),
            gtins: HashMap::new(),
            groups: HashMap::new(),
            deposits: HashSet::new(),
        }
    }

    /// Reads what goes with a product, which an earlier row must have brought: a file with a slip
    /// in it would else sell bottles without their deposit.
    fn goes_with(&self, text: &str) -> Result<Option<Sku>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let sku = cells::sku(text)?;
        match self.deposits.contains(&sku) {
            true => Ok(Some(sku)),
            false => Err(format!(
                "{sku} is no product of an earlier row that is sold by the piece and with which \
                 nothing goes: put its row first"
            )),
        }
    }

    /// Notes where a SKU and its numbers stand; a second place is a problem of the second row.
    fn claim(&mut self, row: &mut Row<'_>, sku: &Sku, gtins: &[Gtin]) {
        match self.skus.get(sku) {
            Some(first) => {
                row.refuse(
                    "sku",
                    format!("the SKU {sku} stands in row {first} already"),
                );
            }
            None => {
                self.skus.insert(sku.clone(), row.number);
            }
        }
        for gtin in gtins {
            match self.gtins.get(gtin) {
                Some((other, first)) => {
                    let sentence = format!("the number {gtin} is {other}'s (row {first}) already");
                    row.refuse("gtins", sentence);
                }
                None => {
                    self.gtins.insert(*gtin, (sku.clone(), row.number));
                }
            }
        }
    }

    /// Reads which variant of which group a row is.
    fn variant(&mut self, row: &mut Row<'_>) -> Option<(Variant, ProductGroup)> {
        let id = row.text("group").to_owned();
        let options = row.read("options", cells::options)?;
        if id.is_empty() {
            if !options.is_empty() {
                let sentence = "options without a group: name what it is a variant of";
                row.refuse("options", sentence.to_owned());
            }
            return None;
        }
        row.read("group", |text| cells::line(text, cells::CLASS_CHARS_MAX))?;
        let name = match row.text("group_name") {
            "" => id.clone(),
            _ => row.read("group_name", |text| {
                cells::line(text, cells::NAME_CHARS_MAX)
            })?,
        };
        if options.is_empty() {
            let sentence = "a variant says what sets it apart: Size=M|Colour=Red";
            row.refuse("options", sentence.to_owned());
            return None;
        }
        let (names, values): (Vec<String>, Vec<String>) = options.into_iter().unzip();
        let number = row.number;
        let group = self.groups.entry(id.clone()).or_insert_with(|| Group {
            row: number,
            options: names.clone(),
            variants: HashMap::new(),
        });
        if group.options != names {
            let sentence = format!(
                "the group {id} differs in {} (row {}), in this order",
                group.options.join(", "),
                group.row
            );
            row.refuse("options", sentence);
            return None;
        }
        if let Some(first) = group.variants.insert(values.clone(), number) {
            let sentence = format!("row {first} is the same variant of {id} already");
            row.refuse("options", sentence);
            return None;
        }
        let variant = Variant {
            group: id.clone(),
            values,
        };
        let group = ProductGroup {
            id,
            name,
            options: names,
        };
        Some((variant, group))
    }
}

impl Reader for Products {
    type Item = ProductRow;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn what(&self) -> &'static str {
        "products"
    }

    fn row(&mut self, row: &mut Row<'_>) -> Option<ProductRow> {
        let terms = self.terms.clone();
        let name = row.read("name", |text| cells::line(text, cells::NAME_CHARS_MAX));
        let department = row.read("department", |text| {
            cells::line(text, cells::DEPARTMENT_CHARS_MAX)
        });
        let class = row.read("class", |text| match text {
            "" => Ok(GENERAL_CLASS.to_owned()),
            _ => cells::line(text, cells::CLASS_CHARS_MAX),
        });
        let unit = row.read("unit", cells::unit);
        let price_minor = row.read("price", |text| cells::price(text, terms.currency));
        let tax_class = row.read("tax_class", |text| {
            cells::tax_class(text, &terms.tax_classes)
        });
        let picture = row.read("picture", cells::picture);
        let age_min = row.read("age_min", cells::age_min);
        let goes_with = row.read("goes_with", |text| self.goes_with(text));
        let traced = row.read("traced", cells::traced);
        let sku = row.read("sku", cells::product_sku);
        let gtins = row.read("gtins", cells::gtins);
        let variant = self.variant(row);
        let (sku, gtins) = (sku?, gtins?);
        self.claim(row, &sku, &gtins);
        let is_piece = matches!(unit, Some(Unit::Piece));
        if is_piece && matches!(goes_with, Some(None)) {
            self.deposits.insert(sku.clone());
        }
        let (variant, group) = variant.unzip();
        Some(ProductRow {
            product: Product {
                sku,
                gtins,
                name: name?,
                department: department?,
                class: class?,
                variant,
                picture: picture?,
                age_min: age_min?,
                goes_with: goes_with?,
                traced: traced?,
                unit: unit?,
                price_minor: price_minor?,
                tax_class: tax_class?,
            },
            group,
        })
    }
}

/// Makes of good rows what is published: products by SKU, and each group once.
pub(in crate::imports) fn assortment(
    rows: Vec<(u64, ProductRow)>,
) -> (Vec<Product>, Vec<ProductGroup>) {
    let mut products = Vec::with_capacity(rows.len());
    let mut groups: Vec<ProductGroup> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (_, row) in rows {
        products.push(row.product);
        let Some(group) = row.group else { continue };
        match known.get(&group.id) {
            // A later row may bring the name the first one lacked.
            Some(at) if groups[*at].name == groups[*at].id => groups[*at].name = group.name,
            Some(_) => {}
            None => {
                known.insert(group.id.clone(), groups.len());
                groups.push(group);
            }
        }
    }
    products.sort_by(|a, b| a.sku.cmp(&b.sku));
    groups.sort_by(|a, b| a.id.cmp(&b.id));
    (products, groups)
}
