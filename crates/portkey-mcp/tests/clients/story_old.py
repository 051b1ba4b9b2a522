"""A workspace's life, told through the official Python client of MCP in its 1.x line: story_old.py TARGET

TARGET is the URL of a server or the path of the program.
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, McpError, StdioServerParameters
from mcp.types import ElicitResult, ResourceTemplateReference
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client


def connect(target):
    if target.startswith("http"):
        return streamable_http_client(target)
    passed = {name: value for name, value in os.environ.items() if name.startswith("PORTKEY_") or name == "HOME"}
    passed.pop("PORTKEY_FACTS", None)
    return stdio_client(StdioServerParameters(command=target, args=[], env=passed))


async def answer(session, tool, progress=None, **arguments):
    result = await session.call_tool(tool, arguments, progress_callback=progress)
    text = result.content[0].text
    assert not result.isError, f"{tool}: {text}"
    return json.loads(text)


async def surfaces():
    """Calls a tool through each surface, which the address of a server chooses."""
    if not sys.argv[1].startswith("http"):
        return
    for surface, tool, arguments in json.loads(os.environ["SURFACES"]):
        async with connect(f"{sys.argv[1]}?surface={surface}") as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                listed = [tool.name for tool in (await session.list_tools()).tools]
                assert tool in listed, (surface, listed)
                result = await session.call_tool(tool, arguments)
                assert not result.isError and "Production" in result.content[0].text, result


async def story(session):
    greeting = await session.initialize()
    assert greeting.serverInfo.name.startswith("portkey-mcp"), greeting
    tools = [tool.name for tool in (await session.list_tools()).tools]
    assert "create_workspace" in tools and len(tools) == len(set(tools))

    workspace = await answer(session, "create_workspace", name="Python 1")
    of = {"workspace_id": workspace["id"]}
    assert (await answer(session, "get_workspace", **of))["name"] == "Python 1"

    templates = (await session.list_resource_templates()).resourceTemplates
    assert "portkey://workspaces/{id}" in [template.uriTemplate for template in templates], templates
    ref = ResourceTemplateReference(type="ref/resource", uri="portkey://workspaces/{id}")
    found = (await session.complete(ref, {"name": "id", "value": "Python 1"})).completion.values
    assert len(found) == 1, found
    read = await session.read_resource(f"portkey://workspaces/{found[0]}")
    assert json.loads(read.contents[0].text)["name"] == "Python 1", read
    assert "portkey://tools" in [str(resource.uri) for resource in (await session.list_resources()).resources]
    prompts = (await session.list_prompts()).prompts
    prompt = await session.get_prompt(prompts[0].name, {"team": "Legal"})
    assert '"Legal"' in prompt.messages[0].content.text, prompt

    heard = []

    async def hear(progress, total, message):
        heard.append(progress)

    await answer(session, "list_workspaces", progress=hear, all=True, page_size=1)
    assert len(heard) > 1 and heard == sorted(heard), heard

    verdict = await session.call_tool("validate_completion_metadata", {"client_id": "c", "app": "a"})
    assert verdict.structuredContent["errors"] == ["env is required"], verdict
    try:
        await session.call_tool("no_such_tool", {})
        raise AssertionError("a tool that does not exist was called")
    except McpError as error:
        assert error.error.code == -32602, error

    await answer(session, "delete_workspace", force_delete=True, **of)
    gone = await session.call_tool("get_workspace", of)
    assert gone.isError, gone
    print(f"{greeting.protocolVersion}: well")


async def main():
    asked = []

    async def agree(context, params):
        asked.append(params.message)
        return ElicitResult(action="accept", content={"agreed": True})

    async with connect(sys.argv[1]) as streams:
        async with ClientSession(streams[0], streams[1], elicitation_callback=agree) as session:
            await story(session)
    await surfaces()
    assert len(asked) == 1 and 'Delete a workspace: "Python 1"' in asked[0], asked
    print("the story ended well")


asyncio.run(main())
