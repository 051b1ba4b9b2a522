//! Types of arguments and answers that add marks to their schemas.

mod comma_separated;
pub(crate) mod email;
mod flag;
pub(crate) mod id;
mod nullable;
pub(crate) mod open;
mod page;
mod refers;
mod secret;
pub(crate) mod time;
mod units;

pub use comma_separated::CommaSeparated;
pub use email::Email;
pub use flag::Flag;
pub use nullable::{Nullable, present};
pub use open::{Open, is_open, opened};
pub use page::{Done, EveryPage, Page, PageFromOne, PageNumber, PageSize, under};
pub use refers::{Mark, MayReferTo, Refers, RefersTo, RefersToVersion, identity, mark};
pub use secret::{Minted, Sealed, Secret};
pub use time::{Due, Expiry, PeriodEnd, PeriodStart, Since, Until};
pub use units::{Amount, Cents, Milliseconds, Percent};
