"""Whatever calls meet whatever faults: the state is that of the calls which were carried out, and of no other."""

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_layerperm import ConnectionLost, LayerPerm, RateLimit, ServiceFailure, Slow, Throttle
from pytest_layerperm.service.layers import zip_of

ARCHIVE = zip_of({"python/deps.py": ""})
NAMES = st.sampled_from(["deps", "tools"])
VERSIONS = st.integers(1, 3)
SIDS = st.sampled_from(["one", "two", "three"])
REVISIONS = st.sampled_from([None, None, "latest", "stale"])

STEPS = st.one_of(
    st.tuples(st.just("publish"), NAMES),
    st.tuples(st.just("delete"), NAMES, VERSIONS),
    st.tuples(st.just("add"), NAMES, VERSIONS, SIDS, st.sampled_from(["*", "222222222222"]), REVISIONS),
    st.tuples(st.just("remove"), NAMES, VERSIONS, SIDS, REVISIONS),
    st.tuples(st.just("read"), NAMES, VERSIONS),
)

FAULTS = {
    # What strikes, and whether a call that it strikes is carried out.
    "429": (lambda times: Throttle(times), False),
    "400": (lambda times: Throttle(times, code="ThrottlingException"), False),
    "500": (lambda times: ServiceFailure(times), False),
    "500, applied": (lambda times: ServiceFailure(times, applied=True), True),
    "refused": (lambda times: ConnectionLost(times, error="EndpointConnectionError"), False),
    "closed": (lambda times: ConnectionLost(times), False),
    "closed, applied": (lambda times: ConnectionLost(times, applied=True), True),
    "timeout": (lambda times: ConnectionLost(times, error="ReadTimeoutError"), False),
    "timeout, applied": (lambda times: ConnectionLost(times, error="ReadTimeoutError", applied=True), True),
    "too slow": (lambda times: Slow(61, times), True),
}
TROUBLE = st.one_of(st.none(), st.tuples(st.sampled_from(sorted(FAULTS)), st.integers(1, 6)))
ATTEMPTS = 5


def request_of(fake, step):
    """A step as the call of a client's method; its RevisionId is what is the latest one now, or once was none."""
    kind, name, *rest = step
    if kind == "publish":
        return "publish_layer_version", {"LayerName": name, "Content": {"ZipFile": ARCHIVE}}
    version, *rest = rest
    place = {"LayerName": name, "VersionNumber": version}
    if kind == "delete":
        return "delete_layer_version", place
    if kind == "read":
        return "get_layer_version_policy", place
    revision = rest[-1]
    latest = {(layer.name, layer.version): layer.revision_id for layer in fake.layers}.get((name, version))
    guard = {} if revision is None else {"RevisionId": latest if revision == "latest" and latest else "stale"}
    if kind == "remove":
        return "remove_layer_version_permission", {**place, "StatementId": rest[0], **guard}
    permission = {"StatementId": rest[0], "Action": "lambda:GetLayerVersion", "Principal": rest[1]}
    return "add_layer_version_permission", {**place, **permission, **guard}


def make(client, method, parameters):
    try:
        getattr(client, method)(**parameters)
    except (ClientError, BotoCoreError):
        """A refusal changes nothing, a lost answer says nothing: the state is what counts."""


def state_of(fake):
    """All that there is; the last version shows which numbers were given."""
    policies = {layer.arn: (layer.policy, layer.revision_id is None) for layer in fake.layers}
    return policies, [fake.publish_layer(name).arn for name in ("deps", "tools")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(STEPS, TROUBLE), max_size=12))
def test_state_is_that_of_the_applied_calls(steps):
    """botocore's own retries included: each attempt that was carried out counts, and only these."""
    with LayerPerm() as fake:
        client = fake.client(config=Config(retries={"total_max_attempts": ATTEMPTS}))
        for step, trouble in steps:
            method, parameters = request_of(fake, step)
            if trouble is None:
                make(client, method, parameters)
                continue
            fault, times = trouble
            with fake.inject(FAULTS[fault][0](times)):
                make(client, method, parameters)
        troubled = state_of(fake)
    with LayerPerm() as fake:
        client = fake.client(config=Config(retries={"total_max_attempts": 1}))
        for step, trouble in steps:
            method, parameters = request_of(fake, step)
            if trouble is None:
                carried_out = 1
            else:
                fault, times = trouble
                struck = min(times, ATTEMPTS)
                carried_out = (struck if FAULTS[fault][1] else 0) + (1 if times < ATTEMPTS else 0)
            for _ in range(carried_out):
                make(client, method, parameters)
        assert state_of(fake) == troubled


@settings(max_examples=20, deadline=None)
@given(st.lists(STEPS, max_size=30), st.integers(1, 20), st.integers(1, 5))
def test_state_is_that_of_the_calls_within_the_rate(steps, per_second, burst):
    """Without retries, what the quota let through is what the log says, and is all that was done."""
    with LayerPerm(frozen_at="2026-01-01") as fake:
        fake.inject(RateLimit(per_second, burst=burst))
        client = fake.client(config=Config(retries={"total_max_attempts": 1}))
        passed = []
        for step in steps:
            method, parameters = request_of(fake, step)
            make(client, method, parameters)
            if fake.calls.last.status != 429:
                passed.append(step)
        assert len(passed) == min(len(steps), burst)
        limited = state_of(fake)
    with LayerPerm() as fake:
        client = fake.client()
        for step in passed:
            make(client, *request_of(fake, step))
        assert state_of(fake) == limited
