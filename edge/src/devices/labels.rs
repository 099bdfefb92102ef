//! Labels in the print queue: stored with the fact they belong to, printed once, and sent to
//! another register's printer when theirs stays away.
//!
//! They share table, worker and states with receipts. What stands on one is its owner's.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_hardware::LabelJob;
use counterpart_protocol::ids::{PrintJobId, RegisterId};

use super::job::{PrintJob, PrintKind};
use super::queue::{self, Stored};
use super::{Devices, LabelUse, sentences, topic};

/// A label that is to be printed.
#[derive(Debug, Clone, Copy)]
pub struct NewLabelJob<'a> {
    /// Its id, made by the caller.
    pub job_id: PrintJobId,
    /// The register whose label printer prints it.
    pub register: RegisterId,
    /// Whose label it is: [`PrintKind::Label`] or [`PrintKind::CarrierLabel`].
    pub kind: PrintKind,
    /// Which label it is, in a few words that name no person: a product, an order's number.
    pub about: &'a str,
    /// Its bytes.
    pub label: &'a LabelJob,
}

/// What came of sending a label to another printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelRerouted {
    /// It waits for the other printer now.
    Queued,
    /// The other register has no label printer.
    NoPrinter,
    /// It is being printed, on paper, or in doubt: a person says first what became of it.
    NotWaiting,
    /// There is no such label.
    Unknown,
}

impl Devices {
    /// Stores a label in the caller's transaction; once that is durable the printer's worker is
    /// woken. A register without a label printer keeps it as failed, so that it can be printed
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// Those of the database; a job id that is there already is [`DbError::Constraint`].
    pub fn queue_label(&self, tx: &mut Tx, job: &NewLabelJob<'_>) -> Result<(), DbError> {
        debug_assert!(job.kind.is_label(), "a label waits for a label printer");
        let marked = self.inner.mark.map(|mark| job.label.marked(mark));
        let stored = Stored {
            job_id: job.job_id,
            register: job.register,
            kind: job.kind,
            sale_id: None,
            about: Some(job.about),
            bytes: marked.as_ref().unwrap_or(job.label).bytes(),
            first_ink: 0,
        };
        let now_ms = self.inner.clock.now_ms();
        match self.label_register(job.register) {
            Some(register) => {
                queue::put(tx, &stored, None, now_ms)?;
                self.wake(tx, job.register, &register.labels_woken);
                Ok(())
            }
            None => {
                let reason = sentences::no_label_printer(job.register);
                queue::put(tx, &stored, Some(&reason), now_ms)
            }
        }
    }

    /// Sends a label that waits or has failed to the label printer of `register`, or tries it again
    /// there, behind what already waits for it.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn reroute_label(
        &self,
        tx: &mut Tx,
        job_id: PrintJobId,
        register: RegisterId,
    ) -> Result<LabelRerouted, DbError> {
        let Some(job) = queue::print_job(tx, job_id)?.filter(|job| job.kind.is_label()) else {
            return Ok(LabelRerouted::Unknown);
        };
        let Some(found) = self.label_register(register) else {
            return Ok(LabelRerouted::NoPrinter);
        };
        // In one statement: the worker may be taking it up at this moment.
        let moved = tx.execute(
            "UPDATE print_jobs
             SET register = $1, state = 'queued', reason = NULL, ended_at_ms = NULL,
                 queued_at_ms = $2, place = (SELECT MAX(place) + 1 FROM print_jobs)
             WHERE job_id = $3 AND state IN ('queued', 'failed') AND bytes <> x''",
            params![register.0, self.inner.clock.now_ms(), job_id.to_bytes()],
        )?;
        if moved == 0 {
            return Ok(LabelRerouted::NotWaiting);
        }
        self.wake(tx, register, &found.labels_woken);
        let (live, left) = (self.inner.live.clone(), topic(job.register));
        tx.on_commit(Box::new(move || live.publish(left)));
        Ok(LabelRerouted::Queued)
    }

    /// Prints the label of an uncertain job once more, under an id of its own, where it was meant
    /// to be printed. The caller has a person's word for it and settles the other one.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn print_again(
        &self,
        tx: &mut Tx,
        job: &PrintJob,
        job_id: PrintJobId,
    ) -> Result<(), DbError> {
        let row = tx.query_one(
            "SELECT bytes FROM print_jobs WHERE job_id = $1",
            params![job.job_id.to_bytes()],
        )?;
        let bytes: Vec<u8> = row.read(0)?;
        let stored = Stored {
            job_id,
            register: job.register,
            kind: job.kind,
            sale_id: None,
            about: job.about.as_deref(),
            bytes: &bytes,
            first_ink: 0,
        };
        queue::put(tx, &stored, None, self.inner.clock.now_ms())?;
        let receipts = self.inner.registers.get(&job.register);
        if job.kind.is_label() {
            if let Some(register) = self.label_register(job.register) {
                self.wake(tx, job.register, &register.labels_woken);
            }
        } else if let Some(register) = receipts {
            self.wake(tx, job.register, &register.woken);
        }
        Ok(())
    }

    /// Returns the register whose label printer prints labels of this use: `near` if it does, else
    /// the first that does.
    #[must_use]
    pub fn prints_labels(&self, near: RegisterId, of: LabelUse) -> Option<RegisterId> {
        let registers = &self.inner.registers;
        let does = |(_, register): &(&RegisterId, &super::Register)| {
            let counter = &register.standing().setup.counter;
            counter.label_printer.is_some() && counter.labels.has(of)
        };
        let here = registers.get_key_value(&near).filter(does);
        let found = here.or_else(|| registers.iter().find(does));
        found.map(|(id, _)| *id)
    }

    fn label_register(&self, register: RegisterId) -> Option<&super::Register> {
        let found = self.inner.registers.get(&register)?;
        let prints = found.standing().setup.counter.label_printer.is_some();
        prints.then_some(found)
    }
}

/// Returns the labels that wait, failed or are in doubt, oldest first, at most 50.
///
/// # Errors
///
/// Those of the database.
pub fn label_jobs(tx: &mut Tx) -> Result<Vec<PrintJob>, DbError> {
    queue::open_labels(tx)
}
