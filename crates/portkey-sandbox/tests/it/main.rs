//! The sandbox over real HTTP.

mod analytics;
mod api_keys;
mod authority;
mod client;
mod coverage;
mod people;
mod persistence;
mod virtual_keys;
mod collections;
mod configs;
mod prompts;
mod workspaces;
