//! What is said about devices and print jobs, to a person in a shop who can do something about it.
//!
//! It decides nothing; each sentence says what is the matter, that selling goes on, or what to do.

use counterpart_hardware::{DeviceState, Doubt, KickOutcome, Obstacle, Trouble};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::sales::Settlement;

use super::DeviceRole;
use super::job::{PrintJob, PrintKind, PrintState};
use super::status::{DeviceHealth, DeviceStatus, Moment};

/// Why a job is uncertain that was on its way when the program ended.
pub(super) const INTERRUPTED: &str = "the store server stopped while it was printing";

pub(super) fn no_printer(register: RegisterId) -> String {
    format!("register {register} has no printer: show the receipt on the screen")
}

pub(super) fn no_label_printer(register: RegisterId) -> String {
    format!("register {register} has no label printer: print it at another register")
}

pub(super) fn no_drawer(register: RegisterId) -> String {
    format!("register {register} has no printer to open the drawer by: open it with its key")
}

/// Why a job is not known to be on paper.
pub(super) fn of_doubt(doubt: Doubt) -> String {
    doubt.to_string()
}

/// Why a job waits.
pub(super) fn of_obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::NotReady(troubles) => troubles
            .iter()
            .copied()
            .find(|trouble| trouble.stops_printing())
            .map_or_else(
                || obstacle.to_string(),
                |trouble| help(trouble).0.to_owned(),
            ),
        Obstacle::Unreachable(_) => "the printer cannot be reached: check that it is switched on \
             and its cable is in"
            .to_owned(),
        Obstacle::Silent => "the printer does not answer: switch it off and on".to_owned(),
        Obstacle::Closed => "the store server is stopping".to_owned(),
        Obstacle::Unfit(_) => obstacle.to_string(),
    }
}

/// Why a job is no longer tried.
pub(super) fn gave_up(obstacle: &Obstacle) -> String {
    format!(
        "it waited half an hour and {}; nothing came out",
        of_obstacle(obstacle)
    )
}

/// Where a job stands, and what to do.
pub(super) fn of_job(job: &PrintJob) -> String {
    let what = match job.kind {
        PrintKind::Receipt => "The receipt",
        PrintKind::Copy => "The copy",
        PrintKind::Invoice => "The invoice",
        PrintKind::StoredCard => "The paper of a gift card or credit",
        PrintKind::Report => "The report",
        PrintKind::Label => "The label",
        PrintKind::CarrierLabel => "The carrier's label",
    };
    let what = match &job.about {
        Some(about) => format!("{what} “{about}”"),
        None => what.to_owned(),
    };
    let why = job.reason.as_deref().unwrap_or("no reason is known");
    match (job.state, job.settlement) {
        (PrintState::Queued, _) => match &job.reason {
            Some(reason) => format!("{what} waits: {reason}. It then prints by itself."),
            None => format!("{what} is next at the printer."),
        },
        (PrintState::Sending | PrintState::Sent, _) if job.state == PrintState::Sending => {
            format!("{what} is being printed.")
        }
        (PrintState::Sending | PrintState::Sent, _) => {
            format!("{what} was taken by the printer.")
        }
        (PrintState::Confirmed, _) => format!("{what} is printed."),
        (PrintState::Uncertain, Some(Settlement::Printed)) => {
            format!("{what} came out, as somebody saw.")
        }
        (PrintState::Uncertain, Some(Settlement::Reprinted)) if job.kind.is_label() => {
            format!("{what} did not come out whole and was printed again.")
        }
        (PrintState::Uncertain, Some(Settlement::Reprinted)) => {
            format!("{what} did not come out whole; a copy was printed instead.")
        }
        (PrintState::Uncertain, Some(Settlement::Abandoned)) => {
            format!("{what} did not come out whole, and nobody needed it.")
        }
        (PrintState::Uncertain, None) => {
            format!("{what} may not have come out: {why}. Look at the paper and say what is there.")
        }
        (PrintState::Failed, _) => format!("{what} was not printed: {why}."),
    }
}

