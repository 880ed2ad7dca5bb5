import { OutputGuard, secretsIn } from "../app/secrets.ts";
import { type Environment, processEnvironment } from "../config/env.ts";
import { closest } from "../core/closest.ts";
import { LecternError, toLecternError } from "../core/errors.ts";
import type { Command, Io } from "./command.ts";
import { commands } from "./commands/index.ts";
import { errorJson, errorText } from "./errors.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { SafeOutput } from "./render/safe-output.ts";

/** argv -> command -> exit code. Prints an error as what happened, why and what to do; never throws. */
export async function runCli(
  argv: readonly string[],
  options: Partial<Io> & { readonly signal: AbortSignal },
): Promise<ExitCode> {
  const env: Environment = options.env ?? processEnvironment();
  const { stdout = process.stdout, stderr = process.stderr, ...rest } = options;
  // Whatever a service, a server or a file says back, the secrets of the environment do not leave by it.
  const guard = new OutputGuard(secretsIn(env));
  const safe = new SafeOutput();
  const io: Io = {
    stdin: process.stdin,
    cwd: process.cwd(),
    env,
    ...rest,
    stdout: guard.stream(safe.stream(stdout)),
    stderr: guard.stream(safe.stream(stderr)),
    terminal: guard.stream(stderr),
    sgr: safe.sgr,
    learnSecrets: (more) => guard.learn(secretsIn(more)),
  };
  const given = withoutComment(argv);
  try {
    return await dispatch(given, io);
  } catch (thrown) {
    const error = io.signal.aborted ? new LecternError("interrupted", "Stopped.") : toLecternError(thrown);
    const { json, debug } = await wishesOf(given, env);
    if (json) io.stdout.write(`${JSON.stringify({ error: errorJson(error) })}\n`);
    else io.stderr.write(errorText(error));
    if (error.code === "internal" && debug) io.stderr.write(`${(error.cause as Error | undefined)?.stack ?? ""}\n`);
    return exitCodes[error.code];
  }
}

/** zsh at a prompt hands the comment behind a command on as words, as no other shell does, and people copy commands with comments. */
function withoutComment(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("#");
  return at < 0 ? argv : argv.slice(0, at);
}

/** How a failure is to be told, by the flags as the command reads them: a question may hold the words too. */
async function wishesOf(argv: readonly string[], env: Environment): Promise<{ readonly json: boolean; readonly debug: boolean }> {
  const { givenFlags } = await import("./parse.ts");
  const found = commandNamed(argv);
  const words = found ? argv.slice(found.name.split(" ").length) : argv;
  const given = givenFlags(found ? (await found.load()).options : [], words);
  const level = given.findLast((flag) => flag.name === "log-level")?.value ?? env.LECTERN_LOG_LEVEL;
  const json = given.some(({ name, value }) => (name === "json" || name === "stream-json") && value === undefined);
  return { json, debug: level === "debug" };
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { parseCommandArgs } = await import("./parse.ts");
  if (["--version", "-V", "-v", "version"].includes(argv[0] ?? "")) {
    io.stdout.write(`${(await import("../core/version.ts")).version}\n`);
    return 0;
  }
  if (argv[0] === "help" && argv.length > 1) return dispatch([...argv.slice(1), "--help"], io);
  if (argv.length === 0 || argv[0] === "--help" || argv[0] === "-h" || argv[0] === "help") return printOverview(argv, io);
  const family = commands.filter((command) => command.name.startsWith(`${argv[0]} `));
  if (family.length > 0 && (argv[1] === "--help" || argv[1] === "-h")) {
    const { table, widthFor } = await import("./help.ts");
    const rows = family.map(({ name, summary }) => [`lectern ${name}`, summary] as const);
    io.stdout.write(`${table(rows, widthFor(io.stdout.columns)).join("\n")}\n`);
    return 0;
  }
  const found = findCommand(argv);
  const command = await found.load();
  const words = argv.slice(command.name.split(" ").length);
  const end = words.indexOf("--");
  if ((end < 0 ? words : words.slice(0, end)).some((word) => word === "--help" || word === "-h")) {
    io.stdout.write((await import("./help.ts")).commandHelp(command, io.stdout.columns));
    return 0;
  }
  const args = parseCommandArgs(command, words);
  io.signal.throwIfAborted();
  return command.run(args, io);
}

async function printOverview(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { overview } = await import("./help.ts");
  const { version } = await import("../core/version.ts");
  io.stdout.write(overview(commands, { version, columns: io.stdout.columns }));
  return argv.length === 0 ? exitCodes.usage : 0;
}

function commandNamed(argv: readonly string[]): (typeof commands)[number] | undefined {
  const two = `${argv[0]} ${argv[1] ?? ""}`;
  return commands.find((command) => command.name === two) ?? commands.find((command) => command.name === argv[0]);
}

function findCommand(argv: readonly string[]): { readonly load: () => Promise<Command> } {
  const exact = commandNamed(argv);
  if (exact) return exact;
  const two = `${argv[0]} ${argv[1] ?? ""}`;
  const family = commands.filter((command) => command.name.startsWith(`${argv[0]} `)).map((command) => command.name);
  const near =
    family.length > 0
      ? argv[1] && closest(two, family)
      : closest(
          argv[0]!,
          commands.map((command) => command.name),
        );
  if (family.length > 0) {
    const names = family.map((name) => name.split(" ")[1]).join(", ");
    const fix = near ? `Did you mean lectern ${near}?` : `lectern ${argv[0]} --help says what each does.`;
    throw new LecternError("usage", `lectern ${argv[0]} needs one of: ${names}.`, { fix });
  }
  throw new LecternError("usage", `Unknown command "${argv[0]}".`, {
    fix: near ? `Did you mean lectern ${near}?` : fixFor(argv),
  });
}

/** People ask without saying `ask`, and write flags first. */
function fixFor([word = "", ...more]: readonly string[]): string {
  if (word.startsWith("-")) return "The command comes first: lectern ask --emulator …; lectern --help lists the commands.";
  if (/\s/.test(word.trim()) || more.filter((other) => !other.startsWith("-")).length > 1) return `To ask that: lectern ask "…".`;
  return "lectern --help lists the commands.";
}
