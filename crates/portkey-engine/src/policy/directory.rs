//! The workspaces that a policy names, under every name they go by.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use portkey_api::{Declared as _, Request, workspaces::GetWorkspace};
use portkey_client::Client;
use serde_json::Value;

use super::{Policy, WorkspaceNames, reach::SLUG};
use crate::keys::Fingerprint;

/// What was found out of workspaces. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    known: Arc<Mutex<HashMap<Asked, Known>>>,
}

/// A name means nothing without the Portkey and the key that it was asked with.
type Asked = (String, Option<Fingerprint>, String);

#[derive(Debug)]
struct Known {
    place: Arc<Place>,
    since: Instant,
}

/// So long a slug stays with its workspace.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// More names than a server meets, unless somebody plays with it.
const MOST: usize = 10_000;

/// One workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    names: BTreeSet<String>,
    id: String,
    slug: String,
}

/// The workspaces that calls may be about.
#[derive(Debug, Clone)]
pub(crate) struct Allowed {
    places: Vec<Arc<Place>>,
    /// The settings that say so.
    pub(crate) settings: String,
    /// As the operator names them.
    pub(crate) told: String,
}

impl Directory {
    /// The workspaces that `policy` limits calls to; `None` where it does not.
    pub(crate) async fn allowed(&self, client: &Client, policy: &Policy) -> Option<Allowed> {
        let mut allowed: Option<Allowed> = None;
        for rules in policy.rules() {
            let Some(names) = &rules.workspaces else {
                continue;
            };
            let places = self.places(client, names).await;
            let setting = rules.workspaces_setting();
            match &mut allowed {
                None => {
                    allowed = Some(Allowed {
                        places,
                        settings: setting,
                        told: names.to_string(),
                    });
                }
                Some(allowed) => {
                    allowed.keep(&places);
                    allowed.settings = format!("{} and {setting}", allowed.settings);
                    allowed.told = format!("{} and {names}", allowed.told);
                }
            }
        }
        allowed
    }

    async fn places(&self, client: &Client, names: &WorkspaceNames) -> Vec<Arc<Place>> {
        let mut places = Vec::new();
        for name in names.iter() {
            places.push(self.place(client, name).await);
        }
        places
    }

    async fn place(&self, client: &Client, name: &str) -> Arc<Place> {
        let settings = client.settings();
        let key = settings.api_key.as_ref().map(Fingerprint::of);
        let asked = (settings.base_url.to_string(), key, name.to_owned());
        if let Some(place) = self.recall(&asked) {
            return place;
        }
        let request = Request::to(&GetWorkspace {
            workspace_id: name.into(),
            name_format: None,
        });
        let answer = match request {
            Ok(request) => client.call(&request).await.ok(),
            Err(_) => None, // It is no name of a workspace.
        };
        let answer = answer.map(|answer| answer.value).unwrap_or_default();
        let answer = GetWorkspace::DECLARATION.normalise(answer);
        let Some(place) = Place::read(name, &answer) else {
            // Only its own spelling is known to be right; what is called otherwise is refused.
            return Arc::new(Place::called(name));
        };
        let place = Arc::new(place);
        self.remember(asked, &place);
        place
    }

    fn recall(&self, asked: &Asked) -> Option<Arc<Place>> {
        // Whoever panicked left nothing half done.
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(asked)?;
        (found.since.elapsed() < FRESH_FOR).then(|| Arc::clone(&found.place))
    }

    fn remember(&self, asked: Asked, place: &Arc<Place>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let (place, since) = (Arc::clone(place), Instant::now());
        known.insert(asked, Known { place, since });
    }
}

impl Place {
    fn called(name: &str) -> Self {
        Self {
            names: [name.to_owned()].into(),
            id: name.to_owned(),
            slug: name.to_owned(),
        }
    }

    /// What Portkey says of it, unless that is about another.
    fn read(name: &str, answer: &Value) -> Option<Self> {
        let text = |member| answer.get(member).and_then(Value::as_str);
        let (id, slug) = (text("id")?, text("slug")?);
        (id == name || slug == name).then(|| Self {
            names: [id, slug].map(str::to_owned).into(),
            id: id.to_owned(),
            slug: slug.to_owned(),
        })
    }
}

impl Allowed {
    /// Whether this names one of them.
    pub(crate) fn hold(&self, name: &str) -> bool {
        self.places.iter().any(|place| place.names.contains(name))
    }

    /// The ids of all of them.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.id.as_str())
    }

    /// What to give for an argument that names the workspace, where there is no choice.
    pub(crate) fn only(&self, argument: &str) -> Option<&str> {
        match self.places.as_slice() {
            [place] if argument == SLUG => Some(&place.slug),
            [place] => Some(&place.id),
            _ => None,
        }
    }

    /// Leaves those that are also among these.
    fn keep(&mut self, others: &[Arc<Place>]) {
        let meet = |place: &Arc<Place>| {
            let mut others = others.iter();
            others.any(|other| !other.names.is_disjoint(&place.names))
        };
        self.places.retain(meet);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_about_another_workspace_teaches_nothing() {
        let answer = json!({ "id": "1-2", "slug": "research" });
        let place = Place::read("research", &answer).unwrap();
        assert_eq!(Place::read("1-2", &answer), Some(place));
        assert_eq!(Place::read("staging", &answer), None);
        assert_eq!(Place::read("", &json!({})), None);
    }

    fn place(names: [&str; 2]) -> Arc<Place> {
        let [id, slug] = names.map(str::to_owned);
        let names = [id.clone(), slug.clone()].into();
        Arc::new(Place { names, id, slug })
    }

    #[test]
    fn of_two_limits_what_both_name_is_left_whatever_they_call_it() {
        let all = [["1", "a"], ["2", "b"], ["3", "c"]].map(place);
        let [a, b, c] = &all;
        let mut allowed = Allowed {
            places: vec![Arc::clone(a), Arc::clone(b)],
            settings: String::new(),
            told: String::new(),
        };
        assert_eq!(allowed.only("workspace_id"), None);
        allowed.keep(&[Arc::clone(b), Arc::clone(c)]);
        assert!(allowed.hold("2") && allowed.hold("b"));
        assert!(["1", "a", "3", "c"].iter().all(|name| !allowed.hold(name)));
        assert_eq!(allowed.only("workspace_id"), Some("2"));
        assert_eq!(allowed.only("workspace_slug"), Some("b"));
        // An unknown workspace goes by the one name the operator gave it.
        allowed.keep(&[Arc::new(Place::called("b"))]);
        assert!(allowed.hold("b"));
        allowed.keep(&[]);
        assert!(!allowed.hold("b"));
    }
}
