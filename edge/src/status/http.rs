//! The status over HTTP: the page, its stream, and `GET /v1/status` for programs.
//!
//! It shows no secrets, and names of people only to those who work here, so nobody has to sign in
//! to see what is wrong; for whoever is signed in it keeps itself up to date.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use counterpart_daemon::db::DbError;
use counterpart_daemon::http::{Json, Problem};
use counterpart_daemon::replica::{LastComparison, Recovery};
use counterpart_daemon::web::live::{Region, Version, leave_for, stream};
use counterpart_daemon::web::shell::Density;
use counterpart_protocol::condition::{Concern, Measured};
use counterpart_protocol::money::Currency;
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use maud::{Markup, Render as _};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::pages;
use super::service::{Audience, SignerState, Status, status};
use crate::context::Context;
use crate::days::{self, DayRow, PackedDays};
use crate::devices::{DeviceHealth, DeviceStatus};
use crate::reference;
use crate::staff::Visitor;
use crate::sync::Standing;
use crate::web::{self, STATUS_TOPIC, Screen, status_bar};

/// The page's address and name.
const PAGE: &str = "/status";
/// Where a person lets the hub be asked now.
pub(super) const ASK_HUB: &str = "/status/ask-hub";

pub(super) fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .route(PAGE, get(page))
        .route("/status/stream", get(live))
        .route(ASK_HUB, post(ask_hub))
        .routes(routes!(program))
}

async fn page(State(context): State<Context>, visitor: Option<Visitor>) -> Result<Markup, Problem> {
    let version = context.live().version();
    let audience = match visitor {
        Some(_) => Audience::Staff,
        None => Audience::Anybody,
    };
    let regions = regions(&context, version, audience).await?;
    let body = maud::html! {
        div.console {
            @for region in &regions { (region.render()) }
            @if visitor.is_none() {
                p.quiet-text {
                    "This is how it was when the page was opened. "
                    a href="/sign-in?to=/status" { "Sign in" } " to see it change by itself."
                }
            }
        }
    };
    let title = context.lang().word("edge-nav-status");
    let screen = Screen {
        title: &title,
        current: PAGE,
        density: Density::Console,
        register: None,
        signed_in: None,
        stream: visitor.is_some().then_some("/status/stream"),
        scan: None,
    };
    Ok(web::page(&context, version, &screen, body).await?)
}

/// Lets the hub be asked now. It changes nothing that is kept: pressed twice, it is asked twice.
async fn ask_hub(State(context): State<Context>, _who: Visitor, headers: HeaderMap) -> Response {
    context.link().ask_now();
    leave_for(&headers, PAGE)
}

async fn live(State(context): State<Context>, visitor: Visitor) -> Response {
    let live = context.live().clone();
    let stopping = context.stopping();
    let viewer = visitor.viewer(&context, visitor.latest());
    let topics = [STATUS_TOPIC, reference::TOPIC, days::TOPIC];
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let context = context.clone();
        async move {
            let mut shown = regions(&context, version, Audience::Staff).await?;
            shown.push(status_bar(&context, version, None).await?);
            Ok::<_, DbError>(shown)
        }
    })
}

async fn regions(
    context: &Context,
    version: Version,
    audience: Audience,
) -> Result<Vec<Region>, DbError> {
    let status = status(context, audience).await?;
    let lang = context.lang();
    let profile = context.profile();
    Ok(pages::regions(
        &lang,
        &profile,
        &status,
        (version, audience),
    ))
}

/// The answer for programs.
#[derive(Debug, Serialize, ToSchema)]
struct StatusBody {
    store_id: String,
    edge: Option<u32>,
    now: String,
    hub: HubBody,
    unsent: u64,
    quarantined: usize,
    reference: Vec<ReferenceBody>,
    registers: Vec<RegisterBody>,
    /// The fiscal signer, where this store signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<SignerBody>,
    /// The newest life, if it began with the data of an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<RecoveryBody>,
    /// What comparing every record of the last weeks with the hub's came to: of this store's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_up: Option<ComparisonBody>,
    /// The same, of the hub's records for this store.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_down: Option<ComparisonBody>,
    /// Disk, database and backups.
    machine: Measured,
    /// When the certificate of the pages ends, where they have one.
    pages_certificate_ends_at: Option<String>,
    /// The last business days that are over, newest first.
    days: Vec<DayBody>,
    /// The days of which records lie in packs.
    packed: PackedBody,
    /// What needs a person, the most urgent first.
    concerns: Vec<Concern>,
}

/// A comparison that ended.
#[derive(Debug, Serialize, ToSchema)]
struct ComparisonBody {
    ended_at: String,
    /// Records compared.
    records: u64,
    /// Records whose bytes one end had lost and the other handed over.
    mended: u64,
    /// Records of which neither end has the bytes.
    lost: u64,
}

/// Days in packs: all of their records are there, in less room.
#[derive(Debug, Serialize, ToSchema)]
struct PackedBody {
    days: u64,
    records: u64,
    /// How many bytes less they take.
    saved_bytes: u64,
}

