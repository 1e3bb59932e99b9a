import { WrongSetting } from "#config";
import { DomainError } from "#lib/errors.ts";
import { DataFolderInUse } from "#platform/database.ts";

/** Runs a command line's work; what an operator can mend is said in its one sentence, without a stack. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const expected =
      error instanceof WrongSetting ||
      error instanceof DataFolderInUse ||
      error instanceof DomainError;
    if (!expected) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
