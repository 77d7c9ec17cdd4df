// Which rows are picked. Pure: the table keeps one of these and replaces it.

export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins: the last row that was picked by itself. */
  from: string | null;
}

export const NOTHING_PICKED: Selection = { ids: new Set(), from: null };

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, from: id };
}

/** Everything from where the last pick was to `id`, both included, in the order on screen. Nothing is taken away. */
export function extendTo(selection: Selection, order: readonly string[], id: string): Selection {
  const start = selection.from === null ? -1 : order.indexOf(selection.from);
  const end = order.indexOf(id);
  if (end < 0) return selection;
  if (start < 0) return toggle(selection, id);
  const range = order.slice(Math.min(start, end), Math.max(start, end) + 1);
  return { ids: new Set([...selection.ids, ...range]), from: selection.from };
}

/** All rows that are there, or none when all are picked already. */
export function toggleAll(selection: Selection, order: readonly string[]): Selection {
  return order.every((id) => selection.ids.has(id)) ? NOTHING_PICKED : { ids: new Set(order), from: null };
}

/** Without rows that are no longer there: what can't be seen must not be acted on. */
export function keepOnly(selection: Selection, order: readonly string[]): Selection {
  if (selection.ids.size === 0) return selection;
  const there = new Set(order);
  if ([...selection.ids].every((id) => there.has(id))) return selection;
  return { ids: new Set([...selection.ids].filter((id) => there.has(id))), from: selection.from };
}
