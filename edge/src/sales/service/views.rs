//! What a register shows and what became of a sale, read for pages and programs.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::catalog::{Product, Unit};
use counterpart_protocol::ids::{RegisterId, SaleId, Sku};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::TillPolicy;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{LinePricing, LineRemarks, SoldTo, Tender};
use counterpart_protocol::staff::Member;

use counterpart_protocol::tax::{TaxPart, TaxSum};
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{AgeView, UntracedView, age_view, untraced_view};
use super::cards_shown::{CardsShown, cards_shown};
use super::coupons::CouponView;
use super::customers::customer_at;
use super::exchanging::{ExchangeView, exchange_view};
use super::favourites::favourites;
use super::others::{OthersShown, others_shown};
use super::promised::{PromisedView, approvers};
use super::waiting::WaitingView;
use super::{SalesError, cash_step, loaded};
use crate::context::Context;
use crate::customers::CustomerShown;
use crate::devices::{self, PrintJob};
use crate::notices::Notice;
use crate::sales::rules::{Basket, BasketLine, Due, Figures, PayRefused, Settled, due};
use crate::sales::store::{self, Phase, Screen, Sold, WaitingScan};
use crate::signing::{self, Mark};
use crate::{reference, shifts};

/// The basket of a register as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BasketView {
    /// The register.
    pub register: RegisterId,
    /// The sale it becomes; nothing while it is empty.
    pub sale_id: Option<SaleId>,
    /// The currency of every amount.
    pub currency: Currency,
    /// Its lines, voided ones included, by ascending number.
    pub lines: Vec<LineView>,
    /// How many items there are.
    pub items: i64,
    /// What it comes to.
    pub total_minor: Minor,
    /// What promotions and discounts took off, typed prices apart.
    pub off_minor: Minor,
    /// The tax in it by rate.
    pub taxes: Vec<TaxSum>,
    /// The taxes by name that make it up, where the store's jurisdiction names them.
    pub tax_parts: Vec<TaxPart>,
    /// What its lines come to before tax, where tax is added to prices.
    pub before_tax_minor: Option<Minor>,
    /// To whom it is sold, where they were named or pay no tax.
    #[serde(skip_serializing_if = "SoldTo::is_nobody")]
    pub sold_to: SoldTo,
    /// The coupons that lie in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponView>,
    /// What comes back with it, when it is an exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeView>,
    /// The age somebody has to see before it is paid, and what for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeView>,
    /// The line of which somebody has to read a serial number or lot before it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untraced: Option<UntracedView>,
    /// The goods of which more is in it than the store may sell by itself, of classes that want an
    /// approval.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<PromisedView>,
    /// The scans that wait for a person; they bar payment.
    pub unsettled: Vec<WaitingView>,
    /// Why it cannot be paid now; nothing when it can.
    pub barred: Option<String>,
}

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LineView {
    /// Its number.
    pub line: u16,
    /// What.
    pub sku: Sku,
    /// Its name.
    pub description: String,
    /// How it is counted.
    pub unit: Unit,
    /// How much; nothing for goods that still have to be weighed.
    pub quantity_milli: Milli,
    /// The price of one.
    pub unit_price_minor: Minor,
    /// What the line costs.
    pub amount_minor: Minor,
    /// How that came to be, where it is not simply the price in force times how much.
    pub pricing: Option<LinePricing>,
    /// What else is said of it.
    #[serde(skip_serializing_if = "LineRemarks::is_empty")]
    pub remarks: LineRemarks,
    /// Whether it was taken out.
    pub voided: bool,
    /// Counts up with each scan: the order in which lines are shown.
    #[serde(skip)]
    pub touched: u32,
    /// Whether it was scanned last.
    pub newest: bool,
}

