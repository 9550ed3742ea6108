/** Show a short message in a corner; the same message is shown once at a time. */
export function note(text, kind = 'info', stay = false) {
  const corner = document.querySelector('#notes');
  const shown = [...corner.children].find((each) => each.dataset.text === text);

  if (shown) {
    return shown;
  }

  const box = document.createElement('div');
  box.className = `alert alert-${kind} shadow-sm mb-2`;
  box.dataset.text = text;
  box.setAttribute('role', kind === 'danger' ? 'alert' : 'status');
  box.textContent = text;
  corner.append(box);

  if (!stay) {
    window.setTimeout(() => box.remove(), 8000);
  }

  return box;
}
