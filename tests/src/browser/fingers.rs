//! A finger on the screen: taps that a page sees as touches, and a watch that nothing else was
//! used, or that only keys were.
//!
//! It waits until what it wants to touch lies still and uncovered, as a person does; it never
//! reaches through what lies over it.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::actions::{InputSource, PointerAction, TouchActions};
use serde_json::{Value, json};

use super::Window;
use crate::wait;

/// What a person works a page with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// Keys alone; a scanner comes on a line of its own.
    Keys,
    /// Fingers alone.
    Fingers,
}

impl Hands {
    /// A script that lets the page log an error about everything else it is worked with.
    fn watch(self) -> String {
        let refused = match self {
            Self::Keys => "event.type !== 'keydown'",
            Self::Fingers => "event.type === 'keydown' || event.pointerType !== 'touch'",
        };
        format!(
            "for (const type of ['pointerdown', 'keydown']) addEventListener(type, (event) => {{
                if (event.isTrusted && ({refused})) console.error('{self:?}:', event.type,
                    event.pointerType ?? event.key, location.pathname);
            }}, {{ capture: true }});"
        )
    }
}

/// Finds where a finger would touch: the middle of what was found, moved into view if something
/// lies over it, once it has not moved for two frames.
const SPOT: &str = "const [argument, done] = arguments;
    const found = find(argument);
    if (!found || document.readyState !== 'complete') { done(null); return; }
    const middle = () => {
        const { x, y, width, height } = found.getBoundingClientRect();
        return [x + width / 2, y + height / 2];
    };
    const isFree = () => found.contains(document.elementFromPoint(...middle()));
    if (!isFree()) found.scrollIntoView({ block: 'center', behavior: 'instant' });
    const [x, y] = middle();
    requestAnimationFrame(() => requestAnimationFrame(() => {
        const [nowX, nowY] = middle();
        done(nowX === x && nowY === y && isFree() ? [x, y] : null);
    }));";

impl Window {
    /// Lets the page believe that its screen is touched.
    pub async fn be_touched(&self) {
        let with = json!({ "enabled": true, "maxTouchPoints": 5 });
        self.devtools("Emulation.setTouchEmulationEnabled", with)
            .await;
    }

    /// Lets every page from the next one on complain when it is worked with anything else.
    pub async fn only_by(&self, hands: Hands) {
        let with = json!({ "source": hands.watch() });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", with)
            .await;
    }

    /// Touches the first visible element of a CSS selector, once it is there and lies still.
    #[track_caller]
    pub fn tap(&self, css: &str) -> impl Future<Output = ()> {
        let find = "const find = (css) => [...document.querySelectorAll(css)]
            .find((each) => each.checkVisibility());";
        self.tap_found(format!("something to touch at {css}"), find, css)
    }

    /// Touches the visible button or link that says `words`, once it is there and lies still.
    #[track_caller]
    pub fn tap_on(&self, words: &str) -> impl Future<Output = ()> {
        let find = "const find = (words) => [...document.querySelectorAll('button, a, label')]
            .find((each) => each.checkVisibility() && each.textContent.includes(words));";
        self.tap_found(format!("a button that says {words:?}"), find, words)
    }

    #[track_caller]
    fn tap_found(&self, what: String, find: &str, argument: &str) -> impl Future<Output = ()> {
        let script = format!("{find}\n{SPOT}");
        let argument = json!(argument);
        let client = self.client.clone();
        let spot = wait::until(what, {
            let client = client.clone();
            move || spot(client.clone(), script.clone(), argument.clone())
        });
        async move {
            let (x, y) = spot.await;
            let there = PointerAction::MoveTo {
                duration: Some(Duration::ZERO),
                x,
                y,
            };
            // Both at once: a finger that stays down is another gesture.
            let tap = TouchActions::new("finger".to_owned())
                .then(there)
                .then(PointerAction::Down { button: 0 })
                .then(PointerAction::Up { button: 0 });
            let touched = client.perform_actions(tap).await;
            touched.expect("a screen can be touched");
        }
    }
}

async fn spot(client: Client, script: String, argument: Value) -> Option<(f64, f64)> {
    // A page that is being left answers nothing: look again at the next one.
    let found = client.execute_async(&script, vec![argument]).await.ok()?;
    Some((found.get(0)?.as_f64()?, found.get(1)?.as_f64()?))
}
