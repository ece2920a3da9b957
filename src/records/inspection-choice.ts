/** Which actors inspection.jsonl tells of: all, all but the links, or none: then there is no such file. */
export const inspections = ['all', 'thin', 'none'] as const;
export type InspectionChoice = (typeof inspections)[number];
export const defaultInspection: InspectionChoice = 'all';
