//! The form that puts a promotion: the usual deals. What is rarer (tiers, rewards of other goods,
//! hours of the day) comes through the API.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::Problem;
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::parts::{Button, Choice, Field, Icon, Tick, command_id, ticks};
use counterpart_daemon::web::text::{read_money, read_quantity};
use counterpart_protocol::coupons::CouponCodeRefused;
use counterpart_protocol::ids::GroupId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::pricing::{Coupon, Cut, Deal, Goods, Off, Percent, Promotion, Window};
use maud::{Markup, html};
use ulid::Ulid;

use super::{View, load};
use crate::context::Context;
use crate::promotions::http::put_once;
use crate::promotions::rules::PromotionDraft;
use crate::users::{CatalogWrite, OnPage};
use crate::web::CommandForm;

/// What the names of groups' boxes begin with.
const GROUP_FIELD: &str = "group.";
const KINDS: [Choice<'static>; 7] = [
    Choice {
        value: "percent",
        label: "Percent off each",
    },
    Choice {
        value: "amount",
        label: "Amount off each",
    },
    Choice {
        value: "price",
        label: "One price for each",
    },
    Choice {
        value: "get",
        label: "Buy some, one more is free",
    },
    Choice {
        value: "mix",
        label: "So many together for one price",
    },
    Choice {
        value: "threshold_percent",
        label: "Percent off from an amount on",
    },
    Choice {
        value: "threshold_amount",
        label: "Amount off from an amount on",
    },
];

/// What a promotion may ask for.
const COUPONS: [Choice<'static>; 3] = [
    Choice {
        value: "",
        label: "Nothing: it counts by itself",
    },
    Choice {
        value: "open",
        label: "A code anybody may say",
    },
    Choice {
        value: "single",
        label: "Single-use coupons, issued here",
    },
];

/// Shows the form.
pub(super) fn panel(context: &Context, view: &View) -> Markup {
    let fresh_id = Ulid::from_bytes(context.new_id()).to_string();
    let (lang, code) = (context.lang(), view.currency.code());
    let every = Choice {
        value: "",
        label: "The products beside, or everything",
    };
    let departments = view.departments.iter().map(|name| Choice {
        value: name,
        label: name,
    });
    let departments: Vec<Choice<'_>> = std::iter::once(every).chain(departments).collect();
    let stands = [Tick {
        name: "stacks",
        label: "Others may take off the same goods too",
        hint: "Else it stands alone on what it takes",
        ticked: false,
    }];
    let named: Vec<(String, &str)> = view
        .groups
        .iter()
        .map(|group| (group_field(&group.id), group.name.as_str()))
        .collect();
    let groups: Vec<Tick<'_>> = named
        .iter()
        .map(|(name, label)| group_tick(name, label))
        .collect();
    html! {
        section.panel {
            header { h2 { "Put a promotion" } }
            form.stack method="post" action="/promotions" data-live {
                (command_id(&fresh_id))
                div.columns {
                    div.stack {
                        (Field::text("id", "Short name").required(lang)
                            .hint("One with the same is replaced: pens-3-for-2"))
                        (Field::text("name", "Name on the receipt").required(lang))
                        (Field::choice("kind", "What it takes off", &KINDS))
                        (Field::amount("value", "Percent, amount or price")
                            .hint("10 for 10 %, or an amount; nothing where one is free"))
                        (Field::digits("count", "So many are bought, or go together")
                            .hint("For the deals with several; 2 of “3 for 2”"))
                        (Field::amount("from_amount", "From this amount on").unit(code))
                    }
                    div.stack {
                        (Field::choice("department", "On the department", &departments))
                        (Field::text("skus", "or on products (SKU)")
                            .hint("With spaces between"))
                        (Field::text("stores", "In stores")
                            .hint("Short names with spaces between; empty for all"))
                        (Field::text("from", "From").hint("2026-12-01 or 2026-12-01T08:00"))
                        (Field::text("until", "Until, exclusive"))
                        (Field::text("priority", "Priority").value("0")
                            .hint("The higher, the earlier it has its turn"))
                        (Field::choice("coupon", "The customer shows", &COUPONS))
                        (Field::text("coupon_code", "Code")
                            .hint("As SUMMER10, for a code anybody may say"))
                        (ticks("stacks", "Beside others", &stands))
                        @if !groups.is_empty() {
                            (ticks("groups", "For customers of these groups alone", &groups))
                        }
                    }
                }
                div { (Button::submit("Put it").primary().icon(Icon::Check)) }
            }
        }
    }
}

/// Returns the name of the box of a group.
fn group_field(group: &GroupId) -> String {
    format!("{GROUP_FIELD}{group}")
}

