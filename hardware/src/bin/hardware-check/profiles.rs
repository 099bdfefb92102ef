//! The printer profiles to choose from: the usual ones and those of a file.

use std::path::Path;

use anyhow::{Context, bail};
use counterpart_hardware::{Profile, Profiles};

/// Reads the file, if there is one, beside the usual profiles.
pub(crate) fn known(file: Option<&Path>) -> anyhow::Result<Profiles> {
    let Some(file) = file else {
        return Ok(Profiles::usual());
    };
    let place = || format!("the printer profiles {}", file.display());
    let read = std::fs::read_to_string(file).with_context(place)?;
    Profiles::usual().with(&read).with_context(place)
}

/// Finds one, or says what there is to choose from.
pub(crate) fn named(known: &Profiles, name: &str) -> anyhow::Result<Profile> {
    match known.by_name(name) {
        Some(profile) => Ok(profile),
        None => bail!(
            "there is no printer profile {name:?}: choose one of {}",
            known.names().join(", ")
        ),
    }
}
