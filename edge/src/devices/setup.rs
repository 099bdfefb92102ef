//! What stands at a counter beside scanner and printer, as the installer wrote it down.

use counterpart_hardware::{
    DisplayConfig, LabelConfig, NexoTerminalConfig, ScaleConfig, ScannerConfig,
};

/// What stands at a counter beside scanner and printer.
#[derive(Debug, Clone, Default)]
pub struct CounterSetup {
    /// A second scanner beside the first: the one to carry to what does not fit on the counter.
    pub hand_scanner: Option<ScannerConfig>,
    /// Its scale.
    pub scale: Option<ScaleConfig>,
    /// Its customer display.
    pub display: Option<DisplayConfig>,
    /// Its label printer.
    pub label_printer: Option<LabelConfig>,
    /// What its label printer prints by itself.
    pub labels: LabelUses,
    /// Its payment terminal.
    pub terminal: Option<NexoTerminalConfig>,
}

/// A label that a workflow prints by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelUse {
    /// One for each carton that leaves for another store.
    Cartons,
    /// One for the bag of an order that is staged.
    Pickups,
}

/// What a label printer prints by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelUses {
    /// One for each carton that leaves for another store.
    pub cartons: bool,
    /// One for the bag of an order that is staged.
    pub pickups: bool,
}

impl LabelUses {
    /// Returns whether it prints such labels.
    #[must_use]
    pub const fn has(self, one: LabelUse) -> bool {
        match one {
            LabelUse::Cartons => self.cartons,
            LabelUse::Pickups => self.pickups,
        }
    }
}

/// All of them: who buys a label printer wants labels.
impl Default for LabelUses {
    fn default() -> Self {
        Self {
            cartons: true,
            pickups: true,
        }
    }
}

impl CounterSetup {
    /// Returns what each device is for and where it is, as an installer wrote it.
    #[must_use]
    pub fn addresses(&self) -> Vec<(&'static str, String)> {
        let hand = self.hand_scanner.as_ref();
        let hand = hand.map(|one| ("hand scanner", one.address.to_string()));
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
        [hand, scale, display, labels, terminal]
            .into_iter()
            .flatten()
            .collect()
    }
}