/// What became of a drawer's opening.
pub(super) fn of_kick(outcome: &KickOutcome) -> String {
    match outcome {
        KickOutcome::Opened => "it opened".to_owned(),
        KickOutcome::Sent => "it was told to open".to_owned(),
        KickOutcome::StillClosed => {
            "it stayed shut: look whether it is locked with its key".to_owned()
        }
        KickOutcome::Expired => {
            "it stayed shut: its printer was busy for ten seconds; use the key".to_owned()
        }
        KickOutcome::NotSent(obstacle) => {
            format!("it stayed shut: {}; use the key", of_obstacle(obstacle))
        }
    }
}

pub(super) fn no_scanner() -> DeviceStatus {
    status(DeviceHealth::None, "No scanner set up", None)
}

pub(super) fn printer_missing() -> DeviceStatus {
    status(DeviceHealth::None, "No printer set up", None)
}

pub(super) fn of_drawer(open: bool) -> DeviceStatus {
    let word = if open { "Drawer open" } else { "Drawer shut" };
    status(DeviceHealth::Ready, word, None)
}

pub(super) fn of_scanner(state: &DeviceState) -> DeviceStatus {
    let plug = "Plug the scanner in, or type the number below the bars; it is taken up by itself.";
    match state {
        DeviceState::Ready => status(DeviceHealth::Ready, "Scanner ready", None),
        DeviceState::Absent => status(DeviceHealth::Stopped, "Scanner not connected", Some(plug)),
        DeviceState::Present | DeviceState::Claimed => {
            status(DeviceHealth::Soon, "Scanner connecting", None)
        }
        DeviceState::Degraded(_) => status(
            DeviceHealth::Soon,
            "Scanner misreads",
            Some(
                "Wipe the scanner's window and the code; if that does not help, change its cable.",
            ),
        ),
        DeviceState::Faulted(why) => DeviceStatus {
            health: DeviceHealth::Stopped,
            word: "Scanner cannot be opened".to_owned(),
            todo: Some(format!(
                "Type the numbers meanwhile, and tell whoever looks after the till: {why}."
            )),
        },
        DeviceState::Disabled => status(DeviceHealth::None, "Scanner switched off", None),
    }
}

pub(super) fn of_printer(moment: &Moment) -> DeviceStatus {
    if let Some(trouble) = moment.waits_for {
        let (_, word, todo) = described(trouble);
        return DeviceStatus {
            health: DeviceHealth::Stopped,
            word: format!("Printer waits: {word}"),
            todo: Some(format!("{todo} The receipt in it then goes on by itself.")),
        };
    }
    match &moment.state {
        DeviceState::Ready => status(DeviceHealth::Ready, "Printer ready", None),
        DeviceState::Absent => status(
            DeviceHealth::Stopped,
            "Printer not reached",
            Some("Switch it on and check its cable. Selling goes on; receipts wait for it."),
        ),
        DeviceState::Present | DeviceState::Claimed => {
            status(DeviceHealth::Soon, "Printer starting", None)
        }
        DeviceState::Degraded(troubles) => match troubles.first() {
            Some(trouble) => {
                let (health, word, todo) = described(*trouble);
                DeviceStatus {
                    health,
                    word: format!("Printer: {word}"),
                    todo: Some(todo.to_owned()),
                }
            }
            None => status(DeviceHealth::Ready, "Printer ready", None),
        },
        DeviceState::Faulted(why) => DeviceStatus {
            health: DeviceHealth::Stopped,
            word: "Printer cannot be used".to_owned(),
            todo: Some(format!(
                "Selling goes on without paper; tell whoever looks after the till: {why}."
            )),
        },
        DeviceState::Disabled => status(DeviceHealth::None, "Printer switched off", None),
    }
}

