import { Command } from "commander";
import { commandLineActor, readSecretFromInput } from "@/lib/admin/command-line";
import { hashPassword } from "@/lib/platform/crypto/password";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { Secret } from "@/lib/platform/secret";
import { findWeakness, setPassword } from "@/lib/users/mutations";
import { emailSchema, newPasswordSchema } from "@/lib/users/schema";

const PASSWORD_LENGTH = 20;

/**
 * A password from standard input, or a random one. `announce` prints a random one; call it once the password is set.
 * Throws BAD_INPUT when the password is too easily guessed for the person with this e-mail address.
 */
export async function choosePassword(
  email: string,
  fromInput: boolean,
): Promise<{ password: Secret; announce: () => void }> {
  if (fromInput) {
    const typed = await readSecretFromInput();
    const password = new Secret(newPasswordSchema.parse(typed.reveal()));
    const userMessage = await findWeakness(password, email);
    if (userMessage) throw new AppError("BAD_INPUT", "a password that is easily guessed", { userMessage });
    return { password, announce: () => undefined };
  }
  const drawn = randomText(PASSWORD_LENGTH, ALPHANUMERIC);
  return { password: new Secret(drawn), announce: () => console.log(`Password (shown only this once): ${drawn}`) };
}

export function passwordCommand(): Command {
  const command = new Command("password").description("passwords");
  command
    .command("set <email>")
    .description(
      "sets a random password and prints it, or sets one from standard input; ends the person's sessions and tokens",
    )
    .option("--password-stdin", "read the password from standard input")
    .action(async (given: string, options: { passwordStdin?: boolean }) => {
      const email = emailSchema.parse(given);
      const { password, announce } = await choosePassword(email, options.passwordStdin ?? false);
      const passwordHash = await hashPassword(password.reveal());
      await withTransaction((tx) => setPassword(tx, commandLineActor(), email, passwordHash));
      console.log(`Set the password of ${email}.`);
      announce();
    });
  return command;
}
