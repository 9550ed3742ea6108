"""What the browser loads: kept for good by name, and compressed for who can read that."""

import gzip

import pytest

from service.web import assets


@pytest.fixture
def name(built):
    """The largest script of the build."""
    return max((assets.BUILT / "assets").glob("*.js"), key=lambda path: path.stat().st_size).name


def test_built_files_are_sent_compressed_to_who_can_read_it_and_kept_for_good(client, name):
    path = f"/static/dist/assets/{name}"
    plain = client.get(path, headers={"Accept-Encoding": "identity"}, buffered=True)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.mimetype == plain.mimetype
    for answer in (plain, packed):
        assert (answer.cache_control.max_age, answer.cache_control.immutable) == (assets.YEAR, True)
        assert "Accept-Encoding" in answer.vary
    etag = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert client.get(path, headers=etag, buffered=True).status_code == 304
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_there_is_no_way_out_of_the_folder_of_built_files(client, built):
    for way in ("../../../assets.py", "..%2f..%2f..%2fassets.py", "nothing.js"):
        assert client.get(f"/static/dist/assets/{way}", headers={"Accept-Encoding": "gzip"}).status_code == 404
