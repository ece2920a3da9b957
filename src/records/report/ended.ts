import type { Verdict } from '../../../machines/events.js';
import { stages, type Stage } from '../../../machines/protocol.js';
import type { Ended } from '../rows.js';

/** Why a run ended, as a sentence. */
export function endedSentence(ended: Ended): string {
  switch (ended.reason) {
    case 'finished': {
      const ends = stages.flatMap((stage) => {
        const verdict = ended.stages[stage];
        return verdict === undefined ? [] : [`${names[stage]} ${verdictWords[verdict]}`];
      });
      return `Finished: ${ends.join(', ')}.`;
    }
    case 'out-of-virtual-time':
      return 'Ended at the limit of virtual time (limits.virtualSeconds).';
    case 'deadlock':
      return `Deadlock: ${ended.waiting
        .map((one) => `${one.actor} waits in ${one.state} for ${one.for}`)
        .join('; ')}.`;
    case 'interrupted':
      return 'Interrupted by the user.';
    case 'failed':
      return `Failed: ${ended.cause}`;
  }
}

const names: Readonly<Record<Stage, string>> = {
  instruction: 'instruction tuning',
  reward: 'reward learning',
  alignment: 'alignment',
};

const verdictWords: Readonly<Record<Verdict, string>> = {
  converged: 'converged',
  'out-of-rounds': 'ran out of rounds',
  continue: 'did not end',
};