/// Everything a register's page shows.
#[derive(Debug, Clone)]
pub(crate) struct RegisterView {
    /// The register.
    pub register: RegisterId,
    /// Its basket.
    pub basket: BasketView,
    /// What the screen shows beside it.
    pub screen: Screen,
    /// How far prices may be changed by hand, while somebody is asked about one.
    pub till_policy: Option<TillPolicy>,
    /// Whether its till is open.
    pub is_open: bool,
    /// What was given so far.
    pub tenders: Vec<Tender>,
    /// What is due; nothing while nothing is paid, or the basket does not add up.
    pub due: Option<Due>,
    /// What may be taken beside cash and cards.
    pub others: OthersShown,
    /// How the register stands with its terminal.
    pub cards: CardsShown,
    /// The line the quantity keys are about, if any stands.
    pub selected: Option<u16>,
    /// The sale just paid.
    pub paid: Option<Sold>,
    /// Who sold it, by name.
    pub cashier: Option<String>,
    /// What its receipt says of its signature.
    pub mark: Mark,
    /// What is sold most, or the first of each department.
    pub favourites: Vec<Product>,
    /// How many baskets of the store wait to be recalled.
    pub suspended: i64,
    /// Prints a person has to settle.
    pub uncertain: Vec<PrintJob>,
    /// What the regional team wants everybody to know.
    pub notices: Vec<Notice>,
    /// The people of the store, where a line says who sold it.
    pub sellers: Vec<Member>,
    /// To whom it is sold, with their name, while they are known here.
    pub customer: Option<CustomerShown>,
}

/// A completed sale with its prints.
#[derive(Debug, Clone)]
pub(crate) struct SaleView {
    /// The sale.
    pub sold: Sold,
    /// Who sold it, by name.
    pub cashier: Option<String>,
    /// What its receipt says of its signature.
    pub mark: Mark,
    /// How many copies there are.
    pub copies: u16,
    /// How many gift receipts there are.
    pub gifts: u16,
    /// Its invoice, if it has one.
    pub invoice: Option<store::Invoiced>,
    /// Its prints, oldest first.
    pub prints: Vec<PrintJob>,
    /// The people of the store, where it took promised goods.
    pub approvers: Vec<Member>,
}

/// Returns the basket of a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn basket(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<BasketView, DbError> {
    let basket = loaded(ctx, tx, register)?;
    let waiting = store::waiting(tx, register)?;
    shown(ctx, tx, register, (basket, &waiting))
}

/// Returns everything the page of a register shows.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn register_view(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<RegisterView, DbError> {
    let basket = loaded(ctx, tx, register)?;
    let waiting = store::waiting(tx, register)?;
    let screen = store::screen(tx, register)?;
    let tenders = store::tenders(tx, register)?;
    let (due, others) = match (screen.phase, &basket) {
        (Phase::Tendering, Some(basket)) => {
            let step = cash_step(&reference::policies(tx)?.tenders, &ctx.profile());
            let others = others_shown(ctx, tx, register)?;
            (due(basket, &tenders, step).ok(), others)
        }
        (Phase::Selling | Phase::Paid, _) | (_, None) => (None, OthersShown::default()),
    };
    let sale_id = basket.as_ref().map(|basket| basket.sale_id);
    let cards = cards_shown(ctx, tx, register, sale_id)?;
    let paid = match screen.paid_sale_id {
        Some(sale_id) => store::sold(tx, sale_id)?,
        None => None,
    };
    let selected = basket.as_ref().and_then(|basket| {
        let chosen = basket
            .standing_lines()
            .find(|line| Some(line.line) == screen.selected_line);
        chosen.map(|line| line.line).or_else(|| basket.newest())
    });
    let is_open = shifts::open_shift(tx, register)?.is_some();
    // Tiles stand there only while items are scanned; they are two dozen look-ups.
    let favourites = match (is_open, screen.phase) {
        (true, Phase::Selling) => favourites(tx, ctx.now_ms())?,
        (true, Phase::Tendering | Phase::Paid) | (false, _) => Vec::new(),
    };
    let cashier = match &paid {
        Some(sold) => name_of(tx, sold)?,
        None => None,
    };
    let mark = match &paid {
        Some(sold) => signing::mark_of(tx, sold.sale.sale_id)?,
        None => Mark::None,
    };
    let till_policy = match screen.asked_line {
        Some(_) => Some(super::till_policy(tx)?),
        None => None,
    };
    let notices = crate::notices::current(tx, ctx.now_ms(), ctx.business_date())?;
    Ok(RegisterView {
        register,
        sellers: sellers(tx, basket.as_ref())?,
        customer: customer_at(ctx, tx, basket.as_ref())?,
        basket: shown(ctx, tx, register, (basket, &waiting))?,
        screen,
        till_policy,
        is_open,
        tenders,
        due,
        others,
        cards,
        selected,
        paid,
        cashier,
        mark,
        favourites,
        suspended: store::count_suspended(tx)?,
        uncertain: devices::uncertain_jobs(tx, register)?,
        notices,
    })
}

