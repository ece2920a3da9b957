export { exactGelu, exactGeluGradient, gelu, geluGradient, reluGradient } from './activations';
export { attendToCache, attention, attentionGradient, attentionScratch } from './attention';
export { layerNorm, layerNormGradient } from './layer-norm';
export { packedProduct, packedScratch } from './packed-product';
export { product } from './product';
export { addToRows, columnSums, gatherRows } from './rows';
export { logSoftmaxAt, logSoftmaxAtGradient } from './softmax';
