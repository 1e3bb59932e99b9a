import { expect, test } from "vitest";
import { deviceName } from "#lib/device-name.ts";
import { processorTime } from "#tests/support/processor-time.ts";

const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36";
const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome}`, "Chrome on Windows"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Edg/153.0.0.0`, "Edge on Windows"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} OPR/120.0.0.0`, "Opera on Windows"],
  [`Mozilla/5.0 (Linux; Android 16; Pixel 10) ${chrome}`, "Chrome on Android"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome}`, "Chrome on ChromeOS"],
  [
    "Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Samsung Internet on Android",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
    "Safari on macOS",
  ],
  [`${iphone} (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1`, "Safari on iPhone"],
  [`${iphone} (KHTML, like Gecko) CriOS/153.0 Mobile/15E148 Safari/604.1`, "Chrome on iPhone"],
  [`${iphone} (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/604.1`, "Firefox on iPhone"],
  ["curl/8.14.1", "curl"],
  ["Mozilla/5.0 (X11; Linux x86_64) SomethingNew/1.0", "A browser on Linux"],
  ["<script>alert(1)</script>", "An unknown device"],
  ["", "An unknown device"],
])("%s is %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});

test("an endless name is answered at once", async () => {
  const taken = await processorTime(() =>
    expect(deviceName("Version/".repeat(200_000))).toBe("An unknown device"),
  );
  expect(taken).toBeLessThan(1000);
});
