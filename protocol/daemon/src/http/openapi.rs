//! The description of a daemon's API (OpenAPI 3.1), completed from what its handlers say.
//!
//! A handler names its path, its own parameters, its answers and the refusals of its rules. What
//! every operation shares is added here, once: the problems any request can meet, who may ask, a
//! name that is unique. It invents no operation and hides none.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use counterpart_protocol::ids;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, Content, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response, Schema,
    Type,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::idempotency::{IdempotencyKey, KEY_HEADER, KEY_LENGTH_MAX};
use super::problem::{PROBLEM_JSON, ProblemBody};

/// Where a daemon serves its description.
pub const DOCUMENT_PATH: &str = "/openapi.json";
/// The first part of every path that is promised to programs.
pub const API_PREFIX: &str = "/v1/";

/// The methods operations have, in the order they are read.
pub const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const TOKEN: &str = "token";
const SESSION: &str = "session";

/// What a daemon says about its API as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The name of the API.
    pub title: &'static str,
    /// What it is and how to begin with it, in a paragraph.
    pub description: &'static str,
    /// The version of the daemon.
    pub version: &'static str,
    /// The name of the cookie a browser's session is in.
    pub cookie: String,
    /// How a program gets its token.
    pub token: &'static str,
}

/// The finished description of an API.
#[derive(Clone)]
pub struct Document {
    openapi: Arc<OpenApi>,
    json: Bytes,
}

impl Document {
    /// Completes what the handlers said.
    ///
    /// # Panics
    ///
    /// When it can't be JSON, which a test of each daemon rules out.
    #[must_use]
    pub fn new(mut openapi: OpenApi, about: &About) -> Self {
        openapi.info.title = about.title.to_owned();
        openapi.info.version = about.version.to_owned();
        openapi.info.description = Some(about.description.to_owned());
        openapi.info.contact = None;
        openapi.info.license = None;
        secure(&mut openapi, about);
        add_ids(&mut openapi);
        for (path, item) in &mut openapi.paths.paths {
            for operation in operations_mut(item) {
                complete(path, operation);
            }
        }
        let json = serde_json::to_vec_pretty(&openapi).expect("a description has text keys only");
        Self {
            openapi: Arc::new(openapi),
            json: json.into(),
        }
    }

    /// Returns the description as a tree, to draw a page from or to check.
    #[must_use]
    pub fn openapi(&self) -> &OpenApi {
        &self.openapi
    }

    /// Returns the description as JSON, as it is served.
    ///
    /// # Panics
    ///
    /// Never: it was written by [`Document::new`].
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_slice(&self.json).expect("the description was just written")
    }

    /// Returns the route of the description itself.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let json = self.json.clone();
        let answer = move || async move {
            let headers = [
                (CONTENT_TYPE, "application/json"),
                (CACHE_CONTROL, "no-cache"),
            ];
            (headers, json)
        };
        Router::new().route(DOCUMENT_PATH, get(answer))
    }
}

impl Document {
    /// Lists what an operation owes whoever reads about it and has not: a sentence, a slice, an
    /// answer, a name of its own, a key for what changes anything (but `keyless`, by name), and
    /// schemas that are there. Each daemon tests that there is nothing in the list.
    #[must_use]
    pub fn debts(&self, keyless: &[&str]) -> Vec<String> {
        let mut debts = Vec::new();
        let mut names = HashSet::new();
        for (path, item) in &self.openapi.paths.paths {
            for (method, operation) in operations(item) {
                let name = operation.operation_id.clone().unwrap_or_default();
                let mut owes = |what: &str| debts.push(format!("{method} {path} ({name}): {what}"));
                if operation.summary.as_ref().is_none_or(String::is_empty) {
                    owes("has no sentence: write a doc comment");
                }
                if operation.tags.as_ref().is_none_or(Vec::is_empty) {
                    owes("has no slice: write `tag = `");
                }
                let answers = &operation.responses.responses;
                if !answers.keys().any(|status| status.starts_with('2')) {
                    owes("answers nothing");
                }
                let needs_key = method != "GET" && !keyless.contains(&name.as_str());
                if needs_key && !has_key(operation) {
                    owes("changes something and takes no Idempotency-Key");
                }
                if !names.insert(name.clone()) {
                    owes("has another operation's name");
                }
                if !path.starts_with(API_PREFIX) {
                    owes("is outside /v1");
                }
            }
        }
        debts.extend(self.missing_schemas());
        debts
    }

    /// Lists every operation with its method and a path whose places are filled, so that a test
    /// can ask for each.
    #[must_use]
    pub fn samples(&self) -> Vec<(&'static str, String)> {
        let items = self.openapi.paths.paths.iter();
        items
            .flat_map(|(path, item)| {
                let filled = filled(path);
                let all = operations(item).into_iter();
                all.map(move |(method, _)| (method, filled.clone()))
            })
            .collect()
    }

    fn missing_schemas(&self) -> Vec<String> {
        let text = std::str::from_utf8(&self.json).expect("JSON is UTF-8");
        let components = self.openapi.components.as_ref();
        let known = components.map(|components| &components.schemas);
        let named = text.split("\"#/components/schemas/").skip(1);
        let names: HashSet<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        names
            .into_iter()
            .filter(|name| known.is_none_or(|known| !known.contains_key(*name)))
            .map(|name| format!("the schema {name} is named and not there: write `inline({name})`"))
            .collect()
    }
}

