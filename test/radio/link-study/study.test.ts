import assert from 'node:assert/strict';
import { parseRecording } from '../../../src/radio/channel/fading/recording.js';
import { shared } from '../../../src/radio/channel/fading/recordings.js';
import { blockMeans } from '../../../src/radio/link-study/block-means.js';
import { closedForms } from '../../../src/radio/link-study/closed.js';
import { simulateBlocks } from '../../../src/radio/link-study/simulated-blocks.js';
import { simulateMessages } from '../../../src/radio/link-study/simulated-messages.js';
import { simulatePackets } from '../../../src/radio/link-study/simulated-packets.js';
import { studyLink, type StudyOptions } from '../../../src/radio/link-study/study.js';
import { subjectOf, type Subject } from '../../../src/radio/link-study/subject.js';
import { transferTime, type TransferForm } from '../../../src/radio/link-study/transfer-time.js';
import type { Estimate } from '../../../src/radio/link-study/estimate.js';
import type { Scenario } from '../../../src/scenario/schema.js';
import { resolveScenario } from '../../../src/scenario/validate.js';

/** 36 adapters of GPT-2 small. */
const bits = 18_590_976;

type Direction = StudyOptions['direction'];

function scenarioOf(channel: object = {}, rest: object = {}): Scenario {
  return resolveScenario({ name: 'link', channel: { coherenceSeconds: 0.05, ...channel }, ...rest });
}

function subject(channel: object = {}, direction: Direction = 'uplink', clients = 10): Subject {
  const scenario = scenarioOf(channel, { clients: { count: clients } });
  return subjectOf(scenario, null, { direction, client: 1 });
}

function study(channel: object = {}, options: Partial<StudyOptions> = {}) {
  const most = { direction: 'uplink', client: 1, bits, messages: 50, draws: 512 } as const;
  return studyLink(scenarioOf(channel), null, { ...most, ...options });
}

/** To the digits that the reference prints. */
function near(actual: number | null | undefined, expected: number, tolerance = 1e-6) {
  const off = Math.abs((actual ?? NaN) / expected - 1);
  assert.ok(off <= tolerance, `${actual}, expected ${expected}: off by ${off}`);
}

function agrees(estimate: Estimate | null, expected: number) {
  const off = ((estimate?.value ?? NaN) - expected) / (estimate?.standardError ?? NaN);
  assert.ok(Math.abs(off) <= 3, `${estimate?.value}, expected ${expected}: ${off} standard errors off`);
}

function transferOf(of: Subject, size = bits): TransferForm {
  const means = blockMeans(of);
  assert.ok(means !== null);
  const form = transferTime(of, size, means);
  assert.ok(typeof form !== 'string');
  return form;
}

function reasonAgainst(channel: object, size = bits) {
  const of = subject(channel);
  const means = blockMeans(of);
  return means === null ? null : transferTime(of, size, means);
}

