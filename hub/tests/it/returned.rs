//! What came back of a sale, on the page of its receipt.

use crate::facts::{back, sale};
use crate::world::{STORE, World};

#[tokio::test]
async fn the_page_of_a_receipt_tells_what_came_back_of_it() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let (kept, bought) = (sale(1, 1), sale(2, 3));
    peer.state(kept.clone());
    peer.state(bought.clone());
    peer.state(back(1, &bought));
    peer.sync().await;
    let page = world.page(&format!("/sales/{}", bought.sale_id)).await;
    for told in ["What came back", "GHE-T-1.1-000001"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let page = world.page(&format!("/sales/{}", kept.sale_id)).await;
    assert!(!page.contains("What came back"), "{page}");
}
