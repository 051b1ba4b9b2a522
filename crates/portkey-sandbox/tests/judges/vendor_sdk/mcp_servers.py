"""MCP integrations and the servers that workspaces make of them."""

from sandbox import ADMIN, HOME, ORGANISATION, client, equal, gone, listed

TOOL = {"name": "search", "type": "tool"}


def integrations():
    integrations = ADMIN.mcp_integrations
    made = integrations.create(
        name="SDK MCP",
        url="https://example.com/mcp",
        auth_type="headers",
        transport="http",
        description="One",
        organisation_id=ORGANISATION,
        configurations={"custom_headers": {"x-token": "0123456789"}},
    )
    this = {"mcp_integration_id": made.id}
    read = integrations.retrieve(**this)
    equal((read.name, read.url, read.auth_type), ("SDK MCP", "https://example.com/mcp", "headers"))
    assert "0123456789" not in str(read), read
    equal(listed(integrations.list(search="SDK MCP", type="organisation"), "id", made.id)["name"], "SDK MCP")
    integrations.update(**this, description="Two", transport="sse")
    read = integrations.retrieve(**this)
    equal((read.description, read.transport), ("Two", "sse"))

    integrations.sync(**this, server_info={"name": "found", "version": "1"}, capabilities=[TOOL])
    equal(integrations.metadata.retrieve(**this).server_name, "found")
    equal(listed_name(integrations.capabilities.list(**this))["enabled"], True)
    integrations.capabilities.update(**this, capabilities=[{**TOOL, "enabled": False}])
    equal(listed_name(integrations.capabilities.list(**this))["enabled"], False)
    equal(integrations.test(**this).success, True)

    integrations.workspaces.update(**this, workspaces=[{"id": HOME, "enabled": True}])
    equal([place["enabled"] for place in integrations.workspaces.list(**this).workspaces], [True])
    servers(made.id)
    integrations.delete(**this)
    gone(integrations.retrieve, **this)


def servers(integration):
    servers = ADMIN.mcp_servers
    made = servers.create(
        name="SDK server", mcp_integration_id=integration, description="One", workspace_id=HOME, slug="sdk-server"
    )
    this = {"mcp_server_id": made.id}
    read = servers.retrieve(**this)
    equal((read.name, read.slug, read.description), ("SDK server", "sdk-server", "One"))
    equal(listed(servers.list(workspace_id=HOME, search="SDK"), "id", made.id)["slug"], "sdk-server")
    servers.update(**this, name="SDK server 2", description="Two")
    equal(servers.retrieve(mcp_server_id="sdk-server").description, "Two")
    equal(servers.test(**this).success, True)

    servers.capabilities.sync(**this, capabilities=[{"name": "fetch", "type": "tool"}])
    equal(listed_name(servers.capabilities.list(**this), "fetch")["enabled"], True)
    servers.capabilities.update(**this, capabilities=[{"name": "fetch", "type": "tool", "enabled": False}])
    equal(listed_name(servers.capabilities.list(**this), "fetch")["enabled"], False)
    servers.metadata.sync(**this, server_name="named", server_version="2", capability_flags={"tools": {}})
    metadata = servers.metadata.retrieve(**this)
    equal((metadata.server_name, metadata.server_version), ("named", "2"))

    user = ADMIN.admin.workspaces.users.list(workspace_id=HOME).data[0]["id"]
    servers.user_access.update(**this, user_access=[{"user_id": user, "enabled": False}])
    equal(servers.user_access.check(**this).has_access, True)
    personal = ADMIN.api_keys.create(
        type="workspace", sub_type="user", name="SDK", workspace_id=HOME, user_id=user, scopes=["mcp_servers.read"]
    )
    equal(client(personal.key).mcp_servers.user_access.check(**this).has_access, False)
    servers.update_tokens(**this, access_token="one", refresh_token="again")
    equal(servers.get_tokens(**this).access_token, "one")
    servers.delete_tokens(**this)
    gone(servers.get_tokens, **this)
    gone(servers.get_client_info, **this)
    equal(servers.get_client_info(mcp_server_id="code-host-prod").client_id, "northwind")
    servers.delete(**this)
    gone(servers.retrieve, **this)


def listed_name(listing, name="search"):
    found = [capability for capability in listing.data if capability["name"] == name]
    equal(len(found), 1)
    return found[0]


LIVES = [integrations]
