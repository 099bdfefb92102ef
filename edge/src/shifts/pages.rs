//! The till page: how it stands, what is still open, the blind count, and past closings.

mod cash;
mod left;
mod others;

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Align, Button, Column, CountRow, Emphasis, Empty, Icon, ProblemView, Row, Table, command_id,
    count_grid,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::{CommandId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::{Pieces, ShiftTender, TenderCounted};
use counterpart_protocol::staff::Role;
use maud::{Markup, html};

use left::left_open;

use super::rules::{Reason, StillOpen, denominations};
use super::service;
use super::store::{self, ShiftRow};
use crate::context::Context;
use crate::payments::{self, Attempt};
use crate::safe::safe_path;
use crate::sales::{self, SuspendedView};
use crate::staff::{self, Offered, Person};
use crate::web::{self, Screen, status_bar};

pub(super) use cash::{cash, cash_path};

/// Past closings shown.
const CLOSINGS_SHOWN: u32 = 10;

/// A count that differs, and asks why.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// Counted less expected.
    pub over_short_minor: Minor,
    /// What was counted.
    pub counted_minor: Minor,
    /// The pieces, to fill them in again.
    pub pieces: Vec<Pieces>,
    /// What else was counted, and how it differs.
    pub others: Vec<TenderCounted>,
}

/// What the page shows of a till.
#[derive(Debug, Clone)]
struct TillPage {
    currency: Currency,
    row: Option<ShiftRow>,
    still_open: StillOpen,
    /// Parked sales of the store, which nobody's till closes.
    suspended: Vec<SuspendedView>,
    /// Card payments of the store that nobody has settled.
    cards: Vec<Attempt>,
    closings: Vec<ShiftRow>,
    /// What the shift took beside cash, which is counted apart.
    tenders: Vec<ShiftTender>,
    /// Who works the drawer, by id and by name.
    cashier: (Option<StaffId>, Option<String>),
}

/// Makes the whole page of the person's till; `question` when a count was refused its silence.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn page(
    ctx: &Context,
    person: &Person,
    question: Option<Question>,
) -> Result<Markup, DbError> {
    let register = person.register;
    let version = ctx.live().version();
    let counting = counting_region(ctx, person, version, question.as_ref()).await?;
    let here = format!("/register/{register}/shift");
    let stream = format!("{here}/stream");
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title: "Till",
        current: &here,
        density: Density::Till,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some(&stream),
        scan: None,
    };
    web::page(ctx, version, &screen, html! { (counting) }).await
}

/// Renders what other screens of the register may change.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn live_regions(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Vec<Region>, DbError> {
    let figures = figures_region(ctx, person, version).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![figures, bar])
}

async fn figures_region(
    ctx: &Context,
    person: &Person,
    version: Version,
) -> Result<Region, DbError> {
    let page = load(ctx, person).await?;
    let markup = figures(ctx, person, &page);
    Ok(Region::new("till-figures", version, markup))
}

/// Renders the count, or what stands in its place while the till is closed. The stream leaves it
/// alone: what was typed is the person's.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn counting_region(
    ctx: &Context,
    person: &Person,
    version: Version,
    question: Option<&Question>,
) -> Result<Region, DbError> {
    let page = load(ctx, person).await?;
    let (at_ms, random) = ctx.new_ulid();
    let fresh_id = CommandId::from_parts(at_ms, random).to_string();
    let markup = match &page.row {
        Some(row) if row.closing.is_none() => {
            let figures = Region::new("till-figures", version, figures(ctx, person, &page));
            counting(ctx, person, &page, question, (&fresh_id, &figures))
        }
        Some(_) | None => closings(ctx, person, &page),
    };
    Ok(Region::new("till-counting", version, markup))
}

async fn load(ctx: &Context, person: &Person) -> Result<TillPage, DbError> {
    let (register, currency) = (person.register, ctx.profile().currency);
    let context = ctx.clone();
    ctx.db()
        .read(move |tx| {
            let row = store::latest(tx, register)?;
            let open = row.as_ref().filter(|row| row.closing.is_none());
            let tenders = match open {
                Some(row) => store::tenders(tx, row.shift_id)?.unwrap_or_default(),
                None => Vec::new(),
            };
            let cashier = service::cashier_at(tx, register)?;
            Ok(TillPage {
                currency,
                tenders,
                cashier: (cashier, service::name_of(tx, cashier)?),
                row,
                still_open: service::still_open(tx, register)?,
                suspended: sales::suspended(&context, tx)?,
                cards: payments::unresolved(tx)?,
                closings: store::closed(tx, register, CLOSINGS_SHOWN)?,
            })
        })
        .await
}

