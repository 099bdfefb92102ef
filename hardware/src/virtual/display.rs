//! A customer display on a pseudo terminal: it decodes what it hears to two lines a test can read.
//!
//! It follows the displays' manuals and shares no code with the driver.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use oem_cp::code_table::DECODING_TABLE_CP_MAP;
use tokio::sync::watch;

use super::terminal::{AnsweringLine, VirtualLineError};
use crate::display::DisplayDialect;
use crate::port::{PortAddress, SerialLine};

const COLUMNS: usize = 20;

/// A handle on a virtual display; cheap to clone. It is unplugged when the last handle is gone.
#[derive(Debug, Clone)]
pub struct VirtualDisplay {
    line: AnsweringLine,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    glass: Mutex<Glass>,
    revision: watch::Sender<u64>,
}

/// What is to be seen, and the command that has begun.
#[derive(Debug)]
struct Glass {
    dialect: DisplayDialect,
    cells: [[char; COLUMNS]; 2],
    column: usize,
    row: usize,
    table: u8,
    begun: Vec<u8>,
    /// Starts since it was plugged in: each forgets what was shown.
    starts: u64,
}

impl VirtualDisplay {
    /// Makes a display whose device file is the link `tty`, and plugs it in; needs a runtime.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug_in(
        tty: impl Into<PathBuf>,
        dialect: DisplayDialect,
    ) -> Result<Self, VirtualLineError> {
        let shared = Arc::new(Shared {
            glass: Mutex::new(Glass::new(dialect)),
            revision: watch::Sender::new(0),
        });
        let hearing = Arc::clone(&shared);
        let line = AnsweringLine::plug_in(tty.into(), SerialLine::default(), move |heard| {
            for byte in heard {
                hearing.glass().take(*byte);
            }
            hearing.revision.send_modify(|revision| *revision += 1);
            Vec::new()
        })
        .await?;
        Ok(Self { line, shared })
    }

    /// Returns its address as an installer would write it.
    #[must_use]
    pub fn port_address(&self) -> PortAddress {
        self.line.port_address()
    }

    /// Returns the two lines as they are seen, without spaces at their ends.
    #[must_use]
    pub fn lines(&self) -> [String; 2] {
        let cells = self.shared.glass().cells;
        cells.map(|row| row.iter().collect::<String>().trim_end().to_owned())
    }

    /// Returns how often it was started.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.shared.glass().starts
    }

    /// Returns a number that grows with every byte it hears, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    /// Pulls the plug: what was shown is gone.
    ///
    /// # Errors
    /// None but those of a runtime that is shutting down.
    pub async fn unplug(&self) -> Result<(), VirtualLineError> {
        self.line.unplug().await?;
        let mut glass = self.shared.glass();
        let (dialect, starts) = (glass.dialect, glass.starts);
        *glass = Glass::new(dialect);
        glass.starts = starts;
        Ok(())
    }

    /// Puts the plug in again.
    ///
    /// # Errors
    /// [`VirtualLineError::PlaceTaken`], `NoTerminal`.
    pub async fn plug(&self) -> Result<(), VirtualLineError> {
        self.line.plug().await
    }

    /// Returns whether it is plugged in.
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        self.line.is_plugged()
    }
}

impl Shared {
    fn glass(&self) -> MutexGuard<'_, Glass> {
        self.glass.lock().expect("nobody panics holding it")
    }
}

impl Glass {
    fn new(dialect: DisplayDialect) -> Self {
        Self {
            dialect,
            cells: [[' '; COLUMNS]; 2],
            column: 0,
            row: 0,
            table: 0,
            begun: Vec::new(),
            starts: 0,
        }
    }

    fn take(&mut self, byte: u8) {
        self.begun.push(byte);
        let begun = std::mem::take(&mut self.begun);
        let is_cd5220 = self.dialect == DisplayDialect::Cd5220;
        match begun.as_slice() {
            [0x1B | 0x1F] | [0x1B, b't' | b'_' | b'Q'] | [0x1F, b'C' | b'$'] | [0x1F, b'$', _] => {
                self.begun = begun;
            }
            [0x1B, b'Q', b'A' | b'B', row @ ..] if is_cd5220 => match row {
                [row_bytes @ .., b'\r'] => {
                    self.row = usize::from(begun[2] - b'A');
                    self.column = 0;
                    self.cells[self.row] = [' '; COLUMNS];
                    let row_bytes = row_bytes.to_vec();
                    for byte in row_bytes.into_iter().take(COLUMNS) {
                        self.put(byte);
                    }
                }
                _ if row.len() > COLUMNS => {}
                _ => self.begun = begun,
            },
            [0x1B, b'@'] => {
                let starts = self.starts + 1;
                *self = Self::new(self.dialect);
                self.starts = starts;
            }
            [0x1B, b't', table] => self.table = *table,
            [0x1F, b'$', column, row] => {
                self.column = usize::from(column.saturating_sub(1)).min(COLUMNS - 1);
                self.row = usize::from(row.saturating_sub(1)).min(1);
            }
            [0x0C] => {
                self.cells = [[' '; COLUMNS]; 2];
                (self.column, self.row) = (0, 0);
            }
            [single] if *single >= 0x20 => self.put(*single),
            // Understood, and without effect on a virtual display; or not understood.
            _ => {}
        }
    }

    fn put(&mut self, byte: u8) {
        self.cells[self.row][self.column] = self.character(byte);
        self.column += 1;
        if self.column == COLUMNS {
            self.column = 0;
            self.row = 1 - self.row;
        }
    }

    fn character(&self, byte: u8) -> char {
        if byte < 0x80 {
            return char::from(byte);
        }
        // Epson's numbers of the tables; a CD5220 has the one its switches say, here PC858.
        let page = match (self.dialect, self.table) {
            (DisplayDialect::Cd5220, _) | (_, 19) => 858,
            (_, 2) => 850,
            (_, 13) => 857,
            (_, 14) => 737,
            (_, 17) => 866,
            (_, 18) => 852,
            _ => 437,
        };
        let table = DECODING_TABLE_CP_MAP.get(&page);
        table
            .and_then(|table| table.decode_char_checked(byte))
            .unwrap_or('\u{FFFD}')
    }
}
