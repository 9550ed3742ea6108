/** The board of supervisors. */

import './styles/board.css';
