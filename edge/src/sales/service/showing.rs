//! What the customer sees: the line just scanned and the total, what is to be paid, the change.
//!
//! It follows the register's screen by the same topic and decides nothing; a display that is away
//! stops no sale.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::text::Lang;
use counterpart_hardware::DisplayText;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use tokio_util::sync::CancellationToken;

use super::{cash_step, loaded, topic};
use crate::context::Context;
use crate::devices;
use crate::reference;
use crate::sales::rules::due;
use crate::sales::store::{self, Phase};

/// What a register has for its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// Nobody buys.
    Nothing,
    /// A line was added or changed.
    Line {
        name: String,
        quantity_milli: Milli,
        unit: Unit,
        amount_minor: Minor,
        total_minor: Minor,
    },
    /// It is being paid.
    Due {
        total_minor: Minor,
        left_minor: Minor,
    },
    /// It is paid.
    Paid {
        total_minor: Minor,
        change_minor: Minor,
    },
}

/// Shows on the customer display of `register` what its screen shows, until `stop`, and again when
/// the display is another one.
pub async fn keep_showing(context: Context, register: RegisterId, stop: CancellationToken) {
    let topics = [topic(register), devices::topic(register)];
    let topics = topics.each_ref().map(String::as_str);
    let mut changes = context.live().changes();
    loop {
        let setup = context.register(register);
        let has_display = setup.is_some_and(|setup| setup.counter.display.is_some());
        if has_display && let Err(error) = show_once(&context, register).await {
            tracing::warn!(register.id = register.0, error = %error, "could not show a basket");
        }
        let changed = changes.any_of(&topics);
        if stop.run_until_cancelled(changed).await.is_none() {
            return;
        }
    }
}

/// Shows what the register has for its customer now.
async fn show_once(context: &Context, register: RegisterId) -> Result<(), DbError> {
    let ctx = context.clone();
    let read = context.db().read(move |tx| {
        let screen = store::screen(tx, register)?;
        if let (Phase::Paid, Some(sale_id)) = (screen.phase, screen.paid_sale_id) {
            let sold = store::sold(tx, sale_id)?;
            return Ok::<_, DbError>(sold.map_or(Shown::Nothing, |sold| Shown::Paid {
                total_minor: sold.sale.total_minor,
                change_minor: sold.sale.change_minor,
            }));
        }
        let Some(basket) = loaded(&ctx, tx, register)? else {
            return Ok(Shown::Nothing);
        };
        let tenders = store::tenders(tx, register)?;
        let figures = basket.figures().ok();
        let total_minor = figures.as_ref().map_or(Minor::ZERO, |it| it.total_minor);
        if screen.phase == Phase::Tendering {
            let policy = reference::policies(tx)?.tenders;
            let step = cash_step(&policy, &ctx.profile());
            let left = due(&basket, &tenders, step);
            let left_minor = left.map_or(total_minor, |due| due.due_minor);
            return Ok(Shown::Due {
                total_minor,
                left_minor,
            });
        }
        let newest = basket.newest();
        let line = basket
            .standing_lines()
            .find(|line| Some(line.line) == newest);
        Ok(line.map_or(Shown::Nothing, |line| {
            let priced = figures.as_ref().and_then(|figures| figures.line(line.line));
            Shown::Line {
                name: line.item.description.clone(),
                quantity_milli: line.quantity_milli,
                unit: line.item.unit,
                amount_minor: priced.map_or(Minor::ZERO, |priced| priced.amount_minor),
                total_minor,
            }
        }))
    });
    let shown = read.await?;
    let text = text(&context.lang(), context.profile().currency, &shown);
    // A display that is away is told in the status bar; it shows this when it is back.
    if let Err(failed) = context.devices().show(register, text) {
        tracing::debug!(register.id = register.0, error = %failed, "nothing was shown");
    }
    Ok(())
}

/// Puts it into two lines of twenty characters; nothing is the display's idle text.
fn text(lang: &Lang, currency: Currency, shown: &Shown) -> Option<DisplayText> {
    let money = |minor: Minor| lang.money(minor.0, currency.code(), currency.decimals());
    let [total, to_pay, change] =
        ["total", "to-pay", "change"].map(|word| lang.word(&format!("display-{word}")));
    match shown {
        Shown::Nothing => None,
        Shown::Line {
            name,
            quantity_milli,
            unit,
            amount_minor,
            total_minor,
        } => {
            let many = lang.quantity(quantity_milli.0);
            let what = match unit {
                Unit::Kilogram if *quantity_milli != Milli::ZERO => format!("{many} kg {name}"),
                Unit::Piece if *quantity_milli != Milli(1_000) => format!("{many} x {name}"),
                Unit::Kilogram | Unit::Piece => name.clone(),
            };
            let (line, sum) = (money(*amount_minor), money(*total_minor));
            Some(DisplayText::amounts((&what, &line), (&total, &sum)))
        }
        Shown::Due {
            total_minor,
            left_minor,
        } => {
            let (sum, left) = (money(*total_minor), money(*left_minor));
            Some(DisplayText::amounts((&total, &sum), (&to_pay, &left)))
        }
        Shown::Paid {
            total_minor,
            change_minor,
        } => {
            let (sum, back) = (money(*total_minor), money(*change_minor));
            Some(DisplayText::amounts((&total, &sum), (&change, &back)))
        }
    }
}
