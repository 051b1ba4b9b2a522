"""The faults of the vendor's OpenAPI file, mended before it judges, each with the reason why the file is wrong."""

# First segments of the calls to models, which are no part of the Admin API.
DATA_PLANE = set(
    "assistants audio batches chat completions embeddings files fine_tuning images models moderations realtime rerank"
    " responses threads vector_stores".split()
)
METHODS = ("get", "post", "put", "patch", "delete")

# Of many operations the file says nothing but 200, of others a status without a body. Live, all refuse like this.
REFUSALS = ("400", "401", "402", "403", "404", "409", "412", "429")
REFUSAL = {
    "type": "object",
    "required": ["success", "data"],
    "properties": {
        "success": {"type": "boolean", "enum": [False]},
        "data": {
            "type": "object",
            "required": ["message", "errorCode"],
            "properties": {
                "message": {"type": "string", "minLength": 1},
                "errorCode": {"type": "string", "pattern": "^AB0[1-9]$"},
            },
        },
    },
}


# The gateway itself turns callers and requests away in a form of its own, before the Admin API is asked.
GATEWAY_REFUSALS = ("401", "412", "429")
GATEWAY_REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "code"],
            "properties": {"message": {"type": "string", "minLength": 1}},
        },
    },
}
GATEWAY = ("/completions", "/render", "/logs")


def may_be_null(schema):
    return {"anyOf": [schema, {"nullable": True, "enum": [None]}]}


def flag(schema):
    return {"type": "integer", "enum": [0, 1]}


def one_or_several(schema):
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


def also(*values):
    return lambda schema: {**schema, "enum": schema["enum"] + list(values)}


def listing(schema):
    members = {"object": {"type": "string", "enum": ["list"]}, "total": {"type": "integer"}, "data": schema}
    return {"type": "object", "required": list(members), "properties": members}


def within(**limits):
    return lambda schema: {**schema, **limits}


def members(schema, *names):
    return [f"components/schemas/{schema}/properties/{name.replace('.', '/properties/')}" for name in names]


def answer(method, path):
    return [f"paths/{path.replace('/', '~')}/{method}/responses/200/content/application~json/schema"]


# What is wrong, how it is right, and where.
CORRECTIONS = [
    (
        "live recordings show null where there is nothing to say",
        may_be_null,
        members("Workspace", "usage_limits", "rate_limits", "description", "defaults")
        + members("WorkspaceWithUsers", "usage_limits", "rate_limits", "description", "defaults")
        + members("ApiKeyObject", "usage_limits", "reset_usage", "expires_at", "alert_emails", "user_id", "description")
        + members("ApiKeyObject", "defaults.config_id", "defaults.metadata")
        + members("VirtualKeys", "usage_limits", "reset_usage", "model_config", "rate_limits", "expires_at")
        + members("Prompt", "functions", "tools", "tool_choice", "prompt_version_label_id")
        + members("PromptVersionSummary", "label_id"),
    ),
    (
        "providers and virtual keys are the same records under two routes",
        may_be_null,
        members("Providers", "usage_limits", "expires_at"),
    ),
    (
        "a key of the organisation belongs to no workspace, and API keys write null where there is nothing to say",
        may_be_null,
        members("ApiKeyObject", "workspace_id"),
    ),
    (
        "live flags are 0 and 1",
        flag,
        members("Collection", "is_default") + members("Prompt", "is_raw_template"),
    ),
    (
        "live lists have an envelope",
        listing,
        answer("get", "/prompts/partials")
        + answer("get", "/prompts/partials/{promptPartialId}/versions")
        + answer("get", "/prompts/{promptId}/versions"),
    ),
    (
        "newer versions of the vendor's back end limit requests too",
        also("requests"),
        members("UsageLimitsPolicy", "type"),
    ),
    (
        "newer versions of the vendor's back end take several values",
        one_or_several,
        members("Condition", "value"),
    ),
    (
        "the vendor's examples and Terraform provider give actions words and members that the file lacks",
        lambda schema: {"type": "object"},
        ["components/schemas/GuardrailActions"],
    ),
    (
        "the vendor's own client decodes the versions of partials as numbers, like those of prompts",
        lambda schema: {"type": "integer"},
        members("PromptPartialVersion", "version"),
    ),
    (
        "a prompt can be made without a model, and what is rendered then names none",
        lambda schema: {"anyOf": [schema, {"type": "object", "not": {"required": ["model"]}}]},
        members("PromptRenderResponse", "data"),
    ),
    ("live keys expire", also("expired"), members("ApiKeyObject", "status")),
    ("statuses of HTTP have three digits", within(minimum=100, maximum=599), members("CustomLog", "response.status")),
    ("an address is not empty", within(minLength=1), members("CustomLog", "request.url")),
]