/// Returns a basket as it is shown, with what comes back beside it.
fn shown(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (basket, waiting): (Option<Basket>, &[WaitingScan]),
) -> Result<BasketView, DbError> {
    let exchange = exchange_view(tx, register, basket.as_ref())?;
    let currency = ctx.profile().currency;
    Ok(BasketView {
        exchange,
        ..basket_view(currency, register, basket, waiting)
    })
}

/// Returns the people of the store, if a line of the basket says who sold it.
fn sellers(tx: &mut Tx, basket: Option<&Basket>) -> Result<Vec<Member>, DbError> {
    let lines = basket.map_or(&[][..], |basket| &basket.lines);
    match lines.iter().any(|line| line.remarks.sold_by.is_some()) {
        true => reference::members(tx),
        false => Ok(Vec::new()),
    }
}

/// Returns a sale with its prints.
///
/// # Errors
///
/// [`SalesError::NoSuchSale`]; those of the database.
pub(crate) fn sale_view(tx: &mut Tx, sale_id: SaleId) -> Result<SaleView, SalesError> {
    let sold = store::sold(tx, sale_id)?.ok_or(SalesError::NoSuchSale(sale_id))?;
    let cashier = name_of(tx, &sold)?;
    Ok(SaleView {
        approvers: approvers(tx, &sold)?,
        sold,
        cashier,
        mark: signing::mark_of(tx, sale_id)?,
        copies: store::copies(tx, sale_id)?,
        gifts: store::gift_receipts(tx, sale_id)?,
        invoice: store::invoiced(tx, sale_id)?,
        prints: devices::jobs_of_sale(tx, sale_id)?,
    })
}

/// Returns who made a sale, by name, while they are on the roster.
pub(crate) fn name_of(tx: &mut Tx, sold: &Sold) -> Result<Option<String>, DbError> {
    match sold.staff {
        Some(staff_id) => Ok(reference::member_by_id(tx, staff_id)?.map(|member| member.name)),
        None => Ok(None),
    }
}

pub(super) fn basket_view(
    currency: Currency,
    register: RegisterId,
    basket: Option<Basket>,
    waiting: &[WaitingScan],
) -> BasketView {
    let settled = Settled::showing(waiting.len(), currency);
    let sale_id = basket.as_ref().map(|basket| basket.sale_id);
    let basket = basket.unwrap_or_else(|| Basket::new(SaleId::from_parts(0, 0)));
    let newest = basket.newest();
    // A basket is stored only while it adds up.
    let figures = basket.figures().ok();
    let lines = basket.lines.iter();
    BasketView {
        register,
        sale_id,
        currency,
        items: basket.items(),
        lines: lines
            .map(|line| line_view(&basket, line, figures.as_ref(), newest))
            .collect(),
        exchange: None,
        coupons: CouponView::of(&basket, figures.as_ref()),
        sold_to: basket.sold_to.clone(),
        total_minor: figures.as_ref().map_or(Minor::ZERO, |it| it.total_minor),
        off_minor: figures.as_ref().map_or(Minor::ZERO, |it| it.off_minor),
        before_tax_minor: figures.as_ref().and_then(Figures::before_tax_minor),
        tax_parts: figures
            .as_ref()
            .map_or_else(Vec::new, |it| it.tax_parts.clone()),
        taxes: figures.map_or_else(Vec::new, |it| it.taxes),
        barred: settled
            .allows(&basket)
            .err()
            .map(|refused: PayRefused| refused.to_string()),
        age: age_view(&basket),
        untraced: untraced_view(&basket),
        promised: PromisedView::of(&basket),
        unsettled: waiting.iter().map(WaitingView::of).collect(),
    }
}

fn line_view(
    basket: &Basket,
    line: &BasketLine,
    figures: Option<&Figures>,
    newest: Option<u16>,
) -> LineView {
    let priced = figures.and_then(|figures| figures.line(line.line));
    LineView {
        line: line.line,
        amount_minor: match priced {
            Some(priced) => priced.amount_minor,
            None => line.gross().unwrap_or(Minor::ZERO),
        },
        pricing: priced.and_then(|priced| basket.explained(line, priced)),
        quantity_milli: line.quantity_milli,
        unit_price_minor: line.unit_price(),
        voided: line.voided.is_some(),
        newest: newest == Some(line.line),
        touched: line.touched,
        sku: line.item.sku.clone(),
        description: line.item.description.clone(),
        unit: line.item.unit,
        remarks: line.remarks.clone(),
    }
}
