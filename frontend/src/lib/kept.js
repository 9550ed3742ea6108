/**
 * Plain forms (`form[data-keep="what it is about"]`) lose nothing: what is typed stays in this tab until the server has
 * it, over a lost connection, an expired session and a reload. No form is sent twice by a second click. What one person
 * typed no other finds; of readers who do not sign in only what does not name them is kept (not `data-private`), for
 * a quarter of an hour.
 */

import { person } from './server.js';

const PREFIX = 'form ';
const SENT = 'sent form';
const OWNER = 'person';
const LOCKED = 10_000;
const NOBODYS = 15 * 60_000;

export function keepForms() {
  forgetOthers();
  const forms = [...document.querySelectorAll('form[data-keep]')];

  const refused = settle(forms);
  forms.forEach((form) => {
    restore(form, refused);
    form.addEventListener('input', () => keep(form));
  });
  document.addEventListener('submit', submitOnce);
}

/** Whoever signs in next in this tab finds nothing of the one before him. */
function forgetOthers() {
  const before = sessionStorage.getItem(OWNER);

  if (person() && before && before !== person()) {
    sessionStorage.clear();
  }
  if (person()) {
    sessionStorage.setItem(OWNER, person());
  }
}

/**
 * What was sent has arrived, unless this page says otherwise: a problem, or the form once more (one that `stays` is
 * there afterwards, too). Gives whether this page tells faults of what was sent.
 */
function settle(forms) {
  const sent = sessionStorage.getItem(SENT);
  const form = forms.find((each) => place(each) === sent);
  const again = form && document.querySelector('[aria-invalid="true"], .alert-danger:not([hidden])') !== null;

  if (sent && !document.querySelector('[data-refused]') && (!form || (form.dataset.stays && !again))) {
    sessionStorage.removeItem(sent);
  }
  sessionStorage.removeItem(SENT);
  return Boolean(again);
}

function submitOnce(event) {
  const form = event.target;

  if (form.method !== 'post' || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'true';
  window.setTimeout(() => delete form.dataset.sent, LOCKED);
  if (form.dataset.keep) {
    sessionStorage.setItem(SENT, place(form));
  }
}

function place(form) {
  return `${PREFIX}${person()} ${form.dataset.keep}`;
}

function keep(form) {
  sessionStorage.setItem(place(form), JSON.stringify({ at: Date.now(), values: read(form) }));
}

function kept(form) {
  const { at, values } = JSON.parse(sessionStorage.getItem(place(form)) || '{}');

  if (values && !person() && Date.now() - at > NOBODYS) {
    sessionStorage.removeItem(place(form));
    return null;
  }
  return values;
}

function fields(form) {
  const open = ({ type, dataset }) =>
    !['hidden', 'password', 'file', 'submit', 'button'].includes(type) && (person() || !('private' in dataset));
  const typed = (field) => field.name && open(field);

  return [...form.elements].filter((field) => typed(field) || field.name === 'once');
}

function read(form) {
  return fields(form).map(({ name, type, value, checked }) => [name, value, type === 'checkbox' || type === 'radio' ? checked : null]);
}

/** `once` comes back too, so that what was sent before its answer was lost is not done twice; but not once refused. */
function restore(form, refused) {
  const values = kept(form);

  for (const [name, value, checked] of values || []) {
    const found = fields(form).filter((field) => field.name === name && !(refused && name === 'once'));

    if (checked === null) {
      found.forEach((field) => (field.value = value));
    } else {
      found.filter((field) => field.value === value).forEach((field) => (field.checked = checked));
    }
  }
  values && refused && keep(form);
}
