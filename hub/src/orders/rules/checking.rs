//! Checks an order as a channel sends it: everything that is wrong is said at once, field by field.

use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{Delivery, OrderLine, Payment};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;

use super::draft::{Checked, DeliveryDraft, LineDraft, OrderDraft, OrderRefused, Terms, Wrong};
use crate::customers::{self, Customer};

/// Lines of an order: its facts name them all, and a fact is bounded.
const LINES_MAX: usize = 200;
/// Units of a line: more is a wholesale order or a mistake.
const QUANTITY_MILLI_MAX: i64 = 9_999_000;
const REFERENCE_CHARS_MAX: usize = 40;
const DESCRIPTION_CHARS_MAX: usize = 120;
/// How far a channel's clock may be ahead, in milliseconds (product.md: clocks off by 10 minutes).
const AHEAD_MS_MAX: i64 = 600_000;
/// How late an order may come in, in milliseconds: what a channel kept through an outage.
const LATE_MS_MAX: i64 = 30 * 86_400_000;
/// No tax is higher, in thousandths of a percent.
const TAX_RATE_MAX: u32 = 100_000;

#[derive(Default)]
struct Check(Vec<Wrong>);

impl Check {
    fn that(&mut self, fits: bool, field: impl Into<String>, sentence: impl Into<String>) {
        if !fits {
            self.0.push(Wrong {
                field: field.into(),
                sentence: sentence.into(),
            });
        }
    }
}

/// Checks a draft.
///
/// # Errors
/// [`OrderRefused`] with every field that is wrong.
pub(in crate::orders) fn check(
    draft: &OrderDraft,
    terms: &Terms<'_>,
) -> Result<Checked, OrderRefused> {
    let mut check = Check::default();
    check.names(draft);
    let placed_at_ms = check.placed(draft, terms.now_ms);
    let currency = draft.currency.parse::<Currency>();
    if let Err(wrong) = &currency {
        check.that(false, "currency", wrong.to_string());
    }
    let delivery = check.delivery(draft, terms, currency.as_ref().ok().copied());
    let decimals = currency.as_ref().map_or(2, Currency::decimals);
    let lines = check.lines(draft, terms, decimals);
    let customer = check.customer(draft);
    let (Ok(currency), Some(delivery)) = (currency, delivery) else {
        return Err(OrderRefused(check.0));
    };
    match check.0.is_empty() {
        true => Ok(Checked {
            placed_at_ms,
            currency,
            lines,
            total_minor: Minor(draft.total_minor),
            delivery,
            payment: draft.payment,
            customer,
        }),
        false => Err(OrderRefused(check.0)),
    }
}

impl Check {
    fn names(&mut self, draft: &OrderDraft) {
        self.that(
            draft.channel.parse::<StoreId>().is_ok(),
            "channel",
            format!(
                "'{}' is no channel: a slug such as web, app or phone",
                draft.channel
            ),
        );
        let reference = draft.channel_reference.trim();
        let plain = reference == draft.channel_reference
            && !reference.is_empty()
            && reference.chars().count() <= REFERENCE_CHARS_MAX
            && !reference.chars().any(char::is_control);
        self.that(
            plain,
            "channel_reference",
            "the channel's reference has 1 to 40 characters and no blanks around it",
        );
    }

    fn placed(&mut self, draft: &OrderDraft, now_ms: i64) -> i64 {
        let placed_at_ms = draft.placed_at.map_or(now_ms, |at| at.as_millisecond());
        self.that(
            placed_at_ms <= now_ms + AHEAD_MS_MAX,
            "placed_at",
            "the order was placed in the future: look at the channel's clock",
        );
        self.that(
            placed_at_ms >= now_ms - LATE_MS_MAX,
            "placed_at",
            "the order was placed more than 30 days ago: capture it anew with today's date if the \
             customer still wants it",
        );
        placed_at_ms
    }

    fn delivery(
        &mut self,
        draft: &OrderDraft,
        terms: &Terms<'_>,
        currency: Option<Currency>,
    ) -> Option<Delivery> {
        let hub = match &draft.delivery {
            DeliveryDraft::Pickup { store } => {
                let found = store.parse::<StoreId>().ok();
                let found = found.and_then(|id| terms.stores.get_key_value(&id));
                let Some((store, sells_in)) = found else {
                    let sentence = format!("there is no store called '{store}'");
                    self.that(false, "delivery.store", sentence);
                    return None;
                };
                Some((
                    Delivery::Pickup {
                        store: store.clone(),
                    },
                    Some(*sells_in),
                ))
            }
            DeliveryDraft::Ship => {
                let addressed = draft
                    .customer
                    .as_ref()
                    .is_some_and(|customer| !customer.address.is_empty());
                self.that(
                    addressed,
                    "customer.address",
                    "an order that is sent needs the customer's address",
                );
                self.that(
                    draft.payment != Payment::AtPickup,
                    "payment",
                    "what is sent cannot be paid at the counter",
                );
                Some((Delivery::Ship, terms.stores.values().next().copied()))
            }
        };
        let (delivery, sells_in) = hub?;
        if let (Some(currency), Some(sells_in)) = (currency, sells_in) {
            self.that(
                currency == sells_in,
                "currency",
                format!("the stores sell in {sells_in}, the order is in {currency}"),
            );
        }
        Some(delivery)
    }

