//! Extractors whose refusals are problems, and the answers where no route is.
//!
//! They check form only; what a value means is for the slice's `rules.rs`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::{Problem, ToProblem};

/// A JSON body; as an answer, JSON as well.
#[derive(Debug, Clone, Copy, Default, FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

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
        if self.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Problem::new(self.status(), "body_too_large").detail(self.body_text());
        }
        Problem::unreadable(self.body_text())
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
