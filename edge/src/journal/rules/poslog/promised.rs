//! Units that were not the store's own to sell, as an extension of ours: POSLog has no word for a
//! promise to somebody else.

use counterpart_protocol::sales::PromisedSold;

use super::super::xml::Xml;
use super::milli;

pub(super) fn let_go(xml: &mut Xml, promised: &PromisedSold) {
    xml.element("cp:PromisedUnits", &[], |xml| {
        xml.leaf("Quantity", milli(promised.quantity_milli));
        xml.leaf("OperatorID", promised.by.to_string());
        let approver = promised.approved_by.map(|by| by.to_string());
        xml.maybe("OperatorBypassApproval", approver);
    });
}
