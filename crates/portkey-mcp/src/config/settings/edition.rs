//! Settings of the edition that answers, and of the client of Prisma AIRS.

use clap::{
    Args,
    builder::{BoolishValueParser, PossibleValuesParser, TypedValueParser as _},
};
use portkey_api::Edition;
use portkey_client::TOKEN_URL;

use super::heading;

/// Which edition answers, and with which client it is asked. The secret of the client is in the environment alone.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = heading::CONNECTION)]
pub(crate) struct EditionSettings {
    /// Edition of the product: `classic`, which is Portkey's own, or `prisma-airs`, Prisma AIRS AI Gateway (a preview that no
    /// live tenant has confirmed). Left out: the address tells, or a client id without a key.
    #[arg(
        long,
        env = "PORTKEY_EDITION",
        global = true,
        value_name = "EDITION",
        value_parser = PossibleValuesParser::new(Edition::ALL.map(Edition::as_str)).try_map(|word| word.parse::<Edition>())
    )]
    pub(crate) edition: Option<Edition>,

    /// Client id of the service account in Prisma AIRS. Its secret is in `PORTKEY_CLIENT_SECRET`.
    #[arg(long, env = "PORTKEY_CLIENT_ID", global = true, value_name = "ID")]
    pub(crate) oauth_client_id: Option<String>,

    /// Tenant service group (TSG) in Prisma AIRS that tokens are for.
    #[arg(long, env = "PORTKEY_TSG_ID", global = true, value_name = "ID")]
    pub(crate) tsg_id: Option<String>,

    /// Where tokens of Prisma AIRS are asked for.
    #[arg(long, env = "PORTKEY_TOKEN_URL", global = true, value_name = "URL", default_value = TOKEN_URL)]
    pub(crate) oauth_token_url: String,

    /// Name the tenant in the header `x-tsg-id` of each request to Prisma AIRS. The vendor documents no such header; other
    /// clients report refusals without it.
    #[arg(long, env = "PORTKEY_TENANT_HEADER", global = true, value_parser = BoolishValueParser::new(), num_args = 0..=1,
          require_equals = true, default_value = "true", default_missing_value = "true")]
    pub(crate) tenant_header: bool,
}
