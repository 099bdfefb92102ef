//! The register while items are scanned: the sale on one side, find, tiles and keys on the other.

use counterpart_daemon::web::parts::{
    Button, Emphasis, Empty, Field, Icon, ProblemView, command_id, numpad,
};
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use maud::{Markup, Render as _, html};

use super::desk::Desk;
use super::{asking, cards, coupons, customers, discounts, exchange, find, sums};
use crate::devices::{PrintJob, PrintKind};
use crate::notices;
use crate::sales::service::{LineView, WaitingView};
use crate::sales::store::Phase;
use crate::staff;

/// Draws the register while items are scanned.
pub(super) fn selling(desk: &Desk<'_>) -> Markup {
    html! {
        div.register {
            section.sale aria-label="Sale" {
                (head(desk))
                (uncertain(desk))
                (cards::beside_sale(desk))
                (waiting(desk))
                (asking::age(desk))
                (asking::number(desk))
                (asking::promised(desk))
                (exchange::comes_back(desk))
                (customers::strip(desk))
                (coupons::strip(desk))
                (lines(desk))
                (sums::foot(desk))
            }
            section.bench aria-label="Find and keys" {
                (find::form(desk))
                (find::tiles_box(desk))
                div.keys {
                    // Enter in the pad presses the first button of its form: Qty, never Remove.
                    (quantity_pad(desk))
                    (functions(desk))
                }
            }
        }
        (discounts::asked(desk))
    }
}

/// Draws the head of the sale with the notices of the day.
pub(super) fn head(desk: &Desk<'_>) -> Markup {
    let profile = desk.ctx.profile();
    let zone = &profile.time_zone;
    html! {
        div.sale-head {
            h1 { "Sale" }
            @if desk.view.screen.phase == Phase::Selling {
                (Button::link(&desk.lang.word("customer-title"), &desk.to("customer"))
                    .icon(Icon::Person).emphasis(Emphasis::Quiet).key("F3"))
                (Button::opens(&desk.lang.word("coupon-title"), "coupon")
                    .emphasis(Emphasis::Quiet).key("Shift+F3"))
            }
        }
        (notices::notices(&desk.lang, zone, &desk.view.notices))
    }
}

/// Draws an empty place.
pub(super) fn empty(title: &str, todo: &str) -> Markup {
    Empty::new(title).icon(Icon::Scan).todo(todo).render()
}

/// Draws the scans that wait for a person; they bar Pay.
pub(super) fn waiting(desk: &Desk<'_>) -> Markup {
    let waiting = &desk.view.basket.unsettled;
    html! {
        @if !waiting.is_empty() {
            section.unsettled aria-labelledby="unsettled-title" {
                h2 #unsettled-title { "Scans to settle: " (waiting.len()) }
                ul.stack { @for scan in waiting { (waiting_scan(desk, scan)) } }
            }
        }
    }
}

fn waiting_scan(desk: &Desk<'_>, scan: &WaitingView) -> Markup {
    let is_held = matches!(scan.why, "nobody_signed_in" | "till_closed");
    let code = if scan.code.is_empty() {
        "Unreadable"
    } else {
        &scan.code
    };
    let by_department = desk.to(&format!("department?scan={}", scan.scan));
    html! {
        li id={ "scan-" (scan.scan) } {
            div { span.code { (code) } " " span { (scan.sentence) } }
            form.row method="post" action=(desk.to(&format!("scans/{}", scan.scan))) data-live
                data-quiet {
                (command_id(&desk.fresh_id))
                @if !is_held && scan.why != "lost" && scan.why != "receipt" {
                    (Button::submit_as("Try again", "does", "again").emphasis(Emphasis::Quiet))
                }
                @if scan.why == "receipt" {
                    // It stands before the key for returns, whose place it takes meanwhile.
                    (Button::submit_as(&desk.lang.word("returns-open"), "does", "take_back")
                        .key("F10"))
                }
                @if scan.why == "unknown" {
                    (Button::link(&desk.lang.word("department-open"), &by_department))
                }
                (Button::submit_as("Put aside", "does", "aside"))
            }
        }
    }
}

/// Draws the prints nobody is sure of.
pub(super) fn uncertain(desk: &Desk<'_>) -> Markup {
    html! {
        @for job in &desk.view.uncertain { (uncertain_print(desk, job)) }
    }
}

