import { alignmentAlgorithmRules } from './alignment-algorithm-relations.js';
import { alignmentRules } from './alignment-relations.js';
import { radioRules } from './radio-relations.js';
import { found, must, type Rule } from '../settings/rule.js';
import type { Scenario } from './schema.js';

/** Number of clients in a round's cohort. */
function cohortSize({ clients, server }: Scenario): number {
  return server.selection === 'all' ? clients.count : Math.ceil(server.selectionFraction * clients.count);
}

/** What a radio link's or a device's figure can be in this world; outside it the unit is mistaken. */
const plausible: readonly {
  readonly key: 'meanSnrDb' | 'bandwidthHz' | 'powerWatts';
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly advice: string;
}[] = [
  { key: 'meanSnrDb', from: -30, to: 60, unit: 'dB', advice: 'a ratio of 3.16 is 5 dB' },
  { key: 'bandwidthHz', from: 1e3, to: 1e10, unit: 'Hz', advice: '1 MHz is 1000000' },
  { key: 'powerWatts', from: 1e-6, to: 1e3, unit: 'watts', advice: '30 dBm is 1 watt' },
];

/** A whole pre-trained network that is trained faster than this forgets what it knew. */
const fastestPretrained = 1e-3;

/** Of reward models that are pre-trained networks: what one line of advice says of each. */
const pretrained = {
  gpt2: { name: 'GPT-2', slowly: "TRL's example trains one with 0.00001" },
  distilbert: { name: 'DistilBERT', slowly: 'Hugging Face trains it with 0.00002 to 0.00005' },
};

