"""A prompt's life, told through the official Python client of MCP in its 2.x line: story.py TARGET

TARGET is the URL of a server or the path of the program.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters
from mcp.types import ElicitResult, ResourceTemplateReference


def server(target):
    if target.startswith("http"):
        return target
    passed = {name: value for name, value in os.environ.items() if name.startswith("PORTKEY_") or name == "HOME"}
    passed.pop("PORTKEY_FACTS", None)
    return StdioServerParameters(command=target, args=[], env=passed)


async def answer(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text
    assert not result.is_error, f"{tool}: {text}"
    return json.loads(text)


async def surfaces(mode):
    """Calls a tool through each surface, which the address of a server chooses."""
    if not sys.argv[1].startswith("http"):
        return
    for surface, tool, arguments in json.loads(os.environ["SURFACES"]):
        async with Client(f"{sys.argv[1]}?surface={surface}", mode=mode) as client:
            listed = [tool.name for tool in (await client.list_tools()).tools]
            assert tool in listed, (surface, listed)
            result = await client.call_tool(tool, arguments)
            assert not result.is_error and "Production" in result.content[0].text, result


async def story(mode):
    asked = []

    async def agree(context, params):
        asked.append(params.message)
        return ElicitResult(action="accept", content={"agreed": True})

    async with Client(server(sys.argv[1]), mode=mode, elicitation_callback=agree) as client:
        assert client.server_info.name.startswith("portkey-mcp"), client.server_info
        tools = [tool.name for tool in (await client.list_tools()).tools]
        assert "create_prompt" in tools and len(tools) == len(set(tools))

        workspace = await answer(client, "create_workspace", name=f"Python {mode}")
        of = {"workspace_id": workspace["id"]}
        key = await answer(client, "create_virtual_key", name="k", provider="openai", key="sk-0123456789abcdef", **of)
        collection = await answer(client, "create_collection", name="Stories", **of)
        prompt = await answer(
            client,
            "create_prompt",
            name="greeting",
            collection_id=collection["id"],
            string="Hello {{name}}",
            parameters={"temperature": 0},
            virtual_key=key["slug"],
            model="gpt-4o",
        )
        await answer(client, "update_prompt", prompt_id=prompt["id"], string="Good day {{name}}")
        assert (await answer(client, "get_prompt", prompt_id=prompt["id"]))["string"] == "Hello {{name}}"
        published = await answer(client, "publish_prompt", prompt_id=prompt["id"], version=2)
        assert published["string"] == "Good day {{name}}", published

        templates = (await client.list_resource_templates()).resource_templates
        assert "portkey://prompts/{id}" in [template.uri_template for template in templates], templates
        ref = ResourceTemplateReference(type="ref/resource", uri="portkey://prompts/{id}")
        found = (await client.complete(ref, {"name": "id", "value": "greeting"})).completion.values
        assert len(found) == 1, found
        read = await client.read_resource(f"portkey://prompts/{found[0]}")
        assert json.loads(read.contents[0].text)["name"] == "greeting", read
        assert "portkey://tools" in [str(resource.uri) for resource in (await client.list_resources()).resources]
        prompts = (await client.list_prompts()).prompts
        got = await client.get_prompt(prompts[0].name, {"team": "Legal"})
        assert '"Legal"' in got.messages[0].content.text, got

        heard = []

        async def hear(progress, total, message):
            heard.append(progress)

        every = {"all": True, "page_size": 1}
        listed = await client.call_tool("list_workspaces", every, progress_callback=hear)
        assert not listed.is_error and len(heard) > 1 and heard == sorted(heard), heard

        verdict = await client.call_tool("validate_completion_metadata", {"client_id": "c", "app": "a"})
        assert verdict.structured_content["errors"] == ["env is required"], verdict

        refused = await client.call_tool("delete_workspace", of)
        assert refused.is_error and "AB07" in refused.content[0].text, refused
        await answer(client, "delete_workspace", force_delete=True, **of)
        assert len(asked) == 2 and f'Delete a workspace: "Python {mode}"' in asked[0], asked
        gone = await client.call_tool("get_workspace", of)
        assert gone.is_error, gone
        print(f"{client.protocol_version}: well")


async def main():
    for mode in ("auto", "legacy"):
        await story(mode)
        await surfaces(mode)
    print("the story ended well")


asyncio.run(main())
