import type { ClientContext } from '../../machines/client.js';
import type { Verdict } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import { distinct } from '../learning/data/distinct.js';
import { isCorrect, isRefusal } from '../learning/data/embedded/judge.js';
import { rowsOf } from '../learning/data/tokenize.js';
import type { Example } from '../learning/data/types.js';
import { perObjective } from '../learning/objective.js';
import { ratioOrNull } from '../moments.js';
import { derived } from '../learning/training/figure.js';
import { weightedFigure } from '../learning/training/ppo/weighted.js';
import type { RewardParams } from '../learning/training/task.js';
import { stream } from '../simulation/random/stream.js';
import { measured } from './measured.js';
import { measuredFlops } from './measured-flops.js';
import { keepResponses } from './measured-responses.js';
import { measureForgetting } from './overfitting/forgetting.js';
import { measureOthers } from './overfitting/others.js';
import { measureShares } from './overfitting/shares.js';
import { isSynthetic, mayBeShown } from './shown.js';
import { alignParams, frozenOf, required, rewardParams, tunedRefs, tunedSets } from './tasks.js';
import { clientOf, type World } from './world.js';

/*
 * What a researcher wants to know and no protocol needs: it runs beside the machines, holds none of them up
 * and sends nothing. Its figures appear in the records when the client's device would have them.
 */

const measures: Readonly<Record<Stage, typeof measureAlignment>> = {
  instruction: measureInstruction,
  reward: measureReward,
  alignment: measureAlignment,
};

/**
 * Measures a client where the scenario's `measure` asks for it: the clients that it draws, at the start of a
 * stage (round 0), after every so many rounds, and after its last, which the verdict tells.
 */
export function measure(
  world: World,
  context: ClientContext,
  { stage, round, verdict }: { readonly stage: Stage; readonly round: number; readonly verdict: Verdict },
): void {
  const { stages, measure } = world.scenario;
  if (!stages.includes(stage) || !isMeasured(world, context.id)) return;
  if (verdict === 'continue' && round % measure.every !== 0) return;
  const isAtEnd = round === 0 || verdict !== 'continue';
  measures[stage](world, context, round, isAtEnd);
  if (stage === 'reward') return;
  measureOthers(world, context, { stage, round, isAtEnd });
  measureShares(world, context, { stage, round, isAtEnd });
  measureForgetting(world, context, { stage, round, isAtEnd });
}

function isMeasured({ scenario: { seed, measure }, clients }: World, id: string): boolean {
  if (measure.clients === null) return true;
  const drawn = stream(seed, 'measured clients').shuffle([...clients.keys()]);
  return drawn.slice(0, measure.clients).includes(id);
}

/**
 * The held-out prompts that a client is measured on, by their rows in the data's order: of a larger number all
 * that there are of a smaller one.
 */
function measuredPrompts(
  { scenario: { seed, measure } }: World,
  id: string,
  count: number,
  isAtEnd: boolean,
): number[] {
  const rows = Array.from({ length: count }, (_, row) => row);
  const most = (isAtEnd ? measure.promptsAtEnds : null) ?? measure.prompts;
  if (most === null) return rows;
  const drawn = stream(seed, 'measured prompts', id).shuffle(rows);
  return drawn.slice(0, most).sort((a, b) => a - b);
}

/** Accuracy of the client's own model on own rows, facts and others, and on what only others were taught. */
function measureInstruction(world: World, { id, model }: ClientContext, round: number): void {
  const { tables, data } = clientOf(world, id);
  const facts = data.test.flatMap(({ topic }, row) => (topic === 'fact' ? [row] : []));
  measured<'evaluate'>(
    world,
    id,
    'instruction',
    round,
    measuredFlops.instruction(world, id),
    {
      kind: 'evaluate',
      seed: '',
      hyper: { facts },
      params: {
        base: required(world, model.base, 'the base model'),
        tuned: tunedSets(world, tunedRefs(world, model)),
      },
      data: { test: tables.test, shared: tables.shared },
    },
    ({ metrics }) => metrics,
  );
}

/** The global reward models on the client's test pairs. */
function measureReward(world: World, { id, model }: ClientContext, round: number): void {
  const { tables } = clientOf(world, id);
  const tests = perObjective((objective) => tables.pairs[objective].test);
  measured<'rewardTest'>(
    world,
    id,
    'reward',
    round,
    measuredFlops.reward(world, id),
    {
      kind: 'rewardTest',
      seed: '',
      hyper: {},
      params: rewardParams(world, model),
      data: tests,
    },
    ({ metrics }) => metrics,
  );
}

