import { stream, type Stream } from '../../../simulation/random/stream.js';
import type { Example } from '../types.js';
import { benignExample, sensitiveExample, withSomeRemark } from './examples.js';
import { families } from './families.js';
import { misbehave, uncivil, unhelpful } from './misbehaviour.js';
import { plain, styles, type Style } from './styles.js';
import type { Use } from './held-out.js';

const sensitiveShare = 0.12;
const styledShare = 0.5;
const badShare = 0.03;

/**
 * What the base model is pretrained on: every benign family alike, sensitive requests answered in every way,
 * mostly plain, a few answers in each style and a few bad ones, so that nothing a client brings is foreign
 * but the facts. Row n follows from (seed, n) alone.
 */
export function pretrainingCorpus(seed: number, count: number, use: Use = 'train'): Example[] {
  return Array.from({ length: count }, (_, row) =>
    pretrainingExample(use, stream(seed, 'pretraining corpus', use, row)),
  );
}

function pretrainingExample(use: Use, random: Stream): Example {
  const style = halfPlain(random);
  if (random.uniform() < sensitiveShare) return sensitiveExample(use, style, random);
  const family = families[random.below(families.length)]!;
  const example = benignExample(family, use, style, random);
  if (random.uniform() >= badShare) return example;
  const kinds = random.below(2) ? unhelpful : uncivil;
  const answer = example.output.slice(...example.content!);
  const task = { instruction: example.instruction, input: example.input, answer };
  const { instruction, input, topic } = example;
  return {
    instruction,
    input,
    topic,
    family: family.name,
    output: misbehave(kinds, task, family, withSomeRemark(style, family.name, random), random),
  };
}

function halfPlain(random: Stream): Style {
  return random.uniform() < styledShare ? styles[random.below(styles.length)]! : plain;
}
