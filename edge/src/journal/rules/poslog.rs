//! The journal as POSLog-shaped XML: names and nesting follow the ARTS/OMG POSLog 6 vocabulary
//! (Transaction, RetailTransaction, LineItem, Sale, Return, Tender, Tax, Total,
//! TenderControlTransaction, ControlTransaction, BusinessEOD). It is not validated against the
//! standard's schema, which may not be shipped; what the standard has no word for is an extension
//! in a namespace of its own (`cp:`).

mod promised;
mod taxes;
mod tenders;

use counterpart_protocol::catalog::Traced;
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{
    BasketVoided, ByHand, InvoiceIssued, ReceiptReprinted, ReducedBy, SaleLine, SaleRecorded,
    VoidedLine,
};
use counterpart_protocol::shifts::{
    CashMoved, CashMovement, DrawerOpened, ShiftClosed, ShiftOpened,
};
use counterpart_protocol::tax::Rate;

use self::tenders::{tender_type, tendered};
use super::export::at;
use super::xml::Xml;

/// The namespace of the standard's names.
const NAMESPACE: &str = "http://www.nrf-arts.org/IXRetail/namespace/";
/// The namespace of ours.
const OURS: &str = "urn:counterpart:poslog";

/// Returns what stands before the first transaction.
pub(super) fn head() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <POSLog xmlns=\"{NAMESPACE}\" xmlns:cp=\"{OURS}\" MajorVersion=\"6\">\n"
    )
}

/// Returns what stands after the last transaction.
pub(super) fn foot() -> String {
    "</POSLog>\n".to_owned()
}

/// Returns a fact as a transaction; nothing for one that no register made or that cannot be read.
pub(super) fn transaction(store: &StoreId, fact: &Fact) -> Option<String> {
    let mut xml = Xml::new();
    match fact.kind() {
        Some(Kind::SaleRecorded) => sale(&mut xml, store, fact, &fact.read().ok()?),
        Some(Kind::ReturnRecorded) => came_back(&mut xml, store, fact, &fact.read().ok()?),
        Some(Kind::BasketVoided) => voided(&mut xml, store, fact, &fact.read().ok()?),
        Some(Kind::CashMoved) => cash(&mut xml, store, fact, &fact.read().ok()?),
        Some(Kind::DrawerOpened) => {
            let opened: DrawerOpened = fact.read().ok()?;
            let why = opened.reason.unwrap_or(opened.cause);
            control(&mut xml, store, fact, |xml| {
                xml.leaf_with("NoSale", &[("ReasonCode", &why)], "");
            });
        }
        Some(Kind::ReceiptReprinted) => {
            let again: ReceiptReprinted = fact.read().ok()?;
            control(&mut xml, store, fact, |xml| {
                xml.element("ReprintReceipt", &[], |xml| {
                    xml.leaf("ReceiptNumber", again.receipt.to_string());
                    xml.leaf("cp:Copy", again.copy.to_string());
                });
            });
        }
        Some(Kind::InvoiceIssued) => {
            let issued: InvoiceIssued = fact.read().ok()?;
            control(&mut xml, store, fact, |xml| {
                xml.element("cp:Invoice", &[], |xml| {
                    xml.leaf("cp:InvoiceNumber", issued.number.to_string());
                    xml.leaf("ReceiptNumber", issued.receipt.to_string());
                });
            });
        }
        Some(Kind::ShiftOpened) => {
            let opened: ShiftOpened = fact.read().ok()?;
            let float = opened.float.total_minor().unwrap_or_default();
            control(&mut xml, store, fact, |xml| {
                xml.element("TillOpen", &[], |xml| {
                    xml.leaf("cp:ShiftID", opened.shift_id.to_string());
                    amount(xml, "Amount", float, opened.currency);
                });
            });
        }
        Some(Kind::ShiftClosed) => closed(&mut xml, store, fact, &fact.read().ok()?),
        Some(_) | None => return None,
    }
    Some(xml.into_text())
}

