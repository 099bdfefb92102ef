//! The keyboards of this machine by the names that stay theirs: a scanner may be one of them.
//!
//! It opens none: which one is the scanner only an installer can say.

use std::io;
use std::path::{Path, PathBuf};

/// Where udev names input devices by maker, model and serial number.
const BY_ID: &str = "/dev/input/by-id";
/// How udev ends the name of a keyboard's events.
const KEYBOARD: &str = "-event-kbd";

/// Lists the keyboards of this machine, scanners that act as one among them, in the order of their
/// names.
///
/// # Errors
/// Those of reading the folder; a machine without one has no keyboard.
pub fn keyboards() -> io::Result<Vec<PathBuf>> {
    named_in(Path::new(BY_ID))
}

fn named_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_keyboard = |name: &str| name.ends_with(KEYBOARD);
        if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(is_keyboard)
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyboards_are_told_from_mice_and_a_machine_may_have_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(named_in(&folder.path().join("none")).unwrap().is_empty());
        for name in ["usb-S-event-kbd", "usb-M-event-mouse", "usb-A-event-kbd"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let names: Vec<String> = named_in(folder.path())
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["usb-A-event-kbd", "usb-S-event-kbd"]);
    }
}
