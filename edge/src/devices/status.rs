//! How the devices of each register are, for the status bar and the status page.
//!
//! It holds the last word of each device and tells the pages when it changes; it asks no device.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::web::live::Live;
use counterpart_hardware::{DeviceState, Phase, PrinterProgress, Trouble};
use counterpart_protocol::ids::RegisterId;
use tokio::sync::watch;

use super::{DeviceRole, RegisterSetup, sentences, topic};
use crate::web::STATUS_TOPIC;

/// How much a device needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceHealth {
    /// It works.
    Ready,
    /// It works and wants something soon, or is being opened.
    Soon,
    /// It does not work until a person has done something; selling goes on.
    Stopped,
    /// This register has none.
    None,
}

/// How one device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceStatus {
    /// How much it needs a person.
    pub health: DeviceHealth,
    /// A few words for the status bar: `Printer: paper out`.
    pub word: String,
    /// What to do, a sentence; nothing when there is nothing to do.
    pub todo: Option<String>,
}

/// How the devices of one register are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterDevices {
    /// The register.
    pub register: RegisterId,
    /// What people call it.
    pub name: String,
    /// Its scanner.
    pub scanner: DeviceStatus,
    /// Its printer.
    pub printer: DeviceStatus,
    /// Its drawer, if it has a sensor to tell.
    pub drawer: Option<DeviceStatus>,
    /// What else stands at its counter.
    pub others: Vec<(DeviceRole, DeviceStatus)>,
    /// What each device last had, by its word, since this store server was started.
    pub troubles: BTreeMap<&'static str, PastTrouble>,
}

/// What a device last had when it did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTrouble {
    /// In the few words of the status bar.
    pub word: String,
    /// When it was noticed, in milliseconds UTC.
    pub noticed_at_ms: i64,
}

impl RegisterDevices {
    /// Returns each device with its word: `scanner`, `printer`, `drawer`, or its role's.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &DeviceStatus)> {
        let drawer = self.drawer.iter().map(|drawer| ("drawer", drawer));
        let others = self.others.iter();
        [("scanner", &self.scanner), ("printer", &self.printer)]
            .into_iter()
            .chain(drawer)
            .chain(others.map(|(role, device)| (role.word(), device)))
    }

    /// Returns what a device last had, if it does not have it now.
    #[must_use]
    pub fn last_trouble(&self, name: &str) -> Option<&PastTrouble> {
        let past = self.troubles.get(name)?;
        let has_it = |(one, device): (&str, &DeviceStatus)| one == name && device.word == past.word;
        (!self.named().any(has_it)).then_some(past)
    }

    /// Returns the devices that need a person, worst first.
    #[must_use]
    pub fn troubled(&self) -> Vec<&DeviceStatus> {
        let wanting = |device: &&DeviceStatus| {
            matches!(device.health, DeviceHealth::Soon | DeviceHealth::Stopped)
        };
        let all = self.named().map(|(_, device)| device).filter(wanting);
        let mut troubled: Vec<_> = all.collect();
        troubled.sort_by_key(|device| std::cmp::Reverse(device.health));
        troubled
    }
}

/// What a printer is doing and how it is, without the bytes it counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Moment {
    pub(super) state: DeviceState,
    /// In the middle of a job, waiting for a person.
    pub(super) waits_for: Option<Trouble>,
    drawer_line_high: bool,
}

impl Moment {
    pub(super) fn of(progress: &PrinterProgress) -> Self {
        let waits_for = match progress.phase {
            Phase::Waiting(trouble) => Some(trouble),
            Phase::Idle | Phase::Connecting | Phase::Sending { .. } | Phase::Confirming => None,
        };
        Self {
            state: progress.state.clone(),
            waits_for,
            drawer_line_high: progress
                .status
                .is_some_and(|status| status.drawer_line_high),
        }
    }
}

/// The last word of every device; clones share it.
#[derive(Clone)]
pub(super) struct Board {
    shared: Arc<Shared>,
}

struct Shared {
    entries: Mutex<BTreeMap<RegisterId, Entry>>,
    live: Live,
    clock: SharedClock,
    revision: watch::Sender<u64>,
}

struct Entry {
    setup: RegisterSetup,
    scanner: DeviceState,
    printer: Moment,
    others: BTreeMap<DeviceRole, DeviceState>,
    troubles: BTreeMap<&'static str, PastTrouble>,
    /// Which devices worked once: before that, being away is no trouble but a start.
    worked: BTreeSet<&'static str>,
}

