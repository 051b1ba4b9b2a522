//! Nothing is destroyed unless whoever must agree to it did.

mod client;
mod replicas;
mod table;
mod tokens;
mod upstream;
