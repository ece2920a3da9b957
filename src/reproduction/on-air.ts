import type { ComparedRun } from '../comparison/read-runs.js';
import { UserError } from '../errors.js';
import type { StudiedScenario } from '../radio/link-study/subject.js';
import type { Payload } from '../radio/payload/payload.js';
import { drawnRounds, type RoundMeans } from './drawn-rounds.js';
import { expectedRounds } from './expected-rounds.js';
import type { PaperFigure } from './paper-figures.js';
import { reproductionPresets, type ReproductionPreset } from './presets.js';
import { stageMessages } from './round-messages.js';

/** A run of a figure, with what its messages should come to. */
export interface RunOnAir {
  readonly run: ComparedRun;
  /** In closed form, for as many rounds as the run had; or why there is none. */
  readonly expected: RoundMeans | string;
}

/**
 * A run's figures of messages under a preset: its own under "embedded", else drawn for messages of the paper's sizes over
 * as many rounds as the run had of the figure's stage.
 */
export function onAir(
  run: ComparedRun,
  payload: Payload,
  { stage, quantities }: PaperFigure,
  preset: ReproductionPreset,
): RunOnAir {
  const rounds = run.figures[`${stage}Rounds`] ?? null;
  if (rounds === null || rounds < 1) {
    throw new UserError(`${run.run}: has no round of stage ${stage}, expected one at least`);
  }
  const seeded = { ...run.scenario, seed: run.seed } as unknown as StudiedScenario;
  const expected = expectedRounds(seeded, payload, stage, rounds);
  if (reproductionPresets[preset].shapes === null) return { run, expected };
  const drawn = drawnRounds(seeded, stageMessages(payload, stage), rounds);
  const figures = quantities.flatMap(({ figure, onAir: key }) =>
    key === undefined ? [] : [[figure, drawn[key]] as const],
  );
  return { run: { ...run, figures: { ...run.figures, ...Object.fromEntries(figures) } }, expected };
}
