/**
 * Rows on their way to the server, one request at a time, so that answers cannot overtake each other. What is not saved
 * yet stays in this tab. What somebody else changed meanwhile is shown, and the person decides.
 */

import { get, send } from '../lib/server.js';
import { answersOf, byKey, cellOf, fieldsOf, fill, put, valueOf } from './cells.js';

const RETRY = 10_000;
const FRESH = 15_000;
const MOST = 500;

export class Saver {
  /** `tell(row, text, kind, actions)` shows a row's standing; `changed()` is told when rows are as the server has them. */
  constructor(body, texts, tell, changed) {
    Object.assign(this, { body, texts, tell, changed });
    this.place = `entries ${texts.rows}`;
    this.unsaved = JSON.parse(sessionStorage.getItem(this.place) || '{}');
    this.waiting = new Map();
    this.groups = [];
    this.since = texts.now;
    this.rows = new Map([...(body?.rows || [])].map((row) => [row.dataset.key, row]));
    this.showUnsaved();
    window.setInterval(() => this.look(), FRESH);
    document.addEventListener('visibilitychange', () => this.look());
  }

  /* What is not saved yet */

  showUnsaved() {
    for (const [key, { answers, stamp }] of Object.entries(this.unsaved)) {
      const row = this.rows.get(key);

      if (row) {
        show(row, answers);
        this.tell(row, this.texts.unsaved, 'wrong');
      }
      if (row && row.dataset.stamp !== stamp) {
        row.dataset.stamp = stamp;
        this.dispute(row, this.meanwhile(row.dataset));
      }
    }
  }

  meanwhile({ by, at }) {
    return this.texts.changed.replace('{name}', by).replace('{at}', at);
  }

  /** What is typed, with the entry that it was typed over: the page may be loaded anew, with another's entry. */
  keep(key, answers) {
    if (answers) {
      this.unsaved[key] = { answers, stamp: this.rows.get(key).dataset.stamp };
    } else {
      delete this.unsaved[key];
    }
    sessionStorage.setItem(this.place, JSON.stringify(this.unsaved));
  }

  /* Saving */

  /** The cells of rows changed; `changes` are [row, Map(field, value before)]. */
  edited(changes) {
    this.remember(changes.map(([row, before]) => [row.dataset.key, { cells: before, stamp: row.dataset.stamp }]));
    changes.forEach(([row]) => this.queue(row));
  }

  queue(row) {
    this.keep(row.dataset.key, answersOf(row));
    this.tell(row, this.texts.saving, '');
    this.waiting.set(row.dataset.key, row);
    this.flush();
  }

  async flush() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    await Promise.resolve(); // what comes together goes together

