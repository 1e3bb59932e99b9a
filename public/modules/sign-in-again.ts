/**
 * Whoever was signed out elsewhere is sent to the sign-in page by the next thing they do, and an
 * administrator now and then to the page that asks who they are. The browser follows that redirect before htmx sees it; without this the page would be swapped into
 * the middle of the one they are on.
 */
export function setUpSignInAgain(): void {
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx: { response: { raw: Response } } }>).detail;
    const { redirected, url } = ctx.response.raw;
    if (!redirected || !["/login", "/confirm"].includes(new URL(url).pathname)) return;
    event.preventDefault();
    location.assign(url);
  });
}