/// Returns how a device of the counter is.
pub(super) fn of_other(role: DeviceRole, state: &DeviceState) -> DeviceStatus {
    let (name, away) = match role {
        DeviceRole::HandScanner => (
            "Hand scanner",
            "Check its cable or put it into its cradle. Selling goes on with the other scanner.",
        ),
        DeviceRole::Scale => (
            "Scale",
            "Check its cable and power. Selling goes on: type weights by hand.",
        ),
        DeviceRole::Display => (
            "Display",
            "Check its cable. Selling goes on: turn the screen to the customer.",
        ),
        DeviceRole::LabelPrinter => (
            "Label printer",
            "Switch it on and check its cable. Labels can be printed later.",
        ),
        DeviceRole::Terminal => (
            "Payment terminal",
            "Switch it on and check its cable. Take cash until it answers.",
        ),
    };
    let say = |health, word: &str, todo: Option<&str>| DeviceStatus {
        health,
        word: format!("{name} {word}"),
        todo: todo.map(str::to_owned),
    };
    match state {
        DeviceState::Ready => say(DeviceHealth::Ready, "ready", None),
        DeviceState::Absent => say(DeviceHealth::Stopped, "not reached", Some(away)),
        DeviceState::Present => say(
            DeviceHealth::Stopped,
            "in use by another program",
            Some("Stop the other program that uses it."),
        ),
        DeviceState::Claimed => say(DeviceHealth::Soon, "starting", None),
        DeviceState::Degraded(troubles) => match troubles.first() {
            Some(trouble) => {
                let (health, word, todo) = described(*trouble);
                say(health, word, Some(todo))
            }
            None => say(DeviceHealth::Ready, "ready", None),
        },
        DeviceState::Faulted(why) => say(
            DeviceHealth::Stopped,
            "cannot be used",
            Some(&format!("Tell whoever looks after the till: {why}.")),
        ),
        DeviceState::Disabled => say(DeviceHealth::None, "switched off", None),
    }
}

fn described(trouble: Trouble) -> (DeviceHealth, &'static str, &'static str) {
    let (_, word, todo) = help_of(trouble);
    let health = if trouble.stops_printing() {
        DeviceHealth::Stopped
    } else {
        DeviceHealth::Soon
    };
    (health, word, todo)
}

/// Returns the sentence in the middle of another one, and what to do.
fn help(trouble: Trouble) -> (&'static str, &'static str) {
    let (clause, _, todo) = help_of(trouble);
    (clause, todo)
}

fn help_of(trouble: Trouble) -> (&'static str, &'static str, &'static str) {
    match trouble {
        Trouble::PaperOut => (
            "the printer is out of paper: put in a new roll",
            "paper out",
            "Put in a new roll.",
        ),
        Trouble::PaperNearEnd => (
            "the paper is nearly out: have a new roll at hand",
            "paper nearly out",
            "Have a new roll at hand.",
        ),
        Trouble::CoverOpen => (
            "the printer's cover is open: close it",
            "cover open",
            "Close the cover.",
        ),
        Trouble::CutterBlocked => (
            "the printer's cutter is blocked: open the cover and take out the paper",
            "cutter blocked",
            "Open the cover, take out the jammed paper and close it.",
        ),
        Trouble::TooHot => (
            "the printer is too hot and goes on when it has cooled down",
            "cooling down",
            "Wait a minute; it goes on by itself.",
        ),
        Trouble::Broken => (
            "the printer reports a fault: switch it off and on",
            "fault",
            "Switch it off and on; if the fault stays, call for help.",
        ),
        Trouble::Offline => (
            "the printer is off line: press its feed or on-line key",
            "off line",
            "Press its feed or on-line key.",
        ),
        Trouble::Silent => (
            "the printer does not answer: switch it off and on",
            "not answering",
            "Switch it off and on.",
        ),
        Trouble::ReadsLost => (
            "the device misreads: check its cable",
            "misreads",
            "Check its cable.",
        ),
        Trouble::Garbled => (
            "the device answers nonsense: check which device is on this cable",
            "answers nonsense",
            "Check its cable, and that its settings are those of this device.",
        ),
        Trouble::NotZeroed => (
            "the scale is not at zero: take everything off it and zero it",
            "not at zero",
            "Take everything off it and press its zero key.",
        ),
        Trouble::RibbonOut => (
            "the label printer is out of ribbon: put in a new one",
            "ribbon out",
            "Put in a new ribbon.",
        ),
        Trouble::Paused => (
            "the label printer is paused: press its pause key",
            "paused",
            "Press its pause key.",
        ),
    }
}

fn status(health: DeviceHealth, word: &str, todo: Option<&str>) -> DeviceStatus {
    DeviceStatus {
        health,
        word: word.to_owned(),
        todo: todo.map(str::to_owned),
    }
}
