/** The board of supervisors: what is chosen in its list stays chosen when the list is asked for again. */

import './styles/board.css';

const CHOSEN = '#board .pick input:checked';
let chosen = new Set();

document.addEventListener('htmx:beforeSwap', () => {
  chosen = new Set([...document.querySelectorAll(CHOSEN)].map(named));
});

document.addEventListener('htmx:afterSwap', () => {
  for (const box of document.querySelectorAll('#board .pick input[name]')) {
    box.checked = chosen.has(named(box));
  }
});

function named(box) {
  return `${box.name} ${box.value}`;
}
