/** Imports run one way: server -> app -> routes -> features -> web -> platform -> lib. */
const layers = ["lib", "platform", "web", "features"];
const above = (layer) => layers.slice(layers.indexOf(layer) + 1).map((name) => `^src/${name}/`);
const top = "^src/(server|worker|admin|command|lifecycle|app|routes|dependencies)\\.ts$";

module.exports = {
  forbidden: [
    ...layers.map((layer) => ({
      name: `${layer}-imports-downwards`,
      severity: "error",
      from: { path: `^src/${layer}/` },
      to: { path: [...above(layer), top, "^src/config\\.ts$", "^tests/", "^bench/"] },
    })),
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: {
        orphan: true,
        pathNot: ["\\.d\\.ts$", "^prisma/generate\\.ts$", "^src/web/types\\.ts$"],
      },
      to: {},
    },
    {
      name: "only-routes-know-express",
      comment: "Abilities and queries are called by jobs and commands too.",
      severity: "error",
      from: { path: "^src/(features|platform|lib)/", pathNot: "\\.routes\\.ts$" },
      to: { path: "^node_modules/(@types/)?(express|express-session|passport|multer)/" },
    },
    {
      name: "only-dependencies-construct-clients",
      severity: "error",
      from: { path: "^src/(features|web|lib)/" },
      to: {
        path: "^node_modules/(pg|pg-boss|ioredis|connect-redis|undici|sharp|flydrive|@prisma/adapter-pg)/",
      },
    },
    {
      name: "nothing-undeclared",
      severity: "error",
      from: { path: "^(src|prisma)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"] },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^prisma/generated" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