export const rules: readonly Rule[] = [
  {
    states: 'the quorum can be met by the clients of a round',
    problems: (scenario) => {
      const { count } = scenario.clients;
      const cohort = cohortSize(scenario);
      const { quorum, selection, selectionFraction } = scenario.server;
      if (quorum > count) {
        return found(must(false, '/server/quorum', quorum, `at most ${count}, the number of clients`));
      }
      const expected =
        `at most ${cohort}, the number of clients that selection ${JSON.stringify(selection)} with ` +
        `selectionFraction ${selectionFraction} takes`;
      return found(must(quorum <= cohort, '/server/quorum', quorum, expected));
    },
  },
  {
    states: 'a share of the clients is named only where one is drawn',
    problems: ({ server: { selection, selectionFraction } }) =>
      found(
        must(
          selection !== 'all' || selectionFraction === 1,
          '/server/selectionFraction',
          selectionFraction,
          '1 where selection is "all"',
          'set /server/selection to "random" to draw a share of the clients',
        ),
      ),
  },
  {
    states: 'listed weights of harmlessness are one a client',
    problems: ({ clients: { count, weightHarmless } }) =>
      found(
        must(
          weightHarmless === 'uniform' || weightHarmless.length === count,
          '/clients/weightHarmless',
          weightHarmless,
          `a list of ${count} weights, one for each client (${weightHarmless.length} given)`,
        ),
      ),
  },
  {
    states: 'some client takes part now and then',
    problems: ({ clients: { availability } }) =>
      found(
        must(
          availability > 0,
          '/clients/availability',
          availability,
          'above 0',
          'at 0 nobody ever takes part',
        ),
      ),
  },
  {
    states: 'a client has no more LoRA modules than the model has sites for them',
    problems: ({ model: { lora } }, { model }) => {
      const sites = model === null ? Infinity : lora.targets.length * model.n_layer;
      const expected = `at most ${sites}: ${lora.targets.length} targets in each of ${model?.n_layer} layers`;
      return found(
        must(
          lora.minModules <= lora.maxModules,
          '/model/lora/minModules',
          lora.minModules,
          `at most ${lora.maxModules}, which is maxModules`,
        ),
        must(lora.maxModules <= sites, '/model/lora/maxModules', lora.maxModules, expected),
      );
    },
  },
  {
    states: 'a low rank is lower than the width of the model',
    problems: ({ model: { lora } }, { model }) =>
      found(
        must(
          model === null || lora.r <= model.n_embd,
          '/model/lora/r',
          lora.r,
          `at most ${model?.n_embd}, the width of the model`,
        ),
      ),
  },
  {
    states: 'a response fits into the model',
    problems: ({ alignment: { maxNewTokens } }, { model }) =>
      found(
        must(
          model === null || maxNewTokens < model.n_positions,
          '/alignment/maxNewTokens',
          maxNewTokens,
          `less than ${model?.n_positions}, the positions of the model`,
        ),
      ),
  },
  {
    states: 'each fact is taught to some clients and unknown to another',
    problems: ({ clients: { count }, data: { files, synthetic } }) =>
      found(
        must(
          files !== null || synthetic.facts === 0 || synthetic.factHolders < count,
          '/data/synthetic/factHolders',
          synthetic.factHolders,
          `at most ${count - 1}, one less than the clients, so that every fact is unknown to somebody`,
          'or set /data/synthetic/facts to 0',
        ),
      ),
  },
  {
    states: 'shares of the training rows add up to no more than all of them',
    problems: ({ data: { synthetic } }) =>
      found(
        must(
          synthetic.factShare + synthetic.sensitiveShare <= 1,
          '/data/synthetic/factShare',
          synthetic.factShare,
          `at most ${Number((1 - synthetic.sensitiveShare).toPrecision(12))}, what sensitiveShare leaves`,
        ),
      ),
  },
  {
    states: 'a minibatch is no larger than what is sampled',
    problems: ({ alignment: { minibatchSize, promptsPerRound } }) =>
      found(
        must(
          minibatchSize <= promptsPerRound,
          '/alignment/minibatchSize',
          minibatchSize,
          `at most ${promptsPerRound}, which is promptsPerRound`,
        ),
      ),
  },
  {
    states: 'a folder is named for a DistilBERT, may be for a GPT-2, and not for features',
    problems: ({ reward: { model } }) =>
      found(
        must(
          model.kind !== 'distilbert' || model.path !== null,
          '/reward/model/path',
          model.path,
          'the folder of a DistilBERT where kind is "distilbert"',
          'for example that of distilbert-base-uncased, downloaded from Hugging Face',
        ),
        must(
          model.kind !== 'features' || model.path === null,
          '/reward/model/path',
          model.path,
          'null where kind is "features"',
          'set /reward/model/kind to "distilbert" or "gpt2" to use it',
        ),
      ),
  },
  {
    states: 'a whole pre-trained network is trained slowly',
    problems: ({ reward: { model, learningRate } }) => {
      if (model.kind === 'features' || model.train === 'head') return [];
      const { name, slowly } = pretrained[model.kind];
      return found(
        must(
          learningRate <= fastestPretrained,
          '/reward/learningRate',
          learningRate,
          `at most ${fastestPretrained} where a whole ${name} is trained`,
          slowly,
        ),
      );
    },
  },
  {
    states: 'power, ratio and bandwidth of a link are of this world',
    problems: ({ channel }) =>
      (['uplink', 'downlink'] as const).flatMap((direction) =>
        plausible.flatMap(({ key, from, to, unit, advice }) => {
          const value = channel[direction][key];
          const expected = `${from} to ${to} ${unit}`;
          return found(
            must(value >= from && value <= to, `/channel/${direction}/${key}`, value, expected, advice),
          );
        }),
      ),
  },
  {
    states: 'the gain changes at a pace that a channel can have',
    problems: ({ channel: { coherenceSeconds } }) =>
      found(
        must(
          coherenceSeconds >= 1e-5 && coherenceSeconds <= 100,
          '/channel/coherenceSeconds',
          coherenceSeconds,
          '0.00001 to 100 seconds',
          '50 ms is 0.05',
        ),
      ),
  },
  {
    states: 'files that the scenario names can be read',
    problems: (_scenario, { unreadable }) =>
      Object.entries(unreadable).map(([pointer, why]) => ({
        pointer,
        is: why,
        expected: 'a file that can be read',
        advice: 'paths are relative to the folder of the scenario file',
      })),
  },
  ...alignmentRules,
  ...alignmentAlgorithmRules,
  ...radioRules,
];
