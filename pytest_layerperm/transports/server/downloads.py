"""Downloads of layer content from the live server, at the addresses that ``Content.Location`` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...lambda_api.locations import located_at
from ...lambda_api.wire import Request, Response
from ..content import NO_SUCH_KEY

if TYPE_CHECKING:
    from ...service.service import LayerService


def archive_response(service: LayerService, request: Request) -> Response | None:
    """The archive at the request's path; S3's 404 if it no longer exists; None for any other path."""
    located = located_at(request.path) if request.method in ("GET", "HEAD") else None
    if located is None:
        return None
    published = service.store.find(*located)
    if published is None:
        return Response(404, NO_SUCH_KEY, headers={"content-type": "application/xml"})
    return Response(200, published.content.archive, headers={"content-type": "application/zip"})