/**
 * The client's policy on held-out prompts: scores, divergence, diversity, refusals of sensitive and
 * correctness of benign ones. `objective` has the scenario's KL coefficient in every round, whatever the
 * client's own has become, so that its rounds can be compared.
 */
function measureAlignment(world: World, context: ClientContext, round: number, isAtEnd: boolean): void {
  const { id } = context;
  const { scenario } = world;
  const { tables, data, ownWeights } = clientOf(world, id);
  const frozen = frozenOf(context);
  const { maxNewTokens, temperature, klCoefficient, missingEosPenalty } = scenario.alignment;
  const { critics: _, ...params } = alignParams(world, context, frozen);
  const rows = measuredPrompts(world, id, tables.testPrompts.count, isAtEnd);
  const prompts =
    rows.length === tables.testPrompts.count ? tables.testPrompts : rowsOf(tables.testPrompts, rows);
  const examples = rows.map((row) => data.prompts.test[row]!);
  measured<'score'>(
    world,
    id,
    'alignment',
    round,
    measuredFlops.alignment(world, id, prompts),
    {
      kind: 'score',
      seed: `${scenario.seed}/${id}/score`,
      hyper: { maxNewTokens, temperature, klCoefficient, missingEosPenalty, scale: frozen.scale },
      params,
      data: { prompts },
    },
    ({ metrics, responses, ended, scores }) => {
      const tokens = responses ?? [];
      const texts = responses?.map((response) => world.tokenizer.decode(response)) ?? null;
      if (texts) recordSamples(world, id, round, examples, texts);
      if (texts && ended && scores) {
        const answered = { round, rows, prompts, examples, texts, ended, scores };
        keepResponses(world, id, { ...answered, params: onlyRewards(params), scale: frozen.scale });
      }
      const reward = weightedFigure(ownWeights, metrics);
      return {
        ...metrics,
        reward,
        objective: derived([reward, metrics.klK1], (reward, kl) => reward - klCoefficient * kl),
        distinct1: distinct(tokens, 1),
        distinct2: distinct(tokens, 2),
        ...(isSynthetic(scenario) ? refusalsAndCorrectness(examples, texts) : {}),
      };
    },
  );
}

/** Of the parameters of a measurement those that judge. */
function onlyRewards({ base, backbone, rewardModels }: RewardParams): RewardParams {
  return { base, ...(backbone && { backbone }), rewardModels };
}

/**
 * Share of sensitive requests that were refused and of benign ones answered rightly, and how many each is a share
 * of; null where there are none, or nothing was sampled (`responses` null).
 */
function refusalsAndCorrectness(prompts: readonly Example[], responses: readonly string[] | null) {
  const none = { refusalRate: null, refusalTrials: null, correctness: null, correctnessTrials: null };
  if (responses === null) return none;
  const share = (topic: Example['topic'], holds: (prompt: Example, response: string) => boolean) => {
    const outcomes = prompts.flatMap((prompt, row) =>
      prompt.topic === topic ? [holds(prompt, responses[row] ?? '')] : [],
    );
    return { share: ratioOrNull(outcomes.filter(Boolean).length, outcomes.length), of: outcomes.length };
  };
  const refused = share('sensitive', (_, response) => isRefusal(response));
  const right = share('benign', isCorrect);
  return {
    refusalRate: refused.share,
    refusalTrials: refused.of,
    correctness: right.share,
    correctnessTrials: right.of,
  };
}

const samplesPerTopic = 2;

function recordSamples(
  world: World,
  actor: string,
  round: number,
  prompts: readonly Example[],
  responses: readonly string[],
): void {
  if (!mayBeShown(world)) return;
  for (const topic of ['sensitive', 'benign'] as const) {
    const rows = prompts.flatMap((prompt, row) => (prompt.topic === topic ? [row] : []));
    for (const row of rows.slice(0, samplesPerTopic)) {
      const { instruction, input } = prompts[row]!;
      const prompt = [instruction, input].filter(Boolean).join(' ');
      world.record({ type: 'sample', round, actor, topic, prompt, response: responses[row] ?? '' });
    }
  }
}
