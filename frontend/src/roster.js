/** The table of a roster task: fill in on the spot or in the side panel, one row or many; works with the keyboard. */

import Offcanvas from 'bootstrap/js/dist/offcanvas.js';

import { focusFirstFault, openForm, showFaults, typed } from './lib/form.js';
import { get, send } from './lib/server.js';
import { fill, moveBetweenRows, readRow } from './lib/rows.js';
import { arrange } from './lib/arrange.js';

const roster = document.querySelector('#roster');
const body = roster.querySelector('tbody');
const texts = roster.dataset;
const schema = JSON.parse(document.querySelector('#row-form').textContent);
const panel = document.querySelector('#panel');
const faults = document.querySelector('#panel-faults');
const many = document.querySelector('#roster-many');
const canvas = Offcanvas.getOrCreateInstance(panel);

let form = null;
let opened = [];

arrange(roster);
count();

/* What was typed into rows and is not saved yet stays in this tab. */

const place = `rows ${texts.rows}`;
const unsaved = JSON.parse(sessionStorage.getItem(place) || '{}');

for (const [key, answers] of Object.entries(unsaved)) {
  const row = body?.querySelector(`tr[data-key="${key}"]`);
  if (row) {
    fill(row, answers);
    tell(row, texts.unsaved, 'wrong');
  }
}

function keep(key, answers) {
  if (answers) {
    unsaved[key] = answers;
  } else {
    delete unsaved[key];
  }
  sessionStorage.setItem(place, JSON.stringify(unsaved));
}

/* In the table */

body?.addEventListener('change', ({ target }) => {
  const row = target.closest('tr');

  if (target.matches('[data-field]')) {
    keep(row.dataset.key, readRow(row));
    saveRow(row);
  } else if (target.matches('.pick input')) {
    count();
  }
});

body?.addEventListener('click', (event) => {
  const row = event.target.closest('tr');

  if (event.target.matches('.open')) {
    openRow(row);
  } else if (event.target.matches('.pick input') && event.shiftKey) {
    pickThrough(row, event.target.checked);
  }
});

body?.addEventListener('keydown', (event) => moveBetweenRows(event, body));

/* Rows on their way to the server; true where more was typed meanwhile. Answers could overtake each other else. */
const sending = new Map();

async function saveRow(row) {
  tell(row, texts.saving, '');

  if (sending.has(row)) {
    sending.set(row, true);
    return;
  }

  do {
    sending.set(row, false);
    try {
      const { rows } = await send(texts.rows, { rows: [{ case: row.dataset.key, ...readRow(row) }] });
      sending.get(row) || settled(rows);
    } catch (refusal) {
      sending.get(row) || refuse([row], refusal);
    }
  } while (sending.get(row));

  sending.delete(row);
}

/** The server has rows: show them as they are now. */
function settled(rows) {
  for (const { key, done, answers } of rows) {
    const row = body.querySelector(`tr[data-key="${key}"]`);

    keep(key, null);
    row.dataset.done = done ? '1' : '0';
    fill(row, answers);
    tell(row, done ? texts.done : texts.todo, done ? 'done' : 'todo');
    row.querySelectorAll('.is-invalid').forEach((field) => field.classList.remove('is-invalid'));
  }
  count();
}

/** Say at each row what is wrong with it; `rows.<number>.<path>` is the n-th row sent. */
function refuse(rows, refusal) {
  const messages = new Map(rows.map((row) => [row, []]));

  for (const [where, text] of Object.entries(refusal.fields)) {
    const [, number, path] = where.match(/^rows\.(\d+)\.(.*)$/) || [];
    const row = rows[number];
    if (row) {
      messages.get(row).push([path, [text].flat().join(' ')]);
    }
  }

  for (const [row, found] of messages) {
    row.querySelectorAll('[data-field]').forEach((field) => {
      field.classList.toggle('is-invalid', found.some(([path]) => path === field.dataset.field));
    });
    tell(row, found.map(([, text]) => text).join(' ') || refusal.message, 'wrong');
  }
}

function tell(row, text, kind) {
  const note = document.createElement('span');

  note.className = kind;
  note.textContent = text;
  row.querySelector('.standing').replaceChildren(note);
}

/* Selection and sums */

document.querySelector('#roster-all')?.addEventListener('change', ({ target }) => {
  shown().forEach((row) => (row.querySelector('.pick input').checked = target.checked));
  count();
});

function shown() {
  return [...(body?.rows || [])].filter((row) => !row.hidden);
}

function picked() {
  return shown().filter((row) => row.querySelector('.pick input')?.checked);
}

