//! Typed asynchronous client of the Portkey Admin API.
//!
//! Operations are structs, such as those of `portkey-api`; [`Client::send`] sends one and answers its response type:
//!
//! ```no_run
//! use portkey_api::{Paging, workspaces::ListWorkspaces};
//! use portkey_client::{Client, Error, Settings};
//!
//! # async fn example() -> Result<(), Error> {
//! let client = Client::new(Settings {
//!     api_key: std::env::var("PORTKEY_API_KEY").ok().map(Into::into),
//!     ..Settings::default()
//! });
//! let everything = ListWorkspaces {
//!     paging: Paging::default(),
//!     name: None,
//!     exact_name: None,
//!     status: None,
//! };
//! for workspace in client.send(&everything).await?.data {
//!     println!("{workspace:?}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Client::call`] sends a prepared [`portkey_api_core::Request`] and answers the JSON as it came.
//!
//! What the server certainly did not process (rate limits, failed connections) is repeated; anything else only
//! where the operation is repeatable. Redirects are not followed, so a key never travels further than to
//! the address it was meant for. Neither keys nor bodies are logged.

mod answer;
mod base_url;
mod breaker;
mod ceiling;
mod client;
mod crypto;
mod error;
mod excerpt;
mod kind;
mod metrics;
mod outgoing;
mod rate;
mod read_client;
mod refusal;
mod retry;
mod settings;
mod shares;
mod trace;
mod unsendable;

pub use answer::Answer;
pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use breaker::BreakerSettings;
pub use ceiling::Ceilings;
pub use client::Client;
pub use crypto::ensure_crypto_provider;
pub use error::{Error, NotJson, Obstacle};
pub use excerpt::Quote;
pub use kind::ErrorKind;
pub use metrics::describe_metrics;
pub use rate::{InvalidRate, Rate};
pub use read_client::ReadClient;
pub use refusal::Refusal;
pub use secrecy::SecretString;
pub use settings::Settings;
pub use unsendable::Unsendable;
