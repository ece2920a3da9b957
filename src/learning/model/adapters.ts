import * as tf from '@tensorflow/tfjs';
import { drawnSet, parametersIn, weightAndBias } from '../params/param-set.js';
import type { ParamSet, TensorSpec } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelShape } from './model-shape.js';
import type { AdapterSite } from './config.js';
import { fused } from './fused.js';
import { kernels } from './kernels/index.js';
import { weight, type Weights } from './weights.js';

/**
 * The adapters of Step 1.1, one per block and site: `h.0.adapter.attention.down.weight` [d, b], `.down.bias`
 * [b], `.up.weight` [b, d], `.up.bias` [d] and so on.
 */
export function adapterTensors({ config, adapters }: ModelShape): readonly TensorSpec[] {
  const { n_embd: width, n_layer: blocks } = config;
  const { sites, bottleneck } = adapters;
  const names = Array.from({ length: blocks }, (_, block) => sites.map((site) => adapterName(block, site)));
  return names
    .flat()
    .flatMap((name) => [
      ...weightAndBias(`${name}.down`, width, bottleneck),
      ...weightAndBias(`${name}.up`, bottleneck, width),
    ]);
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
export function adapterParameters(shape: ModelShape): number {
  return parametersIn(adapterTensors(shape));
}

export function hasAdapter(adapters: Weights | null, block: number, site: AdapterSite): boolean {
  return adapters?.has(`${adapterName(block, site)}.up.weight`) ?? false;
}

/**
 * residual + up(relu(down(x))), (M, C); gradients for both and for all four tensors. A serial adapter's
 * residual is its input x (Houlsby et al. 2019), a parallel one's the output of the layer beside it (He et
 * al. 2022).
 */
export function bottleneck(
  adapters: Weights,
  block: number,
  site: AdapterSite,
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
): tf.Tensor2D {
  const name = adapterName(block, site);
  const down = weight<tf.Rank.R2>(adapters, `${name}.down.weight`);
  const downBias = weight<tf.Rank.R1>(adapters, `${name}.down.bias`);
  const up = weight<tf.Rank.R2>(adapters, `${name}.up.weight`);
  const upBias = weight<tf.Rank.R1>(adapters, `${name}.up.bias`);
  return fused(
    [x, residual, down, downBias, up, upBias],
    () => {
      const hidden = kernels().affine(x, down, downBias, 'relu');
      const change = kernels().affine(hidden, up, upBias);
      return { value: tf.add(residual, change), saved: [x, hidden] };
    },
    (dy, saved) => {
      const [x, hidden] = saved as [tf.Tensor2D, tf.Tensor2D];
      const dHidden = kernels().reluGradient(tf.matMul(dy, up, false, true), hidden);
      return [
        tf.matMul(dHidden, down, false, true),
        tf.clone(dy),
        kernels().transposedTimes(x, dHidden),
        kernels().columnSums(dHidden),
        kernels().transposedTimes(hidden, dy as tf.Tensor2D),
        kernels().columnSums(dy as tf.Tensor2D),
      ];
    },
  );
}

function adapterName(block: number, site: AdapterSite): string {
  return `h.${block}.adapter.${site}`;
}
