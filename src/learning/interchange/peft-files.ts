/** The two files of a folder of PEFT's. */
export const peftConfig = 'adapter_config.json';
export const peftWeights = 'adapter_model.safetensors';
