//! What the operations of stores are called on the hub's pages and in its sentences.

use counterpart_protocol::policies::{Operation, Permission};

/// Returns what an operation is called.
#[must_use]
pub const fn operation_words(operation: Operation) -> &'static str {
    match operation {
        Operation::VoidLine => "Take a line out, or some of it",
        Operation::VoidBasket => "Give a whole sale up",
        Operation::SuspendSale => "Put a sale aside",
        Operation::RecallSale => "Go on with a sale that was put aside",
        Operation::TypePrice => "Type a price",
        Operation::DiscountLine => "Discount a line",
        Operation::DiscountSale => "Discount the sale",
        Operation::SellByDepartment => "Sell by department",
        Operation::SellGiftCard => "Put money on a gift card",
        Operation::SellOnAccount => "Sell on account",
        Operation::ExemptTax => "Sell without tax",
        Operation::LetPromisedGo => "Sell goods others may be promised",
        Operation::EnrolCustomer => "Enrol a customer",
        Operation::Reprint => "Print a receipt again",
        Operation::GiftReceipt => "Print a gift receipt",
        Operation::Invoice => "Make out an invoice",
        Operation::GiveCardBack => "Give a card its money back",
        Operation::SettleCard => "Say what became of card money",
        Operation::OpenTill => "Open the till",
        Operation::CountTill => "Open the drawer to count it",
        Operation::CloseTill => "Close the till",
        Operation::ChangeCashier => "Take a drawer over",
        Operation::NoSale => "Open the drawer for no sale",
        Operation::PaidIn => "Pay cash in",
        Operation::PaidOut => "Pay cash out",
        Operation::SafeDrop => "Drop cash into the safe",
        Operation::XReport => "Print an X report",
        Operation::ReprintZ => "Print a Z again",
        Operation::SafeFloat => "Move a float at the safe",
        Operation::BankDrop => "Send a bag to the bank",
        Operation::CountSafe => "Count the safe",
        Operation::ReturnGoods => "Take goods back",
        Operation::Exchange => "Exchange goods",
        Operation::RefundProvisionally => "Refund another store's sale provisionally",
        Operation::HandOver => "Hand an order over",
        Operation::HandOverByDocument => "Hand an order over by a document",
        Operation::ReceiveGoods => "Receive a delivery",
        Operation::AdjustStock => "Put stock right",
        Operation::SendTransfer => "Send goods to another store",
        Operation::ReceiveTransfer => "Count in goods of another store",
        Operation::ResolveException => "Settle an exception",
        Operation::ReadmitRecord => "Let a record count after all",
        Operation::TryDevice => "Try a device out",
        Operation::SetUpDevices => "Set the devices up anew",
        Operation::TrainingAnew => "Let training begin anew",
    }
}

/// Returns what a permission is called.
pub(in crate::policies) const fn permission_words(permission: Permission) -> &'static str {
    match permission {
        Permission::Alone => "alone",
        Permission::WithManager => "with a manager",
        Permission::Never => "not at all",
    }
}
