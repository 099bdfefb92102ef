//! The forms of the operators' pages: each does what its operation does, and leads back.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::web::live::leave_for;
use serde::Deserialize;

use super::{OperatorDraft, Password, RoleWanted, add_once, change_once, password_once};
use crate::context::Context;
use crate::users::http::{OnPage, StatusRead, UsersWrite};
use crate::users::service::{self, Change, SignInRefused};
use crate::web::CommandForm;

pub(super) async fn add(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    form: CommandForm<OperatorDraft>,
) -> Result<Response, Problem> {
    add_once(&context, &by, form.key, form.fields).await?;
    Ok(leave_for(&headers, "/operators"))
}

pub(super) async fn role(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    Path(name): Path<String>,
    form: CommandForm<RoleWanted>,
) -> Result<Response, Problem> {
    let back = format!("/operators/{name}");
    change_once(
        &context,
        &by,
        form.key,
        name,
        Change::Role(form.fields.role),
    )
    .await?;
    Ok(leave_for(&headers, &back))
}

#[derive(Debug, Deserialize)]
pub(super) struct AccessWanted {
    access: Access,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Access {
    Open,
    Disabled,
}

pub(super) async fn access(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    Path(name): Path<String>,
    form: CommandForm<AccessWanted>,
) -> Result<Response, Problem> {
    let back = format!("/operators/{name}");
    let change = match form.fields.access {
        Access::Open => Change::Enable,
        Access::Disabled => Change::Disable,
    };
    change_once(&context, &by, form.key, name, change).await?;
    Ok(leave_for(&headers, &back))
}

pub(super) async fn password(
    State(context): State<Context>,
    by: OnPage<UsersWrite>,
    headers: HeaderMap,
    Path(name): Path<String>,
    form: CommandForm<Password>,
) -> Result<Response, Problem> {
    let back = format!("/operators/{name}");
    password_once(&context, &by, form.key, name, &form.fields.password).await?;
    Ok(leave_for(&headers, &back))
}

#[derive(Debug, Deserialize)]
pub(super) struct OwnPassword {
    current: String,
    password: String,
}

/// Changes one's own password, which everybody may who knows the one before.
pub(super) async fn own_password(
    State(context): State<Context>,
    operator: OnPage<StatusRead>,
    headers: HeaderMap,
    form: CommandForm<OwnPassword>,
) -> Result<Response, Problem> {
    let fields = &form.fields;
    match service::sign_in(&context, &operator.name, &fields.current).await {
        Ok(_) => {}
        Err(SignInRefused::Wrong) => {
            let detail = "this is not your password now";
            return Err(Problem::refused("password_wrong", detail).field("current", detail));
        }
        Err(other) => return Err(other.into()),
    }
    let name = operator.name.clone();
    password_once(&context, &operator, form.key, name, &fields.password).await?;
    Ok(leave_for(&headers, "/sign-in"))
}
