/** A democratic review: the server judges the meeting and counts the votes while they are typed; nothing is judged here. */

import { Refusal, send } from './lib/server.js';
import { fill, moveBetweenRows, readRow } from './lib/rows.js';

const REST = 250;
const RETRY = 10_000;
const review = document.querySelector('#review');
const texts = review.dataset;
const quorum = document.querySelector('#quorum');
const body = review.querySelector('tbody');

let timer = 0;
let asked = 0;

/** Ask when the typing rests; an answer that a later question overtook is not shown. */
function soon(question, show) {
  window.clearTimeout(timer);
  timer = window.setTimeout(async () => {
    const number = ++asked;
    const answer = await send(texts.judge, question()).catch((refusal) => refusal);

    if (number === asked) {
      answer instanceof Refusal ? trouble(answer.message) : show(answer);
    }
  }, REST);
}

function trouble(text) {
  const place = document.querySelector('#review-trouble') || quorum?.querySelector('span');

  if (place) {
    place.textContent = text;
  }
}

/* The meeting */

document.querySelector('#task').addEventListener('typed', ({ detail }) => {
  if (quorum && !body) {
    soon(() => ({ answers: detail }), showQuorum);
  }
});

function showQuorum({ quorum: found }) {
  const known = found && found.value !== null;

  quorum.classList.toggle('yes', known && found.value);
  quorum.classList.toggle('no', known && !found.value);
  quorum.querySelector('strong').textContent = known ? quorum.dataset[found.value ? 'yes' : 'no'] : '';
  quorum.querySelector('span').textContent = known ? found.reason : quorum.dataset.open;
}

/* The votes */

const unsaved = new Set();
const place = `ballots ${texts.rows}`;
const kept = JSON.parse(sessionStorage.getItem(place) || '{}');

for (const [key, { answers, stamp }] of Object.entries(kept)) {
  const row = body?.querySelector(`tr[data-key="${key}"]`);

  if (row) {
    fill(row, answers);
    unsaved.add(row);
  }
  if (row && row.dataset.stamp !== stamp) {
    row.dataset.over = stamp;
    row.dataset.changed = texts.changed.replace('{name}', row.dataset.by).replace('{at}', row.dataset.at);
    note(row, 'wrong', row.dataset.changed);
  }
}
if (body && texts.judge) {
  foresee();
}

/** Votes stay with the entry that they were typed over (`over`, where a page loaded since shows another's). */
function keep() {
  const typed = (row) => ({ answers: readRow(row), stamp: row.dataset.over ?? row.dataset.stamp });

  sessionStorage.setItem(place, JSON.stringify(Object.fromEntries([...unsaved].map((row) => [row.dataset.key, typed(row)]))));
}

body?.addEventListener('input', ({ target }) => {
  unsaved.add(target.closest('tr'));
  keep();
  foresee();
});
body?.addEventListener('change', ({ target }) => save(target.closest('tr')));
body?.addEventListener('keydown', (event) => moveBetweenRows(event, body));

function foresee() {
  soon(() => ({ rows: [...unsaved].filter(counted).map(sent) }), showSheet);
}

/** Whether enough is typed for the row to be judged: one number at least; which are needed the form says. */
function counted(row) {
  return [...row.querySelectorAll('[data-kind="number"]')].some((field) => field.value !== '' && field.value !== field.defaultValue);
}

function sent(row) {
  return { case: row.dataset.key, ...readRow(row) };
}

/* Saves go one after another: each names the entry it saw, and the one before may just have made it. */
let saving = Promise.resolve();

function save(row) {
  saving = saving.then(() => store(row));
}

async function store(row) {
  const answers = JSON.stringify(sent(row));

  try {
    const seen = { [row.dataset.key]: row.dataset.stamp || null };
    const { rows } = await send(texts.rows, { rows: [JSON.parse(answers)], seen });

    row.dataset.stamp = rows[0].stamp;
    delete row.dataset.changed;
    delete row.dataset.over;
    if (answers === JSON.stringify(sent(row))) {
      unsaved.delete(row);
    }
    keep();
  } catch (refusal) {
    row.dataset.changed = [refusal.fields['rows.0.case'] || []].flat().join(' ');

    if (!Object.keys(refusal.fields).length) {
      trouble(refusal.message);
    }
    if (refusal.status === 0 || refusal.status === 401 || refusal.status >= 500) {
      window.setTimeout(() => unsaved.has(row) && save(row), RETRY);
    }
  }
  foresee();
}

function showSheet({ lines, sums, trouble: why }) {
  for (const [key, line] of Object.entries(lines)) {
    const row = body.querySelector(`tr[data-key="${key}"]`);

    tell(row, line);
    if (row.querySelector('.rank')) {
      row.querySelector('.rank').textContent = line.listed === null ? '' : line.rank;
      row.querySelector('.place').textContent = line.listed === null ? '' : line.listed ? texts.listed : texts.waiting;
    }
  }
  for (const [name, [households, persons]] of Object.entries(sums)) {
    const sum = review.querySelector(`[data-sum="${name}"]`);

    if (sum) {
      sum.querySelector('[data-part="households"]').textContent = households;
      sum.querySelector('[data-part="persons"]').textContent = persons;
    }
  }
  trouble(why);
}

/** The result of a row, or what is wrong with it: gaps are told once the reader has left the row. */
function tell(row, { passed, wrong }) {
  const here = row.contains(document.activeElement);
  const places = Object.keys(wrong);
  const changed = row.dataset.changed;
  const faulty = Boolean(changed) || (places.length > 0 && !here);
  const result = passed === null ? texts.todo : passed ? texts.passed : texts.failed;

  note(
    row,
    faulty || passed === false ? 'wrong' : passed ? 'done' : 'todo',
    faulty ? changed || Object.values(wrong).flat().join(' ') : result,
  );

  for (const field of row.querySelectorAll('[data-field]')) {
    field.classList.toggle('is-invalid', faulty && places.includes(field.dataset.field));
  }
}

function note(row, kind, text) {
  const shown = document.createElement('span');

  shown.className = kind;
  shown.textContent = text;
  row.querySelector('.standing').replaceChildren(shown);
}

review.dataset.ready = 'true';