    while (this.waiting.size) {
      const rows = [...this.waiting.values()].slice(0, MOST);

      rows.forEach((row) => this.waiting.delete(row.dataset.key));
      await this.sendRows(rows);
    }
    this.busy = false;
  }

  async sendRows(rows) {
    const given = rows.map((row) => ({ case: row.dataset.key, ...answersOf(row) }));

    try {
      const answer = await send(this.texts.rows, { rows: given, seen: seen(rows), merge: true, partly: true });

      this.settled(answer.rows);
      this.refuse(rows, answer.fields, '');
    } catch (refusal) {
      this.refuse(rows, refusal.fields, refusal.message);
      if (refusal.status === 0 || refusal.status === 401 || refusal.status >= 500) {
        window.setTimeout(() => rows.forEach((row) => this.queue(row)), RETRY);
      }
    }
  }

  /** Save rows by their whole forms, all or none; gives the rows as they were. Raises Refusal. */
  async saveWhole(rows, answers, remembered = true) {
    const given = rows.map((row, at) => ({ case: row.dataset.key, ...(Array.isArray(answers) ? answers[at] : answers) }));
    const answer = await send(this.texts.rows, { rows: given, seen: seen(rows) });

    if (remembered) {
      this.remember(answer.rows.map(({ key, before }) => [key, { whole: before }]));
    }
    this.settled(answer.rows);
  }

  /** The server has rows: show them as they are now, unless something newer is on its way. */
  settled(found) {
    for (const each of found) {
      const row = this.rows.get(each.key);

      if (!row) {
        continue;
      }
      if (this.waiting.has(each.key)) {
        row.dataset.stamp = each.stamp || '';
        this.keep(each.key, this.unsaved[each.key]?.answers);
        continue;
      }
      this.keep(each.key, null);
      fill(row, each);
      this.standing(row);
    }
    this.changed();
  }

  standing(row) {
    const done = row.dataset.done === '1';

    this.tell(row, done ? this.texts.done : this.texts.todo, done ? 'done' : 'todo');
  }

  /* What is wrong */

  /** Say at each row what is wrong with it; `rows.<number>.<path>` is the n-th row sent. */
  refuse(rows, fields, message) {
    const found = new Map(message ? rows.map((row) => [row, []]) : []);

    for (const [where, text] of Object.entries(fields || {})) {
      const [, number, path] = where.match(/^rows\.(\d+)\.(.*)$/) || [];
      const row = rows[number];

      if (row) {
        found.has(row) || found.set(row, []);
        found.get(row).push([path, [text].flat().join(' ')]);
      }
    }
    for (const [row, faults] of found) {
      this.waiting.has(row.dataset.key) || this.fault(row, faults, message);
    }
  }

  fault(row, faults, message) {
    const other = faults.find(([path]) => path === 'case');

    if (other) {
      this.dispute(row, other[1]);
      return;
    }
    const byField = new Map(faults);
    const wrong = faults.some(([path]) => !byKey.has(path) || valueOf(cellOf(row, path)) !== null);

    for (const cell of fieldsOf(row)) {
      const text = byField.get(cell.dataset.field);

      cell.classList.toggle('is-invalid', text !== undefined);
      text === undefined ? cell.removeAttribute('title') : (cell.title = text);
    }
    const named = faults.map(([path, text]) => (byKey.has(path) ? `${byKey.get(path).label}：${text}` : text));

    this.tell(row, named.join(' ') || message, wrong || !faults.length || row.dataset.stamp ? 'wrong' : 'todo');
  }

  /** Somebody else changed a row: show it, and let the person choose. */
  async dispute(row, message) {
    const theirs = await get(`${this.texts.rows}/${row.dataset.key}`).catch(() => null);

    if (!theirs) {
      this.tell(row, message, 'wrong');
      return;
    }
    const { cells, stamp } = theirs.row;
    const values = Object.values(cells).map(({ text }) => text).filter(Boolean).join('、');

    this.tell(row, values ? `${message}：${values}` : message, 'wrong', [
      [this.texts.theirs, () => this.take(row, theirs.row)],
      [this.texts.mine, () => {
        row.dataset.stamp = stamp || '';
        this.queue(row);
      }],
    ]);
  }

  take(row, theirs) {
    this.keep(row.dataset.key, null);
    fill(row, theirs);
    this.standing(row);
    this.changed();
  }

  /** Rows that others changed since the last look. */
  async look() {
    if (document.visibilityState !== 'visible' || this.busy || !this.rows.size) {
      return;
    }
    const found = await get(`${this.texts.rows}?since=${encodeURIComponent(this.since)}`).catch(() => null);

    if (!found) {
      return;
    }
    this.since = found.now;

    for (const each of found.rows) {
      const row = this.rows.get(each.key);

      if (!row || (each.stamp || '') === row.dataset.stamp || this.waiting.has(each.key)) {
        continue;
      }
      if (this.unsaved[each.key] || row.querySelector('.cell input, .cell select, .cell textarea')) {
        this.dispute(row, this.meanwhile(each));
      } else {
        this.take(row, each);
        row.classList.add('fresh');
      }
    }
  }

  /* Going back */

  remember(group) {
    this.groups.push(new Map(group));
  }

  get canUndo() {
    return this.groups.length > 0;
  }

  /** Take the last change back: rows that had no answers lose them again. */
  async undo() {
    const group = this.groups.pop();

    if (!group) {
      return;
    }
    const rows = [...group].map(([key, before]) => [this.rows.get(key), before]).filter(([row]) => row);
    const clear = rows.filter(([row, { whole, stamp }]) => (whole === null || stamp === '') && row.dataset.stamp);
    const whole = rows.filter(([, before]) => before.whole);

    try {
      if (clear.length) {
        const cleared = clear.map(([row]) => row);
        const answer = await send(this.texts.rows, { rows: [], clear: cleared.map((row) => row.dataset.key), seen: seen(cleared) });

        this.settled(answer.rows);
      }
      if (whole.length) {
        await this.saveWhole(whole.map(([row]) => row), whole.map(([, before]) => before.whole), false);
      }
    } catch (refusal) {
      rows.forEach(([row]) => this.tell(row, refusal.fields['rows.0.case'] || refusal.message, 'wrong'));
      return;
    }
    for (const [row, { cells }] of rows) {
      cells?.forEach((value, field) => put(cellOf(row, field), value));
      if (cells && Object.values(answersOf(row)).some((value) => value !== null)) {
        this.queue(row);
      } else if (cells) {
        this.keep(row.dataset.key, null);
      }
    }
  }
}

function seen(rows) {
  return Object.fromEntries(rows.map((row) => [row.dataset.key, row.dataset.stamp || null]));
}

function show(row, answers) {
  for (const [key, value] of Object.entries(answers)) {
    const cell = cellOf(row, key);

    cell && put(cell, value);
  }
}
