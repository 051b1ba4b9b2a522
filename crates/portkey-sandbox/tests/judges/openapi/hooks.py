"""What schemathesis cannot know: what is wrong with the file, which things there are, and what to count."""

import atexit
import collections
import json
import os
import re

import schemathesis
from schemathesis.core.parameters import ParameterLocation

import corrections
from world import World

world = World(os.environ["SANDBOX_ROOT"], os.environ["SANDBOX_ADMIN_KEY"], os.environ["SANDBOX_WORKSPACE_KEY"])

# What makes the thing that a path names last; what lies inside a thing is made for it.
THINGS = {
    "/collections/{collectionId}": world.collection,
    "/labels/{labelId}": world.label,
    "/prompts/{promptId}": world.prompt,
    "/prompts/{promptId}/versions/{versionId}": world.prompt_version,
    "/prompts/partials/{promptPartialId}": world.partial,
    "/guardrails/{guardrailId}": world.guardrail,
    "/configs/{slug}": world.config,
    "/feedback/{id}": world.feedback,
    "/integrations/{slug}": world.integration,
    "/providers/{slug}": world.provider,
    "/virtual-keys/{slug}": world.virtual_key,
    "/admin/users/invites/{inviteId}": world.invite,
    "/admin/users/{userId}": world.user,
    "/admin/workspaces/{workspaceId}": world.workspace_of_its_own,
    "/admin/workspaces/{workspaceId}/users/{userId}": world.member,
    "/scim/workspaces/{scimWorkspaceGroupId}": world.group_mapping,
    "/mcp-integrations/{mcpIntegrationId}": world.mcp_integration,
    "/mcp-servers/{mcpServerId}": world.mcp_server,
    "/logs/{logId}": world.log,
    "/logs/exports/{exportId}": world.draft,
    "/logs/exports/{exportId}/download": world.finished_export,
    "/api-keys/{id}": world.api_key,
    "/policies/usage-limits/{policyUsageLimitsId}": world.usage_policy,
    "/policies/usage-limits/{policyUsageLimitsId}/entities/{entityId}": world.bucket,
    "/policies/rate-limits/{rateLimitsPolicyId}": world.rate_policy,
    "/model-configs/pricing/{provider}": lambda: "openai",
    "/model-configs/pricing/{provider}/{model}": lambda provider: "gpt-4o",
    "/secret-references/{secretReferenceId}": world.secret_reference,
}

# What makes the thing that a field of a query or a body names.
FIELDS = {
    "organisation_id": lambda: world.organisation,
    "workspace_id": lambda: world.workspace,
    "workspace_slug": lambda: world.workspace_slug,
    "time_of_generation_min": lambda: world.start,
    "time_of_generation_max": lambda: world.end,
    "start_time": lambda: world.start,
    "end_time": lambda: world.end,
    "collection_id": world.collection,
    "parent_collection_id": world.collection,
    "virtual_key": world.virtual_key,
    "integration_id": world.integration,
    "mcp_integration_id": world.mcp_integration,
    "label_id": world.label,
    "config_id": world.config,
    "secret_reference_id": world.secret_reference,
    "user_id": world.user,
}

# What single operations need besides. Each gets the ids in the path.
NEEDS = {
    "POST /v1/configs": lambda: {"config": {"retry": {"attempts": 2}}},
    "PUT /v1/configs/{slug}": lambda slug: {"config": {"retry": {"attempts": 2}}},
    "PUT /v1/prompts/{promptId}/makeDefault": lambda prompt: {"version": 1},
    "PUT /v1/prompts/partials/{promptPartialId}/makeDefault": lambda partial: {"version": 1},
    "POST /v1/admin/workspaces/{workspaceId}/users": lambda workspace: {
        "users": [{"id": world.user(), "role": "member"}]
    },
    "DELETE /v1/admin/workspaces/{workspaceId}": lambda workspace: {"name": world.name_of(workspace)},
    "DELETE /v1/integrations/{slug}/models": lambda slug: {"slugs": world.custom_model(slug)},
    "PUT /v1/mcp-integrations/{mcpIntegrationId}/capabilities": lambda slug: {
        "capabilities": [world.capability(f"/mcp-integrations/{slug}")]
    },
    "PUT /v1/mcp-servers/{mcpServerId}/capabilities": lambda server: {
        "capabilities": [world.capability(f"/mcp-servers/{server}")]
    },
    "POST /v1/secret-references": lambda: world.secret(),
    "DELETE /v1/mcp-servers/{mcpServerId}/connections": lambda server: {"user_id": world.connection(server)},
}

# Every so many calls of an operation are sent as they were made up.
MADE_UP = 6
calls = collections.Counter()
answers = collections.defaultdict(collections.Counter)
known = {}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    corrections.correct(raw_schema)


@schemathesis.hook
def before_call(context, case, kwargs):
    label = case.operation.label
    calls[label] += 1
    if calls[label] % MADE_UP == 0:
        return
    if case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
        name_things(case)
    if not case.meta.is_negative_at(ParameterLocation.QUERY):
        fill(case.query)
    if not case.meta.is_negative_at(ParameterLocation.BODY):
        fill(case.body)
    if label in NEEDS and case.meta.generation.mode.is_positive:
        add_needs(case)


def name_things(case):
    """Puts real things into the path. What is deleted, started or stopped is new each time."""
    path = case.operation.path.removeprefix("/v1")
    uses_up = case.method == "DELETE" or path.endswith(("/start", "/cancel"))
    named = []
    for placeholder in re.finditer(r"{(.+?)}", path):
        whole, parameter = path[: placeholder.end()], placeholder[1]
        place = path if path in THINGS and not path.endswith("}") else whole
        if place not in THINGS:
            return
        slot = (case.operation.label, parameter)
        if uses_up or slot not in known:
            known[slot] = THINGS[place](*named)
        named.append(known[slot])
        case.path_parameters[parameter] = known[slot]


def fill(value):
    """Puts real things into the fields that name some, however deep."""
    if isinstance(value, list):
        for item in value:
            fill(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in FIELDS and isinstance(inner, str):
                if name not in known:
                    known[name] = FIELDS[name]()
                value[name] = known[name]
            else:
                fill(inner)


def add_needs(case):
    needed = NEEDS[case.operation.label](*case.path_parameters.values())
    if isinstance(case.body, dict):
        case.body.update(needed)
    elif not case.operation.body:
        case.query = {**(case.query or {}), **needed}


@schemathesis.hook
def after_call(context, case, response):
    answers[case.operation.label][response.status_code] += 1


@atexit.register
def report():
    """How often each operation gave which status, for whoever ran this."""
    with open(os.environ["SANDBOX_ANSWERS"], "w", encoding="utf-8") as file:
        json.dump(answers, file)