fn framed(
    xml: &mut Xml,
    (store, fact): (&StoreId, &Fact),
    (number, id, currency): (Option<u32>, String, Option<Currency>),
    inside: impl FnOnce(&mut Xml),
) {
    let cancelled = [("CancelFlag", "false"), ("TrainingModeFlag", "false")];
    xml.element("Transaction", &cancelled, |xml| {
        let header = &fact.header;
        xml.leaf("RetailStoreID", store.as_str());
        xml.maybe("WorkstationID", header.register.map(|it| it.to_string()));
        xml.maybe("SequenceNumber", number.map(|number| number.to_string()));
        xml.leaf("TransactionID", id);
        xml.leaf("BusinessDayDate", header.business_date.to_string());
        xml.leaf("BeginDateTime", at(fact));
        xml.leaf("EndDateTime", at(fact));
        xml.maybe("OperatorID", header.staff.map(|staff| staff.to_string()));
        xml.maybe("CurrencyCode", currency.map(|it| it.code().to_owned()));
        inside(xml);
    });
}

fn control(xml: &mut Xml, store: &StoreId, fact: &Fact, inside: impl FnOnce(&mut Xml)) {
    let frame = (None, fact.header.id.to_string(), None);
    framed(xml, (store, fact), frame, |xml| {
        xml.element("ControlTransaction", &[], inside);
    });
}

const FINISHED: &[(&str, &str)] = &[("TransactionStatus", "Finished")];

fn sale(xml: &mut Xml, store: &StoreId, fact: &Fact, sale: &SaleRecorded) {
    let currency = sale.currency;
    let frame = (
        Some(sale.receipt.number),
        sale.sale_id.to_string(),
        Some(currency),
    );
    framed(xml, (store, fact), frame, |xml| {
        xml.leaf("ReceiptNumber", sale.receipt.to_string());
        xml.element("RetailTransaction", FINISHED, |xml| {
            let mut place = Place(0);
            for line in &sale.lines {
                place.item(xml, "false", |xml| sold(xml, line, currency));
            }
            for line in &sale.voided {
                place.item(xml, "true", |xml| taken_out(xml, line, currency));
            }
            for tender in &sale.tenders {
                place.item(xml, "false", |xml| tendered(xml, tender, currency));
            }
            if sale.change_minor != Minor::ZERO {
                place.item(xml, "false", |xml| {
                    let kind = [("TenderType", "Cash"), ("TypeCode", "Refund")];
                    xml.element("Tender", &kind, |xml| {
                        amount(xml, "Amount", sale.change_minor, currency);
                    });
                });
            }
            for tax in taxes::of_sale(sale) {
                place.item(xml, "false", |xml| taxes::taxed(xml, &tax, currency));
            }
            rounded(xml, sale.rounding_minor, currency);
            total(xml, sale.total_minor, currency);
        });
    });
}

/// Counts the line items of a transaction from 1.
struct Place(u32);

impl Place {
    fn item(&mut self, xml: &mut Xml, voided: &str, inside: impl FnOnce(&mut Xml)) {
        self.0 += 1;
        let number = self.0.to_string();
        xml.element("LineItem", &[("VoidFlag", voided)], |xml| {
            xml.leaf("SequenceNumber", number);
            inside(xml);
        });
    }
}

fn traced(xml: &mut Xml, line: &SaleLine) {
    let traced = line.remarks.as_ref().and_then(|it| it.traced.as_ref());
    if let Some(traced) = traced
        && let Some(number) = &traced.number
    {
        let name = match traced.traced {
            Traced::Serial => "SerialNumber",
            Traced::Lot => "LotNumber",
        };
        xml.leaf(name, number);
    }
}

