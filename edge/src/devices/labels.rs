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
use super::{Devices, LabelUse, sentences};

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

    pub(super) fn label_register(&self, register: RegisterId) -> Option<&super::Register> {
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
