import type { Verdict } from '../../../machines/events.js';
import type { RunRecords } from '../read.js';

/** Why a run ended, as a sentence. */
export function endedSentence(ended: RunRecords['summary']['ended']): string {
  switch (ended.reason) {
    case 'finished': {
      const { instruction, reward, alignment } = ended.stages;
      return (
        `Finished: instruction tuning ${verdictWords(instruction)}, ` +
        `reward learning ${verdictWords(reward)}, alignment ${verdictWords(alignment)}.`
      );
    }
    case 'out-of-virtual-time':
      return 'Ended at the limit of virtual time (limits.virtualSeconds).';
    case 'deadlock':
      return `Deadlock: ${ended.waiting
        .map((one) => `${one.actor} waits in ${one.state} for ${one.for}`)
        .join('; ')}.`;
    case 'interrupted':
      return 'Interrupted by the user.';
    case 'partial':
      return 'Partial: there is no summary.json, the run was killed or goes on; what it had written is shown.';
    case 'failed':
      return `Failed: ${ended.cause}`;
  }
}

function verdictWords(verdict: Verdict | undefined): string {
  switch (verdict) {
    case 'converged':
      return 'converged';
    case 'out-of-rounds':
      return 'ran out of rounds';
    case 'continue':
    case undefined:
      return 'did not end';
  }
}