describe('the closed forms of a link', () => {
  // The reference vectors of the paper's link: Rayleigh fading of 5 dB, 1 MHz, 1 Mbit/s, blocks of 50 ms.
  it('are the reference’s for the default radio', () => {
    const closed = closedForms(subject());
    near(closed.ergodicBps, 1_715_974);
    near(closed.awgnBps, 2_057_373);
    near(closed.outage, 0.271107, 3e-6);
    near(closed.arqMean, 1.371943);
    near(closed.arqTruncatedMean, 1.364531);
    near(closed.residualLoss, 0.005402, 1e-4);
    near(closed.harqChaseMean, 1.316228);
    near(closed.bestFixedRateBps, 1_553_867);
    near(closed.bestFixedRateOutage, 0.457858);
    near(closed.bestFixedRateGoodputBps, 842_417);
    near(closed.outageRateBps['0.01'], 45_138, 1e-5);
    near(closed.outageRateBps['0.05'], 216_863);
    near(closed.outageRateBps['0.10'], 414_871);
  });

  it('follow the reference over signal-to-noise ratios and rates', () => {
    for (const [meanSnrDb, bps] of [
      [0, 860_347],
      [10, 2_906_515],
      [20, 5_884_048],
    ] as const) {
      near(closedForms(subject({ uplink: { meanSnrDb } })).ergodicBps, bps);
    }
    for (const [fixedRateBps, outage, arqMean] of [
      [5e5, 0.12277, 1.139952],
      [2e6, 0.612749, 2.582307],
    ] as const) {
      const closed = closedForms(subject({ fixedRateBps }));
      near(closed.outage, outage, 5e-6);
      near(closed.arqMean, arqMean);
    }
    near(closedForms(subject({ fixedRateBps: 2e6 })).harqChaseMean, 1.948683);
  });

  it('have the reference’s level crossings and correlation at 10 Hz', () => {
    const closed = closedForms(subject({ correlation: 'jakes', dopplerHz: 10, coherenceSeconds: 0.01 }));
    near(closed.rho, 0.903713);
    near(closed.levelCrossing?.ratePerSecond, 10.274341);
    near(closed.levelCrossing?.averageFadeSeconds, 0.026386762);
  });

  it('are Rayleigh’s where Rician and Nakagami fading are, though found by quadrature and search', () => {
    const rayleigh = closedForms(subject());
    for (const channel of [
      { fading: 'rician', ricianK: 0 },
      { fading: 'nakagami', nakagamiM: 1 },
    ]) {
      const closed = closedForms(subject(channel));
      near(closed.ergodicBps, rayleigh.ergodicBps);
      near(closed.outage, rayleigh.outage);
      near(closed.harqChaseMean, 1.316228);
      near(closed.harqIrMean, rayleigh.harqIrMean ?? NaN);
      near(closed.bestFixedRateBps, rayleigh.bestFixedRateBps);
      near(closed.bestFixedRateGoodputBps, rayleigh.bestFixedRateGoodputBps);
      near(closed.outageRateBps['0.05'], rayleigh.outageRateBps['0.05']);
    }
  });

  it('of a constant gain are those of additive white Gaussian noise', () => {
    const closed = closedForms(subject({ fading: 'none' }));
    near(closed.ergodicBps, closed.awgnBps, 1e-12);
    near(closed.bestFixedRateGoodputBps, closed.awgnBps, 1e-12);
    assert.deepEqual([closed.outage, closed.arqMean, closed.harqChaseMean, closed.harqIrMean], [0, 1, 1, 1]);
    // 5 Mbit/s: 31 / 3.162 = 9.8 copies for Chase combining, 5 / 2.057 = 2.43 of them for fresh parity.
    const fast = closedForms(subject({ fading: 'none', fixedRateBps: 5e6 }));
    assert.deepEqual([fast.outage, fast.arqMean, fast.harqChaseMean, fast.harqIrMean], [1, null, 10, 3]);
    assert.equal(fast.why.arqMean, 'no block carries the fixed rate');
  });

  it('have reasons for what is missing at a rate that nothing carries', () => {
    const closed = closedForms(subject({ fixedRateBps: 1e12 }));
    assert.deepEqual(
      [closed.outage, closed.arqMean, closed.harqChaseMean, closed.harqIrMean, closed.levelCrossing],
      [1, null, null, null, null],
    );
    assert.deepEqual(Object.keys(closed.why), ['arqMean', 'harqChaseMean', 'harqIrMean', 'levelCrossing']);
  });
});

describe('the mean rate of a policy', () => {
  // The reference vectors: a cutoff at 0.1, a broadcast to ten, a band that ten split.
  it('is the reference’s for a cutoff, a broadcast and a split band', () => {
    near(blockMeans(subject({ rate: 'cutoff' }))?.rateBps, 1_696_564);
    near(blockMeans(subject({ downlink: { cast: 'broadcast' } }, 'downlink'))?.rateBps, 362_150);
    near(blockMeans(subject({ uplink: { sharing: 'split-power-kept' } }))?.rateBps, 433_020.033);
  });

  it('is a fixed rate’s goodput, and a share’s part', () => {
    near(blockMeans(subject({ rate: 'fixed', fixedRateBps: 1_553_867 }))?.rateBps, 842_417);
    near(blockMeans(subject({ uplink: { sharing: 'tdma' } }))?.rateBps, 171_597.4);
  });
});

