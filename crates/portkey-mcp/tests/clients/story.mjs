// A workspace's life, told through the official TypeScript clients of MCP: node story.mjs old|new TARGET
//
// `old` is the package of the 1.x line, `new` that of the 2.x line; TARGET is the URL of a server or the path of the
// program.
import assert from "node:assert/strict";

const [generation, target] = process.argv.slice(2);
const info = { name: "story", version: "1" };
const settings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PORTKEY_(SANDBOX|BASE_URL|API_KEY)|HOME|XDG_DATA_HOME)$/.test(name)),
);

function transport(Http, Stdio, surface) {
  return target.startsWith("http")
    ? new Http(new URL(surface ? `${target}?surface=${surface}` : target))
    : new Stdio({ command: target, args: [], env: settings });
}

const ability = { capabilities: { elicitation: { form: {} } } };
const asked = [];
const agree = async ({ params }) => {
  asked.push(params.message);
  return { action: "accept", content: { agreed: true } };
};

const connectors = {
  async old(mode, surface) {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const { ElicitRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
    const client = new Client(info, ability);
    client.setRequestHandler(ElicitRequestSchema, agree);
    await client.connect(transport(StreamableHTTPClientTransport, StdioClientTransport, surface));
    return { client, era: "legacy", call: (request, options) => client.callTool(request, undefined, options) };
  },
  async new(mode, surface) {
    const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
    const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
    const client = new Client(info, { ...ability, versionNegotiation: { mode } });
    client.setRequestHandler("elicitation/create", agree);
    await client.connect(transport(StreamableHTTPClientTransport, StdioClientTransport, surface));
    return { client, era: client.getProtocolEra(), call: (request, options) => client.callTool(request, options) };
  },
};

// The progress that is told from now on. It is heard where it arrives: of steps that come in one read with the result, the
// clients tell their caller nothing.
function steps(transport) {
  const heard = [];
  const { onmessage } = transport;
  transport.onmessage = (message, ...more) => {
    if (message.method === "notifications/progress") heard.push(message.params.progress);
    onmessage(message, ...more);
  };
  return heard;
}

async function story({ client, era, call }) {
  const answer = async (name, args, options) => {
    const result = await call({ name, arguments: args }, options);
    assert.ok(!result.isError, `${name}: ${result.content[0].text}`);
    return JSON.parse(result.content[0].text);
  };
  assert.match(client.getServerVersion().name, /^portkey-mcp/);
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === "create_workspace"));

  const workspace = await answer("create_workspace", { name: `TypeScript ${generation} ${era}` });
  const of = { workspace_id: workspace.id };
  assert.equal((await answer("get_workspace", of)).name, workspace.name);

  const { resourceTemplates } = await client.listResourceTemplates();
  const uri = "portkey://workspaces/{id}";
  assert.ok(resourceTemplates.some((template) => template.uriTemplate === uri));
  const ref = { type: "ref/resource", uri };
  const { completion } = await client.complete({ ref, argument: { name: "id", value: workspace.name } });
  assert.equal(completion.values.length, 1, JSON.stringify(completion));
  const read = await client.readResource({ uri: uri.replace("{id}", completion.values[0]) });
  assert.equal(JSON.parse(read.contents[0].text).name, workspace.name);
  const { resources } = await client.listResources();
  assert.ok(resources.some((resource) => resource.uri === "portkey://tools"));
  await assert.rejects(client.readResource({ uri: "portkey://nothing/1" }), /there is no resource/);
  const { prompts } = await client.listPrompts();
  const prompt = await client.getPrompt({ name: prompts[0].name, arguments: { team: "Legal" } });
  assert.match(prompt.messages[0].content.text, /"Legal"/);

  const heard = steps(client.transport);
  await answer("list_workspaces", { all: true, page_size: 1 }, { onprogress() {} });
  assert.ok(heard.length > 1, `progress: ${heard}`);
  assert.deepEqual(heard, heard.toSorted((a, b) => a - b));

  const verdict = await call({ name: "validate_completion_metadata", arguments: { client_id: "c", app: "a" } });
  assert.deepEqual(verdict.structuredContent.errors, ["env is required"]);
  await assert.rejects(call({ name: "no_such_tool", arguments: {} }), { code: -32602 });

  await answer("delete_workspace", { ...of, force_delete: true });
  assert.match(asked.pop(), new RegExp(`^Delete a workspace: "${workspace.name}"`));
  const gone = await call({ name: "get_workspace", arguments: of });
  assert.ok(gone.isError, JSON.stringify(gone));
  await client.close();
  console.log(`${generation} ${era}: well`);
}

// Calls a tool through each surface, which the address of a server chooses.
async function throughEach(mode) {
  if (!target.startsWith("http")) return;
  for (const [surface, name, args] of JSON.parse(process.env.SURFACES)) {
    const { client, call } = await connectors[generation](mode, surface);
    const { tools } = await client.listTools();
    assert.ok(tools.some((tool) => tool.name === name), surface);
    const result = await call({ name, arguments: args });
    assert.ok(!result.isError && result.content[0].text.includes("Production"), JSON.stringify(result));
    await client.close();
  }
}

const modes = generation === "old" ? ["legacy"] : ["legacy", { pin: "2026-07-28" }];
for (const mode of modes) {
  const connected = await connectors[generation](mode);
  assert.equal(connected.era, mode === "legacy" ? "legacy" : "modern");
  await story(connected);
  await throughEach(mode);
}
console.log("the story ended well");
