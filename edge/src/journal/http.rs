//! The journal over HTTP: the search for programs, and the page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Form, Json, Path, Problem, Query, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_daemon::web::text::read_money;
use counterpart_protocol::ids::{FactId, RegisterId, ReturnId, SaleId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages::{self, Typed};
use super::rules::{After, Asked, Entry, EntryKind, JournalRefused, Search};
use super::service;
use crate::context::{Context, OtherGround};
use crate::sales;
use crate::staff::{self, Visitor};
use crate::written::moment;

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .route("/journal", get(page))
        .route("/register/{register}/journal/scan", post(scanned))
}

/// What is looked for; what is left out is not asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct JournalQuery {
    /// The number on a receipt, a return or an invoice, whole or its last part.
    #[serde(default)]
    #[param(example = "1-1-000042", max_length = 80)]
    number: String,
    /// What it came to, in the smallest coin; the sign does not matter.
    #[serde(default)]
    amount_minor: Option<Minor>,
    /// From when: a date, a moment on the store's wall (`2026-11-23T14:30`), or one with its zone.
    #[serde(default)]
    from: String,
    /// Until when; a date and a minute are meant whole.
    #[serde(default)]
    to: String,
    /// A product: its SKU, its number, or part of its name.
    #[serde(default)]
    #[param(max_length = 80)]
    item: String,
    /// The last four digits of a card.
    #[serde(default)]
    #[param(example = "4242", max_length = 4)]
    card: String,
    /// Who did it.
    #[serde(default)]
    staff: Option<StaffId>,
    /// What was done: `sale`, `return`, `void`, `override`, `no_sale`, `cash`, `reprint`,
    /// `invoice`, `card`, `till`.
    #[serde(default)]
    kind: String,
    /// What the page before named as `next`.
    #[serde(default)]
    before: String,
}

/// What was found, at most 50 entries.
#[derive(Debug, Serialize, ToSchema)]
struct JournalAnswer {
    currency: Currency,
    /// The newest first.
    entries: Vec<EntryJson>,
    /// Ask with this as `before` for older ones; nothing when there are none.
    next: Option<String>,
}

/// Something somebody did.
#[derive(Debug, Serialize, ToSchema)]
struct EntryJson {
    fact_id: FactId,
    kind: EntryKind,
    at: String,
    register: Option<RegisterId>,
    staff_id: Option<StaffId>,
    approved_by: Option<StaffId>,
    /// The number of its paper.
    number: Option<String>,
    sale_id: Option<SaleId>,
    return_id: Option<ReturnId>,
    /// What it was about; less than nothing where it went off or back.
    amount_minor: Option<Minor>,
    /// Words that say why.
    why: Vec<String>,
}

impl From<Entry> for EntryJson {
    fn from(entry: Entry) -> Self {
        Self {
            fact_id: entry.fact_id,
            kind: entry.kind,
            at: moment(entry.at_ms()),
            register: entry.register,
            staff_id: entry.staff,
            approved_by: entry.approved_by,
            number: entry.number,
            sale_id: entry.sale_id,
            return_id: entry.return_id,
            amount_minor: entry.amount_minor,
            why: entry.why,
        }
    }
}

/// Searches the journal of the store: sales, returns, voids, prices changed by hand, no-sales,
/// copies and what moved cash or cards, each with who and why.
#[utoipa::path(
    get, path = "/v1/journal", tag = "sales",
    params(JournalQuery),
    responses(
        (status = 200, description = "a page of what fits", body = JournalAnswer),
        (status = 409, description = "`journal_unreadable`: a field cannot be read"),
    )
)]
async fn search(
    State(ctx): State<Context>,
    _: Visitor,
    Query(query): Query<JournalQuery>,
) -> Result<Json<JournalAnswer>, Problem> {
    let asked = Asked {
        number: query.number,
        amount_minor: query.amount_minor,
        from: query.from,
        to: query.to,
        item: query.item,
        card: query.card,
        staff: query.staff,
        kind: query.kind,
        before: query.before,
    };
    let search = read(&ctx, &asked).map_err(|refused| refused.to_problem())?;
    let found = ctx
        .db()
        .read(move |tx| service::search(tx, &search))
        .await?;
    let next = pages::next(&found).map(|after: After| after.written());
    Ok(Json(JournalAnswer {
        currency: ctx.profile().currency,
        entries: found.entries.into_iter().map(EntryJson::from).collect(),
        next,
    }))
}

