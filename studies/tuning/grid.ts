import type { Method } from '../../src/strategies/methods/method.js';
import { trainedParts } from '../../src/strategies/methods/parts.js';

/** Rates of one configuration, in the scenario's terms. */
export interface Rates {
  readonly learningRate: number;
  readonly loraLearningRateScale: number;
}

/** What every method is tried with, each list from the least. */
export interface Grid {
  readonly rates: readonly number[];
  readonly scales: readonly number[];
}

/** How many configurations every method is given. */
export function budgetOf({ rates, scales }: Grid): number {
  return rates.length * scales.length;
}

/**
 * The configurations of a method: the grid itself where it trains adapters and LoRA. Where it trains one of them
 * alone there is one rate, which is given the whole budget: as many values, in equal ratios, from the least rate to
 * the greatest that any part has in the grid.
 */
export function configurationsOf(method: Pick<Method, 'slots'>, grid: Grid): readonly Rates[] {
  if (trainedParts(method).length > 1) {
    return grid.rates.flatMap((learningRate) =>
      grid.scales.map((loraLearningRateScale) => ({ learningRate, loraLearningRateScale })),
    );
  }
  return loneRates(grid).map((learningRate) => ({ learningRate, loraLearningRateScale: 1 }));
}

function loneRates(grid: Grid): readonly number[] {
  const { rates, scales } = grid;
  const least = rates[0]! * Math.min(1, scales[0]!);
  const greatest = rates.at(-1)! * Math.max(1, scales.at(-1)!);
  const count = budgetOf(grid);
  if (count === 1) return [rates[0]!];
  return Array.from({ length: count }, (_, i) =>
    Number((least * (greatest / least) ** (i / (count - 1))).toPrecision(3)),
  );
}

/** Methods in groups that differ in later stages alone: in stage 1 those of a group have the same tasks. */
export function alikeInStageOne(methods: readonly Method[]): readonly (readonly Method[])[] {
  const groups = new Map<string, Method[]>();
  for (const method of methods) {
    const key = JSON.stringify([method.slots, method.mixture, method.phases]);
    groups.set(key, [...(groups.get(key) ?? []), method]);
  }
  return [...groups.values()];
}

/** The rates of a choice that stand at an end of what was tried: beyond it there may be a better one. */
export function atTheEdge(chosen: Rates, tried: readonly Rates[]): readonly (keyof Rates)[] {
  return (['learningRate', 'loraLearningRateScale'] as const).filter((key) => {
    const values = tried.map((rates) => rates[key]);
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    return least < greatest && (chosen[key] === least || chosen[key] === greatest);
  });
}
