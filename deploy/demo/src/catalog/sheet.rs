//! The catalogue as the file the hub imports: comma-separated values as in RFC 4180.

use super::DemoProduct;

/// The columns of the hub's catalogue file.
const HEAD: &str = "sku,gtins,name,department,unit,price,tax_class\n";

/// Writes products as the hub's catalogue file, one row each; a product without a price has an
/// empty price.
pub fn to_csv(products: &[DemoProduct]) -> String {
    let mut csv = String::with_capacity(96 * (products.len() + 1));
    csv.push_str(HEAD);
    for product in products {
        let gtins: Vec<String> = product.gtins.iter().map(ToString::to_string).collect();
        let price = product.price_minor.map_or_else(String::new, |price| {
            format!("{}.{:02}", price.0 / 100, price.0 % 100)
        });
        let fields = [
            product.sku.to_string(),
            gtins.join(" "),
            product.name.clone(),
            product.department.clone(),
            product.unit.word().to_owned(),
            price,
            product.tax_class.word().to_owned(),
        ];
        csv.push_str(&fields.map(quoted).join(","));
        csv.push('\n');
    }
    csv
}

/// Quotes a field where it holds what separates fields.
fn quoted(field: String) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}