fn group_tick<'a>(name: &'a str, label: &'a str) -> Tick<'a> {
    Tick {
        name,
        label,
        hint: "",
        ticked: false,
    }
}

/// The fields of the form, by name.
type Fields = BTreeMap<String, String>;

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |text| text.trim())
}

fn wrong(field: &str, sentence: impl Into<String>) -> Problem {
    let sentence = sentence.into();
    Problem::refused("promotion_refused", &sentence).field(field, sentence)
}

/// Answers `POST /promotions`.
pub(super) async fn put(
    State(context): State<Context>,
    operator: OnPage<CatalogWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let view = load(&context).await?;
    let draft = draft(&context, view.currency, &form.fields)?;
    put_once(&context, &operator, form.key, draft).await?;
    Ok(leave_for(&headers, "/promotions"))
}

fn draft(
    context: &Context,
    currency: Currency,
    fields: &Fields,
) -> Result<PromotionDraft, Problem> {
    let words = |name: &str| text(fields, name).split_whitespace();
    let mut goods = Goods::default();
    for word in words("skus") {
        let sku = word.parse();
        let sku = sku.map_err(|_| wrong("skus", format!("'{word}' is no SKU")))?;
        goods.skus.insert(sku);
    }
    if !text(fields, "department").is_empty() {
        goods
            .departments
            .insert(text(fields, "department").to_owned());
    }
    let priority = text(fields, "priority").parse();
    let moment = |name: &str| Some(text(fields, name).to_owned()).filter(|it| !it.is_empty());
    Ok(PromotionDraft {
        promotion: Promotion {
            id: text(fields, "id").to_owned(),
            name: text(fields, "name").to_owned(),
            deal: deal(context, currency, fields)?,
            goods,
            priority: priority.map_err(|_| wrong("priority", "a whole number, such as 0"))?,
            exclusive: !fields.contains_key("stacks"),
            window: Window::default(),
            groups: groups(fields)?,
            coupon: coupon(fields)?,
        },
        stores: words("stores").map(str::to_owned).collect(),
        from: moment("from"),
        until: moment("until"),
    })
}

/// Reads the coupon it asks for.
fn coupon(fields: &Fields) -> Result<Option<Coupon>, Problem> {
    match text(fields, "coupon") {
        "open" => {
            let code = text(fields, "coupon_code").parse();
            let code = code
                .map_err(|refused: CouponCodeRefused| wrong("coupon_code", refused.to_string()))?;
            Ok(Some(Coupon::Open { code }))
        }
        "single" => Ok(Some(Coupon::Single)),
        _ => Ok(None),
    }
}

/// Reads the groups whose boxes are ticked.
fn groups(fields: &Fields) -> Result<BTreeSet<GroupId>, Problem> {
    let ticked = fields
        .keys()
        .filter_map(|name| name.strip_prefix(GROUP_FIELD));
    let read = ticked.map(|slug| {
        let group = slug.parse::<GroupId>();
        group.map_err(|refused| wrong("groups", refused.to_string()))
    });
    read.collect()
}

fn deal(context: &Context, currency: Currency, fields: &Fields) -> Result<Deal, Problem> {
    let locale = context.lang().locale();
    let amount = |name: &str| {
        let read = read_money(text(fields, name), currency.decimals(), locale);
        read.map(Minor)
            .map_err(|unreadable| wrong(name, unreadable.to_string()))
    };
    let share = || {
        let read = read_quantity(text(fields, "value"), locale);
        let read = read.map_err(|unreadable| wrong("value", unreadable.to_string()))?;
        let share = u32::try_from(read).map_err(|_| wrong("value", "at most 100 percent"))?;
        Ok::<_, Problem>(Percent(share))
    };
    let count = || {
        let read = text(fields, "count").parse::<u16>();
        read.map_err(|_| wrong("count", "say how many"))
    };
    Ok(match text(fields, "kind") {
        "percent" => Deal::Each {
            cut: Cut::Percent(share()?),
        },
        "amount" => Deal::Each {
            cut: Cut::Amount(amount("value")?),
        },
        "price" => Deal::Each {
            cut: Cut::Price(amount("value")?),
        },
        "get" => Deal::Get {
            buy: count()?,
            get: 1,
            cut: Cut::Percent(Percent::ALL),
            of: None,
        },
        "mix" => Deal::Mix {
            count: count()?,
            price_minor: amount("value")?,
        },
        "threshold_percent" => Deal::Threshold {
            from_minor: amount("from_amount")?,
            off: Off::Percent(share()?),
        },
        "threshold_amount" => Deal::Threshold {
            from_minor: amount("from_amount")?,
            off: Off::Amount(amount("value")?),
        },
        _ => return Err(wrong("kind", "choose what it takes off")),
    })
}
