/** Search, filter and sort a table that is already here. */

export function arrange(roster, changed) {
  const body = roster.querySelector('tbody');
  const search = roster.querySelector('#roster-search');
  const show = roster.querySelector('#roster-show');

  if (!body) {
    return;
  }

  const narrow = () => {
    const text = search.value.trim().toLowerCase();

    for (const row of body.rows) {
      const fits = !text || row.textContent.toLowerCase().includes(text);
      const wanted = !show.value || (show.value === 'done') === (row.dataset.done === '1');
      row.hidden = !(fits && wanted);
    }
    changed();
  };

  search.addEventListener('input', narrow);
  show.addEventListener('change', narrow);

  roster.querySelectorAll('.sort').forEach((button) => {
    button.addEventListener('click', () => sort(body, button));
  });
}

function sort(body, button) {
  const head = button.closest('th');
  const down = head.getAttribute('aria-sort') === 'ascending';
  const column = [...head.parentElement.cells].indexOf(head);
  const value =
    { persons: (row) => Number(row.dataset.persons), done: (row) => Number(row.dataset.done) }[button.dataset.sort] ||
    ((row) => row.cells[column].textContent.trim());
  const order = new Intl.Collator('zh', { numeric: true }).compare;
  const compare = (a, b) => (typeof a === 'number' ? a - b : order(a, b));

  head.parentElement.querySelectorAll('th').forEach((each) => each.removeAttribute('aria-sort'));
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');

  const rows = [...body.rows].map((row) => [value(row), row]);
  rows.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
  body.append(...rows.map(([, row]) => row));
}
