//! Pressing keys as the browser's own DevTools do, with the time each one was pressed: a keyboard
//! wedge is known by its timing, so the timing is part of what is typed.
//!
//! It knows the keys the pages name, not a whole keyboard.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// A DevTools command, sent through chromedriver.
#[derive(Debug)]
pub(super) struct DevTools {
    pub(super) command: &'static str,
    pub(super) with: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session.expect("a window has a session");
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.with });
        (Method::POST, Some(body.to_string()))
    }
}

/// Presses one key: a character, or a name as pages write it in `data-key`, `Alt+2` and `Shift+F9`
/// too.
pub(super) async fn press(client: &Client, key: &str) {
    press_at(client, &Pressed::of(key), None).await;
}

/// Types a text, one key every `gap` from `start` on, and returns when it was done, both since
/// 1970; a carriage return is the Enter key.
pub(super) async fn type_text(
    client: &Client,
    text: &str,
    gap: Duration,
    start: Duration,
) -> Duration {
    let mut at = start;
    for letter in text.chars() {
        let key = match letter {
            '\r' => "Enter".to_owned(),
            other => other.to_string(),
        };
        press_at(client, &Pressed::of(&key), Some(at)).await;
        at += gap;
    }
    at
}

async fn press_at(client: &Client, pressed: &Pressed, at: Option<Duration>) {
    for phase in ["keyDown", "keyUp"] {
        let mut with = json!({
            "type": phase,
            "key": pressed.key,
            "code": pressed.code,
            "windowsVirtualKeyCode": pressed.number,
            "modifiers": pressed.held,
        });
        if let (Some(text), "keyDown") = (&pressed.text, phase) {
            with["text"] = json!(text);
        }
        if let Some(at) = at {
            with["timestamp"] = json!(at.as_secs_f64());
        }
        let command = DevTools {
            command: "Input.dispatchKeyEvent",
            with,
        };
        client
            .issue_cmd(command)
            .await
            .expect("a key can be pressed");
    }
}

/// A key as DevTools want it told.
#[derive(Debug, PartialEq)]
struct Pressed {
    key: String,
    code: String,
    /// Windows' number of the key: what a function key is recognised by.
    number: u32,
    text: Option<String>,
    /// What is held down with it: 1 for Alt, 8 for Shift, as DevTools add them up.
    held: u32,
}

impl Pressed {
    fn of(key: &str) -> Self {
        for (held, name) in [(1, "Alt+"), (8, "Shift+")] {
            if let Some(alone) = key.strip_prefix(name) {
                // A key with Alt types nothing.
                return Self {
                    held,
                    text: None,
                    ..Self::of(alone)
                };
            }
        }
        let named = |code: &str, number| Self {
            key: key.to_owned(),
            code: code.to_owned(),
            number,
            text: None,
            held: 0,
        };
        // Microsoft, "Virtual-Key Codes": F1 is 0x70, digits and letters are their ASCII.
        if let Some(digits) = key.strip_prefix('F')
            && let Ok(which @ 1..=12) = digits.parse::<u32>()
        {
            return named(key, 0x6F + which);
        }
        match key {
            "Enter" => Self {
                text: Some("\r".to_owned()),
                ..named(key, 0x0D)
            },
            "Escape" => named(key, 0x1B),
            "Delete" => named(key, 0x2E),
            "Tab" => named(key, 0x09),
            "Backspace" => named(key, 0x08),
            "ArrowUp" => named(key, 0x26),
            "ArrowDown" => named(key, 0x28),
            _ => Self::character(key),
        }
    }

    fn character(text: &str) -> Self {
        let first = text.chars().next().expect("a key has a name");
        assert_eq!(text.chars().count(), 1, "no key is called {text:?}");
        let upper = first.to_ascii_uppercase();
        let code = match upper {
            '0'..='9' => format!("Digit{upper}"),
            'A'..='Z' => format!("Key{upper}"),
            _ => String::new(),
        };
        let number = if code.is_empty() { 0 } else { u32::from(upper) };
        Self {
            key: text.to_owned(),
            code,
            number,
            text: Some(text.to_owned()),
            held: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pressed;

    #[test]
    fn keys_are_told_as_a_keyboard_would() {
        assert_eq!(Pressed::of("F9").number, 120);
        assert_eq!(Pressed::of("5").code, "Digit5");
        assert_eq!(Pressed::of("a").number, 65);
        assert_eq!(Pressed::of("+").text.as_deref(), Some("+"));
        assert_eq!(Pressed::of("Enter").text.as_deref(), Some("\r"));
        let held = Pressed::of("Alt+2");
        assert_eq!((held.key.as_str(), held.held, held.text), ("2", 1, None));
    }
}