fn figures(ctx: &Context, person: &Person, page: &TillPage) -> Markup {
    let lang = ctx.lang();
    let profile = ctx.profile();
    let zone = &profile.time_zone;
    let Some(row) = page.row.as_ref().filter(|row| row.closing.is_none()) else {
        return html! {};
    };
    let money = |minor: Minor| lang.money(minor.0, page.currency.code(), page.currency.decimals());
    let opened = lang.date_time(row.opened_at_ms, zone);
    let sales = lang.count(i64::from(row.sums.sales));
    // What should be in the drawer is for managers: a count that knows the answer is no count.
    let is_manager = person.role == Role::Manager;
    html! {
        dl.details {
            div { dt { "Open since" } dd { (opened) } }
            @if let Some(name) = &page.cashier.1 {
                div { dt { (lang.word("money-cashier")) } dd { (name) } }
            }
            div { dt { "Float" } dd { (money(row.sums.float_minor)) } }
            div { dt { "Sales" } dd { (sales) } }
            @if is_manager {
                div { dt { "Sold" } dd { (money(row.sums.sales_minor)) } }
                div {
                    dt { "Should be in the drawer" }
                    dd { (money(row.sums.expected_minor())) }
                }
            }
        }
    }
}

fn counting(
    ctx: &Context,
    person: &Person,
    page: &TillPage,
    question: Option<&Question>,
    (fresh_id, figures): (&str, &Region),
) -> Markup {
    let (lang, profile) = (&ctx.lang(), ctx.profile());
    let zone = &profile.time_zone;
    let here = format!("/register/{}", person.register);
    let (lines, scans) = (page.still_open.basket_lines, page.still_open.waiting_scans);
    let at_register = format!("{lines} lines and {scans} unsettled scans are at this register.");
    let rows = rows(lang, page.currency, question);
    let key = |operation, label: &str| staff::offered(lang, &person.gates, operation, label);
    let close = key(Operation::CloseTill, "Close the till");
    let drawer = key(Operation::CountTill, "Open the drawer");
    html! {
        @if lines > 0 || scans > 0 {
            div.still-open {
                (ProblemView::new(lang, "A sale is still open")
                    .why(&at_register)
                    .todo("Finish the sale or void it, then close the till."))
                p { (Button::link("Back to the sale", &here).icon(Icon::Back).primary()) }
            }
        }
        (left_open(lang, zone, person.register, page))
        form.shift #count method="post" action={ (here) "/shift/close" } data-live {
            (command_id(fresh_id))
            section.stack {
                h1 { "Count the drawer" }
                p {
                    "Count what is in the drawer now, float included. Any count is accepted; a "
                    "difference is asked about, never refused."
                }
                @match question {
                    None => (closing(&close)),
                    Some(question) => (why(lang, page.currency, question, &close)),
                }
                (Button::submit(&drawer.label).icon(Icon::Drawer).form("open-drawer")
                    .barred(drawer.barred.as_deref()))
                (Button::link(&lang.word("cash-open"), &cash_path(person.register)))
                (Button::link(&lang.word("safe-open"), &safe_path(person.register)))
                @if page.cashier.0 != Some(person.staff_id) {
                    (Button::submit(&lang.word("money-take-over")).icon(Icon::Person)
                        .form("take-over"))
                }
                (figures)
            }
            section.stack {
                (count_grid(lang, page.currency.code(), page.currency.decimals(), &rows))
                (others::fields(lang, page, question))
            }
        }
        form #take-over method="post" action={ (here) "/shift/cashier" } data-live data-quiet {
            (command_id(&format!("{fresh_id}-cashier")))
        }
        form #open-drawer method="post" action={ (here) "/shift/drawer" } data-live data-quiet {
            (command_id(&format!("{fresh_id}-drawer")))
        }
    }
}

fn closing(key: &Offered) -> Button<'_> {
    Button::submit(&key.label)
        .primary()
        .barred(key.barred.as_deref())
        .icon(Icon::Check)
        .key("F9")
}

