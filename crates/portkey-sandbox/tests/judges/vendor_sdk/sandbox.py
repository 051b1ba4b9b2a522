"""The sandbox through the vendor's SDK, and what the lives in it are told with."""

import os

import requests
from portkey_ai import Portkey
from portkey_ai.api_resources.exceptions import APIStatusError

from exercise import Coverage

ROOT = os.environ["SANDBOX_ROOT"]
COVERAGE = Coverage()


def client(key):
    return COVERAGE.watch(Portkey(api_key=key, base_url=f"{ROOT}/v1"))


ADMIN = client(os.environ["SANDBOX_ADMIN_KEY"])
WORKER = client(os.environ["SANDBOX_WORKSPACE_KEY"])
# The workspace of the worker.
HOME = WORKER.api_keys.list().data[0]["workspace_id"]
ORGANISATION = WORKER.api_keys.list().data[0]["organisation_id"]


def control(method, path, **body):
    """What the sandbox can do and the API cannot."""
    answer = requests.request(method, f"{ROOT}/_sandbox/{path}", json=body, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def equal(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


def refused(status, code, call, *arguments, **named):
    """Asserts that a call is refused in this way."""
    try:
        answer = call(*arguments, **named)
    except APIStatusError as error:
        equal((error.status_code, error.response.json()["data"]["errorCode"]), (status, code))
    else:
        raise AssertionError(f"not refused: {answer!r}")


def gone(call, *arguments, **named):
    refused(404, "AB08", call, *arguments, **named)


def listed(listing, key, value):
    """The one entry of a listing with this value."""
    entries = [entry if isinstance(entry, dict) else entry.model_dump() for entry in listing.data]
    found = [entry for entry in entries if entry[key] == value]
    equal(len(found), 1)
    equal(listing.object, "list")
    return found[0]
