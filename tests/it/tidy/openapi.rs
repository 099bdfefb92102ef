//! What programs are promised is described where it is done: a route under `/v1` enters a router of
//! a daemon through `routes!`, which takes path and method from `#[utoipa::path]`, and not past it.

use super::tree::{Finding, Tree};
use super::{bites, holds, passes};

#[test]
fn every_route_for_programs_is_described() {
    holds(undescribed_routes);
}

fn undescribed_routes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        if !file.path.starts_with("edge/src/") && !file.path.starts_with("hub/src/") {
            continue;
        }
        let lines: Vec<&str> = file.lines().map(|(_, line)| line).collect();
        for text in code.shipped_strings() {
            let here = lines.get(text.line - 1).copied().unwrap_or_default();
            let before = text.line.checked_sub(2).and_then(|at| lines.get(at));
            let routed = here.contains(".route(\"/v1/")
                || before.is_some_and(|line| line.trim_end().ends_with(".route("));
            if text.value.starts_with("/v1/") && routed {
                let sentence = "describe this operation with #[utoipa::path(…)] beside its \
                                handler, and add it with routes!(handler)";
                findings.push(Finding::at(file, text.line, sentence));
            }
        }
    }
    findings
}

#[test]
fn a_route_past_the_description_is_found() {
    let long = "//! Routes.\nfn f() { Router::new().route(\n    \"/v1/stores/{store}\",\n\
                get(one)); }\n";
    bites(
        undescribed_routes,
        &[("hub/src/stores/http.rs", long)],
        "hub/src/stores/http.rs:3: describe this operation",
    );
    let short = "//! Routes.\nfn f() { Router::new().route(\"/v1/sales\", get(list)); }\n";
    bites(
        undescribed_routes,
        &[("edge/src/sales/http.rs", short)],
        "edge/src/sales/http.rs:2: describe this operation",
    );
    let good = "//! Routes.\n#[utoipa::path(get, path = \"/v1/sales\")]\nasync fn list() {}\n\
                fn f() { http.get(\"/v1/sales\"); Router::new().route(\"/sales\", get(page)); }\n";
    passes(undescribed_routes, &[("hub/src/sales/http.rs", good)]);
}
