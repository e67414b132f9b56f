"""A state machine that drives sharing code against the fake and a model of who may use what."""

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
    """What must be so of one layer version."""

    layer: LayerVersion
    accounts: set[str] = field(default_factory=set[str])
    """Accounts that the code under test has shared it with."""
    others: dict[str, Any] = field(default_factory=dict[str, Any])
    """Statements of other people: id to statement."""


class LayerSharingMachine(RuleBasedStateMachine):
    """Drives your sharing code, and checks after each step who may use what.

    Subclass it, and give pytest its ``TestCase``::

        class Sharing(LayerSharingMachine):
            def share(self, layer, account_id):
                my_tool.share(layer.arn, account_id)

        TestSharing = Sharing.TestCase

    Layers are published and shared in any order, with several accounts, while other people add and remove statements
    of their own, and some calls are throttled. After each step: exactly the accounts that were shared with have
    statements of yours, each of those accounts may use the version, and other people's statements are as they were.
    What is not so is an AssertionError that names the version; hypothesis shows the shortest way to it.
    """

    accounts: ClassVar[tuple[str, ...]] = ACCOUNTS
    """Accounts (twelve digits) to share with."""
    repeats: ClassVar[bool] = True
    """Whether sharing again with the same account must be harmless, and unsharing where nothing is shared."""
    throttles: ClassVar[int] = 2
    """How many throttled answers in a row the code must bear; 0 for none."""

    layers: Bundle[Expected] = Bundle("layers")

    def share(self, layer: LayerVersion, account_id: str) -> None:
        """The code under test: afterwards the account (twelve digits) may use the version.

        Raises NotImplementedError where a subclass does not define it.
        """
        raise NotImplementedError("a LayerSharingMachine needs share(layer, account_id)")

    def unshare(self, layer: LayerVersion, account_id: str) -> None:
        """The code under test: afterwards the account (twelve digits) may not use the version by a statement of yours.

        Not called where a subclass does not define it.
        """

    def __init__(self) -> None:
        super().__init__()
        self.fake = LayerPerm()
        self.fake.start()
        self.expected: list[Expected] = []
        self._numbers = itertools.count(1)

    def teardown(self) -> None:
        """Turns the fake off; a subclass that has its own calls this one too."""
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
        """A new version, which nobody may use yet."""
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
        """Your code takes that back."""
        choices = self.accounts if self.repeats else sorted(to.accounts)
        if choices:
            account_id = data.draw(st.sampled_from(choices), label="account")
            with self._throttled(throttled):
                self.unshare(to.layer, account_id)
            to.accounts.discard(account_id)

    @rule(to=layers, account_id=st.sampled_from(["555555555555", "666666666666"]))
    def somebody_else_shares(self, to: Expected, account_id: str) -> None:
        """Another person adds a statement of their own."""
        statement_id = f"somebody-else-{next(self._numbers)}"
        to.layer.grant(account_id, statement_id=statement_id)
        to.others[statement_id] = _statements(to.layer)[statement_id]

    @rule(to=layers)
    def somebody_else_unshares(self, to: Expected) -> None:
        """And removes it again."""
        if to.others:
            statement_id, _ = to.others.popitem()
            owner = self.fake.client(to.layer.account_id, region_name=to.layer.region_name)
            owner.remove_layer_version_permission(
                LayerName=to.layer.name, VersionNumber=to.layer.version, StatementId=statement_id
            )

    @invariant()
    def other_peoples_statements_are_as_they_were(self) -> None:
        """Raises AssertionError where the code under test removed or changed one."""
        for expected in self.expected:
            found = _statements(expected.layer)
            for statement_id, statement in expected.others.items():
                if found.get(statement_id) != statement:
                    raise AssertionError(
                        f"{expected.layer.arn}: somebody else's statement {statement_id} is gone or changed"
                    )

    @invariant()
    def shared_with_exactly_these_accounts(self) -> None:
        """Raises AssertionError where a statement of yours is missing, or one too many."""
        for expected in self.expected:
            arn = expected.layer.arn
            partition = arn.split(":", 2)[1]
            wanted = {f"arn:{partition}:iam::{account_id}:root" for account_id in expected.accounts}
            ours = [one for sid, one in _statements(expected.layer).items() if sid not in expected.others]
            found = {one["Principal"] if one["Principal"] == "*" else one["Principal"]["AWS"] for one in ours}
            if wanted - found:
                raise AssertionError(f"{arn} should be shared with {', '.join(sorted(wanted - found))}, and is not")
            if found - wanted:
                raise AssertionError(f"{arn} is shared with {', '.join(sorted(found - wanted))}, and should not be")

    def _throttled(self, times: int) -> Any:
        faults = [Throttle(min(times, self.throttles))] if min(times, self.throttles) else []
        return self.fake.inject(*faults)


def _statements(layer: LayerVersion) -> dict[str, Any]:
    policy = layer.policy
    return {} if policy is None else {statement["Sid"]: statement for statement in policy["Statement"]}