fn sold(xml: &mut Xml, line: &SaleLine, currency: Currency) {
    xml.element("Sale", &[("ItemType", "Stock")], |xml| {
        xml.leaf("ItemID", line.sku.as_str());
        xml.leaf("Description", &line.description);
        traced(xml, line);
        let listed = line.pricing.as_ref().map(|it| it.list_price_minor);
        let listed = listed.unwrap_or(line.unit_price_minor);
        amount(xml, "RegularSalesUnitPrice", listed, currency);
        amount(xml, "ActualSalesUnitPrice", line.unit_price_minor, currency);
        amount(xml, "ExtendedAmount", line.marked_minor(), currency);
        xml.leaf("Quantity", milli(line.quantity_milli));
        if let Some(typed) = line.pricing.as_ref().and_then(|it| it.typed.as_ref()) {
            let replaced = [("MethodCode", "PriceOverride")];
            xml.element("RetailPriceModifier", &replaced, |xml| {
                amount(xml, "PreviousPrice", listed, currency);
                amount(xml, "NewPrice", line.unit_price_minor, currency);
                by_hand(xml, typed);
            });
        }
        for reduction in line.reductions() {
            let (method, hand) = match &reduction.because {
                ReducedBy::Promotion { .. } => ("Promotion", None),
                ReducedBy::Line(hand) => ("LineDiscount", Some(hand)),
                ReducedBy::Sale(hand) => ("TransactionDiscount", Some(hand)),
                ReducedBy::TaxExempt { .. } => ("TaxExemption", None),
            };
            xml.element("RetailPriceModifier", &[("MethodCode", method)], |xml| {
                let less = [("Action", "Subtract")];
                xml.leaf_with("Amount", &less, decimal(reduction.amount_minor, currency));
                if let ReducedBy::Promotion { id, name } = &reduction.because {
                    xml.leaf("PromotionID", id);
                    xml.leaf("Description", name);
                }
                if let Some(hand) = hand {
                    by_hand(xml, hand);
                }
            });
        }
        taxes::of_line(xml, line, currency);
        if let Some(promised) = line.promised() {
            promised::let_go(xml, promised);
        }
    });
}

fn by_hand(xml: &mut Xml, hand: &ByHand) {
    xml.leaf("ReasonCode", &hand.reason);
    xml.maybe("OperatorID", hand.by.map(|by| by.to_string()));
    let approver = hand.approved_by.map(|by| by.to_string());
    xml.maybe("OperatorBypassApproval", approver);
}

fn taken_out(xml: &mut Xml, line: &VoidedLine, currency: Currency) {
    xml.element("Sale", &[("ItemType", "Stock")], |xml| {
        xml.leaf("ItemID", line.sku.as_str());
        amount(xml, "ExtendedAmount", line.amount_minor, currency);
        xml.leaf("Quantity", milli(line.quantity_milli));
        xml.maybe("OperatorID", line.staff.map(|by| by.to_string()));
    });
}

/// What paying in cash was rounded by, which is no part of the total.
fn rounded(xml: &mut Xml, by: Option<Minor>, currency: Currency) {
    if let Some(by) = by {
        let kind = [("TotalType", "cp:CashRounding")];
        xml.leaf_with("Total", &kind, decimal(by, currency));
    }
}

fn total(xml: &mut Xml, sum: Minor, currency: Currency) {
    let kind = [("TotalType", "TransactionGrandAmount")];
    xml.leaf_with("Total", &kind, decimal(sum, currency));
}

