"""Lints the chart as `helm lint --strict` does, renders it, and holds every object to Kubernetes' own schemas.

    pip install helm-python-sdk==0.2.2 kubernetes-validate==1.37.0
    python3 deploy/helm/check.py

Where those two are not installed it says so and does nothing, or fails if TEST_REQUIRED is `all`.
"""

import os
import sys
from pathlib import Path

try:
    import kubernetes_validate
    import yaml
    from helm_python import HelmError
    from helm_python.chart import Chart, lint
except ModuleNotFoundError as missing:
    if os.environ.get("TEST_REQUIRED") == "all":
        sys.exit(f"{missing.name} is not installed, and TEST_REQUIRED=all requires it")
    print(f"SKIPPED: {missing.name} is not installed")
    sys.exit()

CHART = Path(__file__).parent / "portkey-mcp"
KUBERNETES = ["1.27", "1.30", "1.36"]
# Objects of operators, whose schemas Kubernetes does not have.
FOREIGN = {"ServiceMonitor"}
EVERYTHING = {
    "ConfigMap", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget",
    "Service", "ServiceAccount", "ServiceMonitor",
}
# Values that nobody may get away with.
WRONG = [
    {"replicas": 3},
    {"drain": {"seconds": 0}},
    {"settings": {"PORTKEY_API_KEY": "in clear"}},
    {"settings": {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=in clear"}},
    {"settings": {"rate": "600/min"}},
    {},  # nobody said who may call
]


def values(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def objects(chart: Chart, given: dict) -> list[dict]:
    rendered = chart.render(given, name="test", namespace="test")
    texts = [text for path, text in rendered.items() if path.endswith(".yaml")]
    return [document for text in texts for document in yaml.safe_load_all(text) if document]


def problems() -> list[str]:
    found = []
    chart = Chart.load(CHART)
    for file in sorted((CHART / "ci").glob("*-values.yaml")):
        given = values(file)
        report = lint(CHART, given, strict=True)
        found += [f"{file.name}: {m['path']}: {m['error']}" for m in report["messages"] if m["severity"] > 1]
        found += [f"{file.name}: {error}" for error in report["errors"]]
        kinds = set()
        for document in objects(chart, given):
            kinds.add(document["kind"])
            for version in KUBERNETES if document["kind"] not in FOREIGN else []:
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except kubernetes_validate.ValidationError as error:
                    found.append(f"{file.name}: {document['kind']} on {version}: {error.message}")
        if file.name == "everything-values.yaml" and kinds != EVERYTHING:
            found.append(f"{file.name}: renders {sorted(kinds ^ EVERYTHING)} too much or not")
        print(f"{file.name}: {', '.join(sorted(kinds))}")
    for given in WRONG:
        try:
            chart.validate_schema(given)
            objects(chart, given)
        except HelmError:
            continue
        found.append(f"accepted: {given}")
    return found


if __name__ == "__main__":
    FOUND = problems()
    print("\n".join(FOUND) or "the chart is well")
    sys.exit(bool(FOUND))
