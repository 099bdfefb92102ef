//! Starting chromedriver and the browsers it drives, and leaving none of them behind.
//!
//! What is done inside a window is `window.rs`' business.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use super::Window;

/// Whether pages are drawn for day or night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
}

/// How often chromedriver is started before a test gives up.
const STARTS_MAX: u32 = 5;

/// A running chromedriver. Its browsers end with it: they hang on pipes it holds.
pub struct Browser {
    driver: Child,
    address: String,
    profiles: TempDir,
}

impl Browser {
    /// Starts chromedriver on a free port.
    ///
    /// It takes a port of one family of addresses and then the same of the other, and ends when
    /// somebody has taken that one in between: it is started again then.
    ///
    /// # Panics
    ///
    /// When it is not installed or never starts; `tests/run` installs it.
    #[must_use]
    pub fn start() -> Self {
        for _ in 0..STARTS_MAX {
            let mut driver = Command::new("chromedriver")
                .args(["--port=0", "--log-level=WARNING"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("chromedriver is installed: `bash tests/run` does that");
            let told = driver.stdout.take().expect("its output is a pipe");
            if let Some(port) = port_told(BufReader::new(told)) {
                return Self {
                    driver,
                    address: format!("http://127.0.0.1:{port}"),
                    profiles: TempDir::new().expect("a temporary folder can be made"),
                };
            }
            driver.wait().expect("a program that ended can be seen off");
        }
        panic!("chromedriver ended {STARTS_MAX} times before it told its port");
    }

    /// Opens a browser of its own, with nothing remembered, whose page has this many CSS pixels.
    ///
    /// # Panics
    ///
    /// When Chromium does not start.
    pub async fn window(&self, (width, height): (u32, u32)) -> Window {
        let profile = TempDir::new_in(self.profiles.path()).expect("a profile folder can be made");
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-extensions",
            "--disable-sync",
            // Chromium ends when the driver's end of the pipe is gone, however that came about.
            "--remote-debugging-pipe",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            // Two windows lie over each other; the one below must go on like the one above.
            "--disable-backgrounding-occluded-windows",
            "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding",
            "--autoplay-policy=no-user-gesture-required",
        ];
        let mut args: Vec<String> = args.map(str::to_owned).to_vec();
        args.push(format!("--window-size={width},{height}"));
        args.push(format!("--user-data-dir={}", profile.path().display()));
        let mut wanted = Capabilities::new();
        wanted.insert("browserName".to_owned(), json!("chrome"));
        wanted.insert("goog:chromeOptions".to_owned(), json!({ "args": args }));
        wanted.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&self.address)
            .await
            .expect("chromium starts: `bash tests/run` installs it");
        let window = Window::new(client, profile);
        window.resize(width, height).await;
        window
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself, and then there is nothing left to end.
        let _gone = self.driver.kill();
        let _gone = self.driver.wait();
    }
}

/// Reads the port from the one line that tells it, and goes on reading, so that nothing the driver
/// writes later finds a closed pipe; nothing when it ends before.
fn port_told(mut output: impl BufRead + Send + 'static) -> Option<u16> {
    let mut line = String::new();
    loop {
        line.clear();
        let read = output.read_line(&mut line).expect("its output is text");
        if read == 0 {
            return None;
        }
        let Some(rest) = line.split("started successfully on port ").nth(1) else {
            continue;
        };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let port = digits.parse().expect("a port is a number below 65536");
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        return Some(port);
    }
}
