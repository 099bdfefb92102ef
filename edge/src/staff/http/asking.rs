//! Approving in place: a form that needs a manager is kept, its person is asked for one's PIN, and
//! it is sent again with it. A program sends the header `Approval-Pin`.
//!
//! It decides nothing: what needs an approval the operation's service says, by `permit`.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, REFERER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use counterpart_daemon::http::{Form, Json, Path, Problem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::policies::{Operation, Permission};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{at, is_ours};
use crate::context::{Context, Waiting};
use crate::staff::pages;
use crate::staff::service::{Asked, AtHand, Visitor};

/// The field of a form, and in small letters the header of a program, that brings a manager's PIN.
const PIN_FIELD: &str = "manager_pin";
const PIN_HEADER: &str = "approval-pin";
/// The longest form that is kept; a delivery of a thousand lines has a tenth of it.
const FORM_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(super) fn router() -> OpenApiRouter<Context> {
    let pages = Router::new()
        .route("/register/{register}/approval", get(approval))
        .route("/register/{register}/permissions", get(mine));
    OpenApiRouter::new()
        .routes(routes!(permissions))
        .merge(pages.into())
}

/// Returns what a request brought along to have something approved.
pub(super) fn at_hand(parts: &Parts) -> AtHand {
    let kept = parts.extensions.get::<AtHand>().cloned();
    let sent = || parts.headers.get(PIN_HEADER)?.to_str().ok();
    kept.unwrap_or_else(|| AtHand {
        pin: sent().map(str::to_owned).filter(|pin| !pin.is_empty()),
        asked: None,
    })
}

/// Lets a page ask for the approval that one of its forms lacks. Use it around every route.
pub(crate) async fn in_place(State(ctx): State<Context>, request: Request, next: Next) -> Response {
    if !is_form(&request) {
        return next.run(request).await;
    }
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_BYTES_MAX).await else {
        return Problem::unreadable("the form is too long, or did not arrive whole")
            .into_response();
    };
    let mut fields = fields_of(&parts, &bytes).await;
    let pin = fields.iter().find(|(name, _)| name == PIN_FIELD);
    let pin = pin.map(|(_, pin)| pin.clone());
    fields.retain(|(name, _)| name != PIN_FIELD);
    let asked = Arc::new(OnceLock::new());
    parts.extensions.insert(AtHand {
        pin: pin.clone().filter(|pin| !pin.is_empty()),
        asked: Some(Arc::clone(&asked)),
    });
    let response = next
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await;
    match asked.get() {
        Some(asked) => {
            keep(&ctx, asked, pin, (path, fields, back_of(&headers)));
            leave_for(&headers, &format!("/register/{}/approval", asked.register))
        }
        None => {
            ctx.forget_unapproved(&path);
            response
        }
    }
}

fn keep(
    ctx: &Context,
    asked: &Asked,
    pin: Option<String>,
    (path, fields, back): (String, Vec<(String, String)>, Option<String>),
) {
    let Asked {
        operation,
        register,
        staff_id,
        ..
    } = *asked;
    // What came from our own question goes back to where that came from.
    let before = ctx.waits_for_approval(register, staff_id);
    let back = match (pin, before) {
        (Some(_), Some(before)) => before.back,
        (_, _) => back.unwrap_or_else(|| format!("/register/{register}")),
    };
    let waiting = Waiting {
        operation,
        staff_id,
        path,
        fields,
        back,
        why_not: asked.why_not.clone(),
        at_ms: ctx.now_ms(),
    };
    ctx.wait_for_approval(register, waiting);
}

fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST && kind.starts_with("application/x-www-form-urlencoded")
}

/// Reads the fields of a form; one that cannot be read has none, and its handler says so.
async fn fields_of(parts: &Parts, bytes: &[u8]) -> Vec<(String, String)> {
    let copy = Request::from_parts(parts.clone(), Body::from(bytes.to_vec()));
    let read = Form::<Vec<(String, String)>>::from_request(copy, &()).await;
    read.map(|Form(fields)| fields).unwrap_or_default()
}

/// Returns the page a form stands on, by what the browser says.
fn back_of(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(REFERER)?.to_str().ok()?;
    let (_, after_scheme) = referer.split_once("://")?;
    let (_, path) = after_scheme.split_once('/')?;
    Some(format!("/{path}")).filter(|path| is_ours(path))
}

/// Asks a manager to approve what the person sent last.
async fn approval(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    let person = at(&visitor, register)?;
    Ok(match ctx.waits_for_approval(register, person.staff_id) {
        Some(waiting) => pages::approval(&ctx, person, &waiting).into_response(),
        None => Redirect::to(&format!("/register/{register}")).into_response(),
    })
}

/// Shows what the person may do.
async fn mine(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Response, Problem> {
    let person = at(&visitor, register)?;
    Ok(pages::permissions(&ctx, person).into_response())
}

/// How somebody may do something.
#[derive(Debug, Serialize, ToSchema)]
struct PermissionJson {
    /// The operation, by its word in the policies.
    #[schema(example = "void_line")]
    operation: &'static str,
    /// How they may: with a manager's approval, a command is sent with `Approval-Pin`, or with the
    /// PIN in the field it has for it.
    permission: Permission,
}

/// Lists how whoever is signed in at the register may do each operation, by the policies and the
/// roster this store holds.
#[utoipa::path(
    get, path = "/v1/registers/{register}/permissions", tag = "staff",
    params(("register" = RegisterId, Path, description = "the register")),
    responses((status = 200, description = "every operation", body = [PermissionJson]))
)]
async fn permissions(
    visitor: Visitor,
    Path(register): Path<RegisterId>,
) -> Result<Json<Vec<PermissionJson>>, Problem> {
    let person = at(&visitor, register)?;
    let all = Operation::ALL.iter().map(|operation| PermissionJson {
        operation: operation.word(),
        permission: person.may(*operation),
    });
    Ok(Json(all.collect()))
}
