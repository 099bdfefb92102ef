//! How a register stands with its payment terminal: asked, unknown, refused, and what is left to
//! see to.

use counterpart_daemon::web::parts::{
    Button, Dialog, Emphasis, Icon, ProblemView, Tone, badge, command_id, pin_pad,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::{Tender, TenderKind};
use maud::{Markup, Render as _, html};

use super::desk::Desk;
use super::others;
use crate::payments::{Attempt, AttemptState, Purpose};
use crate::staff;

/// Draws one amount that was given; what a card paid can go back to it.
pub(super) fn given(desk: &Desk<'_>, tender: &Tender) -> Markup {
    let lang = &desk.lang;
    let amount = desk.money(tender.amount_minor);
    match (&tender.card, tender.kind) {
        (Some(card), _) => html! {
            li {
                span {
                    (lang.word("card-card"))
                    @if let Some(scheme) = &card.scheme { " " (scheme) }
                    @if let Some(last_four) = &card.last_four { " ····" (last_four) }
                }
                output { (amount) }
                @if card.transaction.is_some() && desk.view.cards.in_flight.is_none() {
                    (give_back(desk, &card.intent))
                }
            }
        },
        (None, TenderKind::Cash | TenderKind::Card | TenderKind::Exchanged) => html! {
            li { span { (lang.word("card-cash")) } output { (amount) } }
        },
        (
            None,
            TenderKind::GiftCard
            | TenderKind::StoreCredit
            | TenderKind::Voucher
            | TenderKind::ForeignCash
            | TenderKind::OnAccount,
        ) => others::given(desk, tender),
    }
}

/// Draws the button that asks the terminal for all that is due.
pub(super) fn ask(desk: &Desk<'_>, amount: &str) -> Markup {
    let label = desk.lang.word("card-card");
    html! {
        @if desk.view.cards.has_terminal {
            form #card-all method="post" action=(desk.to("card")) data-live data-quiet {
                (command_id(&desk.fresh_id))
                (Button::submit_as(&label, "does", "all").emphasis(Emphasis::Pay)
                    .amount(amount).key("F10"))
            }
        }
    }
}

/// Says why nothing came of the card that was tried last.
pub(super) fn refused(desk: &Desk<'_>) -> Markup {
    let Some(refused) = desk.view.cards.refused.as_ref() else {
        return html! {};
    };
    let lang = &desk.lang;
    let title = match (refused.purpose, refused.state) {
        (Purpose::Sale | Purpose::Refund, AttemptState::Declined) => "card-declined",
        (Purpose::Sale | Purpose::Refund, _) => "card-cancelled",
        (Purpose::GiveBack, _) => "card-not-given-back",
    };
    let title = lang.t(
        title,
        &[("amount", desk.money(refused.amount_minor).as_str().into())],
    );
    let todo = match refused.purpose {
        Purpose::Sale | Purpose::Refund => lang.word("card-refused-todo"),
        Purpose::GiveBack => lang.word("card-not-given-back-todo"),
    };
    ProblemView::new(lang, &title)
        .why(refused.words.as_deref().unwrap_or_default())
        .todo(&todo)
        .render()
}

/// Draws what the terminal is asked for, or what nobody knows about it, with what to do.
pub(super) fn in_flight(desk: &Desk<'_>, attempt: &Attempt) -> Markup {
    match attempt.state {
        AttemptState::Unknown => unknown(desk, attempt),
        AttemptState::Sent
        | AttemptState::Approved
        | AttemptState::Declined
        | AttemptState::Cancelled
        | AttemptState::Reversed => asked(desk, attempt),
    }
}

fn asked(desk: &Desk<'_>, attempt: &Attempt) -> Markup {
    let lang = &desk.lang;
    let (title, todo) = match attempt.purpose {
        Purpose::Sale => ("card-asked", "card-asked-todo"),
        Purpose::GiveBack | Purpose::Refund => ("card-giving-back", "card-giving-back-todo"),
    };
    html! {
        section.card-panel role="status" aria-label=(lang.word(title)) {
            p { (badge(Tone::Busy, &lang.word(title))) }
            output.card-amount { (desk.money(attempt.amount_minor)) }
            p { (lang.word(todo)) }
            @if attempt.purpose == Purpose::Sale { (cancel(desk)) }
        }
    }
}

fn cancel(desk: &Desk<'_>) -> Markup {
    html! {
        form method="post" action=(desk.to("card")) data-live {
            (command_id(&desk.fresh_id))
            (Button::submit_as(&desk.lang.word("card-cancel"), "does", "cancel")
                .icon(Icon::Cross).key("F3"))
        }
    }
}

