//! The pages, and the scanner of a register whose page they are.

use counterpart_edge::pickups;

use super::{by_code, staged, to};
use crate::counter::{ADA, MILK};
use crate::factory::{World, soon};
use crate::orders::{Shop, code, signer};

#[tokio::test]
async fn the_pages_lead_from_the_bell_to_the_handover() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let page = clerk.page("/pickups").await.text;
    for word in [
        "W-1",
        "1 new pickup",
        "Accept",
        "data-due=\"calm\"",
        "data-bell=",
    ] {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
    let here = format!("/pickups/{}", ordered.part);
    let found = clerk.press("/pickups/scan", &[("code", "W-1")]).await;
    assert_eq!(found.location.as_deref(), Some(here.as_str()));
    let at = |place: &str| format!("{here}/{place}");
    let accepted = clerk.press(&at("do"), &[("does", "accept")]).await;
    assert!(accepted.text.contains("Fetch next"), "{}", accepted.text);
    let wrong = clerk.press(&at("scan"), &[("code", "MUG-BLUE")]).await;
    assert_eq!(wrong.problem().1, "wrong_item");
    let picked = clerk.press(&at("scan"), &[("code", MILK)]).await;
    assert!(
        picked.text.contains("Where does the bag stand?"),
        "{}",
        picked.text
    );
    // One scan too many is no place.
    let again = clerk.press(&at("scan"), &[("code", MILK)]).await;
    assert_eq!(again.problem().1, "nothing_to_pick");
    let staged = clerk.press(&at("scan"), &[("code", "c-12")]).await;
    assert!(staged.text.contains("C-12"), "{}", staged.text);
    let unchecked = clerk.press(&at("give"), &[("does", "hand_over")]).await;
    unchecked.check_refused(
        "customer_not_checked",
        "check the customer first: scan the code, or type the six digits",
    );
    let text = signer().sign(&code(ordered));
    let checked = clerk.press("/pickups/scan", &[("code", &text)]).await;
    assert_eq!(checked.location.as_deref(), Some(here.as_str()));
    let page = clerk.page(&here).await.text;
    assert!(page.contains("Hand over everything"), "{page}");
    let done = clerk.press(&at("give"), &[("does", "hand_over")]).await;
    assert!(done.text.contains("Handed over"), "{}", done.text);
}

#[tokio::test]
async fn the_registers_scanner_picks_while_the_pickups_page_is_open() {
    let (mut world, hub, line) = World::with_hub().await;
    let scanner = world.with_scanner().await;
    let shop = Shop::of(world, hub, line).await;
    let ordered = shop.order(1, 2, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    let here = format!("/pickups/{}", ordered.part);
    clerk.page(&here).await;
    let said = |text: &'static str| {
        let (clerk, here) = (&clerk, &here);
        soon(text, async move {
            while !clerk.page(here).await.text.contains(text) {
                tokio::task::yield_now().await;
            }
        })
    };
    scanner.scan(MILK.as_bytes()).await.unwrap();
    said("Oat milk 1 l: 1 of 2").await;
    scanner.scan(b"CANDLE").await.unwrap();
    said("expected 1 × Oat milk 1 l, scanned Candle").await;
    // The till's page takes the scanner back.
    clerk.page("/register/1").await;
    let target = pickups::scan_target(shop.ctx(), crate::factory::REGISTER).await;
    assert_eq!(target.unwrap(), pickups::ScanTarget::Till);
}

#[tokio::test]
async fn a_new_pickup_comes_out_of_the_printer_once() {
    let (mut world, hub, line) = World::with_hub().await;
    let printer = world.with_printer().await;
    let shop = Shop::of(world, hub, line).await;
    shop.order(1, 2, 0).await;
    pickups::run_once(shop.ctx()).await.unwrap();
    let seen = soon("the slip", printer.until(|seen| !seen.receipts.is_empty())).await;
    let text = &seen.receipts[0].text;
    for word in ["PICK LIST", "W-1", "Oat milk 1 l"] {
        assert!(text.contains(word), "{text}");
    }
    assert_eq!(seen.receipts.len(), 1);
}

#[tokio::test]
async fn a_staged_bag_is_found_by_its_number_and_handed_over_at_once() {
    let shop = Shop::open().await;
    let ordered = shop.order(1, 1, 0).await;
    let clerk = shop.counter.sign_in(ADA).await;
    staged(&clerk, ordered).await;
    let list = clerk.page("/pickups?list=ready").await.text;
    assert!(list.contains("At A-3"), "{list}");
    clerk
        .done(&to(ordered, "handovers"), by_code(ordered))
        .await;
    let list = clerk.page("/pickups?list=done").await.text;
    assert!(list.contains("Handed over"), "{list}");
}
