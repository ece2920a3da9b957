import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  arrivalFaults,
  attemptFaults,
  blackouts,
  blackoutsOf,
  inBlackout,
  isAbout,
  silencesIn,
  type FaultScene,
} from '../../../src/radio/channel/faults/faults.js';
import type { Fault } from '../../../src/radio/channel/faults/settings.js';

const untouched = { lost: null, rateFactor: 1 };

const upload: FaultScene = {
  seed: 1,
  link: 'client-3/up',
  client: 3,
  direction: 'uplink',
  kind: 'alignment-update',
  step: '3.3',
  stage: 'alignment',
  round: 4,
};

/** Every message of a run of five clients and four rounds per stage, as far as faults see it. */
const messages: readonly FaultScene[] = [
  ['update', '1.3', 'instruction', 'uplink'],
  ['global', '1.4', 'instruction', 'downlink'],
  ['helpful-update', '2.3', 'reward', 'uplink'],
  ['harmless-global', '2.4', 'reward', 'downlink'],
  ['alignment-update', '3.3', 'alignment', 'uplink'],
  ['alignment-global', '3.4', 'alignment', 'downlink'],
].flatMap(([kind = '', step = '', stage = '', direction]) =>
  [1, 2, 3, 4, 5].flatMap((client) =>
    [1, 2, 3, 4].map((round) => ({
      seed: 1,
      link: `client-${client}/${direction === 'uplink' ? 'up' : 'down'}`,
      client,
      direction: direction === 'uplink' ? ('uplink' as const) : ('downlink' as const),
      kind,
      step,
      stage,
      round,
    })),
  ),
);

