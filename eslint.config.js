// Rules for both languages. AssemblyScript is read by the TypeScript parser, which must be told to accept decorators
// where AssemblyScript has them; asc itself is the type check there.
import tseslint from "typescript-eslint";

const ASSEMBLYSCRIPT = [
  "assembly/**/*.ts",
  "plugins/**/*.ts",
  "tests/assembly/**/*.ts",
  "tests/plugins/**/*.ts",
  "tests/bench/**/*.ts",
  "tests/fixtures/**/*.ts",
  "tools/new/templates/*/plugins/**/*.ts",
  "tools/new/templates/*/tests/plugins/**/*.ts",
];

/** Patterns for files of plugins, and for those that `tidegate new` makes plugins of. */
const ofPlugins = (...patterns) => patterns.flatMap((one) => [one, `tools/new/templates/*/${one}`]);

/** Files of plugins that only decide; as-pect runs them with no host at all. */
const PURE = ofPlugins("plugins/*/config.ts", "plugins/*/policy.ts", "plugins/*/!(host)/*.ts");

/** Imports of `files` must match `allowed`; the message says what the folder may import. */
function mayImport(files, allowed, message) {
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex: `^(?!(?:${allowed})$)`, message }] }] },
  };
}

/** Imports of `files` must match none of the patterns. */
function mayNotImport(files, ignores, patterns) {
  return { files, ignores, rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const NO_SOURCES = {
  regex: "(^|/)(assembly|plugins|tests)/",
  message: "tools know plugins by .wasm and schema.json only.",
};
const NO_COMMANDS = { regex: "(^|/)commands/", message: "commands are thin: what others need as well is no command." };

// Imports go one way (see RATIONALE.md): core <- request, abi <- host <- runtime <- abi/exports, and plugins on top.
const LAYERS = [
  mayImport(
    ["assembly/core/**"],
    String.raw`\./[^/]+`,
    "core imports nothing but core: no host, no clock, no randomness.",
  ),
  mayImport(
    ["assembly/request/**"],
    String.raw`\./[^/]+|\.\./core/[^/]+`,
    "what is known of a request is pure: it may import core and itself, no host.",
  ),
  mayImport(
    ["assembly/abi/*.ts"],
    String.raw`\./[^/]+|\.\./core/[^/]+|@solo-io/proxy-runtime/assembly/imports`,
    "abi may import abi and core.",
  ),
  mayImport(
    ["assembly/host/**"],
    String.raw`\./[^/]+|\.\./(core|abi|request)/[^/]+`,
    "host may import abi, core and request, not what is built on it.",
  ),
  mayImport(
    ["assembly/runtime/**"],
    String.raw`\./[^/]+|\.\./(core|host)/[^/]+|\.\./abi/types`,
    "runtime may import host, core and the ABI's types; host calls belong in host.",
  ),
  mayImport(
    ["assembly/plugin/**"],
    String.raw`\./[^.]+|\.\./[^/.]+|(\.\./){1,3}(core|host|request|runtime)/[^/]+|(\.\./){1,3}abi/types`,
    "what plugins derive from may import core, host, request, runtime and the ABI's types.",
  ),
  mayImport(
    ["assembly/abi/exports/**"],
    String.raw`\.\./[^/]+|\.\./\.\./(runtime|host)/[^/]+`,
    "an exported callback may import abi, host and runtime.",
  ),
  // Of two entries for a file the later one counts.
  mayImport(
    ofPlugins("plugins/*/*.ts"),
    String.raw`\./([^/.]+/)?[^/]+|\.\./\.\./assembly|\.\./\.\./assembly/(core|request)/[^/]+`,
    "a plugin may import the library and itself, never another plugin.",
  ),
  mayImport(
    ofPlugins("plugins/*/host/*.ts"),
    String.raw`\./[^/]+|\.\./([^/.]+/)?[^/.]+|\.\./\.\./\.\./assembly(/(core|request)/[^/]+)?`,
    "a plugin may import the library and itself, never another plugin.",
  ),
  mayImport(
    PURE,
    String.raw`\./([^/.]+/)?[^/.]+|\.\./((?!host/)[^/.]+/)?[^/.]+|(\.\./){2,3}assembly/(core|request)/[^/]+`,
    "what a plugin decides is pure: it may import core, request and its own pure files, not what is in host/.",
  ),
  mayImport(
    ofPlugins("plugins/*/index.ts"),
    String.raw`\./[^/]+|\.\./\.\./assembly|\.\./\.\./assembly/abi/exports/[^/]+`,
    "index.ts may import the library, the exported callbacks and its own filter.",
  ),
  mayNotImport(["tools/**"], ["tools/new/templates/**"], [NO_SOURCES]),
  mayNotImport(["tools/*/**"], ["tools/new/templates/**", "tools/commands/**"], [NO_SOURCES, NO_COMMANDS]),
];

// What would trap, or allocate with every request, in code that runs there.
const REQUEST_PATH = {
  files: [...ofPlugins("plugins/**/*.ts"), "assembly/{host,plugin,runtime}/**"],
  rules: {
    "no-restricted-syntax": [
      "error",
      { selector: "ThrowStatement", message: "A throw ends the VM and every stream in it: return a status instead." },
      { selector: "NewExpression[callee.name='Error']", message: "A throw ends the VM and every stream in it." },
      {
        selector: "CallExpression[callee.property.name=/^(keys|values)$/]:not([arguments.length>0])",
        message: "Map.keys() and Map.values() allocate an array.",
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "build/", ".tidegate/"] },
  {
    files: [
      "tools/**/*.ts",
      "tests/{host,tools,e2e,collector,cosign,crds,istio,registry,sdks,support}/**/*.ts",
      "tools/new/templates/project/**/*.js",
    ],
    ignores: ["tools/new/templates/*/{plugins,tests/plugins}/**"],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ASSEMBLYSCRIPT,
    languageOptions: { parser: tseslint.parser, parserOptions: { allowInvalidAST: true } },
    linterOptions: { reportUnusedDisableDirectives: true },
    rules: {
      "no-var": "error",
      "prefer-const": "error",
      "no-debugger": "error",
      "no-empty": "error",
      "no-unreachable": "error",
    },
  },
  ...LAYERS,
  REQUEST_PATH,
);
