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

async function draw(container) {
  const response = await fetch(container.dataset.source);

  if (!response.ok) {
    return;
  }

  const viewer = new NavigatedViewer({ container, bpmnRenderer: COLOURS, additionalModules: [TranslateModule] });

  await viewer.importXML(await response.text());
  mark(viewer, container);
  show(viewer, JSON.parse(container.dataset.here));
  container.dataset.drawn = 'true';
}

function mark(viewer, { dataset }) {
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');

  for (const [marker, ids] of [['passed', JSON.parse(dataset.passed)], ['here', JSON.parse(dataset.here)]]) {
    ids.filter((id) => known.get(id)).forEach((id) => canvas.addMarker(id, marker));
  }
}

/** Show the place at a readable size; without a place the whole drawing. */
function show(viewer, here) {
  const canvas = viewer.get('canvas');
  const place = here.map((id) => viewer.get('elementRegistry').get(id)).find(Boolean);

  canvas.zoom('fit-viewport');

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
