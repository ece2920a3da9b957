import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { Attack } from './attack.js';

/** Says that its update is another client's (Douceur, "The Sybil attack", IPTPS 2002: who has several names). */
export const impostor = strategy({
  name: 'impostor',
  description: 'sends its update in another name',
  options: Type.Object({
    client: Type.String({
      minLength: 1,
      default: 'nobody',
      description: 'whose name, for example "client-1"; as it stands, that of no client',
    }),
  }),
  make: ({ client }: { readonly client: string }): Attack => ({ lie: () => ({ inNameOf: client }) }),
});
