//! A value of the form a schema describes, for a reader to begin with.
//!
//! It takes the examples the shapes give and fills the rest in; it checks nothing.

use serde_json::{Map, Value, json};

use super::schemas::referred;
use super::text;

/// How deep a shape may lie in another before the sample stops.
const DEPTH_MAX: u8 = 8;

/// Returns a value of the schema's form.
pub(super) fn sample(document: &Value, schema: &Value) -> Value {
    within(document, schema, DEPTH_MAX)
}

fn within(document: &Value, schema: &Value, depth: u8) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    if let Some(name) = referred(schema) {
        return within(document, &document["components"]["schemas"][name], depth);
    }
    let given = [
        &schema["example"],
        &schema["examples"][0],
        &schema["enum"][0],
    ];
    if let Some(given) = given.into_iter().find(|value| !value.is_null()) {
        return given.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = within(document, part, depth) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(choices) = choices {
        let something = choices.iter().find(|choice| choice["type"] != "null");
        return something.map_or(Value::Null, |choice| within(document, choice, depth));
    }
    let first = match &schema["type"] {
        Value::Array(types) => text(&types[0]),
        one => text(one),
    };
    match first {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let filled = fields.map(|(name, field)| (name.clone(), within(document, field, depth)));
            Value::Object(filled.collect())
        }
        "array" => json!([within(document, &schema["items"], depth)]),
        "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(1)),
        "boolean" => json!(false),
        "string" => match text(&schema["format"]) {
            "date-time" => json!("2026-11-23T11:00:00Z"),
            "date" => json!("2026-11-23"),
            "ulid" => json!("01KB5W7R9M4Q8T2V6X0Y1Z3A5C"),
            _ => json!("text"),
        },
        _ => Value::Null,
    }
}