fn unknown(desk: &Desk<'_>, attempt: &Attempt) -> Markup {
    let lang = &desk.lang;
    let title = match attempt.purpose {
        Purpose::Sale => "card-unknown",
        Purpose::GiveBack | Purpose::Refund => "card-unknown-back",
    };
    html! {
        section.card-panel data-tone="bad" role="alert" aria-label=(lang.word(title)) {
            p { (badge(Tone::Bad, &lang.word(title))) }
            output.card-amount { (desk.money(attempt.amount_minor)) }
            @if let Some(words) = &attempt.words { p.quiet-text { (words) } }
            ul.card-todo {
                li { (lang.word("card-unknown-todo-1")) }
                li { (lang.word("card-unknown-todo-2")) }
                li { (lang.word("card-unknown-todo-3")) }
            }
            div.row {
                form method="post" action=(desk.to("card")) data-live {
                    (command_id(&desk.fresh_id))
                    (Button::submit_as(&lang.word("card-again"), "does", "again").primary()
                        .icon(Icon::Undo).key("F6"))
                }
                @if attempt.purpose == Purpose::Sale { (cancel(desk)) }
                (Button::opens(&lang.word("card-settle"), "settle-card").key("F8"))
            }
        }
    }
}

/// Draws, beside a sale in work, what its cards paid, what the terminal is asked, and what of
/// earlier sales is left to see to.
pub(super) fn beside_sale(desk: &Desk<'_>) -> Markup {
    let cards = &desk.view.cards;
    let paid: Vec<&Tender> = desk
        .view
        .tenders
        .iter()
        .filter(|it| it.kind == TenderKind::Card)
        .collect();
    html! {
        @if let Some(attempt) = &cards.in_flight { (in_flight(desk, attempt)) }
        @if !paid.is_empty() {
            ul.tenders { @for tender in paid { (given(desk, tender)) } }
        }
        @for attempt in &cards.left { (left(desk, attempt)) }
    }
}

fn left(desk: &Desk<'_>, attempt: &Attempt) -> Markup {
    let lang = &desk.lang;
    let title = lang.t(
        left_word(attempt),
        &[("amount", desk.money(attempt.amount_minor).as_str().into())],
    );
    html! {
        section.unsettled aria-label=(title) {
            h2 { (title) }
            p { (lang.word("card-left-todo")) " " span.code { (attempt.intent) } }
            div.row {
                @if attempt.to_give_back().is_ok() && desk.view.cards.in_flight.is_none() {
                    (give_back(desk, &attempt.intent))
                }
                @if attempt.disputed {
                    (Button::opens(&lang.word("card-seen"), "settle-card"))
                } @else if attempt.state == AttemptState::Unknown {
                    (Button::opens(&lang.word("card-settle"), "settle-card"))
                }
            }
        }
    }
}

/// Returns the key of the sentence that names what somebody has to see to.
pub(crate) fn left_word(attempt: &Attempt) -> &'static str {
    match (attempt.disputed, attempt.state, attempt.purpose) {
        (true, _, _) => "card-left-disputed",
        (false, AttemptState::Sent, _) => "card-left-asked",
        (false, AttemptState::Unknown, _) => "card-left-unknown",
        (
            false,
            AttemptState::Approved
            | AttemptState::Declined
            | AttemptState::Cancelled
            | AttemptState::Reversed,
            _,
        ) => "card-left-paid",
    }
}

fn give_back(desk: &Desk<'_>, intent: &str) -> Markup {
    let label = desk.lang.word("card-give-back");
    let key = staff::offered(&desk.lang, &desk.gates, Operation::GiveCardBack, &label);
    html! {
        form method="post" action=(desk.to("card")) data-live {
            (command_id(&desk.fresh_id))
            input type="hidden" name="payment" value=(intent);
            (Button::submit_as(&key.label, "does", "give_back").emphasis(Emphasis::Quiet)
                .icon(Icon::Undo).barred(key.barred.as_deref()))
        }
    }
}

/// Asks a manager what became of the payment nobody knows about. It stands outside of what the
/// stream draws anew, so that a PIN being typed stays.
pub(super) fn settle_dialog(lang: &Lang, register: RegisterId) -> Markup {
    let body = html! {
        form.stack #settle-card-form method="post" action={ "/register/" (register) "/card" }
            data-live data-reset {
            (command_id(""))
            p { (lang.word("card-settle-hint")) }
            (pin_pad(lang, "approval_pin", html! {}))
        }
    };
    let (moved, not_moved) = (lang.word("card-moved"), lang.word("card-not-moved"));
    let actions = html! {
        (Button::submit_as(&not_moved, "does", "not_moved").form("settle-card-form"))
        (Button::submit_as(&moved, "does", "moved").form("settle-card-form").primary())
    };
    let title = lang.word("card-settle-title");
    html! { (Dialog::new(lang, "settle-card", &title, body).actions(actions)) }
}
