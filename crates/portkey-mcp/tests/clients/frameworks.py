"""Agent frameworks load every tool and make a config with a nested body: frameworks.py PROGRAM [FRAMEWORK ...]

PROGRAM is the path of the server. Each framework converts the schemas in its own way, the strict ones too.
"""

import asyncio
import json
import os
import sys
import warnings
from contextlib import asynccontextmanager

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

ARGUMENTS = ["--sandbox", "--toolsets", "all"]
BODY = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a", "override_params": {"model": "m"}}]}


def made(slug):
    return {"name": f"Made by {slug}", "gateway_config": json.dumps(BODY)}


def parameters(program):
    passed = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return StdioServerParameters(command=program, args=ARGUMENTS, env=passed)


@asynccontextmanager
async def connected(program):
    async with stdio_client(parameters(program)) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session


async def stored(session, listed="list_configs"):
    """The config that was made last, as the server has it."""
    configs = json.loads((await session.call_tool(listed, {})).content[0].text)["data"]
    config = next(config for config in configs if config["name"].startswith("Made by"))
    read = json.loads((await session.call_tool("get_config", {"slug": config["slug"]})).content[0].text)
    return read["config"]


def check(count, tools, what):
    assert len(tools) == count, f"{what}: {len(tools)} of {count} tools"


async def langchain(program, count):
    from langchain_core.utils.function_calling import convert_to_openai_tool
    from langchain_mcp_adapters.tools import load_mcp_tools

    async with connected(program) as session:
        tools = {tool.name: tool for tool in await load_mcp_tools(session)}
        check(count, tools, "tools")
        for tool in tools.values():
            convert_to_openai_tool(tool, strict=True)
        await tools["create_config"].ainvoke(made("langchain"))
        assert await stored(session) == BODY


async def openai_agents(program, count):
    from agents.strict_schema import ensure_strict_json_schema

    async with connected(program) as session:
        listed = (await session.list_tools()).tools
        check(count, listed, "tools")
        for tool in listed:
            ensure_strict_json_schema(tool.inputSchema)


async def google_genai(program, count):
    from google.genai import types
    from google.genai._mcp_utils import mcp_to_gemini_tools

    async with connected(program) as session:
        listed = (await session.list_tools()).tools
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            converted = mcp_to_gemini_tools(listed)
            declared = [declaration for tool in converted for declaration in tool.function_declarations]
            check(count, declared, "declarations")
            for tool in listed:
                types.Schema.from_json_schema(json_schema=types.JSONSchema(**tool.inputSchema))


async def semantic_kernel(program, count):
    from semantic_kernel import Kernel
    from semantic_kernel.connectors.mcp import MCPStdioPlugin

    plugin = MCPStdioPlugin(name="portkey", command=program, args=ARGUMENTS, env=parameters(program).env)
    async with plugin:
        kernel = Kernel()
        functions = kernel.add_plugin(plugin).functions
        # The plugin has a method of its own that is called get_prompt, and leaves out a tool of that name. Prompts are
        # functions too, where no tool has their name.
        prompts = len((await plugin.session.list_prompts()).prompts)
        check(count - 1 + prompts, functions, "functions")
        for function in functions.values():
            for parameter in function.parameters:
                assert parameter.schema_data, f"{function.name}: {parameter.name}"
        await kernel.invoke(functions["create_config"], **made("semantic_kernel"))
        assert await stored(plugin.session) == BODY


async def autogen(program, count):
    from autogen_core import CancellationToken
    from autogen_ext.tools.mcp import StdioServerParams, mcp_server_tools

    async with connected(program) as session:
        server = StdioServerParams(command=program, args=ARGUMENTS, env=parameters(program).env)
        tools = {tool.name: tool for tool in await mcp_server_tools(server, session=session)}
        check(count, tools, "tools")
        assert all(tool.schema for tool in tools.values())
        await tools["create_config"].run_json(made("autogen"), CancellationToken())
        assert await stored(session) == BODY


async def dspy(program, count):
    import dspy as package

    async with connected(program) as session:
        listed = (await session.list_tools()).tools
        tools = {tool.name: package.Tool.from_mcp_tool(session, tool) for tool in listed}
        check(count, tools, "tools")
        await tools["create_config"].acall(**made("dspy"))
        assert await stored(session) == BODY


async def pydantic_ai(program, count):
    from pydantic_ai.profiles.google import GoogleJsonSchemaTransformer
    from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer

    async with connected(program) as session:
        listed = (await session.list_tools()).tools
        check(count, listed, "tools")
        for tool in listed:
            GoogleJsonSchemaTransformer(tool.inputSchema, strict=None).walk()
            OpenAIJsonSchemaTransformer(tool.inputSchema, strict=True).walk()


FRAMEWORKS = [langchain, openai_agents, google_genai, semantic_kernel, autogen, dspy, pydantic_ai]


async def main(program, wanted):
    async with connected(program) as session:
        count = len((await session.list_tools()).tools)
    assert count > 150, count
    failed = []
    for framework in FRAMEWORKS:
        if wanted and framework.__name__ not in wanted:
            continue
        try:
            await framework(program, count)
            print(f"{framework.__name__}: {count} tools")
        except Exception as error:  # Each is tried, so that one run shows all that is wrong.
            failed.append(f"{framework.__name__}: {type(error).__name__}: {error}")
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
