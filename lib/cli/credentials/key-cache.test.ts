import { chmod, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { useShortLivedKeys } from "@/testing/factories/short-lived-keys";

const keys = useShortLivedKeys(createApi());
const { run, get, countKeys, onlyCache } = keys;

describe("a file that this program did not write", () => {
  test.each(["", "nonsense", "{}", '{"owner":"x","project":"p","region":"r","older":[],"key":{}}', "null"])(
    "is replaced when it holds %j",
    async (text) => {
      const first = await get();
      await writeFile(await onlyCache(), text);
      const second = await get();
      expect(second.AccessKeyId).not.toBe(first.AccessKeyId);
      expect(await get()).toEqual(second);
    },
  );

  test("is refused when others can read it, and when it is a link", async () => {
    await get();
    const path = await onlyCache();
    await chmod(path, 0o644);
    expect(await run()).toMatchObject({ code: 2, printed: "", complaint: expect.stringContaining("read by others") });
    await rm(path);
    await symlink("/etc/passwd", path);
    expect(await run()).toMatchObject({ code: 2, printed: "", complaint: expect.stringContaining("is a link") });
    expect(await countKeys()).toBe(1);
  });
});

test("without XDG_RUNTIME_DIR the key is kept below the folder for temporary files", async () => {
  const { code } = await run([], { XDG_RUNTIME_DIR: "", TMPDIR: keys.runtime });
  expect(code).toBe(0);
  const folder = join(keys.runtime, `latchkey-${process.getuid?.()}`);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
