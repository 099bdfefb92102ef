//! Tries one device and says what came of it, and sets devices up as the settings say now.

pub(super) mod papers;

use std::collections::BTreeMap;
use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_hardware::printer::Outcome;
use counterpart_hardware::{DisplayText, LabelJob, TerminalHealth, Weight, WeightKind, test_page};
use counterpart_paper::{LabelMedia, ShelfLabel};
use counterpart_protocol::ids::{PrintJobId, RegisterId};

use crate::context::Context;
use crate::devices::{
    CounterFailed, DeviceRole, NewPrintJob, PrintJob, PrintKind, PrintState, SetUpRefused,
    WEIGH_LIMIT, print_job,
};
use crate::facing;

/// A number everybody may print: GS1 gives 952 out for examples.
const SAMPLE_GTIN: &str = "9520123456788";

/// How long the word on a test page is waited for: the page in the browser waits three seconds for
/// an answer. What comes of it later stands on the status page, as for every paper.
const PAGE_LIMIT: Duration = Duration::from_secs(2);

/// Why the settings were not taken over; the devices are as they were.
#[derive(Debug, thiserror::Error)]
pub enum NotSetUp {
    /// They were not read from a file.
    #[error("this store server was not started with a file of settings")]
    NoFile,
    /// What stands in them cannot be used.
    #[error("could not use the settings: {0}")]
    Settings(String),
    /// The devices were not set up.
    #[error(transparent)]
    Refused(#[from] SetUpRefused),
}

/// Reads the settings once more and sets up the devices of each register for which they say
/// something else now; returns those registers.
///
/// # Errors
///
/// [`NotSetUp`], in a sentence to act on.
pub async fn set_up(ctx: &Context) -> Result<Vec<RegisterId>, NotSetUp> {
    let settings = ctx.settings().ok_or(NotSetUp::NoFile)?.clone();
    let read = tokio::task::spawn_blocking(move || settings.read()).await;
    let read = read.map_err(|panic| NotSetUp::Settings(panic.to_string()))?;
    let registers = read.map_err(NotSetUp::Settings)?;
    let shop = ctx.profile().name.clone();
    let registers = registers.iter().map(|one| one.named_after(&shop));
    let registers: Vec<_> = registers.collect();
    Ok(ctx.devices().set_up(&registers).await?)
}

/// How many screens show each register's sale to customers.
pub(super) type Facing = BTreeMap<RegisterId, u32>;

/// Counts the screens that face customers.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn screens(ctx: &Context) -> Result<Facing, DbError> {
    let registers: Vec<RegisterId> = ctx.registers().iter().map(|one| one.id).collect();
    let read = move |tx: &mut Tx| {
        let counted = registers
            .into_iter()
            .map(|id| Ok((id, facing::screens(tx, id)?)));
        counted.collect()
    };
    ctx.db().read(read).await
}

/// What came of trying a device.
#[derive(Debug)]
pub(super) enum Tried {
    /// The scale has a weight.
    Weighed(Weight),
    /// The display was told to show something.
    Shown,
    /// The receipt printer's queue was given a page, and came so far with it.
    Page(PrintJob),
    /// The label printer was given a label.
    Label(Outcome),
    /// The terminal answered.
    Terminal(TerminalHealth),
    /// Devices were set up anew at these registers, or at none.
    SetUp(Vec<RegisterId>),
    /// They were not.
    NotSetUp(NotSetUp),
    /// It did not work.
    Failed(CounterFailed),
}

/// Has the receipt printer of a register print a test page, behind what waits there, and says how
/// far it came: it goes the way of every receipt, so it also tries that.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn try_printer(ctx: &Context, register: RegisterId) -> Result<Tried, DbError> {
    let page = test_page(&ctx.profile().name).expect("the page's codes can be drawn");
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    let devices = ctx.devices().clone();
    let mut changes = devices.changes();
    let put = move |tx: &mut _| {
        let job = NewPrintJob {
            job_id,
            register,
            kind: PrintKind::Report,
            sale_id: None,
            document: &page,
            open_drawer: None,
        };
        devices.queue_print(tx, &job)
    };
    ctx.db().write(put).await?;
    let told = async {
        loop {
            changes.mark_unchanged();
            let job = ctx.db().read(move |tx| print_job(tx, job_id)).await?;
            match job {
                None => return Ok(Tried::Failed(CounterFailed::NoDevice)),
                Some(job) if is_over(&job) => return Ok(Tried::Page(job)),
                Some(_) => {}
            }
            if changes.changed().await.is_err() {
                return Ok(Tried::Failed(CounterFailed::NoDevice));
            }
        }
    };
    if let Ok(told) = tokio::time::timeout(PAGE_LIMIT, told).await {
        return told;
    }
    let job = ctx.db().read(move |tx| print_job(tx, job_id)).await?;
    Ok(job.map_or(Tried::Failed(CounterFailed::NoDevice), Tried::Page))
}

/// Tells whether a person need not wait longer for the word on a job.
fn is_over(job: &PrintJob) -> bool {
    match job.state {
        PrintState::Queued => job.reason.is_some(),
        // A printer that took the page may yet say that it is printed.
        PrintState::Sending | PrintState::Sent => false,
        PrintState::Confirmed | PrintState::Uncertain | PrintState::Failed => true,
    }
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
            Self::Page(job) => match job.state {
                PrintState::Confirmed => ("counter-page-printed", String::new()),
                PrintState::Sent => ("counter-page-sent", String::new()),
                PrintState::Queued
                | PrintState::Sending
                | PrintState::Uncertain
                | PrintState::Failed => {
                    let why = job.reason.clone().unwrap_or_else(|| job.sentence());
                    ("counter-page-not", why)
                }
            },
            Self::Label(Outcome::Confirmed) => ("counter-label-printed", String::new()),
            Self::Label(Outcome::Unconfirmed(doubt)) => ("counter-label-doubt", doubt.to_string()),
            Self::Label(Outcome::NotStarted(why)) => ("counter-label-not", why.to_string()),
            Self::Terminal(TerminalHealth::Ready) => ("counter-terminal-ready", String::new()),
            Self::Terminal(TerminalHealth::Busy) => ("counter-terminal-busy", String::new()),
            Self::Terminal(TerminalHealth::Maintenance) => {
                ("counter-terminal-maintenance", String::new())
            }
            Self::Terminal(TerminalHealth::Offline) => ("counter-terminal-offline", String::new()),
            Self::SetUp(registers) if registers.is_empty() => {
                ("counter-set-up-same", String::new())
            }
            Self::SetUp(registers) => {
                let registers: Vec<String> = registers.iter().map(ToString::to_string).collect();
                ("counter-set-up", registers.join(", "))
            }
            Self::NotSetUp(why) => ("counter-failed", why.to_string()),
            Self::Failed(failed) => ("counter-failed", failed.to_string()),
        }
    }

    /// Tells whether it worked.
    pub(super) fn worked(&self) -> bool {
        match self {
            Self::Weighed(_) | Self::Shown | Self::SetUp(_) | Self::Label(Outcome::Confirmed) => {
                true
            }
            Self::Page(job) => matches!(job.state, PrintState::Sent | PrintState::Confirmed),
            Self::Terminal(health) => *health == TerminalHealth::Ready,
            Self::Label(Outcome::Unconfirmed(_) | Outcome::NotStarted(_))
            | Self::NotSetUp(_)
            | Self::Failed(_) => false,
        }
    }
}
