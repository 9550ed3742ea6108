/** The field inside the cell that is being used: made when one comes, gone when one leaves. */

import { byKey, put, valueOf } from './cells.js';

export function openEditor(cell, label) {
  const column = byKey.get(cell.dataset.field);
  const before = valueOf(cell);
  const field = build(column);

  field.setAttribute('aria-label', label);
  cell.replaceChildren(field);
  cell.tabIndex = -1;

  const editor = {
    cell,
    field,
    column,
    before,
    typing: false,
    show: (value) => show(column, field, value),
    read: () => read(column, field),
    restore: () => editor.show(before),
    close() {
      const value = editor.read();

      cell.editor = null;
      cell.tabIndex = 0;
      put(cell, value);
      return value;
    },
  };

  editor.show(before);
  field.addEventListener('input', () => (editor.typing = true));
  cell.editor = editor;
  field.focus();
  field.select?.();

  return editor;
}

function build({ kind, options }) {
  if (kind === 'choice') {
    const select = document.createElement('select');

    select.className = 'form-select form-select-sm';
    select.append(new Option('', 'null'), ...options.map(([value, text]) => new Option(text, JSON.stringify(value))));
    return select;
  }

  const field = document.createElement(kind === 'textarea' ? 'textarea' : 'input');

  field.className = kind === 'checkbox' ? 'form-check-input' : 'form-control form-control-sm';
  if (kind === 'textarea') {
    field.rows = 1;
  } else {
    field.type = { checkbox: 'checkbox', datetime: 'date' }[kind] || 'text';
    field.inputMode = kind === 'number' ? 'decimal' : '';
    field.autocomplete = 'off';
  }
  return field;
}

function show({ kind, options }, field, value) {
  if (kind === 'choice') {
    const known = options.some(([each]) => JSON.stringify(each) === JSON.stringify(value));

    if (!known && value !== null) {
      field.append(new Option(String(value), JSON.stringify(value)));
    }
    field.value = JSON.stringify(value);
  } else if (kind === 'checkbox') {
    field.checked = value === true;
  } else {
    if (kind === 'datetime' && value && !/^\d{4}-\d\d-\d\d$/.test(value)) {
      field.type = 'text'; // what was pasted and is no date yet
    }
    field.value = value ?? '';
  }
}

/** What stands in the field; a number stays text, which the server reads as it does a pasted one. */
function read({ kind }, field) {
  switch (kind) {
    case 'choice':
      return JSON.parse(field.value);
    case 'checkbox':
      return field.checked;
    case 'number':
      return field.value.trim() === '' ? null : isNaN(field.value) ? field.value : Number(field.value);
    default:
      return field.value || null;
  }
}
