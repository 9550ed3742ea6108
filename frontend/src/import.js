/** The report of an Excel import: what it would write is written when the person says so, all of it or nothing. */

import { once } from './lib/once.js';
import { send } from './lib/server.js';

const report = document.querySelector('#import');
const button = document.querySelector('#import-write');
const faults = document.querySelector('#import-faults');

const write = once(async () => {
  button.disabled = true;

  try {
    await send(report.dataset.rows, JSON.parse(document.querySelector('#import-rows').textContent));
    window.location.assign(report.dataset.back);
  } catch (refusal) {
    faults.textContent = [refusal.message, ...new Set(Object.values(refusal.fields).flat())].join(' ');
    faults.hidden = false;
    button.disabled = false;
  }
});

button?.addEventListener('click', () => write());
