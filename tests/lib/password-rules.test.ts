import { expect, test } from "vitest";
import { refusalOfPassword } from "#lib/password-rules.ts";
import { goodPassword } from "#tests/factories/people.ts";
import { processorTime } from "#tests/support/processor-time.ts";
import { administrator } from "#tests/support/site-server.ts";

const owner = { username: "ana_novakova", email: "wrenbird@example.org" };
const refusal = (password: string) => refusalOfPassword(password, owner);

test.each([
  ["a passphrase", "correct horse battery staple"],
  ["two words", "koala-tree"],
  ["a common word among others", "some-password-of-mine"],
  ["a name among others", "ana_novakova sails"],
  ["the site's name among others", administrator.password],
  ["what the tests use", goodPassword],
  ["eight of all kinds", "k9#mPq2!"],
  ["128 characters", "k9#m".repeat(32)],
  ["ten digits again and again", "8372619455".repeat(12)],
  ["another script", "  žluťoučký 東京 "],
  ["a common word before many digits", "cat-83726194"],
  ["a word that is not among the most common", "kestrel-99"],
])("%s may be used", (_what, password) => {
  expect(refusal(password)).toBeNull();
});

test.each([
  [/at least 8/, ["", "a8#kd2!"]],
  [/at most 128/, ["k9#m".repeat(32).concat("x")]],
  [/Many people/, ["password123", "Password123", "hunter22", "1q2w3e4r5t", "passwordpassword"]],
  [/little added/, ["P@ssw0rd!", "$unshine1", "Summer2024", "Passw0rd2024!!", "iloveyou!!"]],
  [/little added/, ["secretsecret", "Password!Password!", "!!letmein!!", "p4$$word"]],
  [/your username/, ["ana_novakova", "ANA_NOVAKOVA", "AnaNovakova1!", "An@-N0vakova"]],
  [/your e-mail address/, ["wrenbird@example.org", "Wrenbird", "wrenbird!99", "wrenbirdwrenbird"]],
  [/this site's name/, ["magpie123", "MagpieMagpie", "M@gp1e2024!", "1magpie1"]],
  [/Repeats and rows/, ["abcabcabc", "abbabaab", "qwertzuiop", "lkjhgfdsa"]],
  [/Repeats and rows/, ["a".repeat(128), "cdefghij", "#1#1#1#1"]],
])("refused with %s", (reason, passwords) => {
  for (const password of passwords)
    expect([password, refusal(password)]).toEqual([password, expect.stringMatching(reason)]);
});

test("a name that ends in digits forbids more digits after it", () => {
  const owner = { username: "wren1990" };
  expect(refusalOfPassword("Wren1990!7", owner)).toContain("your username");
  expect(refusalOfPassword("wren-83726194", owner)).toBeNull();
});

test("a name of two letters forbids no password that holds it", () => {
  expect(refusalOfPassword("ab-8372-ab", { username: "ab" })).toBeNull();
  expect(refusalOfPassword("ab-8372-ab", {})).toBeNull();
});

test("the longest takes no time, whatever it is made of", async () => {
  const longest = ["a1", "!", "ab", "1!", "a!", "aaaaab", "ana_novakova", "4@"].flatMap((unit) => {
    const text = unit.repeat(128).slice(0, 127);
    return [`${text}b`, `b${text}`];
  });
  const taken = await processorTime(() => longest.map(refusal));
  expect(taken).toBeLessThan(longest.length * 5);
});
