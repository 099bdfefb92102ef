//! What stands at a counter beside scanner and printer, as the installer wrote it down.

use counterpart_hardware::{DisplayConfig, LabelConfig, NexoTerminalConfig, ScaleConfig};

/// What stands at a counter beside scanner and printer.
#[derive(Debug, Clone, Default)]
pub struct CounterSetup {
    /// Its scale.
    pub scale: Option<ScaleConfig>,
    /// Its customer display.
    pub display: Option<DisplayConfig>,
    /// Its label printer.
    pub label_printer: Option<LabelConfig>,
    /// Its payment terminal.
    pub terminal: Option<NexoTerminalConfig>,
}

impl CounterSetup {
    /// Returns what each device is for and where it is, as an installer wrote it.
    #[must_use]
    pub fn addresses(&self) -> Vec<(&'static str, String)> {
        let scale = self
            .scale
            .as_ref()
            .map(|one| ("scale", one.address.to_string()));
        let display = self
            .display
            .as_ref()
            .map(|one| ("display", one.address.to_string()));
        let labels = self.label_printer.as_ref();
        let labels = labels.map(|one| ("label printer", one.address.to_string()));
        let terminal = self
            .terminal
            .as_ref()
            .map(|one| ("terminal", one.address.to_string()));
        [scale, display, labels, terminal]
            .into_iter()
            .flatten()
            .collect()
    }
}
