//! Who may do what in a store: every operation a shop governs, by role. Since version 0.1.0;
//! policies published before it say nothing of it, and the usual permissions hold.
//!
//! A permission is the first gate. How far somebody may go, in percent and amounts, stands in the
//! other parts and is asked second.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::staff::{Member, Role};

/// Defines the operations at one place: their names, their words, what an associate may where
/// nothing is said, and whether a store stands still without.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $associate:ident, $need:ident;)*) => {
        /// Something a shop may want to govern. A word never changes and never means anything else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$doc])* $name,)*
        }

        impl Operation {
            /// Every operation, in the order a person reads them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns its word in policies, facts and the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            const fn usual_associate(self) -> Permission {
                match self {
                    $(Self::$name => Permission::$associate,)*
                }
            }

            const fn need(self) -> Need {
                match self {
                    $(Self::$name => Need::$need,)*
                }
            }
        }
    };
}

/// Whether a store stands still when nobody there may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// It cannot sell on, close its day or take its goods in.
    Vital,
    /// It goes on without.
    Usual,
}

operations! {
    /// A line is taken out of the basket, or some of it.
    VoidLine = "void_line", Alone, Vital;
    /// The whole basket is given up.
    VoidBasket = "void_basket", Alone, Vital;
    /// A basket is put aside.
    SuspendSale = "suspend_sale", Alone, Usual;
    /// A basket that was put aside goes on.
    RecallSale = "recall_sale", Alone, Vital;
    /// A price is typed in place of the one in force.
    TypePrice = "price_by_hand", Alone, Usual;
    /// Something is taken off a line.
    DiscountLine = "discount_line", Alone, Usual;
    /// Something is taken off the sale.
    DiscountSale = "discount_sale", Alone, Usual;
    /// Goods nobody knows are sold by their department.
    SellByDepartment = "sell_by_department", Alone, Usual;
    /// Money is put on a gift card.
    SellGiftCard = "sell_gift_card", Alone, Usual;
    /// Something is sold on account.
    SellOnAccount = "sell_on_account", Alone, Usual;
    /// A customer is sold to without tax by a certificate they show.
    ExemptTax = "exempt_tax", WithManager, Usual;
    /// Goods go to a walk-in that may be promised to others.
    LetPromisedGo = "promised_goods", WithManager, Usual;
    /// A customer becomes one the shop knows.
    EnrolCustomer = "enrol_customer", Alone, Usual;
    /// A receipt is printed again.
    Reprint = "reprint", Alone, Usual;
    /// A receipt without prices is printed.
    GiftReceipt = "gift_receipt", Alone, Usual;
    /// An invoice is made out or printed again.
    Invoice = "invoice", Alone, Usual;
    /// A card gets its money back before the sale came about.
    GiveCardBack = "give_card_back", Alone, Vital;
    /// Somebody says what became of card money nobody knows about.
    SettleCard = "settle_card", WithManager, Vital;
    /// A till is opened with its float.
    OpenTill = "open_till", Alone, Vital;
    /// A drawer is opened to be counted.
    CountTill = "count_till", Alone, Vital;
    /// A till is closed, which prints its Z.
    CloseTill = "close_till", Alone, Vital;
    /// Somebody else works the drawer.
    ChangeCashier = "change_cashier", Alone, Vital;
    /// A drawer is opened for no sale.
    NoSale = "no_sale", Alone, Usual;
    /// Cash is put into the drawer.
    PaidIn = "paid_in", Alone, Usual;
    /// Cash is paid out of the drawer.
    PaidOut = "paid_out", WithManager, Usual;
    /// Cash goes from the drawer into the safe.
    SafeDrop = "safe_drop", Alone, Vital;
    /// What a till comes to is printed before it is closed.
    XReport = "x_report", WithManager, Usual;
    /// A Z is printed again.
    ReprintZ = "reprint_z", Alone, Usual;
    /// A float leaves the safe or comes back.
    SafeFloat = "safe_float", WithManager, Vital;
    /// A bag leaves the safe for the bank.
    BankDrop = "bank_drop", WithManager, Vital;
    /// The safe is counted.
    CountSafe = "safe_count", WithManager, Vital;
    /// Goods of a sale come back with its receipt.
    ReturnGoods = "return_goods", Alone, Usual;
    /// Goods come back for others.
    Exchange = "exchange", Alone, Usual;
    /// What another store sold is refunded without the right to.
    RefundProvisionally = "provisional_refund", Alone, Usual;
    /// An order is handed over.
    HandOver = "hand_over", Alone, Vital;
    /// An order is handed over by a document, without its code.
    HandOverByDocument = "hand_over_by_document", WithManager, Vital;
    /// A delivery is received.
    ReceiveGoods = "receive_goods", Alone, Vital;
    /// Stock is put right by hand.
    AdjustStock = "stock_adjustment", WithManager, Usual;
    /// Goods are sent to another store.
    SendTransfer = "send_transfer", Alone, Usual;
    /// Goods of another store are counted in.
    ReceiveTransfer = "receive_transfer", Alone, Vital;
    /// An exception is settled.
    ResolveException = "resolve_exception", Alone, Vital;
    /// A record that was set aside counts after all.
    ReadmitRecord = "readmit_record", WithManager, Vital;
    /// A device is tried out, which may open a drawer.
    TryDevice = "try_device", Alone, Vital;
    /// The devices are set up anew.
    SetUpDevices = "set_up_devices", Never, Vital;
    /// The training store begins anew.
    TrainingAnew = "training_anew", Never, Usual;
}

