"""Searching, as every `/search` of the Camunda API does it: filter, sort, page; one declaration for each noun."""

from service.api.search.fields import Field, Matcher
from service.api.search.kinds import FLAG, INSTANT, KEY, LIST, MAP, NUMBER, TEXT, Choice, Kind, refuse
from service.api.search.listing import Listing

__all__ = [
    "FLAG",
    "INSTANT",
    "KEY",
    "LIST",
    "MAP",
    "NUMBER",
    "TEXT",
    "Choice",
    "Field",
    "Kind",
    "Listing",
    "Matcher",
    "refuse",
]
