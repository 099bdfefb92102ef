//! What a person does to the twins of a register's devices, and to the training store as a whole.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::shutdown::Stage;
use counterpart_hardware::r#virtual::VirtualLineError;
use counterpart_hardware::{TerminalAct, VirtualCounter};
use counterpart_protocol::catalog::Product;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::policies::Operation;

use crate::context::{Context, TrainingStore};
use crate::reference::{self, ReferenceFailed, TakenOver};
use crate::staff::{self, ApprovalFailed, Visitor};

/// The longest code the virtual scanner is given: what a QR code of version 20 holds.
const CODE_MAX: usize = 1_061;
/// Products that are offered to be scanned with one press.
const OFFERED: u32 = 12;
/// What the next customer at the terminal can do, with the word of the form.
pub(super) const ACTS: [(TerminalAct, &str); 4] = [
    (TerminalAct::Approve, "pays"),
    (TerminalAct::Decline, "declined"),
    (TerminalAct::Cancel, "cancels"),
    (TerminalAct::TimeOut, "walks-away"),
];

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrainingRefused {
    /// This is the shop itself.
    #[error("this is the shop and no training store: its devices are real")]
    NotHere,
    /// There is no such register.
    #[error("the training store has no register {0}")]
    NoRegister(RegisterId),
    /// The code is empty or too long.
    #[error("type the code that is to be scanned: 1 to {CODE_MAX} characters")]
    NoCode,
    /// The scanner could not send it.
    #[error("the virtual scanner did not send it: {0}")]
    Scanner(#[from] VirtualLineError),
    /// No such thing can be done to a twin.
    #[error("'{0}' is nothing this device can do")]
    NotAChoice(String),
    /// The person may not let the training store begin anew.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
    /// What the shop has could not be taken over.
    #[error("could not take over what the shop sells")]
    Reference(#[from] ReferenceFailed),
}

impl ToProblem for TrainingRefused {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::NotHere | Self::NoRegister(_) => Problem::not_found(sentence),
            Self::NoCode => Problem::refused("no_code", sentence),
            Self::Scanner(_) => Problem::failed("scanner_away", sentence),
            Self::NotAChoice(_) => Problem::unreadable(sentence),
            Self::NotApproved(failed) => failed.to_problem(),
            Self::Reference(_) => Problem::failed("not_taken_over", sentence),
        }
    }
}

/// Returns the topic that is published when a twin of a register's devices shows something else.
pub(super) fn topic(register: RegisterId) -> String {
    format!("twins/{register}")
}

/// Tells the open pages when a twin shows something else, until the stage stops.
pub(crate) fn watch_twins(ctx: &Context, stage: &Stage) {
    let Some(store) = ctx.training() else { return };
    for (id, counter) in &store.twins {
        let twins = [
            counter.printer().changes(),
            counter.display().changes(),
            counter.labels().changes(),
            counter.terminal().changes(),
        ];
        for mut changes in twins {
            let (live, topic, stop) = (ctx.live().clone(), topic(*id), stage.token());
            stage.spawn(format!("twins of register {id}"), async move {
                while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
                    live.publish(topic.clone());
                }
            });
        }
    }
}

/// Returns the training store, and the twins of a register of it.
///
/// # Errors
///
/// [`TrainingRefused::NotHere`], [`TrainingRefused::NoRegister`].
pub(super) fn twins_of(
    ctx: &Context,
    register: RegisterId,
) -> Result<(&TrainingStore, &VirtualCounter), TrainingRefused> {
    let store = ctx.training().ok_or(TrainingRefused::NotHere)?;
    let counter = store.twins.get(&register);
    let counter = counter.ok_or(TrainingRefused::NoRegister(register))?;
    Ok((store, counter))
}

/// Returns what is offered to be scanned: a product of each department.
///
/// # Errors
///
/// Those of the database.
pub(super) fn offered(tx: &mut Tx) -> Result<Vec<Product>, DbError> {
    reference::first_of_each_department(tx, OFFERED)
}

/// Scans a code with a register's virtual scanner.
///
/// # Errors
///
/// [`TrainingRefused`].
pub(super) async fn scan(
    ctx: &Context,
    register: RegisterId,
    code: &str,
) -> Result<(), TrainingRefused> {
    let (_, counter) = twins_of(ctx, register)?;
    let code = code.trim();
    if !(1..=CODE_MAX).contains(&code.len()) {
        return Err(TrainingRefused::NoCode);
    }
    Ok(counter.scanner().scan(code.as_bytes()).await?)
}

/// Does something to a register's twins by the word a form sends.
///
/// # Errors
///
/// [`TrainingRefused`].
pub(super) fn handle(
    ctx: &Context,
    register: RegisterId,
    does: &str,
) -> Result<(), TrainingRefused> {
    let (_, counter) = twins_of(ctx, register)?;
    if let Some(grams) = does.strip_prefix("weigh-") {
        let grams = grams.parse::<i64>().ok();
        let grams = grams.filter(|grams| (0..=20_000).contains(grams));
        let grams = grams.ok_or_else(|| TrainingRefused::NotAChoice(does.to_owned()))?;
        counter.scale().put(grams);
    } else if let Some((act, _)) = ACTS.iter().find(|(_, word)| *word == does) {
        counter.terminal().then(*act);
    } else {
        match does {
            "close-drawer" => counter.printer().close_drawer(),
            "throw-away" => counter.printer().forget_receipts(),
            _ => return Err(TrainingRefused::NotAChoice(does.to_owned())),
        }
    }
    ctx.live().publish(topic(register));
    Ok(())
}

/// Takes over anew what the shop sells, at which prices, and who works there.
///
/// # Errors
///
/// [`TrainingRefused`].
pub(super) async fn refresh(ctx: &Context) -> Result<TakenOver, TrainingRefused> {
    let store = ctx.training().ok_or(TrainingRefused::NotHere)?;
    Ok(reference::take_over(&store.shop, ctx).await?)
}

/// Lets the training store begin anew: everything done in it is gone.
///
/// # Errors
///
/// [`TrainingRefused::NotApproved`].
pub(super) async fn begin_anew(ctx: &Context, visitor: &Visitor) -> Result<(), TrainingRefused> {
    let store = ctx.training().ok_or(TrainingRefused::NotHere)?;
    let person = visitor.latest();
    staff::permit(ctx, person, Operation::TrainingAnew).await?;
    tracing::info!(staff.id = %person.staff_id, "training begins anew");
    store.begins_anew.notify_one();
    Ok(())
}
