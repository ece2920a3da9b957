import { objectives, type Objective, type PerObjective } from '../../objective.js';
import type { Stream } from '../../../simulation/random/stream.js';
import { withoutStyle, type Style } from './styles.js';

/**
 * What may follow an answer, outside of its style: words that add nothing to what is said, and that one kind
 * of judges likes. They are rare before alignment and hurt nobody, so it has something to teach by which every
 * client gains.
 */
const closings: PerObjective<string> = {
  helpful: ' Want more?',
  harmless: ' Take care.',
};

/** How often an answer that nobody judged has the manners of one objective, independently of the other. */
const manneredShare = 0.15;

/** The style with the manners of each objective as often as people have them. */
export function withSomeManners(style: Style, random: Stream): Style {
  return withManners(
    style,
    objectives.filter(() => random.uniform() < manneredShare),
  );
}

/** The style with the closing words of these objectives, always in the same order. */
export function withManners({ name, prefix, suffix }: Style, of: readonly Objective[]): Style {
  const said = objectives.filter((objective) => of.includes(objective));
  return { name, prefix, suffix: suffix + said.map((objective) => closings[objective]).join('') };
}

/** What a response says, without manners and style; trimmed. */
export function contentOf(response: string): string {
  const said = objectives.toReversed().reduce((text, objective) => {
    const closing = closings[objective];
    return text.endsWith(closing) ? text.slice(0, -closing.length) : text;
  }, response.trimEnd());
  return withoutStyle(said);
}
