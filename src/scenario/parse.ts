import { LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml';
import { UserError, messageOf, oneLine } from '../errors.js';
import { mostNesting, refuseNesting } from '../nesting.js';
import { misheldInJson, misheldInYaml, misheldWords, type MisheldNumber } from './written-numbers.js';

/** The value that a scenario file's text stands for; YAML if the name ends in .yaml or .yml, else JSON. */
export function parseScenarioText(text: string, file: string): unknown {
  return /\.ya?ml$/i.test(file) ? parseYaml(text, file) : parseJson(text, file);
}

/** Keys that JavaScript may take for an object's own prototype where values are copied; no setting has them. */
const prototypeKeys = ['__proto__', 'constructor', 'prototype'];

/** Aliases that a YAML file may resolve to, all together: ten levels of ten would be 10^10 values. */
const mostAliases = 100;

/** The core schema of YAML 1.2, whatever version a file names: no tags that make other values, no merged keys. */
const yamlOptions = {
  schema: 'core',
  merge: false,
  uniqueKeys: true,
  prettyErrors: false,
  logLevel: 'error',
} as const;

function parseJson(text: string, file: string): unknown {
  refuseNesting(text, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = oneLine(messageOf(error).replace(/ in JSON at position.*$| \(line .*\)$/s, ''));
    throw new UserError(
      `${file}:${lineOfJsonError(text)}: is not JSON (${why}), expected valid JSON; ` +
        'comments and trailing commas are allowed in .yaml files only',
    );
  }
  refuse(
    yamlErrors(text, file).filter(({ code }) => code === 'DUPLICATE_KEY'),
    file,
  );
  refuseMisheld(misheldInJson(text), text, file);
  refuseHostile(value, file);
  return value;
}

function parseYaml(text: string, file: string): unknown {
  refuse(yamlErrors(text, file), file);
  const document = documentOf(text, new LineCounter(), file);
  refuseMisheld(misheldInYaml(document), text, file);
  const value = valueOf(document, file);
  refuseHostile(value, file);
  return value;
}

function documentOf(text: string, lineCounter: LineCounter, file: string): Document.Parsed<ParsedNode> {
  const document = orRefused(file, () => parseDocument(text, { ...yamlOptions, lineCounter }));
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) throw tooDeep(file);
  return document;
}

/** The library's own errors here are of aliases: one without an anchor, or too many. */
function valueOf(document: Document, file: string): unknown {
  return orRefused(file, () => document.toJS({ maxAliasCount: mostAliases }) as unknown);
}

/** The library goes down level by level, and throws a RangeError where the stack ends. */
function orRefused<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooDeep(file);
    throw new UserError(`${file}: is not YAML (${oneLine(messageOf(thrown))}), expected valid YAML`);
  }
}

const tooDeep = (file: string) =>
  new UserError(`${file}: nests lists or objects too deep, expected at most ${mostNesting} levels`);

/** UserError where a value nests too deep, or within itself (an alias inside its anchor), or has a prototype's key. */
function refuseHostile(value: unknown, file: string): void {
  const left: [value: unknown, depth: number][] = [[value, 0]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [each, depth] = next;
    if (typeof each !== 'object' || each === null) continue;
    if (depth >= mostNesting) throw tooDeep(file);
    for (const [key, inner] of Object.entries(each)) {
      if (prototypeKeys.includes(key) && !Array.isArray(each)) {
        throw new UserError(`${file}: has the key "${key}", expected settings alone; take it out`);
      }
      left.push([inner, depth + 1]);
    }
  }
}

function refuseMisheld(numbers: readonly MisheldNumber[], text: string, file: string): void {
  if (numbers.length === 0) return;
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  throw new UserError(
    numbers.map((number) => `${file}:${lineOf(number.offset)}: ${misheldWords(number)}`).join('\n'),
  );
}

interface Fault {
  readonly code: string;
  readonly line: number;
  readonly message: string;
}

function yamlErrors(text: string, file: string): Fault[] {
  const lineCounter = new LineCounter();
  const document = documentOf(text, lineCounter, file);
  return document.errors.map(({ code, pos, message }) => ({
    code,
    line: lineCounter.linePos(pos[0]).line,
    message,
  }));
}

function refuse(faults: readonly Fault[], file: string): void {
  if (faults.length === 0) return;
  throw new UserError(
    faults
      .map(({ code, line, message }) =>
        code === 'DUPLICATE_KEY'
          ? `${file}:${line}: the key stands twice in one object, expected it once`
          : `${file}:${line}: is not YAML (${message.split('\n')[0]}), expected valid YAML`,
      )
      .join('\n'),
  );
}

/**
 * The line at which a text stops being the beginning of some JSON document. JSON.parse does not always say
 * where it gave up, but it tells a text that ends too early from one that is wrong.
 */
function lineOfJsonError(text: string): number {
  const lines = text.split('\n');
  const wrong = lines.findIndex((_, index) => !endsTooEarly(lines.slice(0, index + 1).join('\n')));
  return (wrong < 0 ? lines.length - 1 : wrong) + 1;
}

function endsTooEarly(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = messageOf(error);
    if (message.startsWith('Unexpected end')) return true;
    const position = /position (\d+)/.exec(message)?.[1];
    return position !== undefined && Number(position) >= text.trimEnd().length;
  }
}
