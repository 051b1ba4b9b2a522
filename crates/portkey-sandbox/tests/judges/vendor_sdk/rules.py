"""Configs and guardrails."""

import json

from sandbox import ADMIN, HOME, equal, gone, listed, refused


def configs():
    configs = ADMIN.configs
    made = configs.create(name="SDK config", config={"retry": {"attempts": 3}}, workspace_id=HOME)
    listing = configs.list(workspace_id=HOME)
    entry = listed(listing, "name", "SDK config")
    slug = entry["slug"]
    read = configs.retrieve(slug=slug)
    equal((read.id, read.name, read.is_default), (made.data["id"], "SDK config", 0))
    equal((json.loads(read.config), read.version_id), ({"retry": {"attempts": 3}}, made.data["version_id"]))
    refused(400, "AB01", configs.update, slug=slug, config={})
    configs.update(slug=slug, name="SDK config 2", config={"cache": {"mode": "simple"}})
    changed = configs.retrieve(slug=slug)
    equal((changed.name, json.loads(changed.config)), ("SDK config 2", {"cache": {"mode": "simple"}}))
    assert changed.version_id != read.version_id, changed
    configs.delete(slug=slug)
    gone(configs.retrieve, slug=slug)


def guardrails():
    guardrails = ADMIN.guardrails
    feedback = {"feedback": {"value": 1, "weight": 1, "metadata": ""}}
    actions = {"deny": True, "async": False, "on_success": feedback, "on_fail": feedback}
    check = {"id": "default.wordCount", "parameters": {"minWords": 1, "maxWords": 9}}
    made = guardrails.create(name="SDK guardrail", checks=[check], actions=actions, workspace_id=HOME)
    read = guardrails.retrieve(guardrail_id=made.slug)
    equal((read.id, read.name, read.actions["deny"]), (made.id, "SDK guardrail", True))
    equal((read.checks[0]["id"], read.checks[0]["parameters"]["maxWords"]), ("default.wordCount", 9))
    equal(listed(guardrails.list(workspace_id=HOME), "id", made.id)["name"], "SDK guardrail")
    changed = guardrails.update(guardrail_id=made.id, name="SDK guardrail 2", actions={**actions, "deny": False})
    equal(changed.id, made.id)
    read = guardrails.retrieve(guardrail_id=made.id)
    equal((read.name, read.actions["deny"]), ("SDK guardrail 2", False))
    guardrails.delete(guardrail_id=made.id)
    refused(403, "AB03", guardrails.retrieve, guardrail_id=made.id)


LIVES = [configs, guardrails]