let last = null;

function pickThrough(row, checked) {
  const rows = shown();
  const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((a, b) => a - b);

  if (from >= 0) {
    rows.slice(from, to + 1).forEach((each) => (each.querySelector('.pick input').checked = checked));
    count();
  }
}

body?.addEventListener('click', ({ target }) => {
  if (target.matches('.pick input')) {
    last = target.closest('tr');
  }
});

function count() {
  const rows = [...(body?.rows || [])];
  const done = rows.filter((row) => row.dataset.done === '1').length;
  const chosen = picked();
  const persons = chosen.reduce((sum, row) => sum + Number(row.dataset.persons), 0);
  const note = document.querySelector('#roster-picked');

  document.querySelector('#roster-done').textContent = done;
  document.querySelector('#roster-bar').style.width = `${rows.length ? (100 * done) / rows.length : 100}%`;
  roster.querySelector('.progress').setAttribute('aria-valuenow', done);

  if (note) {
    note.textContent = chosen.length
      ? note.dataset.text.replace('{count}', chosen.length).replace('{persons}', persons)
      : '';
  }
  if (many) {
    many.disabled = chosen.length === 0;
  }
}

/* The side panel */

many?.addEventListener('click', () => {
  show(picked(), {}, texts.many.replace('{count}', picked().length));
});

async function openRow(row) {
  try {
    const { data } = await get(`${texts.rows}/${row.dataset.key}`);
    const title = texts.title.replace('{name}', row.dataset.name).replace('{code}', row.dataset.code);

    await show([row], { ...data, ...unsaved[row.dataset.key] }, title);
  } catch (refusal) {
    tell(row, refusal.message, 'wrong');
  }
}

async function show(rows, data, title) {
  form?.destroy();
  opened = rows;
  faults.hidden = true;
  document.querySelector('#panel-title').textContent = title;
  document.querySelector('#panel-next')?.toggleAttribute('hidden', rows.length > 1);

  const save = document.querySelector('#panel-save');

  form = await openForm(document.querySelector('#panel-form'), schema, data, { readOnly: !save });
  canvas.show();

  const before = JSON.stringify(typed(form));

  form.on('changed', () => {
    if (rows.length === 1 && JSON.stringify(typed(form)) !== before) {
      keep(rows[0].dataset.key, typed(form));
    }
  });
}

panel.addEventListener('shown.bs.offcanvas', () => {
  panel.querySelector('#panel-form :is(input, textarea, select)')?.focus();
  panel.dataset.ready = 'true';
});

panel.addEventListener('hidden.bs.offcanvas', () => {
  delete panel.dataset.ready;
  opened[0]?.querySelector('.open')?.focus();
});

async function saveOpened() {
  const { data, errors } = form.submit();

  if (Object.keys(errors).length) {
    say(faults.dataset.here);
    focusFirstFault(panel);
    return false;
  }

  try {
    const { rows } = await send(texts.rows, { rows: opened.map((row) => ({ case: row.dataset.key, ...data })) });
    settled(rows);
    return true;
  } catch (refusal) {
    explain(refusal);
    return false;
  }
}

/** One row: at the fields of the form. Many rows: at the rows, since each may lack something else. */
function explain(refusal) {
  if (opened.length > 1 && Object.keys(refusal.fields).length) {
    refuse(opened, refusal);
    say(refusal.message);
    return;
  }

  const fields = Object.fromEntries(
    Object.entries(refusal.fields).map(([where, text]) => [where.replace(/^rows\.0\./, ''), text]),
  );
  const elsewhere = showFaults(form, fields).map(([path, text]) => `${path}: ${text}`);

  say([refusal.message, ...elsewhere].join(' '));
  focusFirstFault(panel);
}

function say(text) {
  faults.textContent = text;
  faults.hidden = false;
}

document.querySelector('#panel-save')?.addEventListener('click', async () => {
  if (await saveOpened()) {
    canvas.hide();
  }
});

document.querySelector('#panel-next')?.addEventListener('click', saveAndGoOn);

panel.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.target.blur();
    saveAndGoOn();
  }
});

async function saveAndGoOn() {
  const rows = shown();
  const at = rows.indexOf(opened[0]);
  const next = [...rows.slice(at + 1), ...rows.slice(0, at)].find((row) => row.dataset.done !== '1');

  if (await saveOpened()) {
    if (next && opened.length === 1) {
      await openRow(next);
      panel.querySelector('#panel-form :is(input, textarea, select)')?.focus();
    } else {
      canvas.hide();
    }
  }
}

roster.dataset.ready = 'true';
