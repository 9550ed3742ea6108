from pathlib import Path

import pytest

from service import errors
from service.notifications import channels

GOOD = """
address: https://lika.example.cn/
channels:
  - {name: mail, url: "smtps://user:p%40ss@mail.example.cn", from: "立卡 <lika@example.cn>"}
  - {name: group, url: "wecombot://abcdef-0123", unit: 450226, kinds: [overdue]}
  - {name: sms, url: "form://sms.example.cn/send?:to={phone}"}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "channels.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_names_mail_groups_and_gateways(tmp_path):
    found = channels.read(written(tmp_path, GOOD))
    assert found.address == "https://lika.example.cn"
    mail, group, sms = found.channels
    assert (mail.is_mail, mail.places) == (True, {"email"})
    assert (group.unit, group.kinds, group.places) == ("450226", {"overdue"}, set())
    assert sms.places == {"phone"}
    assert sms.address_of("ann", None) is None


def test_without_a_file_nothing_goes_out():
    assert channels.read(None).channels == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channels: []", "address"),
        ("address: ftp://x", "address"),
        ("address: https://x\nchannels: {}", "list"),
        ("address: [", "line 1"),
        ("address: https://x\nchannels: [{url: 'json://h'}]", "channel 1: name is missing"),
        ("address: https://x\nchannels: [{name: a, url: 'gopher-x://h'}]", "Apprise does not know"),
        ("address: https://x\nchannels: [{name: a, url: 'json://h/{passport}'}]", "passport"),
        ("address: https://x\nchannels: [{name: a, url: 'json://h', kinds: [gossip]}]", "gossip"),
        ("address: https://x\nchannels: [{name: a, url: 'json://h', tel: 1}]", "no setting tel"),
        ("address: https://x\nchannels: [{name: a, url: 'smtp://h'}]", "from"),
        ("address: https://x\nchannels: [{name: a, url: 'smtp:', from: 'a@b.cn'}]", "mail server"),
        ("address: https://x\nchannels: [{name: a, url: 'json://h'}, {name: a, url: 'json://h'}]", "channel 2"),
        ("address: https://x\nchannels: [7]", "channel 1"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, text, told):
    with pytest.raises(errors.Invalid) as refused:
        channels.read(written(tmp_path, text))
    assert told in str(refused.value)
    assert "channels.yaml" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(errors.Invalid, match=r"nowhere\.yaml"):
        channels.read(tmp_path / "nowhere.yaml")


def test_links_begin_with_the_public_address_where_the_file_names_none(tmp_path):
    path = tmp_path / "channels.yaml"
    path.write_text("channels: []", encoding="utf-8")
    assert channels.read(path, "https://lika.example.cn").address == "https://lika.example.cn"
