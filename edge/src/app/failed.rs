//! Why a store server does not start, in sentences to act on.

use counterpart_daemon::db::DbError;
use counterpart_daemon::http::ServeError;
use counterpart_daemon::replica::AskFailed;
use counterpart_daemon::tls::TlsError;
use counterpart_daemon::web::text::TextsInvalid;
use counterpart_hardware::CounterFailed;

use super::restoring::RestoreRefused;
use crate::sync::{EnrolFailed, HubClientFailed};

/// Why a store server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// It was never enrolled.
    #[error(
        "this store is not enrolled yet: get a code at the hub's console, then run \
         counterpart-edge enrol --hub https://HUB:8400 --code CODE --data {data}"
    )]
    NotEnrolled {
        /// The data folder.
        data: String,
    },
    /// There is nothing to work on.
    #[error("there is no store's database in {data}: name the data folder with --data")]
    NoDatabase {
        /// The data folder.
        data: String,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// What enrolment left behind cannot be used.
    #[error(transparent)]
    Enrolment(#[from] EnrolFailed),
    /// The hub's client cannot be made.
    #[error(transparent)]
    Hub(#[from] HubClientFailed),
    /// The address cannot be listened on.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The certificate of the pages cannot be made.
    #[error("could not make the certificate of this store's pages")]
    Tls(#[from] TlsError),
    /// The key codes are signed with cannot be read or made.
    #[error("could not keep the key this store signs codes with")]
    SigningKey(#[source] TlsError),
    /// The words of the pages are broken, which a test rules out.
    #[error("could not read the words of the pages")]
    Texts(#[from] TextsInvalid),
    /// What should be restored is not what it should be.
    #[error(transparent)]
    Restore(#[from] RestoreRefused),
    /// The twins of a training store's devices.
    #[error("could not switch on the virtual devices of training")]
    Twins(#[from] CounterFailed),
    /// A question about what is stored has no answer.
    #[error(transparent)]
    Asked(#[from] AskFailed),
    /// The journal was not handed out.
    #[error("could not hand the journal out: {0}")]
    Export(String),
    /// The data folder cannot be written.
    #[error("could not write to the data folder {path}: check that it is writable")]
    Folder {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}
