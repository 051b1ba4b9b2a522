//! Where Portkey puts the entries of a [`Page`](portkey_api_core::Page), other than under `data`.

pub use portkey_api_core::under::{Data, Name};

portkey_api_core::members_of_pages! {
    Capabilities: "capabilities",
    Groups: "groups",
    Mappings: "mappings",
    Models: "models",
    Records: "records",
    Servers: "servers",
    Workspaces: "workspaces",
}