impl Entry {
    /// Begins with nothing known.
    fn new(setup: &RegisterSetup) -> Self {
        let others = DeviceRole::of(&setup.counter);
        let unknown = |role| (role, DeviceState::default());
        Self {
            setup: setup.clone(),
            scanner: DeviceState::default(),
            printer: Moment::default(),
            others: others.into_iter().map(unknown).collect(),
            troubles: BTreeMap::new(),
            worked: BTreeSet::new(),
        }
    }

    /// Remembers what the devices have that worked and do not any more.
    fn note_troubles(&mut self, now_ms: i64) {
        let devices = read(self);
        for (name, device) in devices.named() {
            if device.health == DeviceHealth::Ready {
                self.worked.insert(name);
            }
            if device.health != DeviceHealth::Stopped || !self.worked.contains(name) {
                continue;
            }
            let known = self.troubles.get(name);
            if known.is_none_or(|known| known.word != device.word) {
                let past = PastTrouble {
                    word: device.word.clone(),
                    noticed_at_ms: now_ms,
                };
                self.troubles.insert(name, past);
            }
        }
    }
}

impl Board {
    pub(super) fn new(registers: &[RegisterSetup], live: Live, clock: SharedClock) -> Self {
        let entries = registers.iter().map(|setup| (setup.id, Entry::new(setup)));
        Self {
            shared: Arc::new(Shared {
                entries: Mutex::new(entries.collect()),
                live,
                clock,
                revision: watch::Sender::new(0),
            }),
        }
    }

    /// Begins anew with what stands at a register.
    pub(super) fn set_up(&self, setup: &RegisterSetup) {
        self.change(setup.id, |entry| {
            *entry = Entry::new(setup);
            true
        });
    }

    pub(super) fn scanner(&self, register: RegisterId, state: DeviceState) {
        self.change(register, |entry| {
            std::mem::replace(&mut entry.scanner, state.clone()) != state
        });
    }

    pub(super) fn printer(&self, register: RegisterId, moment: Moment) {
        self.change(register, |entry| {
            std::mem::replace(&mut entry.printer, moment.clone()) != moment
        });
    }

    pub(super) fn other(&self, register: RegisterId, role: DeviceRole, state: DeviceState) {
        self.change(register, |entry| {
            entry.others.insert(role, state.clone()) != Some(state)
        });
    }

    /// Tells the pages that something about `register` changed: a print job, for example.
    pub(super) fn touch(&self, register: RegisterId) {
        self.shared.live.publish(topic(register));
        self.shared.live.publish(STATUS_TOPIC);
        self.shared.revision.send_modify(|revision| *revision += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    pub(super) fn of(&self, register: RegisterId) -> Option<RegisterDevices> {
        self.entries().get(&register).map(read)
    }

    pub(super) fn all(&self) -> Vec<RegisterDevices> {
        self.entries().values().map(read).collect()
    }

    fn change(&self, register: RegisterId, change: impl FnOnce(&mut Entry) -> bool) {
        let now_ms = self.shared.clock.now_ms();
        let changed = self.entries().get_mut(&register).is_some_and(|entry| {
            let changed = change(entry);
            entry.note_troubles(now_ms);
            changed
        });
        if changed {
            self.touch(register);
        }
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<RegisterId, Entry>> {
        // A reader that panicked left the entries as they were.
        self.shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(entry: &Entry) -> RegisterDevices {
    let printer = entry.setup.printer.as_ref();
    RegisterDevices {
        register: entry.setup.id,
        name: entry.setup.name.clone(),
        scanner: match &entry.setup.scanner {
            Some(_) => sentences::of_scanner(&entry.scanner),
            None => sentences::no_scanner(),
        },
        printer: match printer {
            Some(_) => sentences::of_printer(&entry.printer),
            None => sentences::printer_missing(),
        },
        drawer: printer.and_then(|printer| {
            let told = entry.printer.state != DeviceState::Absent;
            printer
                .drawer
                .is_open(entry.printer.drawer_line_high)
                .filter(|_| told)
                .map(sentences::of_drawer)
        }),
        others: entry
            .others
            .iter()
            .map(|(role, state)| (*role, sentences::of_other(*role, state)))
            .collect(),
        troubles: entry.troubles.clone(),
    }
}
