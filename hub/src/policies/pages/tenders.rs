//! The form of tenders and cash rounding: lists typed a line each, their parts between semicolons.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::parts::{Button, Field};
use counterpart_daemon::web::text::{Locale, money_plain, read_money};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{BusinessAccount, CashRounding, ForeignRate, TenderPolicy};
use maud::{Markup, html};

use super::changing::{Fields, publish, text, wrong};
use super::{View, begun, load};
use crate::context::Context;
use crate::policies::rules::Change;
use crate::users::{Caller, OnPage, Permission, PoliciesWrite};
use crate::web::CommandForm;

/// Decimals of a rate as it is typed.
const RATE_DECIMALS: u8 = 6;

/// Shows what tills take, and how cash is rounded.
pub(super) fn tenders(context: &Context, caller: &Caller, view: &View) -> Markup {
    let (policy, locale) = (&view.now.policies.tenders, context.lang().locale());
    let rounding = joined(policy.cash_rounding.iter().map(|it| {
        let country = it.country.as_deref().unwrap_or_default();
        let step = money_plain(it.step_minor.0, it.currency.decimals(), locale);
        format!("{}; {country}; {step}", it.currency)
    }));
    let rates = joined(policy.foreign.iter().map(|it| {
        let rate = money_plain(it.rate_micro, RATE_DECIMALS, locale);
        format!("{}; {}; {rate}", it.currency, it.into)
    }));
    let accounts = joined(policy.accounts.iter().map(|it| {
        let limit = money_plain(it.limit_minor.0, it.currency.decimals(), locale);
        format!("{}; {}; {limit}; {}", it.number, it.currency, it.name)
    }));
    let decimals = view.currency.decimals();
    let change = money_plain(policy.voucher_change_max_minor.0, decimals, locale);
    html! {
        section.panel {
            header { h2 { "Tenders and cash rounding" } }
            form.stack method="post" action="/policies/tenders" data-live {
                (begun(context, &view.now))
                (Field::long_text("cash_rounding", "Cash is rounded to").value(&rounding)
                    .hint("A line each: EUR; BE; 0.05. No country: every other one. Only what is \
                        paid in cash is rounded."))
                (Field::long_text("foreign", "Foreign cash").value(&rates)
                    .hint("A line each: USD; EUR; 0.92, when a dollar counts for 0.92 EUR"))
                (Field::amount("voucher_change_max", "Back for a voucher at most")
                    .unit(view.currency.code()).value(&change)
                    .hint("What a voucher is worth beyond that is lost"))
                (Field::long_text("accounts", "Sold to on account").value(&accounts)
                    .hint("A line each: K-1042; EUR; 500.00; Baker and Sons. The amount is the \
                        most one store sells to it in a calendar month."))
                @if caller.may(Permission::PoliciesWrite) {
                    div { (Button::submit("Publish").primary()) }
                }
            }
        }
    }
}

fn joined(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// Answers `POST /policies/tenders`.
pub(super) async fn change(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let view = context.db().read(load).await;
    let view = view.map_err(|failed: DbError| Problem::from(failed))?;
    let locale = context.lang().locale();
    let policy = read(&form.fields, view.currency, locale)?;
    publish(&context, &caller, &headers, form, Change::Tenders(policy)).await
}

fn read(fields: &Fields, currency: Currency, locale: Locale) -> Result<TenderPolicy, Problem> {
    let change = text(fields, "voucher_change_max");
    let change = match change {
        "" => Minor::ZERO,
        _ => amount("voucher_change_max", change, currency.decimals(), locale)?,
    };
    Ok(TenderPolicy {
        cash_rounding: rows(fields, "cash_rounding", |[code, country, step]| {
            let currency = currency_of("cash_rounding", code)?;
            Ok(CashRounding {
                currency,
                country: (!country.is_empty()).then(|| country.to_owned()),
                step_minor: amount("cash_rounding", step, currency.decimals(), locale)?,
            })
        })?,
        voucher_change_max_minor: change,
        foreign: rows(fields, "foreign", |[from, into, rate]| {
            Ok(ForeignRate {
                currency: currency_of("foreign", from)?,
                into: currency_of("foreign", into)?,
                rate_micro: amount("foreign", rate, RATE_DECIMALS, locale)?.0,
            })
        })?,
        accounts: rows(fields, "accounts", |[number, code, limit, name]| {
            let currency = currency_of("accounts", code)?;
            Ok(BusinessAccount {
                number: number.to_owned(),
                name: name.to_owned(),
                currency,
                limit_minor: amount("accounts", limit, currency.decimals(), locale)?,
            })
        })?,
    })
}

fn rows<T, const PARTS: usize>(
    fields: &Fields,
    name: &str,
    row: impl Fn([&str; PARTS]) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let lines = text(fields, name).lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split(';').map(str::trim).collect();
            let parts = parts.try_into().map_err(|_| {
                let sentence = format!("'{line}' does not have {PARTS} parts between semicolons");
                wrong(name, sentence)
            })?;
            row(parts)
        })
        .collect()
}

fn currency_of(field: &str, code: &str) -> Result<Currency, Problem> {
    code.parse()
        .map_err(|refused: counterpart_protocol::money::CurrencyRefused| {
            wrong(field, refused.to_string())
        })
}

fn amount(field: &str, typed: &str, decimals: u8, locale: Locale) -> Result<Minor, Problem> {
    let read = read_money(typed, decimals, locale);
    read.map(Minor)
        .map_err(|unreadable| wrong(field, format!("'{typed}': {unreadable}")))
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::web::text::Locale;
    use counterpart_protocol::money::{Currency, Minor};

    use super::{Fields, read};

    fn fields(all: &[(&str, &str)]) -> Fields {
        let owned = all.iter();
        owned
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn lists_are_read_a_line_each() {
        let read = read(
            &fields(&[
                ("cash_rounding", "EUR; BE; 0.05\n\n CHF;;0.05 "),
                ("foreign", "USD; EUR; 0.92"),
                ("voucher_change_max", "5.00"),
                ("accounts", "K-1042; EUR; 500.00; Baker and Sons"),
            ]),
            Currency::EUR,
            Locale::En,
        )
        .unwrap();
        assert_eq!(read.cash_rounding[0].country.as_deref(), Some("BE"));
        assert_eq!(read.cash_rounding[1].step_minor, Minor(5));
        assert_eq!(read.foreign[0].rate_micro, 920_000);
        assert_eq!(read.voucher_change_max_minor, Minor(500));
        assert_eq!(read.accounts[0].limit_minor, Minor(50_000));
        assert_eq!(read.accounts[0].name, "Baker and Sons");
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (name, line) in [
            ("cash_rounding", "EUR; 0.05"),
            ("cash_rounding", "euro; BE; 0.05"),
            ("foreign", "USD; EUR; much"),
            ("accounts", "K-1; EUR; 5"),
        ] {
            assert!(
                read(&fields(&[(name, line)]), Currency::EUR, Locale::En).is_err(),
                "{line}"
            );
        }
    }
}
