//! Forms of pages: fields and the id of the command, which works like a key of the API.
//!
//! It reads no field; each slice declares its own.

use axum::extract::{FromRequest, Request};
use counterpart_daemon::http::{Form, IdempotencyKey, Problem};
use serde::de::DeserializeOwned;

/// The fields of a form that changes something, and its command id.
#[derive(Debug, Clone)]
pub struct CommandForm<T> {
    /// The id under which the command is done once.
    pub key: String,
    /// The other fields.
    pub fields: T,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for CommandForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Form(mut pairs) = Form::<Vec<(String, String)>>::from_request(request, state).await?;
        let at = pairs.iter().position(|(name, _)| name == "command_id");
        let at = at.ok_or_else(|| {
            Problem::unreadable("the form has no command id: reload the page and try again")
        })?;
        let key = IdempotencyKey::parse(&pairs.swap_remove(at).1)?.0;
        let fields: serde_json::Map<String, serde_json::Value> = pairs
            .into_iter()
            .map(|(name, value)| (name, serde_json::Value::String(value)))
            .collect();
        let fields = serde_json::from_value(serde_json::Value::Object(fields))
            .map_err(|wrong| Problem::unreadable(format!("the form could not be read: {wrong}")))?;
        Ok(Self { key, fields })
    }
}
