//! Who a browser or a program is, by the token it shows, and whether they are still there.

use std::net::IpAddr;

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::Viewer;
use counterpart_protocol::ids::RegisterId;

use super::{AtHand, Person, Token, hex, person_at};
use crate::context::Context;
use crate::reference;
use crate::staff::rules;
use crate::staff::store;

/// A browser or program that is signed in, perhaps at several registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Who it is at which register, the latest sign-in first; never empty.
    people: Vec<Person>,
    /// The hash of its token.
    session: [u8; 32],
    /// Where it calls from.
    address: Option<IpAddr>,
}

impl Visitor {
    /// Returns who watches a page of `person`, one of those it is signed in as: its streams end
    /// when somebody else is at that register, or nobody.
    #[must_use]
    pub fn viewer(&self, ctx: &Context, person: &Person) -> Viewer {
        let (ctx, person) = (ctx.clone(), person.clone());
        Viewer::signed_in(hex(&self.session), self.address, move || {
            let (ctx, person) = (ctx.clone(), person.clone());
            async move { is_still_here(&ctx, &person).await }
        })
    }

    /// Returns who it is at `register`, if it is signed in there.
    #[must_use]
    pub fn at(&self, register: RegisterId) -> Option<&Person> {
        self.people
            .iter()
            .find(|person| person.register == register)
    }

    /// Returns who signed in last, and at which register.
    ///
    /// # Panics
    ///
    /// Never: a visitor is somebody.
    #[must_use]
    pub fn latest(&self) -> &Person {
        self.people
            .first()
            .expect("a visitor is signed in somewhere")
    }
}

/// Returns who shows this token, if anybody is signed in with it.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn visitor(
    ctx: &Context,
    token: Token,
    address: Option<IpAddr>,
    at_hand: AtHand,
) -> Result<Option<Visitor>, DbError> {
    let (now_ms, session) = (ctx.now_ms(), token.sha256());
    ctx.db()
        .read(move |tx| {
            let mut people = Vec::new();
            let permissions = reference::permissions(tx)?;
            for sign_in in store::sign_ins(tx, session)? {
                let member = reference::member_by_id(tx, sign_in.staff_id)?;
                let lasts = rules::lasts(sign_in.signed_in_at_ms, now_ms);
                if let Some(member) = member.filter(|_| lasts) {
                    let register = sign_in.register;
                    let mut person = Person::new(member, register, &permissions);
                    person.at_hand = at_hand.clone();
                    people.push(person);
                }
            }
            Ok((!people.is_empty()).then_some(Visitor {
                people,
                session,
                address,
            }))
        })
        .await
}

/// Tells whether a person is still at their register: what is sold there by the next one is not
/// shown to the one before.
async fn is_still_here(ctx: &Context, person: &Person) -> bool {
    let (register, now_ms) = (person.register, ctx.now_ms());
    let read = ctx.db().read(move |tx| person_at(tx, register, now_ms));
    match read.await {
        Ok(there) => there.is_some_and(|there| there.id == person.staff_id),
        Err(error) => {
            let staff_id = person.staff_id;
            tracing::warn!(staff.id = %staff_id, %error, "could not read who is signed in");
            false
        }
    }
}
