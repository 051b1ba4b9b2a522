//! What went through the gateway, one row a request. Analytics add them up.

mod insertion;
mod wire;

use portkey_api::logging::{GetLog, InsertLog};

use crate::routes::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<InsertLog>(insertion::insert)
        .on::<GetLog>(wire::get)
}
