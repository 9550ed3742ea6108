/** What a paper loads: its look, and the button that prints it. */

import 'bootstrap/dist/css/bootstrap.css';
import './styles/app.css';
import './styles/paper.css';

document.querySelector('[data-print]')?.addEventListener('click', () => window.print());
