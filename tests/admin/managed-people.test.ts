import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Grant, mayManagePerson } from "#features/admin/rights.ts";
import { allGrants, signedIn, staffWith } from "#tests/admin/callers.ts";
import { save } from "#tests/admin/save-form.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
afterAll(() => site.close());

describe("whoever may do more", () => {
  const held: Grant[] = [...allGrants("users"), ...allGrants("sessions"), "images view"];

  test("is not to be managed: not changed, deleted, deactivated, signed out or given a password", async () => {
    const staff = await staffWith(site, held);
    const equal = await staffWith(site, ["images view"]);
    const more = await staffWith(site, ["images view", "images delete"]);
    const superuser = await signedIn(site, { isStaff: true, isSuperuser: true });
    const { database } = site.deps;
    const actor = {
      ...staff,
      isSuperuser: false,
      may: (model: string, right: string) => held.includes(`${model} ${right}` as Grant),
    };
    expect(await mayManagePerson({ database }, actor, equal.id)).toBe(true);
    expect((await save(staff, `/admin/users/${equal.id}`, { firstName: "Kim" })).status).toBe(303);
    for (const target of [more, superuser]) {
      expect(await mayManagePerson({ database }, actor, target.id)).toBe(false);
      const path = `/admin/users/${target.id}`;
      const row = { [`row-${target.id}`]: "on", confirmed: "1" };
      const before = await database.user.findUniqueOrThrow({ where: { id: target.id } });
      for (const changes of [
        { email: "thief@example.org" },
        { password: "another-plum-tree" },
        { isActive: null },
      ]) {
        const { status } = await save(staff, path, changes);
        expect([changes, [403, 404].includes(status)]).toEqual([changes, true]);
      }
      for (const action of ["deactivate", "end-sessions", "delete"]) {
        const fields = { action, ...row };
        const { status } = await staff.send("post", "/admin/users/actions", { fields });
        expect([action, status < 500]).toEqual([action, true]);
      }
      await staff.send("post", `${path}/delete`);
      const [session] = await database.session.findMany({ where: { userId: target.id } });
      await staff.send("post", `/admin/sessions/${session?.id}/delete`);
      expect(await database.user.findUniqueOrThrow({ where: { id: target.id } })).toEqual(before);
      expect(await database.session.count({ where: { userId: target.id } })).toBe(1);
      expect((await target.send("get", "/admin")).status).toBe(200);
    }
  });
});