fn uncertain_print(desk: &Desk<'_>, job: &PrintJob) -> Markup {
    let is_receipt = match job.kind {
        PrintKind::Receipt | PrintKind::Copy => job.sale_id.is_some(),
        PrintKind::Invoice | PrintKind::Report => false,
        PrintKind::Label | PrintKind::CarrierLabel | PrintKind::StoredCard => false,
    };
    html! {
        section.unsettled id={ "print-" (job.job_id) } aria-label="Did it print?" {
            h2 { "Did it print?" }
            p { (job.sentence()) }
            form.row method="post" action=(desk.to(&format!("prints/{}", job.job_id))) data-live
                data-quiet {
                (command_id(&desk.fresh_id))
                (Button::submit_as("It printed", "settlement", "printed"))
                @if is_receipt {
                    (Button::submit_as("Print a copy", "settlement", "reprinted")
                        .icon(Icon::Printer))
                }
                @if job.kind.is_sent_again() {
                    (Button::submit_as("Print again", "settlement", "reprinted")
                        .icon(Icon::Printer))
                }
                (Button::submit_as("Not needed", "settlement", "abandoned")
                    .emphasis(Emphasis::Quiet))
            }
        }
    }
}

fn lines(desk: &Desk<'_>) -> Markup {
    let mut lines: Vec<&LineView> = desk.view.basket.lines.iter().collect();
    // What was scanned last is on top, where the eye is.
    lines.sort_by_key(|line| std::cmp::Reverse(line.touched));
    let undone = lines.iter().find(|line| line.voided).map(|line| line.line);
    if lines.is_empty() {
        return empty(
            "Scan an item to start a sale",
            "Or find it by name (F2), or touch a tile.",
        );
    }
    html! {
        ol.sale-lines {
            @for line in lines {
                @if line.voided {
                    (voided_line(desk, line, undone == Some(line.line)))
                } @else {
                    (sale_line(desk, line))
                }
            }
        }
    }
}

fn sale_line(desk: &Desk<'_>, line: &LineView) -> Markup {
    let name = &line.description;
    let (less, more) = (format!("One less of {name}"), format!("One more of {name}"));
    html! {
        li.sale-line id={ "line-" (line.line) } data-line data-newest[line.newest] {
            label.line-pick {
                input.unseen id={ "pick-" (line.line) } type="radio" form="quantity-form"
                    name="line" value=(line.line) checked[desk.view.selected == Some(line.line)];
                span.line-name { (name) }
                span.line-note { (note(desk, line)) }
                (discounts::told(desk, line))
                (asking::of_line(desk, line))
                (said(desk, line))
            }
            form.line-qty method="post" action=(desk.to(&format!("lines/{}", line.line)))
                data-live data-repeat {
                (command_id(&desk.fresh_id))
                (Button::submit_as("−", "does", "less").key("Minus").read_as(&less))
                output { (quantity(desk, line)) }
                (Button::submit_as("+", "does", "more").key("Plus").read_as(&more))
            }
            output.line-amount { (desk.money(line.amount_minor)) }
        }
    }
}

/// Tells what somebody noted of a line, who sold it, and which code it was sold for.
fn said(desk: &Desk<'_>, line: &LineView) -> Markup {
    let remarks = &line.remarks;
    let seller = remarks.sold_by.and_then(|id| {
        let mut people = desk.view.sellers.iter();
        people.find(|member| member.id == id)
    });
    let code = remarks.by_department.as_ref();
    let code = code.and_then(|it| it.code.as_deref());
    html! {
        @if let Some(code) = code { span.line-note.code { (code) } }
        @if let Some(number) = asking::number_of(desk, line) { span.line-note { (number) } }
        @if let Some(note) = &remarks.note { span.line-note { (note) } }
        @if let Some(seller) = seller {
            span.line-note { (desk.lang.word("remark-seller")) ": " (seller.name) }
        }
    }
}

/// A removed line stays where it was, struck out, until the sale is paid.
fn voided_line(desk: &Desk<'_>, line: &LineView, is_last: bool) -> Markup {
    let name = &line.description;
    let undo = format!("Undo: put {name} back");
    let button = Button::submit_as("Undo", "does", "restore")
        .icon(Icon::Undo)
        .read_as(&undo)
        .emphasis(Emphasis::Quiet);
    let button = if is_last {
        button.key("Control+z")
    } else {
        button
    };
    html! {
        li.sale-line id={ "line-" (line.line) } data-voided {
            div.line-pick {
                span.line-name { (name) }
                span.line-note { "Removed · " (quantity(desk, line)) }
            }
            form method="post" action=(desk.to(&format!("lines/{}", line.line))) data-live {
                (command_id(&desk.fresh_id))
                (button)
            }
            output.line-amount { (desk.money(line.amount_minor)) }
        }
    }
}

fn note(desk: &Desk<'_>, line: &LineView) -> String {
    let price = desk.money(line.unit_price_minor);
    match line.unit {
        Unit::Kilogram if line.quantity_milli == Milli::ZERO => {
            format!("{} · {price} / kg · type its kilograms, then Qty", line.sku)
        }
        Unit::Kilogram => format!("{} · {price} / kg", line.sku),
        Unit::Piece => format!("{} · {price}", line.sku),
    }
}

