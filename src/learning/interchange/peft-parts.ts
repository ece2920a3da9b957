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
 * Modules of rank r that together change a projection as `whole` does: each part with the whole A where that is of
 * rank r; or, where `whole` is of a multiple of r and each r of its components change one part alone, each with
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
  const owners =
    whole.rank === r ? names.map((name) => [name, 0] as const) : ownersOfBlocks(whole, wanted, where);
  const width = whole.outputs / names.length;
  const modules = new Map<string, Factors>();
  for (const [name, block] of owners) {
    const part = sliceOf(
      whole,
      { first: block * r, count: r },
      { first: names.indexOf(name) * width, count: width },
    );
    if (places.has(name)) modules.set(name, part);
    else if (part.b.some((value) => value !== 0)) throw noPlace([name], where);
  }
  return modules;
}

/** Which part each block of r components changes. */
function ownersOfBlocks(
  whole: Factors,
  { names, places, r }: WantedParts,
  where: string,
): readonly (readonly [name: string, block: number])[] {
  const blocks = whole.rank / r;
  if (!Number.isInteger(blocks) || blocks > names.length) throw wrongRank(whole.rank, r, where);
  const width = whole.outputs / names.length;
  const changes = (block: number, part: number) =>
    sliceOf(whole, { first: block * r, count: r }, { first: part * width, count: width }).b.some(
      (value) => value !== 0,
    );
  const changed = Array.from({ length: blocks }, (_, block) =>
    names.filter((_, part) => changes(block, part)),
  );
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

interface Range {
  readonly first: number;
  readonly count: number;
}

function sliceOf({ inputs, rank, outputs, a, b }: Factors, components: Range, columns: Range): Factors {
  const slice = {
    inputs,
    rank: components.count,
    outputs: columns.count,
    a: new Float32Array(inputs * components.count),
    b: new Float32Array(components.count * columns.count),
  };
  for (let c = 0; c < components.count; c++) {
    const component = components.first + c;
    for (let i = 0; i < inputs; i++) slice.a[i * components.count + c] = a[i * rank + component]!;
    const from = component * outputs + columns.first;
    slice.b.set(b.subarray(from, from + columns.count), c * columns.count);
  }
  return slice;
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