/// Shows no more than how much there is: the description is long.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("paths", &self.openapi.paths.paths.len())
            .finish_non_exhaustive()
    }
}

/// Parts routes and description, for a daemon's composition root.
pub fn described<S>(router: OpenApiRouter<S>, about: &About) -> (Router<S>, Document)
where
    S: Clone + Send + Sync + 'static,
{
    let (router, openapi) = router.split_for_parts();
    (router, Document::new(openapi, about))
}

/// Lists the operations of a path with their methods, in the order they are read.
#[must_use]
pub fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let said = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
    METHODS
        .into_iter()
        .zip(said)
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
        .collect()
}

fn filled(path: &str) -> String {
    let parts = path.split(['{', '}']).enumerate();
    parts
        .map(|(at, part)| if at % 2 == 0 { part } else { "1" })
        .collect()
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        post,
        put,
        patch,
        delete,
        ..
    } = item;
    [get, post, put, patch, delete].into_iter().flatten()
}

/// Says who may ask: whoever shows a token or has a session, unless an operation says otherwise.
fn secure(openapi: &mut OpenApi, about: &About) {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(about.token))
        .build();
    let session = ApiKeyValue::with_description(
        about.cookie.clone(),
        "The cookie of a browser that signed in; what changes anything must come from our own pages"
            .to_owned(),
    );
    let components = openapi.components.take().unwrap_or_default();
    let mut schemas = Vec::new();
    ProblemBody::schemas(&mut schemas);
    openapi.components = Some(
        ComponentsBuilder::from(components)
            .schema(
                ProblemBody::name(),
                <ProblemBody as utoipa::PartialSchema>::schema(),
            )
            .schemas_from_iter(schemas)
            .security_scheme(TOKEN, SecurityScheme::Http(token))
            .security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)))
            .build(),
    );
    let nothing_more: [&str; 0] = [];
    openapi.security = Some(vec![
        SecurityRequirement::new(TOKEN, nothing_more),
        SecurityRequirement::new(SESSION, nothing_more),
    ]);
}

/// Adds the ids that stand in paths only: what a parameter names is not collected with the routes.
fn add_ids(openapi: &mut OpenApi) {
    fn schema_of<T: ToSchema>() -> (String, RefOr<Schema>) {
        (T::name().into_owned(), T::schema())
    }
    let ids = [
        schema_of::<ids::CustomerId>(),
        schema_of::<ids::DeliveryId>(),
        schema_of::<ids::EdgeNumber>(),
        schema_of::<ids::OrderId>(),
        schema_of::<ids::PrintJobId>(),
        schema_of::<ids::RegisterId>(),
        schema_of::<ids::SaleId>(),
        schema_of::<ids::ShiftId>(),
        schema_of::<ids::Sku>(),
        schema_of::<ids::StaffId>(),
        schema_of::<ids::StoreId>(),
        schema_of::<ids::TransferId>(),
    ];
    let components = openapi.components.get_or_insert_default();
    for (name, schema) in ids {
        components.schemas.entry(name).or_insert(schema);
    }
}

/// Adds to an operation what it shares with all others like it.
fn complete(path: &str, operation: &mut Operation) {
    let tag = operation.tags.as_ref().and_then(|tags| tags.first());
    if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{name}"));
    }
    let reads_something = operation.request_body.is_some()
        || operation
            .parameters
            .as_ref()
            .is_some_and(|all| !all.is_empty());
    let is_open = operation.security.is_some();
    let has_body = operation.request_body.is_some();
    let takes_key = has_key(operation);
    let mut add = |status: &str, description: &str| {
        let responses = &mut operation.responses.responses;
        responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(Response::new(description)));
    };
    if reads_something {
        add("400", "`request_unreadable`, or what `fields` says");
    }
    if !is_open {
        add("401", "`unauthenticated`: no token, or one that ended");
        add("403", "`forbidden`: this caller may not do this");
    }
    if path.contains('{') {
        add("404", "`not_found`");
    }
    if has_body {
        add("408", "`body_too_slow`");
        add("413", "`body_too_large`");
    }
    if takes_key {
        add(
            "422",
            "`idempotency_key_reused`: the key was used for another command",
        );
    }
    let sentence = "`database_busy`, `overloaded`, `timed_out` or `stopping`: send the same \
                    request again after `Retry-After` seconds";
    add("503", sentence);
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.as_str() >= "400"
            && response.content.is_empty()
        {
            let body = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
            response
                .content
                .insert(PROBLEM_JSON.to_owned(), RefOr::T(body));
        }
    }
}

fn has_key(operation: &Operation) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .any(|parameter| parameter.name == KEY_NAME)
}

/// The header as it is written.
const KEY_NAME: &str = "Idempotency-Key";

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        debug_assert!(KEY_NAME.eq_ignore_ascii_case(KEY_HEADER));
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(KEY_LENGTH_MAX))
            .pattern(Some("^[!-~]+$"))
            .examples([serde_json::json!("till-1-sale-000042")])
            .build();
        let description = "Made by the caller, one per command. Sent again with the same key and \
                           body, a command is carried out once and answered alike for 35 days.";
        let parameter = ParameterBuilder::new()
            .name(KEY_NAME)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(schema))
            .build();
        vec![parameter]
    }
}
