// Rules for both languages. AssemblyScript is read by the TypeScript parser, which must be told to accept decorators where
// AssemblyScript has them; asc itself is the type check there.
import tseslint from "typescript-eslint";

/** Imports of `files` must match `allowed`; the message says what they may import. */
function mayImport(files, allowed, message) {
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex: `^(?!(?:${allowed})$)`, message }] }] },
  };
}

export default tseslint.config(
  { ignores: ["node_modules/", "build/", ".tidegate/"] },
  { files: ["**/*.js"], extends: [tseslint.configs.recommended], rules: { eqeqeq: "error" } },
  {
    files: ["plugins/**/*.ts", "tests/plugins/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { allowInvalidAST: true } },
    linterOptions: { reportUnusedDisableDirectives: true },
    rules: { "no-var": "error", "prefer-const": "error", "no-debugger": "error", "no-empty": "error" },
  },
  mayImport(
    ["plugins/**/*.ts"],
    String.raw`\./.+|(\.\./)?[^.].*|tidegate/assembly(/.+)?`,
    "a plugin may import the library and itself, never another plugin.",
  ),
  // Of two entries for a file the later one counts.
  mayImport(
    ["plugins/*/!(index|filter).ts"],
    String.raw`\./(?!filter|index).+|tidegate/assembly/(core|request)/.+`,
    "what a plugin decides is pure: it may import core, request and its own pure files, no host.",
  ),
  {
    files: ["plugins/**/*.ts"],
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
  },
);
