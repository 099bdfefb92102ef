//! What was paid with, in POSLog's words: a tender, and what there is beside its amount.

use counterpart_protocol::money::Currency;
use counterpart_protocol::sales::{CardPaid, Tender, TenderKind};

use super::super::xml::Xml;
use super::{amount, pointed};

pub(super) fn tendered(xml: &mut Xml, tender: &Tender, currency: Currency) {
    let kind = tender_type(tender.kind);
    xml.element("Tender", &[("TenderType", kind)], |xml| {
        amount(xml, "Amount", tender.amount_minor, currency);
        if let Some(card) = &tender.card {
            by_card(xml, card);
        }
        if let Some(voucher) = &tender.voucher {
            xml.element("Voucher", &[], |xml| {
                xml.leaf("SerialNumber", &voucher.number);
                amount(xml, "FaceValueAmount", voucher.face_minor, currency);
            });
        }
        if let Some(foreign) = &tender.foreign {
            xml.element("ForeignCurrency", &[], |xml| {
                xml.leaf("CurrencyCode", foreign.currency.code());
                let given = foreign.amount_minor;
                amount(xml, "OriginalFaceAmount", given, foreign.currency);
                xml.leaf("ExchangeRate", pointed(i128::from(foreign.rate_micro), 6));
            });
        }
        if let Some(stored) = &tender.stored {
            xml.element("GiftCard", &[], |xml| {
                // The number stands nowhere: it is money.
                xml.leaf("cp:LastFourDigits", &stored.card.last_four);
                xml.leaf("cp:Offline", stored.offline.is_some().to_string());
            });
        }
        if let Some(account) = &tender.account {
            xml.element("CustomerAccount", &[], |xml| {
                xml.leaf("AccountNumber", &account.account);
            });
        }
    });
}

fn by_card(xml: &mut Xml, card: &CardPaid) {
    xml.element("CreditDebit", &[], |xml| {
        xml.maybe("IssuerIdentificationNumber", card.scheme.as_ref());
        // Only what the receipt shows: the rest never reached this program.
        xml.maybe("cp:LastFourDigits", card.last_four.as_ref());
        xml.element("Authorization", &[], |xml| {
            xml.maybe("AuthorizationCode", card.authorisation.as_ref());
            xml.maybe("ReferenceNumber", card.transaction.as_ref());
            xml.leaf("cp:Offline", card.offline.to_string());
        });
    });
}

pub(super) const fn tender_type(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash | TenderKind::ForeignCash => "Cash",
        TenderKind::Card => "CreditDebit",
        TenderKind::GiftCard => "GiftCard",
        TenderKind::StoreCredit => "StoredValue",
        TenderKind::Voucher => "Voucher",
        TenderKind::OnAccount => "CustomerAccount",
        TenderKind::Exchanged => "cp:Exchanged",
    }
}
