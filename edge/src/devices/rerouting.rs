//! Sending what waits for one printer to another: a job that is on no paper yet moves with its
//! bytes, and stays the one original it is.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{PrintJobId, RegisterId};

use super::{Devices, Register, queue, topic};

/// What came of sending a job to another printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rerouted {
    /// It waits for the other printer now.
    Queued,
    /// The other register has no such printer.
    NoPrinter,
    /// The other register's printer is of another kind: these bytes would come out wrong.
    OtherPrinter,
    /// It is being printed, on paper, or in doubt: a person says first what became of it.
    NotWaiting,
    /// There is no such job.
    Unknown,
}

impl Devices {
    /// Sends a job that waits or has failed to the printer of `register`, or tries it again there,
    /// behind what already waits for it: a label to the label printer, any other paper to the
    /// receipt printer, which must be of the same profile as the one the bytes were made for.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn reroute(
        &self,
        tx: &mut Tx,
        job_id: PrintJobId,
        register: RegisterId,
    ) -> Result<Rerouted, DbError> {
        let Some(job) = queue::print_job(tx, job_id)? else {
            return Ok(Rerouted::Unknown);
        };
        let found = match job.kind.is_label() {
            true => self.label_register(register),
            false => self.receipt_register(register),
        };
        let Some(found) = found else {
            return Ok(Rerouted::NoPrinter);
        };
        if !job.kind.is_label() && !self.print_alike(job.register, register) {
            return Ok(Rerouted::OtherPrinter);
        }
        // In one statement: the worker may be taking it up at this moment.
        let moved = tx.execute(
            "UPDATE print_jobs
             SET register = $1, state = 'queued', reason = NULL, ended_at_ms = NULL,
                 queued_at_ms = $2, place = (SELECT MAX(place) + 1 FROM print_jobs)
             WHERE job_id = $3 AND state IN ('queued', 'failed') AND bytes <> x''",
            params![register.0, self.inner.clock.now_ms(), job_id.to_bytes()],
        )?;
        if moved == 0 {
            return Ok(Rerouted::NotWaiting);
        }
        let woken = match job.kind.is_label() {
            true => &found.labels_woken,
            false => &found.woken,
        };
        self.wake(tx, register, woken);
        let (live, left) = (self.inner.live.clone(), topic(job.register));
        tx.on_commit(Box::new(move || live.publish(left)));
        Ok(Rerouted::Queued)
    }

    fn receipt_register(&self, register: RegisterId) -> Option<&Register> {
        let found = self.inner.registers.get(&register)?;
        let prints = found.standing().setup.printer.is_some();
        prints.then_some(found)
    }

    /// Tells whether bytes made for the receipt printer of one register come out right at
    /// another's.
    #[must_use]
    pub fn print_alike(&self, one: RegisterId, other: RegisterId) -> bool {
        let profile = |register| {
            let found = self.inner.registers.get(&register)?;
            let setup = found.standing().setup.clone();
            Some(setup.printer.as_ref()?.profile.clone())
        };
        let (one, other) = (profile(one), profile(other));
        one.is_some() && one == other
    }
}