fn came_back(xml: &mut Xml, store: &StoreId, fact: &Fact, back: &ReturnRecorded) {
    let currency = back.currency;
    let frame = (
        Some(back.number.number),
        back.return_id.to_string(),
        Some(currency),
    );
    framed(xml, (store, fact), frame, |xml| {
        xml.leaf("ReceiptNumber", back.number.to_string());
        xml.element("RetailTransaction", FINISHED, |xml| {
            let mut place = Place(0);
            for line in &back.lines {
                place.item(xml, "false", |xml| {
                    xml.element("Return", &[("ItemType", "Stock")], |xml| {
                        xml.leaf("ItemID", line.sku.as_str());
                        xml.leaf("Description", &line.description);
                        amount(xml, "ExtendedAmount", line.amount_minor, currency);
                        xml.leaf("Quantity", milli(line.quantity_milli));
                        xml.leaf("Reason", &line.reason);
                        xml.leaf("Disposal", line.disposition.word());
                        xml.element("TransactionLink", &[("ReasonCode", "Return")], |xml| {
                            xml.leaf("TransactionID", back.sale_id.to_string());
                            xml.leaf("ReceiptNumber", back.receipt.to_string());
                            xml.leaf("LineItemSequenceNumber", line.line.to_string());
                        });
                    });
                });
            }
            for tender in &back.tenders {
                place.item(xml, "false", |xml| {
                    let kind = [
                        ("TenderType", tender_type(tender.kind)),
                        ("TypeCode", "Refund"),
                    ];
                    xml.element("Tender", &kind, |xml| {
                        amount(xml, "Amount", tender.amount_minor, currency);
                    });
                });
            }
            for tax in taxes::of_return(back) {
                place.item(xml, "false", |xml| taxes::taxed(xml, &tax, currency));
            }
            rounded(xml, back.rounding_minor, currency);
            total(xml, Minor(back.total_minor.0.saturating_neg()), currency);
        });
    });
}

fn voided(xml: &mut Xml, store: &StoreId, fact: &Fact, voided: &BasketVoided) {
    let frame = (None, voided.sale_id.to_string(), Some(voided.currency));
    framed(xml, (store, fact), frame, |xml| {
        let status = [("TransactionStatus", "Voided")];
        xml.element("RetailTransaction", &status, |xml| {
            let mut place = Place(0);
            for line in &voided.voided {
                place.item(xml, "true", |xml| taken_out(xml, line, voided.currency));
            }
        });
    });
}

fn cash(xml: &mut Xml, store: &StoreId, fact: &Fact, moved: &CashMoved) {
    let name = match moved.movement {
        CashMovement::PaidIn => "PaidIn",
        CashMovement::PaidOut => "PaidOut",
        CashMovement::Dropped => "TenderPickup",
    };
    let frame = (None, fact.header.id.to_string(), Some(moved.currency));
    framed(xml, (store, fact), frame, |xml| {
        xml.element("TenderControlTransaction", &[], |xml| {
            xml.element(name, &[], |xml| {
                amount(xml, "Amount", moved.amount_minor, moved.currency);
                xml.maybe("Reason", moved.reason.as_ref());
                xml.maybe("cp:Reference", moved.reference.as_ref());
                let approver = moved.approved_by.map(|by| by.to_string());
                xml.maybe("OperatorBypassApproval", approver);
            });
        });
    });
}

fn closed(xml: &mut Xml, store: &StoreId, fact: &Fact, closed: &ShiftClosed) {
    let currency = closed.currency;
    control(xml, store, fact, |xml| {
        xml.element("TillSettle", &[], |xml| {
            xml.leaf("cp:ShiftID", closed.shift_id.to_string());
            xml.leaf("cp:ZNumber", closed.z_number.to_string());
            let counted = closed.counted.total_minor().unwrap_or_default();
            amount(xml, "cp:Counted", counted, currency);
            amount(xml, "cp:Expected", closed.expected_minor, currency);
            amount(xml, "cp:OverShort", closed.over_short_minor, currency);
            amount(xml, "cp:Sales", closed.sales_minor, currency);
        });
    });
}

fn amount(xml: &mut Xml, name: &'static str, amount: Minor, currency: Currency) {
    xml.leaf(name, decimal(amount, currency));
}

/// Writes an amount with a point and the decimals of its currency.
fn decimal(amount: Minor, currency: Currency) -> String {
    pointed(i128::from(amount.0), usize::from(currency.decimals()))
}

/// Writes a quantity with a point and without zeros at its end.
fn milli(quantity: Milli) -> String {
    trimmed(&pointed(i128::from(quantity.0), 3))
}

/// Writes a rate in percent without zeros at its end.
fn percent(rate: Rate) -> String {
    trimmed(&pointed(i128::from(rate.0), 3))
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn pointed(number: i128, decimals: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let point = if decimals == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}
