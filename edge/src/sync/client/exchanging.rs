//! Exchanges with the hub and questions of a new life, said whole or in short.

use std::time::Duration;

use axum::http::StatusCode;
use counterpart_protocol::sync::{
    BODY_BYTES_MAX, Before, ComparisonAsked, ComparisonTold, Exchange, RecoveryAsked, RecoveryTold,
    Reply, ShortTalk, pack, shorten, unpack,
};
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;

use super::HubClient;
use crate::sync::trouble::HubTrouble;

/// How long an exchange may take; the hub writes a batch in well under a second.
const EXCHANGE: Duration = Duration::from_secs(30);

impl HubClient {
    /// Exchanges records: sends ours, returns the hub's answer. It is said in short if `talk` may,
    /// with what both sides hold `before` it, and whole if the hub cannot make that whole.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`]; nothing is lost, the same records go again.
    pub async fn exchange(
        &self,
        exchange: &Exchange,
        before: &[Before],
        talk: &mut ShortTalk,
    ) -> Result<Reply, HubTrouble> {
        if let Some(body) = talk.may().then(|| shorten(exchange, before)).flatten()
            && let Some(reply) = self.exchange_in_short(exchange, body, talk).await?
        {
            return Ok(reply);
        }
        let body = pack(exchange).map_err(|error| HubTrouble::Own(error.to_string()))?;
        let answer = self.send(self.frames("exchange", body)).await?;
        let body = self.bytes(answer, BODY_BYTES_MAX).await?;
        talk.read(&body, exchange)
            .map_err(|error| HubTrouble::NoHub(error.to_string()))
    }

    /// Exchanges in short; nothing if the exchange is to be said whole, which is then known of the
    /// next ones too.
    async fn exchange_in_short(
        &self,
        exchange: &Exchange,
        body: Vec<u8>,
        talk: &mut ShortTalk,
    ) -> Result<Option<Reply>, HubTrouble> {
        let answer = match self.frames("exchange", body).send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.explain(&error).await),
        };
        let status = answer.status();
        // 400 is what an older program says to a form it does not know.
        if matches!(
            status,
            StatusCode::PRECONDITION_FAILED | StatusCode::BAD_REQUEST
        ) {
            tracing::debug!(
                status = status.as_u16(),
                "the hub asks for the whole exchange"
            );
            talk.forget();
            return Ok(None);
        }
        if !status.is_success() {
            return Err(self.refusal(answer).await);
        }
        let body = self.bytes(answer, BODY_BYTES_MAX).await?;
        match talk.read(&body, exchange) {
            Ok(reply) => Ok(Some(reply)),
            Err(error) => {
                // What it took stays taken: said again, it is told what became of it.
                tracing::warn!(error = %error, "could not read an answer in short");
                Ok(None)
            }
        }
    }

    fn frames(&self, to: &str, body: Vec<u8>) -> RequestBuilder {
        self.http
            .post(format!("{}/sync/v1/{to}", self.base))
            .header(CONTENT_TYPE, "application/octet-stream")
            .timeout(EXCHANGE)
            .body(body)
    }

    /// Asks for what earlier lives of this store had told.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`]; it is asked again.
    pub async fn recover(&self, asked: &RecoveryAsked) -> Result<RecoveryTold, HubTrouble> {
        let body = pack(asked).map_err(|error| HubTrouble::Own(error.to_string()))?;
        let answer = self.send(self.frames("recovery", body)).await?;
        let body = self.bytes(answer, BODY_BYTES_MAX).await?;
        unpack(&body).map_err(|error| HubTrouble::NoHub(error.to_string()))
    }

    /// Asks the hub whether it has the same records.
    ///
    /// # Errors
    ///
    /// [`HubTrouble`]; another night is as good.
    pub async fn compare(&self, asked: &ComparisonAsked) -> Result<ComparisonTold, HubTrouble> {
        let body = pack(asked).map_err(|error| HubTrouble::Own(error.to_string()))?;
        let answer = self.send(self.frames("comparison", body)).await?;
        let body = self.bytes(answer, BODY_BYTES_MAX).await?;
        unpack(&body).map_err(|error| HubTrouble::NoHub(error.to_string()))
    }
}
