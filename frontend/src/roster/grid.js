/**
 * A table that is used like a spreadsheet. One cell at a time has a field. As long as nothing is typed in it, the arrows
 * move between cells and typing replaces what stands there; F2 or a double click edits it, Escape restores it.
 */

import { byKey, put, valueOf, wording } from './cells.js';
import { parse, write } from './clipboard.js';
import { openEditor } from './editor.js';

const PAGE = 15;

export class Grid {
  /** `change` is told of changes as [[row, Map(field, value before)]]; `undo` is asked to take the last one back. */
  constructor(table, { change, undo }) {
    this.table = table;
    this.body = table.tBodies[0];
    this.change = change;
    this.undo = undo;
    this.editor = null;
    this.anchor = null;

    this.body.addEventListener('pointerdown', (event) => this.press(event));
    this.body.addEventListener('dblclick', () => this.edit());
    this.body.addEventListener('focusin', ({ target }) => target.matches('.cell.open-to') && this.enter(target));
    this.body.addEventListener('focusout', ({ relatedTarget }) => {
      // in another window, such as a spreadsheet to copy from, one has not left the cell
      if (this.editor && document.hasFocus() && relatedTarget !== this.editor.field) {
        this.leave();
      }
    });
    this.body.addEventListener('keydown', (event) => this.editor && this.key(event));
    this.body.addEventListener('change', ({ target }) => target.matches('.cell select, .cell [type=checkbox]') && this.commit());
    this.body.addEventListener('copy', (event) => this.copy(event));
    this.body.addEventListener('paste', (event) => this.paste(event));
    this.makeReachable();
    this.fix();
    window.addEventListener('resize', () => this.fix());
  }

  /** Keep the widths of columns as they are: thousands of rows need not be measured again for each field. */
  fix() {
    const heads = [...this.table.tHead.rows[0].cells];

    this.table.style.tableLayout = '';
    heads.forEach((head) => (head.style.width = ''));
    const widths = heads.map((head) => head.getBoundingClientRect().width);
    heads.forEach((head, at) => (head.style.width = `${widths[at]}px`));
    this.table.style.tableLayout = 'fixed';
  }

  /** One cell is reached with Tab: the first that can be filled in. */
  makeReachable() {
    const first = this.body.querySelector('tr:not([hidden]) .cell.open-to');

    first && (first.tabIndex = 0);
  }

  rows() {
    return [...this.body.rows].filter((row) => !row.hidden);
  }

  cells(row) {
    return [...row.querySelectorAll('.cell.open-to')];
  }

  /* Coming and going */

  press(event) {
    const cell = event.target.closest('.cell.open-to');

    if (!cell || cell.editor || event.button) {
      return;
    }
    event.preventDefault();
    if (event.shiftKey && this.editor) {
      this.extend(cell);
    } else {
      this.enter(cell);
    }
  }

  enter(cell, anchor = cell) {
    if (this.editor?.cell !== cell) {
      this.leave();
      const row = cell.parentElement;

      this.editor = openEditor(cell, `${byKey.get(cell.dataset.field).label}, ${row.dataset.name}`);
      cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    this.anchor = anchor;
    this.mark();
  }

  leave() {
    const editor = this.editor;

    if (!editor) {
      return;
    }
    this.editor = null; // closing moves the focus
    this.settle(editor.cell, editor.before, editor.close());
    this.anchor = null;
    this.mark();
  }

  /** Take over what stands in the field and stay there. */
  commit() {
    const { cell, before } = this.editor;
    const value = this.editor.read();

    this.editor.before = value;
    this.editor.typing = false;
    cell.dataset.value = value === null ? '' : JSON.stringify(value);
    this.settle(cell, before, value);
  }

  settle(cell, before, value) {
    if (JSON.stringify(before) !== JSON.stringify(value) && !(before === null && value === false)) {
      this.change([[cell.parentElement, new Map([[cell.dataset.field, before]])]]);
    }
  }

  edit() {
    if (this.editor) {
      const { field, column } = this.editor;

      this.editor.typing = true;
      column.kind === 'choice' ? openList(field) : field.setSelectionRange?.(field.value.length, field.value.length);
    }
  }

  /* Moving */

  key(event) {
    const { key, ctrlKey, metaKey, shiftKey, altKey, isComposing } = event;
    const { editor } = this;
    const control = ctrlKey || metaKey;
    const act = this.command(key, control, shiftKey, altKey);

    if (isComposing || !act) {
      this.pick(event);
      return;
    }
    if (act(editor) !== false) {
      event.preventDefault();
    }
  }

  command(key, control, shift, alt) {
    const { typing, column } = this.editor;

    if (key === 'Escape') {
      return (editor) => {
        editor.restore();
        editor.typing = false;
        editor.field.select?.();
        this.anchor = editor.cell;
        this.mark();
      };
    }
    if (key === 'Enter' && !alt && !control) {
      return () => this.move(shift ? -1 : 1, 0, false, false);
    }
    if (key === 'Tab') {
      return () => this.tab(shift ? -1 : 1);
    }
    if (key === 'F2') {
      return () => this.edit();
    }
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];

    if (steps && !alt && !(typing && (steps[1] || !['number', 'textfield'].includes(column.kind)))) {
      return () => this.move(...steps, control, shift);
    }
    if (typing) {
      return null;
    }
    return {
      Home: () => this.jump(control ? 0 : null, 0),
      End: () => this.jump(control ? -1 : null, -1),
      PageDown: () => this.move(PAGE, 0, false, shift),
      PageUp: () => this.move(-PAGE, 0, false, shift),
      Delete: () => this.assign(this.range(), () => null),
      d: control && (() => this.fillDown()),
      z: control && (() => this.undo()),
    }[key.length === 1 ? key.toLowerCase() : key];
  }

