import { act, at, defineScenario, entersStep, eventually, expect, message, when } from 'pwff';

/** The clients of sync-baseline, to whom things happen: what can be scripted, in one scenario. */
export default defineScenario({
  extends: 'sync-baseline',
  name: 'scripted',
  description:
    'The clients of sync-baseline: a blackout, a crash, a link that gets worse, and what has to hold',
  channel: { maxTransmissions: 4 },
  instruction: { deadlineSeconds: 10, targetAccuracy: 0.8 },
  timeline: [
    when(entersStep('client-1', '1.3', { round: 2 }), act.blackout({ client: 'client-1', seconds: 8 })),
    when(entersStep('client-4', '1.3', { round: 3 }), act.crash('client-4', 5)),
    at(6, act.link({ client: 'client-6', direction: 'uplink', snrOffsetDb: -6 })),
  ],
  expectations: [
    expect('/ended/reason', { is: 'finished' }),
    eventually(message({ from: 'client-4', outcome: 'delivered', round: 5 }), 'client 4 comes back'),
    expect('/stages/instruction/accuracy', { atLeast: 0.75 }, 'it learns all the same'),
  ],
});
