//! The one place where an error becomes an HTTP answer (RFC 9457), and is logged.
//!
//! It chooses no words: a slice's errors bring their own sentences.

use std::error::Error;
use std::fmt::Write;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::{ConstraintKind, DbError};

/// The media type of problem answers (RFC 9457 §3).
pub(super) const PROBLEM_JSON: &str = "application/problem+json";
/// When to come back after a failure that passes by itself.
const RETRY_AFTER_S: u32 = 1;

/// An error of a slice that knows how it looks from outside.
///
/// Implement it for the error type of a service: every such error turns into a [`Problem`] by `?`
/// and is logged then, once, with its whole chain of causes.
pub trait ToProblem: Error {
    /// Returns the answer. The conventions of architecture.md: 400 unreadable, 401 and 403 no
    /// access, 404 not found, 409 refused by a rule, 422 key reused with another body, 429 too
    /// many, 503 failed for now.
    fn to_problem(&self) -> Problem;
}

/// An answer that says what went wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<FieldProblem>,
    retry_after_s: Option<u32>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field's name in the request; parts are joined by dots.
    pub field: String,
    /// What is wrong with it, a sentence to act on.
    pub detail: String,
}

/// A problem as it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:counterpart:problem:<code>`; programs decide by it.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem this is, the same words every time.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do about it.
    pub detail: String,
    /// The fields that are wrong, if fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

impl Problem {
    /// Returns a problem with this status and code, a name in snake case that never changes.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            detail: String::new(),
            fields: Vec::new(),
            retry_after_s: None,
        }
    }

    /// Returns the answer to a request that can't be read (400).
    #[must_use]
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request_unreadable").detail(detail)
    }

    /// Returns the answer to a request without valid credentials (401).
    #[must_use]
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated").detail(detail)
    }

    /// Returns the answer to a request that this person or machine may not make (403).
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden").detail(detail)
    }

    /// Returns the answer to a request for what is not there (404).
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found").detail(detail)
    }

    /// Returns the answer to a command that a rule refuses (409).
    #[must_use]
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code).detail(detail)
    }

    /// Returns the answer to a caller who asks too often (429), to come back after `retry_after_s`
    /// seconds.
    #[must_use]
    pub fn throttled(detail: impl Into<String>, retry_after_s: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled")
            .detail(detail)
            .retry_after_s(retry_after_s)
    }

    /// Returns the answer when the daemon itself fails for now (503); the same command may be
    /// sent again.
    #[must_use]
    pub fn failed(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code)
            .detail(detail)
            .retry_after_s(RETRY_AFTER_S)
    }

    /// Sets the sentence about this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, detail: impl Into<String>) -> Self {
        self.fields.push(FieldProblem {
            field: field.into(),
            detail: detail.into(),
        });
        self
    }

    /// Sets after how many seconds the same request may succeed.
    #[must_use]
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the sentence about this time, for pages that show it.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.detail
    }

    /// Returns the problem as it stands on the wire.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        let title = self.code.replace('_', " ");
        let detail = if self.detail.is_empty() {
            title.clone()
        } else {
            self.detail.clone()
        };
        ProblemBody {
            kind: format!("urn:counterpart:problem:{}", self.code),
            title,
            status: self.status.as_u16(),
            detail,
            fields: self.fields.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body()).expect("texts and numbers are always JSON");
        let content_type = HeaderValue::from_static(PROBLEM_JSON);
        let mut response = (self.status, [(CONTENT_TYPE, content_type)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl<E: ToProblem> From<E> for Problem {
    fn from(error: E) -> Self {
        let problem = error.to_problem();
        log(&problem, &error);
        problem
    }
}

/// What the database could not do is a failure for now; what a slice wants to refuse, a duplicate
/// for example, it recognises before it comes here.
impl ToProblem for DbError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Busy { .. } => Problem::failed("database_busy", self.to_string()),
            Self::Closed => Problem::failed("stopping", self.to_string()),
            // Where the database is, is nobody's business who calls; the log has it.
            Self::Unreachable { .. } => Problem::failed(
                "database_unreachable",
                "the database cannot be reached just now: send this again in a moment",
            ),
            Self::Lost { .. } => Problem::failed("database_lost", self.to_string()),
            Self::Conflict { .. } => Problem::failed("retry", self.to_string()),
            Self::TransactionEnded { cause } => cause.to_problem(),
            Self::DiskFull { .. } => Problem::failed("disk_full", self.to_string()),
            Self::Io { .. } => Problem::failed("disk_failed", self.to_string()),
            Self::Corrupt { .. } => Problem::failed("database_damaged", self.to_string()),
            Self::Constraint {
                kind: ConstraintKind::Text,
                ..
            } => Problem::unreadable(
                "a text holds the character U+0000, which cannot be stored: leave it out",
            ),
            // The rest are bugs or stand in the way of the start; a caller learns no SQL.
            Self::Panicked { .. }
            | Self::ReadOnly { .. }
            | Self::Constraint { .. }
            | Self::NoRow { .. }
            | Self::SeveralRows { .. }
            | Self::Column { .. }
            | Self::Statement { .. }
            | Self::InUse { .. }
            | Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::MigrationEdited { .. }
            | Self::MigrationTooLate { .. }
            | Self::MigrationFailed { .. }
            | Self::Open { .. }
            | Self::BackupExists { .. }
            | Self::NotAllowed { .. }
            | Self::OnServer { .. }
            | Self::Backup { .. } => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug").detail(
                "the program made a mistake and stored nothing: report the time of day to whoever \
                 looks after it",
            ),
        }
    }
}

/// Returns an error and all its causes, as one line for the log.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(line, ": {error}").expect("a String takes every text");
        cause = error.source();
    }
    line
}

fn log(problem: &Problem, error: &dyn Error) {
    let (code, status) = (problem.code, problem.status.as_u16());
    if problem.status.is_server_error() {
        tracing::error!(code, status, error = chain(error), "a request failed");
    } else {
        tracing::info!(code, status, reason = chain(error), "a request was refused");
    }
}
