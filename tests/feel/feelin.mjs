// Evaluates expressions in feelin: reads them as a JSON list, writes [[value, warnings], ...].
// A value of a class of feelin's own is written as the text that string() gives; a failure is null.
import { readFileSync } from "node:fs";
import { evaluate, isFunction, isRange } from "../../bench/node_modules/feelin/dist/index.js";

function plain(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value !== "object" && typeof value !== "function") return value;
  if (Array.isArray(value)) return value.map(plain);
  if (isRange(value) || isFunction(value)) return String(value.constructor.name);
  if (value.constructor === Object) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return String(evaluate("string(value)", { value }).value);
}

function asked(expression) {
  try {
    const { value, warnings } = evaluate(expression);
    return [plain(value), warnings.map((warning) => `${warning.type}: ${warning.message}`)];
  } catch (failure) {
    return [null, [`failure: ${failure.message}`]];
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(asked)));