/// A business day that is over.
#[derive(Debug, Serialize, ToSchema)]
struct DayBody {
    business_date: BusinessDate,
    sealed_at: String,
    /// Facts that count for it.
    facts: i64,
    receipts: i64,
    currency: Option<Currency>,
    total_minor: i64,
    /// Tills that were open when it ended.
    open_tills: i64,
    /// When the hub said that it holds the same.
    countersigned_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct HubBody {
    standing: &'static str,
    last_seen_at: Option<String>,
    trouble: Option<String>,
    clock_off_ms: Option<i64>,
    certificate_ends_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReferenceBody {
    kind: &'static str,
    version: Option<u64>,
    published_version: Option<u64>,
    installed_at: Option<String>,
    trouble: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RegisterBody {
    register: u16,
    name: String,
    scanner: DeviceBody,
    printer: DeviceBody,
    drawer: Option<DeviceBody>,
}

/// How the fiscal signer stands.
#[derive(Debug, Serialize, ToSchema)]
struct SignerBody {
    /// `works` or `failed`.
    state: &'static str,
    /// How the failure showed: `away`, `silent`, `refused`, `nonsense`, `removed`.
    reason: Option<&'static str>,
    /// Since when it fails.
    failed_since: Option<String>,
    /// Paid sales without the signature they should have.
    unsigned: u32,
}

/// How a store that was restored stands.
#[derive(Debug, Serialize, ToSchema)]
struct RecoveryBody {
    /// Which life of this store it is; its receipts have it for their series.
    incarnation: u32,
    /// Why it began: `restored`, `in_place`.
    because: &'static str,
    /// When it began.
    opened_at: String,
    /// Since when everything is back and it promises again.
    ended_at: Option<String>,
    /// Records of earlier lives that came back from the hub.
    pulled: u64,
    /// Records of earlier lives that were stated again for the hub.
    restated: u64,
    /// The last record of an earlier life: until this one began nobody has any.
    unproven_from: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DeviceBody {
    health: &'static str,
    word: String,
    todo: Option<String>,
}

/// Says how the store server is, and what needs a person.
#[utoipa::path(
    get, path = "/v1/status", tag = "status",
    security(()),
    responses((status = 200, description = "how it is", body = StatusBody))
)]
async fn program(State(context): State<Context>) -> Result<Json<StatusBody>, Problem> {
    let status = status(&context, Audience::Anybody).await?;
    let store_id = context.profile().store_id.to_string();
    Ok(Json(body(store_id, status)))
}

fn body(store_id: String, status: Status) -> StatusBody {
    let [up, down] = status.compared;
    StatusBody {
        store_id,
        edge: status.edge.map(|edge| edge.0),
        now: written(status.now_ms),
        hub: HubBody {
            standing: standing(status.link.standing),
            last_seen_at: status.up.contact_at_ms.map(written),
            trouble: status.link.trouble,
            clock_off_ms: status.link.clock_off_ms,
            certificate_ends_at: status.link.certificate_ends_at_ms.map(written),
        },
        unsent: status.up.waiting(),
        quarantined: status.quarantined.len(),
        reference: status
            .reference
            .into_iter()
            .map(|held| ReferenceBody {
                kind: held.kind.word(),
                version: held.in_use.map(|(version, _)| version),
                published_version: held.published,
                installed_at: held.in_use.map(|(_, at_ms)| written(at_ms)),
                trouble: held.trouble,
            })
            .collect(),
        registers: status
            .registers
            .into_iter()
            .map(|register| RegisterBody {
                register: register.register.0,
                name: register.name,
                scanner: device(register.scanner),
                printer: device(register.printer),
                drawer: register.drawer.map(device),
            })
            .collect(),
        signer: status.signer.map(signer),
        recovery: status.recovery.map(recovery),
        compared_up: up.map(comparison),
        compared_down: down.map(comparison),
        machine: status.measured,
        pages_certificate_ends_at: status.pages_end_at_ms.map(written),
        days: status.days.into_iter().map(day).collect(),
        packed: packed(status.packed),
        concerns: status.concerns,
    }
}

fn day(row: DayRow) -> DayBody {
    DayBody {
        business_date: row.business_date,
        sealed_at: written(row.sealed_at_ms),
        facts: row.facts,
        receipts: row.receipts,
        currency: row.total.map(|(currency, _)| currency),
        total_minor: row.total.map_or(0, |(_, total)| total.0),
        open_tills: row.open_tills,
        countersigned_at: row.countersigned_at_ms.map(written),
    }
}

const fn packed(packed: PackedDays) -> PackedBody {
    PackedBody {
        days: packed.days,
        records: packed.records,
        saved_bytes: packed.saved_bytes,
    }
}

fn signer(signer: SignerState) -> SignerBody {
    SignerBody {
        state: signer.outage.map_or("works", |_| "failed"),
        reason: signer.outage.map(|outage| outage.reason.word()),
        failed_since: signer.outage.map(|outage| written(outage.began_at_ms)),
        unsigned: signer.unsigned,
    }
}

fn recovery(recovery: Recovery) -> RecoveryBody {
    RecoveryBody {
        incarnation: recovery.incarnation.0,
        because: recovery.because.word(),
        opened_at: written(recovery.opened_at_ms),
        ended_at: recovery.ended_at_ms.map(written),
        pulled: recovery.pulled,
        restated: recovery.restated,
        unproven_from: recovery.unproven_from_ms.map(written),
    }
}

fn comparison(last: LastComparison) -> ComparisonBody {
    ComparisonBody {
        ended_at: written(last.at_ms),
        records: last.records,
        mended: last.mended,
        lost: last.lost,
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Starting => "starting",
        Standing::Connected => "connected",
        Standing::Alone => "alone",
        Standing::Stopped => "stopped",
        Standing::Apart => "apart",
    }
}

fn device(device: DeviceStatus) -> DeviceBody {
    DeviceBody {
        health: match device.health {
            DeviceHealth::Ready => "ready",
            DeviceHealth::Soon => "soon",
            DeviceHealth::Stopped => "stopped",
            DeviceHealth::None => "none",
        },
        word: device.word,
        todo: device.todo,
    }
}

/// Writes a time as RFC 3339 in UTC; one no calendar has is the nearest.
fn written(at_ms: i64) -> String {
    let nearest = if at_ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(nearest)
        .to_string()
}
