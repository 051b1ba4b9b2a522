//! The next step after a request that Prisma AIRS refused, where that is another than at Portkey's own edition.

use portkey_api_core::{Edition, Operation};
use portkey_client::{ErrorKind, Refusal};

use crate::wording::Wording;

/// The next step after a refusal that Prisma AIRS explains otherwise than Portkey's own edition.
pub(super) fn next_step_in_airs(
    operation: &Operation,
    refusal: &Refusal,
    wording: &dyn Wording,
) -> Option<String> {
    let (base, _) = operation.place(refusal.edition);
    if refusal.edition != Edition::PrismaAirs || !base.is_airs_management() {
        return None;
    }
    let step = match refusal.kind() {
        ErrorKind::Unauthenticated => wording.ask_operator(
            "check PORTKEY_CLIENT_ID, PORTKEY_CLIENT_SECRET and PORTKEY_TSG_ID: Prisma AIRS did not accept the token that \
             was given for them",
        ),
        ErrorKind::Forbidden if refusal.denied_by_policy => {
            "Strata Cloud Manager denied it before the gateway saw it (`x-opa-decision: false`), so another token does not \
             help. Possible reasons: the service account has no role at the root of the tenant; the tenant is not named \
             (`--tenant-header`); this route is closed."
                .to_owned()
        }
        ErrorKind::Forbidden => {
            "Possible reasons: the service account has no role on the scope of this workspace (add the role in Strata Cloud \
             Manager, do not edit another one); what was named does not exist."
                .to_owned()
        }
        _ => return None,
    };
    Some(step)
}
