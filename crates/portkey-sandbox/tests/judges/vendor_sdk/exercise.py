"""Which methods the SDK has, and which of them were called."""

import functools
import inspect

from portkey_ai.api_resources.apis.api_resource import APIResource

# What of the client calls models instead of administering anything.
MODELS = set(
    "audio batches beta chat completions containers conversations embeddings evals files fine_tuning images models"
    " moderations openai_client realtime responses skills uploads vector_stores videos webhooks".split()
)

# Methods that no server could answer.
BROKEN = {
    "generations.create": "passes arguments that the SDK's own request does not take",
    "mcp_servers.user_access.list": "reads `default_user_access` as an object, which is text by the OpenAPI file",
}


class Coverage:
    """Watches the calls made through clients."""

    def __init__(self):
        self.known = set()
        self.called = set()

    def watch(self, client):
        for name, resource in vars(client).items():
            if name not in MODELS and isinstance(resource, APIResource):
                self.watch_resource(name, resource)
        return client

    def watch_resource(self, path, resource):
        for name, method in inspect.getmembers(type(resource), inspect.isfunction):
            if name.startswith("_") or name in vars(APIResource):
                continue
            full_name = f"{path}.{name}"
            self.known.add(full_name)
            setattr(resource, name, self.watched(full_name, getattr(resource, name)))
        for name, part in list(vars(resource).items()):
            if isinstance(part, APIResource):
                self.watch_resource(f"{path}.{name}", part)

    def watched(self, full_name, method):
        @functools.wraps(method)
        def call(*arguments, **named):
            answer = method(*arguments, **named)
            self.called.add(full_name)
            return answer

        return call

    def check(self):
        """Fails unless every method succeeded at least once."""
        forgotten = sorted(self.known - self.called - set(BROKEN))
        assert not forgotten, f"not exercised: {forgotten}"
        gone = sorted(set(BROKEN) - self.known)
        assert not gone, f"not broken any more, because gone: {gone}"
        assert len(self.known) > 130, f"only {len(self.known)} methods found"
