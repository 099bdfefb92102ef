//! Asking axe-core, the accessibility checker, what is wrong with the page that is shown.
//!
//! It judges what a machine can judge; whether a page is pleasant is for people.

use std::fmt;
use std::path::Path;

use serde_json::{Value, json};

use super::Window;

/// The rules that must hold: WCAG 2.2 A and AA (screens.md), and axe's own good practice.
const RULES: &[&str] = &[
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// One thing wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    rule: String,
    help: String,
    places: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}):", self.rule, self.help)?;
        for place in &self.places {
            write!(f, "\n    {place}")?;
        }
        Ok(())
    }
}

impl Window {
    /// Returns everything axe-core finds wrong with the page as it stands.
    ///
    /// # Panics
    ///
    /// When axe-core is not installed; `tests/run` installs it.
    pub async fn violations(&self) -> Vec<Violation> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
        let script = std::fs::read_to_string(&script)
            .expect("axe-core is installed: `bash tests/run` does that");
        // Half a megabyte, which a page that is judged twice has already.
        let has_it = self.run("return 'axe' in window;", Vec::new()).await;
        if has_it == json!(false) {
            // The driver's scripts are not the page's: its content policy does not stop them.
            self.run(&script, Vec::new()).await;
        }
        let asked = "const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: { type: 'tag', values: arguments[0] } })
                .then((found) => done(found.violations), (error) => done(String(error)));";
        let found = self.client.execute_async(asked, vec![json!(RULES)]).await;
        let found = found.expect("axe-core answers");
        let found = found.as_array();
        let found = found.unwrap_or_else(|| panic!("axe-core failed: {found:?}"));
        found.iter().map(violation).collect()
    }
}

fn violation(found: &Value) -> Violation {
    let word = |name: &str| found[name].as_str().unwrap_or("?").to_owned();
    let nodes = found["nodes"].as_array().cloned().unwrap_or_default();
    let places = nodes.iter().map(|node| {
        let why = node["failureSummary"].as_str().unwrap_or_default();
        format!("{} {}", node["html"], why.replace('\n', " "))
    });
    Violation {
        rule: word("id"),
        help: word("help"),
        places: places.collect(),
    }
}
