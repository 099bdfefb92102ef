//! Why a hub did not start, in sentences to act on.

use counterpart_daemon::db::DbError;
use counterpart_daemon::http::ServeError;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_daemon::tls::TlsError;
use counterpart_daemon::web::text::TextsInvalid;
use counterpart_protocol::ids::EdgeNumber;

use crate::config::SettingRefused;
use crate::users::UserFailed;

/// Why the hub did not start, in a sentence to act on.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingRefused),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Keys and certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A port.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The words of the pages.
    #[error("could not read the words of the pages")]
    Texts(#[from] TextsInvalid),
    /// The first operator.
    #[error("could not make the first operator: {0}")]
    FirstOperator(#[source] UserFailed),
    /// The stores could not be told who they are.
    #[error("could not tell the stores who they are")]
    Stores(#[source] ReplicaFailed),
    /// The database is an edge's.
    #[error("{0} is the database of edge {1}, not of a hub: choose another data folder")]
    NotAHub(String, EdgeNumber),
    /// The data folder.
    #[error("could not use the data folder {0}: check that it can be written")]
    Folder(String, #[source] std::io::Error),
    /// Another hub's keys belong to the database: edges trust those and no others.
    #[error(
        "{0} belongs to a hub with other keys: copy authority.pem and authority.key from that \
         hub's data folder into this one's"
    )]
    OtherKeys(String),
    /// A thread of the start is gone.
    #[error("could not finish the start: the program is stopping")]
    Stopping,
}