  /** A digit picks the n-th of a list. */
  pick(event) {
    const { column, field, typing } = this.editor;
    const number = Number(event.key);

    if (column.kind === 'choice' && !typing && number >= 1 && number <= column.options.length && !event.ctrlKey) {
      event.preventDefault();
      field.value = JSON.stringify(column.options[number - 1][0]);
      this.commit();
    }
  }

  move(down, right, far, extending) {
    const rows = this.rows();
    const row = this.editor.cell.parentElement;
    const cells = this.cells(row);
    const clamp = (at, length) => Math.max(0, Math.min(length - 1, at));
    const next = rows[clamp(far && down ? down * Infinity : rows.indexOf(row) + down, rows.length)];
    const column = clamp(far && right ? right * Infinity : cells.indexOf(this.editor.cell) + right, cells.length);
    const cell = this.cells(next)[column];

    extending ? this.enter(cell, this.anchor) : this.enter(cell);
  }

  jump(rowAt, column) {
    const row = rowAt === null ? this.editor.cell.parentElement : this.rows().at(rowAt);

    this.enter(this.cells(row).at(column));
  }

  /** To the next cell, over the end of a row; from the last one out of the table. */
  tab(step) {
    const cells = this.rows().flatMap((row) => this.cells(row));
    const next = cells[cells.indexOf(this.editor.cell) + step];

    if (!next) {
      return false;
    }
    this.enter(next);
    return true;
  }

  /* Ranges */

  extend(cell) {
    this.enter(cell, this.anchor || this.editor.cell);
  }

  /** The cells between the anchor and the present one, by rows. */
  range() {
    const rows = this.rows();
    const corner = (cell) => [rows.indexOf(cell.parentElement), this.cells(cell.parentElement).indexOf(cell)];
    const [one, two] = [corner(this.editor.cell), corner(this.anchor || this.editor.cell)];
    const [top, bottom] = [one[0], two[0]].sort((a, b) => a - b);
    const [left, right] = [one[1], two[1]].sort((a, b) => a - b);

    return rows.slice(top, bottom + 1).map((row) => this.cells(row).slice(left, right + 1));
  }

  mark() {
    this.body.querySelectorAll('.in-range').forEach((cell) => cell.classList.remove('in-range'));
    if (this.editor && this.anchor !== this.editor.cell) {
      this.range().flat().forEach((cell) => cell.classList.add('in-range'));
    }
  }

  /** Give cells new values, `value(row number, column number)`, as one change. */
  assign(block, value) {
    const changes = new Map();

    block.forEach((cells, down) =>
      cells.forEach((cell, right) => {
        const before = valueOf(cell);
        const after = value(down, right) ?? null;

        if (JSON.stringify(before) !== JSON.stringify(after)) {
          const row = cell.parentElement;

          put(cell, after, wording(byKey.get(cell.dataset.field), after));
          changes.has(row) || changes.set(row, new Map());
          changes.get(row).set(cell.dataset.field, before);
        }
      }),
    );
    if (this.editor) {
      this.editor.before = valueOf(this.editor.cell);
      this.editor.typing = false;
      this.editor.field.select?.();
    }
    if (changes.size) {
      this.change([...changes]);
    }
  }

  /** The first row of the range into the rest of it; of a single cell, what stands above it. */
  fillDown() {
    const block = this.range();

    if (block.length > 1) {
      const first = block[0].map(valueOf);
      this.assign(block.slice(1), (_down, right) => first[right]);
      return;
    }
    const rows = this.rows();
    const above = rows[rows.indexOf(this.editor.cell.parentElement) - 1];

    if (above) {
      const columns = this.cells(this.editor.cell.parentElement);
      this.assign(block, (_down, right) => valueOf(this.cells(above)[columns.indexOf(block[0][right])]));
    }
  }

  copy(event) {
    if (this.editor && !this.editor.typing) {
      const text = (cell) => wording(byKey.get(cell.dataset.field), valueOf(cell));

      event.clipboardData.setData('text/plain', write(this.range().map((cells) => cells.map(text))));
      event.preventDefault();
    }
  }

  /** A block goes where the present cell is; a single value goes into the whole range. */
  paste(event) {
    const block = parse(event.clipboardData.getData('text/plain'));
    const single = block.length === 1 && block[0].length === 1;

    if (!this.editor || (this.editor.typing && single) || !block.length) {
      return;
    }
    event.preventDefault();
    if (single) {
      this.assign(this.range(), () => block[0][0].trim() || null);
      return;
    }
    const rows = this.rows();
    const corner = this.range()[0][0];
    const top = rows.indexOf(corner.parentElement);
    const left = this.cells(corner.parentElement).indexOf(corner);
    const width = Math.max(...block.map((row) => row.length));
    const target = rows.slice(top, top + block.length).map((row) => this.cells(row).slice(left, left + width));

    this.assign(target, (down, right) => (block[down][right] ?? '').trim() || null);
  }
}

function openList(select) {
  try {
    select.showPicker();
  } catch {
    // not allowed now: the list opens with Alt+Down
  }
}
