//! Tries one device and says what came of it.

use counterpart_hardware::printer::Outcome;
use counterpart_hardware::{DisplayText, LabelJob, TerminalHealth, Weight, WeightKind};
use counterpart_paper::{LabelMedia, ShelfLabel};
use counterpart_protocol::ids::RegisterId;

use crate::context::Context;
use crate::devices::{CounterFailed, DeviceRole, WEIGH_LIMIT};

/// A number everybody may print: GS1 gives 952 out for examples.
const SAMPLE_GTIN: &str = "9520123456788";

/// What came of trying a device.
#[derive(Debug)]
pub(super) enum Tried {
    /// The scale has a weight.
    Weighed(Weight),
    /// The display was told to show something.
    Shown,
    /// The label printer was given a label.
    Label(Outcome),
    /// The terminal answered.
    Terminal(TerminalHealth),
    /// It did not work.
    Failed(CounterFailed),
}

/// Tries a device.
pub(super) async fn try_out(ctx: &Context, register: RegisterId, role: DeviceRole) -> Tried {
    let devices = ctx.devices();
    let tried = match role {
        // A scanner is tried by scanning; the page has no button for it.
        DeviceRole::HandScanner => Err(CounterFailed::NoDevice),
        DeviceRole::Scale => devices
            .weigh(register, WEIGH_LIMIT)
            .await
            .map(Tried::Weighed),
        DeviceRole::Display => {
            let text = DisplayText::amount(&ctx.profile().name, "TEST", "12.34");
            devices.show(register, Some(text)).map(|()| Tried::Shown)
        }
        DeviceRole::LabelPrinter => {
            let label = ShelfLabel {
                name: "Test label: Ä ß é Ł ş Ω €".to_owned(),
                price: "12.34".to_owned(),
                note: Some(ctx.profile().name.clone()),
                sku: "TEST".to_owned(),
                gtin: Some(SAMPLE_GTIN.to_owned()),
                ..ShelfLabel::default()
            };
            let label = label
                .label(LabelMedia::SHELF)
                .expect("the sample's number is right");
            let job = LabelJob::of_ours(&label, 1);
            devices.try_label(register, &job).await.map(Tried::Label)
        }
        DeviceRole::Terminal => devices.terminal_health(register).await.map(Tried::Terminal),
    };
    let tried = tried.unwrap_or_else(Tried::Failed);
    let device = role.word();
    tracing::info!(register.id = register.0, device, result = ?tried, "tried a device");
    tried
}

impl Tried {
    /// Returns the key of the sentence that says it, and what stands in it.
    pub(super) fn words(&self) -> (&'static str, String) {
        match self {
            Self::Weighed(weight) => match weight.kind {
                WeightKind::Gross => ("counter-weighed", weight.grams.to_string()),
                WeightKind::Net => ("counter-weighed-net", weight.grams.to_string()),
            },
            Self::Shown => ("counter-shown", String::new()),
            Self::Label(Outcome::Confirmed) => ("counter-label-printed", String::new()),
            Self::Label(Outcome::Unconfirmed(doubt)) => ("counter-label-doubt", doubt.to_string()),
            Self::Label(Outcome::NotStarted(why)) => ("counter-label-not", why.to_string()),
            Self::Terminal(TerminalHealth::Ready) => ("counter-terminal-ready", String::new()),
            Self::Terminal(TerminalHealth::Busy) => ("counter-terminal-busy", String::new()),
            Self::Terminal(TerminalHealth::Maintenance) => {
                ("counter-terminal-maintenance", String::new())
            }
            Self::Terminal(TerminalHealth::Offline) => ("counter-terminal-offline", String::new()),
            Self::Failed(failed) => ("counter-failed", failed.to_string()),
        }
    }

    /// Tells whether it worked.
    pub(super) fn worked(&self) -> bool {
        match self {
            Self::Weighed(_) | Self::Shown | Self::Label(Outcome::Confirmed) => true,
            Self::Terminal(health) => *health == TerminalHealth::Ready,
            Self::Label(Outcome::Unconfirmed(_) | Outcome::NotStarted(_)) | Self::Failed(_) => {
                false
            }
        }
    }
}
