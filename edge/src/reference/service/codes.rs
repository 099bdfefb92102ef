//! Believing signed codes: whose key it is, and whether that key counted on the code's day.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::codes::{CodeRefused, KeyId, SignedCode};
use counterpart_protocol::coupons::SignedCoupon;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::keyring::KeyUnfit;

use crate::context::Context;
use crate::reference::store;

/// Why a code is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeUnfit {
    /// It is damaged, forged, or of a key this store does not know.
    #[error(transparent)]
    Code(#[from] CodeRefused),
    /// Its key does not count.
    #[error(transparent)]
    Key(#[from] KeyUnfit),
}

/// Reads a signed code and says which key signed it: one the hub has published, or this store's
/// own, which needs no hub to be believed here.
///
/// # Errors
///
/// Those of the database; within, [`CodeUnfit`].
pub fn read_code(
    ctx: &Context,
    tx: &mut Tx,
    text: &str,
) -> Result<Result<(SignedCode, KeyId), CodeUnfit>, DbError> {
    let key_id = match SignedCode::key_of(text) {
        Ok(key_id) => key_id,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let known = store::key(tx, key_id)?;
    let own = ctx.code_signer().public_key();
    let public_key = match &known {
        Some(key) => Some(key.public_key),
        None => Some(own).filter(|own| own.id() == key_id),
    };
    let code = match SignedCode::read(text, |_| public_key) {
        Ok(code) => code,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let fits = known.map_or(Ok(()), |key| key.fits_on(code.date));
    Ok(fits.map(|()| (code, key_id)).map_err(CodeUnfit::from))
}

/// Reads the signed code of a coupon: the hub issues coupons, so a store's key is good for none.
///
/// # Errors
///
/// Those of the database; within, [`CodeUnfit`].
pub(crate) fn read_coupon(
    tx: &mut Tx,
    text: &str,
) -> Result<Result<SignedCoupon, CodeUnfit>, DbError> {
    let key_id = match SignedCoupon::key_of(text) {
        Ok(key_id) => key_id,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let known = store::key(tx, key_id)?.filter(|key| key.owner == EdgeNumber::HUB);
    let read = SignedCoupon::read(text, |_| known.as_ref().map(|key| key.public_key));
    let coupon = match read {
        Ok(coupon) => coupon,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let fits = known.map_or(Ok(()), |key| key.fits_on(coupon.date));
    Ok(fits.map(|()| coupon).map_err(CodeUnfit::from))
}
