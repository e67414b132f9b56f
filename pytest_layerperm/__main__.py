"""``python -m pytest_layerperm serve``: the live server outside pytest, for test suites in other languages."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from .lambda_api.arn import is_account_id, is_region_name
from .patches.loopback import is_loopback_host


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.allow_remote and not is_loopback_host(options.host):
        parser.error(_reachable(options.host))
    return serve(options.host, options.port, options.account_id, options.region)


def serve(host: str, port: int, account_id: str, region_name: str) -> int:
    """Serves a fake until SIGINT or SIGTERM. Prints only the URL to stdout, as soon as the server is ready."""
    from .fake import LayerPerm, service_of
    from .transports.server.live import LiveServer, ServerFailed

    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    switching = threading.Lock()

    def switch_on() -> None:
        """Only when it is needed: importing boto3 takes longer than everything else."""
        with switching:
            if not fake.active:
                fake.start()

    fake = LayerPerm(account_id, region_name)
    service = service_of(fake)
    try:
        server = LiveServer(lambda: service, host=host, port=port, switch_on=switch_on)
    except ServerFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    service.content_url = server.url
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    stopped.wait()
    server.stop()
    if fake.active:
        fake.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m pytest_layerperm", description=__doc__)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(required=True, metavar="command")
    command = commands.add_parser("serve", help="run the live server; the first line it prints is its URL")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    command.add_argument("--port", type=_port, default=0, help="port to listen on; 0 picks a free one (0)")
    command.add_argument(
        "--account-id", type=_account_id, default="123456789012", help="account of unknown access keys (123456789012)"
    )
    command.add_argument("--region", type=_region, default="us-east-1", help="default region (us-east-1)")
    command.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    return parser


class _Version(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than all the rest of the command line."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"pytest-layerperm {version('pytest-layerperm')}\n")
        parser.exit()


def _reachable(host: str) -> str:
    return (
        f"--host {host} can be reached from other machines, and the live server accepts every request: it checks no "
        "signatures, and anyone can read and reset /_layerperm/. Add --allow-remote if that is what you want."
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"must be a port from 0 to 65535, not {text!r}")
    return int(text)


def _account_id(text: str) -> str:
    if not is_account_id(text):
        raise argparse.ArgumentTypeError(f"must be twelve digits, not {text!r}")
    return text


def _region(text: str) -> str:
    if not is_region_name(text):
        raise argparse.ArgumentTypeError(f"must be a region such as us-east-1, not {text!r}")
    return text


if __name__ == "__main__":
    sys.exit(main())