fn read(ctx: &Context, asked: &Asked) -> Result<Search, JournalRefused> {
    let profile = ctx.profile();
    asked.read(&profile.time_zone, profile.details.day_end)
}

impl ToProblem for JournalRefused {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        Problem::refused("journal_unreadable", sentence.clone()).field(self.field(), sentence)
    }
}

/// What the page's form sends.
#[derive(Debug, Deserialize)]
struct PageQuery {
    #[serde(flatten)]
    typed: Typed,
    #[serde(default)]
    before: String,
}

async fn page(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/journal"));
    };
    let typed = query.typed;
    let asked = asked(&ctx, &typed, query.before);
    let search = asked.and_then(|asked| {
        let search = read(&ctx, &asked);
        search.map_err(|refused| (refused.field(), refused.to_string()))
    });
    let found = match search {
        Ok(search) => Ok(ctx
            .db()
            .read(move |tx| service::search(tx, &search))
            .await?),
        Err(wrong) => Err(wrong),
    };
    let page = pages::journal(&ctx, visitor.latest(), &typed, found).await?;
    Ok(page.into_response())
}

/// Reads what was typed as this store writes it, or says which field is wrong.
fn asked(ctx: &Context, typed: &Typed, before: String) -> Result<Asked, (&'static str, String)> {
    let decimals = ctx.profile().currency.decimals();
    let amount = typed.amount.trim();
    let amount_minor = match amount {
        "" => None,
        typed => match read_money(typed, decimals, ctx.lang().locale()) {
            Ok(minor) => Some(Minor(minor)),
            Err(unreadable) => return Err(("amount", unreadable.to_string())),
        },
    };
    let staff = match typed.staff.trim() {
        "" => None,
        id => Some(id.parse().map_err(|_| {
            let sentence = "nobody here has this id: choose one of the list".to_owned();
            ("staff", sentence)
        })?),
    };
    let at = |date: &str, time: &str| match (date.trim(), time.trim()) {
        ("", _) => String::new(),
        (date, "") => date.to_owned(),
        (date, time) => format!("{date}T{time}"),
    };
    Ok(Asked {
        number: typed.number.clone(),
        amount_minor,
        from: at(&typed.from, &typed.from_time),
        to: at(&typed.to, &typed.to_time),
        item: typed.item.clone(),
        card: typed.card.clone(),
        staff,
        kind: typed.kind.clone(),
        before,
    })
}

#[derive(Debug, Deserialize)]
struct ScanForm {
    code: String,
}

/// A receipt that is scanned is looked for by its number, anything else as a product.
async fn scanned(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
    headers: HeaderMap,
    Form(form): Form<ScanForm>,
) -> Result<Response, Problem> {
    staff::at(&visitor, register)?;
    let code = form.code.trim();
    staff::no_badge(code)?;
    let (context, text) = (ctx.clone(), code.to_owned());
    let read = move |tx: &mut Tx| sales::receipt_of_code(&context, tx, &text);
    let of_code: Result<_, DbError> = ctx.db().read(read).await;
    let number = of_code?.map_or_else(|| code.parse(), Ok);
    let typed = match number {
        Ok(receipt) => {
            let other = |whose: OtherGround| Problem::refused("other_ground", whose.to_string());
            ctx.ground().check(receipt).map_err(other)?;
            Typed {
                number: receipt.to_string(),
                ..Typed::default()
            }
        }
        Err(_) => Typed {
            item: code.to_owned(),
            ..Typed::default()
        },
    };
    Ok(leave_for(&headers, &pages::address(&typed, "")))
}
