//! What stands at a register, as the installer wrote it down.

use std::sync::Arc;

use counterpart_hardware::{
    DisplayConfig, DisplayText, LabelConfig, NexoTerminalConfig, PrinterConfig, Profile,
    ScaleConfig, ScannerConfig, SensorLevel, VirtualCounter,
};
use counterpart_protocol::ids::RegisterId;

/// A till position and its devices, as the installer wrote them down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterSetup {
    /// Its number within the store, from 1.
    pub id: RegisterId,
    /// What people call it.
    pub name: String,
    /// Its scanner, if the edge reads one for it.
    pub scanner: Option<ScannerConfig>,
    /// Its receipt printer, if it has one; the drawer hangs on it.
    pub printer: Option<PrinterConfig>,
    /// What else stands at its counter.
    pub counter: CounterSetup,
}

impl RegisterSetup {
    /// Returns a till position at which every device is the twin of one: for the demo and for
    /// training.
    #[must_use]
    pub fn with_twins(id: RegisterId, name: String, counter: &VirtualCounter) -> Self {
        let mut printer = PrinterConfig::new(counter.printer_address(), Profile::epson_80mm());
        printer.drawer.open_level = Some(SensorLevel::High);
        Self {
            id,
            name,
            scanner: Some(ScannerConfig::new(counter.scanner_address())),
            printer: Some(printer),
            counter: CounterSetup {
                hand_scanner: Some(ScannerConfig::new(counter.hand().address())),
                scale: Some(counter.scale_config()),
                display: Some(counter.display_config()),
                label_printer: Some(counter.label_config()),
                terminal: Some(counter.terminal_config(id.0)),
                ..CounterSetup::default()
            },
        }
    }

    /// Returns it with a display that says whose shop it is, where nobody gave it another text.
    #[must_use]
    pub fn named_after(&self, shop: &str) -> Self {
        let mut named = self.clone();
        if let Some(display) = &mut named.counter.display
            && display.idle == DisplayText::default()
        {
            display.idle = DisplayText::new(shop, "");
        }
        named
    }
}

/// Reads the registers' setup once more from where it was read at the start, or says in a sentence
/// what is wrong with it. Clones share it.
#[derive(Clone)]
pub struct SettingsAgain(Arc<dyn Fn() -> Result<Vec<RegisterSetup>, String> + Send + Sync>);

impl SettingsAgain {
    /// Returns what reads by `read`, which may take its time.
    #[must_use]
    pub fn new(
        read: impl Fn() -> Result<Vec<RegisterSetup>, String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }

    /// Reads.
    ///
    /// # Errors
    ///
    /// A sentence of what is wrong with the settings.
    pub fn read(&self) -> Result<Vec<RegisterSetup>, String> {
        (self.0)()
    }
}

/// What stands at a counter beside scanner and printer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
