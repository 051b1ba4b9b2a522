-- Everything the organisation holds. Columns for what is looked up or joined, JSON text for the rest.
-- Moments are ISO 8601 with milliseconds and Z, so that they sort as text; those of logs are numbers.

-- The format of a file. Count it up with every change of the tables.
PRAGMA user_version = 4;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organisations (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    plan       TEXT NOT NULL DEFAULT 'enterprise',
    created_at TEXT NOT NULL,
    -- Guardrails of all workspaces: JSON lists of ids
    input_guardrails  TEXT NOT NULL DEFAULT '[]',
    output_guardrails TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;

-- People

CREATE TABLE users (
    id              TEXT PRIMARY KEY,
    email           TEXT NOT NULL UNIQUE COLLATE NOCASE,
    first_name      TEXT NOT NULL,
    last_name       TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE invites (
    id          TEXT PRIMARY KEY,
    email       TEXT NOT NULL COLLATE NOCASE,
    first_name  TEXT NOT NULL,
    last_name   TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    workspaces  TEXT NOT NULL, -- JSON: [{id, role}], by slug
    api_key     TEXT,          -- JSON: {name, scopes, expiry, metadata}
    token       TEXT NOT NULL UNIQUE,
    invited_by  TEXT,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    accepted_at TEXT
) STRICT;

-- Workspaces

CREATE TABLE workspaces (
    id                TEXT PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    name              TEXT NOT NULL UNIQUE COLLATE NOCASE, -- without the icon
    icon              TEXT,
    description       TEXT,
    is_default        INTEGER NOT NULL DEFAULT 0,
    defaults          TEXT, -- JSON
    usage_limits      TEXT, -- JSON
    rate_limits       TEXT, -- JSON: a list
    security_settings TEXT, -- JSON: what differs from the default
    created_by        TEXT,
    creation_source   TEXT NOT NULL,
    created_at        TEXT NOT NULL,
    last_updated_at   TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_default_workspace ON workspaces (is_default) WHERE is_default = 1;

CREATE TABLE workspace_members (
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id         TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    role            TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'member')),
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON workspace_members (user_id);

-- API keys

CREATE TABLE api_keys (
    id                    TEXT PRIMARY KEY,
    type                  TEXT NOT NULL CHECK (type IN ('organisation-service', 'workspace-service', 'workspace-user')),
    name                  TEXT NOT NULL,
    description           TEXT,
    workspace_id          TEXT REFERENCES workspaces ON DELETE CASCADE,
    user_id               TEXT REFERENCES users ON DELETE CASCADE,
    scopes                TEXT NOT NULL,              -- JSON: a list
    unrestricted          INTEGER NOT NULL DEFAULT 0, -- may do everything its kind of key may
    masked                TEXT NOT NULL,
    creation_mode         TEXT NOT NULL,
    rate_limits           TEXT, -- JSON: a list
    usage_limits          TEXT, -- JSON
    metadata              TEXT, -- JSON
    config_id             TEXT, -- UUID of the default config
    allow_config_override INTEGER,
    alert_emails          TEXT, -- JSON: a list
    rotation_policy       TEXT, -- JSON
    expires_at            TEXT,
    last_reset_at         TEXT,
    created_at            TEXT NOT NULL,
    last_updated_at       TEXT NOT NULL,
    CHECK ((workspace_id IS NULL) = (type = 'organisation-service'))
) STRICT;

CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id);
CREATE INDEX api_keys_by_config ON api_keys (config_id);

-- Two rows for one key while a rotation is in transition: the old secret has an end.
CREATE TABLE api_key_secrets (
    secret     TEXT PRIMARY KEY,
    api_key_id TEXT NOT NULL REFERENCES api_keys ON DELETE CASCADE,
    expires_at TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX secrets_by_api_key ON api_key_secrets (api_key_id);

-- Providers: virtual keys are the same records under an older route.

CREATE TABLE integrations (
    id                  TEXT PRIMARY KEY,
    slug                TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    ai_provider_id      TEXT NOT NULL,
    workspace_id        TEXT REFERENCES workspaces ON DELETE CASCADE, -- NULL: the organisation's
    is_implied          INTEGER NOT NULL DEFAULT 0, -- made by a virtual key, and goes with it
    secret              TEXT,
    configurations      TEXT NOT NULL DEFAULT '{}', -- JSON
    description         TEXT,
    secret_mappings     TEXT, -- JSON: a list
    pricing_adjustments TEXT, -- JSON
    tags                TEXT, -- JSON
    allow_all_models    INTEGER NOT NULL DEFAULT 1,
    global_access       TEXT, -- JSON: {enabled, usage_limits, rate_limits}
    status              TEXT NOT NULL DEFAULT 'active',
    created_at          TEXT NOT NULL,
    last_updated_at     TEXT NOT NULL
) STRICT;

-- What differs from the models that the provider is known for.
CREATE TABLE integration_models (
    integration_id  TEXT NOT NULL REFERENCES integrations ON DELETE CASCADE,
    slug            TEXT NOT NULL,
    enabled         INTEGER NOT NULL,
    is_custom       INTEGER NOT NULL,
    is_finetune     INTEGER NOT NULL,
    base_model_slug TEXT,
    configurations  TEXT, -- JSON
    pricing_config  TEXT, -- JSON
    PRIMARY KEY (integration_id, slug)
) STRICT, WITHOUT ROWID;

-- What was said of one workspace; the others have what global_access gives them.
CREATE TABLE integration_workspaces (
    integration_id TEXT NOT NULL REFERENCES integrations ON DELETE CASCADE,
    workspace_id   TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    enabled        INTEGER NOT NULL,
    usage_limits   TEXT, -- JSON
    rate_limits    TEXT, -- JSON: a list of at most one
    PRIMARY KEY (integration_id, workspace_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE providers (
    id              TEXT PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    note            TEXT,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    integration_id  TEXT NOT NULL REFERENCES integrations ON DELETE CASCADE,
    usage_limits    TEXT, -- JSON
    rate_limits     TEXT, -- JSON: a list
    secret_mappings TEXT, -- JSON: a list
    tags            TEXT, -- JSON
    expires_at      TEXT,
    last_reset_at   TEXT,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX providers_by_workspace ON providers (workspace_id);
CREATE INDEX providers_by_integration ON providers (integration_id);

-- Configs

CREATE TABLE configs (
    id              TEXT PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    is_default      INTEGER NOT NULL DEFAULT 0,
    status          TEXT NOT NULL DEFAULT 'active',
    owner_id        TEXT NOT NULL,
    updated_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL,
    UNIQUE (workspace_id, name)
) STRICT;

CREATE UNIQUE INDEX one_default_config ON configs (workspace_id) WHERE is_default = 1;

CREATE TABLE config_versions (
    id         TEXT PRIMARY KEY,
    config_id  TEXT NOT NULL REFERENCES configs ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    config     TEXT NOT NULL, -- JSON
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (config_id, number)
) STRICT;

-- Prompts

CREATE TABLE collections (
    id                   TEXT PRIMARY KEY,
    slug                 TEXT NOT NULL UNIQUE,
    name                 TEXT NOT NULL,
    workspace_id         TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    parent_collection_id TEXT REFERENCES collections,
    is_default           INTEGER NOT NULL DEFAULT 0,
    created_at           TEXT NOT NULL,
    last_updated_at      TEXT NOT NULL,
    UNIQUE (workspace_id, name)
) STRICT;

CREATE INDEX collections_by_parent ON collections (parent_collection_id);
CREATE UNIQUE INDEX one_default_collection ON collections (workspace_id) WHERE is_default = 1;

CREATE TABLE prompts (
    id              TEXT PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    collection_id   TEXT NOT NULL REFERENCES collections,
    published       INTEGER NOT NULL, -- the number of a version
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX prompts_by_collection ON prompts (collection_id);
CREATE INDEX prompts_by_workspace ON prompts (workspace_id);

CREATE TABLE prompt_versions (
    id              TEXT PRIMARY KEY,
    prompt_id       TEXT NOT NULL REFERENCES prompts ON DELETE CASCADE,
    number          INTEGER NOT NULL,
    description     TEXT NOT NULL,
    string          TEXT NOT NULL,
    is_raw_template INTEGER NOT NULL,
    parameters      TEXT NOT NULL, -- JSON, without the model
    model           TEXT NOT NULL,
    virtual_key     TEXT NOT NULL, -- the slug of a provider
    functions       TEXT,          -- JSON: a list
    tools           TEXT,          -- JSON: a list
    tool_choice     TEXT,          -- JSON
    metadata        TEXT NOT NULL, -- JSON
    status          TEXT NOT NULL DEFAULT 'active',
    created_at      TEXT NOT NULL,
    UNIQUE (prompt_id, number)
) STRICT;

-- Names for versions of prompts. NULL: all workspaces have it.
CREATE TABLE labels (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    description     TEXT,
    color_code      TEXT,
    workspace_id    TEXT REFERENCES workspaces ON DELETE CASCADE,
    is_universal    INTEGER NOT NULL DEFAULT 0,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL,
    UNIQUE (workspace_id, name)
) STRICT;

-- A label sits on one version of a prompt.
CREATE TABLE prompt_version_labels (
    prompt_id  TEXT NOT NULL REFERENCES prompts ON DELETE CASCADE,
    label_id   TEXT NOT NULL REFERENCES labels ON DELETE CASCADE,
    version_id TEXT NOT NULL REFERENCES prompt_versions ON DELETE CASCADE,
    PRIMARY KEY (prompt_id, label_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX labels_by_version ON prompt_version_labels (version_id);
CREATE INDEX versions_by_label ON prompt_version_labels (label_id);

CREATE TABLE partials (
    id              TEXT PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    collection_id   TEXT NOT NULL REFERENCES collections,
    published       INTEGER NOT NULL, -- the number of a version
    status          TEXT NOT NULL DEFAULT 'active',
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX partials_by_collection ON partials (collection_id);
CREATE INDEX partials_by_workspace ON partials (workspace_id);

CREATE TABLE partial_versions (
    id          TEXT PRIMARY KEY,
    partial_id  TEXT NOT NULL REFERENCES partials ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    string      TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    UNIQUE (partial_id, number)
) STRICT;

-- Guardrails and policies

CREATE TABLE guardrails (
    id              TEXT PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    workspace_id    TEXT REFERENCES workspaces ON DELETE CASCADE, -- NULL: the organisation's
    version_id      TEXT NOT NULL, -- new with every change of checks or actions
    target          TEXT NOT NULL CHECK (target IN ('llm', 'mcp_tools')),
    checks          TEXT NOT NULL, -- JSON: a list
    actions         TEXT NOT NULL, -- JSON
    owner_id        TEXT NOT NULL,
    updated_by      TEXT,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX guardrails_by_workspace ON guardrails (workspace_id);

CREATE TABLE policies (
    id              TEXT PRIMARY KEY,
    object          TEXT NOT NULL CHECK (object IN ('policy_usage_limits', 'policy_rate_limits')),
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    status          TEXT NOT NULL CHECK (status IN ('active', 'archived')),
    terms           TEXT NOT NULL, -- JSON: what the policy says
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX policies_by_workspace ON policies (workspace_id);

-- Since when a group of a usage policy is counted, where that was set by hand.
CREATE TABLE usage_resets (
    policy_id TEXT NOT NULL REFERENCES policies ON DELETE CASCADE,
    value_key TEXT NOT NULL,
    at        INTEGER NOT NULL, -- milliseconds since 1970, as in the logs
    PRIMARY KEY (policy_id, value_key)
) STRICT, WITHOUT ROWID;

-- Requests that went through the gateway. They outlive the keys, providers, configs and prompts they name.
-- `logs` has one row for each. It is kept in three parts, because analytics run through all requests at once:
-- what many of them have in common, their figures in rows as narrow as can be, and what is read one by one.

CREATE TABLE log_kinds (
    id             INTEGER PRIMARY KEY,
    workspace_id   TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    api_key_id     TEXT NOT NULL,
    provider       TEXT NOT NULL,
    model          TEXT NOT NULL,
    virtual_key    TEXT,         -- the slug of a provider
    config         TEXT,         -- a slug
    prompt_slug    TEXT,
    prompt_version INTEGER,
    cache_status   TEXT NOT NULL,
    metadata       TEXT NOT NULL -- JSON; `_user` is the end user
) STRICT;

CREATE INDEX log_kinds_by_all ON log_kinds
    (workspace_id, api_key_id, provider, model, virtual_key, config, prompt_slug, prompt_version, cache_status,
     metadata);

CREATE TABLE log_figures (
    number            INTEGER PRIMARY KEY,
    kind              INTEGER NOT NULL REFERENCES log_kinds ON DELETE CASCADE,
    created_at        INTEGER NOT NULL, -- milliseconds since 1970
    status_code       INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost              REAL NOT NULL,    -- cents
    latency           INTEGER NOT NULL, -- milliseconds
    weighted_feedback REAL,
    retries           INTEGER NOT NULL, -- attempts after the first
    is_fallback       INTEGER NOT NULL  -- another target than the first answered
) STRICT;

-- Limits ask how much of a kind there was since a moment.
CREATE INDEX log_figures_by_kind ON log_figures (kind, created_at);

CREATE TABLE log_contents (
    number         INTEGER PRIMARY KEY REFERENCES log_figures ON DELETE CASCADE,
    id             TEXT NOT NULL UNIQUE,
    trace_id       TEXT NOT NULL,
    span_id        TEXT NOT NULL,
    span_name      TEXT,
    parent_span_id TEXT,
    request        TEXT, -- JSON: the body
    response       TEXT, -- JSON: the body
    exchange       TEXT  -- JSON: {url, method, headers, response_headers, streams} where known
) STRICT;

CREATE INDEX log_contents_by_trace ON log_contents (trace_id);

CREATE VIEW logs AS
    SELECT contents.*,
        kind.workspace_id, kind.api_key_id, kind.provider, kind.model, kind.virtual_key, kind.config,
        kind.prompt_slug, kind.prompt_version, kind.cache_status, kind.metadata,
        figures.created_at, figures.status_code, figures.prompt_tokens, figures.completion_tokens,
        figures.cost, figures.latency, figures.retries, figures.is_fallback, figures.weighted_feedback
    FROM log_figures AS figures
    JOIN log_kinds AS kind ON kind.id = figures.kind
    JOIN log_contents AS contents ON contents.number = figures.number;

CREATE TRIGGER log_inserted INSTEAD OF INSERT ON logs BEGIN
    INSERT INTO log_kinds (workspace_id, api_key_id, provider, model, virtual_key, config, prompt_slug,
            prompt_version, cache_status, metadata)
        SELECT NEW.workspace_id, NEW.api_key_id, NEW.provider, NEW.model, NEW.virtual_key, NEW.config,
            NEW.prompt_slug, NEW.prompt_version, NEW.cache_status, NEW.metadata
        WHERE NOT EXISTS (SELECT 1 FROM log_kinds
            WHERE (workspace_id, api_key_id, provider, model, virtual_key, config, prompt_slug, prompt_version,
                cache_status, metadata)
            IS (NEW.workspace_id, NEW.api_key_id, NEW.provider, NEW.model, NEW.virtual_key, NEW.config,
                NEW.prompt_slug, NEW.prompt_version, NEW.cache_status, NEW.metadata));
    INSERT INTO log_figures (kind, created_at, status_code, prompt_tokens, completion_tokens, cost, latency,
            retries, is_fallback, weighted_feedback)
        SELECT id, NEW.created_at, NEW.status_code, NEW.prompt_tokens, NEW.completion_tokens, NEW.cost,
            NEW.latency, NEW.retries, NEW.is_fallback, NEW.weighted_feedback
        FROM log_kinds
        WHERE (workspace_id, api_key_id, provider, model, virtual_key, config, prompt_slug, prompt_version,
                cache_status, metadata)
            IS (NEW.workspace_id, NEW.api_key_id, NEW.provider, NEW.model, NEW.virtual_key, NEW.config,
                NEW.prompt_slug, NEW.prompt_version, NEW.cache_status, NEW.metadata);
    INSERT INTO log_contents
        VALUES (last_insert_rowid(), NEW.id, NEW.trace_id, NEW.span_id, NEW.span_name, NEW.parent_span_id,
            NEW.request, NEW.response, NEW.exchange);
END;

-- What people thought of the answers. The mean for a trace is on its logs too.
CREATE TABLE feedback (
    id              TEXT PRIMARY KEY,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    trace_id        TEXT NOT NULL,
    value           INTEGER NOT NULL,
    weight          REAL NOT NULL,
    metadata        TEXT NOT NULL, -- JSON
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX feedback_by_trace ON feedback (workspace_id, trace_id);

CREATE TABLE log_exports (
    id              TEXT PRIMARY KEY,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    description     TEXT NOT NULL,
    filters         TEXT NOT NULL, -- JSON
    requested_data  TEXT NOT NULL, -- JSON: a list
    status          TEXT NOT NULL DEFAULT 'draft',
    seal            TEXT NOT NULL, -- what links to the file are signed with
    started_at      TEXT,
    created_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

-- Fields that a workspace must not export.
CREATE TABLE export_restrictions (
    workspace_id  TEXT PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    denied_fields TEXT NOT NULL -- JSON: a list
) STRICT, WITHOUT ROWID;

-- What was done

CREATE TABLE audit_logs (
    request_id           TEXT PRIMARY KEY,
    timestamp            TEXT NOT NULL,
    method               TEXT NOT NULL,
    uri                  TEXT NOT NULL,
    query_params         TEXT NOT NULL,
    request_body         TEXT NOT NULL,
    request_headers      TEXT NOT NULL,
    user_id              TEXT NOT NULL,
    user_type            TEXT NOT NULL,
    organisation_id      TEXT NOT NULL,
    workspace_id         TEXT,
    response_status_code INTEGER NOT NULL,
    resource_type        TEXT NOT NULL,
    action               TEXT NOT NULL,
    client_ip            TEXT NOT NULL,
    country              TEXT NOT NULL
) STRICT;

CREATE INDEX audit_logs_by_time ON audit_logs (timestamp);

-- Workspaces excused from the organisation's guardrails

CREATE TABLE guardrail_exclusions (
    workspace_id TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    direction    TEXT NOT NULL CHECK (direction IN ('input', 'output')),
    PRIMARY KEY (workspace_id, direction)
) STRICT, WITHOUT ROWID;

-- Credentials kept elsewhere

CREATE TABLE secret_references (
    id                 TEXT PRIMARY KEY,
    slug               TEXT NOT NULL UNIQUE,
    name               TEXT NOT NULL UNIQUE,
    description        TEXT,
    manager_type       TEXT NOT NULL,
    auth_config        TEXT NOT NULL, -- JSON
    secret_path        TEXT NOT NULL,
    secret_key         TEXT,
    allowed_workspaces TEXT, -- JSON: a list of ids; NULL for all
    tags               TEXT, -- JSON
    created_by         TEXT NOT NULL,
    created_at         TEXT NOT NULL,
    last_updated_at    TEXT NOT NULL
) STRICT;

-- Groups of the identity provider

CREATE TABLE scim_groups (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

CREATE TABLE scim_mappings (
    id           TEXT PRIMARY KEY,
    group_id     TEXT NOT NULL REFERENCES scim_groups ON DELETE CASCADE,
    workspace_id TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'member')),
    UNIQUE (group_id, workspace_id)
) STRICT;

-- MCP: servers of other people, and what workspaces make of them

CREATE TABLE mcp_integrations (
    id              TEXT PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    description     TEXT,
    workspace_id    TEXT REFERENCES workspaces ON DELETE CASCADE, -- NULL: the organisation's
    url             TEXT NOT NULL,
    auth_type       TEXT NOT NULL,
    transport       TEXT NOT NULL,
    configurations  TEXT NOT NULL, -- JSON
    secret_mappings TEXT NOT NULL, -- JSON: a list
    global_access   INTEGER,       -- NULL: no rule for all workspaces
    introduction    TEXT,          -- JSON: what the server says of itself
    synced_at       TEXT,
    owner_id        TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE mcp_integration_workspaces (
    integration_id  TEXT NOT NULL REFERENCES mcp_integrations ON DELETE CASCADE,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    enabled         INTEGER NOT NULL,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL,
    PRIMARY KEY (integration_id, workspace_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mcp_capabilities (
    id              TEXT PRIMARY KEY,
    integration_id  TEXT NOT NULL REFERENCES mcp_integrations ON DELETE CASCADE,
    type            TEXT NOT NULL CHECK (type IN ('tool', 'prompt', 'resource', 'resource_template')),
    name            TEXT NOT NULL,
    enabled         INTEGER NOT NULL DEFAULT 1,
    definition      TEXT NOT NULL, -- JSON
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL,
    UNIQUE (integration_id, type, name)
) STRICT;

CREATE TABLE mcp_servers (
    id                  TEXT PRIMARY KEY,
    slug                TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    description         TEXT,
    workspace_id        TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    integration_id      TEXT NOT NULL REFERENCES mcp_integrations ON DELETE CASCADE,
    default_user_access TEXT NOT NULL DEFAULT 'allow' CHECK (default_user_access IN ('allow', 'deny')),
    introduction        TEXT, -- JSON, where it differs from the integration's
    synced_at           TEXT,
    owner_id            TEXT NOT NULL,
    created_at          TEXT NOT NULL,
    last_updated_at     TEXT NOT NULL
) STRICT;

CREATE INDEX mcp_servers_by_workspace ON mcp_servers (workspace_id);
CREATE INDEX mcp_servers_by_integration ON mcp_servers (integration_id);

CREATE TABLE mcp_server_capabilities (
    server_id     TEXT NOT NULL REFERENCES mcp_servers ON DELETE CASCADE,
    capability_id TEXT NOT NULL REFERENCES mcp_capabilities ON DELETE CASCADE,
    enabled       INTEGER NOT NULL,
    PRIMARY KEY (server_id, capability_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mcp_user_access (
    server_id TEXT NOT NULL REFERENCES mcp_servers ON DELETE CASCADE,
    user_id   TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    enabled   INTEGER NOT NULL,
    PRIMARY KEY (server_id, user_id)
) STRICT, WITHOUT ROWID;

-- Who signed in where. NULL: a service.
CREATE TABLE mcp_connections (
    server_id       TEXT NOT NULL REFERENCES mcp_servers ON DELETE CASCADE,
    user_id         TEXT REFERENCES users ON DELETE CASCADE,
    access_token    TEXT NOT NULL,
    refresh_token   TEXT,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX mcp_connections_by_server ON mcp_connections (server_id, user_id);

CREATE TABLE guardrail_mcp_servers (
    id             TEXT PRIMARY KEY,
    guardrail_id   TEXT NOT NULL REFERENCES guardrails ON DELETE CASCADE,
    server_id      TEXT NOT NULL REFERENCES mcp_servers ON DELETE CASCADE,
    run_on         TEXT NOT NULL, -- JSON: a list
    capability_ids TEXT,          -- JSON: a list; NULL: all tools
    UNIQUE (guardrail_id, server_id)
) STRICT;

-- Who may use which MCP servers and providers

CREATE TABLE access_policies (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    description     TEXT,
    workspace_id    TEXT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    effect          TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
    enabled         INTEGER NOT NULL,
    subjects        TEXT NOT NULL, -- JSON: a list of {type, id}
    targets         TEXT NOT NULL, -- JSON: a list
    version         INTEGER NOT NULL, -- counts its changes
    created_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL,
    UNIQUE (workspace_id, name)
) STRICT;

-- Hosts to which the gateway may connect

CREATE TABLE egress_allowlist (
    id              TEXT PRIMARY KEY,
    domain          TEXT NOT NULL UNIQUE,
    description     TEXT,
    created_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    last_updated_at TEXT NOT NULL
) STRICT;

-- Gateways that the organisation runs itself

CREATE TABLE deployments (
    id                TEXT PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    name              TEXT NOT NULL,
    type              TEXT NOT NULL CHECK (type IN ('production', 'non_production')),
    status            TEXT NOT NULL CHECK (status IN ('active', 'archived')),
    is_default        INTEGER NOT NULL DEFAULT 0,
    settings          TEXT NOT NULL, -- JSON
    deployment_config TEXT,          -- JSON
    tags              TEXT,          -- JSON
    client_auth       TEXT NOT NULL,
    registry_password TEXT NOT NULL,
    created_by        TEXT NOT NULL,
    created_at        TEXT NOT NULL,
    last_updated_at   TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_default_deployment ON deployments (is_default) WHERE is_default = 1;
