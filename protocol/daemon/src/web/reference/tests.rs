//! What stands on the page, from a small document.

use std::sync::Arc;

use serde_json::{Value, json};

use super::parts::{Operation, curl};
use super::reference;
use super::sample::sample;
use crate::web::shell::NavItem;
use crate::web::text::{Lang, Locale, Texts};

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "A shop", "version": "1", "description": "Send `json` <b>." },
        "paths": { "/v1/tills/{till}": { "post": {
            "tags": ["shifts"],
            "summary": "Opens a till.",
            "operationId": "shifts_open",
            "parameters": [
                { "name": "till", "in": "path", "required": true, "schema": { "type": "integer" } },
                { "name": "Idempotency-Key", "in": "header", "required": true,
                  "schema": { "type": "string", "examples": ["k-1"] } },
            ],
            "requestBody": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Float" } } } },
            "responses": { "409": { "description": "`till_open`" } },
        } } },
        "components": { "schemas": { "Float": {
            "type": "object",
            "required": ["float_minor"],
            "properties": {
                "float_minor": { "type": "integer", "example": 1299 },
                "by": { "oneOf": [{ "type": "null" }, { "type": "string", "format": "ulid" }] },
                "days": { "type": "array", "items": { "type": "string", "format": "date" } },
            },
        } } },
    })
}

#[test]
fn the_page_shows_each_operation_with_what_it_takes_answers_and_refuses() {
    let lang = Lang::new(Arc::new(Texts::new(&[]).unwrap()), Locale::En);
    let back = NavItem {
        label: "Status".to_owned(),
        href: "/status".to_owned(),
        waiting: 0,
    };
    let page = reference(&lang, &document(), "Corner shop", &back).into_string();
    for wanted in [
        "id=\"shifts_open\"",
        "Opens a till.",
        "<code>till_open</code>",
        "href=\"#schema-Float\"",
        "id=\"schema-Float\"",
        "href=\"/status\"",
        "Send <code>json</code> &lt;b&gt;.",
    ] {
        assert!(page.contains(wanted), "{wanted} is missing in {page}");
    }
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "nothing from elsewhere"
    );
}

#[test]
fn a_command_line_can_be_copied_as_it_stands() {
    let document = document();
    let one = Operation {
        method: "POST",
        path: "/v1/tills/{till}",
        said: &document["paths"]["/v1/tills/{till}"]["post"],
    };
    assert_eq!(
        curl(&document, &one),
        "curl -X POST \"$HOST/v1/tills/1\" \\\n  \
         -H \"Authorization: Bearer $TOKEN\" \\\n  \
         -H 'Idempotency-Key: k-1' \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{\"by\":\"01KB5W7R9M4Q8T2V6X0Y1Z3A5C\",\"days\":[\"2026-11-23\"],\
         \"float_minor\":1299}'"
    );
}

#[test]
fn a_shape_that_holds_itself_ends_somewhere() {
    let document = json!({ "components": { "schemas": { "Box": {
        "type": "object", "properties": { "inner": { "$ref": "#/components/schemas/Box" } },
    } } } });
    let boxed = json!({ "$ref": "#/components/schemas/Box" });
    assert!(sample(&document, &boxed).to_string().len() < 100);
}
