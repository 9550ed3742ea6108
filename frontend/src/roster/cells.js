/** The cells of a roster's table: `data-value` is the value as JSON, empty for none; the text is what people read. */

const columns = JSON.parse(document.querySelector('#roster-columns')?.textContent || '[]');

export const byKey = new Map(columns.map((column) => [column.key, column]));

export function fieldsOf(row) {
  return row.querySelectorAll('[data-field]');
}

export function cellOf(row, key) {
  return row.querySelector(`[data-field="${CSS.escape(key)}"]`);
}

export function valueOf(cell) {
  return cell.dataset.value ? JSON.parse(cell.dataset.value) : null;
}

/** What can be filled in inside the table, by name. */
export function answersOf(row) {
  const editable = [...fieldsOf(row)].filter((cell) => byKey.get(cell.dataset.field).editable);

  return Object.fromEntries(editable.map((cell) => [cell.dataset.field, valueOf(cell)]));
}

/** Put a value into a cell; `text` where the server said how it reads. */
export function put(cell, value, text = wording(byKey.get(cell.dataset.field), value)) {
  if (cell.editor?.typing) {
    return; // what is being typed is newer
  }
  cell.dataset.value = value === null || value === undefined || value === '' ? '' : JSON.stringify(value);
  if (cell.editor) {
    cell.editor.show(value);
    cell.editor.before = value;
  } else {
    cell.textContent = text;
  }
}

export function wording(column, value) {
  if (value === null || value === undefined) {
    return '';
  }
  const option = column.options.find(([each]) => JSON.stringify(each) === JSON.stringify(value));

  return option ? option[1] : typeof value === 'boolean' ? (value ? '是' : '否') : String(value);
}

/** The row as the server has it. */
export function fill(row, { cells, stamp, by, at, done, state }) {
  for (const [key, { json, text }] of Object.entries(cells)) {
    const cell = cellOf(row, key);

    put(cell, json === '' ? null : JSON.parse(json), text);
    cell.classList.remove('is-invalid');
    cell.removeAttribute('title');
  }

  Object.assign(row.dataset, { stamp: stamp || '', by, at, done: done ? '1' : '0' });
  row.querySelector('.state').textContent = state;
}
