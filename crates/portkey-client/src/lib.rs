//! A typed asynchronous client for the Portkey Admin API.
//!
//! Operations are structs, such as those of `portkey-api`. [`Client::send`] sends one and returns its response:
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
//! [`Client::call`] sends a prepared [`portkey_api_core::Request`] and returns the unchanged JSON.
//!
//! Requests that the server certainly did not process (because of rate limits or failed connections) are repeated,
//! others only if the operation is repeatable. Redirects are not followed, so that a key is only sent to the address in
//! the settings. Neither keys nor bodies are logged.

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
mod oauth;
pub mod offload;
mod outgoing;
mod probe;
mod rate;
mod read_client;
mod refusal;
mod retry;
mod settings;
mod shares;
mod tokens;
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
pub use oauth::{OauthClient, TOKEN_URL};
pub use probe::Probe;
pub use rate::{InvalidRate, Rate};
pub use read_client::ReadClient;
pub use refusal::Refusal;
pub use secrecy::SecretString;
pub use settings::{Settings, is_token};
pub use unsendable::Unsendable;
