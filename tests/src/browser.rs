//! A real browser: Chromium without a screen, driven through chromedriver.
//!
//! It looks and presses as a person does: at what is visible, with keys and clicks. It knows no
//! page; the journeys do. A machine without the browser fails the journey, it does not skip it.

mod axe;
mod driver;
mod fingers;
mod keys;
mod window;

pub use axe::Violation;
pub use driver::{Browser, Theme};
pub use fingers::Hands;
pub use window::Window;
