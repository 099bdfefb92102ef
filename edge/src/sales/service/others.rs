//! Tenders that are neither cash of the store's currency nor a card, and which tenders are taken at
//! all: what the rules decide on, read and written in one transaction.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::policies::{BusinessAccount, CashStep, ForeignRate, TenderPolicy};
use counterpart_protocol::sales::Tender;
use counterpart_protocol::stored::StoredCard;

use super::cards::none_asked;
use super::coupons::settle_coupons;
use super::gift_cards::{free_unused, with_answers};
use super::paying::{CashGiven, Given, give_tender, ready};
use super::{SalesError, loaded};
use crate::command::Command;
use crate::context::{Context, StoreProfile};
use crate::reference;
use crate::sales::rules::{self, Confirmed, PayRefused, TenderRefused};
use crate::sales::store;
use crate::staff::{self, Person};
use crate::stored::{self, Asked};
use crate::sync::Standing;

/// What a customer gives beside cash of the store's currency and a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Other {
    /// A paper voucher of another issuer.
    Voucher {
        /// The number printed on it.
        number: String,
        /// What it says it is worth.
        face_minor: Minor,
    },
    /// Notes and coins of another currency.
    Foreign {
        /// The currency.
        currency: Currency,
        /// How much of it, in its own minor units.
        amount_minor: Minor,
    },
    /// A business customer's word to pay later.
    OnAccount {
        /// The number of its account.
        account: String,
        /// How much; all that is due if nothing.
        amount_minor: Option<Minor>,
    },
    /// A gift card or a credit.
    Stored(Box<StoredGiven>),
}

/// What a gift card or a credit is asked to pay, and what became of the question about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredGiven {
    /// The card: its number was read at the border and goes no further.
    pub card: StoredCard,
    /// How much; all that is due if nothing.
    pub amount_minor: Option<Minor>,
    /// What the hub said; asked before the transaction, never in it.
    pub asked: Asked,
}

/// What else may be taken at a register, for its page.
#[derive(Debug, Clone, Default)]
pub(crate) struct OthersShown {
    /// Whether vouchers are.
    pub vouchers: bool,
    /// The currencies whose cash is.
    pub foreign: Vec<Currency>,
    /// Their rates.
    pub rates: Vec<ForeignRate>,
    /// The accounts, with what is left of each.
    pub accounts: Vec<(BusinessAccount, Minor)>,
}

impl OthersShown {
    /// Returns what one whole unit of a currency counts for, in thousandths of one of the store's.
    #[must_use]
    pub(crate) fn worth(&self, currency: Currency) -> Option<i64> {
        let rate = self.rates.iter().find(|it| it.currency == currency)?;
        Some(rate.rate_micro / 1_000)
    }
}

/// Takes something else at the person's register: completes the sale when it is enough, else notes
/// it.
///
/// # Errors
///
/// [`SalesError::Pay`] says why it is not taken, [`SalesError::TillClosed`], the failures.
pub(crate) async fn give_other(
    ctx: &Context,
    person: &Person,
    other: Other,
    confirmed: Confirmed,
    command: Command,
) -> Result<CashGiven, SalesError> {
    if let Other::OnAccount { .. } = &other {
        staff::permit(ctx, person, Operation::SellOnAccount).await?;
    }
    settle_coupons(ctx, person).await?;
    let (mut given, holds) = with_answers(ctx, person, vec![Given::Other(other)]).await?;
    let Some(Given::Other(other)) = given.pop() else {
        return Err(PayRefused::NotPositive.into());
    };
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            none_asked(tx, person.register)?;
            let given = store::tenders(tx, person.register)?;
            let tender = tender_of(&context, tx, person.register, &other, &given)?;
            check_taken(&context, tx, &person, std::slice::from_ref(&tender))?;
            give_tender(&context, tx, &person, tender, confirmed)
        })
    };
    let given = ctx.db().write(work).await;
    free_unused(ctx, holds).await?;
    given
}

