//! Calling a daemon's JSON interface as another program does: over a socket, with a key for every
//! command, and knowing a refusal from an answer that never came.
//!
//! It knows no path; [`crate::shop`] and [`crate::console`] do.

use std::fmt;
use std::time::Duration;

use counterpart_daemon::http::ProblemBody;
use counterpart_daemon::tls::install_crypto_provider;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The header every command carries its id in.
pub const KEY_HEADER: &str = "Idempotency-Key";

/// How long one call may take; a page's script gives up after 3 s, a program may be patient.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// One caller of one daemon.
#[derive(Debug, Clone)]
pub struct Caller {
    http: Client,
    base: String,
    bearer: Option<String>,
}

/// Why a call did not bring what was asked for.
#[derive(Debug)]
pub enum NotDone {
    /// The daemon said no, in words.
    Refused(Box<ProblemBody>),
    /// Nobody knows: no answer came, or only a part of one. The same command may be sent again.
    Unanswered(reqwest::Error),
    /// An answer came that is not what this interface promises.
    Unreadable(String),
}

impl fmt::Display for NotDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => {
                write!(f, "{} {}: {}", problem.status, problem.kind, problem.detail)
            }
            Self::Unanswered(error) => write!(f, "no answer: {error}"),
            Self::Unreadable(text) => write!(f, "an answer nobody promised: {text}"),
        }
    }
}

impl NotDone {
    /// Returns the refusal.
    ///
    /// # Panics
    ///
    /// When it was none.
    #[must_use]
    #[track_caller]
    pub fn problem(self) -> ProblemBody {
        match self {
            Self::Refused(problem) => *problem,
            other => panic!("wanted a refusal, got: {other}"),
        }
    }

    /// Returns whether the same command may still have been done, or be done on the next try: no
    /// answer, or one that says "not now" (503).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unanswered(_) => true,
            Self::Refused(problem) => problem.status == StatusCode::SERVICE_UNAVAILABLE.as_u16(),
            Self::Unreadable(_) => false,
        }
    }
}

impl Caller {
    /// Returns a caller of the daemon at `base`, such as `http://127.0.0.1:8410`.
    ///
    /// # Panics
    ///
    /// When the HTTP client cannot be made.
    #[must_use]
    pub fn of(base: impl Into<String>) -> Self {
        install_crypto_provider();
        let http = Client::builder()
            .timeout(ANSWER_WITHIN)
            // A daemon that was killed and started again must be met on a new connection.
            .pool_max_idle_per_host(4)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a plain client can always be made");
        Self {
            http,
            base: base.into(),
            bearer: None,
        }
    }

    /// Returns the same caller with what it was given at sign-in.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            bearer: Some(token.into()),
            ..self.clone()
        }
    }

    /// Returns the same caller of a daemon that has moved.
    #[must_use]
    pub fn moved_to(&self, base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            ..self.clone()
        }
    }

    /// Returns the address it calls, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for something.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, NotDone> {
        answer(self.request(Method::GET, path)).await
    }

    /// Sends a command; `key` stays the same when it is sent again.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn command<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, NotDone> {
        let request = self
            .request(method, path)
            .header(KEY_HEADER, key)
            .json(body);
        answer(request).await
    }

    /// Asks for a page or a file as it is, with its status.
    ///
    /// # Errors
    ///
    /// Those of the connection.
    pub async fn fetch(&self, path: &str) -> Result<(StatusCode, String), reqwest::Error> {
        let answer = self.request(Method::GET, path).send().await?;
        let status = answer.status();
        Ok((status, answer.text().await?))
    }

    /// Starts a request by hand, for what the methods above do not say.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

/// Sends a request and reads what was promised: a value, or a problem.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, NotDone> {
    let answer = request.send().await.map_err(NotDone::Unanswered)?;
    let status = answer.status();
    let text = answer.text().await.map_err(NotDone::Unanswered)?;
    let unreadable = |error| NotDone::Unreadable(format!("{status} {text}: {error}"));
    if status.is_success() {
        let value = if text.is_empty() { "null" } else { &text };
        return serde_json::from_str(value).map_err(unreadable);
    }
    let problem = serde_json::from_str(&text).map_err(unreadable)?;
    Err(NotDone::Refused(problem))
}
