// Dotted names of settings, and the tree that the server reads.

export interface Tree {
  [key: string]: unknown;
}

/** `completion.trigger` = x becomes `{ completion: { trigger: x } }`. */
export function tree(pairs: [string, unknown][]): Tree {
  const root: Tree = {};
  for (const [name, value] of pairs) {
    const path = name.split(".");
    const last = path.pop() as string;
    let at = root;
    for (const key of path) {
      at[key] ??= {};
      at = at[key] as Tree;
    }
    at[last] = value;
  }
  return root;
}
