// Times expressions in feelin: reads [[name, text], ...] and a context as JSON, writes {name: [evaluated, compiled]}
// in microseconds. feelin reads a text at each evaluation; the body of a function it made is what it has compiled.
import { evaluate } from "feelin";

function timed(run) {
  // The best of many short rounds, as in feel.py.
  const end = Date.now() + 500;
  let best = Infinity;
  while (Date.now() < end) {
    const started = process.hrtime.bigint();
    for (let count = 0; count < 100; count++) run();
    best = Math.min(best, Number(process.hrtime.bigint() - started));
  }
  return best / 1000 / 100;
}

const [expressions, context] = JSON.parse(process.argv[2]);
const times = {};
for (const [name, text] of expressions) {
  const compiled = evaluate(`function() ${text}`, context).value;
  times[name] = [timed(() => evaluate(text, context)), timed(() => compiled.invoke([]))];
}
console.log(JSON.stringify(times));