fn quantity(desk: &Desk<'_>, line: &LineView) -> String {
    let quantity = desk.lang.quantity(line.quantity_milli.0);
    match line.unit {
        Unit::Piece => quantity,
        Unit::Kilogram if line.quantity_milli == Milli::ZERO => "? kg".to_owned(),
        Unit::Kilogram => format!("{quantity} kg"),
    }
}

fn functions(desk: &Desk<'_>) -> Markup {
    let basket = &desk.view.basket;
    let is_empty = basket.sale_id.is_none() && basket.exchange.is_none();
    let is_empty = is_empty && basket.unsettled.is_empty();
    let nothing = is_empty.then_some("There is no sale to void");
    let has_line = desk.view.basket.lines.iter().any(|line| !line.voided);
    let no_line = (!has_line).then_some("There is no line to remove");
    let no_price = (!has_line).then_some("There is no line to change the price of");
    let discount = desk.lang.word("prices-discount");
    let (park, suspended) = (desk.lang.word("suspended-park"), desk.to("suspended"));
    let no_park = (!has_line).then_some("There is no sale to park");
    let recall = match desk.view.suspended {
        0 => desk.lang.word("suspended-recall"),
        count => format!("{} ({count})", desk.lang.word("suspended-recall")),
    };
    let returns = desk.to("returns");
    let returns_title = desk.lang.word("returns-title");
    let (weigh, no_weight) = (desk.lang.word("weigh"), desk.lang.word("weigh-nothing"));
    let setup = desk.ctx.register(desk.view.register);
    let has_scale = setup.is_some_and(|setup| setup.counter.scale.is_some());
    let by_weight = desk.view.basket.lines.iter().any(|line| {
        Some(line.line) == desk.view.selected && line.unit == Unit::Kilogram && !line.voided
    });
    let weighs = has_scale.then_some((!by_weight).then_some(no_weight.as_str()));
    let key = |operation, label: &str| staff::offered(&desk.lang, &desk.gates, operation, label);
    let [remove, void] = [
        (Operation::VoidLine, "Remove"),
        (Operation::VoidBasket, "Void sale"),
    ]
    .map(|(operation, label)| key(operation, label));
    let by_department = desk.lang.word("department-open");
    let by_department = key(Operation::SellByDepartment, &by_department);
    let stored = key(Operation::SellGiftCard, &desk.lang.word("stored-title"));
    let (park, recall) = (
        key(Operation::SuspendSale, &park),
        key(Operation::RecallSale, &recall),
    );
    html! {
        div.functions {
            (Button::opens("Switch", "switch").key("F7"))
            @if let Some(refused) = weighs {
                (Button::submit_as(&weigh, "does", "weigh").form("quantity-form").key("F6")
                    .barred(refused))
            }
            (Button::submit_as(&remove.label, "does", "void").form("quantity-form").key("Delete")
                .barred(remove.barred.as_deref().or(no_line)))
            (Button::submit_as(&discount, "does", "discount").form("quantity-form").key("F8")
                .barred(no_price))
            (Button::submit_as(&desk.lang.word("remark-open"), "does", "remark")
                .form("quantity-form").key("Shift+F8").barred(no_line))
            (Button::link(&by_department.label, &desk.to("department")).key("Shift+F2")
                .barred(by_department.barred.as_deref()))
            (Button::link(&stored.label, &desk.to("gift-card")).key("Shift+F6"))
            (Button::opens(&park.label, "park").key("F4")
                .barred(park.barred.as_deref().or(no_park)))
            (Button::link(&recall.label, &suspended).key("Shift+F4")
                .barred(recall.barred.as_deref()))
            (Button::opens(&void.label, "void").icon(Icon::Cross)
                .barred(void.barred.as_deref().or(nothing)))
            (Button::link("Receipts", "/sales").icon(Icon::Receipt))
            (Button::link(&returns_title, &returns).key("F10"))
        }
    }
}

fn quantity_pad(desk: &Desk<'_>) -> Markup {
    html! {
        form #quantity-form method="post" action=(desk.to("quantity")) data-live data-reset {
            (command_id(&desk.fresh_id))
            label.unseen for="quantity" { "Quantity of the selected line" }
            input.pad-display #quantity name="quantity" inputmode="decimal" autocomplete="off"
                placeholder="Quantity" data-pad-default;
            (numpad(&desk.lang, "quantity", html! { (Button::submit("Qty").primary()) }))
        }
    }
}

/// Draws the field in which products are looked up.
pub(super) fn find_field() -> Field<'static> {
    Field::search("code", "Find by name or code")
        .key("F2")
        .placeholder("Find by name or code")
}

/// Says that the catalogue is missing, which no person at a till can mend.
pub(super) fn no_catalogue(desk: &Desk<'_>) -> Markup {
    ProblemView::new(&desk.lang, "No products yet")
        .why("The catalogue comes from the hub by itself.")
        .todo("If it does not come, look at Status.")
        .render()
}
