/** Rectangles of cells as spreadsheets put them on the clipboard: tabs between cells, line ends between rows, quotes. */

export function parse(text) {
  const rows = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/gy;
  let found;

  while ((found = pattern.exec(text))) {
    const [whole, quoted, plain, end] = found;

    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (whole === '' || end === '') {
      break;
    }
    if (end !== '\t') {
      rows.push([]);
    }
  }

  const last = rows.at(-1);

  return last.length === 0 || (rows.length > 1 && last.length === 1 && last[0] === '') ? rows.slice(0, -1) : rows;
}

export function write(rows) {
  const cell = (text) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  return rows.map((row) => row.map(cell).join('\t')).join('\n');
}
