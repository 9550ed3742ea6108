/**
 * Opens forms in the real form-js viewer, for tests that compare the browser's verdict with the server's.
 *
 * `openForm(schema, data, files)` imports a form with its data, waits until computed values have settled, submits, and
 * returns what the viewer says: warnings, the submitted data, the paths of values with errors, and the text shown.
 */

import { Form } from '@bpmn-io/form-js-viewer';

const FRAMES_TO_SETTLE = 3;

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

async function settle(form) {
  let before;

  for (let quiet = 0, rounds = 0; quiet < FRAMES_TO_SETTLE && rounds < 60; rounds++) {
    await nextFrame();
    const now = JSON.stringify(form._getState().data);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

/** The paths of the visible values that have errors, such as `members.2.cert_no`. */
function errorPaths(form) {
  const instances = form.get('formFieldInstanceRegistry').getAllKeyed();
  const validator = form.get('validator');
  const data = form._getState().data;

  const at = (path) => path.reduce((value, step) => (value == null ? value : value[step]), data);

  return instances
    .filter((instance) => validator.validateFieldInstance(instance, at(instance.valuePath)).length)
    .map((instance) => instance.valuePath.join('.'));
}

window.openForm = async function openForm(schema, data, files) {
  const container = document.createElement('div');
  document.body.append(container);

  const form = new Form({ container, debounce: false });
  const events = [];

  form.on('error', ({ error }) => events.push(String(error)));

  // before the first rendering: a file picker without its files forgets them
  form.on('import.done', () => {
    for (const id of files) {
      form.get('fileRegistry').setFiles(id, [new File(['x'], 'photo.jpg', { type: 'image/jpeg' })]);
    }
  });

  try {
    const { warnings } = await form.importSchema(schema, data);

    await settle(form);

    const result = form.submit();

    return {
      warnings: [...warnings.map(String), ...events],
      data: result.data,
      errors: errorPaths(form),
      refused: Object.keys(result.errors).length > 0,
      text: container.innerText,
    };
  } finally {
    form.destroy();
    container.remove();
  }
};
