import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec } from './coding.js';
import { entropy, flopsPerParameter, shareOf } from './own-options.js';
import { sparse } from './sparse.js';
import { greatest, greatestFlops } from './top-k.js';

/**
 * Down goes the top share of |w|, up the top share of |Δ|, trained without a mask in between (Kuo et al.,
 * Federated LoRA with Sparse Communication, 2024: FLASC). The server keeps its w whole: what a download leaves
 * out is the residual of error feedback, and w − C(w) comes back with the next aggregate, which is C(w) plus the
 * mean of the Δ. What an upload leaves out is lost, as in the paper.
 */
export const flasc = codec({
  name: 'flasc',
  description: 'down the greatest parameters of a part, up its greatest changes',
  options: closed({
    download: shareOf(0.25, 'of the parameters of a part that the server sends'),
    upload: shareOf(0.25, 'of the changes of a part that a client sends'),
    entropy,
    flopsPerParameter,
  }),
  make({ direction, download, upload, ...common }) {
    const isUp = direction === 'uplink';
    return framedCodec(sparse(isUp ? upload : download, greatest, greatestFlops), {
      delta: isUp,
      errorFeedback: !isUp,
      ...common,
    });
  },
});
