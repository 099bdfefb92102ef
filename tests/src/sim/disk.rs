//! A disk in memory that loses, tears and refuses what real ones do.
//!
//! What was written and not synced is on the list of a file until the next sync; a power cut keeps
//! any subset of it, sector by sector. It knows nothing of SQLite; `vfs.rs` does.

use std::collections::BTreeMap;

use super::dice::Dice;

/// What is written whole or not at all when the power goes (the smallest unit drives promise).
const SECTOR: usize = 512;

/// What goes wrong, once its turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The power goes: nothing works any more until the disk is started again.
    Power,
    /// One call fails.
    Error,
    /// One write writes a part and fails.
    Short,
    /// No write finds room until the disk is mended.
    Full,
}

/// A call to the storage, as far as faults tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// A file is opened or looked for.
    Open,
    /// Bytes are read.
    Read,
    /// Bytes are written.
    Write,
    /// A file is cut.
    Cut,
    /// A file is synced.
    Sync,
    /// A file is deleted.
    Delete,
}

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The disk has no room.
    Full,
    /// It failed.
    Failed,
}

/// Something written since the last sync.
#[derive(Debug, Clone)]
enum Unsynced {
    Bytes { at: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

#[derive(Debug, Clone, Default)]
struct File {
    /// What programs read.
    live: Vec<u8>,
    /// What is surely there after a power cut.
    sure: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

/// The files of one node.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
    armed: Option<(u64, Fault)>,
    /// The last fault that happened, and at which call.
    met: Option<(Fault, Call)>,
    dead: bool,
    full: bool,
    calls: u64,
}

impl Disk {
    /// Lets `fault` happen at the `calls`-th call from now on, counted from 1.
    pub fn arm(&mut self, calls: u64, fault: Fault) {
        self.armed = Some((calls.max(1), fault));
    }

    /// Returns what is to happen, and at which call from now on.
    pub fn armed(&mut self) -> Option<(u64, Fault)> {
        self.armed
    }

    /// Takes back what was to happen, and gives a full disk room again.
    pub fn mend(&mut self) {
        self.armed = None;
        self.full = false;
    }

    /// Returns the fault that happened since the last asking, and at which call.
    pub fn take_met(&mut self) -> Option<(Fault, Call)> {
        self.met.take()
    }

    /// Tells whether the power is gone.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// Tells whether no write finds room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Returns how many calls there were while there was power.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Lets nothing reach the disk any more, until it is started again.
    pub fn lose_power(&mut self) {
        self.dead = true;
    }

    /// Cuts the power and starts again: of what was not synced any part may be lost.
    pub fn power_cut(&mut self, dice: &mut Dice) {
        for file in self.files.values_mut() {
            let mut kept = std::mem::take(&mut file.sure);
            for unsynced in file.unsynced.drain(..) {
                settle(&mut kept, &unsynced, dice);
            }
            file.live.clone_from(&kept);
            file.sure = kept;
        }
        self.dead = false;
        self.mend();
    }

    /// Ends a process and nothing else: the system still has what was written.
    pub fn killed(&mut self) {
        self.dead = false;
        self.mend();
    }

    /// Returns the length of a file, if there is one.
    pub fn length(&mut self, name: &str) -> Option<usize> {
        self.files.get(name).map(|file| file.live.len())
    }

    /// Opens a file, made if it is not there.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a fault's turn has come.
    pub fn open(&mut self, name: &str) -> Result<(), Refused> {
        self.turn(Call::Open)?;
        self.files.entry(name.to_owned()).or_default();
        Ok(())
    }

    /// Reads into `into` and returns how many bytes there were.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a fault's turn has come.
    pub fn read(&mut self, name: &str, at: usize, into: &mut [u8]) -> Result<usize, Refused> {
        self.turn(Call::Read)?;
        let live = self.files.get(name).map_or(&[][..], |file| &file.live);
        let there = live.get(at..).unwrap_or(&[]);
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        into[count..].fill(0);
        Ok(count)
    }

    /// Writes bytes; they are not sure before the next sync.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a fault's turn has come or the disk is full.
    pub fn write(&mut self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Refused> {
        let short = match self.turn(Call::Write) {
            Ok(()) => false,
            Err(Refused::Failed) if self.met.is_some_and(|met| met.0 == Fault::Short) => true,
            Err(refused) => return Err(refused),
        };
        if self.full {
            return Err(Refused::Full);
        }
        let bytes = if short {
            &bytes[..bytes.len() / 2]
        } else {
            bytes
        };
        let file = self.files.entry(name.to_owned()).or_default();
        put(&mut file.live, at, bytes);
        let bytes = bytes.to_vec();
        file.unsynced.push(Unsynced::Bytes { at, bytes });
        if short { Err(Refused::Failed) } else { Ok(()) }
    }

    /// Cuts a file to `length`; not sure before the next sync.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a fault's turn has come.
    pub fn cut(&mut self, name: &str, length: usize) -> Result<(), Refused> {
        self.turn(Call::Cut)?;
        let file = self.files.entry(name.to_owned()).or_default();
        file.live.resize(length, 0);
        file.unsynced.push(Unsynced::Cut { length });
        Ok(())
    }

    /// Makes everything written to a file sure.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a fault's turn has come; then nothing is surer than before.
    pub fn sync(&mut self, name: &str) -> Result<(), Refused> {
        self.turn(Call::Sync)?;
        if let Some(file) = self.files.get_mut(name) {
            for unsynced in file.unsynced.drain(..) {
                match unsynced {
                    Unsynced::Bytes { at, bytes } => put(&mut file.sure, at, &bytes),
                    Unsynced::Cut { length } => file.sure.resize(length, 0),
                }
            }
        }
        Ok(())
    }

    /// Deletes a file; that is sure at once.
    ///
    /// # Errors
    ///
    /// [`Refused`] when a fault's turn has come.
    pub fn delete(&mut self, name: &str) -> Result<(), Refused> {
        self.turn(Call::Delete)?;
        self.files.remove(name);
        Ok(())
    }

    fn turn(&mut self, call: Call) -> Result<(), Refused> {
        if self.dead {
            return Err(Refused::Failed);
        }
        self.calls += 1;
        let Some((left, fault)) = self.armed else {
            return Ok(());
        };
        let fits = match fault {
            Fault::Short | Fault::Full => call == Call::Write,
            Fault::Power | Fault::Error => true,
        };
        if left > 1 || !fits {
            self.armed = Some((left.saturating_sub(1).max(1), fault));
            return Ok(());
        }
        self.armed = None;
        self.met = Some((fault, call));
        match fault {
            Fault::Power => self.dead = true,
            Fault::Full => {
                self.full = true;
                return Err(Refused::Full);
            }
            Fault::Error | Fault::Short => {}
        }
        Err(Refused::Failed)
    }
}

/// Writes bytes into a file, with zeros between its end and them.
fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at {
        file.resize(at, 0);
    }
    // Whole pieces are copied: in an unoptimised build a byte at a time is what a run would cost.
    let inside = bytes.len().min(file.len() - at);
    file[at..at + inside].copy_from_slice(&bytes[..inside]);
    file.extend_from_slice(&bytes[inside..]);
}

/// Decides what of one unsynced call outlives a power cut: all, nothing, or some of its sectors.
fn settle(file: &mut Vec<u8>, unsynced: &Unsynced, dice: &mut Dice) {
    let fate = dice.below(4);
    match unsynced {
        Unsynced::Cut { length } if fate < 2 => file.resize(*length, 0),
        Unsynced::Bytes { at, bytes } if fate < 2 => put(file, *at, bytes),
        Unsynced::Bytes { at, bytes } if fate == 2 => {
            for (index, sector) in bytes.chunks(SECTOR).enumerate() {
                if dice.happens(50) {
                    put(file, at + index * SECTOR, sector);
                }
            }
        }
        Unsynced::Cut { .. } | Unsynced::Bytes { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Disk, Fault, Refused};
    use crate::sim::dice::Dice;

    #[test]
    fn what_was_synced_outlives_a_power_cut_and_the_rest_may_not() {
        let mut lost = 0;
        for seed in 0..64 {
            let mut disk = Disk::default();
            disk.open("f").unwrap();
            disk.write("f", 0, &[1; 2_048]).unwrap();
            disk.sync("f").unwrap();
            disk.write("f", 1_024, &[2; 2_048]).unwrap();
            disk.power_cut(&mut Dice::new(seed));
            let mut bytes = [9; 3_072];
            let count = disk.read("f", 0, &mut bytes).unwrap();
            assert_eq!(bytes[..1_024], [1; 1_024]);
            lost += usize::from(count < 3_072 || bytes[1_024..].contains(&0));
            let sectors = bytes[1_024..].chunks(512);
            assert!(
                sectors
                    .into_iter()
                    .all(|sector| sector.iter().all(|b| *b == sector[0]))
            );
        }
        assert!((8..56).contains(&lost), "{lost}");
    }

    #[test]
    fn a_full_disk_refuses_writes_until_it_is_mended() {
        let mut disk = Disk::default();
        disk.arm(1, Fault::Full);
        disk.open("f").unwrap();
        assert_eq!(disk.write("f", 0, &[1]), Err(Refused::Full));
        assert_eq!(disk.write("f", 0, &[1]), Err(Refused::Full));
        assert_eq!(disk.take_met(), Some((Fault::Full, Call::Write)));
        disk.mend();
        assert_eq!(disk.write("f", 0, &[1]), Ok(()));
    }

    #[test]
    fn without_power_nothing_works_until_the_disk_is_started_again() {
        let mut disk = Disk::default();
        disk.open("f").unwrap();
        disk.arm(2, Fault::Power);
        disk.write("f", 0, &[1]).unwrap();
        assert_eq!(disk.sync("f"), Err(Refused::Failed));
        assert!(disk.is_dead() && disk.open("f").is_err());
        disk.power_cut(&mut Dice::new(1));
        assert_eq!(disk.open("f"), Ok(()));
    }
}
