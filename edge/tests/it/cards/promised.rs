//! A card that was asked before the numbers changed keeps its money, and the sale its manager.

use counterpart_hardware::{TerminalAct, TerminalFault};

use super::{card, last_state, until, until_booked, until_sold, with_terminal};
use crate::counter::CLEO;
use crate::factory::AMPLE;
use crate::promised::{a_mug_breaks, behind_the_counter, let_go, scan_mugs, with_five_mugs};

#[tokio::test]
async fn what_a_card_paid_meanwhile_is_a_sale_as_soon_as_a_manager_lets_it_go() {
    let (counter, terminal) = with_terminal(AMPLE).await;
    let counter = behind_the_counter(counter).await;
    let ada = with_five_mugs(&counter).await;
    scan_mugs(&ada, 2).await;
    terminal.then(TerminalAct::ApproveButHoldReply);
    card(&ada).await;
    until_booked(&terminal, 1).await;
    a_mug_breaks(&ada).await;
    terminal.set_fault(TerminalFault::Off);
    until(&counter, &ada, "unknown", |seen| {
        last_state(seen) == "unknown"
    })
    .await;
    terminal.set_fault(TerminalFault::None);
    ada.press("/register/1/card", &[("does", "again")]).await;
    let paid = |seen: &serde_json::Value| seen["due"]["due_minor"] == 0;
    until(&counter, &ada, "the money", paid).await;
    let shown = ada.page("/register/1").await.text;
    assert!(shown.contains("Others may be promised this"), "{shown}");
    let_go(&ada, CLEO).await.json();
    let sale = until_sold(&counter, &ada).await;
    assert_eq!(sale["tenders"][0]["kind"], "card");
    let said = &sale["lines"][0]["remarks"]["promised"];
    assert_eq!(said["quantity_milli"], 1_000);
    counter.edge.shutdown().await;
}
