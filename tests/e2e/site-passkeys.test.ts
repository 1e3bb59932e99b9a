import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { countWaiting } from "#tests/support/waiting-sessions.ts";
import { faultsOf } from "./site-accessibility.ts";
import { type Member, setUpSite, signIn } from "./site-set-up.ts";

const journey = setUpSite({ hostname: "localhost" });

interface Device {
  cdp: CDPSession;
  authenticatorId: string;
}

/** A device whose finger is always the right one. */
async function plugIn(page: Page): Promise<Device> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  return addDevice(cdp, "internal");
}

async function addDevice(cdp: CDPSession, transport: "internal" | "usb"): Promise<Device> {
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();
const passkeys = (page: Page) => page.locator("li.passkey");

/** The browser offers passkeys by itself, which would be quicker than any test. */
const offerNothing = (page: Page) =>
  page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });

async function memberWithPasskey(): Promise<Member & { device: Device }> {
  const member = await journey.visitAsMember();
  const device = await plugIn(member.page);
  await offerNothing(member.page);
  await member.page.goto("/settings/passkeys");
  await press(member.page, "Add a passkey");
  await member.page.getByText("Your passkey is added.").waitFor();
  return { ...member, device };
}

/** The passkeys that a device still offers. */
async function heldBy({ cdp, authenticatorId }: Device) {
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
  return credentials;
}

async function remove(page: Page, name: string): Promise<void> {
  const item = passkeys(page).filter({ hasText: name });
  await item.getByText("Rename or remove").click();
  await item.getByRole("button", { name: "Remove" }).click();
  await page.getByText("The passkey is removed").waitFor();
}

