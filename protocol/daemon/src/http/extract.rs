//! Extractors whose refusals are problems, and the answers where no route is.
//!
//! They check form only; what a value means is for the slice's `rules.rs`.

use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::{
    BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection,
};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{Problem, ToProblem};
use super::zero::{none_in_form, none_in_json};

/// A JSON body; as an answer, JSON as well.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (request, bytes) = taken(request, state).await?;
        none_in_json(&bytes)?;
        let request = request.map(|_| Body::from(bytes));
        let axum::Json(value) = axum::Json::from_request(request, state).await?;
        Ok(Self(value))
    }
}

/// Reads a body to look at it before it is read for what it means.
async fn taken<S: Send + Sync>(request: Request, state: &S) -> Result<(Request, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes = Bytes::from_request(whole, state).await?;
    Ok((Request::from_parts(parts, Body::empty()), bytes))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The parameters behind the `?`.
#[derive(Debug, Clone, Copy, Default, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

/// The parameters inside the path.
#[derive(Debug, Clone, Copy, Default, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// The fields of a form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (request, bytes) = taken(request, state).await?;
        none_in_form(&bytes)?;
        let request = request.map(|_| Body::from(bytes));
        let axum::extract::Form(value) = axum::extract::Form::from_request(request, state).await?;
        Ok(Self(value))
    }
}

/// A form with files.
#[derive(Debug)]
pub struct Multipart(pub axum::extract::Multipart);

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let parts = axum::extract::Multipart::from_request(request, state).await?;
        Ok(Self(parts))
    }
}

/// A body as it came.
#[derive(Debug, Clone, Default)]
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self(Bytes::from_request(request, state).await?))
    }
}

/// Answers a request to a path that does not exist; the fallback of every router.
pub async fn not_found(uri: Uri) -> Problem {
    Problem::not_found(format!(
        "there is nothing at {}: check the address",
        uri.path()
    ))
}

/// Answers a request with a method that a path does not know: for
/// `Router::method_not_allowed_fallback`.
pub async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} can't be asked with {method}", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").detail(detail)
}

impl ToProblem for JsonRejection {
    fn to_problem(&self) -> Problem {
        body_problem(self.status(), self.body_text())
    }
}

impl ToProblem for FormRejection {
    fn to_problem(&self) -> Problem {
        body_problem(self.status(), self.body_text())
    }
}

impl ToProblem for MultipartRejection {
    fn to_problem(&self) -> Problem {
        body_problem(self.status(), self.body_text())
    }
}

impl ToProblem for BytesRejection {
    fn to_problem(&self) -> Problem {
        body_problem(self.status(), self.body_text())
    }
}

fn body_problem(status: StatusCode, detail: String) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, "body_too_large").detail(detail),
        _ => Problem::unreadable(detail),
    }
}

impl ToProblem for QueryRejection {
    fn to_problem(&self) -> Problem {
        Problem::unreadable(self.body_text())
    }
}

impl ToProblem for PathRejection {
    fn to_problem(&self) -> Problem {
        Problem::unreadable(self.body_text())
    }
}
