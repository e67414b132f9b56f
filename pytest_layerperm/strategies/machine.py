"""A state machine that runs sharing code against the fake, and a model of who may use what."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from ..fake.layerperm import LayerPerm
from ..service.fault_kinds import Throttle
from ..service.layers import LayerVersion

ACCOUNTS = ("222222222222", "333333333333", "444444444444")


@dataclass
class Expected:
    """What must hold for one layer version."""

    layer: LayerVersion
    accounts: set[str] = field(default_factory=set[str])
    """Accounts that the code under test has shared it with."""
    others: dict[str, Any] = field(default_factory=dict[str, Any])
    """Other people's statements, by statement id."""


class LayerSharingMachine(RuleBasedStateMachine):
    """Runs your sharing code, and checks after each step who may use what.

    Subclass it, and assign its ``TestCase``::

        class Sharing(LayerSharingMachine):
            def share(self, layer, account_id):
                my_tool.share(layer.arn, account_id)

        TestSharing = Sharing.TestCase

    Layers are published and shared in any order, with several accounts, while other people add and remove statements
    of their own, and some calls are throttled. After each step: exactly the accounts that were shared with have
    statements of yours, each of those accounts may use the version, and other people's statements are unchanged.
    If not, an AssertionError names the version, and Hypothesis shows the shortest sequence of steps that leads to it.
    """

    accounts: ClassVar[tuple[str, ...]] = ACCOUNTS
    """Accounts (twelve digits) to share with."""
    repeats: ClassVar[bool] = True
    """Whether sharing twice with an account must be harmless, and unsharing with one that has no access."""
    throttles: ClassVar[int] = 2
    """How many throttled responses in a row the code must survive; 0 for none."""

    layers: Bundle[Expected] = Bundle("layers")

    def share(self, layer: LayerVersion, account_id: str) -> None:
        """The code under test: afterwards the account (twelve digits) may use the version.

        Raises NotImplementedError if a subclass does not define it.
        """
        raise NotImplementedError("a LayerSharingMachine needs share(layer, account_id)")

    def unshare(self, layer: LayerVersion, account_id: str) -> None:
        """The code under test: afterwards no statement of yours allows the account (twelve digits).

        Not called if a subclass does not define it.
        """

    def __init__(self) -> None:
        super().__init__()
        self.fake = LayerPerm()
        self.fake.start()
        self.expected: list[Expected] = []
        self._numbers = itertools.count(1)

    def teardown(self) -> None:
        """Stops the fake; a subclass that overrides this calls it too."""
        self.fake.stop()

    @property
    def _unshares(self) -> bool:
        return type(self).unshare is not LayerSharingMachine.unshare

    @rule(
        target=layers,
        name=st.sampled_from(["shared-deps", "tools"]),
        region=st.sampled_from(["us-east-1", "cn-north-1"]),
    )
    def publish(self, name: str, region: str) -> Expected:
        """A new version, which no other account may use yet."""
        expected = Expected(self.fake.publish_layer(name, region_name=region))
        self.expected.append(expected)
        return expected

    @rule(to=layers, data=st.data(), throttled=st.integers(0, 2))
    def share_it(self, to: Expected, data: st.DataObject, throttled: int) -> None:
        """Your code shares a version with an account."""
        choices = self.accounts if self.repeats else [one for one in self.accounts if one not in to.accounts]
        if choices:
            account_id = data.draw(st.sampled_from(choices), label="account")
            with self._throttled(throttled):
                self.share(to.layer, account_id)
            to.accounts.add(account_id)

    @precondition(lambda self: self._unshares)
    @rule(to=layers, data=st.data(), throttled=st.integers(0, 2))
    def unshare_it(self, to: Expected, data: st.DataObject, throttled: int) -> None:
        """Your code removes that statement."""
        choices = self.accounts if self.repeats else sorted(to.accounts)
        if choices:
            account_id = data.draw(st.sampled_from(choices), label="account")
            with self._throttled(throttled):
                self.unshare(to.layer, account_id)
            to.accounts.discard(account_id)

    @rule(to=layers, account_id=st.sampled_from(["555555555555", "666666666666"]))
    def someone_else_shares(self, to: Expected, account_id: str) -> None:
        """Someone else adds a statement of their own."""
        statement_id = f"someone-else-{next(self._numbers)}"
        to.layer.grant(account_id, statement_id=statement_id)
        to.others[statement_id] = _statements(to.layer)[statement_id]

    @rule(to=layers)
    def someone_else_unshares(self, to: Expected) -> None:
        """Someone else removes it again."""
        if to.others:
            statement_id, _ = to.others.popitem()
            owner = self.fake.client(to.layer.account_id, region_name=to.layer.region_name)
            owner.remove_layer_version_permission(
                LayerName=to.layer.name, VersionNumber=to.layer.version, StatementId=statement_id
            )

    @invariant()
    def other_peoples_statements_are_unchanged(self) -> None:
        """Raises AssertionError if the code under test removed or changed one."""
        for expected in self.expected:
            found = _statements(expected.layer)
            for statement_id, statement in expected.others.items():
                if found.get(statement_id) != statement:
                    raise AssertionError(
                        f"{expected.layer.arn}: someone else's statement {statement_id} was removed or changed"
                    )

    @invariant()
    def shared_with_exactly_these_accounts(self) -> None:
        """Raises AssertionError if a statement of yours is missing, or there is one too many."""
        for expected in self.expected:
            arn = expected.layer.arn
            partition = arn.split(":", 2)[1]
            wanted = {f"arn:{partition}:iam::{account_id}:root" for account_id in expected.accounts}
            ours = [one for sid, one in _statements(expected.layer).items() if sid not in expected.others]
            found = {one["Principal"] if one["Principal"] == "*" else one["Principal"]["AWS"] for one in ours}
            if wanted - found:
                raise AssertionError(f"{arn} should be shared with {', '.join(sorted(wanted - found))}, but is not")
            if found - wanted:
                raise AssertionError(f"{arn} is shared with {', '.join(sorted(found - wanted))}, but should not be")

    def _throttled(self, times: int) -> Any:
        faults = [Throttle(min(times, self.throttles))] if min(times, self.throttles) else []
        return self.fake.inject(*faults)


def _statements(layer: LayerVersion) -> dict[str, Any]:
    policy = layer.policy
    return {} if policy is None else {statement["Sid"]: statement for statement in policy["Statement"]}
