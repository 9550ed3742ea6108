/** The fields of a table's row: read, filled, and reached with the arrow keys and Enter as in a spreadsheet. */

export function readRow(row) {
  const answers = {};

  for (const field of row.querySelectorAll('[data-field]')) {
    answers[field.dataset.field] = read(field);
  }

  return answers;
}

function read(field) {
  switch (field.dataset.kind) {
    case 'choice':
      return JSON.parse(field.value);
    case 'checkbox':
      return field.checked;
    case 'number':
      return field.value === '' ? null : Number(field.value);
    case 'datetime':
      return field.value || null;
    default:
      return field.value;
  }
}

export function fill(row, answers) {
  for (const field of row.querySelectorAll('[data-field]')) {
    const value = answers[field.dataset.field];

    if (field === document.activeElement) {
      continue;
    }
    if (field.dataset.kind === 'choice') {
      field.value = JSON.stringify(value ?? null);
    } else if (field.dataset.kind === 'checkbox') {
      field.checked = value === true;
    } else {
      field.value = value ?? '';
    }
  }
}

/** Enter goes down and Shift+Enter up in the same column; so do the arrows where they have no other meaning. */
export function moveBetweenRows(event, body) {
  const { key, target, shiftKey, altKey, ctrlKey } = event;
  const steps = key === 'Enter' ? (shiftKey ? -1 : 1) : { ArrowDown: 1, ArrowUp: -1 }[key];
  const own = target.matches('select, [type="number"], [type="date"]') && key !== 'Enter';
  const press = target.matches('.open') && key === 'Enter';

  if (!steps || own || press || altKey || ctrlKey) {
    return;
  }

  const cell = target.closest('td, th');
  let row = target.closest('tr');

  do {
    row = steps > 0 ? row.nextElementSibling : row.previousElementSibling;
  } while (row?.hidden);

  const field = row?.cells[cell.cellIndex]?.querySelector('input, select, button');

  if (field) {
    event.preventDefault();
    field.focus();
    field.select?.();
  }
}
