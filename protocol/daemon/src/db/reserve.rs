//! Space kept back on the disk for the last sales of a disk that fills up.
//!
//! It does not watch the disk: the writer gives it up when a commit finds no room.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file of zeros beside the database that can be deleted to make room.
pub(super) struct Reserve {
    path: PathBuf,
}

impl Reserve {
    /// Makes sure that `bytes` are set aside beside `database`; a disk too full for that already
    /// is reported and does not stop the start.
    pub(super) fn ensure(database: &Path, bytes: u64) -> Self {
        let mut name = database.as_os_str().to_owned();
        name.push(".reserve");
        let reserve = Self { path: name.into() };
        if bytes > 0
            && let Err(error) = reserve.fill(bytes)
        {
            tracing::warn!(
                error = %error,
                path = %reserve.path.display(),
                "could not set space aside for a full disk: free some space"
            );
            reserve.release();
        }
        reserve
    }

    /// Gives the space back, so that selling can go on while someone makes room.
    pub(super) fn release(&self) {
        match fs::remove_file(&self.path) {
            Ok(()) => tracing::error!(
                path = %self.path.display(),
                "the disk is full: the last space set aside is in use now, free some space"
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::error!(
                error = %error,
                path = %self.path.display(),
                "could not give back the space set aside"
            ),
        }
    }

    fn fill(&self, bytes: u64) -> io::Result<()> {
        if fs::metadata(&self.path).is_ok_and(|found| found.len() == bytes) {
            return Ok(());
        }
        // Written, not only lengthened: a sparse file would set nothing aside.
        let mut file = File::create(&self.path)?;
        let block = [0_u8; 64 * 1024];
        let mut left = bytes;
        while left > 0 {
            let length = left.min(block.len() as u64);
            file.write_all(&block[..usize::try_from(length).map_err(io::Error::other)?])?;
            left -= length;
        }
        file.sync_all()
    }
}
