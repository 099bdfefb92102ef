//! Folds sales into the view of unlisted codes, and reads those the catalogue still lacks.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::sales::SaleRecorded;

use super::store::{self, Code};
use crate::catalog;
use crate::context::Context;
use crate::stores::{self, StoreName};

/// How far back codes are looked at, in milliseconds: 90 days. What nobody bought for so long is
/// not sold any more.
const LOOKED_AT_MS: i64 = 90 * 24 * 3_600_000;
/// Codes looked at before those the catalogue has are left out.
const CODES_MAX: u32 = 500;

/// Returns the view this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Unlisted)]
}

struct Unlisted;

impl Projection for Unlisted {
    fn name(&self) -> &'static str {
        "unlisted"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let sale: SaleRecorded = fact.read()?;
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        let stated = (projected.origin.writer.edge, at_ms);
        for line in &sale.lines {
            store::put(tx, stated, &sale, line)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// A code the catalogue lacks, and the store that sold it last.
#[derive(Debug, Clone)]
pub(super) struct Lacking {
    pub(super) code: Code,
    pub(super) store: Option<StoreName>,
}

/// Returns the codes that were sold by department lately and are not in the catalogue stores sell
/// from, those sold most often first.
pub(super) fn lacking(context: &Context, tx: &mut Tx) -> Result<Vec<Lacking>, DbError> {
    let since_ms = context.now_ms().saturating_sub(LOOKED_AT_MS);
    let codes = store::codes(tx, since_ms, CODES_MAX)?;
    let asked: BTreeSet<String> = codes.iter().map(|code| as_listed(&code.code)).collect();
    let known = catalog::known_codes(tx, &asked)?;
    let names = stores::names(context, tx)?;
    let lacking = codes
        .into_iter()
        .filter(|code| !known.contains(&as_listed(&code.code)));
    let lacking = lacking.map(|code| Lacking {
        store: names
            .iter()
            .find(|store| store.edges.contains(&code.last.edge))
            .cloned(),
        code,
    });
    Ok(lacking.collect())
}

/// Writes a code as the catalogue would: a number in its shortest form, anything else as it is.
fn as_listed(code: &str) -> String {
    Gtin::read(code).map_or_else(|_| code.to_owned(), |gtin| gtin.to_string())
}
