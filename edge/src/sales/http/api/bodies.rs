//! What programs send and are answered when they sell.

use counterpart_protocol::barcode::Aim;
use counterpart_protocol::coupons::SaleCoupon;
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{SaleLine, Settlement, SoldTo, Tender, VoidedLine};
use counterpart_protocol::tax::{TaxPart, TaxSum};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sales::service::{BasketView, Given, Other, SaleView, ScanTaken, stored_given};
use crate::signing::{Mark, Standing};
use crate::stored::StoredRefused;
use crate::written::moment;

/// A code that was read or typed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanRequest {
    /// What was read.
    #[schema(example = "5412345678908", max_length = 512)]
    pub(super) code: String,
    /// The AIM identifier, if the scanner sends one: `]E0`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "]E0")]
    pub(super) aim: Option<Aim>,
}

/// A scan's outcome with the basket as it is after it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScanAnswer {
    #[serde(flatten)]
    pub(super) taken: ScanTaken,
    pub(super) basket: BasketView,
}

/// What a person does with a scan that waits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SettleWord {
    /// The item is not sold.
    Aside,
    /// It is looked up once more.
    Again,
}

/// What to do with a scan that waits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettleScanRequest {
    pub(super) settle: SettleWord,
}

/// How much of a line is sold.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuantityRequest {
    pub(super) quantity_milli: Milli,
}

/// How a basket is paid.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PayRequest {
    pub(super) tenders: Vec<TenderRequest>,
    /// A person said that an unlikely amount is right.
    #[serde(default)]
    pub(super) confirmed: bool,
}

/// One way of paying, and how much of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum TenderRequest {
    /// Notes and coins. Nothing of them says that the rest is paid in cash and rounds to nothing.
    Cash {
        /// How much is given.
        amount_minor: Minor,
    },
    /// A paper voucher of another issuer.
    Voucher {
        /// The number printed on it.
        #[schema(max_length = 40)]
        number: String,
        /// What it says it is worth; what is due counts, and no more goes back than policies say.
        face_minor: Minor,
    },
    /// A gift card or a store credit. What is more than due, or than is on it, is not taken.
    Stored {
        /// Its number as scanned or typed.
        #[schema(max_length = 40)]
        number: String,
        /// How much; all that is due if nothing.
        #[serde(default)]
        amount_minor: Option<Minor>,
    },
    /// Notes and coins of another currency, at the rate of the policy.
    ForeignCash {
        /// Which.
        #[schema(value_type = String, example = "USD")]
        currency: Currency,
        /// How much of it, in its own minor units.
        amount_minor: Minor,
    },
    /// Paid later by a business customer the hub told of.
    OnAccount {
        /// The number of its account.
        account: String,
        /// How much; all that is due if nothing.
        #[serde(default)]
        amount_minor: Option<Minor>,
    },
}

impl TenderRequest {
    /// Returns it as the service takes it.
    ///
    /// # Errors
    /// [`StoredRefused::Number`].
    pub(super) fn given(self) -> Result<Given, StoredRefused> {
        Ok(match self {
            Self::Cash { amount_minor } => Given::Cash(amount_minor),
            Self::Voucher { number, face_minor } => {
                Given::Other(Other::Voucher { number, face_minor })
            }
            Self::Stored {
                number,
                amount_minor,
            } => Given::Other(stored_given(&number, amount_minor)?),
            Self::ForeignCash {
                currency,
                amount_minor,
            } => Given::Other(Other::Foreign {
                currency,
                amount_minor,
            }),
            Self::OnAccount {
                account,
                amount_minor,
            } => Given::Other(Other::OnAccount {
                account,
                amount_minor,
            }),
        })
    }
}

/// A sale in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaleListed {
    pub(super) sale_id: SaleId,
    pub(super) receipt: String,
    pub(super) register: RegisterId,
    pub(super) sold_at: String,
    pub(super) items: i64,
    pub(super) total_minor: Minor,
}

/// Sales, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesAnswer {
    pub(super) currency: Currency,
    pub(super) sales: Vec<SaleListed>,
}

