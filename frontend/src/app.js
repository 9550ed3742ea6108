/** What every page loads: the look, htmx with the session's token, menus, and lists that keep themselves fresh. */

import 'bootstrap/dist/css/bootstrap.css';
import './styles/app.css';

import 'bootstrap/js/dist/collapse.js';
import htmx from 'htmx.org/dist/htmx.esm.js';

import { token } from './lib/server.js';
import { note } from './lib/notes.js';
import { keepFresh } from './lib/fresh.js';
import { keepForms } from './lib/kept.js';

document.addEventListener('htmx:configRequest', ({ detail }) => {
  detail.headers['X-CSRFToken'] = token();
});

document.addEventListener('htmx:responseError', ({ detail }) => {
  if (detail.xhr.status === 401) {
    note(document.querySelector('#notes').dataset.signedOut, 'warning');
  }
});

document.addEventListener('change', ({ target }) => {
  if (target.matches('#process')) {
    narrowSteps(target);
  }
  if (target.dataset.all) {
    const boxes = target.dataset.all.split(' ').map((name) => `[name="${name}"]`).join();
    target.form.querySelectorAll(boxes).forEach((box) => { box.checked = target.checked; });
  }
});

/** Offer only the steps of the chosen process. */
function narrowSteps(process) {
  for (const group of document.querySelectorAll('#step optgroup')) {
    group.hidden = Boolean(process.value) && group.dataset.process !== process.value;
    if (group.hidden && group.querySelector(':checked')) {
      document.querySelector('#step').value = '';
    }
  }
}

/** A box with `data-narrows` leaves of the parts that it names those in whose text it stands; groups that hold some open. */
document.addEventListener('input', ({ target }) => {
  if (target.dataset.narrows) {
    const sought = target.value.trim().toLowerCase();

    const parts = [...document.querySelectorAll(target.dataset.narrows)];

    parts.forEach((part) => { part.hidden = !part.textContent.toLowerCase().includes(sought); });
    for (const group of new Set(parts.map((part) => part.closest('details')).filter(Boolean))) {
      const found = parts.some((part) => !part.hidden && group.contains(part));

      group.hidden = !found;
      group.open = Boolean(sought) && found;
    }
  }
});

const process = document.querySelector('#process');

if (process) {
  narrowSteps(process);
}

/** What is kept under a name is what the filters say now. */
document.addEventListener('formdata', ({ target, formData }) => {
  if (target.id === 'keep') {
    new FormData(document.querySelector('#filters')).forEach((value, name) => formData.set(name, value));
  }
});

/** Filters can be kept once some are set. */
document.addEventListener('input', ({ target }) => {
  const menu = document.querySelector('#keep-menu');

  if (menu && target.form?.id === 'filters') {
    menu.hidden = ![...new FormData(target.form)].some(([name, value]) => value && name !== 'box' && name !== 'sort');
  }
});

/** "/" leads to the search, as on many sites, unless one is writing. */
document.addEventListener('keydown', (event) => {
  const box = document.querySelector('#search');
  const writing = event.target.closest('input, textarea, select, [contenteditable]');

  if (box?.offsetParent && event.key === '/' && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

keepFresh(htmx);
keepForms();
