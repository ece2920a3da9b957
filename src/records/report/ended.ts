import type { Verdict } from '../../../machines/events.js';
import { stages, type Stage } from '../../../machines/protocol.js';
import type { RunRecords } from '../read.js';
import type { Ended } from '../rows.js';
import { stageNames } from './figure-names.js';

/** Why a run ended, as a sentence. */
export function endedSentence(ended: RunRecords['summary']['ended']): string {
  switch (ended.reason) {
    case 'finished':
      return finishedSentence(ended.stages);
    case 'out-of-virtual-time':
      return 'Ended at the limit of virtual time (limits.virtualSeconds).';
    case 'deadlock':
      return `Deadlock: ${ended.waiting
        .map((one) => `${one.actor} waits in ${one.state} for ${one.for}`)
        .join('; ')}.`;
    case 'livelock':
      return `Livelock: time stands still at ${ended.virtualSeconds} s while events go round${repeatingText(ended)}.`;
    case 'interrupted':
      return 'Interrupted by the user.';
    case 'stopped':
      return `Stopped by the script (${ended.by}).`;
    case 'partial':
      return 'Partial: there is no summary.json, the run was killed or goes on; what it had written is shown.';
    case 'failed':
      return `Failed: ${ended.cause}`;
  }
}

/** ": client-1 took timer.x 500 times, ..." */
function repeatingText({ repeating }: Extract<Ended, { readonly reason: 'livelock' }>): string {
  const words = repeating.map(({ actor, event, times }) => `${actor} took ${event} ${times} times`);
  return words.length === 0 ? ', of which no actor heard' : `; of the last: ${words.join(', ')}`;
}

/** "Finished: 3 of 3 stages; reward learning converged, the round limit ended alignment." */
function finishedSentence(verdicts: Readonly<Partial<Record<Stage, Verdict>>>): string {
  const endedBy = (verdict: Verdict) => stages.filter((stage) => verdicts[stage] === verdict);
  const [converged, limited] = [endedBy('converged'), endedBy('out-of-rounds')];
  const words = [
    ...(converged.length > 0 ? [`${listOf(converged)} converged`] : []),
    ...(limited.length > 0 ? [`the round limit ended ${listOf(limited)}`] : []),
  ];
  const count = converged.length + limited.length;
  return `Finished: ${count} of ${stages.length} stages${words.length > 0 ? `; ${words.join(', ')}` : ''}.`;
}

function listOf(some: readonly Stage[]): string {
  const names = some.map((stage) => stageNames[stage]);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
