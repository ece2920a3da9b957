import * as tf from '@tensorflow/tfjs';
import { drawnSet, parametersIn, weightAndBias } from '../params/param-set.js';
import type { ParamSet, TensorSpec } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelShape } from './model-shape.js';
import type { AdapterSite } from './config.js';
import { fused } from './fused.js';
import { kernels } from './kernels/index.js';
import type { SlotWeights } from './slots.js';
import { weight } from './weights.js';

/**
 * The adapters of Step 1.1, one per block and site: `h.0.adapter.attention.down.weight` [d, b], `.down.bias`
 * [b], `.up.weight` [b, d], `.up.bias` [d] and so on.
 */
export function adapterTensors({ config, adapters }: ModelShape): readonly TensorSpec[] {
  const { n_embd: width, n_layer: blocks } = config;
  const { sites, bottleneck } = adapters;
  const names = Array.from({ length: blocks }, (_, block) => sites.map((site) => adapterName(block, site)));
  return names.flat().flatMap((name) => tensorsOfOne(name, width, bottleneck));
}

function tensorsOfOne(name: string, width: number, bottleneck: number): readonly TensorSpec[] {
  return [
    ...weightAndBias(`${name}.down`, width, bottleneck),
    ...weightAndBias(`${name}.up`, bottleneck, width),
  ];
}

/**
 * All adapters as one set. Down-projections are uniform on ±1/sqrt(d); up-projections are zero, so that the
 * model starts as it was (Houlsby et al. 2019).
 */
export function initialAdapters(shape: ModelShape, stream: Stream): ParamSet {
  const bound = 1 / Math.sqrt(shape.config.n_embd);
  const uniform = () => bound * (2 * stream.uniform() - 1);
  return drawnSet('adapters', adapterTensors(shape), ({ name }) =>
    name.endsWith('.down.weight') ? uniform : null,
  );
}

/** Parameters of all adapters of a model. */
export function adapterParameters({ config, adapters: { sites, bottleneck } }: ModelShape): number {
  return config.n_layer * sites.length * parametersIn(tensorsOfOne('', config.n_embd, bottleneck));
}

/**
 * The residual with the change of each slot's adapter at a site added, all of which read x, (M, C); the residual
 * itself where no slot has one. A serial adapter's residual is its input x (Houlsby et al. 2019), a parallel one's
 * the output of the layer beside it (He et al. 2022).
 */
export function addAdapters(
  slots: readonly SlotWeights[],
  block: number,
  site: AdapterSite,
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
): tf.Tensor2D {
  const name = adapterName(block, site);
  return slots
    .filter(({ weights }) => weights.has(`${name}.up.weight`))
    .reduce((sum, slot) => bottleneck(slot, name, x, sum), residual);
}

/** residual + share · up(relu(down(x))), (M, C); gradients for both and for all four tensors. */
function bottleneck(
  { weights: adapters, share }: SlotWeights,
  name: string,
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
): tf.Tensor2D {
  const down = weight<tf.Rank.R2>(adapters, `${name}.down.weight`);
  const downBias = weight<tf.Rank.R1>(adapters, `${name}.down.bias`);
  const up = weight<tf.Rank.R2>(adapters, `${name}.up.weight`);
  const upBias = weight<tf.Rank.R1>(adapters, `${name}.up.bias`);
  return fused(
    [x, residual, down, downBias, up, upBias],
    () => {
      const hidden = kernels().affine(x, down, downBias, 'relu');
      const change = scaled(kernels().affine(hidden, up, upBias), share);
      return { value: tf.add(residual, change), saved: [x, hidden] };
    },
    (dy, saved) => {
      const [x, hidden] = saved as [tf.Tensor2D, tf.Tensor2D];
      const dChange = scaled(dy as tf.Tensor2D, share);
      const dHidden = kernels().reluGradient(tf.matMul(dChange, up, false, true), hidden);
      return [
        tf.matMul(dHidden, down, false, true),
        tf.clone(dy),
        kernels().transposedTimes(x, dHidden),
        kernels().columnSums(dHidden),
        kernels().transposedTimes(hidden, dChange),
        kernels().columnSums(dChange),
      ];
    },
  );
}

const scaled = (x: tf.Tensor2D, factor: number): tf.Tensor2D => (factor === 1 ? x : tf.mul(x, factor));

function adapterName(block: number, site: AdapterSite): string {
  return `h.${block}.adapter.${site}`;
}
