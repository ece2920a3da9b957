/** From `fromSeconds` until just before `toSeconds`. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/**
 * One course of things from layers that may overlap: what an upper layer has stands, a lower one fills what is
 * left. Within a layer what began first goes on until it ends. What takes no time is left out.
 */
export function layered<S extends Span>(layers: readonly (readonly S[])[]): S[] {
  return layers.reduce<S[]>((above, layer) => inOrder([...above, ...outside(disjoint(layer), above)]), []);
}

/** What a span has in common with another one. */
export function common<S extends Span>(span: S, { fromSeconds, toSeconds }: Span): S {
  return {
    ...span,
    fromSeconds: Math.max(span.fromSeconds, fromSeconds),
    toSeconds: Math.min(span.toSeconds, toSeconds),
  };
}

export const takesTime = ({ fromSeconds, toSeconds }: Span) => toSeconds > fromSeconds;
export const secondsOf = ({ fromSeconds, toSeconds }: Span) => toSeconds - fromSeconds;

export function inOrder<S extends Span>(spans: readonly S[]): S[] {
  return [...spans].sort((a, b) => a.fromSeconds - b.fromSeconds);
}

/** Each span from where those before it have ended. */
export function disjoint<S extends Span>(spans: readonly S[]): S[] {
  let endSeconds = -Infinity;
  return inOrder(spans).flatMap((span) => {
    const rest = { ...span, fromSeconds: Math.max(span.fromSeconds, endSeconds) };
    if (!takesTime(rest)) return [];
    endSeconds = rest.toSeconds;
    return [rest];
  });
}

/** What is left of disjoint spans outside of others; both are in order. */
function outside<S extends Span>(spans: readonly S[], others: readonly Span[]): S[] {
  let next = 0;
  return spans.flatMap((span) => {
    while (next < others.length && others[next]!.toSeconds <= span.fromSeconds) next++;
    const left: S[] = [];
    let { fromSeconds } = span;
    for (let i = next; i < others.length && others[i]!.fromSeconds < span.toSeconds; i++) {
      left.push({ ...span, fromSeconds, toSeconds: others[i]!.fromSeconds });
      fromSeconds = others[i]!.toSeconds;
    }
    return [...left, { ...span, fromSeconds }].filter(takesTime);
  });
}
