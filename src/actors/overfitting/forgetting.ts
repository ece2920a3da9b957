import type { ClientContext } from '../../../machines/client.js';
import { evaluateFlops } from '../../learning/clients/workload.js';
import { measured } from '../measured.js';
import { required, tunedRefs, tunedSets } from '../tasks.js';
import type { World } from '../world.js';
import type { Occasion } from './others.js';

/** What a client's model still knows of what its base was pretrained on, where `measure.forgetting` asks for it. */
export function measureForgetting(
  world: World,
  { id, model }: ClientContext,
  { stage, round }: Occasion,
): void {
  const { pretrainingText: text } = world;
  if (text === null) return;
  measured<'perplexity'>(
    world,
    id,
    stage,
    round,
    evaluateFlops(world.shape, [text]),
    {
      kind: 'perplexity',
      seed: '',
      hyper: {},
      params: {
        base: required(world, model.base, 'the base model'),
        tuned: tunedSets(world, tunedRefs(world, model)),
      },
      data: { text },
    },
    ({ metrics }) => metrics,
  );
}
