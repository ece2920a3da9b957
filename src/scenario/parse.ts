import { LineCounter, parseDocument } from 'yaml';
import { UserError, messageOf, oneLine } from '../errors.js';
import { misheldInJson, misheldInYaml, misheldWords, type MisheldNumber } from './written-numbers.js';

/** The value that a scenario file's text stands for; YAML if the name ends in .yaml or .yml, else JSON. */
export function parseScenarioText(text: string, file: string): unknown {
  return /\.ya?ml$/i.test(file) ? parseYaml(text, file) : parseJson(text, file);
}

function parseJson(text: string, file: string): unknown {
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
    yamlErrors(text).filter(({ code }) => code === 'DUPLICATE_KEY'),
    file,
  );
  refuseMisheld(misheldInJson(text), text, file);
  return value;
}

function parseYaml(text: string, file: string): unknown {
  refuse(yamlErrors(text), file);
  const document = parseDocument(text);
  refuseMisheld(misheldInYaml(document), text, file);
  return document.toJS();
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

function yamlErrors(text: string): Fault[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
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
