//! A daemon's own API, as any program uses it: commands with a key of their own, questions, and its
//! sentences when it says no.

use std::time::Duration;

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::entropy::{SharedEntropy, random_bytes};
use counterpart_daemon::http::ProblemBody;
use counterpart_protocol::ids::CommandId;
use reqwest::{Client, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long a daemon on the same machine may take for one answer.
const LIMIT: Duration = Duration::from_secs(20);

/// The API of a store or of the hub.
#[derive(Clone)]
pub(crate) struct Api {
    base: String,
    http: Client,
    clock: SharedClock,
    entropy: SharedEntropy,
}

/// Why a daemon did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiFailed {
    /// It did not answer.
    #[error("could not ask to {asked}")]
    Silent {
        /// What it was asked.
        asked: &'static str,
        /// What the client said.
        #[source]
        cause: reqwest::Error,
    },
    /// It refused.
    #[error("refused to {asked}: {said}")]
    Refused {
        /// What it was asked.
        asked: &'static str,
        /// Its own sentence.
        said: String,
    },
}

impl Api {
    /// Returns the API at `base`, such as `http://127.0.0.1:8410`.
    pub(crate) fn at(base: String, clock: SharedClock, entropy: SharedEntropy) -> Self {
        counterpart_daemon::tls::install_crypto_provider();
        let http = Client::builder()
            .no_proxy()
            .timeout(LIMIT)
            .build()
            .expect("a client without settings of its own can be made");
        Self {
            base,
            http,
            clock,
            entropy,
        }
    }

    /// Has something done, under a key of its own.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn command<T: DeserializeOwned>(
        &self,
        asked: &'static str,
        path: &str,
        body: &impl Serialize,
        token: Option<&str>,
    ) -> Result<T, ApiFailed> {
        let call = self
            .http
            .post(format!("{}{path}", self.base))
            .header("idempotency-key", self.new_command_id().to_string())
            .json(body);
        answered(asked, call, token).await
    }

    /// Asks something that changes nothing.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        asked: &'static str,
        path: &str,
        token: Option<&str>,
    ) -> Result<T, ApiFailed> {
        answered(asked, self.http.get(format!("{}{path}", self.base)), token).await
    }

    /// Returns a new id, for commands and for orders.
    pub(crate) fn new_command_id(&self) -> CommandId {
        let random: [u8; 16] = random_bytes(self.entropy.as_ref());
        let at_ms = u64::try_from(self.clock.now_ms()).unwrap_or(0);
        CommandId::from_parts(at_ms, u128::from_be_bytes(random) >> 48)
    }
}

async fn answered<T: DeserializeOwned>(
    asked: &'static str,
    mut call: RequestBuilder,
    token: Option<&str>,
) -> Result<T, ApiFailed> {
    if let Some(token) = token {
        call = call.bearer_auth(token);
    }
    let silent = |cause| ApiFailed::Silent { asked, cause };
    let answer = call.send().await.map_err(silent)?;
    let status = answer.status();
    if status.is_success() {
        return answer.json().await.map_err(silent);
    }
    let problem = answer.json::<ProblemBody>().await;
    let said = problem.map_or_else(|_| status.to_string(), |problem| problem.detail);
    Err(ApiFailed::Refused { asked, said })
}
