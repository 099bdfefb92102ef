//! What a day has beside plain sales and returns: goods exchanged for others, and gift cards that
//! are sold and pay later, within what a store may take from one while nobody else is asked.

use counterpart_protocol::stored::{StoredKind, StoredNumber};
use reqwest::Method;
use serde_json::{Value, json};

use super::Day;
use crate::answers::{number, text};
use crate::wait;

impl Day<'_> {
    /// Exchanges a piece of an earlier sale for other goods: only the net is paid or given back.
    pub(super) async fn exchange(&mut self) {
        let (earlier, register) = self.earlier().await;
        let body = self.one_piece_of(&earlier);
        self.done(register, Method::POST, "/exchange", &body).await;
        let total = self.ring_up(register).await;
        let basket: Value = self.ask(register, "/basket").await;
        let exchange = &basket["exchange"];
        let to_pay = number(exchange, "to_pay_minor");
        let what = match to_pay.cmp(&0) {
            std::cmp::Ordering::Greater => "exchanged, more to pay",
            _ if number(exchange, "give_back_minor") > 0 => "exchanged, the rest given back",
            _ => "exchanged, nothing due",
        };
        let sale = if to_pay > 0 {
            self.pay(register, to_pay).await
        } else {
            self.done(register, Method::POST, "/exchange/finish", &json!({}))
                .await;
            let (till, sale_id) = (self.till(register), text(&basket, "sale_id"));
            let sold = || async { till.sale(&sale_id).await.ok() };
            wait::until("an exchange to be finished", sold).await
        };
        assert_eq!(number(&sale, "total_minor"), total, "{sale:#}");
        self.book.sold(register, &sale);
        self.sold.push((text(&sale, "sale_id"), register));
        self.is_back(register, &earlier).await;
        self.book.note(what);
    }

    /// Sells a gift card of 5 to 40, whose number the customer chose from the rack.
    pub(super) async fn sell_card(&mut self, register: u16) {
        let amount = 500 * i64::try_from(self.chance.between(1, 8)).expect("at most eight");
        let drawn = u128::from(self.chance.below(u64::MAX));
        let code = StoredNumber::draw(StoredKind::GiftCard, drawn).code();
        let body = json!({ "amount_minor": amount, "number": code });
        self.done(register, Method::POST, "/basket/gift-cards", &body)
            .await;
        let sale = self.take_money(register, amount).await;
        assert_eq!(number(&sale, "total_minor"), amount, "{sale:#}");
        self.book.sold(register, &sale);
        self.cards.push((code, amount));
        self.book.note("gift card sold");
    }

    /// Pays with a gift card as far as it goes, and with cash for the rest.
    pub(super) async fn redeem(&mut self, register: u16, due: i64) -> Value {
        let last = u64::try_from(self.cards.len()).expect("few cards") - 1;
        let at = usize::try_from(self.chance.between(0, last)).expect("few cards");
        let (code, balance) = self.cards[at].clone();
        let taken = due.min(balance);
        let mut tenders = vec![json!({
            "kind": "stored", "number": code, "amount_minor": taken,
        })];
        if due > taken {
            tenders.push(json!({ "kind": "cash", "amount_minor": due - taken }));
        }
        let body = json!({ "tenders": tenders });
        let paid = self.done(register, Method::POST, "/pay", &body).await;
        if taken == balance {
            self.cards.swap_remove(at);
        } else {
            self.cards[at].1 -= taken;
        }
        self.book.note("gift card redeemed");
        let sale = self.till(register).sale(&text(&paid, "sale_id")).await;
        sale.expect("a till knows its sales")
    }

    pub(super) async fn ask(&self, register: u16, path: &str) -> Value {
        let path = format!("/v1/registers/{register}{path}");
        let asked = self.till(register).caller().ask(&path).await;
        asked.expect("a till tells")
    }
}
