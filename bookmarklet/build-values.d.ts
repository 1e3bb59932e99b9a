/** Magpie's own address without a trailing slash; src/features/bookmarklet fills it in. */
declare const BASE_URL: string;

declare module "*.css" {
  const text: string;
  export default text;
}