/// Asks why the count differs. Every answer closes the till.
fn why(lang: &Lang, currency: Currency, question: &Question, close: &Offered) -> Markup {
    let money = |minor: i64| lang.money(minor, currency.code(), currency.decimals());
    let difference = question.over_short_minor.0;
    let title = if difference < 0 {
        format!(
            "The drawer is short by {}",
            money(difference.saturating_neg())
        )
    } else {
        format!("The drawer is over by {}", money(difference))
    };
    let counted = format!("Counted: {}.", money(question.counted_minor.0));
    let todo = "Count again if you are not sure. Else say why, and the till closes.";
    html! {
        @if difference != 0 { (ProblemView::new(lang, &title).why(&counted).todo(todo)) }
        (others::differences(lang, currency, question))
        div.people role="radiogroup" aria-label="Why" {
            @for reason in Reason::ALL {
                label {
                    input.unseen type="radio" name="reason" value=(reason.word());
                    (reason.label())
                }
            }
        }
        (closing(close))
    }
}

fn rows(lang: &Lang, currency: Currency, question: Option<&Question>) -> Vec<CountRow> {
    let typed = |value: Minor| {
        let pieces = question.map_or(&[][..], |question| &question.pieces);
        let found = pieces.iter().find(|pieces| pieces.value_minor == value);
        found
            .filter(|pieces| pieces.count > 0)
            .map_or_else(String::new, |pieces| pieces.count.to_string())
    };
    denominations(currency)
        .into_iter()
        .map(|value| CountRow {
            name: format!("piece_{}", value.0),
            label: lang.money(value.0, currency.code(), currency.decimals()),
            minor: value.0,
            typed: typed(value),
        })
        .collect()
}

fn closings(ctx: &Context, person: &Person, page: &TillPage) -> Markup {
    let here = format!("/register/{}", person.register);
    let lang = ctx.lang();
    let empty = Empty::new("This till was never closed").icon(Icon::Drawer);
    let columns = [
        Column::words("Z"),
        Column::words("Closed"),
        Column::numbers("Sales"),
        Column::numbers("Counted"),
        Column::numbers("Over / short"),
        Column {
            label: "Why",
            align: Align::Start,
        },
        Column::words(""),
    ];
    let rows = page
        .closings
        .iter()
        .filter_map(|row| closing_row(ctx, person, page.currency, row));
    html! {
        div.console {
            div.page-head {
                h1 { "The till is closed" }
                div.actions {
                    (Button::link(&lang.word("safe-open"), &safe_path(person.register)))
                    (Button::link("Open the till", &here).primary().icon(Icon::Drawer))
                }
            }
            (left_open(&ctx.lang(), &ctx.profile().time_zone, person.register, page))
            (Table::new("Closings", &columns, rows.collect()).empty(empty))
            p {
                (Button::link("Back to the register", &here).emphasis(Emphasis::Quiet)
                    .icon(Icon::Back))
            }
        }
    }
}

fn closing_row(ctx: &Context, person: &Person, currency: Currency, row: &ShiftRow) -> Option<Row> {
    let (closing, lang) = (row.closing.as_ref()?, ctx.lang());
    let again = format!("/register/{}/shift/{}/again", person.register, row.shift_id);
    let (at_ms, random) = ctx.new_ulid();
    let fresh_id = CommandId::from_parts(at_ms, random).to_string();
    let money = |minor: Minor| lang.money(minor.0, currency.code(), currency.decimals());
    let why = closing
        .reason
        .as_deref()
        .map_or("", |word| Reason::read(word).map_or("", Reason::label));
    let key = lang.word("cash-z-again");
    let key = staff::offered(&lang, &person.gates, Operation::ReprintZ, &key);
    let cells = vec![
        html! { (closing.z_number) },
        html! { (lang.date_time(closing.closed_at_ms, &ctx.profile().time_zone)) },
        html! { (lang.count(i64::from(row.sums.sales))) },
        html! { (money(closing.counted_minor)) },
        html! { (money(closing.over_short_minor)) },
        html! { (why) },
        html! {
            form method="post" action=(again) data-live {
                (command_id(&fresh_id))
                (Button::submit(&key.label).emphasis(Emphasis::Quiet)
                    .barred(key.barred.as_deref()))
            }
        },
    ];
    Some(Row::new(format!("z-{}", closing.z_number), cells))
}