/// Returns what something counts for, `given` being there already.
///
/// # Errors
///
/// [`SalesError::Pay`]; those of the database.
pub(super) fn tender_of(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    other: &Other,
    given: &[Tender],
) -> Result<Tender, SalesError> {
    let policy = reference::policies(tx)?.tenders;
    let profile = ctx.profile();
    let step = cash_step(&policy, &profile);
    let (basket, _) = ready(ctx, tx, register)?;
    let due = rules::due(&basket, given, step)?;
    let tender = match other {
        Other::Voucher { number, face_minor } => {
            rules::voucher(number, *face_minor, due, given, &policy)
        }
        Other::Foreign {
            currency,
            amount_minor,
        } => {
            let rate = policy.rate(*currency, profile.currency);
            rules::foreign(*currency, *amount_minor, rate, step)
        }
        Other::OnAccount {
            account,
            amount_minor,
        } => {
            let known = policy.account(account, profile.currency);
            let known = known.ok_or_else(|| no_account(account))?;
            let used = used(ctx, tx, &known.number)?;
            // What is given for this sale already is bought on it too.
            let here = given.iter().filter(|it| {
                let of = it.account.as_ref();
                of.is_some_and(|it| it.account == known.number)
            });
            let here: i64 = here.map(|it| it.amount_minor.0).sum();
            let used = Minor(used.0.saturating_add(here));
            rules::on_account(known, *amount_minor, due, used)
        }
        Other::Stored(asked) => {
            let known = stored::known(tx, &asked.card, &asked.asked)?;
            let due_minor = due.due_minor;
            known
                .and_then(|it| {
                    stored::redeem(&it, asked.amount_minor, due_minor, profile.currency, given)
                })
                .map_err(TenderRefused::from)
        }
    };
    Ok(tender.map_err(PayRefused::from)?)
}

fn no_account(typed: &str) -> PayRefused {
    let typed = typed.chars().take(40).collect();
    TenderRefused::NoSuchAccount(typed).into()
}

fn used(ctx: &Context, tx: &mut Tx, account: &str) -> Result<Minor, DbError> {
    let currency = ctx.profile().currency;
    store::used_on_account(tx, account, currency, ctx.business_date())
}

/// Checks that the policy lets somebody take these tenders now: while the hub is there it may be
/// asked, so everything is taken.
///
/// # Errors
///
/// [`SalesError::Pay`]; those of the database.
pub(super) fn check_taken(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    tenders: &[Tender],
) -> Result<(), SalesError> {
    let is_here = ctx.link().state().standing == Standing::Connected;
    // Money the hub holds back is the hub's word; else a card is taken as if the hub were away,
    // which it is when it did not answer in time.
    let on_our_own = |it: &&Tender| match &it.stored {
        Some(stored) => stored.hold.is_none(),
        None => !is_here,
    };
    let tenders: Vec<&Tender> = tenders.iter().filter(on_our_own).collect();
    if tenders.is_empty() {
        return Ok(());
    }
    let offline = reference::policies(tx)?.offline;
    let contact_at_ms = ctx.replica().up_state(tx, EdgeNumber::HUB)?.contact_at_ms;
    // A clock set back says that the hub was just heard of.
    let ago_ms = contact_at_ms.map(|at_ms| (ctx.now_ms() - at_ms).max(0).unsigned_abs());
    for tender in tenders {
        let may = rules::may_take(&offline, person.role, ago_ms, tender);
        may.map_err(PayRefused::from)?;
    }
    Ok(())
}

/// Returns the step cash is rounded to in a store.
#[must_use]
pub(crate) fn cash_step(policy: &TenderPolicy, profile: &StoreProfile) -> CashStep {
    let address = profile.details.address.as_ref();
    policy.cash_step(profile.currency, address.map(|it| it.country.as_str()))
}

/// Reads what else may be taken at a register.
///
/// # Errors
///
/// Those of the database.
pub(super) fn others_shown(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<OthersShown, DbError> {
    if loaded(ctx, tx, register)?.is_none() {
        return Ok(OthersShown::default());
    }
    let policies = reference::policies(tx)?;
    let (policy, here) = (policies.tenders, ctx.profile().currency);
    let names = |word: &str| {
        let roles = [&policies.offline.associate, &policies.offline.manager];
        roles.iter().any(|it| it.check_tender(word).is_ok())
    };
    let mut accounts = Vec::new();
    for account in policy.accounts.iter().filter(|it| it.currency == here) {
        let used = used(ctx, tx, &account.number)?;
        accounts.push((account.clone(), rules::left_on(account, used)));
    }
    let rates = policy.foreign.iter().filter(|it| it.into == here);
    let rates: Vec<ForeignRate> = rates.copied().collect();
    Ok(OthersShown {
        vouchers: names("voucher"),
        foreign: rates.iter().map(|it| it.currency).collect(),
        rates,
        accounts,
    })
}
