"""Plain-words texts of every syntax error and evaluation warning, in English and Chinese.

A code is a contract: editors and linters may key on it. Texts may be reworded freely. Parameters are named and
formatted with ``str.format``.
"""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # syntax
    "unexpected": ("expected {expected}, but found {found}", "此处应为{expected}，却是{found}"),
    "unterminated_string": ("this text has no closing quotation mark", "字符串缺少结束引号"),
    "unterminated_comment": ("this comment is not closed with */", "注释缺少结束符 */"),
    "unknown_character": ("the character {found} has no meaning here", "字符 {found} 在此处没有意义"),
    "too_deep": ("the expression is nested more than {limit} levels deep", "表达式嵌套超过 {limit} 层"),
    "too_long": ("the expression is longer than {limit} characters", "表达式超过 {limit} 个字符"),
    "too_complex": ("the expression is too complex to read", "表达式过于复杂，无法解析"),
    "bad_literal": ("{text} is not a valid date, time or duration", "{text} 不是有效的日期、时间或时长"),
    "duplicate_parameter": ("the parameter '{name}' is given twice", "参数“{name}”重复"),
    # names and members
    "variable_not_found": ("variable '{name}' not found", "找不到变量“{name}”"),
    "member_not_found": ("{kind} has no entry '{name}'", "{kind}中没有“{name}”这一项"),
    "no_members": ("{kind} has no entries, so '{name}' cannot be read", "{kind}没有可读取的项“{name}”"),
    "duplicate_key": ("the entry '{name}' is given twice", "条目“{name}”重复"),
    "place": ("{text} (line {line}, column {column})", "{text}（第 {line} 行第 {column} 列）"),
    "similar": ("; did you mean '{name}'?", "；是否应为“{name}”？"),
    # operators
    "operand_types": ("'{op}' cannot be applied to {left} and {right}", "“{op}”不能用于{left}和{right}"),
    "operand_type": ("'{op}' cannot be applied to {kind}", "“{op}”不能用于{kind}"),
    "not_boolean": ("expected true or false, but found {kind}", "此处应为 true 或 false，却是{kind}"),
    "division_by_zero": ("division by zero", "除数为零"),
    "out_of_range": ("the result is out of range", "结果超出可表示的范围"),
    "zone_mismatch": ("one value has a time zone and the other has none", "一个值带时区，另一个不带时区"),
    "bad_range": ("{start} and {end} cannot be the ends of a range", "{start}和{end}不能作为区间的两端"),
    "not_iterable": ("cannot go through {kind} item by item", "无法逐项遍历{kind}"),
    "filter_result": (
        "a filter must give true, false or a position, but gave {kind}",
        "筛选条件应得出 true、false 或序号，却得出{kind}",
    ),
    "index_out_of_range": ("the list has no item {index}", "列表中没有第 {index} 项"),
    # functions
    "not_a_function": ("{kind} is not a function and cannot be called", "{kind}不是函数，不能调用"),
    "function_not_found": ("function '{name}' not found", "找不到函数“{name}”"),
    "argument_count": (
        "'{name}' was called with {given} arguments, but takes {expected}",
        "调用“{name}”时给了 {given} 个参数，应为 {expected} 个",
    ),
    "argument_name": ("'{name}' has no parameter '{parameter}'", "“{name}”没有参数“{parameter}”"),
    "argument_missing": ("'{name}' needs the parameter '{parameter}'", "“{name}”缺少参数“{parameter}”"),
    "argument_type": (
        "parameter '{parameter}' of '{name}' must be {expected}, but is {kind}",
        "“{name}”的参数“{parameter}”应为{expected}，却是{kind}",
    ),
    "argument_value": ("'{name}' cannot work with this value: {reason}", "“{name}”无法处理该值：{reason}"),
    "bad_pattern": ("the pattern {pattern} cannot be used: {reason}", "正则表达式 {pattern} 不可用：{reason}"),
    "external_function": ("external functions are not supported", "不支持外部函数"),
    # types
    "type_mismatch": ("expected {expected}, but found {kind}", "此处应为 {expected} 类型，却是{kind}"),
    "unknown_type": ("type '{name}' not found", "找不到类型“{name}”"),
    "incomplete_type": (
        "the type '{name}' needs its parameters, for example {example}",
        "类型“{name}”须写明参数，例如 {example}",
    ),
    "not_allowed": ("{value} is not one of the allowed values of {type}", "{value} 不在 {type} 的允许值之内"),
    "unsupported_value": (
        "a value of the kind '{kind}' cannot be used in an expression",
        "表达式中不能使用“{kind}”类的值",
    ),
    # bounds
    "too_many_steps": ("stopped after {limit} steps", "执行超过 {limit} 步，已停止"),
    "too_deep_calls": ("functions call each other more than {limit} levels deep", "函数调用超过 {limit} 层"),
    "list_too_long": ("a list would have more than {limit} items", "列表将超过 {limit} 项"),
    "string_too_long": ("a text would have more than {limit} characters", "文本将超过 {limit} 个字符"),
    "assertion": ("{cause}", "{cause}"),
}

