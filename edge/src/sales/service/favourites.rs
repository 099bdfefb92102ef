//! What stands on the tiles of a register while nothing is typed.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::catalog::Product;

use crate::reference;
use crate::sales::store;

/// Tiles on the register: four rows of four on the smallest screen that has them.
const TILES_MAX: u32 = 24;

/// Returns the store's best sellers that are still sold, or the first product of each department,
/// at the prices of `now_ms` (milliseconds UTC).
///
/// # Errors
///
/// Those of the database.
pub(crate) fn favourites(tx: &mut Tx, now_ms: i64) -> Result<Vec<Product>, DbError> {
    let mut products: Vec<Product> = Vec::new();
    let mut offer = |tx: &mut Tx, product: Product| {
        let product = reference::priced(tx, product, None, now_ms)?;
        let known = products.iter().any(|known| known.sku == product.sku);
        if !known && product.price_minor.is_some() {
            products.push(product);
        }
        Ok::<_, DbError>(products.len())
    };
    let mut offered = 0;
    for sku in store::best_sellers(tx, TILES_MAX)? {
        if let Some(product) = reference::find_by_sku(tx, &sku)? {
            offered = offer(tx, product)?;
        }
    }
    if offered < 8 {
        for product in reference::first_of_each_department(tx, TILES_MAX)? {
            offer(tx, product)?;
        }
    }
    products.truncate(usize::try_from(TILES_MAX).unwrap_or(usize::MAX));
    Ok(products)
}