TELLING = {"name", "slug", "url", "secret_path", "string", "key"}
FRACTIONS = set(
    "avg avg_latency avg_tokens avg_weighted_feedback cache_speedup cost cumulative_semantic_cache_savings"
    " cumulative_simple_cache_savings p50 p90 p99 rate".split()
)


def correct(file):
    """Mends the file in place."""
    any_of(file)
    for _, change, places in CORRECTIONS:
        for place in places:
            mend(file, place, change)
    fractions(file)
    moments(file)
    drop_key_parameter(file)
    confirm_deletion(file)
    stream(file)
    say_something(file)
    file["paths"] = {prefix(path) + path: item for path, item in file["paths"].items() if is_admin(path)}
    for path, item in file["paths"].items():
        item.pop("servers", None)
        for method in METHODS:
            if method in item and not path.startswith("/model-configs"):
                refusals(item[method]["responses"], path.endswith(GATEWAY))


def any_of(value):
    """Alternatives overlap throughout the file, so that a value may well be several of them."""
    if isinstance(value, dict):
        if isinstance(value.get("oneOf"), list):
            value["anyOf"] = value.pop("oneOf")
        for inner in value.values():
            any_of(inner)
    elif isinstance(value, list):
        for inner in value:
            any_of(inner)


def mend(file, place, change):
    """Changes what is at a place, whose names are separated by slashes and have tildes for their own."""
    *parents, last = [name.replace("~", "/") for name in place.split("/")]
    for name in parents:
        file = file[name]
    file[last] = change(file[last])


def fractions(file):
    """Averages, rates and cents are fractional, though the figures of the file are all integers."""
    for path, item in file["paths"].items():
        if path.startswith("/analytics/"):
            names = FRACTIONS | ({"total"} if path == "/analytics/graphs/cost" else set())
            widen(item["get"]["responses"]["200"], names)


def widen(value, names):
    if isinstance(value, dict):
        for name, schema in value.get("properties", {}).items():
            if name in names and schema.get("type") == "integer":
                schema["type"] = "number"
        for inner in value.values():
            widen(inner, names)
    elif isinstance(value, list):
        for inner in value:
            widen(inner, names)


def moments(file):
    """The bounds of audit logs are moments, though the file has them as any text."""
    for parameter in file["paths"]["/audit-logs"]["get"]["parameters"]:
        if parameter["name"] in ("start_time", "end_time"):
            parameter["schema"]["format"] = "date-time"


def drop_key_parameter(file):
    """One operation lists the key among its parameters, where values would be made up for it."""
    users = file["paths"]["/admin/users"]["get"]
    users["parameters"] = [parameter for parameter in users["parameters"] if parameter.get("in") != "header"]


def confirm_deletion(file):
    """The name of the workspace is asked for, as the vendor's clients know."""
    members = {"name": {"type": "string"}, "force_delete": {"type": "boolean"}}
    schema = {"type": "object", "required": ["name"], "properties": members}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    file["paths"]["/admin/workspaces/{workspaceId}"]["delete"]["requestBody"] = body


def stream(file):
    """A completion may be asked for in pieces."""
    completed = file["paths"]["/prompts/{promptId}/completions"]["post"]["responses"]["200"]
    completed["content"]["text/event-stream"] = {}


def say_something(file):
    """Names and the like are not empty. Without this, most calls would be refused for the same dull reason."""
    for item in file["paths"].values():
        for method in METHODS:
            body = item.get(method, {}).get("requestBody", {})
            for content in body.get("content", {}).values():
                fill_in(file, content.get("schema", {}))


def fill_in(file, schema):
    if "$ref" in schema:
        return fill_in(file, file["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for name, member in schema.get("properties", {}).items():
        if name in TELLING and member.get("type") == "string":
            member.setdefault("minLength", 1)
    for part in schema.get("allOf", []) + schema.get("anyOf", []):
        fill_in(file, part)


def is_admin(path):
    return path.split("/")[1] not in DATA_PLANE


def prefix(path):
    """What the file keeps in its list of servers."""
    return "" if path.startswith("/model-configs") else "/v1"


def refusals(responses, of_gateway):
    for status in [status for status in responses if not status.startswith("2")]:
        del responses[status]
    for status in REFUSALS:
        schema = {"anyOf": [REFUSAL, GATEWAY_REFUSAL]} if of_gateway and status in GATEWAY_REFUSALS else REFUSAL
        responses[status] = {"description": "", "content": {"application/json": {"schema": schema}}}
