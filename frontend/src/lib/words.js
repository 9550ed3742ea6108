/** form-js in Chinese: its own sentences, and the calendar's. English is what it has. */

import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/esm/l10n/zh.js';

const CHINESE = {
  'Add new': '添加一行',
  'All values selected': '已全部选择',
  'Click to remove sorting': '点击取消排序',
  'Click to sort by {value} ascending': '点击按{value}升序排列',
  'Click to sort by {value} descending': '点击按{value}降序排列',
  Collapse: '收起',
  'Date and time must both be entered.': '日期和时间都要填写。',
  Decrement: '减少',
  'Document reference is not defined.': '没有指定文件。',
  'Download {fileName}': '下载 {fileName}',
  'Expand all ({value})': '全部展开（{value}）',
  "External content couldn't be loaded.": '外部内容无法载入。',
  'Field is required.': '必须填写。',
  'Field must be a valid email.': '请填写正确的电子邮箱。',
  'Field must be a valid international phone number. (e.g. +4930664040900)': '请填写正确的国际电话号码。',
  'Field must have maximum length of {value}.': '最多 {value} 个字。',
  'Field must have maximum value of {value}.': '不能大于 {value}。',
  'Field must have minimum length of {value}.': '至少 {value} 个字。',
  'Field must have minimum value of {value}.': '不能小于 {value}。',
  'Field must match pattern {value}.': '格式不对（{value}）。',
  Increment: '增加',
  'Next page': '下一页',
  'No content to show.': '没有内容。',
  'No files selected': '未选择文件',
  'No results': '没有结果',
  'Nothing to show.': '没有内容。',
  'Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.':
    '请填写有效的值，最接近的是 {previousValue} 和 {nextValue}。',
  'Previous page': '上一页',
  'Remove tag': '移除',
  Search: '搜索',
  'Skip to search': '跳到搜索',
  'Unable to download document': '文件无法下载',
  'Value is expected to be an integer.': '请填写整数。',
  'Value is expected to have at most 1 decimal digit.': '最多 1 位小数。',
  'Value is expected to have at most {value} decimal digits.': '最多 {value} 位小数。',
  'Value is not a number.': '请填写数字。',
  '{page} of {total}': '第 {page} 页，共 {total} 页',
  '{value} files selected': '已选择 {value} 个文件',
};

const chinese = document.documentElement.lang.startsWith('zh');

if (chinese) {
  flatpickr.localize(Mandarin);
}

/** form-js writes dates in the order of the browser's language, whatever the page's is. Here the year comes first, always. */
Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
  construct: (native, [locale, ...rest]) => new native(locale === 'default' ? 'zh-CN' : locale, ...rest),
});

function translate(template, replacements = {}) {
  const text = (chinese && CHINESE[template]) || template;

  return text.replace(/{([^}]+)}/g, (place, name) => (name in replacements ? replacements[name] : place));
}

/** A module for form-js and bpmn-js. */
export const TranslateModule = { translate: ['value', translate] };

const PLACEHOLDERS = { Search: CHINESE.Search, 'yyyy/mm/dd': '年/月/日', 'yyyy/m/d': '年/月/日', 'hh:mm': '时:分' };

/** What form-js shows without asking for its translation. */
export function translateRest(container) {
  if (!chinese) {
    return;
  }
  container.querySelectorAll('input[placeholder]').forEach((input) => {
    input.placeholder = PLACEHOLDERS[input.placeholder] || input.placeholder;
  });
  container.querySelectorAll('.fjs-button').forEach((button) => {
    if (button.textContent === 'Browse') {
      button.firstChild.data = '选择文件';
    }
  });
  container.querySelectorAll('.fjs-select-display').forEach((display) => {
    if (display.textContent === 'Select') {
      display.firstChild.data = '请选择';
    }
  });
}
