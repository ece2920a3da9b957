import type { MethodSettings } from '../../src/scenario/method-settings.js';
import { tableHead, tableRow } from '../tables.js';
import { chosenOf, meanAccuracy, meanLoss, mostAccurateOf, type Tried } from './choice.js';
import { atTheEdge, type Rates } from './grid.js';

/** What was tried of each method, by its name. */
export type TriedOfMethods = ReadonlyMap<string, readonly Tried[]>;

/** A table of every configuration of every method, and of each method what was chosen. */
export function tuningPage(tried: TriedOfMethods): string {
  const rows = [...tried].flatMap(([method, configurations]) =>
    configurations.map((one) => tableRow([method, ...cellsOf(one, chosenOf(configurations))])),
  );
  const remarks = [...tried].map(([method, configurations]) => remarkOf(method, configurations));
  const heads = [
    'method',
    'learning rate',
    'LoRA scale',
    'validation loss',
    'validation accuracy, %',
    'chosen',
  ];
  return `${tableHead(heads)}${rows.join('')}\n${remarks.join('')}`;
}

function cellsOf(one: Tried, chosen: Tried): readonly string[] {
  const { learningRate, loraLearningRateScale } = one.rates;
  const [loss, accuracy] = [meanLoss(one).toFixed(3), (100 * meanAccuracy(one)).toFixed(1)];
  return [String(learningRate), String(loraLearningRateScale), loss, accuracy, one === chosen ? 'yes' : ''];
}

function remarkOf(method: string, tried: readonly Tried[]): string {
  const [chosen, mostAccurate] = [chosenOf(tried), mostAccurateOf(tried)];
  const edges = atTheEdge(
    chosen.rates,
    tried.map(({ rates }) => rates),
  );
  return [
    `- ${method}: ${inWords(chosen.rates)}`,
    ...(edges.length > 0 ? [`, at the edge of what was tried in ${edges.join(' and ')}`] : []),
    ...(meanAccuracy(mostAccurate) === meanAccuracy(chosen)
      ? []
      : [`; by validation accuracy it would be ${inWords(mostAccurate.rates)}`]),
    '\n',
  ].join('');
}

function inWords({ learningRate, loraLearningRateScale }: Rates): string {
  return `learning rate ${learningRate}, LoRA scale ${loraLearningRateScale}`;
}

/** What was chosen, as a scenario has it. */
export function methodSettingsOf(tried: TriedOfMethods): MethodSettings {
  const chosen = [...tried].map(([method, all]) => [method, { instruction: chosenOf(all).rates }] as const);
  return Object.fromEntries(chosen);
}