/// A sale with everything in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaleAnswer {
    pub(super) sale_id: SaleId,
    pub(super) receipt: String,
    pub(super) register: RegisterId,
    pub(super) sold_at: String,
    pub(super) business_date: String,
    pub(super) cashier: Option<String>,
    pub(super) currency: Currency,
    pub(super) lines: Vec<SaleLine>,
    pub(super) voided: Vec<VoidedLine>,
    pub(super) taxes: Vec<TaxSum>,
    /// The taxes by name that make them up, where the store's jurisdiction names them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tax_parts: Option<Vec<TaxPart>>,
    pub(super) total_minor: Minor,
    pub(super) tenders: Vec<Tender>,
    pub(super) change_minor: Minor,
    /// By how much the total was rounded because it was paid in cash.
    pub(super) rounding_minor: Minor,
    /// To whom it was sold, where they were named or paid no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sold_to: Option<SoldTo>,
    /// The coupons that took something off it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) coupons: Vec<SaleCoupon>,
    pub(super) catalog_version: u64,
    pub(super) copies: u16,
    /// What its receipt says of its fiscal signature, where this store signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signing: Option<SigningAnswer>,
    /// Its invoice, if one was made out.
    pub(super) invoice: Option<InvoiceAnswer>,
    pub(super) prints: Vec<PrintAnswer>,
}

/// How a sale stands with the fiscal signer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SigningAnswer {
    /// `waiting`, `outage` or `signed`.
    pub(super) state: &'static str,
    /// Whether the receipt the customer has carries the signature.
    pub(super) on_receipt: bool,
    /// What the device answered.
    pub(super) signature: Option<SignatureAnswer>,
}

/// The signature of a sale.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignatureAnswer {
    /// The device's serial number.
    pub(super) serial: String,
    pub(super) transaction: u64,
    /// The device's count of signatures.
    pub(super) counter: u64,
    /// By the device's clock.
    pub(super) began_at: String,
    /// By the device's clock.
    pub(super) signed_at: String,
    pub(super) algorithm: String,
    /// In base 64.
    pub(super) value: String,
    /// What the receipt's QR code says, where the law has one.
    pub(super) qr: Option<String>,
}

/// The invoice of a sale.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvoiceAnswer {
    /// Its number, as printed.
    #[schema(example = "GHE-I-7.2-000017")]
    pub(super) number: String,
    pub(super) issued_at: String,
    /// How many copies of it were printed.
    pub(super) copies: u16,
}

/// A receipt, a copy or an invoice on its way to paper.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PrintAnswer {
    pub(super) print_job_id: PrintJobId,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) sentence: String,
    pub(super) settlement: Option<Settlement>,
}

/// What became of a print nobody was sure of.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettlePrintRequest {
    pub(super) settlement: Settlement,
}

pub(super) fn sale_answer(view: SaleView) -> SaleAnswer {
    let sale = view.sold.sale;
    let prints = view.prints.iter().map(|job| PrintAnswer {
        print_job_id: job.job_id,
        kind: job.kind.word(),
        state: job.state.word(),
        sentence: job.sentence(),
        settlement: job.settlement,
    });
    let rounding_minor = sale.rounded_minor();
    SaleAnswer {
        rounding_minor,
        sold_to: sale.sold_to,
        coupons: sale.coupons.unwrap_or_default(),
        sale_id: sale.sale_id,
        receipt: sale.receipt.to_string(),
        register: sale.receipt.register,
        sold_at: moment(view.sold.sold_at_ms),
        business_date: view.sold.business_date.to_string(),
        cashier: view.cashier,
        currency: sale.currency,
        lines: sale.lines,
        voided: sale.voided,
        taxes: sale.taxes,
        tax_parts: sale.tax_parts,
        total_minor: sale.total_minor,
        tenders: sale.tenders,
        change_minor: sale.change_minor,
        catalog_version: sale.catalog_version,
        copies: view.copies,
        signing: signing_answer(view.mark),
        invoice: view.invoice.map(|invoiced| InvoiceAnswer {
            number: invoiced.number.to_string(),
            issued_at: moment(invoiced.issued_at_ms),
            copies: invoiced.copies,
        }),
        prints: prints.collect(),
    }
}

fn signing_answer(mark: Mark) -> Option<SigningAnswer> {
    let state = mark.word()?;
    Some(match mark {
        Mark::None | Mark::Waiting | Mark::Failed => SigningAnswer {
            state,
            on_receipt: false,
            signature: None,
        },
        Mark::Signed {
            signature,
            standing,
        } => SigningAnswer {
            state,
            on_receipt: standing == Standing::OnReceipt,
            signature: Some(SignatureAnswer {
                began_at: moment(signature.began_at_ms),
                signed_at: moment(signature.signed_at_ms),
                value: BASE64.encode(&signature.value),
                serial: signature.serial,
                transaction: signature.transaction,
                counter: signature.counter,
                algorithm: signature.algorithm,
                qr: signature.qr,
            }),
        },
    })
}
