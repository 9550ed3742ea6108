/** The table of a roster task: used like a spreadsheet, or row by row in the side panel, one or many at once. */

import { note } from './lib/notes.js';
import { arrange } from './roster/arrange.js';
import { byKey, fieldsOf, valueOf } from './roster/cells.js';
import { Grid } from './roster/grid.js';
import { Panel } from './roster/panel.js';
import { Saver } from './roster/saver.js';

const roster = document.querySelector('#roster');
const body = roster.querySelector('tbody');
const texts = roster.dataset;
const schema = JSON.parse(document.querySelector('#row-form')?.textContent || 'null');
const many = document.querySelector('#roster-many');
const back = document.querySelector('#roster-undo');

const saver = new Saver(body, texts, tell, count);
const panel = schema && new Panel({ saver, schema, texts, shown, applied });
const undo = async () => {
  await saver.undo();
  count();
};

if (body) {
  new Grid(roster.querySelector('table'), { change: (changes) => (saver.edited(changes), count()), undo });
}
arrange(roster, count);
count();

back?.addEventListener('click', undo);
document.addEventListener('keydown', (event) => {
  const elsewhere = event.target.closest('input, textarea, select, [contenteditable]');

  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !elsewhere) {
    event.preventDefault();
    undo();
  }
});

/* A row's standing: what is wrong, or who did it and when */

function tell(row, text, kind, actions = []) {
  const note = document.createElement('span');

  note.className = kind;
  note.textContent = text;
  const buttons = actions.map(([label, act]) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });

    button.className = 'btn btn-sm btn-outline-secondary ms-1';
    button.addEventListener('click', act);
    return button;
  });
  const by = Object.assign(document.createElement('span'), {
    className: 'by',
    textContent: [row.dataset.by, row.dataset.at.slice(5)].filter(Boolean).join(' '),
  });

  row.querySelector('.standing').replaceChildren(note, ...buttons, ...(kind === 'done' || kind === 'todo' ? [by] : []));
}

/* Selection and sums */

function shown() {
  return [...(body?.rows || [])].filter((row) => !row.hidden);
}

function picked() {
  return shown().filter((row) => row.querySelector('.pick input')?.checked);
}

document.querySelector('#roster-all')?.addEventListener('change', ({ target }) => {
  shown().forEach((row) => (row.querySelector('.pick input').checked = target.checked));
  count();
});

let last = null;

body?.addEventListener('click', (event) => {
  const row = event.target.closest('tr');

  if (event.target.matches('.open')) {
    panel.openRow(row).catch((refusal) => tell(row, refusal.message, 'wrong'));
  } else if (event.target.matches('.pick input')) {
    event.shiftKey && pickThrough(row, event.target.checked);
    last = row;
    count();
  }
});

function pickThrough(row, checked) {
  const rows = shown();
  const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((a, b) => a - b);

  if (from >= 0) {
    rows.slice(from, to + 1).forEach((each) => (each.querySelector('.pick input').checked = checked));
  }
}

function persons(rows) {
  return rows.reduce((sum, row) => sum + Number(row.dataset.persons), 0);
}

function count() {
  const rows = [...(body?.rows || [])];
  const seen = shown();
  const chosen = picked();
  const done = rows.filter((row) => row.dataset.done === '1').length;
  const put = (id, text) => {
    const place = document.querySelector(id);
    place && (place.textContent = text);
  };
  const words = (text, of) => text?.replace('{count}', of.length).replace('{persons}', persons(of)) || '';

  put('#roster-done', done);
  document.querySelector('#roster-bar').style.width = `${rows.length ? (100 * done) / rows.length : 100}%`;
  roster.querySelector('.progress').setAttribute('aria-valuenow', done);
  put('#roster-picked', chosen.length ? words(texts.picked, chosen) : seen.length < rows.length ? words(texts.shown, seen) : '');
  many && (many.disabled = chosen.length === 0);
  back && (back.disabled = !saver.canUndo);
  sums(seen);
}

function sums(rows) {
  for (const foot of roster.querySelectorAll('tfoot [data-sum]')) {
    const values = rows.map((row) => {
      const cell = [...fieldsOf(row)].find((each) => each.dataset.field === foot.dataset.sum);
      return Number(valueOf(cell)) || 0;
    });

    foot.textContent = Number(values.reduce((sum, value) => sum + value, 0).toFixed(4)).toLocaleString('zh-CN');
    foot.title = byKey.get(foot.dataset.sum).label;
  }
}

many?.addEventListener('click', () => panel.openMany(picked()));

function applied(number) {
  const box = note(texts.applied.replace('{count}', number), 'success');
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: back.textContent });

  box.classList.add('pe-auto');
  button.className = 'btn btn-sm btn-outline-success ms-2';
  button.addEventListener('click', () => {
    undo();
    box.remove();
  });
  box.append(button);
}

roster.dataset.ready = 'true';
