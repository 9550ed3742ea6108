/** A form of form-js: opened, read, and told what the server found wrong. */

import { Form } from '@bpmn-io/form-js-viewer';
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '../styles/form.css';

import { TranslateModule, translateRest } from './words.js';

/** Open a form; without the default delay, which would lose the last value of a quick submit. */
export async function openForm(container, schema, data, { readOnly = false } = {}) {
  const form = new Form({ container, debounce: false, additionalModules: [TranslateModule] });

  await form.importSchema(below(schema), data);
  form.setProperty('readOnly', readOnly);

  const finish = () => {
    requestAnimationFrame(() => translateRest(container)); // a listener that returns something stops the others
  };

  form.on('changed', finish);
  finish();

  return form;
}

/** The schema with its headings a level lower: the page has the first one already. */
function below(schema) {
  const lower = (key, value) => (key === 'text' && typeof value === 'string' ? value.replace(/^(#{1,5}) /gm, '#$1 ') : value);

  return JSON.parse(JSON.stringify(schema, lower));
}

/** What was typed so far, right or wrong. */
export function typed(form) {
  return form._getState().data;
}

/** The files chosen in the form's file pickers: [id, File[]]. */
export function chosenFiles(form) {
  return [...form.get('fileRegistry').getAllFiles()];
}

/**
 * Show what the server found wrong at the fields, and return what belongs to none, as [place, message].
 * A place is a path such as `members.2.cert_no`.
 */
export function showFaults(form, fields) {
  const instances = form.get('formFieldInstanceRegistry').getAll();
  const errors = {};
  const elsewhere = [];

  for (const [place, messages] of Object.entries(fields)) {
    const instance = instances.find((each) => each.valuePath?.join('.') === place);
    const texts = [messages].flat().map(String);

    if (instance) {
      put(errors, [instance.id, ...Object.values(instance.indexes || {})], texts);
    } else {
      elsewhere.push([place, texts.join(' ')]);
    }
  }

  form._setState({ errors });

  return elsewhere;
}

function put(target, path, value) {
  const [first, ...rest] = path;

  if (rest.length) {
    put((target[first] ||= {}), rest, value);
  } else {
    target[first] = value;
  }
}

/** Bring the first field with an error into view and put the cursor there. */
export function focusFirstFault(container) {
  requestAnimationFrame(() => {
    const fault = container.querySelector('.fjs-has-errors');

    fault?.scrollIntoView({ block: 'center' });
    fault?.querySelector('input, textarea, select, [tabindex="0"]')?.focus({ preventScroll: true });
  });
}
