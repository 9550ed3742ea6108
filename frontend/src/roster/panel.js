/** The side panel of a roster: the form of one row with the ones before and after it, or of many rows at once. */

import Offcanvas from 'bootstrap/js/dist/offcanvas.js';

import { focusFirstFault, openForm, showFaults, typed } from '../lib/form.js';
import { get, upload } from '../lib/server.js';
import { chosenFiles } from '../lib/form.js';

export class Panel {
  /** `shown()` gives the rows in their order, `applied(count)` is told that many rows were filled in. */
  constructor({ saver, schema, texts, shown, applied }) {
    Object.assign(this, { saver, schema, texts, shown, applied });
    this.box = document.querySelector('#panel');
    this.faults = document.querySelector('#panel-faults');
    this.save = document.querySelector('#panel-save');
    this.canvas = Offcanvas.getOrCreateInstance(this.box);
    this.opened = [];
    this.form = null;
    this.listen();
  }

  listen() {
    const on = (id, act) => document.querySelector(id)?.addEventListener('click', act);

    on('#panel-save', () => this.finish());
    on('#panel-next', () => this.saveAndGoOn());
    on('#panel-before', () => this.step(-1));
    on('#panel-after', () => this.step(1));
    this.box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.target.blur();
        this.saveAndGoOn();
      } else if (event.altKey && ['PageUp', 'PageDown'].includes(event.key)) {
        event.preventDefault();
        this.step(event.key === 'PageUp' ? -1 : 1);
      }
    });
    this.box.addEventListener('shown.bs.offcanvas', () => {
      this.focusFirst();
      this.box.dataset.ready = 'true';
    });
    this.box.addEventListener('hidden.bs.offcanvas', () => {
      delete this.box.dataset.ready;
      this.opened[0]?.querySelector('.open')?.focus();
    });
  }

  focusFirst() {
    this.box.querySelector('#panel-form :is(input, textarea, select)')?.focus();
  }

  /** Open the form of one row. Raises Refusal. */
  async openRow(row) {
    const { data, row: now, files } = await get(`${this.texts.rows}/${row.dataset.key}`);
    const title = this.texts.title.replace('{name}', row.dataset.name).replace('{code}', row.dataset.code);

    row.dataset.stamp = this.saver.unsaved[row.dataset.key] ? row.dataset.stamp : now.stamp || '';
    await this.show([row], { ...data, ...this.saver.unsaved[row.dataset.key]?.answers }, title);
    document.querySelector('#panel-entry').textContent = now.by
      ? this.texts.entered.replace('{name}', now.by).replace('{at}', now.at)
      : '';
    this.list(files);
  }

  openMany(rows) {
    return this.show(rows, {}, this.texts.many.replace('{count}', rows.length));
  }

  async show(rows, data, title) {
    const alone = rows.length === 1;

    this.form?.destroy();
    this.opened = rows;
    this.faults.hidden = true;
    document.querySelector('#panel-title').textContent = title;
    document.querySelector('#panel-entry').textContent = '';
    document.querySelector('#panel-steps').toggleAttribute('hidden', !alone);
    document.querySelector('#panel-next')?.toggleAttribute('hidden', !alone);
    this.list([]);
    if (this.save) {
      this.askAgain();
    }

    this.form = await openForm(document.querySelector('#panel-form'), this.schema, data, { readOnly: !this.save });
    this.canvas.show();

    let before = JSON.stringify(typed(this.form));

    this.form.on('changed', () => {
      const now = JSON.stringify(typed(this.form));

      if (now !== before) {
        before = now;
        alone ? this.saver.keep(rows[0].dataset.key, typed(this.form)) : this.askAgain();
      }
    });
  }

  list(files) {
    const items = files.map(({ name, link }) => {
      const item = document.createElement('li');

      item.append(Object.assign(document.createElement('a'), { href: link, textContent: name }));
      return item;
    });

    document.querySelector('#panel-files').replaceChildren(...items);
  }

  /** Save what is open; false where something is wrong. */
  async saveOpened() {
    const { data, errors } = this.form.submit();

    if (Object.keys(errors).length) {
      this.say(this.faults.dataset.here);
      focusFirstFault(this.box);
      return false;
    }
    if (this.opened.length > 1 && !this.confirmed) {
      this.ask();
      return false;
    }

    try {
      await upload(this.texts.files, chosenFiles(this.form), data);
      await this.saver.saveWhole(this.opened, data);
      return true;
    } catch (refusal) {
      this.explain(refusal);
      return false;
    }
  }

  /** Many rows at once: say first how many, and what would be overwritten. */
  ask() {
    const sure = document.querySelector('#panel-sure');
    const filled = this.opened.filter((row) => row.dataset.stamp).length;

    sure.textContent = sure.dataset.text.replace('{count}', this.opened.length).replace('{filled}', filled);
    sure.hidden = false;
    this.confirmed = true;
    this.save.textContent = this.save.dataset.apply.replace('{count}', this.opened.length);
    sure.scrollIntoView({ block: 'nearest' });
  }

  askAgain() {
    document.querySelector('#panel-sure').hidden = true;
    this.confirmed = false;
    this.save.textContent = this.save.dataset.save;
  }

  /** One row: at the fields of the form. Many rows: at the rows, since each may lack something else. */
  explain(refusal) {
    if (this.opened.length > 1 && Object.keys(refusal.fields).length) {
      this.saver.refuse(this.opened, refusal.fields, '');
      this.say(refusal.message);
      return;
    }
    const fields = Object.fromEntries(
      Object.entries(refusal.fields).map(([where, text]) => [where.replace(/^rows\.0\./, ''), text]),
    );

    if (fields.case) {
      this.saver.dispute(this.opened[0], fields.case);
      this.say(`${fields.case} ${this.texts.choose}`);
      return;
    }
    const elsewhere = showFaults(this.form, fields).map(([path, text]) => `${path}: ${text}`);

    this.say([refusal.message, ...elsewhere].join(' '));
    focusFirstFault(this.box);
  }

  say(text) {
    this.faults.textContent = text;
    this.faults.hidden = false;
  }

  async finish() {
    const { opened } = this;

    if (await this.saveOpened()) {
      this.canvas.hide();
      opened.length > 1 && this.applied(opened.length);
    }
  }

  async saveAndGoOn() {
    const rows = this.shown();
    const at = rows.indexOf(this.opened[0]);
    const next = [...rows.slice(at + 1), ...rows.slice(0, at)].find((row) => row.dataset.done !== '1');

    if (this.opened.length > 1) {
      await this.finish();
    } else if (await this.saveOpened()) {
      if (next) {
        await this.openRow(next);
        this.focusFirst();
      } else {
        this.canvas.hide();
      }
    }
  }

  /** To the row before or after; what was typed and not saved stays with its row. */
  async step(by) {
    const rows = this.shown();
    const next = rows[rows.indexOf(this.opened[0]) + by];

    if (next && this.opened.length === 1) {
      await this.openRow(next).catch((refusal) => this.say(refusal.message));
      this.focusFirst();
    }
  }
}