KINDS: dict[str, tuple[str, str]] = {
    "null": ("null", "空值"),
    "number": ("a number", "数字"),
    "string": ("a text", "文本"),
    "boolean": ("a boolean", "布尔值"),
    "date": ("a date", "日期"),
    "time": ("a time", "时间"),
    "date and time": ("a date and time", "日期时间"),
    "days and time duration": ("a days and time duration", "日时时长"),
    "years and months duration": ("a years and months duration", "年月时长"),
    "list": ("a list", "列表"),
    "context": ("a context", "上下文"),
    "range": ("a range", "区间"),
    "function": ("a function", "函数"),
}

PHRASES: dict[str, str] = {
    "a key": "键",
    "a name": "名称",
    "a parameter name": "参数名",
    "a text after '@'": "“@”之后的文本",
    "a type": "类型",
    "a value": "值",
    "an entry name": "条目名",
    "an operator or the end": "运算符或结尾",
    "count": "个数",
    "entries need key and value": "每项须有 key 和 value",
    "flag": "标志",
    "keys": "键的列表",
    "length": "长度",
    "matches an empty text": "可匹配空文本",
    "offset": "时差",
    "position": "位置",
    "scale": "小数位数",
    "separator": "分隔符",
    "start position": "起始位置",
    "the end": "结尾",
    "too deep": "嵌套过深",
    "too large": "过大",
    "too long": "过长",
    "too much work": "计算量过大",
}
"""Phrases that stand in for a parameter, perhaps with a value after them, and their Chinese."""

_KIND_PARAMS = frozenset({"kind", "left", "right", "start", "end"})
_PHRASE_PARAMS = frozenset({"expected", "found", "reason"})
_LANGUAGES = {"en": 0, "zh": 1}


def text(code: str, params: Mapping[str, object], lang: str = "en") -> str:
    """The message of ``code`` with its parameters filled in; an unknown language reads as English."""
    column = _LANGUAGES.get(lang.split("-")[0].split("_")[0].lower(), 0)
    template = TEXTS.get(code, (code, code))[column]
    words = {key: _word(key, value, column) for key, value in params.items()}
    try:
        return template.format(**words)
    except (KeyError, IndexError):
        return template


def _word(key: str, value: object, column: int) -> object:
    if key in _KIND_PARAMS and isinstance(value, str) and value in KINDS:
        return KINDS[value][column]
    if column and key in _PHRASE_PARAMS and isinstance(value, str):
        return _in_chinese(value)
    return value


def _in_chinese(phrase: str) -> str:
    head, _, tail = phrase.rpartition(" ")
    if phrase in PHRASES:
        return PHRASES[phrase]
    if head in PHRASES:
        return f"{PHRASES[head]} {tail}"
    return phrase.replace("' or '", "' 或 '")
