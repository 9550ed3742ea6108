// Lints the files given and prints {file: [{id, rule, category, message}]} as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { BpmnModdle } from 'bpmn-moddle';
import { Linter } from 'bpmnlint';
import NodeResolver from 'bpmnlint/lib/resolver/node-resolver.js';

const require = createRequire(import.meta.url);
const config = JSON.parse(readFileSync(new URL('.bpmnlintrc', import.meta.url)));
const extensions = Object.fromEntries(
  Object.entries(config.moddleExtensions).map(([name, path]) => [name, require(path)]),
);
const reports = {};

for (const file of process.argv.slice(2)) {
  const { rootElement, warnings } = await new BpmnModdle(extensions).fromXML(readFileSync(file, 'utf-8'));
  // some rules remember elements, so every file gets a linter of its own
  const linter = new Linter({ config, resolver: new NodeResolver({ requireFn: require }) });
  const found = warnings.map(w => ({ id: '', rule: 'import', category: 'error', message: w.message }));
  for (const [rule, results] of Object.entries(await linter.lint(rootElement))) {
    found.push(...results.map(({ id, category, message }) => ({ id, rule, category, message })));
  }
  reports[file] = found;
}

console.log(JSON.stringify(reports));