const hitsOf = (fault: Fault) =>
  messages.filter((scene) => attemptFaults([fault], scene, 1, 0).lost !== null);

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} within ${tolerance}`);
}

describe('faults of an attempt', () => {
  it('are none where the script is empty or about something else', () => {
    assert.deepEqual(attemptFaults([], upload, 1, 0), untouched);
    assert.deepEqual(attemptFaults([{ effect: 'drop', client: 2 }], upload, 1, 0), untouched);
  });

  it('hit exactly one message: drop client 3’s upload in Step 3.3 of round 4', () => {
    assert.deepEqual(hitsOf({ effect: 'drop', client: 3, step: '3.3', round: 4 }), [upload]);
  });

  it('ask each property that they name to agree', () => {
    assert.equal(hitsOf({ effect: 'drop' }).length, 120);
    assert.equal(hitsOf({ effect: 'drop', client: 3 }).length, 24);
    assert.equal(hitsOf({ effect: 'drop', direction: 'uplink' }).length, 60);
    assert.equal(hitsOf({ effect: 'drop', kind: 'update' }).length, 20);
    assert.equal(hitsOf({ effect: 'drop', step: '2.4' }).length, 20);
    assert.equal(hitsOf({ effect: 'drop', stage: 'reward' }).length, 40);
    assert.equal(hitsOf({ effect: 'drop', round: 2 }).length, 30);
    assert.equal(hitsOf({ effect: 'drop', stage: 'reward', direction: 'uplink', round: 2 }).length, 5);
  });

  it('are of one attempt where it is named, of all where it is not', () => {
    const lost = (fault: Fault) =>
      [1, 2, 3].map((attempt) => attemptFaults([fault], upload, attempt, 0).lost);
    assert.deepEqual(lost({ effect: 'drop', attempt: 2 }), [null, 'fault', null]);
    assert.deepEqual(lost({ effect: 'corrupt' }), ['corrupted', 'corrupted', 'corrupted']);
  });

  it('last from the start of their window until just before its end', () => {
    const fault: Fault = { effect: 'drop', fromSeconds: 10, toSeconds: 20 };
    const lost = (atSeconds: number) => attemptFaults([fault], upload, 1, atSeconds).lost;
    assert.deepEqual([9.999999, 10, 19.999999, 20].map(lost), [null, 'fault', 'fault', null]);
    const openEnded = attemptFaults([{ effect: 'drop', fromSeconds: 10 }], upload, 1, 1e9);
    assert.equal(openEnded.lost, 'fault');
  });

  it('lose an attempt to the drop before the checksum, in whatever order they are listed', () => {
    const [drop, corrupt] = [{ effect: 'drop' }, { effect: 'corrupt' }] satisfies Fault[];
    assert.equal(attemptFaults([drop!, corrupt!], upload, 1, 0).lost, 'fault');
    assert.equal(attemptFaults([corrupt!, drop!], upload, 1, 0).lost, 'fault');
  });

  it('multiply the factors of all that slows it, a tenth where none is given', () => {
    const faults: readonly Fault[] = [
      { effect: 'slow', factor: 0.5 },
      { effect: 'slow' },
      { effect: 'slow', factor: 0.25, client: 2 },
    ];
    const { lost, rateFactor } = attemptFaults(faults, upload, 1, 0);
    assert.equal(lost, null);
    near(rateFactor, 0.05, 1e-15);
  });

  it('leave delays, copies and blackouts to others', () => {
    const faults: readonly Fault[] = [{ effect: 'delay' }, { effect: 'duplicate' }, { effect: 'blackout' }];
    assert.deepEqual(attemptFaults(faults, upload, 1, 0), untouched);
  });
});

describe('faults of an arrival', () => {
  it('are none where the script is empty or about attempts', () => {
    const none = { delaySeconds: 0, copiesAfterSeconds: [] };
    assert.deepEqual(arrivalFaults([], upload, 0), none);
    const faults: readonly Fault[] = [{ effect: 'drop' }, { effect: 'slow' }, { effect: 'blackout' }];
    assert.deepEqual(arrivalFaults(faults, upload, 0), none);
  });

  it('add up the delays, and list the copies by time; a second each where none is given', () => {
    const faults: readonly Fault[] = [
      { effect: 'delay', delaySeconds: 2.5 },
      { effect: 'duplicate', delaySeconds: 4 },
      { effect: 'delay' },
      { effect: 'duplicate' },
      { effect: 'delay', delaySeconds: 100, round: 3 },
    ];
    assert.deepEqual(arrivalFaults(faults, upload, 0), { delaySeconds: 3.5, copiesAfterSeconds: [1, 4] });
  });

  it('last from the start of their window until just before its end', () => {
    const fault: Fault = { effect: 'delay', fromSeconds: 10, toSeconds: 20 };
    const delay = (atSeconds: number) => arrivalFaults([fault], upload, atSeconds).delaySeconds;
    assert.deepEqual([9.999999, 10, 19.999999, 20].map(delay), [0, 1, 1, 0]);
  });
});

describe('the probability of a fault', () => {
  const count = 100_000;
  const withinErrors = (hits: number, probability: number) =>
    near(hits / count, probability, 3 * Math.sqrt((probability * (1 - probability)) / count));

  it('is met over many messages and attempts', () => {
    const faults: readonly Fault[] = [{ effect: 'duplicate' }, { effect: 'drop', probability: 0.3 }];
    let lost = 0;
    for (let i = 0; i < count; i++) {
      const scene = { ...upload, round: Math.floor(i / 4) };
      if (attemptFaults(faults, scene, (i % 4) + 1, 0).lost !== null) lost += 1;
    }
    withinErrors(lost, 0.3);
  });

  it('is met over many arrivals', () => {
    const faults: readonly Fault[] = [{ effect: 'drop' }, { effect: 'duplicate', probability: 0.05 }];
    let copies = 0;
    for (let round = 0; round < count; round++) {
      copies += arrivalFaults(faults, { ...upload, round }, 0).copiesAfterSeconds.length;
    }
    withinErrors(copies, 0.05);
  });

  it('is drawn for each fault by itself: two of a half lose three of four', () => {
    const half: Fault = { effect: 'drop', probability: 0.5 };
    let lost = 0;
    for (let round = 0; round < count; round++) {
      if (attemptFaults([half, half], { ...upload, round }, 1, 0).lost !== null) lost += 1;
    }
    withinErrors(lost, 0.75);
  });

  it('is drawn for each attempt and each message by itself: two are lost in one case of four', () => {
    const half: Fault = { effect: 'drop', probability: 0.5 };
    const isLost = (scene: FaultScene, attempt: number) =>
      attemptFaults([half], scene, attempt, 0).lost !== null;
    const others: readonly (readonly [changes: Partial<FaultScene>, attempt: number])[] = [
      [{}, 2],
      [{ link: 'client-4/up', client: 4 }, 1],
      [{ kind: 'update' }, 1],
      [{ stage: 'instruction' }, 1],
    ];
    const both = others.map(() => 0);
    for (let round = 0; round < count; round++) {
      if (!isLost({ ...upload, round }, 1)) continue;
      others.forEach(([changes, attempt], index) => {
        if (isLost({ ...upload, ...changes, round }, attempt)) both[index]! += 1;
      });
    }
    both.forEach((hits) => withinErrors(hits, 0.25));
  });

  it('is never at 0, always at 1', () => {
    for (let round = 0; round < 1000; round++) {
      const scene = { ...upload, round };
      assert.equal(attemptFaults([{ effect: 'drop', probability: 0 }], scene, 1, 0).lost, null);
      assert.equal(attemptFaults([{ effect: 'drop', probability: 1 }], scene, 1, 0).lost, 'fault');
    }
  });

  it('is drawn once for a link that blacks out, whatever is asked of it', () => {
    const fault: Fault = { effect: 'blackout', probability: 0.4 };
    let out = 0;
    for (let link = 0; link < count; link++) {
      if (blackouts([fault], { seed: 1, link: `link-${link}`, client: 1, direction: 'uplink' }).length > 0) {
        out += 1;
      }
    }
    withinErrors(out, 0.4);
    assert.deepEqual(blackouts([fault], upload), blackouts([fault], upload));
  });

  it('follows from the key alone: a fault further down the list, or another link, changes nothing', () => {
    const half: Fault = { effect: 'drop', probability: 0.5 };
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 4 }), fc.nat(1000), (round, attempt, other) => {
        const scene = { ...upload, round };
        const before = attemptFaults([half], scene, attempt, 0);
        attemptFaults([half], { ...scene, link: 'client-9/up', round: other }, attempt, 0);
        const unrelated: Fault = { effect: 'drop', client: 9, probability: 0.5 };
        assert.deepEqual(attemptFaults([half, unrelated], scene, attempt, 7), before);
      }),
    );
  });
});

describe('blackouts', () => {
  const spansOf = (faults: readonly Fault[], scene = upload) =>
    silencesIn(blackouts(faults, scene)).map(({ fromSeconds, toSeconds }) => [fromSeconds, toSeconds]);
  const blackout = (fromSeconds: number, toSeconds: number): Fault => ({
    effect: 'blackout',
    fromSeconds,
    toSeconds,
  });

  it('are everybody’s where no client is named, else that client’s and direction’s', () => {
    assert.deepEqual(spansOf([{ effect: 'blackout' }]), [[0, Infinity]]);
    assert.deepEqual(spansOf([{ effect: 'blackout', client: 3, direction: 'uplink' }]), [[0, Infinity]]);
    assert.deepEqual(spansOf([{ effect: 'blackout', client: 2 }]), []);
    assert.deepEqual(spansOf([{ effect: 'blackout', direction: 'downlink' }]), []);
    assert.deepEqual(spansOf([{ effect: 'drop' }]), []);
  });

  it('are merged where they overlap or touch, and stand in order of time', () => {
    assert.deepEqual(
      spansOf([blackout(30, 40), blackout(0, 10), blackout(5, 12), blackout(6, 8), blackout(12, 15)]),
      [
        [0, 15],
        [30, 40],
      ],
    );
    assert.deepEqual(spansOf([blackout(20, 30), { effect: 'blackout', fromSeconds: 25 }]), [[20, Infinity]]);
  });

  it('cover a time exactly where some fault of the script does', () => {
    const anyFault = fc
      .tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }))
      .map(([from, length]) => blackout(from, from + length));
    fc.assert(
      fc.property(fc.array(anyFault, { maxLength: 8 }), (faults) => {
        const spans = silencesIn(blackouts(faults, upload));
        for (let time = 0; time < 75; time += 0.5) {
          const covers = ({ fromSeconds = 0, toSeconds = 0 }: Partial<Fault>) =>
            fromSeconds <= time && time < toSeconds;
          assert.equal(spans.filter(covers).length, faults.some(covers) ? 1 : 0);
        }
        spans.forEach((span, i) => assert.ok(i === 0 || span.fromSeconds > spans[i - 1]!.toSeconds));
      }),
    );
  });

  it('are there for the messages alone that they name, by kind, step, stage and round', () => {
    const count = (fault: Partial<Fault>, scene = upload) =>
      blackoutsOf(blackouts([{ effect: 'blackout', ...fault }], scene), scene).length;
    for (const named of [
      { kind: 'alignment-update' },
      { step: '3.3' },
      { stage: 'alignment' },
      { round: 4 },
    ]) {
      assert.equal(count(named as Partial<Fault>), 1, JSON.stringify(named));
      const other = { ...upload, kind: 'update', step: '1.3', stage: 'instruction', round: 1 };
      assert.equal(count(named as Partial<Fault>, other), 0, JSON.stringify(named));
    }
    assert.equal(count({ stage: 'alignment', client: 2 }), 0);
  });

  it('take from an attempt the seconds that they cover of it, each once, and say which they were', () => {
    const all = blackouts([blackout(0, 10), blackout(5, 12), { effect: 'drop' }, blackout(20, 30)], upload);
    const during = (fromSeconds: number, toSeconds: number) => inBlackout(all, { fromSeconds, toSeconds });
    assert.deepEqual(during(8, 25), { blackoutSeconds: 4 + 5, blackouts: [0, 1, 3] });
    assert.deepEqual(during(11, 15), { blackoutSeconds: 1, blackouts: [1] });
    assert.deepEqual(during(12, 20), { blackoutSeconds: 0, blackouts: [] });
  });
});

describe('a fault', () => {
  const attempt = { number: 2, fromSeconds: 10, toSeconds: 12, arrives: true };
  const about = (fault: Fault, changes: Partial<typeof attempt> = {}) =>
    isAbout(fault, upload, { ...attempt, ...changes });

  it('is about an attempt that it names, at its beginning, whatever its probability', () => {
    assert.ok(about({ effect: 'drop', probability: 0 }));
    assert.ok(about({ effect: 'slow', attempt: 2, fromSeconds: 10, toSeconds: 10.5 }));
    assert.ok(!about({ effect: 'corrupt', attempt: 1 }));
    assert.ok(!about({ effect: 'drop', fromSeconds: 11 }));
    assert.ok(!about({ effect: 'drop', round: 5 }));
  });

  it('is about an arrival, at its time, and about a link whose attempt reaches into its blackout', () => {
    assert.ok(about({ effect: 'delay', fromSeconds: 11 }));
    assert.ok(!about({ effect: 'duplicate', fromSeconds: 11 }, { arrives: false }));
    assert.ok(!about({ effect: 'delay', toSeconds: 11 }));
    assert.ok(about({ effect: 'blackout', fromSeconds: 11, toSeconds: 11.5 }));
    assert.ok(!about({ effect: 'blackout', fromSeconds: 12 }));
    assert.ok(!about({ effect: 'blackout', client: 2 }));
  });
});