    fn lines(&mut self, draft: &OrderDraft, terms: &Terms<'_>, decimals: u8) -> Vec<OrderLine> {
        let count = draft.lines.len();
        self.that(
            (1..=LINES_MAX).contains(&count),
            "lines",
            format!("an order has 1 to {LINES_MAX} lines, this one has {count}"),
        );
        let mut lines = Vec::new();
        for (at, line) in draft.lines.iter().enumerate().take(LINES_MAX) {
            lines.extend(self.line(at, line, terms, decimals));
        }
        let sum = Minor::sum(draft.lines.iter().map(|line| Minor(line.amount_minor)));
        self.that(
            sum == Some(Minor(draft.total_minor)),
            "total_minor",
            format!(
                "the lines add up to {}, the order says {}",
                sum.map_or("too much".to_owned(), |sum| plain(sum.0, decimals)),
                plain(draft.total_minor, decimals),
            ),
        );
        lines
    }

    fn line(
        &mut self,
        at: usize,
        line: &LineDraft,
        terms: &Terms<'_>,
        decimals: u8,
    ) -> Option<OrderLine> {
        let field = |name: &str| format!("lines.{at}.{name}");
        let number = at + 1;
        let before = self.0.len();
        let product = terms.products.get(&line.sku);
        if product.is_none() {
            self.that(false, field("sku"), unknown(number, &line.sku, terms));
        }
        let whole = product.is_some_and(|product| product.measured)
            || Milli(line.quantity_milli).is_whole();
        self.that(
            (1..=QUANTITY_MILLI_MAX).contains(&line.quantity_milli) && whole,
            field("quantity_milli"),
            format!(
                "line {number} orders {}: at least a thousandth, at most 9999, and whole pieces of \
                 what is sold by the piece",
                Milli(line.quantity_milli)
            ),
        );
        self.that(
            line.tax_rate <= TAX_RATE_MAX,
            field("tax_rate"),
            format!("line {number} has a tax of more than 100 %"),
        );
        self.amounts(at, line, decimals);
        let description = line
            .description
            .clone()
            .or_else(|| product.map(|product| product.name.clone()))
            .unwrap_or_default();
        self.that(
            description.chars().count() <= DESCRIPTION_CHARS_MAX,
            field("description"),
            format!("line {number} is described in more than {DESCRIPTION_CHARS_MAX} characters"),
        );
        let sku = line.sku.parse::<Sku>().ok()?;
        (self.0.len() == before).then(|| OrderLine {
            line: u16::try_from(number).unwrap_or(u16::MAX),
            sku,
            description,
            quantity_milli: Milli(line.quantity_milli),
            unit_price_minor: Minor(line.unit_price_minor),
            amount_minor: Minor(line.amount_minor),
            tax_rate: Rate(line.tax_rate),
        })
    }

    fn amounts(&mut self, at: usize, line: &LineDraft, decimals: u8) {
        let (field, number) = (format!("lines.{at}.amount_minor"), at + 1);
        if line.unit_price_minor < 0 || line.discount_minor < 0 || line.amount_minor < 0 {
            self.that(
                false,
                field,
                format!("line {number} has an amount below nothing"),
            );
            return;
        }
        let gross = Minor(line.unit_price_minor).scaled(line.quantity_milli, 1_000);
        let owed = gross.and_then(|gross| gross.minus(Minor(line.discount_minor)));
        self.that(
            owed == Some(Minor(line.amount_minor)),
            field,
            format!(
                "line {number}: {} × {} less {} makes {}, the line says {}",
                Milli(line.quantity_milli),
                plain(line.unit_price_minor, decimals),
                plain(line.discount_minor, decimals),
                owed.map_or("too much".to_owned(), |owed| plain(owed.0, decimals)),
                plain(line.amount_minor, decimals),
            ),
        );
    }

    fn customer(&mut self, draft: &OrderDraft) -> Option<Customer> {
        match customers::check(draft.customer.as_ref()?) {
            Ok(customer) => Some(customer),
            Err(wrong) => {
                for wrong in wrong {
                    self.that(false, format!("customer.{}", wrong.field), wrong.sentence);
                }
                None
            }
        }
    }
}

fn unknown(number: usize, sku: &str, terms: &Terms<'_>) -> String {
    let alike = terms.alike.get(sku).map_or(&[][..], Vec::as_slice);
    match alike.is_empty() {
        true => format!("line {number}: nothing called '{sku}' is in the catalogue"),
        false => format!(
            "line {number}: nothing called '{sku}' is in the catalogue; did you mean {}?",
            alike.join(" or ")
        ),
    }
}

/// Writes an amount with its decimals, for sentences: `12.50`.
fn plain(minor: i64, decimals: u8) -> String {
    let whole = 10_u64.pow(u32::from(decimals.min(9)));
    let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    match decimals {
        0 => format!("{sign}{size}"),
        _ => format!(
            "{sign}{}.{:0width$}",
            size / whole,
            size % whole,
            width = usize::from(decimals)
        ),
    }
}

#[cfg(test)]
mod tests;
