const SVG = "http://www.w3.org/2000/svg";

/** 20×20 outlines in the manner of Fluent's System Icons. */
const PATHS = {
  flow: "M6 4.5v11a.5.5 0 0 0 .77.42l8.5-5.5a.5.5 0 0 0 0-.84l-8.5-5.5A.5.5 0 0 0 6 4.5Z",
  success: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM6.75 10.25l2.25 2.25 4.5-4.75",
  error: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM7.5 7.5l5 5m0-5-5 5",
  warning:
    "M9.1 3.2 2.6 15a1 1 0 0 0 .9 1.5h13a1 1 0 0 0 .9-1.5L10.9 3.2a1 1 0 0 0-1.8 0ZM10 8v3.75M10 14v.01",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 9.25v4.25M10 6.75v.01",
  person: "M10 3a3.25 3.25 0 1 0 0 6.5A3.25 3.25 0 0 0 10 3ZM4 16.5c0-2.5 2.7-4 6-4s6 1.5 6 4",
} as const;

export type IconName = keyof typeof PATHS;

/** A decoration: hidden from screen readers, coloured by the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
