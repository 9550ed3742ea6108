"""Search requests and results as marshmallow schemas, for the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import marshmallow as ma

from service.api import schemas
from service.api.search import paging
from service.api.search.fields import Field

if TYPE_CHECKING:
    from service.api.search.listing import Listing


class PageResponse(schemas.Schema):
    """Which part of how many."""

    total_items = schemas.Whole(required=True)
    has_more_total_items = schemas.Flag(required=True)
    start_cursor = schemas.Text(required=True, allow_none=True)
    end_cursor = schemas.Text(required=True, allow_none=True)


class PageRequest(schemas.Schema):
    """Which part is asked for: from an offset, after a cursor or before one."""

    from_ = schemas.Whole(minimum=0)
    after = schemas.Text()
    before = schemas.Text()
    limit = schemas.Whole(minimum=1, maximum=paging.LARGEST_LIMIT, metadata={"default": paging.DEFAULT_LIMIT})


def result(listing: Listing) -> type[ma.Schema]:
    """Build the schema of one row."""
    shown: dict[str, Any] = {
        field.name: field.kind.schema(required=True, allow_none=field.nullable, data_key=field.name)
        for field in listing.shown
    }
    return schemas.Schema.from_dict(shown, name=f"{listing.name}Result")


def results(listing: Listing) -> type[ma.Schema]:
    """Build the schema of the answer to a search."""
    parts: dict[str, Any] = {
        "items": ma.fields.List(ma.fields.Nested(listing.result), required=True),
        "page": ma.fields.Nested(PageResponse, required=True),
    }
    return schemas.Schema.from_dict(parts, name=f"{listing.name}SearchQueryResult")


def query(listing: Listing) -> type[ma.Schema]:
    """Build the schema of a search request."""
    criteria: dict[str, Any] = {name: _criterion(field) for name, field in listing.filters.items()}
    if listing.alternatives:
        group = schemas.Schema.from_dict(dict(criteria), name=f"{listing.name}FilterFields")
        criteria["$or"] = ma.fields.List(ma.fields.Nested(group), data_key="$or")
    sort: dict[str, Any] = {
        "field": schemas.Text(required=True, validate=ma.validate.OneOf(sorted(listing.sorts))),
        "order": schemas.Text(validate=ma.validate.OneOf(["ASC", "DESC"])),
    }
    parts: dict[str, Any] = {
        "filter": ma.fields.Nested(schemas.Schema.from_dict(criteria, name=f"{listing.name}Filter")),
        "sort": ma.fields.List(
            ma.fields.Nested(schemas.Schema.from_dict(sort, name=f"{listing.name}SearchQuerySortRequest"))
        ),
        "page": ma.fields.Nested(PageRequest),
    }
    return schemas.Schema.from_dict(parts, name=f"{listing.name}SearchQuery")


def _criterion(field: Field) -> ma.fields.Field[Any]:
    return ma.fields.Raw(data_key=field.name, metadata=dict(field.criterion))
