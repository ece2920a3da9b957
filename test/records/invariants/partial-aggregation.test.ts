import type { Stage } from '../../../machines/protocol.js';
import type { ParamRef } from '../../../src/learning/params/param-set.js';
import type { RunEvent } from '../../../src/records/run-event.js';
import { methods } from '../../../src/strategies/methods/index.js';
import { shared, type Method } from '../../../src/strategies/methods/method.js';
import { check, download, messageRecords, ref, refused, upload } from './sound-round.js';

const a = ref('lora', ['h.0.attn.q.lora_A', 'h.1.attn.q.lora_A']);
const b = ref('lora', ['h.0.attn.q.lora_B', 'h.1.attn.q.lora_B']);
const whole = ref('lora');

const sends = (stage: Stage, round: number, params: Readonly<Record<string, ParamRef>>): RunEvent[] =>
  messageRecords(1, 'client-1', 'server', { ...upload(stage, round), params }, 0);
const receives = (...params: ParamRef[]): RunEvent[] =>
  messageRecords(1, 'server', 'client-1', { ...download('instruction', 0), params }, 0);

/** LoRA whose A and B go their own ways. */
const split = (name: string, ...parts: Method['slots'][number]['parts']): Method => ({
  ...methods.pwff,
  name,
  slots: [{ ...shared('lora'), parts }],
});

describe('partial aggregation of a method that treats the roles of a slot apart', () => {
  const sharesB = split(
    'shares-b',
    { roles: ['A'], train: 'always', share: 'never' },
    { roles: ['B'], train: 'always', share: 'always' },
  );

  it('lets an upload of B hold B alone', () => {
    check(sends('instruction', 1, { 'lora.B': b }), sharesB);
    check(sends('alignment', 1, { 'lora.B': b }), sharesB);
    const wrong =
      /^partial aggregation: message 1 .* carries lora parameters as lora\.B .* shares-b shares lora\.B there/;
    refused(sends('instruction', 1, { 'lora.B': whole }), wrong, sharesB);
    refused(sends('instruction', 1, { 'lora.B': a }), wrong, sharesB);
  });

  it('refuses A, which stays with its client, and the whole slot by its name', () => {
    refused(sends('instruction', 1, { 'lora.A': a }), /carries lora parameters as lora\.A/, sharesB);
    refused(
      sends('instruction', 1, { 'lora.B': b, 'lora.A': a }),
      /carries lora parameters as lora\.A/,
      sharesB,
    );
    refused(sends('instruction', 1, { lora: whole }), /carries lora parameters as lora in/, sharesB);
  });

  it('refuses parameters of another kind by a part’s name', () => {
    const adapters = ref('adapters', ['h.0.adapter.mlp.up.weight']);
    refused(
      sends('instruction', 1, { 'lora.B': adapters }),
      /carries adapters parameters as lora\.B/,
      sharesB,
    );
  });

  it('lets a download bring each part that the server made, and no set of both roles', () => {
    check(receives(a, b), sharesB);
    refused(receives(whole), /a global, carries lora parameters in .* shares lora\.B there/, sharesB);
    const slots = sharesB.slots.map((slot) => ({ ...slot, init: 'client' as const }));
    check(receives(b), { ...sharesB, slots });
    refused(receives(a), /carries lora parameters in .* shares lora\.B there/, { ...sharesB, slots });
  });
});

describe('partial aggregation of a method whose parts travel in some rounds', () => {
  const alternating = split(
    'alternating',
    { roles: ['A'], train: 'odd-rounds', share: 'odd-rounds' },
    { roles: ['B'], train: 'even-rounds', share: 'even-rounds' },
  );

  it('lets a part through in its rounds, and refuses it in the others', () => {
    check(sends('instruction', 1, { 'lora.A': a }), alternating);
    check(sends('alignment', 1, { 'lora.A': a }), alternating);
    refused(
      sends('instruction', 1, { 'lora.B': b }),
      /lora\.B .* alternating shares lora\.A there/,
      alternating,
    );
    refused(
      sends('instruction', 2, { 'lora.A': a }),
      /lora\.A .* alternating shares lora\.B there/,
      alternating,
    );
  });

  it('refuses it in a stage whose schedule has no such rounds', () => {
    const share = { instruction: 'always', alignment: 'never' } as const;
    const first = split('first', { train: 'always', share });
    check(sends('instruction', 1, { lora: whole }), first);
    refused(
      sends('alignment', 1, { lora: whole }),
      /as lora in the alignment .* shares nothing there/,
      first,
    );
  });
});
