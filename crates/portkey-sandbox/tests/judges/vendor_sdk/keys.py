"""API keys, integrations, and the providers and virtual keys made of them."""

from sandbox import ADMIN, HOME, client, equal, gone, listed, refused


def api_keys():
    keys = ADMIN.api_keys
    made = keys.create(
        type="workspace",
        sub_type="service",
        name="SDK key",
        description="For tests",
        workspace_id=HOME,
        scopes=["configs.list", "configs.read"],
        rate_limits=[{"type": "requests", "unit": "rpm", "value": 100}],
        usage_limits={"type": "cost", "credit_limit": 10},
        defaults={"metadata": {"app": "sdk"}},
    )
    read = keys.retrieve(id=made.id)
    equal((read.name, read.type, read.status, read.object), ("SDK key", "workspace-service", "active", "api-key"))
    equal(sorted(read.scopes), ["configs.list", "configs.read"])
    equal((read.rate_limits[0]["value"], read.usage_limits["credit_limit"]), (100, 10))
    equal(read.defaults["metadata"], {"app": "sdk"})
    assert read.key != made.key and read.key.startswith(made.key[:2]), read.key
    equal(listed(keys.list(workspace_id=HOME), "id", made.id)["name"], "SDK key")
    equal(len(keys.list(page_size=1, current_page=1).data), 1)

    owner = client(made.key)
    assert owner.configs.list().data
    refused(403, "AB03", owner.virtual_keys.list)
    keys.update(id=made.id, name="SDK key 2", scopes=["virtual_keys.list"])
    equal(keys.retrieve(id=made.id).name, "SDK key 2")
    assert owner.virtual_keys.list().data
    refused(403, "AB03", owner.configs.list)
    keys.delete(id=made.id)
    gone(keys.retrieve, id=made.id)
    refused(401, "AB05", owner.virtual_keys.list)


def integrations_and_providers():
    integrations, providers = ADMIN.integrations, ADMIN.providers
    made = integrations.create(
        name="SDK integration", slug="sdk-integration", ai_provider_id="openai", key="sk-0123456789", description="One"
    )
    slug = {"slug": made.slug}
    equal(made.slug, "sdk-integration")
    read = integrations.retrieve(**slug)
    equal((read.id, read.ai_provider_id, read.type, read.object), (made.id, "openai", "organisation", "integration"))
    assert "0123456" not in read.masked_key, read.masked_key
    equal(listed(integrations.list(type="organisation"), "id", made.id)["name"], "SDK integration")
    integrations.update(**slug, name="SDK integration 2", description="Two")
    equal(integrations.retrieve(**slug).description, "Two")

    models = integrations.models
    assert models.list(**slug).models, "no models known"
    custom = {"slug": "mine", "enabled": True, "is_custom": True, "base_model_slug": "gpt-4o"}
    models.update(**slug, allow_all_models=False, models=[custom])
    equal([model.enabled for model in models.list(**slug).models if model.slug == "mine"], [True])
    equal(models.list(**slug).allow_all_models, False)
    models.delete(**slug, slugs="mine")
    equal([model for model in models.list(**slug).models if model.slug == "mine"], [])

    integrations.workspaces.update(**slug, workspaces=[{"id": HOME, "enabled": True}])
    given = integrations.workspaces.list(**slug).workspaces
    equal([workspace["enabled"] for workspace in given], [True])
    here = {"workspace_id": HOME}
    provider = providers.create(name="SDK provider", integration_id=made.slug, slug="sdk-provider", note="One", **here)
    equal(provider.slug, "sdk-provider")
    read = providers.retrieve(slug=provider.slug, **here)
    equal((read.name, read.note, read.status), ("SDK provider", "One", "active"))
    equal(listed(providers.list(**here), "slug", provider.slug)["name"], "SDK provider")
    providers.update(slug=provider.slug, note="Two", usage_limits={"type": "cost", "credit_limit": 5}, **here)
    read = providers.retrieve(slug=provider.slug, **here)
    equal((read.note, read.usage_limits["credit_limit"]), ("Two", 5))
    providers.delete(slug=provider.slug, **here)
    gone(providers.retrieve, slug=provider.slug, **here)
    integrations.delete(**slug)
    gone(integrations.retrieve, **slug)


def virtual_keys():
    keys = ADMIN.virtual_keys
    made = keys.create(name="SDK virtual key", provider="openai", key="sk-0123456789", note="One", workspace_id=HOME)
    slug = made.data["slug"]
    read = keys.retrieve(slug=slug)
    equal((read.name, read.note, read.status, read.object), ("SDK virtual key", "One", "active", "virtual-key"))
    assert "0123456" not in read.key, read.key
    equal(listed(keys.list(workspace_id=HOME), "slug", slug)["name"], "SDK virtual key")
    limits = [{"type": "tokens", "unit": "rpd", "value": 1000}]
    keys.update(slug=slug, name="SDK virtual key 2", note="Two", rate_limits=limits)
    read = keys.retrieve(slug=slug)
    equal((read.name, read.note, read.rate_limits), ("SDK virtual key 2", "Two", limits))
    keys.delete(slug=slug)
    gone(keys.retrieve, slug=slug)


LIVES = [api_keys, integrations_and_providers, virtual_keys]
