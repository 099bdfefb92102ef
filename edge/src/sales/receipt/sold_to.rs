//! What a receipt says of the customer: the group whose prices they paid, and the certificate by
//! which they paid no tax. Never a name.

use counterpart_daemon::web::text::Locale;
use counterpart_paper::Document;

use super::Receipt;

/// Prints whose prices were paid and why there is no tax, where that is so.
pub(super) fn print(paper: &mut Document, receipt: &Receipt<'_>) {
    let Some(sold_to) = &receipt.sale.sold_to else {
        return;
    };
    let (customer, exempt) = match receipt.locale {
        Locale::En => ("Customer", "VAT exempt"),
        Locale::De => ("Kunde", "MwSt.-befreit"),
        Locale::Fr => ("Client", "Exonéré de TVA"),
    };
    if let Some(group) = &sold_to.group_name {
        paper.columns(customer, group);
    }
    if let Some(exempted) = &sold_to.exempted {
        paper.columns(exempt, exempted.certificate.as_str());
    }
}
