//! Where Prisma AIRS serves each operation, against `airs.json` in the folder that `PORTKEY_FACTS` names; and the requests
//! that it takes.

use std::{collections::BTreeMap, path::Path};

use portkey_api::{Base, Edition, Location, Operation, Presence, operation, operations};
use portkey_testing::outside;
use serde_json::{Value, json};

use crate::facts::{read, shape};

/// The route of an operation without the names of its parameters.
type Route = (String, Vec<String>);

fn route(method: &str, path: &str) -> Route {
    let parts = shape(path).into_iter().map(str::to_owned);
    (method.to_owned(), parts.collect())
}

/// The route in Portkey's own edition by the id that the facts use.
fn classic_routes(folder: &Path) -> BTreeMap<String, Route> {
    let files = ["operations.json", "peer-additions.json", "additions.json"];
    let files = files.map(|name| read(&folder.join(name)));
    let facts = files.iter().flat_map(|file| {
        let list = file.as_array().or(file["operations"].as_array());
        list.into_iter().flatten()
    });
    let named = facts.map(|fact| {
        let id = fact["id"].as_str().or(fact["name"].as_str()).unwrap();
        let path = fact["path"].as_str().unwrap();
        // To the catalog, the version of the registry is part of its address.
        let path = path.strip_prefix("/v0.1").unwrap_or(path);
        (id.to_owned(), route(fact["method"].as_str().unwrap(), path))
    });
    named.collect()
}

fn plane(base: Base) -> &'static str {
    match base {
        Base::AirsControl => "control-plane",
        Base::AirsAdmin => "admin",
        Base::Gateway => "gateway",
        Base::McpRegistry => "mcp-gateway",
        Base::Control | Base::V2 | Base::Public => "an address of the other edition",
    }
}

/// What differs of one operation from what is known of the edition.
fn deviation(operation: &Operation, facts: &Value, ids: &[&String]) -> Option<String> {
    let name = operation.declaration.name;
    let is_listed = |list: &Value, id: &String| {
        let mut entries = list.as_array().unwrap().iter();
        entries.any(|entry| entry == id || entry["id"] == *id)
    };
    let expected = if ids.iter().any(|id| is_listed(&facts["dropped"], id)) {
        Presence::Absent
    } else if ids.iter().any(|id| is_listed(&facts["unsure"], id)) {
        Presence::Uncertain
    } else {
        Presence::Served
    };
    let presence = operation.declaration.presence(Edition::PrismaAirs);
    if presence != expected {
        return Some(format!("{name} is {presence:?}, known is {expected:?}"));
    }
    if presence != Presence::Served {
        return None;
    }
    let mut known = facts["operations"].as_array().unwrap().iter();
    let Some(fact) = known.find(|fact| ids.iter().any(|id| fact["id"] == **id)) else {
        return Some(format!("{name} is served, and nothing is known of that"));
    };
    let (base, path) = operation.place(Edition::PrismaAirs);
    let known_path = fact["path"].as_str().unwrap();
    let known_path = known_path.strip_prefix("/v0.1").unwrap_or(known_path);
    let is_same = fact["plane"] == plane(base) && shape(known_path) == shape(path);
    (!is_same).then(|| {
        let plane = plane(base);
        format!(
            "{name} is at {plane} {path}, known is {} {known_path}",
            fact["plane"]
        )
    })
}

#[test]
fn every_operation_is_where_prisma_airs_is_known_to_serve_it() {
    let Some(folder) = outside("PORTKEY_FACTS", "a folder that has `airs.json`") else {
        return;
    };
    let facts = read(&folder.join("airs.json"));
    let routes = classic_routes(&folder);
    let mut seen = 0;
    let deviations: Vec<String> = operations()
        .filter_map(|operation| {
            let route = route(operation.method.as_str(), operation.path);
            let same = routes.iter().filter(|(_, known)| **known == route);
            let ids: Vec<&String> = same.map(|(id, _)| id).collect();
            seen += 1;
            deviation(operation, &facts, &ids)
        })
        .collect();
    assert!(seen > 180, "{seen}");
    assert!(deviations.is_empty(), "{deviations:#?}");
}

#[test]
fn a_request_goes_where_the_edition_takes_it() {
    let arguments = json!({
        "type": "workspace", "sub_type": "service", "name": "CI", "scopes": ["logs.view"]
    });
    let Value::Object(arguments) = arguments else {
        panic!("no object");
    };
    let create = operation("create_api_key").unwrap();
    let classic = create.request(arguments.clone()).unwrap();
    assert_eq!(classic.target, "/api-keys/workspace/service");
    assert_eq!(classic.base, Base::Control);
    assert!(classic.body.unwrap().get("type").is_none());
    let airs = create.request_to(Edition::PrismaAirs, arguments).unwrap();
    assert_eq!(airs.target, "/api-keys/service");
    assert_eq!(airs.base, Base::AirsControl);
    assert_eq!(airs.body.unwrap()["type"], "workspace");

    let organisation = "dd7f5b56-9f7b-4b35-8e7f-5c3d2b1a0f9e";
    let arguments = [("organisation_id".to_owned(), organisation.into())];
    let list = operation("list_guardrails").unwrap();
    let request = |edition| {
        let arguments = arguments.clone().into_iter().collect();
        list.request_to(edition, arguments).unwrap().target
    };
    assert!(request(Edition::Classic).ends_with(organisation));
    assert_eq!(request(Edition::PrismaAirs), "/guardrails");
}

#[test]
fn what_goes_elsewhere_in_prisma_airs_is_known_there() {
    for operation in operations() {
        let (_, path) = operation.place(Edition::PrismaAirs);
        for argument in operation.declaration.arguments {
            let in_path = path.contains(&format!("{{{}}}", argument.name));
            let location = argument.location(Edition::PrismaAirs);
            let name = operation.declaration.name;
            assert_eq!(
                location == Location::Path,
                in_path,
                "`{}` of {name} is at {location:?}, and the path is {path}",
                argument.name
            );
        }
    }
}
