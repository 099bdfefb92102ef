//! One window as a person sees it: what is visible in it, and the hands on its keys.
//!
//! Everything it says about the page it reads from the page; it remembers nothing of its own.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::Theme;
use super::keys::{self, DevTools};
use crate::wait;

/// A browser window of its own, with its own cookies.
pub struct Window {
    pub(super) client: Client,
    /// When the last key was pressed, by the page's clock: keys are told with their times, and what
    /// is typed next must come later, however fast it is sent.
    typed_at: Mutex<Duration>,
    _profile: TempDir,
}

/// The time a person needs between two things they type, in the page's eyes.
const BETWEEN_TEXTS: Duration = Duration::from_millis(700);
/// Between two keys of a person who does not hurry.
const CALM: Duration = Duration::from_millis(180);
/// Between two keys of a scanner that types.
const WEDGE: Duration = Duration::from_millis(8);

impl Window {
    pub(super) fn new(client: Client, profile: TempDir) -> Self {
        Self {
            client,
            typed_at: Mutex::new(Duration::ZERO),
            _profile: profile,
        }
    }

    /// Gives the page this many CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let with = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", with)
            .await;
    }

    /// Lets the page believe that the person prefers light or dark.
    pub async fn prefer(&self, theme: Theme) {
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        // Colours that are still on their way to the theme would be judged as they stand.
        let with = json!({ "features": [
            { "name": "prefers-color-scheme", "value": value },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", with).await;
    }

    /// Opens a page and waits until it is there.
    pub async fn open(&self, url: &str) {
        let opened = self.client.goto(url).await;
        opened.unwrap_or_else(|error| panic!("{url} does not open: {error}"));
    }

    /// Reloads the page, as a person does who thinks it hangs.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("a page can be reloaded");
    }

    /// Waits until the page says that its line to the server is live: its script runs by then. Keys
    /// pressed before that are lost, as on any page.
    ///
    /// # Panics
    ///
    /// When it never says so.
    #[track_caller]
    pub fn is_live(&self) -> impl Future<Output = ()> {
        let live = "#link-edge[data-state=live]";
        let waiting = wait::until_seen(
            "the page to be live",
            || self.count(live),
            |count| *count == 1,
        );
        async move {
            waiting.await;
        }
    }

    /// Returns the address of the page.
    pub async fn url(&self) -> Url {
        let url = self.client.current_url().await;
        url.expect("a window shows some address")
    }

    /// Presses one key, named as in `data-key`: `F9`, `Enter`, `+`, `a`.
    pub async fn press(&self, key: &str) {
        keys::press(&self.client, key).await;
    }

    /// Types a text, key by key, as fast as a calm person.
    pub async fn type_calmly(&self, text: &str) {
        self.type_at(text, CALM).await;
    }

    /// Types a code and Enter as fast as a scanner that pretends to be a keyboard.
    pub async fn wedge(&self, code: &str) {
        self.type_at(&format!("{code}\r"), WEDGE).await;
    }

    async fn type_at(&self, text: &str, gap: Duration) {
        let now = self.page_time().await;
        let start = {
            let last = self.typed_at.lock().expect("nobody panics holding it");
            now.max(*last + BETWEEN_TEXTS)
        };
        let end = keys::type_text(&self.client, text, gap, start).await;
        *self.typed_at.lock().expect("nobody panics holding it") = end;
    }

    /// Clicks the first visible element of a CSS selector, once it is there.
    #[track_caller]
    pub fn click(&self, css: &str) -> impl Future<Output = ()> {
        let script = "const found = [...document.querySelectorAll(arguments[0])]
            .find((each) => each.checkVisibility()); return found ?? null;";
        self.click_found(format!("something to click at {css}"), script, css)
    }

    /// Clicks the visible button or link that says `words`, once it is there.
    #[track_caller]
    pub fn click_on(&self, words: &str) -> impl Future<Output = ()> {
        let script = "const found = [...document.querySelectorAll('button, a, summary, label')]
            .find((each) => each.checkVisibility() && each.textContent.includes(arguments[0]));
            return found ?? null;";
        self.click_found(format!("a button that says {words:?}"), script, words)
    }

    #[track_caller]
    fn click_found(
        &self,
        what: String,
        script: &'static str,
        argument: &str,
    ) -> impl Future<Output = ()> {
        let argument = argument.to_owned();
        wait::until(what, {
            let client = self.client.clone();
            move || {
                let (client, argument) = (client.clone(), argument.clone());
                async move {
                    let found = client.execute(script, vec![json!(argument)]).await.ok()?;
                    let element: fantoccini::elements::Element = from_script(&client, found)?;
                    // A patch may have put another element in its place meanwhile: look again.
                    element.click().await.ok()
                }
            }
        })
    }

    /// Fills a field, over what stood in it.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.client.wait().at_most(wait::PATIENCE);
        let field = field.for_element(Locator::Css(css)).await;
        let field = field.unwrap_or_else(|error| panic!("there is no field {css}: {error}"));
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field takes text");
    }

    /// Puts the cursor into a field.
    pub async fn focus(&self, css: &str) {
        let script = "document.querySelector(arguments[0]).focus(); return true;";
        self.run(script, vec![json!(css)]).await;
    }

    /// Returns what a field holds.
    pub async fn value(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0]).value;";
        let value = self.run(script, vec![json!(css)]).await;
        value.as_str().expect("a field's value is text").to_owned()
    }

    /// Returns what an attribute of the first such element says; empty without it.
    pub async fn attribute(&self, css: &str, name: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1]);";
        let value = self.run(script, vec![json!(css), json!(name)]).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Returns the visible text of the whole page.
    pub async fn text(&self) -> String {
        self.text_of("body").await.unwrap_or_default()
    }

    /// Returns the visible text of the first such element, if it is there and to be seen.
    pub async fn text_of(&self, css: &str) -> Option<String> {
        let script = "const found = [...document.querySelectorAll(arguments[0])]
            .find((each) => each.checkVisibility()); return found ? found.innerText : null;";
        let found = self.run(script, vec![json!(css)]).await;
        found.as_str().map(str::to_owned)
    }

    /// Returns how many such elements there are.
    pub async fn count(&self, css: &str) -> u64 {
        let script = "return document.querySelectorAll(arguments[0]).length;";
        let count = self.run(script, vec![json!(css)]).await;
        count.as_u64().expect("a count is a whole number")
    }

    /// Waits until the page shows `words`, spaces and line breaks being alike.
    ///
    /// # Panics
    ///
    /// When it never does, showing what stands there instead.
    #[track_caller]
    pub fn shows(&self, words: &str) -> impl Future<Output = ()> {
        self.shows_in("body", words)
    }

    /// Waits until the first visible such element shows `words`. A page that still loads shows
    /// nothing yet: its script does not run, and a key pressed then would be lost.
    ///
    /// # Panics
    ///
    /// When it never does, showing what stands there instead.
    #[track_caller]
    pub fn shows_in(&self, css: &str, words: &str) -> impl Future<Output = ()> {
        let what = format!("{words:?} in {css}");
        let wanted = plain(words);
        let waiting = wait::until_seen(
            what,
            || async { (self.text_once_loaded(css).await, self.typed().await) },
            move |(text, _)| {
                text.as_deref()
                    .is_some_and(|text| plain(text).contains(&wanted))
            },
        );
        async move { drop(waiting.await) }
    }

    async fn text_once_loaded(&self, css: &str) -> Option<String> {
        let loaded = "return document.readyState === 'complete';";
        let is_loaded = self.run(loaded, Vec::new()).await == json!(true);
        if is_loaded {
            self.text_of(css).await
        } else {
            None
        }
    }

    /// Waits until the cursor stands in the field that a CSS selector names.
    ///
    /// # Panics
    ///
    /// When it never does, showing where it stands instead.
    #[track_caller]
    pub fn has_cursor_in(&self, css: &str) -> impl Future<Output = ()> {
        let css = json!(css);
        let waiting = wait::until_seen(
            format!("the cursor in {css}"),
            move || {
                let script = "return document.activeElement?.matches(arguments[0]) ?? false;";
                let there = self.run(script, vec![css.clone()]);
                async { (there.await, self.typed().await) }
            },
            |(there, _)| *there == json!(true),
        );
        async move { drop(waiting.await) }
    }

    /// Returns where the cursor is and what stands in the fields: what a text does not show.
    async fn typed(&self) -> Value {
        let script = "const fields = [...document.querySelectorAll('input:not([type=hidden])')];
            const typed = fields.filter((field) => field.value && field.type !== 'radio')
                .map((field) => [field.name, field.value]);
            const { localName, id } = document.activeElement ?? document.body;
            return { cursor: localName + (id && '#' + id), fields: Object.fromEntries(typed) };";
        self.run(script, Vec::new()).await
    }

    /// Runs a script in the page and returns its answer.
    ///
    /// # Panics
    ///
    /// When the script fails.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client.execute(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("the script {script:?} failed: {error}"))
    }

    /// Returns the errors the page has logged since the last look: failed scripts, what the content
    /// policy stopped, answers that were no success.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(PageLog).await;
        let entries = entries.expect("the page's log can be read");
        let entries = entries.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].to_string()).collect()
    }

    /// Keeps a picture of the page.
    pub async fn picture(&self, to: &Path) {
        let png = self
            .client
            .screenshot()
            .await
            .expect("a page has a picture");
        std::fs::write(to, png).expect("a picture can be kept");
    }

    pub(super) async fn devtools(&self, command: &'static str, with: Value) {
        let done = self.client.issue_cmd(DevTools { command, with }).await;
        done.unwrap_or_else(|error| panic!("{command} failed: {error}"));
    }

    /// The page's own clock since 1970: what key presses are told in.
    async fn page_time(&self) -> Duration {
        let script = "return Math.round(performance.timeOrigin + performance.now());";
        let now_ms = self.run(script, Vec::new()).await;
        Duration::from_millis(now_ms.as_u64().expect("a time is a whole number"))
    }
}

/// Returns a text with every run of white space as one space.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn from_script(client: &Client, found: Value) -> Option<fantoccini::elements::Element> {
    let id = found.as_object()?.values().next()?.as_str()?.to_owned();
    Some(fantoccini::elements::Element::from_element_id(
        client.clone(),
        id.into(),
    ))
}

/// Chromedriver's own command for the log of a page.
#[derive(Debug)]
struct PageLog;

impl WebDriverCompatibleCommand for PageLog {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session.expect("a window has a session");
        base.join(&format!("session/{session}/se/log"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}
