import { expect, test } from "vitest";
import { QUESTION_GROUPS } from "@/components/help/questions";
import { STATE_TEXTS } from "@/components/help/terms";
import { KEY_STATES } from "@/lib/access-keys/rules";
import { CARD_STATES } from "@/lib/access-keys/schema";
import { LINKED_ANSWERS } from "@/lib/help/schema";

const QUESTIONS = QUESTION_GROUPS.flatMap(({ questions }) => questions);
const textOf = ({ question, answer, list = [] }: (typeof QUESTIONS)[number]) => [question, ...answer, ...list.flat()];

test.each([
  ...["Reset key", "Regenerate", "Delete key", "Create key", "Enable CLI Access", "Disable Access", "Show secret"],
  ...["Create Access Key", "Generate S3 keys", "Access Key", "Secret Key", "Endpoint URL", "expiration date"],
  ...["ec2 credentials create", "Tenant", "Application credentials", "S3-compatible", "InvalidAccessKeyId"],
  ...["NOT CONFIGURED", "member+", "Download", "never at AWS", "aws, s3cmd, rclone or mc"],
])("the help answers people who look for %s", (words) => {
  expect(QUESTIONS.flatMap(textOf).filter((text) => text.includes(words))).not.toEqual([]);
});

test("the help explains every state that a card or a key has", () => {
  expect(Object.keys(STATE_TEXTS).sort()).toEqual([...new Set([...CARD_STATES, ...KEY_STATES])].sort());
});

test("every answer has an anchor of its own, and its emphasis is closed", () => {
  const ids = QUESTIONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...LINKED_ANSWERS]));
  for (const text of QUESTIONS.flatMap(textOf)) expect(text.split("**").length % 2, text).toBe(1);
});
