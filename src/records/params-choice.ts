/**
 * Whose parameters a run leaves in params/: everybody's, those of the global model, or nobody's. Another run can go on
 * from one that left all.
 */
export const paramsChoices = ['all', 'global', 'none'] as const;
export type ParamsChoice = (typeof paramsChoices)[number];
export const defaultParams: ParamsChoice = 'all';
