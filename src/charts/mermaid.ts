import {
  activitiesOf,
  childrenOf,
  labelOf,
  stayingIn,
  titleOf,
  type Chart,
  type ChartState,
  type ChartTransition,
} from './chart.js';

/**
 * The chart as a state diagram of Mermaid. There a state with children has room for a title alone, and no arrow may
 * lead from it to one of them: it gets one more child, "anywhere in …", that what else it has belongs to.
 */
export function mermaidOf(chart: Chart): string {
  const named: Named = { ...chart, names: new Map(chart.states.map(({ id }, index) => [id, `s${index}`])) };
  return [
    'stateDiagram-v2',
    ...chart.states.slice(0, 1).flatMap((root) => stateLines(root, named)),
    ...defaultLines(named),
    ...chart.transitions.flatMap((transition) => arrowLines(transition, named)),
    '',
  ].join('\n');
}

/** `names`: what Mermaid calls each state, by the state's id. */
interface Named extends Chart {
  readonly names: ReadonlyMap<string, string>;
}

function stateLines(state: ChartState, chart: Named): readonly string[] {
  const name = chart.names.get(state.id)!;
  const children = childrenOf(state, chart);
  const declared = `state "${quoted(state.type === 'history' ? historyOf(state) : titleOf(state))}" as ${name}`;
  if (children.length === 0) return [declared, ...textLines(name, state, chart)];
  return [
    `${declared} {`,
    ...indented([
      ...anywhereLines(state, chart),
      ...(state.initial === null ? [] : [`[*] --> ${chart.names.get(state.initial)}`]),
      ...children.flatMap((child, index) => [
        ...(state.type === 'parallel' && index > 0 ? ['--'] : []),
        ...stateLines(child, chart),
        ...(child.type === 'final' ? [`${chart.names.get(child.id)} --> [*]`] : []),
      ]),
    ]),
    '}',
  ];
}

function historyOf({ history, key }: ChartState): string {
  return `${key}: ${history === 'deep' ? 'H*' : 'H'}`;
}

function textLines(name: string, state: ChartState, chart: Chart): readonly string[] {
  return [...activitiesOf(state), ...stayingIn(state, chart).map(labelOf)].map(
    (text) => `${name} : ${written(text)}`,
  );
}

function anywhereLines(state: ChartState, chart: Named): readonly string[] {
  const name = anywhereIn(state.id, chart);
  const text = textLines(name, state, chart);
  const leadsInside = chart.transitions.some(
    ({ source, targets }) =>
      source === state.id && targets.some((target) => isWithin(target, state.id, chart)),
  );
  return text.length > 0 || leadsInside
    ? [`state "anywhere in ${quoted(state.key)}" as ${name}`, ...text]
    : [];
}

function anywhereIn(id: string, { names }: Named): string {
  return `${names.get(id)}_anywhere`;
}

/** From a history state to what it enters where it has nothing to recall. */
function defaultLines({ states, names }: Named): readonly string[] {
  return states
    .filter(({ type, initial }) => type === 'history' && initial !== null)
    .map(({ id, initial }) => `${names.get(id)} --> ${names.get(initial!)}`);
}

function arrowLines(transition: ChartTransition, chart: Named): readonly string[] {
  const { source, targets } = transition;
  const label = labelOf(transition);
  const isParent = childrenOf(stateOf(source, chart), chart).length > 0;
  return targets.map((target) => {
    const leadsInside = isParent && isWithin(target, source, chart);
    const from = leadsInside ? anywhereIn(source, chart) : chart.names.get(source);
    const to = leadsInside && target === source ? from : chart.names.get(target);
    return `${from} --> ${to}${label === '' ? '' : ` : ${written(label)}`}`;
  });
}

function stateOf(id: string, { states }: Chart): ChartState {
  return states.find((state) => state.id === id)!;
}

/** Whether a state is another one, or inside of it. */
function isWithin(id: string | null, outer: string, chart: Chart): boolean {
  return id !== null && (id === outer || isWithin(stateOf(id, chart).parent, outer, chart));
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** Behind a colon, where a line ends at the next colon or semicolon. */
function written(text: string): string {
  return byNumber(text, /[#;:<>\n]/g);
}

/** Between quotation marks. */
function quoted(text: string): string {
  return byNumber(text, /["#<>\n]/g);
}

/** Letters that would mean something to Mermaid, as it writes them. */
function byNumber(text: string, letters: RegExp): string {
  return text.replace(letters, (letter) => `#${letter.charCodeAt(0)};`);
}
