import { stages } from '../../../machines/protocol.js';
import type { Summary } from '../summary.js';
import { stageNames } from './figure-names.js';
import { number, percent } from './format.js';

/** How even participation and accuracy were, in one line. */
export function fairnessText({ fairness }: Pick<Summary, 'fairness'>): string {
  const { participation, accuracy, worstDecileAccuracy, accuracySpread } = fairness;
  return (
    `Fairness (Jain’s index): participation ${number(participation)}, accuracy ${number(accuracy)}; ` +
    `worst decile ${percent(worstDecileAccuracy)}, spread ${percent(accuracySpread)}`
  );
}

/** How far behind the averaged updates were, in one line; null where none was averaged. */
export function stalenessText({ staleness }: Pick<Summary, 'staleness'>): string | null {
  const parts = stages.flatMap((stage) => {
    const counts = staleness[stage].map(({ versions, updates }) => `${updates} by ${versions}`);
    return counts.length === 0 ? [] : [`${stageNames[stage]} ${counts.join(', ')}`];
  });
  return parts.length === 0 ? null : `Averaged updates by versions behind: ${parts.join('; ')}`;
}
