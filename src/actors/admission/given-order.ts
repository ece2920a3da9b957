import { textOf } from '../../../machines/events.js';
import { protocol } from '../../../machines/protocol.js';
import type { Check } from './check.js';

/** It answers an order that its sender was given, by a message that is there for it: so its version is one that there is. */
export const givenOrder: Check = {
  name: 'order',
  readsValues: false,
  of: ({ from, upload: { kind, answers } }, { isAsked }) => {
    if (!isAsked) return `${from} was never given the order ${textOf(answers)}`;
    return protocol[kind].stage === answers.stage ? null : `a ${kind} answers no order of ${answers.stage}`;
  },
};