describe('the closed form of a transfer', () => {
  it('is the reference’s for 36 adapters', () => {
    const { delaySeconds, energyJoules } = transferOf(subject());
    near(delaySeconds.mean, 10.84218);
    near(delaySeconds.sd, 0.419338, 2e-6);
    // 1 W all the while.
    near(energyJoules, delaySeconds.mean, 1e-9);
  });

  it('counts silent blocks as waiting, a broadcast’s energy among all, and time shares', () => {
    const waits = { fading: 'none', receivePowerWatts: 0.5, idlePowerWatts: 0.1 };
    const tdma = transferOf(subject({ ...waits, uplink: { sharing: 'tdma' } }), 2_057_373);
    // A second on the air in ten: 1 J sent, 0.5 J received, 9 s of 0.1 W waited.
    near(tdma.delaySeconds.mean, 10);
    near(tdma.energyJoules, 2.4);
    assert.ok(tdma.delaySeconds.sd < 1e-6);
    const cast = { fading: 'none', downlink: { cast: 'broadcast' } };
    near(transferOf(subject(cast, 'downlink'), 2_057_373).energyJoules, 0.1);
  });

  it('counts what amplifier and circuits draw, and the simulation agrees', () => {
    const uplink = { amplifierEfficiency: 0.25, circuitPowerWatts: 0.5 };
    const { delaySeconds, energyJoules } = transferOf(subject({ uplink }));
    // 1 W / 0.25 + 0.5 W all the while.
    near(energyJoules, 4.5 * delaySeconds.mean, 1e-9);
    const { simulated } = study({ uplink });
    agrees(simulated.energyJoules, energyJoules);
    // Of a broadcast to ten a tenth.
    const cast = { fading: 'none', downlink: { cast: 'broadcast', ...uplink } };
    near(transferOf(subject(cast, 'downlink'), 2_057_373).energyJoules, 0.45);
  });

  it('counts the headers of packets', () => {
    const headed = transferOf(subject({ packetBits: 1000, packetHeaderBits: 500 }), 2e7);
    near(headed.delaySeconds.mean, transferOf(subject(), 3e7).delaySeconds.mean, 1e-12);
  });

  it('has a reason where its theorem does not hold', () => {
    assert.equal(reasonAgainst({ rate: 'fixed' }), 'the rate does not follow the gain');
    assert.equal(reasonAgainst({ correlation: 'jakes' }), 'one block depends on the one before it');
    assert.equal(reasonAgainst({ lossProbability: 0.1 }), 'packets are lost');
    assert.equal(reasonAgainst({ faults: [{ effect: 'blackout' }] }), 'a script silences the link');
    assert.equal(reasonAgainst({}, 1000), 'a message takes fewer than 5 blocks');
    assert.equal(reasonAgainst({ maxAttemptSeconds: 5 }), 'an attempt takes too long');
  });
});

describe('the simulation of a link', () => {
  describe('of packets of one block each', () => {
    const of = subject();
    let packets: ReturnType<typeof simulatePackets>;
    before(function () {
      this.timeout(120_000);
      packets = simulatePackets(of, closedForms(of), 1e5);
    });

    it('finds outage and ARQ’s transmissions within 3 standard errors', () => {
      agrees(packets.outage, 0.271107);
      agrees(packets.arqMean, 1.371943);
      agrees(packets.arqTruncatedMean, 1.364531);
      agrees(packets.residualLoss, 0.005402);
      assert.deepEqual(packets.packets, { outage: 1e5, arq: 1e5, 'harq-chase': 1e5, 'harq-ir': 1e5 });
    });

    it('finds HARQ’s transmissions within 3 standard errors', () => {
      agrees(packets.harqChaseMean, 1.316228);
      agrees(packets.harqIrMean, closedForms(of).harqIrMean ?? NaN);
    });
  });

  it('finds the mean rates of blocks within 3 standard errors, correlated or not, shared or not', () => {
    for (const channel of [{}, { correlation: 'jakes' }, { correlation: 'gauss-markov', dopplerHz: 1 }]) {
      agrees(simulateBlocks(subject(channel), 1e5).ergodicBps, 1_715_974);
    }
    agrees(simulateBlocks(subject({ rate: 'cutoff' }), 1e5).policyBps, 1_696_564);
    const cast = subject({ downlink: { cast: 'broadcast' } }, 'downlink');
    agrees(simulateBlocks(cast, 1e5).policyBps, 362_150);
    const fair = subject({ uplink: { sharing: 'proportional-fair' } });
    agrees(simulateBlocks(fair, 1e5).policyBps, blockMeans(fair)?.rateBps ?? NaN);
  });

  it('finds mean and standard deviation of the delay of 36 adapters', () => {
    const sent = simulateMessages(subject(), bits, 2000, 11);
    agrees(sent.delay, 10.84218);
    // The standard error of a standard deviation over n values is 1/sqrt(2 n) of it.
    near(sent.delaySeconds.sd, 0.419338, 3 / Math.sqrt(4000));
    assert.equal(sent.delivered.value, 1);
  });

  it('finds delay and energy with silent blocks, idle power, other clients’ blocks and a broadcast', () => {
    const waits = { idlePowerWatts: 0.1, receivePowerWatts: 0.3 };
    for (const of of [
      subject({ ...waits, rate: 'cutoff', cutoffGain: 0.5 }),
      subject({ ...waits, rate: 'mcs', uplink: { sharing: 'tdma' } }),
      subject({ ...waits, rate: 'inversion' }),
      subject({ ...waits, uplink: { sharing: 'proportional-fair' } }),
      subject({ ...waits, downlink: { cast: 'broadcast' } }, 'downlink', 5),
    ]) {
      const form = transferOf(of, 2e6);
      const sent = simulateMessages(of, 2e6, 1000, form.delaySeconds.mean);
      agrees(sent.delay, form.delaySeconds.mean);
      agrees(sent.energy, form.energyJoules);
    }
  });

  it('sends truncated ARQ’s repeats: packets of a block’s length, begun anywhere in one', () => {
    // NumPy, 4e6 packets over independent blocks of 50 ms, 10 ms of feedback: each meets two blocks.
    const sent = simulateMessages(subject({ rate: 'fixed', fixedRateBps: 1e6 }), 5e4, 20_000, 1);
    agrees(sent.attempts, 1.274163);
    agrees(sent.delivered, 0.9963035);
  });

  it('starts messages of correlated links far apart, so that they are independent', () => {
    const still = simulateMessages(subject({ correlation: 'jakes', dopplerHz: 10 }), bits, 300, 11);
    near(still.delaySeconds.mean, 10.84, 0.02);
    assert.ok((still.delaySeconds.sd ?? 0) > 0.1);
  });
});

