import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec } from './coding.js';
import { indicesOfGreatest } from './greatest-values.js';
import { lossy, shareOf } from './own-options.js';
import { sparse, type Choice } from './sparse.js';

/** The values of greatest magnitude; to find them, two counts of a digit, a comparison with the least that stays. */
export const greatest: Choice = { indicesOf: indicesOfGreatest };
export const greatestFlops = 3;

/**
 * The k = ⌈share · d⌉ parameters of greatest magnitude of a part of d; the others are 0. It is a contraction:
 * ‖C(p) − p‖² ≤ (1 − k/d) ‖p‖² (Stich, Cordonnier and Jaggi, Sparsified SGD with Memory, NeurIPS 2018).
 */
export const topK = codec({
  name: 'top-k',
  description: 'the greatest changes of a part, and where they are',
  options: closed({ share: shareOf(0.1, 'k/d, of the parameters of a part'), ...lossy({ delta: true }) }),
  make: ({ direction: _, share, ...common }) => framedCodec(sparse(share, greatest, greatestFlops), common),
});
