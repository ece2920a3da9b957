import type { Checked, Summary } from '../records/summary.js';
import type { RunEvent, RunObserver } from '../records/run-event.js';
import { segmentKey, shown } from '../settings/problem.js';
import { codeOf, type Code } from './code.js';
import { isMet, isWithin } from './conditions.js';
import type { Expectation } from './settings.js';

type Row = Checked['row'];

/** A summary before its expectations are looked at. */
export type Unchecked = Omit<Summary, 'checks'>;

/** Follows a run, and says at its end which expectations hold. */
export class Expectations implements RunObserver {
  readonly name = 'expectations';
  readonly #expectations: readonly Expectation[];
  readonly #code: Code;
  /** For each condition that was met, by its place: the first row that met it. */
  readonly #met = new Map<number, Row>();

  constructor(expectations: readonly Expectation[], code: Code) {
    this.#expectations = expectations;
    this.#code = code;
  }

  next(event: RunEvent): void {
    for (const [index, expectation] of this.#expectations.entries()) {
      if (!('when' in expectation) || this.#met.has(index)) continue;
      if (isMet(expectation.when, event, this.#code)) this.#met.set(index, rowOf(event));
    }
  }

  /** All of them, in the scenario's order. */
  checked(summary: Unchecked): readonly Checked[] {
    return this.#expectations.map((expectation, index) => {
      const broken = this.#broken(expectation, index, summary);
      const { name = null } = expectation;
      const pointer = `/expectations/${index}`;
      return { pointer, name, holds: broken === null, why: broken?.why ?? null, row: broken?.row ?? null };
    });
  }

  /** Null where it holds. */
  #broken(expectation: Expectation, index: number, summary: Unchecked): { why: string; row?: Row } | null {
    switch (expectation.expect) {
      case 'eventually':
        return this.#met.has(index) ? null : { why: 'it never happened' };
      case 'never':
        return this.#met.has(index) ? { why: 'it happened', row: this.#met.get(index)! } : null;
      case 'finally': {
        const value = valueAt(summary, expectation.figure);
        const holds =
          expectation.is === undefined ? isWithin(value, expectation) : Object.is(value, expectation.is);
        return holds ? null : { why: `${expectation.figure} is ${shown(value)}` };
      }
      case 'code': {
        const said = codeOf(this.#code.expectations, expectation.sha256)(summary);
        return said === true ? null : { why: said === false ? 'the function says no' : said };
      }
    }
  }
}

function rowOf(event: RunEvent): Row {
  return event.type === 'row' || event.type === 'message' ? event.row : null;
}

/** What stands at a JSON pointer; undefined where nothing does. */
function valueAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, segment) =>
        (node as Readonly<Record<string, unknown>> | null | undefined)?.[segmentKey(segment)],
      document,
    );
}
