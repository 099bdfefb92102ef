//! One terminal at one register: one payment at a time, and none after one nobody knows about.
//!
//! It remembers as long as the program runs. Whoever keeps payments durably tells it after a
//! restart what was not resolved: [`TerminalDesk::expect_unknown`].

use std::sync::{Arc, Mutex, MutexGuard};

use thiserror::Error;
use tokio::sync::watch;

use super::{
    Approval, IntentId, PayRequest, PayState, PaymentTerminal, ReverseRequest, TerminalFailed,
    TerminalHealth, TerminalTotals,
};

/// A terminal that is never asked for a second payment while a first is not known.
#[derive(Debug)]
pub struct TerminalDesk {
    terminal: Arc<dyn PaymentTerminal>,
    current: Mutex<Option<Current>>,
    shown: watch::Sender<Option<(IntentId, PayState)>>,
}

#[derive(Debug, Clone)]
struct Current {
    intent: IntentId,
    /// What was asked for; nothing for one from before a restart.
    asked: Option<Asked>,
    state: PayState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Pay(PayRequest),
    Reverse(ReverseRequest),
}

/// What a person says became of a payment, having looked at the terminal's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonDecision {
    /// The customer has paid.
    Paid(Approval),
    /// The customer has not.
    NotPaid,
}

/// Why a payment was not begun.
#[derive(Debug, Error)]
pub enum PayRefused {
    /// Another one is under way.
    #[error("the payment {0} is under way on this terminal: wait for it, or give it up")]
    UnderWay(IntentId),
    /// What became of another one is not known.
    #[error(
        "nobody knows what became of the payment {0}: ask the terminal again, or look at its list \
         and say whether the customer has paid"
    )]
    Unknown(IntentId),
    /// The same intent was used for something else.
    #[error("the payment {0} was asked for with other amounts before")]
    OtherRequest(IntentId),
    /// A person can settle only what is not known.
    #[error("the payment {0} is known: there is nothing to settle")]
    NothingToSettle(IntentId),
    /// The amount is none.
    #[error("an amount is more than nothing")]
    NoAmount,
    /// The terminal could not be asked; nothing was begun.
    #[error(transparent)]
    Failed(#[from] TerminalFailed),
}

impl TerminalDesk {
    /// Puts a terminal at a register.
    #[must_use]
    pub fn new(terminal: Arc<dyn PaymentTerminal>) -> Self {
        Self {
            terminal,
            current: Mutex::new(None),
            shown: watch::Sender::new(None),
        }
    }

    /// Tells the desk of a payment from before a restart that nobody knows about.
    pub fn expect_unknown(&self, intent: IntentId) {
        self.note(Current {
            intent,
            asked: None,
            state: PayState::Unknown,
        });
    }

    /// Returns a view of the newest payment and where it stands.
    #[must_use]
    pub fn shown(&self) -> watch::Receiver<Option<(IntentId, PayState)>> {
        self.shown.subscribe()
    }

    /// Returns the payment that blocks this desk, if one does.
    #[must_use]
    pub fn blocked_by(&self) -> Option<IntentId> {
        let current = self.current().clone()?;
        (!current.state.is_final()).then_some(current.intent)
    }

    /// Asks the customer to pay. Asked again for the same intent it returns what is known of it;
    /// the customer pays once. When the call is dropped before its end, the payment counts as
    /// unknown.
    ///
    /// # Errors
    /// [`PayRefused`]: nothing was begun.
    pub async fn pay(&self, request: &PayRequest) -> Result<PayState, PayRefused> {
        if request.amount_minor <= 0 {
            return Err(PayRefused::NoAmount);
        }
        let asked = Asked::Pay(request.clone());
        if let Some(known) = self.begin(&request.intent, asked)? {
            return Ok(known);
        }
        let underway = UnderWay { desk: self };
        let answered = self.terminal.pay(request).await;
        underway.end(answered)
    }

    /// Gives money back, under the same law.
    ///
    /// # Errors
    /// [`PayRefused`]: nothing was begun.
    pub async fn reverse(&self, request: &ReverseRequest) -> Result<PayState, PayRefused> {
        if request.amount_minor <= 0 {
            return Err(PayRefused::NoAmount);
        }
        let asked = Asked::Reverse(request.clone());
        if let Some(known) = self.begin(&request.intent, asked)? {
            return Ok(known);
        }
        let underway = UnderWay { desk: self };
        let answered = self.terminal.reverse(request).await;
        underway.end(answered)
    }

    /// Asks the terminal what became of the payment nobody knows about, and returns what is known
    /// now.
    ///
    /// # Errors
    /// [`TerminalFailed`]: it is as unknown as before.
    pub async fn resolve(&self) -> Result<Option<(IntentId, PayState)>, TerminalFailed> {
        let Some(current) = self.current().clone() else {
            return Ok(None);
        };
        if current.state != PayState::Unknown {
            return Ok(Some((current.intent, current.state)));
        }
        let told = self.terminal.status(&current.intent).await?;
        // While the terminal works on it, it is still not known here.
        if told.is_final() {
            self.change(&current.intent, told.clone());
        }
        Ok(Some((current.intent, told)))
    }

