//! The forms of the policies. Whoever may not change them sees the same, without the buttons.

use counterpart_daemon::web::parts::{Button, Choice, Emphasis, Field, Icon, Tick, ticks};
use counterpart_daemon::web::text::money_plain;
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::{
    BadgePolicy, OfflineLimits, RightsClass, TENDERS, TillLimits, WalkIn,
};
use counterpart_protocol::pricing::Percent;
use maud::{Markup, html};

use super::{View, begun};
use crate::context::Context;
use crate::policies::service::InForce;
use crate::users::{Caller, Permission};

/// The class a form for a new one begins with.
fn fresh() -> RightsClass {
    RightsClass {
        id: String::new(),
        name: String::new(),
        keep_units: 1,
        keep_percent: 0,
        low_water_units: 2,
        walk_in: WalkIn::WalkInFirst,
    }
}

/// Shows the form of a class, new or known.
pub(super) fn class(
    context: &Context,
    caller: &Caller,
    now: &InForce,
    known: Option<&RightsClass>,
) -> Markup {
    const WALK_INS: [Choice<'static>; 2] = [
        Choice {
            value: "walk_in_first",
            label: "It is sold; the broken promise becomes a task",
        },
        Choice {
            value: "strict",
            label: "The till asks for an approval first",
        },
    ];
    let lang = context.lang();
    let begins = known.cloned().unwrap_or_else(fresh);
    let numbers = [
        begins.keep_units.to_string(),
        begins.keep_percent.to_string(),
        begins.low_water_units.to_string(),
    ];
    let [keep_units, keep_percent, low_water] = &numbers;
    let walk_in = match begins.walk_in {
        WalkIn::WalkInFirst => "walk_in_first",
        WalkIn::Strict => "strict",
    };
    html! {
        form.stack method="post" action="/policies/classes" data-live {
            (begun(context, now))
            div.columns {
                div.stack {
                    @if known.is_some() {
                        input type="hidden" name="id" value=(begins.id);
                    } @else {
                        (Field::text("id", "Short name").hint("Never changed later: behind-counter")
                            .required(lang))
                    }
                    (Field::text("name", "Name").value(&begins.name).required(lang))
                    (Field::choice("walk_in", "When a walk-in wants a unit that was promised",
                        &WALK_INS).value(walk_in)
                        .hint("No choice makes a till refuse goods in hand for good"))
                }
                div.stack {
                    (Field::digits("keep_units", "A store keeps at least").unit("units")
                        .value(keep_units).hint("Never promised to an order"))
                    (Field::digits("keep_percent", "or, if that is more,").unit("% of on hand")
                        .value(keep_percent))
                    (Field::digits("low_water_units", "The hub's rights are filled up below")
                        .unit("units").value(low_water))
                }
            }
            div.row {
                @if caller.may(Permission::PoliciesWrite) {
                    (Button::submit("Publish").primary())
                }
                (Button::link("Back", "/policies"))
            }
        }
        @if let Some(class) = known {
            @if caller.may(Permission::PoliciesWrite) && class.id != now.policies.standard.id {
                form method="post" action={ "/policies/classes/" (class.id) "/remove" } data-live {
                    (begun(context, now))
                    (Button::submit("Remove this class").emphasis(Emphasis::Danger))
                }
            }
        }
    }
}

/// Shows the form that puts products into a class.
pub(super) fn assign(context: &Context, view: &View) -> Markup {
    let policies = &view.now.policies;
    let none = Choice {
        value: "",
        label: "No department: the product beside",
    };
    let departments = view.departments.iter().map(|name| Choice {
        value: name,
        label: name,
    });
    let departments: Vec<Choice<'_>> = std::iter::once(none).chain(departments).collect();
    let classes = std::iter::once(&policies.standard).chain(&policies.classes);
    let classes: Vec<Choice<'_>> = classes
        .map(|class| Choice {
            value: &class.id,
            label: &class.name,
        })
        .collect();
    html! {
        form.filters method="post" action="/policies/assignments" data-live {
            (begun(context, &view.now))
            (Field::choice("department", "Department", &departments))
            (Field::text("sku", "or product (SKU)"))
            (Field::choice("class", "Class", &classes).id("field-assigned-class"))
            (Button::submit("Assign").icon(Icon::Plus))
        }
    }
}

