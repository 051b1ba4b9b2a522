"""Logs and their exports, feedback, and the figures made of them."""

import datetime
import inspect
import json

import requests

from sandbox import ADMIN, HOME, WORKER, control, equal, listed, refused

TRACE = "sdk-trace"


def logs():
    for tokens in (10, 20):
        request = {"url": "https://api.openai.com/v1/chat/completions", "body": {"model": "gpt-4o"}}
        usage = {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens}
        response = {"status": 200, "body": {"usage": usage}, "response_time": 100 * tokens}
        answer = WORKER.logs.create(request=request, response=response, metadata={"traceId": TRACE, "app": "sdk"})
        equal(answer.json()["status"], "success")


def feedback():
    feedback = WORKER.feedback
    given = feedback.create(trace_id=TRACE, value=1, weight=0.5, metadata={"by": "sdk"})
    equal((given.status, len(given.feedback_ids)), ("success", 1))
    feedback.update(feedback_id=given.feedback_ids[0], value=-5)
    several = feedback.bulk_create(feedbacks=[{"trace_id": TRACE, "value": 5}, {"trace_id": TRACE, "value": 10}])
    equal(len(several.feedback_ids), 2)
    refused(400, "AB01", feedback.create, trace_id=TRACE, value=11)


def exports():
    exports = ADMIN.logs.exports
    made = exports.create(
        filters={"trace_id": TRACE}, workspace_id=HOME, description="SDK", requested_data=["id", "trace_id"]
    )
    equal((made.total, made.object), (2, "export"))
    export = {"export_id": made.id}
    read = exports.retrieve(**export)
    equal((read.status, read.description, read.filters), ("draft", "SDK", {"trace_id": TRACE}))
    equal(listed(exports.list(workspace_id=HOME), "id", made.id)["status"], "draft")
    fields = ["id", "trace_id", "total_units"]
    equal(exports.update(**export, workspace_id=HOME, filters={"trace_id": TRACE}, requested_data=fields).total, 2)
    equal(exports.retrieve(**export).requested_data, fields)
    refused(400, "AB01", exports.download, **export)
    exports.start(**export)
    equal(exports.retrieve(**export).status, "in_progress")
    control("PUT", "clock", milliseconds=1000)
    equal(exports.retrieve(**export).status, "success")
    file = requests.get(exports.download(**export).signed_url, timeout=30)
    rows = [json.loads(line) for line in file.text.splitlines()]
    equal(sorted(row["total_units"] for row in rows), [20, 40])
    other = exports.create(filters={}, workspace_id=HOME, requested_data=["id"])
    exports.cancel(export_id=other.id)
    equal(exports.retrieve(export_id=other.id).status, "stopped")


def analytics():
    now = datetime.datetime.now(datetime.timezone.utc)
    period = {
        "time_of_generation_min": (now - datetime.timedelta(hours=1)).isoformat(),
        "time_of_generation_max": (now + datetime.timedelta(hours=1)).isoformat(),
    }
    ours = {**period, "trace_id": TRACE}
    graphs, groups = WORKER.analytics.graphs, WORKER.analytics.groups
    for name, _ in inspect.getmembers(type(graphs), inspect.isfunction):
        if not name.startswith("_"):
            graph = getattr(graphs, name)(**ours)
            equal(graph.object, "analytics-graph")
            assert isinstance(graph.summary, dict) and isinstance(graph.data_points, list), graph
    equal(graphs.requests(**ours).summary["total"], 2)
    equal(sum(point["total"] for point in graphs.requests(**ours).data_points), 2)
    equal(graphs.tokens(**ours).summary["total"], 60)
    equal(graphs.latency(**ours).summary["avg"], 1500)
    equal(graphs.errors(**ours).summary["total"], 0)
    equal(graphs.feedbacks(**ours).summary["total"], 3)

    equal(listed(groups.ai_models(**ours), "ai_model", "gpt-4o")["requests"], "2")
    equal(listed(groups.metadata(metadata_key="app", **ours), "metadata_value", "sdk")["requests"], 2)
    equal(groups.users(**ours).object, "list")
    equal(ADMIN.analytics.groups.workspaces(**ours).object, "list")
    equal([group["requests"] for group in groups.group_by(group_by="model", columns="requests", **ours).data], [2])
    summary = WORKER.analytics.summary.cache(**ours).summary
    equal((summary["hits"], summary["total_requests"]), (0, 2))


LIVES = [logs, feedback, exports, analytics]
