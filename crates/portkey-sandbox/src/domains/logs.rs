//! Logs of requests through the gateway: adding one, and reading one in detail.

mod detail;
mod insertion;

use portkey_api::logging::{GetLog, InsertLog};

use crate::routes::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .on::<InsertLog>(insertion::insert)
        .on::<GetLog>(detail::get)
}
