//! Finding a customer by card, name, address or number, with the hub cut off.

use counterpart_daemon::db::{Db, DbError};
use counterpart_protocol::ids::CustomerId;

use super::{CustomerShown, by_card, opened, shown};
use crate::context::Context;
use crate::customers::rules::Sought;
use crate::customers::store::{self, Regular};

/// Records read at once: opening them takes some milliseconds, in which nothing else is read.
const AT_ONCE: u32 = 2_000;
/// Customers shown: more are no answer but a list to read.
const FOUND_MAX: usize = 20;

/// The customers that fit what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FoundCustomers {
    /// At most twenty, by name.
    pub customers: Vec<CustomerShown>,
    /// Whether more fit: somebody has to type more.
    pub more: bool,
}

/// Returns the customers that fit what was typed: the one whose card it is, or those by name,
/// address or number.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn find(ctx: &Context, text: &str) -> Result<FoundCustomers, DbError> {
    let (context, typed) = (ctx.clone(), text.to_owned());
    let of_card = ctx.db().read(move |tx| match by_card(tx, &typed)? {
        Some(regular) => shown(&context, tx, &regular).map(Some),
        None => Ok(None),
    });
    let of_card: Result<_, DbError> = of_card.await;
    if let Some(customer) = of_card? {
        return Ok(FoundCustomers {
            customers: vec![customer],
            more: false,
        });
    }
    let Some(sought) = Sought::read(text) else {
        return Ok(FoundCustomers::default());
    };
    let fitting = fitting(ctx, sought).await?;
    let more = fitting.len() > FOUND_MAX;
    let context = ctx.clone();
    let customers = ctx.db().read(move |tx| {
        let fitting = fitting.into_iter().take(FOUND_MAX);
        let each = fitting.map(|regular| shown(&context, tx, &regular));
        each.collect::<Result<Vec<_>, DbError>>()
    });
    let mut customers = customers.await?;
    customers.sort_by_key(|it| it.contact.as_ref().map(|told| told.name.to_lowercase()));
    Ok(FoundCustomers { customers, more })
}

/// Returns one customer more than are shown, if so many fit. Nothing indexes what is sealed: each
/// is opened.
async fn fitting(ctx: &Context, sought: Sought) -> Result<Vec<Regular>, DbError> {
    let mut fitting = Vec::new();
    let mut after = CustomerId::from_bytes([0; 16]);
    loop {
        let some = next(ctx.db(), after).await?;
        let Some(last) = some.last() else {
            return Ok(fitting);
        };
        after = last.customer_id;
        let fits = |it: &Regular| opened(ctx, it).is_some_and(|told| sought.fits(&told));
        fitting.extend(some.into_iter().filter(fits));
        if fitting.len() > FOUND_MAX {
            return Ok(fitting);
        }
    }
}

async fn next(db: &Db, after: CustomerId) -> Result<Vec<Regular>, DbError> {
    db.read(move |tx| store::named(tx, after, AT_ONCE)).await
}
