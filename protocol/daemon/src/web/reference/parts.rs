//! One operation on the page: what it takes, what it answers, and a command line that asks it.

use maud::{Markup, html};
use serde_json::Value;

use super::sample::sample;
use super::schemas::kind;
use super::text;

/// An operation of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    /// The method in capitals.
    pub(super) method: &'a str,
    /// The path with its places.
    pub(super) path: &'a str,
    /// What the document says about it.
    pub(super) said: &'a Value,
}

/// Draws an operation.
pub(super) fn operation(document: &Value, one: &Operation<'_>) -> Markup {
    let id = text(&one.said["operationId"]);
    let body = body_of(one.said);
    html! {
        article.operation id=(id) {
            h3 {
                span.method data-method=(one.method) { (one.method) } " "
                code { (one.path) }
            }
            p { strong { (prose(text(&one.said["summary"]))) } }
            @if let Some(more) = one.said["description"].as_str() { p { (prose(more)) } }
            @if is_open(one.said) { p.quiet-text { "Anybody may ask: no token is needed." } }
            (parameters(document, one.said))
            @if let Some((media, content)) = body {
                h4 { "Body: " code { (media) } " " (kind(&content["schema"])) }
                @if let Some(said) = one.said["requestBody"]["description"].as_str() {
                    p { (prose(said)) }
                }
                @if media == "application/json" {
                    pre.sample { (pretty(&sample(document, &content["schema"]))) }
                }
            }
            h4 { "Try it" }
            pre.sample.command { (curl(document, one)) }
            h4 { "Answers" }
            (answers(document, one.said))
        }
    }
}

fn parameters(document: &Value, said: &Value) -> Markup {
    let Some(parameters) = said["parameters"].as_array().filter(|all| !all.is_empty()) else {
        return html! {};
    };
    html! {
        h4 { "Parameters" }
        div.table-frame {
            table.table {
                thead {
                    tr { th { "Name" } th { "In" } th { "Type" } th { "Means" } th { "Example" } }
                }
                tbody {
                    @for one in parameters {
                        tr {
                            td {
                                code { (text(&one["name"])) }
                                @if one["required"] == true { " " span.quiet-text { "required" } }
                            }
                            td { (text(&one["in"])) }
                            td { (kind(&one["schema"])) }
                            td { (prose(text(&one["description"]))) }
                            td { code { (plain(&sample(document, &one["schema"]))) } }
                        }
                    }
                }
            }
        }
    }
}

fn answers(document: &Value, said: &Value) -> Markup {
    let answers = said["responses"].as_object();
    html! {
        div.table-frame {
            table.table {
                thead { tr { th { "Status" } th { "Means" } th { "Body" } } }
                tbody {
                    @for (status, answer) in answers.into_iter().flatten() {
                        @let content = content_of(answer);
                        tr {
                            td { code { (status) } }
                            td { (prose(text(&answer["description"]))) }
                            td {
                                @if let Some((_, content)) = content { (kind(&content["schema"])) }
                            }
                        }
                    }
                }
            }
        }
        @for (status, answer) in answers.into_iter().flatten() {
            @if status.starts_with('2') && let Some((_, content)) = content_of(answer) {
                details {
                    summary { "An answer with " (status) }
                    pre.sample { (pretty(&sample(document, &content["schema"]))) }
                }
            }
        }
    }
}

/// Writes a command line that asks for the operation; `$HOST` and `$TOKEN` are the reader's.
pub(super) fn curl(document: &Value, one: &Operation<'_>) -> String {
    let mut path = one.path.to_owned();
    let mut lines = Vec::new();
    let mut query = Vec::new();
    for parameter in one.said["parameters"].as_array().into_iter().flatten() {
        let name = text(&parameter["name"]);
        let value = plain(&sample(document, &parameter["schema"]));
        match text(&parameter["in"]) {
            "path" => path = path.replace(&format!("{{{name}}}"), &value),
            "query" if parameter["required"] == true => query.push(format!("{name}={value}")),
            "header" => lines.push(format!("-H '{name}: {value}'")),
            _ => {}
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    if !is_open(one.said) {
        lines.insert(0, "-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if let Some((media, content)) = body_of(one.said) {
        lines.push(format!("-H 'Content-Type: {media}'"));
        lines.push(match media {
            "application/json" => {
                format!("-d '{}'", sample(document, &content["schema"])).replace('…', "...")
            }
            _ => "--data-binary @FILE".to_owned(),
        });
    }
    let method = match one.method {
        "GET" => String::new(),
        method => format!("-X {method} "),
    };
    let mut command = format!("curl {method}\"$HOST{path}\"");
    for line in lines {
        command.push_str(" \\\n  ");
        command.push_str(&line);
    }
    command
}

fn is_open(said: &Value) -> bool {
    let nothing = |one: &Value| one.as_object().is_some_and(serde_json::Map::is_empty);
    said["security"]
        .as_array()
        .is_some_and(|all| all.iter().any(nothing))
}

fn body_of(said: &Value) -> Option<(&str, &Value)> {
    content_of(&said["requestBody"])
}

fn content_of(said: &Value) -> Option<(&str, &Value)> {
    let (media, content) = said["content"].as_object()?.iter().next()?;
    Some((media.as_str(), content))
}

/// Writes a value as it stands in a path or a header.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// Draws a sentence in which backticks stand around code.
pub(super) fn prose(sentence: &str) -> Markup {
    html! {
        @for (at, part) in sentence.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
