/** Characters of a line; longer than in code, for nearly all settings then stand in one. */
const width = 160;

/** A value as JSON, in which what fits into a line stands in one; it ends with a line break. */
export function laidOut(value: unknown): string {
  return `${written(value, '', 0)}\n`;
}

/** `taken`: characters of the line that stand before and behind the value. */
function written(value: unknown, indent: string, taken: number): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || taken + line.length <= width) return line;
  const deeper = `${indent}  `;
  const block = (open: string, parts: readonly string[], close: string) =>
    `${open}\n${parts.map((part) => `${deeper}${part}`).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value)) {
    return block(
      '[',
      value.map((each) => written(each, deeper, deeper.length + 1)),
      ']',
    );
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const parts = members.map(([key, member]) => {
    const name = `${JSON.stringify(key)}: `;
    return name + written(member, deeper, deeper.length + name.length + 1);
  });
  return block('{', parts, '}');
}
