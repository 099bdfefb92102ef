//! What the forms of the policies post: one change each, based on the version they showed.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::{read_money, read_quantity};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{
    Assigned, Assignment, BadgePolicy, OfflineLimits, OfflinePolicy, PickupPolicy, RightsClass,
    TENDERS, TillLimits, TillPolicy, WalkIn,
};
use counterpart_protocol::pricing::Percent;

use super::load;
use crate::context::Context;
use crate::policies::http::change_once;
use crate::policies::rules::Change;
use crate::users::{Caller, OnPage, PoliciesWrite};
use crate::web::CommandForm;

/// The fields of a form, by name.
pub(super) type Fields = BTreeMap<String, String>;

pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |text| text.trim())
}

pub(super) fn wrong(field: &str, sentence: impl Into<String>) -> Problem {
    let sentence = sentence.into();
    Problem::refused("policies_refused", &sentence).field(field, sentence)
}

pub(super) fn number<N: FromStr>(fields: &Fields, name: &str) -> Result<N, Problem> {
    let typed = text(fields, name);
    let read = typed.parse();
    read.map_err(|_| wrong(name, format!("'{typed}' is no whole number that fits here")))
}

pub(super) async fn publish(
    context: &Context,
    caller: &Caller,
    headers: &HeaderMap,
    form: CommandForm<Fields>,
    change: Change,
) -> Result<Response, Problem> {
    let based_on = number(&form.fields, "based_on")?;
    change_once(context, caller, form.key, based_on, change).await?;
    Ok(leave_for(headers, "/policies"))
}

/// Answers `POST /policies/classes`.
pub(super) async fn class(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let fields = &form.fields;
    let walk_in = match text(fields, "walk_in") {
        "walk_in_first" => WalkIn::WalkInFirst,
        "strict" => WalkIn::Strict,
        other => return Err(wrong("walk_in", format!("'{other}' is no such choice"))),
    };
    let id = text(fields, "id").to_owned();
    if id == "new" {
        return Err(wrong(
            "id",
            "'new' is the address of this form: take another short name",
        ));
    }
    let class = RightsClass {
        id,
        name: text(fields, "name").to_owned(),
        keep_units: number(fields, "keep_units")?,
        keep_percent: number(fields, "keep_percent")?,
        low_water_units: number(fields, "low_water_units")?,
        walk_in,
    };
    publish(&context, &caller, &headers, form, Change::Class(class)).await
}

/// Answers `POST /policies/classes/{class}/remove`.
pub(super) async fn remove_class(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    publish(&context, &caller, &headers, form, Change::RemoveClass(id)).await
}

fn assigned(fields: &Fields) -> Result<Assigned, Problem> {
    match (text(fields, "department"), text(fields, "sku")) {
        ("", "") => Err(wrong("sku", "choose a department or name a product")),
        (department, "") => Ok(Assigned::Department(department.to_owned())),
        ("", sku) => {
            let sku = sku
                .parse::<Sku>()
                .map_err(|refused| wrong("sku", refused.to_string()));
            Ok(Assigned::Sku(sku?))
        }
        _ => Err(wrong(
            "sku",
            "either a department or a product: clear one of them",
        )),
    }
}

/// Answers `POST /policies/assignments`.
pub(super) async fn assign(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let change = Change::Assign(Assignment {
        of: assigned(&form.fields)?,
        class: text(&form.fields, "class").to_owned(),
    });
    publish(&context, &caller, &headers, form, change).await
}

/// Answers `POST /policies/assignments/remove`.
pub(super) async fn unassign(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let change = Change::Unassign(assigned(&form.fields)?);
    publish(&context, &caller, &headers, form, change).await
}

fn limits(
    context: &Context,
    fields: &Fields,
    role: &str,
    currency: Currency,
) -> Result<OfflineLimits, Problem> {
    let amount = |field: String| {
        let read = read_money(
            text(fields, &field),
            currency.decimals(),
            context.lang().locale(),
        );
        read.map(Minor)
            .map_err(|unreadable| wrong(&field, unreadable.to_string()))
    };
    let ticked = |tender: &&str| fields.contains_key(&format!("{role}_{tender}"));
    Ok(OfflineLimits {
        refund_max_minor: amount(format!("{role}_refund_max"))?,
        stored_value_max_minor: amount(format!("{role}_stored_value_max"))?,
        tenders: TENDERS
            .into_iter()
            .filter(ticked)
            .map(str::to_owned)
            .collect(),
    })
}

/// Answers `POST /policies/offline`.
pub(super) async fn offline(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let view = context.db().read(load).await;
    let currency = view
        .map_err(|failed: DbError| Problem::from(failed))?
        .currency;
    let fields = &form.fields;
    let change = Change::Offline(OfflinePolicy {
        hours_max: number(fields, "hours_max")?,
        associate: limits(&context, fields, "associate", currency)?,
        manager: limits(&context, fields, "manager", currency)?,
    });
    publish(&context, &caller, &headers, form, change).await
}

/// Answers `POST /policies/pickup`.
pub(super) async fn pickup(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let fields = &form.fields;
    let change = Change::Pickup(PickupPolicy {
        hold_days: number(fields, "hold_days")?,
        promise_minutes: number(fields, "promise_minutes")?,
        digits_attempts_max: number(fields, "digits_attempts_max")?,
    });
    publish(&context, &caller, &headers, form, change).await
}

/// Answers `POST /policies/till`.
pub(super) async fn till(
    State(context): State<Context>,
    caller: OnPage<PoliciesWrite>,
    headers: HeaderMap,
    form: CommandForm<Fields>,
) -> Result<Response, Problem> {
    let share = |field: String| {
        let read = read_quantity(text(&form.fields, &field), context.lang().locale());
        let read = read.map_err(|unreadable| wrong(&field, unreadable.to_string()))?;
        let share = u32::try_from(read).map_err(|_| wrong(&field, "0 to 100 percent"))?;
        Ok::<_, Problem>(Percent(share))
    };
    let view = context.db().read(load).await;
    let view = view.map_err(|failed: DbError| Problem::from(failed))?;
    let decimals = view.currency.decimals();
    let most = |field: String| {
        let typed = text(&form.fields, &field).trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let read = read_money(typed, decimals, context.lang().locale());
        let read = read.map_err(|unreadable| wrong(&field, unreadable.to_string()))?;
        Ok::<_, Problem>(Some(Minor(read)))
    };
    let limits = |role: &str| {
        Ok::<_, Problem>(TillLimits {
            line_discount_max: share(format!("{role}_line"))?,
            sale_discount_max: share(format!("{role}_sale"))?,
            price_change_max: share(format!("{role}_price"))?,
            department_price_max_minor: most(format!("{role}_department"))?,
            gift_card_max_minor: most(format!("{role}_gift_card"))?,
        })
    };
    let change = Change::Till(TillPolicy {
        associate: limits("associate")?,
        manager: limits("manager")?,
        badges: match text(&form.fields, "badges") {
            "signs_in" => BadgePolicy::SignsIn,
            "" | "approves" => BadgePolicy::Approves,
            _ => return Err(wrong("badges", "choose what a badge is good for")),
        },
    });
    publish(&context, &caller, &headers, form, change).await
}
