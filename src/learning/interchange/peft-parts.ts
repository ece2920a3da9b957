import { UserError } from '../../errors.js';
import { attentionParts, type Factors } from './lora-modules.js';

/** What a whole projection's module is to become: modules of these names, equal parts of its columns. */
export interface WantedParts {
  /** In the order of the columns. */
  readonly names: readonly string[];
  /** Which of them the scenario has places for. */
  readonly places: ReadonlySet<string>;
  /** Rank of each. */
  readonly r: number;
}

/**
 * Modules of rank r that together change a projection as `whole` does: each part that it changes with the whole A where
 * that is of rank r; or, where `whole` is of a multiple of r and each r of its components change one part alone, each with
 * its own. Components that change nothing yet go to the first part that has none.
 *
 * @param where file and tensor, for the message
 * @throws UserError where the ranks do not fit, or a part without a place is changed.
 */
export function splitByParts(
  whole: Factors,
  wanted: WantedParts,
  where: string,
): ReadonlyMap<string, Factors> {
  const { names, places, r } = wanted;
  if (!names.some((name) => places.has(name))) throw noPlace(names, where);
  const owners = whole.rank === r ? ownersOfAll(whole, wanted) : ownersOfBlocks(whole, wanted, where);
  const strangers = owners.map(([name]) => name).filter((name) => !places.has(name));
  if (strangers.length > 0) throw noPlace(strangers, where);
  return new Map(
    owners.map(([name, block]) => [name, sliceOf(whole, block * r, r, names.indexOf(name), names.length)]),
  );
}

/** A module's name and which block of r components it takes. */
type Owner = readonly [name: string, block: number];

/** Every part that is changed has all of A; where none is yet, every part with a place. */
function ownersOfAll(whole: Factors, { names, places, r }: WantedParts): readonly Owner[] {
  const changed = changedBy(whole, 0, r, names);
  return (changed.length > 0 ? changed : names.filter((name) => places.has(name))).map((name) => [name, 0]);
}

/** Which part each block of r components changes. */
function ownersOfBlocks(whole: Factors, { names, places, r }: WantedParts, where: string): readonly Owner[] {
  const blocks = whole.rank / r;
  if (!Number.isInteger(blocks) || blocks > names.length) throw wrongRank(whole.rank, r, where);
  const changed = Array.from({ length: blocks }, (_, block) => changedBy(whole, block, r, names));
  const taken = changed.flat();
  if (changed.some(({ length }) => length > 1) || new Set(taken).size < taken.length) {
    throw wrongRank(whole.rank, r, where);
  }
  const free = names.filter((name) => places.has(name) && !taken.includes(name));
  return changed.map(([owner], block) => {
    const name = owner ?? free.shift();
    if (name === undefined) throw wrongRank(whole.rank, r, where);
    return [name, block];
  });
}

/** Parts that a block of r components changes. */
function changedBy(whole: Factors, block: number, r: number, names: readonly string[]): readonly string[] {
  return names.filter((_, part) =>
    sliceOf(whole, block * r, r, part, names.length).b.some((value) => value !== 0),
  );
}

/** `count` components from `first` on, for one of equal parts of the columns. */
function sliceOf(whole: Factors, first: number, count: number, part: number, parts: number): Factors {
  const { inputs, rank, outputs: all } = whole;
  const outputs = all / parts;
  const [a, b] = [new Float32Array(inputs * count), new Float32Array(count * outputs)];
  for (let c = 0; c < count; c++) {
    for (let i = 0; i < inputs; i++) a[i * count + c] = whole.a[i * rank + first + c]!;
    const from = (first + c) * all + part * outputs;
    b.set(whole.b.subarray(from, from + outputs), c * outputs);
  }
  return { inputs, rank: count, outputs, a, b };
}

function wrongRank(rank: number, r: number, where: string): UserError {
  return new UserError(
    `${where}: is of rank ${rank}, expected ${r}, which is /model/lora/r, or for c_attn one such block for each of ` +
      `${attentionParts.join(', ')}; take --set model.lora.r=${rank}`,
  );
}

function noPlace(names: readonly string[], where: string): UserError {
  const targets = names.map((name) => name.replace(/^h\.\d+\.(attn\.(?=[qkv]$))?/, ''));
  return new UserError(
    `${where}: changes ${targets.join(', ')}, expected changes of /model/lora/targets alone; add ` +
      `${targets.map((target) => `"${target}"`).join(', ')} to them`,
  );
}