/// The fields of one role, by its word.
struct RoleFields {
    heading: &'static str,
    refund: &'static str,
    stored_value: &'static str,
    tenders: [&'static str; TENDERS.len()],
}

const ASSOCIATE: RoleFields = RoleFields {
    heading: "Associate",
    refund: "associate_refund_max",
    stored_value: "associate_stored_value_max",
    tenders: [
        "associate_cash",
        "associate_card",
        "associate_gift_card",
        "associate_store_credit",
        "associate_voucher",
        "associate_foreign_cash",
        "associate_on_account",
    ],
};

const MANAGER: RoleFields = RoleFields {
    heading: "Manager",
    refund: "manager_refund_max",
    stored_value: "manager_stored_value_max",
    tenders: [
        "manager_cash",
        "manager_card",
        "manager_gift_card",
        "manager_store_credit",
        "manager_voucher",
        "manager_foreign_cash",
        "manager_on_account",
    ],
};

/// Shows what a store may do on its own.
pub(super) fn offline(context: &Context, caller: &Caller, view: &View) -> Markup {
    let offline = &view.now.policies.offline;
    let hours = offline.hours_max.to_string();
    html! {
        section.panel {
            header { h2 { "While the hub cannot be asked" } }
            form.stack method="post" action="/policies/offline" data-live {
                (begun(context, &view.now))
                (Field::digits("hours_max", "At most").unit("hours").value(&hours)
                    .hint("After that only cash sales and handing over go on"))
                (role(context, view, &offline.associate, &ASSOCIATE))
                (role(context, view, &offline.manager, &MANAGER))
                @if caller.may(Permission::PoliciesWrite) {
                    div { (Button::submit("Publish").primary()) }
                }
            }
        }
    }
}

fn role(context: &Context, view: &View, limits: &OfflineLimits, fields: &RoleFields) -> Markup {
    let (locale, currency) = (context.lang().locale(), view.currency);
    let amount = |minor: i64| money_plain(minor, currency.decimals(), locale);
    let refund = amount(limits.refund_max_minor.0);
    let stored_value = amount(limits.stored_value_max_minor.0);
    let boxes: Vec<Tick<'_>> = fields
        .tenders
        .into_iter()
        .zip(TENDERS)
        .map(|(name, word)| Tick {
            name,
            label: tender_words(word),
            hint: "",
            ticked: limits.tenders.iter().any(|it| it == word),
        })
        .collect();
    html! {
        h3 { (fields.heading) }
        div.filters {
            (Field::amount(fields.refund, "Gives back at most").unit(currency.code())
                .value(&refund))
            (Field::amount(fields.stored_value, "Takes from a card or credit at most")
                .unit(currency.code()).value(&stored_value))
        }
        (ticks(fields.tenders[0], "Takes", &boxes))
    }
}

fn tender_words(word: &str) -> &str {
    match word {
        "cash" => "Cash",
        "card" => "Card",
        "gift_card" => "Gift card",
        "store_credit" => "Store credit",
        "voucher" => "Voucher",
        "foreign_cash" => "Foreign cash",
        "on_account" => "On account",
        other => other,
    }
}

/// Shows how pickups are promised and kept.
pub(super) fn pickup(context: &Context, caller: &Caller, now: &InForce) -> Markup {
    let pickup = now.policies.pickup;
    let numbers = [
        pickup.promise_minutes.to_string(),
        pickup.hold_days.to_string(),
        pickup.digits_attempts_max.to_string(),
    ];
    let [promise, hold, attempts] = &numbers;
    html! {
        section.panel {
            header { h2 { "Pickups" } }
            form.stack method="post" action="/policies/pickup" data-live {
                (begun(context, now))
                (Field::digits("promise_minutes", "Ready within").unit("minutes").value(promise)
                    .hint("Of opening time; a store may have its own promise"))
                (Field::digits("hold_days", "Kept for the customer").unit("days").value(hold))
                (Field::digits("digits_attempts_max", "Typed codes may be wrong").unit("times")
                    .value(attempts).hint("After that only the code's picture opens the order"))
                @if caller.may(Permission::PoliciesWrite) {
                    div { (Button::submit("Publish").primary()) }
                }
            }
        }
    }
}

/// Shows how far prices may be changed by hand at a till.
pub(super) fn till(context: &Context, caller: &Caller, view: &View) -> Markup {
    const ASSOCIATE: [&str; 5] = [
        "associate_line",
        "associate_sale",
        "associate_price",
        "associate_department",
        "associate_gift_card",
    ];
    const MANAGER: [&str; 5] = [
        "manager_line",
        "manager_sale",
        "manager_price",
        "manager_department",
        "manager_gift_card",
    ];
    let till = &view.now.policies.till;
    html! {
        section.panel {
            header { h2 { "Prices changed by hand" } }
            form.stack method="post" action="/policies/till" data-live {
                (begun(context, &view.now))
                p.quiet-text {
                    "Beyond what an associate may do alone a manager types their PIN; beyond what \
                     a manager may, nobody does."
                }
                (shares((context, view), "Associate", &till.associate, ASSOCIATE))
                (shares((context, view), "Manager", &till.manager, MANAGER))
                (Field::choice("badges", "A manager's badge", &BADGES)
                    .value(badge_word(till.badges))
                    .hint("A badge is borrowed more easily than a PIN"))
                @if caller.may(Permission::PoliciesWrite) {
                    div { (Button::submit("Publish").primary()) }
                }
            }
        }
    }
}

/// What a manager's badge may be good for.
const BADGES: [Choice<'static>; 2] = [
    Choice {
        value: "approves",
        label: "Signs in and approves",
    },
    Choice {
        value: "signs_in",
        label: "Signs in; approving wants the PIN",
    },
];

const fn badge_word(badges: BadgePolicy) -> &'static str {
    match badges {
        BadgePolicy::Approves => "approves",
        BadgePolicy::SignsIn => "signs_in",
    }
}

fn shares(
    (context, view): (&Context, &View),
    heading: &str,
    limits: &TillLimits,
    fields: [&str; 5],
) -> Markup {
    let lang = context.lang();
    let share = |share: Percent| lang.quantity(i64::from(share.0));
    let (line, sale) = (
        share(limits.line_discount_max),
        share(limits.sale_discount_max),
    );
    let price = share(limits.price_change_max);
    let currency = view.currency;
    let most = |most: Option<Minor>| {
        most.map_or_else(String::new, |most| {
            money_plain(most.0, currency.decimals(), lang.locale())
        })
    };
    let department = most(limits.department_price_max_minor);
    let gift_card = most(limits.gift_card_max_minor);
    html! {
        h3 { (heading) }
        div.filters {
            (Field::amount(fields[0], "Off a line at most").unit("%").value(&line))
            (Field::amount(fields[1], "Off a sale at most").unit("%").value(&sale))
            (Field::amount(fields[2], "Off a price at most").unit("%").value(&price))
            (Field::amount(fields[3], "By department at most").unit(currency.code())
                .value(&department).placeholder("No limit"))
            (Field::amount(fields[4], "On a gift card at most").unit(currency.code())
                .value(&gift_card).placeholder("No limit"))
        }
    }
}
