import { rewardParts } from '../../../machines/protocol.js';
import type { Hashes, Kept, KeptEvent, PublishedEvent } from '../state-events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('frozen rewards');

/**
 * In stage 3 nothing that judges responses changes: the server's reward models stay as the stage found them, and what a
 * client froze in Step 3.1 (reward models and reference policy, as they stood in its model) stays until the end. A
 * crash may lose it; then it is frozen anew.
 */
export function frozenRewards(): Checker {
  const frozen = new Map<string, Kept['frozen']>();
  let judges: string | null = null;

  const onKept = ({ actor, change, kept }: KeptEvent) => {
    const [before, now] = [frozen.get(actor) ?? null, kept.frozen];
    frozen.set(actor, now);
    if (change.by === 'freezing' && before === null) return checkBegin(actor, kept);
    const isLost = now === null && change.by === 'going-off' && change.crashed;
    if (!isLost && textOf(now) !== textOf(before)) {
      fail(`${actor} has other reward models or another reference than it froze, by ${change.by}`);
    }
  };
  const onPublished = ({ by, stage, version, global }: PublishedEvent) => {
    const now = JSON.stringify(rewardParts.map((part) => global[part] ?? null));
    if (stage !== 'alignment' || by === 'start' || by === 'stage') judges = now;
    if (now !== judges) fail(`the global reward models have changed by version ${version} of alignment`);
  };
  return {
    onState(event) {
      if (event.type === 'kept') onKept(event);
      if (event.type === 'published') onPublished(event);
    },
  };
}

function checkBegin(actor: string, { frozen, model }: Kept): void {
  if (frozen === null) return fail(`${actor} froze nothing in Step 3.1`);
  const frozenParts: Hashes = { ...frozen.reference, ...frozen.rewardModels };
  for (const [part, hash] of Object.entries(frozenParts)) {
    if (hash !== model[part]) fail(`${actor} froze ${part} in Step 3.1, which is not the one in its model`);
  }
}

const textOf = (frozen: Kept['frozen']) => JSON.stringify(frozen && [frozen.reference, frozen.rewardModels]);