describe('the study of a link', () => {
  it('is a function of its arguments', () => {
    assert.deepEqual(study(), study());
  });

  it('ends with nothing delivered where the link is silent for ever', () => {
    const found = study({ faults: [{ effect: 'blackout' }] }, { messages: 2000 });
    assert.equal(found.delivered, 0);
    assert.deepEqual(found.delaySeconds, { mean: null, sd: null, p50: null, p95: null, p99: null });
    assert.deepEqual(found.losses, { timeout: 2000 });
    assert.ok(found.notes.includes('No message arrived.'));
  });

  it('simulates fewer messages where each takes very many blocks, and says so', () => {
    const found = study(
      { correlation: 'jakes', coherenceSeconds: 1e-3 },
      { messages: 2000, mostBlocks: 3e5 },
    );
    assert.ok(found.messages < 50, String(found.messages));
    assert.ok(found.notes.some((note) => note.includes(`${found.messages} messages were simulated`)));
  });

  it('warns of a mean delay that rare deep fades dominate', () => {
    for (const channel of [{ coherenceSeconds: 100 }, { correlation: 'jakes', dopplerHz: 0.001 }]) {
      const found = study(channel);
      assert.equal(found.closedForm, null);
      assert.ok(found.notes.some((note) => note.includes('dominated by rare deep fades')));
    }
    assert.deepEqual(study().notes, []);
  });

  it('takes the law of a trace, and its messages go through the trace', () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${i % 2 === 0 ? 0.5 : 1.5}`);
    const trace = shared(parseRecording(['seconds,gain', ...rows].join('\n'), 'gains.csv'));
    const scenario = scenarioOf({ fading: 'trace', traceFile: 'gains.csv', coherenceSeconds: 1 });
    const most = { direction: 'uplink', client: 1, bits: 1e7, messages: 100, draws: 512 } as const;
    const found = studyLink(scenario, trace, most);
    const snr = 10 ** 0.5;
    const [low, high] = [1e6 * Math.log2(1 + 0.5 * snr), 1e6 * Math.log2(1 + 1.5 * snr)];
    near(found.ergodicBps, (low + high) / 2, 1e-9);
    agrees(simulateBlocks(subjectOf(scenario, trace, most), 1e5).ergodicBps, (low + high) / 2);
    near(found.outageRateBps['0.10'], low, 1e-9);
    near(found.delaySeconds.mean, (2 * 1e7) / (low + high), 0.05);
    assert.match(found.why.harqChaseMean ?? '', /no closed form/);
  });

  it('has a reason for every figure that is missing', () => {
    const found = study({ fixedRateBps: 1e12 }, { messages: 1 });
    const missing = Object.entries(found.simulated).filter(([, estimate]) => estimate === null);
    assert.deepEqual(
      missing.map(([name]) => name).filter((name) => !(`simulated.${name}` in found.why)),
      [],
    );
    assert.equal(found.simulated.outage?.value, 1);
  });

  it('names the client that there is not', () => {
    assert.throws(() => study({}, { client: 11 }), /--client 11: is no client, expected 1 to 10/);
  });

  it('refuses bits that make too many packets', () => {
    assert.throws(
      () => study({ packetBits: 1 }, { bits: 1e12 }),
      /^UserError: --bits 1000000000000: .*set channel\.packetBits higher$/,
    );
  });
});
