//! Operations of a vendor that the frame has never heard of.

use portkey_api_core::{
    Base, Declared as _, Done, Effect, Keys, Minted, Page, PageNumber, Plan, Request, Secret, Undo,
    answer, arguments, endpoint, id, parse_arguments, workflow,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::VENDOR;

portkey_api_core::catalog! { "Lamps":
    ListLamps,
    GetLamp,
    PaintLamp,
    NameLamp,
    PairLamp,
}

id! {
    /// Lamp UUID.
    LampId: uuid
}

/// What it shines in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("x-colour" = true))]
pub(crate) struct Colour(pub(crate) String);

/// List lamps
///
/// Lists every lamp.
#[endpoint(GET "/lamps" -> Page<Lamp>, scopes("lamps.read"))]
pub(crate) struct ListLamps {
    pub(crate) current_page: Option<PageNumber>,
}

/// Get a lamp
///
/// Returns one lamp.
#[endpoint(GET "/lamps/{lamp_id}" -> Lamp, scopes("lamps.read"), keys(none), base(public), extended)]
pub(crate) struct GetLamp {
    pub(crate) lamp_id: LampId,
}

/// Paint a lamp
///
/// Changes what a lamp shines in.
#[endpoint(POST "/lamps/{lamp_id}/colour" -> Done, scopes("lamps.read", "lamps.write"), all_scopes,
    effect(update, because = "the lamp stays"), plan(enterprise), fresh(GetLamp),
    not_repeatable(because = "uses paint each time"), destructive(because = "the old paint is gone"), unlisted,
    undo(never = "paint stays"), merges("light"), may_be_empty(because = "paints it white"))]
pub(crate) struct PaintLamp {
    pub(crate) lamp_id: LampId,
    #[body("light.colour")]
    pub(crate) colour: Option<Colour>,
    #[hidden]
    #[schemars(extend("x-ignored" = true))]
    pub(crate) gloss: Option<bool>,
}

/// Name a lamp
///
/// Changes what a lamp is called, or where it hangs.
#[endpoint(PUT "/lamps/{lamp_id}" -> Done, scopes("lamps.write"))]
pub(crate) struct NameLamp {
    pub(crate) lamp_id: LampId,
    #[shared]
    pub(crate) label: Label,
    #[instruction]
    pub(crate) overwrite: Option<bool>,
}

/// What a lamp is known by.
#[arguments(body)]
pub(crate) struct Label {
    pub(crate) name: Option<String>,
    #[query]
    pub(crate) language: Option<String>,
}

/// Pair a lamp
///
/// Makes a key for a new lamp.
#[endpoint(POST "/lamps" -> Lamp, scopes())]
pub(crate) struct PairLamp {
    #[alias("pin")]
    pub(crate) code: Secret,
}

/// A lamp.
#[answer]
pub(crate) struct Lamp {
    pub(crate) id: Option<LampId>,
    pub(crate) key: Option<Minted>,
    #[schemars(extend("x-wiring" = true))]
    pub(crate) wiring: Option<String>,
}

/// Light everything
///
/// Switches each lamp on.
#[workflow(-> Done, effect(execute), scopes())]
pub(crate) struct LightEverything {
    pub(crate) colour: Option<Colour>,
}

fn arguments(arguments: &Value) -> portkey_api_core::JsonObject {
    arguments.as_object().unwrap().clone()
}

#[test]
fn options_stand_on_the_declaration() {
    let paint = VENDOR.operation("paint_lamp").unwrap();
    let declaration = &paint.declaration;
    assert_eq!(declaration.effect, Effect::Update);
    assert_eq!(declaration.scopes.names, ["lamps.read", "lamps.write"]);
    assert!(declaration.scopes.all && declaration.destructive && declaration.unlisted);
    assert!(!declaration.repeatable && !declaration.extended);
    assert_eq!(declaration.plan, Plan::Enterprise);
    assert_eq!(declaration.title, "Paint a lamp");
    let get = paint.fresh.unwrap()();
    assert_eq!((get.base, get.declaration.keys), (Base::Public, Keys::None));
    assert!(matches!(paint.undo, Undo::Never("paint stays")));
    assert!(matches!(get.undo, Undo::Implied));
    assert!(paint.merges == ["light"] && !paint.publishes && !paint.drafts);
    assert!(get.declaration.extended && get.declaration.repeatable);
    assert_eq!(LightEverything::DECLARATION.effect, Effect::Execute);
}

#[test]
fn the_vendors_advice_and_name_are_used() {
    let paint = &PaintLamp::DECLARATION;
    let given = json!({ "lamp": "l1", "colour": "ultraviolet", "gloss": true });
    let read = parse_arguments(paint, arguments(&given)).unwrap();
    let notes: Vec<_> = read.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "`colour`: nobody will see it",
            "`gloss`: Acme ignores it, so it changes nothing"
        ]
    );
    let given = arguments(&json!({ "colour": "ultraviolet" }));
    let read = parse_arguments(&LightEverything::DECLARATION, given).unwrap();
    assert_eq!(read.notes.len(), 1);
}

#[test]
fn the_vendors_own_marks_make_secrets_too() {
    let mut lamp =
        json!({ "id": "l1", "key": "0123456789abcdef", "wiring": "0123456789abcdef", "new": "n" });
    GetLamp::DECLARATION.mask(&mut lamp);
    assert_eq!(
        lamp,
        json!({ "id": "l1", "key": "01*****def", "wiring": "01*****def", "new": "n" })
    );
}

#[test]
fn what_is_no_id_is_told_with_the_listing_of_this_vendor() {
    let get = VENDOR.operation("get_lamp").unwrap();
    let refused = get.check_ids(&arguments(&json!({ "lamp_id": "hall" })));
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("`list_lamps` lists the ids"), "{said}");
}

#[test]
fn requests_are_made_of_the_struct_and_of_arguments_alike() {
    let typed = Request::to(&PaintLamp {
        lamp_id: "l1".into(),
        colour: Some(Colour("red".to_owned())),
        gloss: None,
    });
    let paint = VENDOR.operation("paint_lamp").unwrap();
    let untyped = paint.request(arguments(&json!({ "lamp_id": "l1", "colour": "red" })));
    assert_eq!(typed, untyped);
    let request = typed.unwrap();
    assert_eq!(request.body, Some(json!({ "light": { "colour": "red" } })));
    assert!(!request.repeatable);
}

#[test]
fn an_update_that_is_given_nothing_to_change_is_refused() {
    let name = VENDOR.operation("name_lamp").unwrap();
    let given = |more: Value| {
        let mut given = arguments(&json!({ "lamp_id": "l1" }));
        given.extend(arguments(&more));
        name.request(given)
    };
    for nothing in [json!({}), json!({ "language": "en", "overwrite": true })] {
        let said = given(nothing).unwrap_err().to_string();
        assert!(said.contains("nothing to change"), "{said}");
    }
    let request = given(json!({ "name": "hall", "language": "en" })).unwrap();
    assert_eq!(request.target, "/lamps/l1?language=en");
    assert_eq!(request.body, Some(json!({ "name": "hall" })));
    let paint = VENDOR.operation("paint_lamp").unwrap();
    assert!(
        paint
            .request(arguments(&json!({ "lamp_id": "l1" })))
            .is_ok()
    );
}
