//! The sandbox over real HTTP.

mod client;
mod workspaces;
