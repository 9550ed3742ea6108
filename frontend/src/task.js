/** The page of a task: the form, its draft, completion, and word of what others do meanwhile. */

import { chosenFiles, focusFirstFault, openForm, showFaults, typed } from './lib/form.js';
import { Draft } from './lib/drafts.js';
import { get, send, upload } from './lib/server.js';
import { once } from './lib/once.js';

const PERIOD = 15_000;
const page = document.querySelector('#task');
const summary = document.querySelector('#faults');
const button = document.querySelector('#complete');
const state = document.querySelector('#draft-state');
const { schema, data } = JSON.parse(document.querySelector('#form-data')?.textContent || '{}');

let form = null;
let draft = null;

async function start() {
  if (schema) {
    const kept = page.dataset.draft ? Draft.kept(page.dataset.draft) : null;
    form = await openForm(document.querySelector('#form'), schema, { ...data, ...kept }, { readOnly: !button });

    if (button && page.dataset.draft) {
      draft = new Draft(page.dataset.draft, () => typed(form), tellDraft);
      if (kept) {
        draft.changed();
      }
      watch();
    }
  }

  button?.addEventListener('click', () => complete().catch(refused));
  page.dataset.ready = 'true';

  if (page.dataset.state) {
    window.setInterval(lookAround, PERIOD);
  }
}

/** The form has settled after the first frames; from then on a change is something typed. */
function watch() {
  let before = JSON.stringify(typed(form));

  form.on('changed', () => {
    const now = JSON.stringify(typed(form));

    if (now !== before) {
      before = now;
      draft.changed();
      page.dispatchEvent(new CustomEvent('typed', { detail: typed(form) }));
    }
  });
}

function tellDraft(what, more) {
  const texts = state.dataset;

  state.className = what === 'failed' ? 'text-danger' : 'text-body-secondary';
  state.textContent =
    what === 'saving' ? texts.saving : what === 'saved' ? `${texts.saved} ${clock(more)}` : `${texts.failed} ${more.message}`;
}

function clock(instant) {
  return new Date(instant).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });
}

const complete = once(async (key) => {
  summary.hidden = true;
  let answers = {};

  if (form) {
    const result = form.submit();

    if (Object.keys(result.errors).length) {
      tell([], summary.dataset.here);
      focusFirstFault(document.querySelector('#form'));
      return;
    }
    answers = result.data;
  }

  button.disabled = true;

  try {
    await upload(page.dataset.files, form ? chosenFiles(form) : [], answers);
    const { next } = await send(page.dataset.complete, answers, { key });
    draft?.forget();
    window.location.assign(next);
  } finally {
    button.disabled = false;
  }
});

function refused(refusal) {
  const elsewhere = form ? showFaults(form, refusal.fields) : Object.entries(refusal.fields);

  tell(elsewhere, refusal.message);

  if (refusal.status === 409) {
    draft?.save();
  }
  if (form && Object.keys(refusal.fields).length > elsewhere.length) {
    focusFirstFault(document.querySelector('#form'));
  }
}

function tell(faults, title) {
  const list = document.createElement('ul');

  faults.forEach(([place, text]) => {
    const item = document.createElement('li');
    item.textContent = `${place}: ${text}`;
    list.append(item);
  });

  summary.replaceChildren(Object.assign(document.createElement('p'), { textContent: title, className: 'mb-0' }));
  if (faults.length) {
    summary.append(list);
  }
  summary.hidden = false;
  summary.scrollIntoView({ block: 'nearest' });
}

/** Ask whether somebody else took or completed the task. */
async function lookAround() {
  if (document.visibilityState !== 'visible') {
    return;
  }

  const now = await get(page.dataset.state).catch(() => null);

  if (now && (now.state !== page.dataset.was || (now.assignee || '') !== page.dataset.assignee)) {
    const banner = document.querySelector('#meanwhile');

    banner.querySelector('span').textContent = now.text || banner.dataset.changed;
    banner.hidden = false;
  }
}

start();