/// How somebody may do something.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Not at all.
    Never,
    /// With a manager's approval; a manager, with another's.
    WithManager,
    /// Alone.
    Alone,
}

/// Who may do what, by role. It says only what is not as usual.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Permissions {
    /// What was decided, an operation once.
    #[serde(default)]
    pub rules: Vec<PermissionRule>,
}

/// How an operation may be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PermissionRule {
    /// The operation, by its word. A store that does not know it yet passes it over.
    #[schema(example = "void_line")]
    pub operation: String,
    /// How an associate may.
    pub associate: Permission,
    /// How a manager may.
    pub manager: Permission,
}

impl Operation {
    /// Reads a word, if it is one.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.word() == word)
    }

    /// Returns how a role may where nothing is said.
    #[must_use]
    pub const fn usual(self, role: Role) -> Permission {
        match role {
            Role::Associate => self.usual_associate(),
            Role::Manager => Permission::Alone,
        }
    }

    /// Tells whether a store stands still when nobody there may do it; a manager always may then.
    #[must_use]
    pub fn is_vital(self) -> bool {
        self.need() == Need::Vital
    }
}

impl PermissionRule {
    /// Returns how a role may.
    #[must_use]
    pub const fn of(&self, role: Role) -> Permission {
        match role {
            Role::Associate => self.associate,
            Role::Manager => self.manager,
        }
    }
}

impl Permissions {
    /// Tells whether everything is as usual.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.rules.is_empty()
    }

    /// Returns how a role may do something. A manager may do alone what a store stands still
    /// without, and anything else at least with another's approval, whatever is said.
    #[must_use]
    pub fn of(&self, operation: Operation, role: Role) -> Permission {
        let word = operation.word();
        let said = self.rules.iter().find(|rule| rule.operation == word);
        let permission = said.map_or_else(|| operation.usual(role), |rule| rule.of(role));
        match role {
            Role::Manager if operation.is_vital() => Permission::Alone,
            Role::Manager => permission.max(Permission::WithManager),
            Role::Associate => permission,
        }
    }

    /// Returns how a member of staff may do something: what they were given by name, alone.
    #[must_use]
    pub fn of_member(&self, operation: Operation, member: &Member) -> Permission {
        match member.may.iter().any(|word| word == operation.word()) {
            true => Permission::Alone,
            false => self.of(operation, member.role),
        }
    }

    /// Sets how an operation may be done, and forgets what is as usual then.
    pub fn set(&mut self, operation: Operation, associate: Permission, manager: Permission) {
        self.rules.retain(|rule| rule.operation != operation.word());
        let usual = [Role::Associate, Role::Manager].map(|role| operation.usual(role));
        if usual != [associate, manager] {
            self.rules.push(PermissionRule {
                operation: operation.word().to_owned(),
                associate,
                manager,
            });
        }
        let place = |rule: &PermissionRule| Operation::read(&rule.operation);
        self.rules.sort_by_key(place);
    }
}

#[cfg(test)]
mod tests;
