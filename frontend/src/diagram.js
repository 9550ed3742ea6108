/** A diagram with "you are here", loaded when it comes into view. */

import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './styles/diagram.css';

import { TranslateModule } from './lib/words.js';

const COLOURS = {
  defaultFillColor: 'var(--paper)',
  defaultStrokeColor: 'var(--stroke)',
  defaultLabelColor: 'var(--bs-body-color)',
};

const MARGIN = 20;

async function draw(container) {
  const response = await fetch(container.dataset.source);

  if (!response.ok) {
    return;
  }

  const xml = await response.text();

  if (!xml.includes('BPMNDiagram')) {
    container.hidden = true; // a file without a drawing may be deployed, too

    return;
  }

  const viewer = new NavigatedViewer({ container, bpmnRenderer: COLOURS, additionalModules: [TranslateModule] });

  await viewer.importXML(xml);
  mark(viewer, container);
  count(viewer, JSON.parse(container.dataset.here));
  heat(viewer, JSON.parse(container.dataset.heat || '{}'));
  show(viewer, Object.keys(JSON.parse(container.dataset.here)), container.dataset.process);
  container.dataset.drawn = 'true';
}

function mark(viewer, { dataset }) {
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');

  const marks = {
    passed: JSON.parse(dataset.passed),
    here: Object.keys(JSON.parse(dataset.here)),
    failed: JSON.parse(dataset.failed || '[]'),
  };

  for (const [marker, ids] of Object.entries(marks)) {
    ids.filter((id) => known.get(id)).forEach((id) => canvas.addMarker(id, marker));
  }
}

/** Tell how many tokens are in an element where it is more than one. */
function count(viewer, tokens) {
  const known = viewer.get('elementRegistry');

  for (const [id, number] of Object.entries(tokens)) {
    if (number > 1 && known.get(id)) {
      const html = Object.assign(document.createElement('span'), { className: 'tokens', textContent: number });
      viewer.get('overlays').add(id, { position: { top: -12, right: 12 }, html });
    }
  }
}

/** Colour steps by their shade and write their number beside them. */
function heat(viewer, shades) {
  const known = viewer.get('elementRegistry');

  for (const [id, { shade, text }] of Object.entries(shades)) {
    if (known.get(id)) {
      const html = Object.assign(document.createElement('span'), { className: 'tokens', textContent: text });
      viewer.get('canvas').addMarker(id, `heat-${shade}`);
      viewer.get('overlays').add(id, { position: { top: -12, right: 12 }, scale: false, html });
    }
  }
}

/** Show the place at a readable size; without a place the pool of the process, or the whole drawing. */
function show(viewer, here, process) {
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  const place = here.map((id) => known.get(id)).find(Boolean);
  const pool = known.find(({ businessObject }) => process && businessObject.processRef?.id === process);

  canvas.zoom('fit-viewport');

  if (pool && !place) {
    const { x, y, width, height } = pool;
    canvas.viewbox({ x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN });
  }

  if (place && canvas.zoom() < 0.6) {
    const { width, height } = canvas.viewbox().outer;
    const scale = 0.8;
    canvas.viewbox({
      x: place.x + place.width / 2 - width / scale / 2,
      y: place.y + place.height / 2 - height / scale / 2,
      width: width / scale,
      height: height / scale,
    });
  }
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) {
      watcher.unobserve(target);
      draw(target);
    }
  }
});

document.querySelectorAll('.diagram').forEach((container) => watcher.observe(container));