    /// Asks the terminal what became of a payment that does not stand in the way here any more:
    /// whether a person who settled it was right.
    ///
    /// # Errors
    /// [`TerminalFailed`].
    pub async fn status(&self, intent: &IntentId) -> Result<PayState, TerminalFailed> {
        self.terminal.status(intent).await
    }

    /// Takes a person's word for what became of a payment nobody knows about.
    ///
    /// # Errors
    /// [`PayRefused::NothingToSettle`].
    pub fn settle(
        &self,
        intent: &IntentId,
        decision: PersonDecision,
    ) -> Result<PayState, PayRefused> {
        let is_unknown = self
            .current()
            .as_ref()
            .is_some_and(|current| current.intent == *intent && current.state == PayState::Unknown);
        if !is_unknown {
            return Err(PayRefused::NothingToSettle(intent.clone()));
        }
        let state = match decision {
            PersonDecision::Paid(approval) => PayState::Approved(approval),
            PersonDecision::NotPaid => PayState::Cancelled,
        };
        self.change(intent, state.clone());
        Ok(state)
    }

    /// Asks the terminal to give up what the customer has not paid yet.
    ///
    /// # Errors
    /// [`TerminalFailed`].
    pub async fn abort(&self) -> Result<(), TerminalFailed> {
        match self.blocked_by() {
            Some(intent) => self.terminal.abort(&intent).await,
            None => Ok(()),
        }
    }

    /// Closes the terminal's period.
    ///
    /// # Errors
    /// [`PayRefused::UnderWay`], `Unknown`, `Failed`.
    pub async fn reconcile(&self, intent: &IntentId) -> Result<TerminalTotals, PayRefused> {
        if let Some(current) = self.current().as_ref() {
            stands_in_the_way(current)?;
        }
        Ok(self.terminal.reconcile(intent).await?)
    }

    /// Returns how the terminal is.
    ///
    /// # Errors
    /// [`TerminalFailed`].
    pub async fn health(&self) -> Result<TerminalHealth, TerminalFailed> {
        self.terminal.health().await
    }

    /// Returns what is known already, or takes the desk.
    fn begin(&self, intent: &IntentId, asked: Asked) -> Result<Option<PayState>, PayRefused> {
        let mut current = self.current();
        if let Some(there) = current.as_ref() {
            if there.intent == *intent {
                return match &there.asked {
                    Some(before) if *before == asked => match there.state {
                        PayState::Waiting => Err(PayRefused::UnderWay(intent.clone())),
                        _ => Ok(Some(there.state.clone())),
                    },
                    Some(_) => Err(PayRefused::OtherRequest(intent.clone())),
                    None => Ok(Some(there.state.clone())),
                };
            }
            stands_in_the_way(there)?;
        }
        let state = PayState::Waiting;
        self.shown
            .send_replace(Some((intent.clone(), state.clone())));
        *current = Some(Current {
            intent: intent.clone(),
            asked: Some(asked),
            state,
        });
        Ok(None)
    }

    fn note(&self, next: Current) {
        self.shown
            .send_replace(Some((next.intent.clone(), next.state.clone())));
        *self.current() = Some(next);
    }

    fn change(&self, intent: &IntentId, state: PayState) {
        let mut current = self.current();
        if let Some(there) = current.as_mut().filter(|there| there.intent == *intent) {
            there.state = state.clone();
            self.shown.send_replace(Some((intent.clone(), state)));
        }
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().expect("nobody panics holding it")
    }
}

fn stands_in_the_way(current: &Current) -> Result<(), PayRefused> {
    match current.state {
        PayState::Unknown => Err(PayRefused::Unknown(current.intent.clone())),
        PayState::Created | PayState::Waiting | PayState::Processing => {
            Err(PayRefused::UnderWay(current.intent.clone()))
        }
        PayState::Approved(_)
        | PayState::ApprovedOffline(_)
        | PayState::Declined(_)
        | PayState::Cancelled => Ok(()),
    }
}

/// A payment that is being asked for: dropped, nobody knows what became of it.
struct UnderWay<'a> {
    desk: &'a TerminalDesk,
}

impl UnderWay<'_> {
    fn end(self, answered: Result<PayState, TerminalFailed>) -> Result<PayState, PayRefused> {
        let mut current = self.desk.current();
        match answered {
            Ok(state) => {
                if let Some(there) = current.as_mut() {
                    there.state = state.clone();
                    self.desk
                        .shown
                        .send_replace(Some((there.intent.clone(), state.clone())));
                }
                drop(current);
                std::mem::forget(self);
                Ok(state)
            }
            // Nothing was begun: the desk is free, and the intent can be asked for again.
            Err(failed) => {
                *current = None;
                self.desk.shown.send_replace(None);
                drop(current);
                std::mem::forget(self);
                Err(failed.into())
            }
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut current = self.desk.current();
        if let Some(there) = current.as_mut() {
            there.state = PayState::Unknown;
            self.desk
                .shown
                .send_replace(Some((there.intent.clone(), PayState::Unknown)));
        }
    }
}
