"""Real things for generated calls to be about: made through the API, in the workspace of the workspace key."""

import datetime
import itertools
import json

import requests


class World:
    """A sandbox, and what it takes to fill it."""

    def __init__(self, root, admin_key, workspace_key):
        self.root = root
        self.admin_key = admin_key
        self.workspace_key = workspace_key
        self.numbers = itertools.count()
        key = self.send("GET", "/api-keys", using=workspace_key)["data"][0]
        self.organisation, self.workspace = key["organisation_id"], key["workspace_id"]
        self.workspace_slug = self.send("GET", f"/admin/workspaces/{self.workspace}")["slug"]
        now = datetime.datetime.now(datetime.timezone.utc)
        self.start = (now - datetime.timedelta(days=30)).isoformat()
        self.end = (now + datetime.timedelta(days=1)).isoformat()

    def send(self, method, path, using=None, **body):
        """A call that must succeed."""
        base = "" if path.startswith("/_sandbox") else "/v1"
        headers = {"x-portkey-api-key": using or self.admin_key}
        answer = requests.request(method, self.root + base + path, headers=headers, json=body or None, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def new(self, path, **body):
        return self.send("POST", path, **body)["id"]

    def name(self):
        return f"thing-{next(self.numbers)}"

    # One method for each kind of thing a path or a body can name.

    def collection(self):
        return self.new("/collections", name=self.name(), workspace_id=self.workspace)

    def label(self):
        return self.new("/labels", name=self.name(), workspace_id=self.workspace)

    def prompt(self):
        return self.new(
            "/prompts",
            name=self.name(),
            collection_id=self.collection(),
            string="Hello {{name}}",
            parameters={"temperature": 0},
            virtual_key=self.virtual_key(),
            model="gpt-4o",
        )

    def prompt_version(self, prompt):
        return self.send("GET", f"/prompts/{prompt}/versions")["data"][0]["id"]

    def partial(self):
        return self.new("/prompts/partials", name=self.name(), string="Hello", workspace_id=self.workspace)

    def guardrail(self):
        feedback = {"feedback": {"value": 1, "weight": 1, "metadata": ""}}
        actions = {"deny": False, "async": False, "on_success": feedback, "on_fail": feedback}
        checks = [{"id": "default.wordCount", "parameters": {"minWords": 1, "maxWords": 9}}]
        return self.new("/guardrails", name=self.name(), checks=checks, actions=actions, workspace_id=self.workspace)

    def config(self):
        made = self.send(
            "POST", "/configs", name=self.name(), config={"retry": {"attempts": 2}}, workspace_id=self.workspace
        )
        return self.send("GET", f"/configs/{made['data']['id']}")["slug"]

    def feedback(self):
        given = self.send("POST", "/feedback", using=self.workspace_key, trace_id=self.name(), value=5)
        return given["feedback_ids"][0]

    def integration(self):
        slug = self.name()
        self.send("POST", "/integrations", name=slug, slug=slug, ai_provider_id="openai", key="sk-0123456789")
        access = [{"id": self.workspace, "enabled": True}]
        self.send("PUT", f"/integrations/{slug}/workspaces", workspaces=access)
        return slug

    def custom_model(self, integration):
        slug = self.name()
        model = {"slug": slug, "enabled": True, "is_custom": True, "base_model_slug": "gpt-4o"}
        self.send("PUT", f"/integrations/{integration}/models", models=[model])
        return slug

    def provider(self):
        slug = self.name()
        self.send(
            "POST",
            "/providers",
            name=slug,
            slug=slug,
            integration_id=self.integration(),
            workspace_id=self.workspace,
        )
        return slug

    def virtual_key(self):
        made = self.send(
            "POST",
            "/virtual-keys",
            name=self.name(),
            provider="openai",
            key="sk-0123456789",
            workspace_id=self.workspace,
        )
        return made["data"]["slug"]

    def invite(self):
        return self.new("/admin/users/invites", email=f"{self.name()}@example.com", role="member", workspaces=[])

    def user(self):
        email = f"{self.name()}@example.com"
        invite = self.new("/admin/users/invites", email=email, role="member", workspaces=[])
        self.send("POST", f"/_sandbox/invites/{invite}/accept")
        return self.send("GET", f"/admin/users?email={email}")["data"][0]["id"]

    def workspace_of_its_own(self):
        return self.new("/admin/workspaces", name=self.name())

    def name_of(self, workspace):
        return self.send("GET", f"/admin/workspaces/{workspace}")["name"]

    def member(self, workspace):
        user = self.user()
        self.send("POST", f"/admin/workspaces/{workspace}/users", users=[{"id": user, "role": "member"}])
        return user

    def group_mapping(self):
        group = {"scim_group_name": self.name(), "role": "member"}
        return self.new("/scim/workspaces", workspace_id=self.workspace, **group)

    def mcp_integration(self):
        slug = self.name()
        self.send(
            "POST",
            "/mcp-integrations",
            name=slug,
            slug=slug,
            organisation_id=self.organisation,
            url="https://example.com/mcp",
            auth_type="none",
            transport="http",
        )
        access = [{"id": self.workspace, "enabled": True}]
        self.send("PUT", f"/mcp-integrations/{slug}/workspaces", workspaces=access)
        return slug

    def mcp_server(self):
        return self.new(
            "/mcp-servers",
            name=self.name(),
            mcp_integration_id=self.mcp_integration(),
            workspace_id=self.workspace,
        )

    def capability(self, place):
        """One that is known: the gateway reports what it found."""
        found = {"name": "search", "type": "tool", "enabled": True}
        self.send("POST", f"{place}/{'capabilities/sync' if 'servers' in place else 'sync'}", capabilities=[found])
        return found

    def connection(self, server):
        """Of a user who has handed over a token."""
        user = self.member(self.workspace)
        key = self.send(
            "POST",
            "/api-keys/workspace/user",
            name=self.name(),
            workspace_id=self.workspace,
            user_id=user,
            scopes=["mcp_servers.update"],
        )
        self.send("PUT", f"/mcp-servers/{server}/tokens", using=key["key"], access_token="token")
        return user

    def draft(self, **filters):
        fields = {"filters": filters, "requested_data": ["id", "trace_id"]}
        return self.new("/logs/exports", workspace_id=self.workspace, **fields)

    def finished_export(self, **filters):
        export = self.draft(**filters)
        self.send("POST", f"/logs/exports/{export}/start")
        self.send("PUT", "/_sandbox/clock", milliseconds=1000)
        return export

    def log(self):
        trace = self.name()
        request = {"url": "https://example.com/v1/chat", "body": {"model": "gpt-4o"}}
        log = {"request": request, "response": {"body": {}}, "metadata": {"traceId": trace}}
        self.send("POST", "/logs", using=self.workspace_key, **log)
        file = self.send("GET", f"/logs/exports/{self.finished_export(trace_id=trace)}/download")
        return json.loads(requests.get(file["signed_url"], timeout=30).text.splitlines()[0])["id"]

    def api_key(self):
        return self.new(
            "/api-keys/workspace/service", name=self.name(), workspace_id=self.workspace, scopes=["prompts.read"]
        )

    def policy(self, **numbers):
        rule = {"conditions": [{"key": "api_key", "value": "*"}], "group_by": [{"key": "api_key"}]}
        kind = "usage-limits" if "credit_limit" in numbers else "rate-limits"
        return self.new(f"/policies/{kind}", name=self.name(), workspace_id=self.workspace, **rule, **numbers)

    def usage_policy(self):
        return self.policy(type="tokens", credit_limit=1_000_000_000)

    def bucket(self, policy):
        self.log()
        return self.send("GET", f"/policies/usage-limits/{policy}/entities")["data"][0]["id"]

    def rate_policy(self):
        return self.policy(type="requests", unit="rpd", value=1_000_000_000)

    def secret(self):
        """Where a secret lies, and how to get there."""
        login = {"aws_auth_type": "accessKey", "aws_access_key_id": "AKIA", "aws_secret_access_key": "s"}
        return {
            "name": self.name(),
            "manager_type": "aws_sm",
            "auth_config": {**login, "aws_region": "us-east-1"},
            "secret_path": "prod/key",
            "allow_all_workspaces": True,
            "allowed_workspaces": None,
            "tags": None,
        }

    def secret_reference(self):
        return self.new("/secret-references", **self.secret())
