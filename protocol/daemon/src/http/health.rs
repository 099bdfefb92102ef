//! What monitors ask of both daemons: does it live, can it work, what are its numbers.
//!
//! The answers hold no secret and no name of a person. What a daemon must have to work, it says
//! itself.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Json, Problem};
use crate::db::{Db, DbError};
use crate::params;
use crate::telemetry::Telemetry;

/// Something a daemon must have to work, and whether it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What: `database`, `listeners`, `running`.
    pub check: String,
    /// Whether it is so.
    pub ok: bool,
    /// Why not, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Whether a daemon can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// Whether every check is good.
    pub ready: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Check {
    /// Notes how a check came out; the error is the sentence of why not.
    #[must_use]
    pub fn of(check: &str, outcome: Result<(), String>) -> Self {
        Self {
            check: check.to_owned(),
            ok: outcome.is_ok(),
            detail: outcome.err(),
        }
    }
}

impl Readiness {
    /// Puts checks together.
    #[must_use]
    pub fn of(checks: Vec<Check>) -> Self {
        Self {
            ready: checks.iter().all(|check| check.ok),
            checks,
        }
    }
}

impl IntoResponse for Readiness {
    fn into_response(self) -> Response {
        let status = match self.ready {
            true => StatusCode::OK,
            false => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, Json(self)).into_response()
    }
}

/// Answers `/healthz`: whoever answers is alive.
pub async fn alive() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "alive": true }))
}

/// Checks that the database takes commands: its writer is asked, so that a disk that is full or a
/// server that is gone shows. Its schema is up to date, or it would not be open.
pub async fn database(db: &Db) -> Check {
    let asked = db.write(|tx| tx.query_one("SELECT 1", params![]).map(|_| ()));
    let answered: Result<(), DbError> = asked.await;
    Check::of("database", answered.map_err(|error| error.to_string()))
}

/// The listeners of a daemon that have ended before they should.
#[derive(Debug, Clone, Default)]
pub struct Gone {
    names: Arc<Mutex<Vec<&'static str>>>,
}

impl Gone {
    /// Notes that a listener has ended.
    pub fn note(&self, listener: &'static str) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.push(listener);
    }

    /// Checks that none has.
    #[must_use]
    pub fn check(&self) -> Check {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match names.as_slice() {
            [] => Ok(()),
            gone => Err(format!(
                "nobody listens at {} any more: restart the program, the log says why",
                gone.join(", ")
            )),
        };
        Check::of("listeners", outcome)
    }
}

/// Who may read the numbers: this machine, and whoever shows the token that was set.
#[derive(Clone)]
pub struct Scrape {
    telemetry: Telemetry,
    token_sha256: Option<[u8; 32]>,
}

impl Scrape {
    /// Lets this machine read, and whoever shows `token`, if one is set.
    #[must_use]
    pub fn new(telemetry: Telemetry, token: Option<&str>) -> Self {
        Self {
            telemetry,
            token_sha256: token.map(|token| Sha256::digest(token).into()),
        }
    }

    /// Answers `/metrics`.
    ///
    /// # Errors
    ///
    /// 401 from elsewhere without the token.
    pub fn answer(
        &self,
        extensions: &Extensions,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let from = extensions.get::<ConnectInfo<SocketAddr>>();
        let is_here = from.is_some_and(|ConnectInfo(from)| from.ip().to_canonical().is_loopback());
        if !is_here && !self.shown(headers) {
            return Err(Problem::unauthenticated(
                "the numbers are for this machine, and for who sends the metrics_token of the \
                 settings as a bearer",
            ));
        }
        let text = "text/plain; version=0.0.4; charset=utf-8";
        Ok(([(CONTENT_TYPE, text)], self.telemetry.render()).into_response())
    }

    fn shown(&self, headers: &HeaderMap) -> bool {
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        // Hashes are compared, so that the time taken tells nothing about the token.
        token.is_some_and(|token| {
            let shown: [u8; 32] = Sha256::digest(token).into();
            self.token_sha256 == Some(shown)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_check_is_enough_and_says_why() {
        let gone = Gone::default();
        assert!(Readiness::of(vec![gone.check()]).ready);
        gone.note("sync");
        let not_ready = Readiness::of(vec![Check::of("database", Ok(())), gone.check()]);
        assert!(!not_ready.ready);
        let said = serde_json::to_value(&not_ready).unwrap();
        assert_eq!(
            said["checks"][0],
            serde_json::json!({ "check": "database", "ok": true })
        );
        let detail = said["checks"][1]["detail"].as_str().unwrap();
        assert!(detail.contains("nobody listens at sync"), "{detail}");
        assert_eq!(not_ready.into_response().status(), 503);
    }

    #[track_caller]
    fn check(from: Option<&str>, token: Option<&str>, may: bool) {
        let scrape = Scrape::new(crate::telemetry::metrics(), Some("open sesame"));
        let mut extensions = Extensions::new();
        if let Some(from) = from {
            extensions.insert(ConnectInfo(from.parse::<SocketAddr>().unwrap()));
        }
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        }
        let answered = scrape.answer(&extensions, &headers).is_ok();
        assert_eq!(answered, may, "{from:?} {token:?}");
    }

    #[test]
    fn the_numbers_are_for_this_machine_or_for_who_has_the_token() {
        check(Some("127.0.0.1:4000"), None, true);
        check(Some("[::1]:4000"), None, true);
        check(Some("10.0.0.7:4000"), None, false);
        check(Some("10.0.0.7:4000"), Some("guess"), false);
        check(Some("10.0.0.7:4000"), Some("open sesame"), true);
        check(None, None, false);
    }
}
