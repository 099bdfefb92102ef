//! The shapes of the document: each with its fields, and how a shape is named where it is used.

use maud::{Markup, html};
use serde_json::Value;

use super::parts::prose;
use super::text;

const PREFIX: &str = "#/components/schemas/";

/// Returns the name of the shape a schema refers to.
pub(super) fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(PREFIX)
}

/// Draws all shapes.
pub(super) fn schemas(document: &Value) -> Markup {
    let shapes = document["components"]["schemas"].as_object();
    html! {
        section.panel aria-labelledby="schemas" {
            header { h2 #schemas { "Shapes" } }
            @for (name, schema) in shapes.into_iter().flatten() {
                article.operation id=(format!("schema-{name}")) {
                    h3 { code { (name) } }
                    p { (prose(text(&schema["description"]))) }
                    (shape(schema))
                }
            }
        }
    }
}

/// Draws what a shape is made of.
fn shape(schema: &Value) -> Markup {
    if let Some(fields) = schema["properties"].as_object() {
        let required = |name: &str| {
            let all = schema["required"].as_array();
            all.is_some_and(|all| all.iter().any(|one| one == name))
        };
        return html! {
            div.table-frame {
                table.table {
                    thead { tr { th { "Field" } th { "Type" } th { "Means" } } }
                    tbody {
                        @for (name, field) in fields {
                            tr {
                                td {
                                    code { (name) }
                                    @if !required(name) { " " span.quiet-text { "optional" } }
                                }
                                td { (kind(field)) }
                                td { (prose(text(&field["description"]))) }
                            }
                        }
                    }
                }
            }
        };
    }
    let choices = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .find_map(|word| Some((word, schema[word].as_array()?)));
    match choices {
        Some((word, parts)) => html! {
            p { @if word == "allOf" { "All of:" } @else { "One of:" } }
            @for part in parts {
                @match referred(part) {
                    Some(_) => p { (kind(part)) },
                    None => {
                        @if let Some(said) = part["description"].as_str() { p { (prose(said)) } }
                        (shape(part))
                    }
                }
            }
        },
        None => html! { p { (kind(schema)) } },
    }
}

/// Names a schema in a few words: a link to a shape, a type with its format and bounds.
pub(super) fn kind(schema: &Value) -> Markup {
    if let Some(name) = referred(schema) {
        return html! { a href=(format!("#schema-{name}")) { (name) } };
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[word].as_array() {
            let joint = if word == "allOf" { " and " } else { " or " };
            return html! {
                @for (at, part) in parts.iter().enumerate() {
                    @if at > 0 { (joint) }
                    (kind(part))
                }
            };
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return html! {
            @for (at, word) in words.iter().enumerate() {
                @if at > 0 { ", " }
                code { (text(word)) }
            }
        };
    }
    let types = types(schema);
    if types.contains(&"array") {
        return html! { "list of " (kind(&schema["items"])) };
    }
    html! {
        (types.join(" or "))
        @if let Some(format) = schema["format"].as_str() { " (" (format) ")" }
        (bounds(schema))
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    }
}

fn bounds(schema: &Value) -> Markup {
    let said = [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters, at least"),
        ("maxLength", "characters, at most"),
    ];
    html! {
        @for (key, words) in said {
            @if let Some(bound) = schema[key].as_i64() { ", " (words) " " (bound) }
        }
        @if let Some(pattern) = schema["pattern"].as_str() { " " code { (pattern) } }
    }
}
