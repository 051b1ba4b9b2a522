"""Collections, labels, prompts and partials, up to running a prompt."""

import json

from sandbox import ADMIN, HOME, WORKER, equal, gone, listed, refused

# Chats, as templates keep them.
HELLO = json.dumps([{"role": "user", "content": "Hello {{name}}"}])
GOOD_DAY = json.dumps([{"role": "user", "content": "Good day {{name}}"}])


def collections():
    collections = ADMIN.collections
    made = collections.create("SDK collection", workspace_id=HOME)
    read = collections.retrieve(made.id)
    equal((read.name, read.slug, read.workspace_id), ("SDK collection", made.slug, HOME))
    inner = collections.create("Inner", workspace_id=HOME, parent_collection_id=made.id)
    equal([child["id"] for child in collections.retrieve(made.id).child_collections], [inner.id])
    equal(listed(collections.list(workspace_id=HOME, search="SDK"), "id", made.id)["name"], "SDK collection")
    equal(len(collections.list(workspace_id=HOME, current_page=0, page_size=1).data), 1)
    collections.update(made.id, name="SDK collection 2")
    equal(collections.retrieve(made.slug).name, "SDK collection 2")
    collections.delete(inner.id)
    gone(collections.retrieve, inner.id)
    collections.delete(made.id)


def labels():
    labels = ADMIN.labels
    made = labels.create(name="sdk", workspace_id=HOME, description="One", color_code="#00ff00")
    read = labels.retrieve(made.id)
    equal((read.name, read.description, read.color_code), ("sdk", "One", "#00ff00"))
    equal((read.workspace_id, read.is_universal), (HOME, False))
    equal(listed(labels.list(workspace_id=HOME), "id", made.id)["name"], "sdk")
    refused(409, "AB07", labels.create, name="sdk", workspace_id=HOME)
    labels.update(made.id, name="sdk-2", description="Two")
    equal((labels.retrieve(made.id).name, labels.retrieve(made.id).description), ("sdk-2", "Two"))
    labels.delete(made.id)
    gone(labels.retrieve, made.id)


def partials():
    partials = WORKER.prompts.partials
    made = partials.create(name="SDK partial", string="Be {{tone}}.", version_description="First")
    read = partials.retrieve(made.slug)
    equal((read.name, read.string, read.version), ("SDK partial", "Be {{tone}}.", 1))
    partials.update(made.slug, string="Always be {{tone}}.", description="Second")
    equal(partials.retrieve(made.slug).string, "Be {{tone}}.")
    versions = partials.versions.list(made.slug).data
    equal(sorted((version["version"], version["string"]) for version in versions)[1], (2, "Always be {{tone}}."))
    partials.publish(made.slug, version=2)
    equal(partials.retrieve(made.slug).string, "Always be {{tone}}.")
    equal(listed(partials.list(), "slug", made.slug)["name"], "SDK partial")
    partials.update(made.slug, name="SDK partial 2")
    equal(partials.retrieve(made.id).name, "SDK partial 2")
    partials.delete(made.slug)
    gone(partials.retrieve, made.slug)


def prompts():
    prompts, collection = WORKER.prompts, WORKER.collections.create("SDK prompts")
    key = WORKER.virtual_keys.create(name="SDK prompts", provider="openai", key="sk-0123456789").data["slug"]
    made = prompts.create(
        name="SDK prompt",
        collection_id=collection.id,
        string=HELLO,
        parameters={"temperature": 0, "max_tokens": 40},
        virtual_key=key,
        model="gpt-4o",
        template_metadata={"app": "sdk"},
    )
    read = prompts.retrieve(made.slug)
    equal((read.id, read.string, read.prompt_version, read.model), (made.id, HELLO, 1, "gpt-4o"))
    equal((read.virtual_key, read.parameters["max_tokens"], read.template_metadata["app"]), (key, 40, "sdk"))
    equal(listed(prompts.list(collection_id=collection.id), "id", made.id)["name"], "SDK prompt")
    equal(prompts.list(search="no such prompt").total, 0)

    whole = {"parameters": {"temperature": 1}, "virtual_key": key, "model": "gpt-4o"}
    prompts.update(made.slug, string=GOOD_DAY, version_description="Politer", **whole)
    equal(prompts.retrieve(made.slug).string, HELLO)
    versions = {version["prompt_version"]: version["id"] for version in prompts.versions.list(made.slug).data}
    equal(sorted(versions), [1, 2])
    equal(prompts.versions.retrieve(made.slug, versions[2]).string, GOOD_DAY)
    prompts.publish(made.slug, version=2)
    equal(prompts.retrieve(made.slug).prompt_version, 2)
    staging = listed(WORKER.labels.list(), "name", "staging")["id"]
    prompts.versions.update(made.slug, versions[1], label_id=staging)
    run(made.slug)

    prompts.update(made.slug, name="SDK prompt 2")
    equal(prompts.retrieve(made.slug).name, "SDK prompt 2")
    prompts.delete(made.slug)
    gone(prompts.retrieve, made.slug)
    WORKER.virtual_keys.delete(slug=key)
    WORKER.collections.delete(collection.id)


def run(slug):
    """Two versions of a prompt: the second is published, the first is labelled."""
    prompts, variables = WORKER.prompts, {"name": "Ada"}
    rendered = prompts.render(prompt_id=slug, variables=variables, max_tokens=7).data
    equal((rendered.messages[0].content, rendered.max_tokens), ("Good day Ada", 7))
    labelled = prompts.render(prompt_id=f"{slug}@staging", variables=variables).data
    equal(labelled.messages[0].content, "Hello Ada")
    gone(prompts.render, prompt_id="pp-no-such-prompt", variables={})

    whole = prompts.completions.create(prompt_id=slug, variables=variables)
    equal(whole.model, "gpt-4o")
    said = whole.choices[0].message.content
    assert "Ada" in said and whole.usage.total_tokens > 0, whole
    pieces = list(prompts.completions.create(prompt_id=slug, variables=variables, stream=True))
    assert len(pieces) > 1, pieces
    equal("".join(choice.delta.content or "" for piece in pieces for choice in piece.choices), said)


LIVES = [collections, labels, partials, prompts]
