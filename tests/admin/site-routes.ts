import type { Express } from "express";

export interface SiteRoute {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** As it was declared: "/images/:id". */
  path: string;
}

interface Layer {
  /** False where a router or a handler is mounted below an address of its own. */
  slash: boolean;
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Every route of the app, from the stacks that Express itself goes through. */
export function routesOf(app: Express): SiteRoute[] {
  const { router } = app as unknown as { router: { stack: Layer[] } };
  return below(router.stack);
}

function below(layers: Layer[]): SiteRoute[] {
  return layers.flatMap((layer) => {
    if (layer.route) {
      const { path, methods } = layer.route;
      const named = Object.keys(methods).filter((method) => method !== "_all");
      return [path]
        .flat()
        .flatMap((each) =>
          named.map((method) => ({ method: method as SiteRoute["method"], path: each })),
        );
    }
    if (!layer.handle.stack) return [];
    if (!layer.slash) throw new Error("A router has an address of its own: its paths are parts.");
    return below(layer.handle.stack);
  });
}
