/**
 * Whoever was signed out elsewhere is sent to the sign-in page by the next thing they do. The
 * browser follows that redirect before htmx sees it; without this the page would be swapped into
 * the middle of the one they are on.
 */
export function setUpSignInAgain(): void {
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx: { response: { raw: Response } } }>).detail;
    const { redirected, url } = ctx.response.raw;
    if (!redirected || new URL(url).pathname !== "/login") return;
    event.preventDefault();
    location.assign(url);
  });
}
