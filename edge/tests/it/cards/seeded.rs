//! Many sales with everything that can go wrong, by seed: however it goes, what the terminal took
//! and did not give back is what sales and the basket in work say, and nobody paid twice.

use std::time::Duration;

use counterpart_daemon::entropy::{Entropy as _, SeededEntropy};
use counterpart_hardware::{TerminalAct, TerminalEntryKind, TerminalFault, VirtualTerminal};
use serde_json::{Value, json};

use super::{CARDS, last_state, until, with_terminal};
use crate::counter::{ADA, Clerk, Counter, MILK};

/// Things that happen in one run.
const STEPS: usize = 24;

struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, sides: u8) -> u8 {
        let mut byte = [0];
        self.0.fill(&mut byte);
        byte[0] % sides
    }
}

#[tokio::test]
async fn whatever_happens_no_card_pays_twice_and_no_money_is_lost() {
    for seed in 1..=5 {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let dice = Dice(SeededEntropy::new(seed));
    let (mut counter, terminal) = with_terminal(Duration::from_millis(150)).await;
    counter.at_open_till(0).await;
    for step in 0..STEPS {
        counter.world.clock.advance(Duration::from_secs(1));
        if dice.below(8) == 0 {
            counter = counter.restarted().await;
        }
        let clerk = counter.sign_in(ADA).await;
        happen(&dice, &clerk, &terminal).await;
        if dice.below(2) == 0 {
            let when = format!("seed {seed} step {step}");
            known((&counter, &clerk), &terminal, &when).await;
        }
    }
    terminal.set_fault(TerminalFault::None);
    let clerk = counter.sign_in(ADA).await;
    clerk.press("/register/1/card", &[("does", "again")]).await;
    known((&counter, &clerk), &terminal, &format!("seed {seed}")).await;
    check(seed, &clerk, &terminal).await;
    counter.edge.shutdown().await;
}

/// One thing happens; what is refused is refused.
async fn happen(dice: &Dice, clerk: &Clerk<'_>, terminal: &VirtualTerminal) {
    match dice.below(10) {
        0..=2 => {
            clerk.scan(MILK).await;
        }
        3..=5 => {
            terminal.then(match dice.below(7) {
                0 => TerminalAct::Decline,
                1 => TerminalAct::Cancel,
                2 => TerminalAct::TimeOut,
                3 => TerminalAct::ApproveButDropReply,
                4 => TerminalAct::ApproveButHoldReply,
                5 => TerminalAct::ApproveHalf,
                _ => TerminalAct::Approve,
            });
            let amount = match dice.below(2) {
                0 => json!({}),
                _ => json!({ "amount_minor": 50 }),
            };
            clerk.post(CARDS, amount).await;
        }
        6 => {
            clerk.pay(100 + i64::from(dice.below(200))).await;
        }
        7 => {
            let seen = clerk.get(CARDS).await.json();
            for paid in seen["payments"].as_array().unwrap() {
                let payment = paid["payment"].as_str().unwrap();
                clerk
                    .post(&format!("{CARDS}/{payment}/give-back"), json!({}))
                    .await;
            }
        }
        8 => {
            clerk.delete("/v1/registers/1/basket").await;
        }
        _ => terminal.set_fault(match dice.below(2) {
            0 => TerminalFault::Off,
            _ => TerminalFault::None,
        }),
    }
}

/// Waits until nothing is under way, or the terminal is off. Its word for that is not asked for:
/// another test may have taken its port, and answer in its place.
async fn known((counter, clerk): (&Counter, &Clerk<'_>), terminal: &VirtualTerminal, when: &str) {
    until(counter, clerk, when, |seen| {
        let state = last_state(seen);
        let all = seen["payments"].as_array().unwrap();
        let asked = all.iter().any(|it| it["state"] == "sent");
        let is_off = terminal.fault() == TerminalFault::Off;
        let unknown = |it: &Value| it["state"] == "unknown" && !is_off;
        state != "sent" && !asked && !all.iter().any(unknown)
    })
    .await;
}

async fn check(seed: u64, clerk: &Clerk<'_>, terminal: &VirtualTerminal) {
    let hundredths = |amount: &str| {
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        format!("{whole}{part:0<2}").parse::<i64>().unwrap()
    };
    let taken: i64 = terminal
        .entries()
        .iter()
        .map(|entry| match entry.kind {
            TerminalEntryKind::Paid | TerminalEntryKind::PaidOffline => hundredths(&entry.amount),
            TerminalEntryKind::Reversed => -hundredths(&entry.amount),
        })
        .sum();
    let by_card = |tenders: &Value| -> i64 {
        let all = tenders.as_array().unwrap().iter();
        let cards = all.filter(|tender| tender["kind"] == "card");
        cards.map(|it| it["amount_minor"].as_i64().unwrap()).sum()
    };
    let mut kept = 0;
    for listed in clerk.get("/v1/sales").await.json()["sales"]
        .as_array()
        .unwrap()
    {
        let path = format!("/v1/sales/{}", listed["sale_id"].as_str().unwrap());
        let sale = clerk.get(&path).await.json();
        let given: i64 = sale["tenders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["amount_minor"].as_i64().unwrap())
            .sum();
        let change = sale["change_minor"].as_i64().unwrap();
        assert_eq!(
            given,
            sale["total_minor"].as_i64().unwrap() + change,
            "seed {seed}"
        );
        assert!(by_card(&sale["tenders"]) <= given - change, "seed {seed}");
        kept += by_card(&sale["tenders"]);
    }
    let seen = clerk.get(CARDS).await.json();
    kept += by_card(&seen["tenders"]);
    assert_eq!(taken, kept, "seed {seed}: {seen} {:?}", terminal.entries());
}
