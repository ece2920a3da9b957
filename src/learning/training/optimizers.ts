import { blank, type Memory } from '../params/memory.js';
import { sharedFloats, type ParamSet } from '../params/param-set.js';
import { Adam, type AdamOptions } from './adam.js';

/** What a task is told of its optimizers: the moments themselves are parameters beside it. */
export interface KeptOptimizers {
  /** Whose moments go on from one task to the next: parts of what is tuned, and critics as `critic-helpful`. */
  readonly parts: readonly string[];
  /** Steps that they have come from, by part; a part without any begins anew. */
  readonly notes: Memory['notes'];
}

/**
 * The optimizers of a task: those that go on where the task before left them, and those that start anew. The
 * moments are kept in float32, as torch keeps them, so that two tasks differ from one twice as long by that
 * rounding alone.
 */
export class Optimizers {
  readonly #made = new Map<string, { readonly adam: Adam; readonly set: ParamSet }>();

  constructor(
    readonly kept?: KeptOptimizers,
    readonly moments: Memory['sets'] = blank.sets,
  ) {}

  /**
   * An Adam that changes the values of `set` in place.
   *
   * @throws RangeError where the kept moments are of another number of parameters.
   */
  of(part: string, set: ParamSet, options: AdamOptions): Adam {
    const [first, second] = [this.moments[firstOf(part)], this.moments[secondOf(part)]];
    const steps = Number(this.kept?.notes[part] ?? 0);
    const before = first && second && { first: first.values, second: second.values, steps };
    const adam = new Adam(set.values, options, before);
    if (this.kept?.parts.includes(part)) this.#made.set(part, { adam, set });
    return adam;
  }

  /** What the next task goes on from; nothing where nothing is kept. */
  get left(): { optimizers?: Memory } {
    if (!this.kept) return {};
    const made = [...this.#made];
    return {
      optimizers: {
        sets: Object.fromEntries(
          made.flatMap(([part, { adam, set }]) => [
            [firstOf(part), momentsOf(set, adam.state.first)],
            [secondOf(part), momentsOf(set, adam.state.second)],
          ]),
        ),
        notes: Object.fromEntries(made.map(([part, { adam }]) => [part, adam.state.steps])),
      },
    };
  }
}

const firstOf = (part: string) => `${part}.first`;
const secondOf = (part: string) => `${part}.second`;

function momentsOf({ tensors }: ParamSet, moments: ArrayLike<number>): ParamSet {
  const values = sharedFloats(moments.length);
  values.set(moments);
  return { kind: 'moments', tensors, values };
}
