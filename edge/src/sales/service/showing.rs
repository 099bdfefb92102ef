//! What the display of two lines shows the customer: the line just scanned and the total, what is to
//! be paid, the change.
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

use super::facing::{CustomerView, customer_view};
use super::topic;
use crate::context::Context;
use crate::devices;

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
    let read = context
        .db()
        .read(move |tx| customer_view(&ctx, tx, register));
    let shown = read.await?;
    let text = text(&context.lang(), context.profile().currency, &shown);
    // A display that is away is told in the status bar; it shows this when it is back.
    if let Err(failed) = context.devices().show(register, text) {
        tracing::debug!(register.id = register.0, error = %failed, "nothing was shown");
    }
    Ok(())
}

/// Puts it into two lines of twenty characters; nothing is the display's idle text.
fn text(lang: &Lang, currency: Currency, shown: &CustomerView) -> Option<DisplayText> {
    let money = |minor: Minor| lang.money(minor.0, currency.code(), currency.decimals());
    let [total, to_pay, change] =
        ["total", "to-pay", "change"].map(|word| lang.word(&format!("display-{word}")));
    match shown {
        CustomerView::Nothing => None,
        CustomerView::Buying(buying) => {
            let sum = money(buying.total_minor);
            if let Some(left) = buying.left_minor {
                return Some(DisplayText::amounts(
                    (&total, &sum),
                    (&to_pay, &money(left)),
                ));
            }
            let line = buying.lines.iter().find(|line| line.newest)?;
            let many = lang.quantity(line.quantity_milli.0);
            let name = &line.description;
            let what = match line.unit {
                Unit::Kilogram if line.quantity_milli != Milli::ZERO => format!("{many} kg {name}"),
                Unit::Piece if line.quantity_milli != Milli(1_000) => format!("{many} x {name}"),
                Unit::Kilogram | Unit::Piece => name.clone(),
            };
            let amount = money(line.amount_minor);
            Some(DisplayText::amounts((&what, &amount), (&total, &sum)))
        }
        CustomerView::Paid {
            total_minor,
            change_minor,
        } => {
            let (sum, back) = (money(*total_minor), money(*change_minor));
            Some(DisplayText::amounts((&total, &sum), (&change, &back)))
        }
    }
}