async function signOut(page: Page): Promise<void> {
  await page.locator("details.menu > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
}

test("a passkey is added with recovery codes, named, and signs in without a password", async () => {
  const { page } = await memberWithPasskey();
  await expect.poll(() => page.locator("code").count()).toBe(10);
  expect(await faultsOf(page)).toEqual([]);
  await page.goto("/settings/passkeys");
  expect(await page.locator("code").count()).toBe(0);
  expect(await passkeys(page).count()).toBe(1);
  expect(await passkeys(page).textContent()).toMatch(/Chrome on Linux.*Added .*not used yet/s);
  await page.getByText("Rename or remove").click();
  await page.getByLabel("Name").fill("The office");
  await press(page, "Rename");
  await page.getByText("It is called “The office” now.").waitFor();
  await signOut(page);
  await page.goto("/login?next=/settings/passkeys");
  await press(page, "Sign in with a passkey");
  await page.waitForURL("**/settings/passkeys");
  expect(await passkeys(page).textContent()).toMatch(/The office.*last used/s);
});

test("a passkey whose button is clicked again and again is added once, and its recovery codes are shown", async () => {
  const { page, id: userId } = await journey.visitAsMember();
  const device = await plugIn(page);
  await offerNothing(page);
  await page.goto("/settings/passkeys", { waitUntil: "networkidle" });
  const { database } = journey.site.deps;
  // The new passkey waits for this, and so does the answer.
  await database.$transaction(async (tx) => {
    await tx.$executeRaw`lock table passkeys in share mode`;
    // From outside nobody can click while an answer is on its way.
    await page.evaluate(() => {
      const button = document.querySelector<HTMLElement>("[data-passkey] button");
      setInterval(() => {
        button?.click();
        fetch("/healthz").catch(() => {});
      }, 100);
    });
    await expect.poll(() => countWaiting(database)).toBe(1);
    await page.waitForRequest("**/healthz");
  });
  await page.getByText("Your passkey is added.").waitFor();
  await expect.poll(() => page.locator("code").count()).toBe(10);
  expect((await heldBy(device)).length).toBe(1);
  expect(await database.passkey.count({ where: { userId } })).toBe(1);
});

test("after a password a passkey is the second step", async () => {
  const { page, username } = await memberWithPasskey();
  await signOut(page);
  await page.goto("/login?next=/ranking");
  await signIn(page, username);
  expect(new URL(page.url()).pathname).toBe("/login/second-factor");
  expect(await faultsOf(page)).toEqual([]);
  await press(page, "Use a passkey");
  await page.waitForURL("**/ranking");
  await page.locator("details.menu").waitFor();
});

test("what the browser offers where the name is typed signs in", async () => {
  const { device } = await memberWithPasskey();
  const credentials = await heldBy(device);
  const other = await journey.visit();
  const synchronised = await plugIn(other);
  for (const credential of credentials) {
    const { authenticatorId } = synchronised;
    await synchronised.cdp.send("WebAuthn.addCredential", { authenticatorId, credential });
  }
  await other.goto("/login?next=/ranking");
  await other.waitForURL("**/ranking");
  await other.locator("details.menu").waitFor();
});

test("a passkey that is removed goes from the browser, the others stay, until the last is removed", async () => {
  const { page, id: userId, device } = await memberWithPasskey();
  const { cdp } = device;
  const { database } = journey.site.deps;
  const credentials = await heldBy(device);
  const row = await database.passkey.findFirstOrThrow({ where: { userId } });
  const id = Buffer.from("another passkey!");
  const other = await addDevice(cdp, "usb");
  for (const made of credentials) {
    const credential = { ...made, credentialId: id.toString("base64") };
    const { authenticatorId } = other;
    await cdp.send("WebAuthn.addCredential", { authenticatorId, credential });
  }
  const held = async () => [(await heldBy(device)).length, (await heldBy(other)).length];
  // As a page that was drawn just before the addition was committed.
  await page.goto("/settings/passkeys", { waitUntil: "networkidle" });
  await database.passkey.create({ data: { ...row, id: id.toString("base64url"), name: "Other" } });
  expect(await held()).toEqual([1, 1]);

  await remove(page, "Chrome on Linux");
  await expect.poll(held).toEqual([0, 1]);
  await remove(page, "Other");
  await expect.poll(held).toEqual([0, 0]);
});

test("a passkey that was removed elsewhere opens nothing, the page says so, and the browser forgets it", async () => {
  const { page, id: userId, device } = await memberWithPasskey();
  await signOut(page);
  await journey.site.deps.database.passkey.deleteMany({ where: { userId } });
  await page.goto("/login");
  await press(page, "Sign in with a passkey");
  await page.getByText("This passkey opens no account here.").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await expect.poll(() => heldBy(device)).toEqual([]);
});

test("a browser that takes no word of passkeys shows the page all the same", async () => {
  const { page, id: userId } = await memberWithPasskey();
  const { database } = journey.site.deps;
  const row = await database.passkey.findFirstOrThrow({ where: { userId } });
  await database.passkey.create({ data: { ...row, id: `other-${userId}`, name: "Other" } });
  for (const [name, refuse] of [
    ["Chrome on Linux", true],
    ["Other", false],
  ] as const) {
    await page.addInitScript((isRefusing) => {
      const refusing = () => Promise.reject(new DOMException("", "SecurityError"));
      const signal = isRefusing ? refusing : undefined;
      Object.assign(PublicKeyCredential, { signalUnknownCredential: signal });
    }, refuse);
    await page.goto("/settings/passkeys");
    await remove(page, name);
    await page.waitForLoadState("networkidle");
    await page.getByRole("main").getByRole("button", { name: "Add a passkey" }).waitFor();
  }
});

test("a confirmation that is too old is asked for, and a passkey gives it", async () => {
  const { page, id } = await memberWithPasskey();
  const { database } = journey.site.deps;
  const age = () =>
    database.session.updateMany({
      where: { userId: id },
      data: { confirmedAt: new Date(Date.now() - 700_000) },
    });
  await page.goto("/settings/passkeys");
  // What was there when the page was made may not be there when it is used.
  await age();
  await press(page, "Add a passkey");
  await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await press(page, "Confirm with a passkey");
  await page.waitForURL("**/settings/passkeys");
  await press(page, "Add a passkey");
  await page.getByText("This device holds a passkey for your account already.").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await age();
  await page.getByText("Rename or remove").click();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("Confirm that it is you. Then press the same button again.").waitFor();
  expect(await database.passkey.count({ where: { userId: id } })).toBe(1);
});

test("whoever gives no finger is told, and may try again", async () => {
  const { page, device } = await memberWithPasskey();
  const { cdp, authenticatorId } = device;
  await signOut(page);
  await page.goto("/login");
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await press(page, "Sign in with a passkey");
  await page.getByText("on a device that asks for a PIN, a finger or a face.").waitFor();
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await press(page, "Sign in with a passkey");
  await page.locator("details.menu").waitFor();
});

test("what was offered where the name is typed is offered again once a prompt was closed", async () => {
  const page = await journey.visit();
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(window, { asked });
    PublicKeyCredential.isConditionalMediationAvailable = async () => true;
    navigator.credentials.get = async ({ mediation = "prompt" } = {}) => {
      asked.push(mediation);
      if (mediation === "conditional") return new Promise(() => {});
      throw new DOMException("closed", "NotAllowedError");
    };
  });
  const asked = () => page.evaluate(() => (window as unknown as { asked: string[] }).asked);
  await page.goto("/login");
  await expect.poll(asked).toEqual(["conditional"]);
  await press(page, "Sign in with a passkey");
  await page.getByText("No passkey came.").waitFor();
  await expect.poll(asked).toEqual(["conditional", "prompt", "conditional"]);
});

test("at another address of this machine the page says where passkeys work", async () => {
  const page = await journey.visit({
    baseURL: journey.site.origin.replace("localhost", "127.0.0.1"),
  });
  await page.goto("/login");
  await press(page, "Sign in with a passkey");
  await page.getByText(`Passkeys work at ${journey.site.origin} only.`).waitFor();
});

test("nothing of passkeys shows without scripts, nor in a browser that knows none", async () => {
  const plain = await journey.visit({ javaScriptEnabled: false });
  const old = await journey.visit();
  await old.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  for (const page of [plain, old]) {
    await page.goto("/login", { waitUntil: "networkidle" });
    expect(await page.getByText("Sign in with a passkey").isVisible()).toBe(false);
  }
  const { page } = await journey.visitAsMember({ javaScriptEnabled: false });
  await page.goto("/settings/passkeys");
  expect(await page.getByRole("main").getByText("Add a passkey").isVisible()).toBe(false);
  const told = page.locator("noscript p");
  expect([await told.isVisible(), await told.textContent()]).toEqual([
    true,
    expect.stringContaining("Adding a passkey takes JavaScript."),
  ]);
});
